"""`mailutil` (Debian's uw-mailutils): each of its commands, plain, over TLS and by STARTTLS."""

import os
import time

import packages
from suite import FLAGS, PLAIN

TWO_SERVERS = {"server": "", "second": "", "fake": None}
# It asks for a password at each login, and reads the answer from its standard input without a terminal.
PASSWORD = b"secret\n" * 40
BOX = "{HOST:PORTFLAGS/user=u1}"
OTHER = "{HOST:PORT2FLAGS/user=u2}"

# name: (commands, one after the other); the last ones show what the first ones did.
CHECKS = {
    "check": [("check", BOX + "INBOX"), ("-v", "check", BOX + "Work"), ("check", BOX + "No such box"),
              ("check", BOX + "Sub/Inner")],
    "create": [("create", BOX + "Made"), ("create", BOX + "Made"), ("-v", "create", BOX + "Made/Below"), ("check", BOX + "Made/Below")],
    "delete": [("delete", BOX + "Work"), ("delete", BOX + "Work"), ("check", BOX + "Work")],
    "rename": [("rename", BOX + "Work", BOX + "Play"), ("rename", BOX + "Work", BOX + "Play"), ("check", BOX + "Play"),
               ("check", BOX + "Work")],
    "copy": [("copy", BOX + "INBOX", BOX + "Copied"), ("check", BOX + "Copied"), ("-v", "copy", BOX + "Work", BOX + "Copied"),
             ("-kw", "copy", BOX + "INBOX", BOX + "With keywords")],
    "move": [("move", BOX + "Work", BOX + "Moved"), ("check", BOX + "Work"), ("check", BOX + "Moved")],
    "append": [("append", BOX + "Work", BOX + "Empty"), ("append", BOX + "INBOX", BOX + "Empty"),
               ("appenddelete", BOX + "Sub/Inner", BOX + "Empty"), ("append", BOX + "Work", BOX + "No such box"),
               ("check", BOX + "Empty"), ("check", BOX + "Sub/Inner")],
    "prune": [("prune", BOX + "INBOX", "before 15-may-2019"), ("-v", "prune", BOX + "INBOX", "subject recent"), ("check", BOX + "INBOX"),
              ("prune", BOX + "INBOX", "nonsense"), ("prune", BOX + "Work", "all")],
    "transfer": [("transfer", BOX, OTHER + "from-u1/"), ("check", OTHER + "from-u1/Work"), ("-v", "transfer", BOX + "Sub", OTHER),
                 ("transfer", "-m", "append", BOX + "Work", OTHER), ("transfer", "-merge", "suffix=2", BOX + "Work", OTHER)],
    "usage": [(), ("nonsense",), ("create",), ("create", "{bad"), ("check", "/no/local/mail")],
    "local": [("check",)],
    "wrong-password": [("check", BOX + "INBOX")],
}
NOT_OVER_TLS = {"transfer", "usage", "local", "wrong-password"}


def _run(suite, label, program, commands, wire, name):
    environment = suite.environment(label, TWO_SERVERS if name == "transfer" else PLAIN, wire)
    where = {"HOST": environment["T_HOST"], "FLAGS": FLAGS[wire], "PORT2": environment.get("T_PORT2", ""),
             "PORT": environment["T_SPORT" if wire == "ssl" else "T_PORT"]}
    said = ""
    for command in commands:
        words = []
        for word in command:
            for key, value in where.items():
                word = word.replace(key, value)
            words.append(word)
        password = b"wrong\n" * 40 if name == "wrong-password" else PASSWORD
        text, trouble = suite.run([program, *words], environment, password, wire)
        said += f"$ mailutil {' '.join(command)}\n{text}"
        if trouble:
            return said, trouble
    return said + stored(suite), None


def stored(suite):
    """What lies in the mailboxes of both users afterwards, as the server sees it."""
    lines = []
    for server in suite.world.in_use:
        for user in ("u1", "u2") if len(suite.world.in_use) > 1 else ("u1",):
            lines.append(f"-- {user} on server {suite.world.in_use.index(server) + 1}")
            lines += sorted(server.doveadm("mailbox", "list", "-u", user).split("\n"))
            # The server's own order of mailboxes is that of its directory.
            mails = server.doveadm("-f", "tab", "fetch", "-u", user, "mailbox seq flags date.received size.physical", "all").split("\n")
            lines += sorted(mails)
    return "\n".join(lines) + "\n"


def run(suite):
    """All of it."""
    program = os.path.join(packages.unpack("uw-mailutils"), "usr/bin/mailutil")
    wires = {"": ("plain", "plain"), "ssl-": ("ssl", "ssl"), "starttls-": ("ssl", "tls")}
    for prefix, (theirs, mine) in wires.items():
        for name, commands in CHECKS.items():
            check = f"mailutil/{prefix}{name}"
            if not suite.wants(check) or (prefix and name in NOT_OVER_TLS):
                continue
            started = time.monotonic()
            outcomes = {"uw": _run(suite, "uw", program, commands, theirs, name),
                        "ours": _run(suite, "ours", program, commands, mine, name)}
            suite.compare(check, outcomes, time.monotonic() - started)
    if suite.wants("mailutil/debug"):
        # What is sent differs on purpose (deviations 37 to 44); that it is shown, and no secret, must not.
        said, trouble = _run(suite, "ours", program, [("-d", "check", BOX + "Work")], "plain", "debug")
        suite.demand("mailutil/debug", (not trouble, f"{trouble}"),
                     ("STATUS Work (MESSAGES RECENT UNSEEN)" in said, "the command is not shown:\n" + said),
                     ("<suppressed>" in said, "what is said in the place of the secret is not shown:\n" + said))
