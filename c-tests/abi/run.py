#!/usr/bin/env python3
"""Compares the C interface with that of Debian's libc-client2007e: layouts, prototypes, constants, macros, symbols.

    c-tests/abi/run.py                 everything; builds and installs into target/abi/stage first
    c-tests/abi/run.py --only NAME...  the checks whose names contain one of the words

Debian's package is unpacked privately (c-tests/uw.sh), never installed. Each check prints a line
"ok NAME" or "FAIL NAME: why"; the last line counts them.
"""

import argparse
import os
import subprocess
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import constants  # noqa: E402
import layout  # noqa: E402
import linking  # noqa: E402
import prototypes  # noqa: E402
from common import ROOT, STAGE, WORK, Failure, Skip, run  # noqa: E402


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("--only", nargs="+", default=[], metavar="NAME")
    options.add_argument("--no-build", action="store_true", help="use what target/abi/stage has")
    args = options.parse_args()
    os.makedirs(WORK, exist_ok=True)
    run([os.path.join(ROOT, "c-tests", "uw.sh")], timeout=600)
    if not args.no_build:
        run(["make", "-C", ROOT, "install", f"DESTDIR={STAGE}", "PREFIX=/usr", "LIBDIR=/usr/lib"], timeout=1200)
    passed = failed = skipped = 0
    for module in (layout, prototypes, constants, linking):
        for name, check in module.checks():
            if args.only and not any(word in name for word in args.only):
                continue
            try:
                note = check()
                print(f"ok {name}" + (f": {note}" if note else ""))
                passed += 1
            except Skip as why:
                print(f"skip {name}: {why}")
                skipped += 1
            except (Failure, subprocess.TimeoutExpired) as why:
                print(f"FAIL {name}: {why}")
                failed += 1
            except Exception:  # a check that breaks is a failure with its own story
                print(f"FAIL {name}: {traceback.format_exc()}")
                failed += 1
            sys.stdout.flush()
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
