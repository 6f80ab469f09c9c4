#!/bin/bash
# Builds and runs the fuzz targets (fuzz/) with libFuzzer and AddressSanitizer.
#
#   scripts/fuzz.sh                 each target for FUZZ_SECONDS (default 600), FUZZ_JOBS at a time
#   scripts/fuzz.sh quick           each target for a few seconds, beginning with the seeds alone
#   scripts/fuzz.sh build           builds only; prints the name of the program
#   scripts/fuzz.sh list            names the targets
#   scripts/fuzz.sh TARGET [ARGS]   one target for FUZZ_SECONDS; ARGS go to libFuzzer (a file: runs that input)
#   scripts/fuzz.sh seeds [TARGET…] makes fuzz/seeds anew from what the long runs found, as far as it is small
#
# The toolchain is the usual one, as in sanitize.sh: RUSTC_BOOTSTRAP lets it take the options. cargo-fuzz and clang
# are not needed: libFuzzer comes with the crate libfuzzer-sys, which compiles it with c++.
# What is found stays in target/fuzz: the corpus of each target, and findings as TARGET/crash-*, timeout-*, oom-*.
set -eu
cd "$(dirname "$0")/.."
host=$(rustc -vV | sed -n 's/^host: //p')
seconds=${FUZZ_SECONDS:-600}
jobs=${FUZZ_JOBS:-$(nproc)}
program="target/fuzz/build/$host/release/c-client-fuzz"
# shellcheck disable=SC2207 # names without spaces
targets=($(sed -n 's/^ *("\([a-z0-9_]*\)", .*/\1/p' fuzz/src/lib.rs))

# Not --locked: the lock file of the fuzz crate follows when the library's dependencies change.
# Without cfg(sanitized) the library keeps for a while what is freed, and a late use would not be seen.
build() {
    RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=target/fuzz/build \
        RUSTFLAGS="-Zsanitizer=address -Cunsafe-allow-abi-mismatch=sanitizer --cfg fuzzing \
--cfg sanitized=\"address\" -Cdebug-assertions \
-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares" \
        cargo build --release --manifest-path fuzz/Cargo.toml --target "$host" "$@" >&2
    python3 fuzz/seeds.py target/fuzz/seeds
}

# run TARGET SECONDS CORPUS [ARGS]: CORPUS gets what is new.
run() {
    target=$1
    time=$2
    corpus=$3
    shift 3
    mkdir -p "$corpus" "target/fuzz/seeds/$target" "fuzz/seeds/$target"
    if [ $# -gt 0 ] && [ -e "${*: -1}" ]; then
        FUZZ_TARGET=$target "$program" "$@"
        return
    fi
    log="target/fuzz/$target/log"
    status=0
    FUZZ_TARGET=$target "$program" -max_total_time="$time" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -len_control=20 \
        -print_final_stats=1 -artifact_prefix="target/fuzz/$target/" "$@" \
        "$corpus" "target/fuzz/seeds/$target" "fuzz/seeds/$target" >"$log" 2>&1 || status=$?
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    if [ "$status" -ne 0 ]; then
        tail -n 60 "$log"
        echo "fuzz: $target FAILED; the input lies in target/fuzz/$target"
        return 1
    fi
    echo "fuzz: $target: ${executions:-0} executions in $time s, nothing found"
}

# all SECONDS CORPUS: some targets at a time; CORPUS is a folder's name.
all() {
    build
    failed=0
    running=0
    for target in "${targets[@]}"; do
        if [ "$running" -ge "$jobs" ]; then
            wait -n || failed=$((failed + 1))
            running=$((running - 1))
        fi
        run "$target" "$1" "target/fuzz/$target/$2" &
        running=$((running + 1))
    done
    while [ "$running" -gt 0 ]; do
        wait -n || failed=$((failed + 1))
        running=$((running - 1))
    done
    [ "$failed" -eq 0 ] || { echo "fuzz: FAILED: $failed of ${#targets[@]} targets"; return 1; }
    echo "fuzz: ${#targets[@]} targets, $1 s each, nothing found"
}

# The fewest inputs that reach all code that the corpus reaches; seeds.py takes the best of them.
seeds() {
    build
    for target in "${@:-${targets[@]}}"; do
        new="target/fuzz/$target/merged"
        rm -rf "$new"
        mkdir -p "$new" "target/fuzz/$target/corpus" "fuzz/seeds/$target"
        FUZZ_TARGET=$target "$program" -set_cover_merge=1 -use_counters=0 -max_len=2048 -timeout=10 "$new" \
            "fuzz/seeds/$target" "target/fuzz/seeds/$target" "target/fuzz/$target/corpus" >"target/fuzz/$target/log" 2>&1
        python3 fuzz/seeds.py --keep "$new" "fuzz/seeds/$target"
    done
}

case ${1-} in
    "") all "$seconds" corpus ;;
    quick)
        rm -rf target/fuzz/*/quick
        all 4 quick
        ;;
    build) build; echo "$program" ;;
    list) printf '%s\n' "${targets[@]}" ;;
    seeds)
        shift
        seeds "$@"
        ;;
    *)
        target=$1
        shift
        case " ${targets[*]} " in *" $target "*) ;; *) echo "fuzz: no target called '$target' (${targets[*]})" >&2; exit 2 ;; esac
        build
        run "$target" "$seconds" "target/fuzz/$target/corpus" "$@"
        ;;
esac
