#!/usr/bin/env python3
"""Measures UW's library and ours in the same run, and writes docs/benchmarks.md and docs/benchmarks.svg.

    bench/run.py                       everything
    bench/run.py --only b64dec a_open  these scenarios; prints, writes nothing
    bench/run.py --ours FILE           another library than target/release/libc_client.so
    BENCH_CONF=FILE bench/run.py       ours with this c-client.conf

Ends by itself, in less than 20 minutes; when it is late, it measures times once only. Results that differ between the libraries end it at once.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import build  # noqa: E402
import network  # noqa: E402
import offline  # noqa: E402
import page  # noqa: E402

SECONDS = 1190


def _too_long(*_):
    sys.exit(f"bench: not done after {SECONDS} s; this machine has too much else to do")


def _asterisk(ours):
    """In a process of its own: a module of the testbed has its name."""
    out = os.path.join(build.OUT, "asterisk.json")
    done = subprocess.run([sys.executable, os.path.join(build.HERE, "asterisk.py"), "--ours", ours, "--json", out],
                          stdin=subprocess.DEVNULL, timeout=900, check=False)
    if done.returncode:
        sys.exit("bench: the operations of Asterisk failed")
    with open(out, encoding="utf-8") as found:
        return json.load(found)


def _conf(path):
    """What to say of the configuration, if there is one."""
    if not path:
        return ""
    with open(path, encoding="utf-8") as file:
        lines = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    return f"ours with the configuration `{' '.join(lines)}`"


def main():
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="SCENARIO", default=[])
    parser.add_argument("--ours", metavar="FILE", default=build.OURS)
    args = parser.parse_args()
    started = time.monotonic()
    os.makedirs(build.OUT, exist_ok=True)
    opponents = build.opponents(args.ours)
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS)
    results = {"repeats": offline.REPEATS}
    if not args.only:  # first of all, as it wants the most: an Asterisk
        results["asterisk"] = _asterisk(args.ours)
        print(f"bench: {time.monotonic() - started:.0f} s so far", flush=True)
    results["offline"] = offline.measure(opponents, args.only)
    print(f"bench: {time.monotonic() - started:.0f} s so far", flush=True)
    # Starting the server is worth it only for those who want it.
    if not args.only or any(name[1:2] == "_" for name in args.only):
        results["network"] = network.measure(opponents, args.only)
    if args.only:
        return
    print(f"bench: {time.monotonic() - started:.0f} s so far", flush=True)
    results["conf"] = _conf(os.environ.get("BENCH_CONF"))
    results["facts"] = offline.facts(opponents, build.OUT)
    with open(os.path.join(build.OUT, "results.json"), "w", encoding="utf-8") as out:
        json.dump(results, out, indent=1)
    page.write(results)
    print(f"bench: done in {time.monotonic() - started:.0f} s; see docs/benchmarks.md")


if __name__ == "__main__":
    main()
