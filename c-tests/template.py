"""The mail that every run of a C test program starts with, as Maildirs with fixed UIDs and dates.

`build(directory)` makes <directory>/<user>; copies of them, times kept, are what the servers serve.
Users: u1 has an INBOX of odd and ordinary messages (messages/*.eml in order of name) and folders;
u2 has three plain messages; u3 has nothing. Everything in it is the same at every run.
"""

import os
import shutil

HERE = os.path.dirname(os.path.abspath(__file__))
UIDVALIDITY = 1234567890
# 12 May 2019 10:20:30 UTC, then a day, an hour, a minute and a second more per message.
FIRST_DATE = 1557656430
STEP = 86400 + 3600 + 60 + 1

# Maildir flags by message number; messages that are not named have none. Lower case: keywords.
FLAGS = {2: "S", 3: "RS", 4: "FS", 5: "ST", 6: "DS", 7: "Sa", 8: "Fab", 9: "S", 10: "FRST"}
KEYWORDS = ["$Label1", "urgent"]


def plain(subject, body="Just text.\r\n", sender="Alice <alice@example.org>"):
    """A small plain message."""
    return (f"From: {sender}\r\nTo: bob@example.net\r\nSubject: {subject}\r\n"
            f"Date: Sun, 12 May 2019 10:20:30 +0000\r\nMessage-ID: <{subject.replace(' ', '.')}@example.org>\r\n"
            f"\r\n{body}").encode()


def messages():
    """The INBOX of u1."""
    folder = os.path.join(HERE, "messages")
    for name in sorted(os.listdir(folder)):
        if name.endswith(".eml"):
            with open(os.path.join(folder, name), "rb") as source:
                # The files are kept with LF in the repository; the wire and the store have CR LF.
                yield source.read().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _maildir(path, mails, new_from=None, keywords=False, flags=None, first_uid=101):
    """Write a Maildir; messages from number `new_from` on are recent."""
    for sub in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(path, sub), exist_ok=True)
    count = 0
    lines = []
    for number, mail in enumerate(mails, 1):
        date = FIRST_DATE + (number - 1) * STEP
        base = f"{date}.M{number}P1.test,S={len(mail)},W={len(mail)}"
        recent = new_from is not None and number >= new_from
        name = base if recent else f"{base}:2,{(flags or {}).get(number, '')}"
        full = os.path.join(path, "new" if recent else "cur", name)
        with open(full, "wb") as out:
            out.write(mail)
        os.utime(full, (date, date))
        # Every third UID is left out: numbers and UIDs must not be mixed up.
        uid = first_uid + (number - 1) + (number - 1) // 3
        if not recent:
            lines.append(f"{uid} :{base}\n")
        count = uid
    with open(os.path.join(path, "dovecot-uidlist"), "w", encoding="ascii") as out:
        guid = format(abs(hash_of(path)), "032x")[:32]
        out.write(f"3 V{UIDVALIDITY} N{max(count, first_uid - 1) + 1} G{guid}\n" + "".join(lines))
    if keywords:
        with open(os.path.join(path, "dovecot-keywords"), "w", encoding="ascii") as out:
            out.write("".join(f"{i} {name}\n" for i, name in enumerate(KEYWORDS)))


def hash_of(path):
    """A stable number for a path (Python's own hash changes at every start)."""
    value = 7
    for octet in os.path.basename(path).encode():
        value = (value * 31 + octet) % (1 << 128)
    return value


def build(directory):
    """Make the templates anew; returns {user: path of its Maildir}."""
    shutil.rmtree(directory, ignore_errors=True)
    paths = {user: os.path.join(directory, user) for user in ("u1", "u2", "u3")}
    inbox = list(messages())
    _maildir(paths["u1"], inbox, new_from=len(inbox) - 1, keywords=True, flags=FLAGS)
    _maildir(os.path.join(paths["u1"], "Work"), [plain(f"work {n}") for n in (1, 2, 3)], flags={1: "S"}, first_uid=11)
    _maildir(os.path.join(paths["u1"], "Empty"), [])
    _maildir(os.path.join(paths["u1"], "Sub", "Inner"), [plain("inner")], new_from=1, first_uid=1)
    _maildir(paths["u2"], [plain(f"second user {n}") for n in (1, 2, 3)], first_uid=1)
    _maildir(paths["u3"], [])
    return paths
