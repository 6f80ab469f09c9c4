#!/bin/bash
# Builds and runs the fuzz targets (fuzz/) with libFuzzer and AddressSanitizer.
#
#   scripts/fuzz.sh                 each target for FUZZ_SECONDS (default 600)
#   scripts/fuzz.sh quick           each target for a few seconds
#   scripts/fuzz.sh build           builds only; prints the name of the program
#   scripts/fuzz.sh list            names the targets
#   scripts/fuzz.sh TARGET [ARGS]   one target for FUZZ_SECONDS; ARGS go to libFuzzer (a file: runs that input)
#
# The toolchain is the usual one, as in sanitize.sh: RUSTC_BOOTSTRAP lets it take the options. cargo-fuzz and clang
# are not needed: libFuzzer comes with the crate libfuzzer-sys, which compiles it with c++.
# What is found stays in target/fuzz: the corpus of each target, and findings as TARGET/crash-*, timeout-*, oom-*.
set -eu
cd "$(dirname "$0")/.."
host=$(rustc -vV | sed -n 's/^host: //p')
seconds=${FUZZ_SECONDS:-600}
program="target/fuzz/build/$host/release/c-client-fuzz"
# shellcheck disable=SC2207 # names without spaces
targets=($(sed -n 's/^ *("\([a-z0-9_]*\)", .*/\1/p' fuzz/src/lib.rs))

build() {
    RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=target/fuzz/build CARGO_PROFILE_RELEASE_DEBUG=1 \
        RUSTFLAGS="-Zsanitizer=address -Cunsafe-allow-abi-mismatch=sanitizer --cfg fuzzing -Cdebug-assertions \
-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1" \
        cargo build --locked --release --manifest-path fuzz/Cargo.toml --target "$host" "$@" >&2
}

run() {
    target=$1
    time=$2
    shift 2
    mkdir -p "target/fuzz/$target/corpus" "target/fuzz/seeds/$target"
    if [ $# -gt 0 ] && [ -e "${*: -1}" ]; then
        FUZZ_TARGET=$target "$program" "$@"
        return
    fi
    log="target/fuzz/$target/log"
    status=0
    FUZZ_TARGET=$target "$program" -max_total_time="$time" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -len_control=20 \
        -print_final_stats=1 -artifact_prefix="target/fuzz/$target/" "$@" \
        "target/fuzz/$target/corpus" "target/fuzz/seeds/$target" >"$log" 2>&1 || status=$?
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    if [ "$status" -ne 0 ]; then
        tail -n 60 "$log"
        echo "fuzz: $target FAILED; the input lies in target/fuzz/$target"
        return 1
    fi
    echo "fuzz: $target: ${executions:-0} executions in $time s, nothing found"
}

all() {
    build
    python3 fuzz/seeds.py target/fuzz/seeds
    failed=""
    for target in "${targets[@]}"; do
        run "$target" "$1" || failed="$failed $target"
    done
    [ -z "$failed" ] || { echo "fuzz: FAILED:$failed"; return 1; }
    echo "fuzz: ${#targets[@]} targets, $1 s each, nothing found"
}

case ${1-} in
    "") all "$seconds" ;;
    quick) all 5 ;;
    build) build; echo "$program" ;;
    list) printf '%s\n' "${targets[@]}" ;;
    *)
        target=$1
        shift
        case " ${targets[*]} " in *" $target "*) ;; *) echo "fuzz: no target called '$target' (${targets[*]})" >&2; exit 2 ;; esac
        build
        python3 fuzz/seeds.py target/fuzz/seeds
        run "$target" "$seconds" "$@"
        ;;
esac
