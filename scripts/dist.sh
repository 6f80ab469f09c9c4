#!/bin/sh
# Makes the source tarball: the committed tree, and the sources of every crate of the library and of vmimap, so that both
# build without a network.
#
#   scripts/dist.sh [DIRECTORY]      default: target/dist; prints the path of the tarball
#
# WITH_AWS_LC=1 adds the sources of AWS-LC, 70 MB, for builds with the feature aws-lc-rs. Crates that no supported system compiles (Windows', WebAssembly's) are replaced by empty ones: cargo wants them to be
# there, and nothing else does.
set -eu
cd "$(dirname "$0")/.."
out=${1:-target/dist}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
name=c-client-rs-$version
[ -z "$(git status --porcelain --untracked-files=no)" ] || echo "dist: what is not committed is left out" >&2

mkdir -p "$out"
rm -rf "${out:?}/$name"
git archive --prefix="$name/" HEAD | tar -x -C "$out"
mkdir -p "$out/$name/.cargo"
(cd "$out/$name" && cargo vendor --locked --versioned-dirs --sync vmimap/Cargo.toml vendor >.cargo/config.toml 2>../vendor.log) || { tail -5 "$out/vendor.log" >&2; exit 1; }
for crate in "$out/$name"/vendor/*; do
    name_of=$(basename "$crate")
    [ -z "${WITH_AWS_LC-}" ] || case $name_of in aws-lc-*) continue ;; esac
    case $name_of in
        aws-lc-* | windows* | winapi* | wasm* | wasi* | js-sys* | web-sys* | wit-bindgen* | hermit-abi* | r-efi* | redox_* | objc2* | core-foundation* | security-framework* | schannel* | jni* | android*)
            mv "$crate/Cargo.toml" "$out/kept.toml"
            checksum=$(sed -n 's/.*"package":"\([0-9a-f]*\)".*/\1/p' "$crate/.cargo-checksum.json")
            rm -rf "$crate"
            mkdir -p "$crate/src"
            mv "$out/kept.toml" "$crate/Cargo.toml"
            : >"$crate/src/lib.rs"
            # A build script of its own would have to be there.
            sed -i '/^build = /s/.*/build = false/; s/^links = .*//' "$crate/Cargo.toml"
            printf '{"files":{},"package":"%s"}' "$checksum" >"$crate/.cargo-checksum.json"
            ;;
    esac
done
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct)" -C "$out" -cJf "$out/$name.tar.xz" "$name"
rm -rf "${out:?}/$name"
echo "$out/$name.tar.xz"
