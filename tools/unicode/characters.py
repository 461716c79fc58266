#!/usr/bin/env python3
"""Makes tests/vectors/python-characters.json: what Python does with each code point, for the tests of the policy.

Run with Python 3.11 (Unicode 14.0.0). Ranges of code points, both ends included:

    assigned   neither unassigned nor private nor a surrogate; the others hold only code points out of these
    divides    ends a word: `re.split(r"\\W+", ("aa" + c + "bbb").lower())` begins with "aa"
    digit      `str.isdigit`
    strip      taken away by `str.strip`

`characters.py --check` exits with status 1 if the file in the tree is another.
"""

import json
import pathlib
import re
import sys
import unicodedata

FILE = pathlib.Path(__file__).resolve().parents[2] / "tests/vectors/python-characters.json"
VERSION = "14.0.0"


def ranges(holds):
    found = []
    for code_point in range(0x110000):
        character = chr(code_point)
        if unicodedata.category(character) in ("Cn", "Co", "Cs") or not holds(character):
            continue
        if found and found[-1][1] == code_point - 1:
            found[-1][1] = code_point
        else:
            found.append([code_point, code_point])
    return found


def text():
    rows = {
        "assigned": ranges(lambda c: True),
        "divides": ranges(lambda c: re.split(r"\W+", ("aa" + c + "bbb").lower())[0] == "aa"),
        "digit": ranges(str.isdigit),
        "strip": ranges(lambda c: c.strip() == ""),
    }
    lines = [f'"{name}": {json.dumps(row, separators=(",", ":"))}' for name, row in rows.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main():
    if unicodedata.unidata_version != VERSION:
        sys.exit(f"this Python has Unicode {unicodedata.unidata_version}, the file is of {VERSION}")
    if sys.argv[1:] == ["--check"]:
        if FILE.read_text(encoding="utf-8") != text():
            sys.exit(f"{FILE.name} is not what this program makes")
    elif sys.argv[1:]:
        sys.exit("usage: characters.py [--check]")
    else:
        FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
