"""Prints every public path of the crate with what it is, one a line, from the JSON of rustdoc.

Usage: list.py repass.json
"""

import json
import sys


def walk(index, item, path):
    """Yields kind and path of an item, and of all within it."""
    ((kind, inner),) = item["inner"].items()
    name = item["name"]
    if kind == "use":
        if inner["is_glob"]:
            sys.exit(f"{'::'.join(path)} re-exports everything of {inner['source']}")
        name = inner["name"]
        target = index.get(str(inner["id"]))
        if target is None:
            # Of another crate.
            yield kind, path + [name]
            return
        ((kind, inner),) = target["inner"].items()
    if kind == "module":
        for child in inner["items"]:
            yield from walk(index, index[str(child)], path + [name])
    else:
        yield kind, path + [name]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        crate = json.load(file)
    index = crate["index"]
    root = index[str(crate["root"])]
    found = {f"{kind} {'::'.join(path[1:])}" for kind, path in walk(index, root, [])}
    print("\n".join(sorted(found)))


main()
