#!/bin/sh
# Builds the shared library for routers: compiled for size, with a standard library compiled for size, and without what
# docs/packaging.md lists.
#
#   scripts/small.sh [TARGET]     default: this machine's; the library lands in target/small/TARGET/libc-client.so.2007e
#   FEATURES=ring,pop3            what is to be in it (Cargo.toml); default: ring, the cryptography, alone
#   BUILD_STD=no                  with the standard library as it came, which is larger, and needs no crates of its own
#   LLD=no                        with the compiler's own linker, though there is LLVM's
#
# Prints the size. Wants the standard library's source (component rust-src of rustup), which is compiled along. For another
# processor, CC_... and CARGO_TARGET_..._LINKER name the cross compiler, as for every build with cargo.
set -eu
cd "$(dirname "$0")/.."
target=${1:-$(rustc -vV | sed -n 's/^host: //p')}
out=target/small/$target
[ "${BUILD_STD-}" = no ] || [ -e "$(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock" ] || rustup component add rust-src >&2 ||
    { echo "small: no source of the standard library (rustup component add rust-src)" >&2; exit 3; }

# -Zbuild-std and the options -Z are not stable yet: this opens them for the stable compiler, as distributions do for their own.
export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=target/small
# The places in panic messages go, and what {:?} prints; the fence around every entry point stays. With frame pointers the
# tables for unwinding need a line per function less for each push. Every crate has its own copies of generic code: equal ones
# become one in the end, and the compiler sees of more of them that they do not panic, so that nothing is to be cleaned up.
export RUSTFLAGS="-Zshare-generics=no -Zlocation-detail=none -Zfmt-debug=none -Zplt=yes -Zrelax-elf-relocations=yes -Cforce-frame-pointers=yes ${RUSTFLAGS-}"
# Nothing unwinds through ring's C.
export CFLAGS="-fomit-frame-pointer -fno-asynchronous-unwind-tables ${CFLAGS-}"
# Only the shared library: cargo leaves link-time optimisation away where an rlib is made along.
set -- rustc --lib --crate-type cdylib --profile small --locked --target "$target" --no-default-features --features "${FEATURES-ring}" \
    $([ "${BUILD_STD-}" = no ] || echo -Zbuild-std=std,panic_unwind -Zbuild-std-features=optimize_for_size) \
    -- -Clink-arg=-Wl,-z,noseparate-code
# Equal functions once, and relocations as bits, which C libraries since glibc 2.36 and musl 1.2.4 read.
if [ "${LLD-}" != no ] && command -v ld.lld >/dev/null; then
    set -- "$@" -Clink-arg=-fuse-ld=lld -Clink-arg=-Wl,--icf=all -Clink-arg=-Wl,-z,pack-relative-relocs
fi
cargo "$@" >&2
strip=${STRIP-$(command -v llvm-strip || command -v "$(echo "$target" | sed 's/-unknown//')-strip" || echo strip)}
cp "$out/small/libc_client.so" "$out/libc-client.so.2007e"
"$strip" --strip-unneeded "$out/libc-client.so.2007e"
squashed=""
if command -v mksquashfs >/dev/null; then
    mksquashfs "$out/libc-client.so.2007e" "$out/squashed" -comp xz -b 262144 -noappend -quiet -no-progress >/dev/null
    squashed=", in squashfs (xz, 256 kB blocks) $(stat -c %s "$out/squashed")"
fi
echo "small: $out/libc-client.so.2007e: $(stat -c %s "$out/libc-client.so.2007e") octets$squashed"
