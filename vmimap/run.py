#!/usr/bin/env python3
"""The tests of vmimap: against Dovecot, servers that are none, and a real Asterisk on both sides.

    vmimap/run.py [--only PATTERN...] [--without-asterisk] [--list]

Prints "ok NAME" or "FAIL NAME: why"; the last line counts them.
"""

import argparse
import fnmatch
import os
import shutil
import subprocess
import sys
import time
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, name) for name in ("testbed", "e2e", "vmimap")]
import checks  # noqa: E402  (found through the line above)
import checks_asterisk  # noqa: E402
import checks_hostile  # noqa: E402
import checks_logins  # noqa: E402

SECOND_LOOKS = 2  # so many that fail are tried again: a busy machine is late for a key or a limit
ROUNDS = 3  # and must pass so many times in a row


def build():
    """Build the tool, not optimised: quick to build, and quick enough."""
    done = subprocess.run(["cargo", "build", "--locked"], cwd=os.path.join(ROOT, "vmimap"), check=False)
    if done.returncode != 0:
        sys.exit("vmimap could not be built")


def main():
    """Run what the command line asks for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", nargs="+", metavar="PATTERN", help="names of checks (shell patterns)")
    options.add_argument("--without-asterisk", action="store_true", help="leave out what needs a built Asterisk")
    options.add_argument("--list", action="store_true", help="name the checks and end")
    chosen = options.parse_args()
    found = checks.CHECKS + checks_logins.CHECKS + checks_hostile.CHECKS + ([] if chosen.without_asterisk else checks_asterisk.CHECKS)
    found = [check for check in found
             if not chosen.only or any(fnmatch.fnmatch(check.__name__, pattern) for pattern in chosen.only)]
    if chosen.list:
        for check in found:
            print(f"{check.__name__:24} {check.__doc__.splitlines()[0]}")
        return 0
    subprocess.run([os.path.join(ROOT, "scripts", "install-deps.sh"), "build", "test", "logins"], check=True, stdout=sys.stderr)
    build()
    directory = os.path.join(ROOT, "target", "vmimap-test")
    failed = run(found, directory)
    late = failed if len(failed) <= SECOND_LOOKS < len(found) else []
    if late:
        print(f"again, by themselves: {' '.join(check.__name__ for check in late)}", flush=True)
        for _ in range(ROUNDS):
            still = run(late, directory + "-again") if late else []
            late = [check for check in late if check not in still]
        failed = [check for check in failed if check not in late]
    print(f"{len(found) - len(failed)} passed, {len(failed)} failed" + (f" ({len(late)} at the second try: {' '.join(check.__name__ for check in late)})" if late else ""))
    return 1 if failed else 0


def run(found, directory):
    """Run the checks, print what comes of each; returns those that fail."""
    shutil.rmtree(directory, ignore_errors=True)
    failed = []
    with checks.Place(directory) as place:
        for check in found:
            begin = time.monotonic()
            why = None
            try:
                check(place)
            except AssertionError as error:
                why = str(error) or "an assertion without words"
            except Exception as error:  # a fault of the check itself must not end the run
                where = traceback.extract_tb(error.__traceback__)[-1]
                why = f"{type(error).__name__}: {error} ({os.path.basename(where.filename)}:{where.lineno})"
            if why is None:
                print(f"ok {check.__name__} ({time.monotonic() - begin:.1f} s)", flush=True)
            else:
                failed.append(check)
                print(f"FAIL {check.__name__}: {why.rstrip()}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
