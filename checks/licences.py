"""Compares the normal tree of a package with a configuration of cargo-deny.

Usage: licences.py CONFIGURATION TREE

TREE is a file with a line "name vVERSION" for each package, as `cargo tree` prints them; what they are is read from
`cargo metadata` on standard input. The tree is taken from the former because the latter knows the features that all
packages of the workspace ask for together, and no others.
"""

import collections
import json
import re
import sys
import tomllib


def allowed(expression, licences):
    """Whether an SPDX expression can be met with some licences."""
    words = re.sub(r"\s+WITH\s+\S+", "", expression.replace("/", " OR "))
    terms = re.findall(r"\(|\)|[\w.+-]+", words)
    python = " ".join(
        term if term in "()" else term.lower() if term in ("AND", "OR") else str(term in licences)
        for term in terms)
    return bool(eval(python))  # Only True, False, and, or and brackets.


def main(configuration, tree):
    with open(configuration, "rb") as file:
        rules = tomllib.load(file)
    with open(tree) as file:
        seen = {tuple(line.split()[:2]) for line in file}
    packages = [package for package in json.load(sys.stdin)["packages"]
                if (package["name"], "v" + package["version"]) in seen]
    if not seen or len(packages) != len(seen):
        sys.exit(f"{len(seen)} packages are in the tree, and {len(packages)} of them are known")
    banned = {row["crate"] for row in rules["bans"]["deny"]}
    # `cargo metadata` and lockfiles know crates.io by the address of its index.
    registries = {f"registry+{address}" for address in rules["sources"]["allow-registry"]}
    versions, wrong = collections.Counter(), []
    for package in packages:
        label = f"{package['name']} {package['version']}"
        versions[package["name"]] += 1
        if not package["license"] or not allowed(package["license"], rules["licenses"]["allow"]):
            wrong.append(f"licence: {label} has {package['license']}")
        if package["name"] in banned:
            wrong.append(f"banned: {label}")
        if package["source"] is not None and package["source"] not in registries:
            wrong.append(f"source: {label} comes from {package['source']}")
    if rules["bans"].get("multiple-versions") == "deny":
        wrong += [f"twice: {crate}" for crate, count in versions.items() if count > 1]
    if wrong:
        print("\n".join(wrong))
        sys.exit(1)
    print(f"{len(packages)} packages have the licences and sources that {configuration} allows, and none is banned")


main(*sys.argv[1:])
