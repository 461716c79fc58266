# For the scripts beside it: the root of the repository, and tools that are built once.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}
tools=${REPASS_TOOLS:-$HOME/.cache/repass-tools}

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

# Installs a cargo subcommand of an exact version, once. Built with little optimisation: it runs for
# a second and would compile for many minutes.
need() {
    local crate=$1 version=$2
    if [[ ! -f $tools/.installed-$crate-$version ]]; then
        echo "installing $crate $version into $tools"
        (
            cd /
            unset CARGO_TARGET_DIR
            CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off \
                CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
                cargo install --locked --quiet --root "$tools" "$crate@$version"
        )
        touch "$tools/.installed-$crate-$version"
    fi
    PATH=$tools/bin:$PATH
}

# Changes a tree by cases of checks/replace.py.
replace() {
    python3 "$root/checks/replace.py" "$@"
}
