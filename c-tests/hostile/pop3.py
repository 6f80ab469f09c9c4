"""The sweep's dialogue with a POP3 server: what is said when all is well, what a program does, and the faults."""

import re

from server import HEADER, TEXT, Behaviour
from sweep import OVERSIZE, PARTS, Dialogue, before, cut, drip, instead

MESSAGE = (HEADER + TEXT).decode().rstrip("\r\n")
SIZES = [f"{number} {len(HEADER + TEXT)}" for number in (1, 2, 3)]


class Pop3(Behaviour):
    """A POP3 server. `login` is how it lets in: "sasl" (as CAPA says), "old" (no CAPA, but AUTH), "user" (USER and PASS)."""

    def __init__(self, mode="notls", login="sasl", **rules):
        super().__init__(mode, **rules)
        self.login = login

    def connect(self, talk):
        if self.mode == "ssl":
            talk.at("handshake", b"", lambda: talk.link.tls("good"))
        talk.say("greeting", "+OK ready")

    def read(self, talk):
        text = talk.link.line().decode("latin-1")
        talk.server.heard.append(text)
        return "", text

    def command(self, talk, tag, text):
        word = text.upper().split(" ")[0]
        if word == "STLS":
            talk.say(text, "+OK begin")
            talk.at("handshake", b"", lambda: talk.link.tls("good"))
        elif word == "AUTH" and " " in text:
            talk.say("challenge", "+ ")
            talk.link.line()
            talk.say(text, "+OK in")
        elif word == "TOP":
            self.lines(talk, text, HEADER.decode().rstrip("\r\n"), "")
        elif word == "RETR":
            self.lines(talk, text, MESSAGE)
        elif word == "CAPA" and self.login != "old":
            able = ["TOP", "UIDL"] + ["SASL PLAIN"] * (self.login == "sasl") + ["USER"] * (self.login == "user")
            self.lines(talk, text, *able, *["STLS"] * (self.mode == "tls"))
        elif word == "AUTH" and self.login == "old":
            self.lines(talk, text, "PLAIN")
        elif word == "LIST":
            self.lines(talk, text, *SIZES)
        elif word == "STAT":
            talk.say(text, f"+OK 3 {3 * len(HEADER + TEXT)}")
        else:
            known = word in ("USER", "PASS", "NOOP", "DELE", "QUIT")
            talk.say(text, "+OK leaving" if known else "-ERR what?")
        return word == "QUIT"

    @staticmethod
    def lines(talk, text, *lines):
        """An answer of several lines."""
        talk.say(text, "\r\n".join(["+OK here", *lines, "."]))


WALK = [
    ("open",), ("header", 1), ("structure", 2), ("body", 2, "1"), ("whole", 3), ("fast", "1:3"), ("uid", 3), ("ping",),
    ("check",), ("search",), ("store", "2", "\\Deleted"), ("expunge",), ("close",),
]
# Not a success without the server's word. It may refuse CAPA, a bare AUTH and LIST, which are not needed.
# Who is refused before he has said his password may say it in another way.
CONFIRMED = {"open": "greeting|STLS|AUTH |USER|PASS|STAT", "header": "TOP", "body": "RETR", "whole": "RETR",
             "ping": "NOOP"}
SAY_NOTHING = ("fast", "check", "store", "search", "close")

LOST = "broken|lost|clos|reset|hand|eof|TLS|end"
LATE = "time|broken|lost|TLS"
FAULTS = {}
for where, part in PARTS.items():
    FAULTS[f"end {where}"] = (cut(part, "end"), True, LOST, where != "at its start")
    FAULTS[f"reset {where}"] = (cut(part, "reset"), True, LOST, where != "at its start")
    FAULTS[f"silence {where}"] = (cut(part, "stall"), True, LATE, where != "at its start")
FAULTS.update({
    "drip": (drip, True, LATE, True),
    "no end of the answer": (instead(lambda reply: reply.splitlines(True)[0] + b"and\r\n..so\r\non\r\n" * 20), None, "", True),
    "a line without end": (instead(lambda reply: b"+OK " + b"x" * OVERSIZE), True, "end|hand|TLS|time", True),
    "lines without end": (instead(lambda reply: b"+OK go\r\n" + b"7 line\r\n" * 300_000), None, "", True),
    "octets": (instead(lambda reply: bytes(range(256)) * 4 + b"\r\n", "end"), None, "", True),
    "nothing but line ends": (instead(lambda reply: b"\r\n\n\r\n\r\r\n" * 20, "end"), None, "", True),
    "numbers": (instead(lambda reply: b"+OK 4294967296 99999999999999999999\r\n-1 -1\r\n0 0\r\n4294967295 18446744073709551616\r\n.\r\n",
                        None), None, "", True),
    "ERR": (instead(lambda reply: b"-ERR refused\r\n", None), None, None, True),
    "ERR and the end": (instead(lambda reply: b"-ERR [SYS/TEMP] so long\r\n", "end"), None, "", True),
    "challenges": (instead(lambda reply: b"+ \r\n+ bm8=\r\n+ ****\r\n" * 20, "end"), None, "", True),
    "a line of nonsense before": (before(b"* ))) {nonsense \x00\x01\xff\r\n"), None, "", True),
    "octets of IMAP before": (before(b"* OK [CAPABILITY IMAP4rev1] ready\r\n"), None, "", True),
})


def dialogue(flags, all_faults, *server):
    """One of them."""
    return Dialogue(Pop3(*server), WALK, FAULTS, CONFIRMED, SAY_NOTHING, "{{localhost:{port}/pop3" + flags + "/user=u1}}",
                    all_faults)


DIALOGUES = {"pop3 notls": dialogue("/notls", True), "pop3 tls": dialogue("/tls", False, "tls"),
             "pop3 ssl": dialogue("/ssl", False, "ssl"), "pop3 default": dialogue("", False, "tls"),
             "pop3 user": dialogue("/notls", False, "notls", "user"), "pop3 old": dialogue("/notls", False, "notls", "old")}
# Behind the opening, each n-th place gets a fault.
EVERY = {"pop3 notls": 1, "pop3 tls": 4, "pop3 ssl": 4, "pop3 default": 12, "pop3 user": 12, "pop3 old": 12}
