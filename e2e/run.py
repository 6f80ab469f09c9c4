#!/usr/bin/env python3
"""End to end: a real Asterisk keeps its voicemail in a real IMAP server through libc-client.so.2007e.

    e2e/run.py [--lib ours|uw] [--only PATTERN...] [--keep] [--list]

Each check prints a line of its own, "ok NAME (seconds)" or "FAIL NAME: why"; the last line counts them.
--lib uw runs the same checks with Debian's libc-client2007e (unpacked privately), to show that they are fair.
"""

import argparse
import fnmatch
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "testbed"), os.path.join(ROOT, "e2e")]
import harness  # noqa: E402  (found through the line above)
import install  # noqa: E402
import checks_main  # noqa: E402,F401  (this and the next register their checks)
import checks_life  # noqa: E402,F401
import checks_server  # noqa: E402,F401
import checks_trouble  # noqa: E402,F401

CHECK_SECONDS = 150  # a check that needs longer hangs
RUN_SECONDS = 900  # and so does a whole run


class TooLong(Exception):
    """A check or the run has used up its time."""


def _ring(*_):
    raise TooLong


def run_check(world, item):
    """Run one check; returns None or why it failed."""
    why = _run_check(world, item)
    if world.asterisk.alive():
        if item.kills_uw and world.library_name == "uw":
            return "UW's library is known to kill Asterisk here, and did not: the expectation is out of date"
        return why
    cores = world.asterisk.cores()
    if item.kills_uw and world.library_name == "uw" and world.asterisk.process.returncode < 0:
        return None
    return f"Asterisk died ({world.asterisk.ending()}, core file: {'yes' if cores else 'no'}); {why}"


def _run_check(world, item):
    test = harness.Test(world, item)
    signal.signal(signal.SIGALRM, _ring)
    signal.alarm(CHECK_SECONDS)
    try:
        item.function(test)
        test.aftermath()
        return None
    except TooLong:
        return f"did not end within {CHECK_SECONDS} s"
    except AssertionError as error:
        return str(error)
    except Exception as error:  # a fault of the check itself must not end the run
        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {error} ({os.path.basename(where.filename)}:{where.lineno})"
    finally:
        signal.alarm(0)


def run_world(world, items, report, keep):
    """Run the checks of one world."""
    begin = time.monotonic()
    try:
        world.start(items)
    except Exception as error:
        for item in items:
            report(item.name, 0.0, f"its servers did not start: {error}")
        world.stop()
        return
    try:
        for item in items:
            if not world.asterisk.alive():
                world.start_asterisk()
            begin = time.monotonic()
            why = run_check(world, item)
            report(item.name, time.monotonic() - begin, why)
        if keep:
            print(f"kept: world {world.name} in {world.directory}; press Enter to end it", flush=True)
            sys.stdin.readline()
    finally:
        world.stop()


def main():
    """Parse the command line and run. Exit status 0 means that nothing failed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--lib", choices=("ours", "uw"), default="ours", help="which libc-client.so.2007e Asterisk gets")
    options.add_argument("--only", nargs="+", metavar="PATTERN", help="names of checks (shell patterns) or worlds")
    options.add_argument("--keep", action="store_true", help="leave each world's servers running until Enter is pressed")
    options.add_argument("--list", action="store_true", help="name the checks and end")
    chosen = options.parse_args()
    wanted = [item for item in harness.CHECKS
              if not chosen.only or any(fnmatch.fnmatch(item.name, pattern) or item.world == pattern for pattern in chosen.only)]
    if chosen.list:
        for item in wanted:
            print(f"{item.name:32} {item.world:10} {(item.function.__doc__ or '').strip().splitlines()[0]}")
        return 0
    if not wanted:
        print(f"no check is called {' '.join(chosen.only)}", file=sys.stderr)
        return 2

    library, asterisk = install.prepare(ROOT, chosen.lib)
    directory = os.path.join(ROOT, "target", "e2e", chosen.lib)
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    passed = failed = 0
    started = time.monotonic()

    def report(name, seconds, why):
        nonlocal passed, failed
        if why is None:
            passed += 1
            print(f"ok {name} ({seconds:.1f})", flush=True)
        else:
            failed += 1
            print(f"FAIL {name}: {why}", flush=True)

    worlds = []
    for item in wanted:
        if item.world not in worlds:
            worlds.append(item.world)
    for name in worlds:
        if time.monotonic() - started > RUN_SECONDS:
            for item in wanted:
                if item.world == name:
                    report(item.name, 0.0, f"the run had used its {RUN_SECONDS} s")
            continue
        world = harness.WORLDS[name](directory, asterisk, library, chosen.lib)
        run_world(world, [item for item in wanted if item.world == name], report, chosen.keep)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
