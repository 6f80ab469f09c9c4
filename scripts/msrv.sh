#!/bin/sh
# Compiles the library and vmimap with exactly the Rust version that Cargo.toml states (`rust-version`). Says so and ends well
# where rustup cannot bring that version.
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
for manifest in vmimap/Cargo.toml fuzz/Cargo.toml; do
    grep -q "^rust-version = \"$version\"" "$manifest" || { echo "msrv: $manifest states another version than $version" >&2; exit 1; }
done
if ! command -v rustup >/dev/null || ! rustup toolchain install "$version" --profile minimal >/dev/null 2>&1; then
    echo "msrv: skipped: rustup cannot bring Rust $version"
    exit 0
fi
export CARGO_TARGET_DIR="$PWD/target/msrv"
cargo "+$version" build --locked --lib
cargo "+$version" build --locked --manifest-path vmimap/Cargo.toml
echo "msrv: the library and vmimap compile with $(rustc "+$version" --version)"
