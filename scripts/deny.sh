#!/bin/sh
# cargo-deny over the library, vmimap and the fuzz targets, as deny.toml says: licences, bans, sources, and the database of known
# faults where that can be had. cargo-deny is compiled below target/tools, once; CARGO_DENY names one that is there already.
#
# Ends with "N passed, N failed": one of each workspace.
set -u
cd "$(dirname "$0")/.."
deny=${CARGO_DENY-$PWD/target/tools/bin/cargo-deny}
if ! [ -x "$deny" ]; then
    CARGO_TARGET_DIR=target/tools/target cargo install --quiet --locked --no-default-features --root target/tools cargo-deny ||
        { echo "deny: cargo-deny cannot be had"; echo "0 passed, 1 failed"; exit 1; }
fi
what="licenses bans sources advisories"
if ! timeout 60 "$deny" fetch db >/dev/null 2>&1; then
    echo "deny: the database of advisories cannot be had here: licences, bans and sources only"
    what="licenses bans sources"
fi
passed=0 failed=0
for manifest in Cargo.toml vmimap/Cargo.toml fuzz/Cargo.toml; do
    # shellcheck disable=SC2086 # several words
    if "$deny" --locked --manifest-path "$manifest" --config deny.toml check $what; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $manifest"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
