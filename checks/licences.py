"""Compares the normal tree of a package with a configuration of cargo-deny; reads `cargo metadata` from standard input.

Usage: licences.py CONFIGURATION PACKAGE
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


def main(configuration, name):
    with open(configuration, "rb") as file:
        rules = tomllib.load(file)
    metadata = json.load(sys.stdin)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    (start,) = [key for key, package in packages.items() if package["name"] == name]
    seen, waiting = set(), [start]
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting += [link["pkg"] for link in nodes[key]["deps"]
                        if any(kind["kind"] != "dev" for kind in link["dep_kinds"])]
    banned = {row["crate"] for row in rules["bans"]["deny"]}
    # `cargo metadata` and lockfiles know crates.io by the address of its index.
    registries = {f"registry+{address}" for address in rules["sources"]["allow-registry"]}
    versions, wrong = collections.Counter(), []
    for package in (packages[key] for key in sorted(seen)):
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
    print(f"{len(seen)} packages have the licences and sources that {configuration} allows, and none is banned")


main(*sys.argv[1:])
