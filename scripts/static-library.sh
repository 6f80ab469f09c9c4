#!/bin/sh
# Makes the installed static library out of cargo's.
#
#   scripts/static-library.sh target/release/libc_client.a target/release/c-client.a
#
# cargo's archive holds the Rust runtime with all its symbols. Here what the exported functions
# reach is linked into one relocatable object, and everything but the exports is made local. LD, OBJCOPY and AR: those of GNU
# binutils (LLVM's ld does not leave out what is not reached from a relocatable object), for another processor its own.
set -eu
from=$1
to=$2
if [ -e "$to" ] && [ "$to" -nt "$from" ] && [ "$to" -nt src/abi/symbols.tsv ] && [ "$to" -nt "$0" ]; then
    exit 0
fi
work="$to.d"
rm -rf "$work"
mkdir -p "$work"
grep -v '^#' src/abi/symbols.tsv | awk -F '\t' '$5 != "host" { print $1 }' >"$work/exports"
# shellcheck disable=SC2046 # one option per export
"${LD:-ld}" -r --gc-sections --strip-debug $(sed 's/^/-u /' "$work/exports") -o "$work/all.o" "$from"
# Bitcode that the Rust runtime carries along is of no use here, and older LLVM plugins choke on it.
"${OBJCOPY:-objcopy}" --remove-section=.llvmbc --remove-section=.llvmcmd --keep-global-symbols="$work/exports" "$work/all.o" "$work/c-client.o"
rm -f "$to.new"
"${AR:-ar}" rcs "$to.new" "$work/c-client.o"
mv "$to.new" "$to"
rm -rf "$work"
