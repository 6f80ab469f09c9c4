#!/bin/bash
# Runs the test suites one after the other, whatever became of the ones before, and ends with one
# line. `make test` builds first and then calls this.
#
#   scripts/test.sh           what is run for every change: an hour and a half at most
#   scripts/test.sh --quick   what needs no servers
#   scripts/test.sh --all     those, and what takes hours more: before a release
#   scripts/test.sh NAME...   the suites named
set -u
cd "$(dirname "$0")/.."
export RUSTDOCFLAGS="-D warnings"

usual="fmt clippy doc rust abi demo-c logins c hostile flights fuzz clients valgrind e2e vmimap e2e-uw e2e-patched soak"
long="sanitize packages recipes small musl miri msrv aws-lc deny ways commands e2e-uw-patched"
case ${1-} in
    "") suites=$usual ;;
    --all) suites="$usual $long" ;;
    --quick) suites="fmt clippy doc rust abi" ;;
    *) suites="$*" ;;
esac

run() {
    case $1 in
        fmt) cargo fmt --check && (cd vmimap && cargo fmt --check) ;;
        clippy)
            cargo clippy --locked --all-targets -- -D warnings &&
                (cd vmimap && cargo clippy --locked --all-targets -- -D warnings)
            ;;
        # And the log messages that the manuals quote, the manual pages, and the cheap ones of the documents' commands.
        doc)
            cargo doc --locked --no-deps && (cd vmimap && cargo doc --locked --no-deps) &&
                scripts/install-deps.sh doc test && python3 scripts/manuals.py && python3 scripts/commands.py &&
                python3 scripts/directives.py && python3 scripts/log-texts.py && python3 scripts/licences.py check
            ;;
        # Without UW unpacked, the tests that compare with it say that they are skipped. What they draw differs from
        # run to run: give the seed that was printed to repeat one.
        rust)
            sh c-tests/uw.sh >/dev/null
            export MIME_ORACLE_SEED="${MIME_ORACLE_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}"
            echo "MIME_ORACLE_SEED=$MIME_ORACLE_SEED"
            cargo test --locked
            ;;
        demo-c) python3 c-tests/demo/run.py ;;
        abi) python3 c-tests/abi/run.py ;;
        logins) python3 logins/run.py ;;
        c) python3 c-tests/run.py ;;
        hostile) python3 c-tests/hostile/run.py ;;
        flights) python3 bench/flights.py ;;
        clients) python3 clients/run.py ;;
        valgrind) python3 c-tests/run.py --valgrind ;;
        # A part of `make sanitize`, and the longest of it is to build the library twice.
        sanitize) scripts/sanitize.sh quick ;;
        # A few seconds of each target, from the seeds; `make fuzz` runs them for longer.
        fuzz) scripts/install-deps.sh build fuzz && scripts/fuzz.sh quick ;;
        e2e) python3 e2e/run.py ;;
        e2e-uw) python3 e2e/run.py --lib uw ;;
        e2e-patched) python3 e2e/run.py --patched ;;
        # What needs no hook of this library works with UW's as well.
        e2e-uw-patched) python3 e2e/run.py --lib uw --patched ;;
        # The Debian packages, built without a network, and tried in fresh trees of Debian 12, 13 and sid.
        packages) packaging/deb.sh && python3 packaging/trees.py ;;
        # Recipes of Fedora, Alpine, OpenWrt and FreeBSD, from the tarball, as far as they can be run on Debian.
        recipes) scripts/install-deps.sh build test recipes && python3 packaging/recipes.py test ;;
        # After e2e, which has built the Asterisk that it plays with, and unpacked the source that the manual and the texts of
        # the log are held against.
        vmimap)
            (cd vmimap && cargo test --locked) && python3 scripts/directives.py --must &&
                python3 scripts/log-texts.py --must && python3 vmimap/run.py
            ;;
        # Every command of the documents that can be run; the quick ones are in doc.
        commands) scripts/install-deps.sh && python3 scripts/commands.py --long ;;
        # The library for routers: its symbols, and programs on it.
        small) scripts/install-deps.sh build test small && python3 packaging/small.py ;;
        # The library for musl, and a program of musl's on it.
        musl) scripts/install-deps.sh build test small && python3 packaging/musl.py ;;
        # Unit tests under Miri, which sees undefined behaviour and races.
        miri) scripts/miri.sh ;;
        # Compiled with exactly the Rust version that is stated.
        msrv) scripts/msrv.sh ;;
        # With AWS-LC's cryptography in place of ring's: 70 MB of C to compile.
        aws-lc)
            cargo rustc --locked --lib --crate-type cdylib --no-default-features --features aws-lc-rs,full --target-dir target/aws-lc &&
                python3 c-tests/run.py --ours target/aws-lc/debug/libc_client.so --only tls tls_sessions client_certificate oauth append
            ;;
        # Licences, sources and known faults of all crates, by cargo-deny, which is compiled first.
        deny) scripts/deny.sh ;;
        # Every way in which Asterisk's configure can be told of the library.
        ways) python3 e2e/ways.py ;;
        # Two of the ten minutes of `make soak`.
        soak) python3 e2e/soak.py --seconds 120 ;;
        *) echo "test: no suite called '$1' (there are: $usual $long)" >&2; return 2 ;;
    esac
}

mkdir -p target/test
summary=""
failed=""
for suite in $suites; do
    echo "== $suite"
    log="target/test/$suite.log"
    run "$suite" 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    if [ "$suite" = rust ]; then
        # One line for the many test programs of cargo.
        last=$(awk '/^test result:/ { passed += $4; failed += $6 } END { print passed + 0 " passed, " failed + 0 " failed" }' "$log")
    else
        last=$(grep -v '^ *$' "$log" | tail -n 1)
    fi
    if [ "$status" -eq 0 ]; then
        summary="$summary
ok      $suite: ${last:-nothing to say}"
    else
        failed="$failed $suite"
        summary="$summary
FAILED  $suite (status $status): $last"
    fi
    # What failed, also what a suite tried a second time with success: who reads only the end of a long log needs it.
    failures=$(grep -aE '^(FAIL |error|test .* FAILED)' "$log" | cut -c 1-600 | head -n 20 | sed 's/^/        /')
    if [ -n "$failures" ]; then
        summary="$summary
$failures"
    fi
done
echo
echo "== summary$summary"
if [ -n "$failed" ]; then
    echo "make test: FAILED:$failed"
    exit 1
fi
echo "make test: all of $(echo "$suites" | wc -w) suites passed"
