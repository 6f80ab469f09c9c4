"""An IMAP server (pop3.py makes one for POP3 of it) in a thread: well-behaved, until a script of a test tells it otherwise.

It counts what it says: the greeting, each answer, each "+" and each TLS handshake is a place, and a `Fault` happens
at one of them. Every socket has a time limit.
"""

import re
import socket
import ssl
import struct
import threading

LONGEST = 30
CAPABILITY = "IMAP4rev1 AUTH=PLAIN UNSELECT UIDPLUS QUOTA ACL SORT THREAD=REFERENCES NAMESPACE ID"
HEADER = b"Subject: needle\r\nFrom: Some One <one@example.org>\r\nMessage-ID: <1@example.org>\r\n\r\n"
TEXT = b"text of the message\r\n"
ENVELOPE = ('("Mon, 7 Feb 1994 21:52:25 -0800" "needle" (("Some One" NIL "one" "example.org")) NIL NIL NIL NIL NIL NIL '
            '"<1@example.org>")')


class Gone(Exception):
    """The conversation is over."""


class Link:
    """One client's connection."""

    def __init__(self, server, link):
        self.server = server
        self.link = link
        self.held = b""
        link.settimeout(LONGEST)

    def read(self):
        """Some octets."""
        got = self.link.recv(65536)
        if not got:
            raise Gone
        self.held += got

    def line(self):
        """The next line without its end."""
        while b"\n" not in self.held:
            self.read()
        line, _, self.held = self.held.partition(b"\n")
        return line.rstrip(b"\r")

    def send(self, octets):
        """Say something."""
        self.link.sendall(octets)

    def end(self):
        """Close in an orderly way."""
        raise Gone

    def reset(self):
        """Close by RST."""
        self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone

    def stall(self):
        """Say nothing until the client goes away."""
        while True:
            self.read()

    def drip(self, octets):
        """One octet at a time, for ever."""
        while True:
            for octet in octets or b"x":
                self.send(bytes([octet]))
                self.server.ending.wait(0.05)

    def for_ever(self, octets):
        """The same again and again, until the client goes away or enough is enough."""
        lot = octets * (1 + 200_000 // len(octets))
        while self.server.spoken < self.server.enough:
            self.send(lot)
            self.server.spoken += len(lot)
        self.stall()

    def tls(self, kind):
        """Be the server of a handshake."""
        self.link = self.server.context(kind).wrap_socket(self.link, server_side=True)


class Behaviour:
    """What a server says; tests override what they want otherwise."""

    mode = "notls"
    capability = CAPABILITY
    messages = 3

    def __init__(self, mode="notls", **rules):
        self.mode = mode
        self.rules = rules

    def connect(self, talk):
        """From the first octet to the greeting."""
        if self.mode == "ssl":
            talk.at("handshake", b"", lambda: talk.link.tls("good"))
        starttls = " STARTTLS" if self.mode == "tls" else ""
        talk.say("greeting", self.rules.get("greeting", f"* OK [CAPABILITY {self.capability}{starttls}] ready"))

    def read(self, talk):
        """(tag, text) of the next command."""
        return talk.command()

    def command(self, talk, tag, text):
        """One command; True when the conversation is over."""
        for name, rule in self.rules.items():
            if name != "greeting" and re.match(name, text, re.I):
                if callable(rule):
                    return rule(talk, tag, text)
                talk.say(text, rule.replace("$TAG", tag))
                return False
        word = re.sub(r"^UID ", "", text.upper()).split(" ")[0]
        if word == "STARTTLS":
            talk.say(text, f"{tag} OK begin")
            talk.at("handshake", b"", lambda: talk.link.tls("good"))
            return False
        if word == "AUTHENTICATE":
            talk.say("challenge", "+ ")
            talk.link.line()
            talk.say(text, f"{tag} OK [CAPABILITY {self.capability}] in")
            return False
        if word == "LOGOUT":
            talk.say(text, f"* BYE leaving\r\n{tag} OK bye")
            return True
        said = self.data(word, text)
        code = " [READ-WRITE]" if word == "SELECT" else ""
        talk.say(text, b"".join(line + b"\r\n" for line in said) + f"{tag} OK{code} done".encode("latin-1"))
        return False

    def data(self, word, text):
        """The untagged responses to a command."""
        simple = {
            "CAPABILITY": [f"* CAPABILITY {self.capability}"],
            "ID": ['* ID ("name" "hostile")'],
            "NAMESPACE": ['* NAMESPACE (("" "/")) NIL NIL'],
            "SELECT": ["* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)", f"* {self.messages} EXISTS", "* 0 RECENT",
                       "* OK [UIDVALIDITY 77] valid", "* OK [UIDNEXT 99] next", "* OK [PERMANENTFLAGS (\\Seen \\Deleted \\*)] yes"],
            "LIST": ['* LIST (\\HasNoChildren) "/" INBOX', '* LIST () "/" {4}\r\nWork'],
            "LSUB": ['* LSUB () "/" "Work"'],
            "STATUS": ["* STATUS Work (MESSAGES 4 RECENT 3 UNSEEN 2 UIDNEXT 99 UIDVALIDITY 7)"],
            "SEARCH": ["* SEARCH 1 3"],
            "SORT": ["* SORT 3 1 2"],
            "THREAD": ["* THREAD (1 3)(2)"],
            "STORE": ["* 2 FETCH (FLAGS (\\Seen))"],
            "EXPUNGE": ["* 3 EXPUNGE"],
            "GETQUOTAROOT": ['* QUOTAROOT INBOX ""', '* QUOTA "" (STORAGE 10 512)'],
            "GETACL": ["* ACL INBOX u1 lrswi"],
        }
        simple["EXAMINE"] = simple["SELECT"]
        if word == "FETCH":
            return list(self.fetch(text))
        return [line.encode("latin-1") for line in simple.get(word, [])]

    def fetch(self, text):
        """The answers to FETCH, of messages 1 to 3 with UIDs 10, 20, 30."""
        uid, numbers, items = re.match(r"(UID )?FETCH (\S+) (.*)", text, re.I | re.S).groups()
        factor = 10 if uid else 1
        for number in range(1, self.messages + 1):
            if not any(low <= number * factor <= high for low, high in ranges(numbers)):
                continue
            parts = [f"UID {number}0".encode()]
            for name, value in (("FLAGS", "()"), ("RFC822.SIZE", str(len(HEADER + TEXT))),
                                ("INTERNALDATE", '" 7-Feb-1994 21:52:25 -0800"'), ("ENVELOPE", ENVELOPE),
                                ("BODYSTRUCTURE", '("text" "plain" NIL NIL NIL "7bit" 21 1)')):
                if re.search(rf"(?<![A-Z.]){name}", items, re.I):
                    parts.append(f"{name} {value}".encode())
            for section in re.findall(r"BODY(?:\.PEEK)?\[([^\]]*)\]", items, re.I):
                content = HEADER if section.upper().startswith(("HEADER", "1.MIME")) else HEADER + TEXT if not section else TEXT
                parts.append(f"BODY[{section}] {{{len(content)}}}\r\n".encode() + content)
            yield f"* {number} FETCH (".encode() + b" ".join(parts) + b")"


def ranges(numbers):
    """[(low, high)] of a sequence set."""
    for part in numbers.split(","):
        low, _, high = part.partition(":")
        ends = [10**9 if end == "*" else int(end) for end in (low, high or low)]
        yield min(ends), max(ends)


class Talk:
    """One conversation: `say` and `at` are the places where a fault can happen."""

    def __init__(self, server, link):
        self.server = server
        self.link = Link(server, link)
        self.turn = server.turn

    def at(self, name, reply, benign):
        """A place: do what is right, or what is wrong when its turn has come."""
        server = self.server
        if self.turn != server.turn:
            # The end of a conversation that was meant for the one before.
            benign()
            return
        place = len(server.places)
        server.places.append((name, len(reply)))
        if server.fault and server.fault_at == place and not server.fired:
            server.fired = True
            server.fault(self.link, reply, benign)
        else:
            benign()

    def say(self, name, reply):
        """An answer, its last line end added."""
        octets = (reply.encode("latin-1") if isinstance(reply, str) else reply) + b"\r\n"
        self.at(name, octets, lambda: self.link.send(octets))

    def command(self):
        """(tag, text) of the next command, literals included."""
        text = self.link.line()
        while match := re.search(rb"\{(\d+)(\+?)\}$", text):
            if not match[2]:
                self.say("continuation", "+ go ahead")
            size = int(match[1])
            while len(self.link.held) < size:
                self.link.read()
            text += b"\r\n" + self.link.held[:size]
            self.link.held = self.link.held[size:]
            text += self.link.line()
        tag, _, rest = text.decode("latin-1").partition(" ")
        self.server.heard.append(rest)
        return tag, rest

    def run(self, behaviour):
        """Until someone ends it."""
        behaviour.connect(self)
        while True:
            tag, text = behaviour.read(self)
            if behaviour.command(self, tag, text):
                return


class Server:
    """Listens on a port of 127.0.0.1; `prepare` says how the next conversations go."""

    contexts = {}
    turn = 0  # which `prepare` conversations belong to

    def __init__(self, certificates):
        self.certificates = certificates
        self.ending = threading.Event()
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(20)
        self.port = self.listener.getsockname()[1]
        self.prepare(Behaviour())
        threading.Thread(target=self._accept, daemon=True).start()

    def prepare(self, behaviour, fault=None, fault_at=None, enough=1 << 33):
        """Forget what was; talk that way from now on."""
        self.turn += 1
        self.behaviour = behaviour
        self.fault, self.fault_at, self.fired = fault, fault_at, False
        self.places = []
        self.heard = []
        self.raw = b""
        self.spoken, self.enough = 0, enough

    def context(self, kind):
        """The TLS settings for a certificate of testbed/certs.py; made once."""
        if kind not in self.contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(f"{self.certificates}/{kind}.pem", f"{self.certificates}/{kind}.key")
            self.contexts[kind] = context
        return self.contexts[kind]

    def _accept(self):
        while not self.ending.is_set():
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link):
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        talk = Talk(self, link)
        try:
            talk.run(self.behaviour)
        except (Gone, OSError):
            pass
        finally:
            talk.link.link.close()
            link.close()

    def stop(self):
        """Let go."""
        self.ending.set()
        self.listener.close()
