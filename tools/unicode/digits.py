#!/usr/bin/env python3
"""Makes src/policy/characters/numeric/digits.rs: the code points with Numeric_Type=Digit.

Run with Python 3.11 (Unicode 14.0.0, the data that Django's vectors were made with):

    tools/unicode/digits.py            writes the table
    tools/unicode/digits.py --check    exit status 1 if the table in the tree is another

Since Unicode 6.3 no character gets this type any more (UAX #44, section 5.7.4), so later versions make the same ranges.
"""

import pathlib
import sys
import unicodedata

TABLE = pathlib.Path(__file__).resolve().parents[2] / "src/policy/characters/numeric/digits.rs"
VERSION = "14.0.0"


def is_digit_not_decimal(character):
    return (
        unicodedata.digit(character, None) is not None
        and unicodedata.decimal(character, None) is None
    )


def ranges():
    found = []
    for code_point in range(0x110000):
        if is_digit_not_decimal(chr(code_point)):
            if found and found[-1][1] == code_point - 1:
                found[-1][1] = code_point
            else:
                found.append([code_point, code_point])
    return found


def table():
    rows = ranges()
    lines = [
        f"//! Made by tools/unicode/digits.py from Unicode {VERSION} (licence: tools/unicode/SOURCES.md).",
        "",
        "/// First and last code points of Numeric_Type=Digit, in order.",
        f"pub(super) const DIGITS: [(char, char); {len(rows)}] = [",
    ]
    lines += [f"    ('\\u{{{first:X}}}', '\\u{{{last:X}}}')," for first, last in rows]
    return "\n".join(lines + ["];", ""])


def main():
    if unicodedata.unidata_version != VERSION:
        sys.exit(f"this Python has Unicode {unicodedata.unidata_version}, the table is of {VERSION}")
    if sys.argv[1:] == ["--check"]:
        if TABLE.read_text(encoding="utf-8") != table():
            sys.exit(f"{TABLE.name} is not what this program makes")
    elif sys.argv[1:]:
        sys.exit("usage: digits.py [--check]")
    else:
        TABLE.write_text(table(), encoding="utf-8")


if __name__ == "__main__":
    main()
