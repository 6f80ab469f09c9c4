#!/usr/bin/env python3
"""Servers that are hostile or broken, against our library.

    c-tests/hostile/run.py                    everything
    c-tests/hostile/run.py --ours FILE        a library that is not target/release/libc_client.so
    c-tests/hostile/run.py --only checklist   one of: checklist, sweep, memory
    c-tests/hostile/run.py --seed 4711        the places of that run again (without it: a new seed each run, printed)

docs/security.md says which line of what an IMAP client must withstand is shown by which case. Ends with a line
"N passed, N failed".
"""

import argparse
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "testbed")]
import certs  # noqa: E402
from report import Report  # noqa: E402

OUT = os.path.join(ROOT, "target", "c-tests", "hostile")
WORKERS = 8


def main():
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ours", default=os.path.join(ROOT, "target", "release", "libc_client.so"))
    parser.add_argument("--only", nargs="+", default=["checklist", "sweep", "memory"])
    parser.add_argument("--case", default=None, help="only cases of the checklist that begin so")
    parser.add_argument("--mode", default="", help="only dialogues of the sweep that begin so")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    seed = random.SystemRandom().randrange(1, 1 << 31) if args.seed is None else args.seed
    print(f"drawn places: --seed {seed}", flush=True)

    library = os.path.join(OUT, "lib")
    os.makedirs(library, exist_ok=True)
    for name in ("libc-client.so.2007e", "libc-client.so"):
        link = os.path.join(library, name)
        if os.path.lexists(link):
            os.unlink(link)
        os.symlink(os.path.abspath(args.ours), link)
    binary = os.path.join(OUT, "client")
    subprocess.run(["gcc", "-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter",
                    "-isystem", os.path.join(ROOT, "include"), os.path.join(HERE, "client.c"), "-o", binary,
                    "-L", library, "-lc-client", "-lpthread", "-Wl,--allow-shlib-undefined"], check=True, timeout=120)
    certificates = certs.make(os.path.join(OUT, "certificates"))

    report = Report(args.verbose)
    if "checklist" in args.only:
        import checklist
        import documented
        documented.run(report, [name.removeprefix("case_") for name in vars(checklist) if name.startswith("case_")])
        checklist.run(binary, library, certificates, report, args.case)
    if "memory" in args.only:
        import memory
        memory.run(binary, library, certificates, report)
    if "sweep" in args.only:
        import pop3
        import sweep as imap
        sweep = imap.Sweep(binary, library, certificates, seed, report, imap.DIALOGUES | pop3.DIALOGUES)
        for mode, every in (("notls", 1), ("tls", 6), ("ssl", 6), ("default", 12), ("modern", 1), *pop3.EVERY.items()):
            if mode.startswith(args.mode):
                sweep.plan(mode, every)
        sweep.run(WORKERS)
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
