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
from report import Report  # noqa: E402  (found through the line above)
import checks  # noqa: E402
import checks_asterisk  # noqa: E402
import checks_hostile  # noqa: E402
import checks_logins  # noqa: E402


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
    shutil.rmtree(directory, ignore_errors=True)
    report = Report()
    with checks.Place(directory) as place:
        for check in found:
            begin = time.monotonic()
            try:
                check(place)
                report.passed(check.__name__, time.monotonic() - begin)
            except AssertionError as error:
                report.failed(check.__name__, str(error))
            except Exception as error:  # a fault of the check itself must not end the run
                where = traceback.extract_tb(error.__traceback__)[-1]
                report.failed(check.__name__, f"{type(error).__name__}: {error} ({os.path.basename(where.filename)}:{where.lineno})")
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
