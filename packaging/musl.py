#!/usr/bin/env python3
"""The library for musl (scripts/musl.sh), built and tried by a C program that musl-gcc has compiled, with musl's loader.

It resolves a name, sets up TLS with an authority that SSL_CERT_FILE names, logs in to a Dovecot and opens a mailbox; and it
refuses a certificate of an authority that nobody named. Ends with "N passed, N failed".
"""

import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "packaging"), os.path.join(ROOT, "testbed")]
from dovecot import Dovecot  # noqa: E402  (found through the line above)
from trees import PROGRAM, Report  # noqa: E402

OUT = os.path.join(ROOT, "target", "musl")


def run(*command, seconds=120, **environment):
    """(exit status, what it said)."""
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", timeout=seconds, check=False, env={**os.environ, **environment})
    return done.returncode, done.stdout


def main():
    """Build it, try it."""
    status, said = run("scripts/musl.sh", seconds=1800)
    if status == 3:
        print("musl: skipped: " + said.strip().splitlines()[-1])
        return 0
    report = Report()
    report.check("the library is built", status == 0, said)
    if status:
        return 1
    print(said.strip().splitlines()[-1])
    _, needs = run("readelf", "-d", f"{OUT}/libc-client.so.2007e")
    report.check("it needs musl and nothing else", needs.count("(NEEDED)") == 1 and "[libc.so]" in needs, needs)
    with open(f"{OUT}/talk.c", "w", encoding="ascii") as out:
        out.write(PROGRAM)
    status, said = run("musl-gcc", "-o", f"{OUT}/talk", f"{OUT}/talk.c", "-Iinclude/c-client", f"{OUT}/libc-client.so.2007e")
    report.check("musl-gcc compiles and links a program", status == 0, said)
    with Dovecot(os.path.join(OUT, "dovecot"), users={"u1": "secret"}) as server:
        here = {"LD_LIBRARY_PATH": OUT}
        for name, words, port in (("in clear", "notls", "imap"), ("STARTTLS", "tls", "imap"), ("TLS", "ssl", "imaps")):
            status, said = run(f"{OUT}/talk", f"{{localhost:{server.ports[port]}/imap/{words}}}INBOX", SSL_CERT_FILE=server.ca, **here)
            report.check(f"a mailbox, {name}", status == 0 and said.strip().endswith("0 messages"), f"{status} {said}")
        status, said = run(f"{OUT}/talk", f"{{localhost:{server.ports['imaps']}/imap/ssl}}INBOX", SSL_CERT_FILE="/dev/null", **here)
        report.check("a certificate of an unknown authority", status == 1 and "Certificate failure for localhost" in said, f"{status} {said}")
        status, said = run(f"{OUT}/talk", "{no-such-host.invalid/imap}INBOX", **here)
        report.check("a name that is none", status == 1 and "No such host as no-such-host.invalid" in said, f"{status} {said}")
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
