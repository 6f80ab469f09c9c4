"""Servers that do not do what servers do: the tool ends, in time, and says so."""

import os
import re
import socket
import threading

from checks import files, holds, message

CHECKS = []
HELLO = b"* OK [CAPABILITY IMAP4rev1 IDLE QUOTA UIDPLUS LITERAL+ AUTH=PLAIN SASL-IR] hello\r\n"


def check(function):
    """Register a check."""
    CHECKS.append(function)
    return function


class Server:
    """Answers each command by a function of (tag, name, arguments, the whole line); None hangs up."""

    def __init__(self, answer, hello=HELLO):
        self.answer = answer
        self.hello = hello
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                link, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(link,), daemon=True).start()

    def _talk(self, link):
        with link:
            try:
                link.sendall(self.hello)
                stream = link.makefile("rb")
                for line in stream:
                    shape = re.match(rb"(\w+) (UID )?(\w+) ?(.*)", line)
                    if shape is None:
                        continue
                    literal = re.search(rb"\{(\d+)\+?\}\r\n$", line)
                    if literal:
                        if not line.endswith(b"+}\r\n"):
                            link.sendall(b"+ go on\r\n")
                        stream.read(int(literal[1]))
                    reply = self.answer(shape[1], shape[3].upper(), shape[4], line)
                    if reply is None:
                        return
                    link.sendall(reply)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def plain(tag, name, _arguments, _line):
    """A server that agrees to everything and has nothing."""
    extra = {b"LIST": b'* LIST () "/" ""\r\n', b"SELECT": b"* 3 EXISTS\r\n", b"EXAMINE": b"* 3 EXISTS\r\n",
             b"STATUS": b"* STATUS INBOX (MESSAGES 3)\r\n"}.get(name, b"")
    return extra + tag + b" OK done\r\n"


def but(**others):
    """The same, with other answers to some commands: octets before the OK, or a function."""
    def answer(tag, name, arguments, line):
        other = others.get(name.decode())
        if other is None:
            return plain(tag, name, arguments, line)
        return other(tag) if callable(other) else other + tag + b" OK done\r\n"
    return answer


SERVERS = {
    "silent login": but(AUTHENTICATE=lambda tag: b""),
    "hangs up": but(LIST=lambda tag: None),
    "no list": but(LIST=b""),
    "odd delimiters": but(LIST=b'* LIST () "\\\\" ""\r\n* LIST () NIL INBOX\r\n'),
    "refuses all": lambda tag, name, *_: tag + (b" OK in\r\n" if name in (b"AUTHENTICATE", b"CAPABILITY") else b" NO [LIMIT] no\r\n"),
    "many numbers": but(SEARCH=b"* SEARCH" + b"".join(b" %d" % n for n in range(1, 200)) + b"\r\n"),
    "numbers without end": but(SEARCH=lambda tag: b"* SEARCH" + b" 4294967295" * 200000 + b"\r\n" + tag + b" OK done\r\n"),
    "huge literal": but(FETCH=lambda tag: b"* 1 FETCH (UID 1 BODY[HEADER] {4294967295}\r\nx"),
    "others' messages": but(SEARCH=b"* SEARCH 1 2\r\n", FETCH=b"* 3 FETCH (UID 9 FLAGS (\\Seen) BODY[HEADER] \"\")\r\n" * 1000),
    "no text": but(SEARCH=b"* SEARCH 1\r\n", FETCH=b"* 1 FETCH (UID 1)\r\n* 1 FETCH (UID 1 BODY[HEADER] NIL)\r\n"),
    "nonsense": lambda tag, *_: b"* \x00\xff((((\r\n)))\r\n+ \r\n* 0 FETCH\r\n" + tag + b" OK \x1b[2J\r\n",
    "quota of nothing": but(GETQUOTAROOT=b'* QUOTAROOT INBOX ""\r\n* QUOTA "" (STORAGE 18446744073709551615 0)\r\n* QUOTA "" ()\r\n'),
}


@check
def hostile_servers(place):
    """check, import and export end with any of them, in time, without a panic; import takes nothing for done that is not."""
    spool = place.spool("hostile")
    message(os.path.join(spool, "default", "100", "INBOX"), 0)
    for name, answer in SERVERS.items():
        with Server(answer) as server:
            _, line = place.line("u1", imapport=server.port, imapflags="notls")
            config = place.configuration("hostile", [line])
            back = os.path.join(place.directory, "hostile", "exported")
            for command in (("check",), ("import", "--spool", spool), ("export", "--spool", back)):
                done = place.try_run(*command[:1], config, *command[1:], "--timeout", "1", seconds=25)
                what = f"{name}: {command[0]}"
                holds(done.returncode in (0, 1), f"{what} ends with {done.returncode}: {done.stderr[-500:]}")
                holds("panicked" not in done.stderr, f"{what}: {done.stderr[-500:]}")
                holds("\x1b" not in done.stdout, f"{what}: the server's control characters are shown")
            holds(files(back) == {}, f"{name}: files have come of it")


@check
def greetings_that_are_none(place):
    """What a server may say first."""
    for hello in (b"* BYE too busy\r\n", b"220 mail.example.org ESMTP\r\n", b"\r\n" * 100, b"* OK " + b"x" * 100000 + b"\r\n", b""):
        with Server(lambda *_: None, hello) as server:
            _, line = place.line("u1", imapport=server.port, imapflags="notls")
            done = place.try_run("check", place.configuration("greetings", [line]), "--timeout", "1", seconds=25)
            holds(done.returncode == 1 and "error: " in done.stdout and "panicked" not in done.stderr,
                  f"{hello[:20]}: {done.returncode} {done.stdout[-300:]}{done.stderr[-300:]}")
