# For the scripts beside it: the root of the repository, the one target directory, and tools that .ci/install installs.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}
tools=${REPASS_TOOLS:-$HOME/.cache/repass-tools}
python_tools=$tools/python-argon2-cffi-25.1.0

fail() {
    echo "$*" >&2
    exit 1
}

# Copies the files of the tree to a folder, where changes hurt nobody's.
copy_tree() {
    mkdir -p "$1"
    (cd "$root" && git ls-files -z --cached --others --exclude-standard --deduplicate |
        while IFS= read -r -d '' file; do [[ ! -e $file ]] || printf '%s\0' "$file"; done |
        xargs -0 cp --parents -t "$1")
}

# The same, to a folder that may be there from an earlier run.
fresh_tree() {
    rm -rf "$1"
    copy_tree "$1"
}

# At the end of a script that compiles altered copies: forgets what was compiled since it began. Cargo tells sources apart
# by their time and by their path within the package, so it would take programs of a copy for those of the tree.
begun=$CARGO_TARGET_DIR/copies/.begun-$$
forget_copies() {
    local units
    units=$(find "$CARGO_TARGET_DIR" -maxdepth 5 -path '*/.fingerprint/repass*/invoked.timestamp' -newer "$begun" -printf '%h\n')
    xargs -rd '\n' rm -rf <<<"$units"
    rm -f "$begun"
}
forget_copies_at_exit() {
    mkdir -p "$CARGO_TARGET_DIR/copies"
    touch "$begun"
    # shellcheck disable=SC2064
    trap "${1:+$1; }forget_copies" EXIT
}

# Finds a cargo subcommand of an exact version, which .ci/install installs.
need() {
    [[ -f $tools/.installed-$1-$2 ]] || fail "$1 $2 is not installed: .ci/install $1"
    PATH=$tools/bin:$PATH
}

# Changes a tree by cases of checks/replace.py.
replace() {
    python3 "$root/checks/replace.py" "$@"
}
