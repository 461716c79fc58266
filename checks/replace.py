"""Changes a copy of the tree by cases: named pairs of a text to find and a text to put in its place.

Usage: replace.py apply TREE CASE...
       replace.py switch TREE CASE...
       replace.py check TREE CASE...

A case is a file: lines that say what is broken and what has to notice, then one pair or more of

    --- find
    the text, which must occur exactly once in src, whatever its indentation and line breaks
    --- put
    the text that takes its place

`--- find in FILE` looks in that file instead, which need not be in src. `--- add to FILE` adds items to the end of
a file for the texts above it to use; they must break nothing by themselves.

`apply` makes the changes. `switch` compiles all cases into one tree: each body of a function that a case changes
is written once more for that case, and the environment variable REPASS_BROKEN names the case whose bodies run.
A case with the line `Builds: alone` changes what is no body of a function, and is left out of `switch`.
`check` says which cases do not apply, and changes nothing.
"""

import pathlib
import re
import sys

SWITCH = """
#[doc(hidden)]
#[allow(missing_docs, clippy::all)]
pub mod broken {
    extern crate std;
    pub fn is(name: &str) -> bool {
        static NAME: std::sync::OnceLock<Option<std::string::String>> = std::sync::OnceLock::new();
        NAME.get_or_init(|| std::env::var("REPASS_BROKEN").ok()).as_deref() == Some(name)
    }
}
"""
# What may hold a brace that opens no block: comments, texts, characters; a lifetime is none of them.
SKIPPED = re.compile(
    r"""//[^\n]*|/\*.*?\*/|b?r(#*)".*?"\1|b?"(?:\\.|[^"\\])*"|b?'(?:\\[^\n]+?|[^'\\\n])'""", re.S)


class Wrong(Exception):
    pass


class Case:
    def __init__(self, path):
        self.name = pathlib.Path(path).stem
        text = pathlib.Path(path).read_text(encoding="utf-8")
        text, *added = re.split(r"^--- add to ", text, flags=re.M)
        self.added = [part.partition("\n")[::2] for part in added]
        head, *pairs = re.split(r"^--- find", text, flags=re.M)
        self.alone = "\nBuilds: alone\n" in head
        self.pairs = []
        for pair in pairs:
            where, _, pair = pair.partition("\n")
            find, mark, put = pair.partition("--- put\n")
            if not mark or not find.strip():
                raise Wrong(f"{self.name}: a pair lacks what to find or what to put")
            self.pairs.append((where.removeprefix(" in ").strip(), find, put.rstrip("\n")))
        if not self.pairs:
            raise Wrong(f"{self.name}: has no pair")

    def places(self, tree):
        """File, start and end of each text that is found, with what to put there."""
        for where, find, put in self.pairs:
            pattern = re.compile(r"\s+".join(map(re.escape, find.split())))
            files = [tree / where] if where else sorted((tree / "src").rglob("*.rs"))
            found = [(file, match.span()) for file in files if file.is_file()
                     for match in pattern.finditer(file.read_text(encoding="utf-8"))]
            if len(found) != 1:
                raise Wrong(f"{self.name}: found {len(found)} times: {' '.join(find.split())[:100]}")
            (file, (start, end)), = found
            yield file, start, end, put

    def add(self, tree):
        for file, items in self.added:
            with (tree / file).open("a", encoding="utf-8") as to:
                to.write(items)


def body(text, start, end, name):
    """Start and end of the body of the innermost function around a place, without its braces."""
    blank = SKIPPED.sub(lambda match: " " * len(match[0]), text)
    for function in reversed(list(re.finditer(r"\bfn \w+", blank[:start]))):
        # The signature ends at the first brace or semicolon outside of brackets.
        depth, at = 0, function.end()
        while depth or blank[at] not in "{;":
            depth += (blank[at] in "([") - (blank[at] in ")]")
            at += 1
        if blank[at] == ";":
            continue
        opened, depth = at + 1, 1
        while depth:
            at += 1
            depth += (blank[at] == "{") - (blank[at] == "}")
        if opened <= start and end <= at:
            return opened, at
    raise Wrong(f"{name}: changes what is no body of a function, and does not say `Builds: alone`")


def changed(text, changes):
    for start, end, put in sorted(changes, reverse=True):
        text = text[:start] + put.strip() + text[end:]
    return text


def apply(tree, cases):
    for case in cases:
        files = {}
        for file, start, end, put in case.places(tree):
            files.setdefault(file, []).append((start, end, put))
        for file, changes in files.items():
            file.write_text(changed(file.read_text(encoding="utf-8"), changes), encoding="utf-8")
        case.add(tree)


def switch(tree, cases):
    bodies = {}
    for case in cases:
        if not case.alone:
            for file, start, end, put in case.places(tree):
                span = body(file.read_text(encoding="utf-8"), start, end, case.name)
                changes = bodies.setdefault(file, {}).setdefault(span, {})
                changes.setdefault(case.name, []).append((start - span[0], end - span[0], put))
    for file, spans in bodies.items():
        text = file.read_text(encoding="utf-8")
        for (opened, closed), named in sorted(spans.items(), reverse=True):
            ours = text[opened:closed]
            arms = "".join(f'if crate::broken::is("{name}") {{ {changed(ours, changes)} }} else '
                           for name, changes in named.items())
            # A constant function could not ask which case is switched on.
            before = re.sub(r"\bconst (fn \w+[^{}]*\{)\Z", r"\1", text[:opened])
            text = f"{before} {arms}{{ {ours} }} {text[closed:]}"
        file.write_text(text, encoding="utf-8")
    for case in cases:
        if not case.alone:
            case.add(tree)
    with (tree / "src/lib.rs").open("a", encoding="utf-8") as lib:
        lib.write(SWITCH)


def main(how, tree, *paths):
    tree, wrong = pathlib.Path(tree), []
    cases = []
    for path in paths:
        try:
            case = Case(path)
            cases.append(case)
            for place in list(case.places(tree)):
                if how == "switch" and not case.alone:
                    body(place[0].read_text(encoding="utf-8"), place[1], place[2], case.name)
        except Wrong as error:
            wrong.append(str(error))
    if wrong:
        sys.exit("\n".join(wrong))
    if how == "apply":
        apply(tree, cases)
    elif how == "switch":
        switch(tree, cases)


if __name__ == "__main__":
    main(*sys.argv[1:])
