#!/bin/bash
# Runs C test programs with AddressSanitizer and ThreadSanitizer.
#
#   scripts/sanitize.sh                    all programs with the first, what has threads with the second
#   scripts/sanitize.sh quick              a part of it
#   scripts/sanitize.sh address [ARGS...]  one of the two; ARGS go to c-tests/run.py
#   scripts/sanitize.sh thread [ARGS...]
#   scripts/sanitize.sh units [FILTER...]  the unit tests with the first
#   scripts/sanitize.sh build              builds the two libraries only
#
# The toolchain is the usual one: RUSTC_BOOTSTRAP lets it take the option, and the runtimes come with it. The standard
# library is not built anew, so the sanitizers do not see into it: src/abi/lock.rs and c-tests/tsan.supp say what follows.
set -eu
cd "$(dirname "$0")/.."
host=$(rustc -vV | sed -n 's/^host: //p')

# Builds our crate with a sanitizer; further words go to cargo, and behind -- to the compiler.
build() {
    kind=$1
    shift
    RUSTC_BOOTSTRAP=1 CARGO_PROFILE_DEV_OPT_LEVEL=1 CARGO_PROFILE_DEV_DEBUG=1 CARGO_TARGET_DIR="target/sanitize/$kind" \
        RUSTFLAGS="-Zsanitizer=$kind -Cunsafe-allow-abi-mismatch=sanitizer" \
        cargo rustc --locked --lib --target "$host" "$@" --cfg "sanitized=\"$kind\""
}

library() {
    build "$1" -- >&2
    echo "target/sanitize/$1/$host/debug/libc_client.so"
}

# The compiler's own checks of what unsafe code promises (alignment, ranges, overlap) are on in this profile. Fields lie in
# an order drawn at random, so that nothing but repr(C) is relied on. Other programs and UW's library are left out.
units() {
    binary=$(build address --profile test --message-format json -- -Zrandomize-layout |
        sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -n 1)
    LSAN_OPTIONS=suppressions=c-tests/lsan.supp "$binary" --skip oracle "$@"
}

run() {
    kind=$1
    shift
    built=$(library "$kind")
    python3 c-tests/run.py --sanitize "$kind" --ours "$built" "$@"
}

case ${1-} in
    address|thread) run "$@" ;;
    units) shift; units "$@" ;;
    build) library address; library thread ;;
    quick)
        run address --only threads hostile_mail faults cache
        run thread --only threads
        ;;
    "")
        run address
        run thread --only threads two_streams recycle handles timeouts
        ;;
    *) sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
