#!/bin/sh
# Unit tests of src/abi under Miri, which sees undefined behaviour, races and leaks that no run on a processor shows. The rest
# of the library has no unsafe code.
#
#   scripts/miri.sh [FILTER...]     default: the modules below; they take about 10 minutes
#
# Left out are tests that want other programs, sockets or the C library's resolver, which Miri does not have, and those that go
# through whole charset tables, for which it would need hours.
set -eu
cd "$(dirname "$0")/.."
if ! cargo +nightly miri --version >/dev/null 2>&1; then
    if ! command -v rustup >/dev/null || ! rustup toolchain install nightly --profile minimal --component miri,rust-src >/dev/null 2>&1; then
        echo "miri: skipped: rustup cannot bring the nightly toolchain with miri and rust-src"
        exit 0
    fi
fi
flags="-Zmiri-disable-isolation -Zmiri-permissive-provenance"
test() { cargo +nightly miri test --locked --lib -- "$@"; }
if [ $# -gt 0 ]; then
    MIRIFLAGS="$flags" test "$@"
    exit
fi
MIRIFLAGS="$flags" test abi::auth_clients abi::constructors abi::destructors abi::imap abi::linger abi::link abi::mail_folders \
    abi::mail_partial abi::mail_sequence abi::mail_text abi::memory abi::misc abi::mm_cache abi::net_mailbox abi::parameters \
    abi::pop3 abi::reading abi::stream abi::string_drivers abi::ucs4
# A payload that a panic has thrown is kept, on purpose: dropping it could throw again.
MIRIFLAGS="$flags -Zmiri-ignore-leaks" test abi::entry
echo "miri: no undefined behaviour, no race, no leak"
