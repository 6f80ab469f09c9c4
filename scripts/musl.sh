#!/bin/sh
# Builds the shared library for musl, the C library of Alpine and OpenWrt.
#
#   scripts/musl.sh         with musl-gcc of Debian's musl-tools; the library lands in target/musl/libc-client.so.2007e
#
# Where musl is the system's own C library, `cargo rustc` as below is all, with gcc for musl-gcc: there libgcc_s, which holds
# what unwinding needs, is made for musl (Alpine's and OpenWrt's package libgcc). Debian's is made for glibc. In its place stands the
# libunwind that comes with Rust for musl, as a part of the library.
set -eu
cd "$(dirname "$0")/.."
target=$(rustc -vV | sed -n 's/^host: //p' | sed 's/-gnu.*/-musl/')
command -v musl-gcc >/dev/null || { echo "musl: no musl-gcc (Debian's package musl-tools)" >&2; exit 3; }
unwind=$(rustc --print sysroot)/lib/rustlib/$target/lib/self-contained/libunwind.a
[ -e "$unwind" ] || rustup target add "$target" >&2 || { echo "musl: no Rust for musl (rustup target add $target)" >&2; exit 3; }
out=$PWD/target/musl
mkdir -p "$out/instead"
echo "INPUT($unwind)" >"$out/instead/libgcc_s.so"
cc=$(echo "$target" | tr - _)
export CARGO_TARGET_DIR="$out" RUSTFLAGS="-Ctarget-feature=-crt-static -Lnative=$out/instead ${RUSTFLAGS-}"
export "CC_$cc=musl-gcc" "CARGO_TARGET_$(echo "$cc" | tr a-z A-Z)_LINKER=musl-gcc"
cargo rustc --lib --crate-type cdylib --release --locked --target "$target" >&2
cp "$out/$target/release/libc_client.so" "$out/libc-client.so.2007e"
strip --strip-unneeded "$out/libc-client.so.2007e"
echo "musl: $out/libc-client.so.2007e: $(stat -c %s "$out/libc-client.so.2007e") octets"
