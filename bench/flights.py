#!/usr/bin/env python3
"""The gate: no scenario of the network part may take more round trips than bench/flights.json says.

    bench/flights.py                     all of them; fails when one takes more, and names those that take fewer
    bench/flights.py --only a_open       some
    bench/flights.py --record            writes what was found
    bench/flights.py --ours FILE         another library than target/release/libc_client.so

Counted are the waits of the program (counting.py), so neither the load of the machine nor a clock has a say. Each
bench/NAME.conf is a c-client.conf with which everything is counted once more, under its name.
"""

import argparse
import glob
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import build  # noqa: E402
import world as worlds  # noqa: E402

RECORD = os.path.join(build.HERE, "flights.json")


def count(opponents, conf, only):
    """{scenario: flights}."""
    driver = worlds.Driver(opponents)
    world = worlds.World(os.path.join(build.OUT, "servers-flights"), conf)
    found = {}
    try:
        for scenario in driver.scenarios:
            # Of the others it is memory that is measured.
            if scenario["name"].startswith("h_") or only and scenario["name"] not in only:
                continue
            driver.fresh(world, scenario, opponents)
            found[scenario["name"]] = driver.run(world, scenario, opponents["ours"], watch=True)["flights"]
    finally:
        world.stop()
    return found


def judge(kind, found, known, only):
    """Prints what is not as it was recorded; returns how many are worse."""
    worse = 0
    for name, flights in found.items():
        if name not in known:
            print(f"flights: {kind} {name}: {flights}, not recorded yet")
            worse += 1
        elif flights > known[name]:
            print(f"flights: {kind} {name}: {flights}, recorded are {known[name]}")
            worse += 1
        elif flights < known[name]:
            print(f"flights: {kind} {name}: {flights}, fewer than the {known[name]} recorded: run bench/flights.py --record")
    for name in () if only else known.keys() - found.keys():
        print(f"flights: {kind} {name} is recorded and is no scenario")
        worse += 1
    return worse


def main():
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="SCENARIO", default=[])
    parser.add_argument("--ours", metavar="FILE", default=build.OURS)
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    started = time.monotonic()
    os.makedirs(build.OUT, exist_ok=True)
    opponents = build.opponents(args.ours)
    with open(RECORD, encoding="utf-8") as file:
        record = json.load(file)
    worse = total = 0
    confs = {os.path.basename(path)[:-len(".conf")]: path for path in sorted(glob.glob(os.path.join(build.HERE, "*.conf")))}
    for kind, conf in {"usual": None, **confs}.items():
        known = record.setdefault(kind, {})
        found = count(opponents, conf, args.only)
        total += len(found)
        if args.record:
            record[kind] = {**(known if args.only else {}), **found}
        else:
            worse += judge(kind, found, known, args.only)
    if args.record:
        with open(RECORD, "w", encoding="utf-8") as file:
            json.dump(record, file, indent=2)
            file.write("\n")
    print(f"flights: {total} scenarios in {time.monotonic() - started:.0f} s, {worse} with more than recorded")
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
