"""A server that says what a script tells it to: for errors and oddities that no real server shows.

A script file has sections, each served on a port of its own, to any number of connections:

    [name]
    connect                     what happens when a client arrives
      send * OK [CAPABILITY IMAP4rev1] ready
    once SELECT .*              the first command that matches (tag removed, case ignored, from its start)
      send $TAG NO not today
    first 2 SELECT .*           the first two that match, on whichever connections; `first 2 connect`: the first two clients
    on SELECT .*                every command that matches; the first rule that fits is taken
      send * 3 EXISTS
      send $TAG OK done
    include name                takes the rules of an earlier section in as well, here
    at 127.0.0.2 other          listens at this address, on the port of an earlier section
    untagged                    commands have no tag, as in POP3: the whole line is matched

In texts $TAG is the command's tag and $TIMES how often the rule has been used on this port, this time included.
Actions: `send TEXT` (a line; \\xNN, \\r, \\n and \\\\ are understood), `raw TEXT` (no line end added),
`fill N` sends N octets 'x'. `stall [SECONDS]` says nothing
(for ever, if no number), `drip TEXT` sends one octet per 0.1 s, `close`, `reset` (TCP RST), `tls KIND`
(becomes the server side of a handshake with that certificate of certs.KINDS; a second word, 1.2 or 1.3,
is the only version spoken; after it $RESUMED in a text is 1 for a resumed session and 2 for a new one, and
$NAME the name the client asked for, none is -), `read` (takes one more line and drops it, for continuations).
A command with literals is read whole ("+ go ahead" is sent where the client waits) and matched as one
text. A command without a rule is answered `$TAG BAD no rule`. Without a `connect` rule nothing greets.
"""

import os
import re
import socket
import ssl
import struct
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import certs  # noqa: E402

LONGEST_STALL = 120
DRIP_SECONDS = 0.1


class Rule:
    """One `connect`, `on` or `once` with its actions."""

    def __init__(self, kind, pattern):
        self.most = None
        if kind == "first":
            most, _, pattern = pattern.partition(" ")
            self.most = int(most)
            kind = "connect" if pattern == "connect" else "on"
        self.kind = kind
        self.pattern = re.compile(pattern or "", re.I | re.S)
        self.actions = []


def parse(text):
    """{section: [Rule, ...]} of a script."""
    sections = {}
    rules = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("["):
            rules = sections.setdefault(line.strip()[1:-1], [])
        elif line[0] not in " \t":
            kind, _, rest = line.strip().partition(" ")
            if kind == "include":
                rules.extend(sections[rest])
            elif kind in ("connect", "on", "once", "first", "untagged", "at"):
                rules.append(Rule(kind, rest))
            else:
                raise ValueError(f"line {number}: {line}")
        else:
            verb, _, argument = line.strip().partition(" ")
            rules[-1].actions.append((verb, argument))
    return sections


def unescape(text):
    """Octets of an action's argument."""
    def one(match):
        code = match[1]
        return {"r": "\r", "n": "\n", "\\": "\\"}.get(code) or chr(int(code[1:], 16))
    return re.sub(r"\\(x[0-9a-fA-F]{2}|r|n|\\)", one, text).encode("latin-1")


class Gone(Exception):
    """The conversation is over."""


