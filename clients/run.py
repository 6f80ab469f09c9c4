#!/usr/bin/env python3
"""Programs that Debian built for UW c-client, unmodified, with our library in its place.

    clients/run.py                          everything
    clients/run.py --only mailutil          one group, or checks by shell pattern: 'php/head*'
    clients/run.py --ours FILE              our library, if not target/release/libc_client.so
    clients/run.py --seed 4711              draw the input of that run again

Each check runs the same program twice, with UW's library and with ours in LD_LIBRARY_PATH, on equal mail
in private Dovecots, and demands the same output; wanted differences are data (deviations.json, deviations/,
as in c-tests). What cannot be compared is held against what it must be. Groups, each a file beside this one:

    php         Debian 12's php8.2-imap: a corpus that calls every imap_* function
    mailutil    Debian 12's uw-mailutils: each command, plain, TLS, STARTTLS
    mailsync    Debian 12's mailsync between two servers
    loading     every program with all symbols bound at once; copies of data objects
    source      PHP's imap extension built against our headers; C programs compiled as C++
    old_glibc   the library for an older C library, and Debian 11's Asterisk 16 on it

Packages are unpacked below target/clients and not installed, but for the tools of scripts/install-deps.sh
(group clients). What the clients said is kept in target/clients/said. Ends with "N passed, N failed".
"""

import argparse
import fcntl
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import loading  # noqa: E402
import mailsync  # noqa: E402
import mailutil  # noqa: E402
import old_glibc  # noqa: E402
import php  # noqa: E402
import source  # noqa: E402
from suite import OUT, ROOT, Suite  # noqa: E402

GROUPS = {"php": php, "mailutil": mailutil, "mailsync": mailsync, "loading": loading, "source": source, "old_glibc": old_glibc}


def library(built):
    """A directory with our library under the name that programs look for."""
    place = os.path.join(OUT, "ours")
    os.makedirs(place, exist_ok=True)
    for name in ("libc-client.so.2007e", "libc-client.so"):
        link = os.path.join(place, name)
        if os.path.lexists(link):
            os.unlink(link)
        os.symlink(os.path.abspath(built), link)
    return place


def uw_directory():
    """Where Debian's UW library and headers are unpacked."""
    done = subprocess.run([os.path.join(ROOT, "c-tests", "uw.sh")], stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    return done.stdout.strip()


def main():
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="CHECK")
    parser.add_argument("--ours", metavar="FILE", default=os.path.join(ROOT, "target", "release", "libc_client.so"))
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--verbose", action="store_true", help="whole differences, not their beginning")
    arguments = parser.parse_args()
    if arguments.seed is None:
        arguments.seed = random.SystemRandom().randrange(1, 1 << 31)
    print(f"drawn input: --seed {arguments.seed}", flush=True)
    if not os.path.exists(arguments.ours):
        print(f"clients: {arguments.ours} is not there; run make first", file=sys.stderr)
        return 2
    os.makedirs(OUT, exist_ok=True)
    lock = open(os.path.join(OUT, "lock"), "w", encoding="ascii")  # held to the end: two runs would tread on each other's files
    fcntl.flock(lock, fcntl.LOCK_EX)
    suite = Suite(arguments, library(arguments.ours), uw_directory())
    groups = [name for name in GROUPS if not suite.only or any(shape.split("/")[0] == name for shape in suite.only)]
    with suite.world:
        for name in groups:
            try:
                GROUPS[name].run(suite)
            except Exception as error:  # a group that cannot even start is one failure, not the end
                suite.report.failed(name, f"{type(error).__name__}: {error}")
    if not suite.only:
        for entry in suite.known.unused():
            suite.report.failed("deviations", f"an entry that matches nowhere: {entry}")
    return suite.report.close()


if __name__ == "__main__":
    sys.exit(main())
