"""mailsync between two IMAP servers: Debian's binary, whose COPY relocations hold our data objects."""

import os
import time

import mailutil
import packages

TWO_SERVERS = {"server": "", "second": "", "fake": None}
CONFIGURATION = """\
store here {{
    server {{127.0.0.1:{T_PORT}/imap/notls/user=u1}}
    ref {{127.0.0.1:{T_PORT}/imap/notls/user=u1}}
    pat *
    passwd secret
}}
store there {{
    server {{127.0.0.1:{T_PORT2}/imap/notls/user=u2}}
    ref {{127.0.0.1:{T_PORT2}/imap/notls/user=u2}}
    pat *
    passwd secret
}}
channel both here there {{
    msinfo {{127.0.0.1:{T_PORT2}/imap/notls/user=u3}}msinfo
    passwd secret
}}
"""


DOVEADM = "behind mailsync's back, on the first server"
# name: steps; a step is the words of a mailsync command, or of a doveadm command for u1 on the first server.
CHECKS = {
    "list": [("here",), ("there",), ("-v", "here")],
    "sync": [("both",), ("both",), ("-n", "both")],
    "sync-md5": [("-t", "md5", "-m", "both"), ("-t", "md5", "both")],
    "sync-again": [("both",), (DOVEADM, "expunge", "mailbox", "Work", "subject", "work 2"),
                   (DOVEADM, "mailbox create", "Fresh"), (DOVEADM, "copy", "Fresh", "mailbox", "Work", "all"), ("both",), ("-D", "both")],
    "simulate": [("-s", "both"), ("-vb", "-vw", "-vp", "-s", "both")],
    "unknown": [("nonsense",), ()],
}


def _run(suite, label, program, steps):
    environment = suite.environment(label, TWO_SERVERS)
    with open(os.path.join(environment["HOME"], ".mailsync"), "w", encoding="ascii") as out:
        out.write(CONFIGURATION.format(**environment))
    said = ""
    for step in steps:
        if step and step[0] is DOVEADM:
            suite.world.in_use[0].doveadm(*step[1].split(), "-u", "u1", *step[2:])
            continue
        text, trouble = suite.run([program, *step], environment)
        said += f"$ mailsync {' '.join(step)}\n{text}"
        if trouble:
            return said, trouble
    return said + mailutil.stored(suite), None


def run(suite):
    """All of it."""
    program = os.path.join(packages.unpack("mailsync"), "usr/bin/mailsync")
    for name, steps in CHECKS.items():
        if suite.wants(f"mailsync/{name}"):
            started = time.monotonic()
            outcomes = {label: _run(suite, label, program, steps) for label in ("uw", "ours")}
            suite.compare(f"mailsync/{name}", outcomes, time.monotonic() - started)