class Conversation:
    """One client."""

    def __init__(self, server, link, rules, times):
        self.server = server
        self.link = link
        self.rules = rules
        self.times = times
        self.used = set()
        self.held = b""

    def line(self):
        """The next line without its end."""
        while b"\n" not in self.held:
            got = self.link.recv(65536)
            if not got:
                raise Gone
            self.held += got
        line, _, self.held = self.held.partition(b"\n")
        return line.rstrip(b"\r")

    def command(self):
        """(tag, rest) of the next command, its literals included."""
        text = self.line()
        while True:
            match = re.search(rb"\{(\d+)(\+?)\}$", text)
            if not match:
                break
            if not match[2]:
                self.link.sendall(b"+ go ahead\r\n")
            size = int(match[1])
            while len(self.held) < size:
                got = self.link.recv(65536)
                if not got:
                    raise Gone
                self.held += got
            text += b"\r\n" + self.held[:size]
            self.held = self.held[size:]
            text += self.line()
        self.server.note("C: " + text.decode("latin-1"))
        if any(rule.kind == "untagged" for rule in self.rules):
            return "", text.decode("latin-1")
        tag, _, rest = text.decode("latin-1").partition(" ")
        return tag, rest

    def converse(self):
        """Greet, then answer by the rules until someone ends it."""
        for rule in self.rules:
            if rule.kind == "connect" and self.may(rule):
                self.act(rule, "*")
                break
        while True:
            tag, text = self.command()
            for index, rule in enumerate(self.rules):
                if rule.kind in ("connect", "untagged", "at") or index in self.used or not rule.pattern.match(text):
                    continue
                if not self.may(rule):
                    continue
                if rule.kind == "once":
                    self.used.add(index)
                self.act(rule, tag)
                break
            else:
                self.say(f"{tag} BAD no rule\r\n".encode("latin-1"))

    def may(self, rule):
        """Whether a rule is to be used once more; counts that."""
        with self.server.lock:
            times = self.times.get(rule, 0)
            if rule.most is not None and times >= rule.most:
                return False
            self.times[rule] = times + 1
            return True

    def say(self, octets):
        """Send and note."""
        self.server.note("S: " + octets.decode("latin-1").rstrip("\r\n"))
        self.link.sendall(octets)

    def act(self, rule, tag):
        """Do what a rule says."""
        for verb, argument in rule.actions:
            argument = argument.replace("$TAG", tag).replace("$TIMES", str(self.times.get(rule, 0)))
            if "$" in argument and isinstance(self.link, ssl.SSLSocket):
                argument = argument.replace("$RESUMED", "1" if self.link.session_reused else "2")
                argument = argument.replace("$NAME", getattr(self.link, "asked_for", None) or "-")
            if verb == "send":
                self.say(unescape(argument) + b"\r\n")
            elif verb == "raw":
                self.say(unescape(argument))
            elif verb == "fill":
                self.link.sendall(b"x" * int(argument))
            elif verb == "drip":
                for octet in unescape(argument) + b"\r\n":
                    self.link.sendall(bytes([octet]))
                    self.server.ending.wait(DRIP_SECONDS)
            elif verb == "stall":
                self.server.ending.wait(float(argument or LONGEST_STALL))
            elif verb == "read":
                self.line()
            elif verb == "close":
                raise Gone
            elif verb == "reset":
                self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                raise Gone
            elif verb == "tls":
                self.tls(*argument.split())
            else:
                raise ValueError(f"no action called {verb}")

    def tls(self, kind, version=None):
        """Be the server of a handshake; `version` is "1.2" or "1.3" when only that is to be spoken."""
        context = self.server.context(kind, version)
        self.link = context.wrap_socket(self.link, server_side=True)
        self.server.note(f"S: ({self.link.version()})")


class FakeServer:
    """All sections of one script file, each on its own port of 127.0.0.1."""

    def __init__(self, script, certificates=None):
        with open(script, encoding="utf-8") as source:
            self.sections = parse(source.read())
        self.certificates = certificates
        self.ports = {}
        self.ending = threading.Event()
        self.notes = []
        self._listeners = []
        self._contexts = {}
        self.lock = threading.Lock()

    def note(self, text):
        """Remember one line of a conversation."""
        self.notes.append(text)

    def context(self, kind, version):
        """The TLS of one certificate: shared by all connections, so that sessions can be resumed."""
        with self.lock:
            if (kind, version) not in self._contexts:
                self._contexts[kind, version] = self._new_context(kind, version)
            return self._contexts[kind, version]

    def _new_context(self, kind, version):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if version:
            only = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[version]
            context.minimum_version = context.maximum_version = only
        if kind in certs.WEAK:
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
        place = self.certificates
        context.load_cert_chain(os.path.join(place, f"{kind}.pem"), os.path.join(place, f"{kind}.key"))

        def asked_for(link, name, _):
            link.asked_for = name

        context.sni_callback = asked_for
        return context

    def start(self):
        """Listen; returns self."""
        for name, rules in self.sections.items():
            place = ("127.0.0.1", 0)
            for rule in rules:
                if rule.kind == "at":
                    address, _, other = rule.pattern.pattern.partition(" ")
                    place = (address, self.ports[other])
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
            listener.listen(20)
            self.ports[name] = listener.getsockname()[1]
            self._listeners.append(listener)
            threading.Thread(target=self._accept, args=(listener, rules, {}), daemon=True).start()
        return self

    def variables(self, prefix):
        """Environment variables that tell the ports: <prefix>_<SECTION>."""
        return {f"{prefix}_{name.upper().replace('-', '_')}": str(port) for name, port in self.ports.items()}

    def _accept(self, listener, rules, times):
        while not self.ending.is_set():
            try:
                link, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(link, rules, times), daemon=True).start()

    def _serve(self, link, rules, times):
        conversation = Conversation(self, link, rules, times)
        link.settimeout(LONGEST_STALL)
        try:
            conversation.converse()
        except (Gone, OSError):
            pass
        finally:
            conversation.link.close()
            link.close()

    def stop(self):
        """Let go of everything."""
        self.ending.set()
        for listener in self._listeners:
            listener.close()
