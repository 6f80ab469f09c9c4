"""What an IMAP client must withstand, line by line; docs/security.md has the lines.

A case is a function whose name begins with the line's number. It takes a `Case` and complains through it.
"""

import base64
import concurrent.futures
import os

from program import Died, Program
from server import CAPABILITY, Behaviour, Server

TIMEOUT = 1
AT_A_TIME = 5
PASSWORD = "Geheim99"
BEFORE_LOGIN = ("CAPABILITY", "STARTTLS", "LOGOUT", "NOOP")
FLAGS = {"notls": "/notls", "tls": "/tls", "ssl": "/ssl", "default": ""}


class Case:
    """One case in one mode: a server, a fresh program, complaints."""

    def __init__(self, place, mode):
        self.place = place
        self.mode = mode
        self.server = Server(place[2])
        self._program = None
        self.complaints = []

    @property
    def program(self):
        """The program, started when first needed."""
        if not self._program:
            self._program = Program(*self.place, TIMEOUT)
            self._program("password", PASSWORD)
        return self._program

    def fresh(self):
        """Another program."""
        if self._program:
            self._program.end()
        self._program = None

    def spec(self, extra="", host="localhost"):
        """The name's part in braces."""
        return f"{{{host}:{self.server.port}/imap{FLAGS[self.mode]}{extra}/user=u1}}"

    def serve(self, fault=None, fault_at=None, **rules):
        """What the server will say."""
        behaviour = Behaviour("tls" if self.mode == "default" else self.mode, **rules)
        self.server.prepare(behaviour, fault, fault_at)
        return behaviour

    def open(self, extra="", options=0):
        """mail_open."""
        return self.program("open", self.spec(extra) + "INBOX", options)

    def check(self, good, what):
        """Complains unless it is so."""
        if not good:
            self.complaints.append(what)

    def refused(self, answer, what):
        """No stream, an error, no secret and no command sent that could do harm."""
        self.check(answer.result == 0, f"{what}: opened: {answer.text()}")
        self.check(answer.errors(), f"{what}: no error: {answer.text()}")
        sent = [text for text in self.server.heard if text.split(" ")[0].upper() not in BEFORE_LOGIN]
        self.check(not sent, f"{what}: sent {sent}")
        self.check(answer.seconds < 4 * TIMEOUT + 4, f"{what}: {answer.text()}")

    def works(self, what):
        """The stream is in step: its next commands do what they should."""
        ping, header = self.program("ping"), self.program("header", 2)
        self.check(ping.result == 1, f"{what}: the next ping: {ping.text()}")
        self.check(header.result == 82, f"{what}: the next fetch: {header.text()}")

    def end(self):
        """Clean up."""
        if self._program:
            self._program.end()
        self.server.stop()


def modes(*names):
    """In which modes a case runs."""
    def mark(function):
        function.modes = names
        return function
    return mark


# -- TLS and what comes before it -------------------------------------------------------------------

@modes("tls")
def case_01_preauth(case):
    for greeting in ("* PREAUTH welcome", f"* PREAUTH [CAPABILITY {CAPABILITY} STARTTLS] welcome", "* preauth [ALERT] x"):
        case.serve(greeting=greeting)
        case.refused(case.open(), greeting)
        case.check(not case.server.heard, f"{greeting}: heard {case.server.heard}")


@modes("tls")
def case_02_starttls_refused(case):
    for rule in ("$TAG NO not today", "$TAG BAD what", "+ go on", "* BYE no", "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] well",
                 "zz99 OK begin", "$TAG"):
        case.serve(STARTTLS=rule)
        case.refused(case.open(), rule)
    for greeting in (f"* OK [CAPABILITY {CAPABILITY}] ready", "* OK [CAPABILITY IMAP4rev1 XSTARTTLS] ready"):
        case.serve(greeting=greeting)
        case.refused(case.open(), greeting)
    case.serve(greeting="* OK ready", CAPABILITY=f"* CAPABILITY {CAPABILITY}\r\n$TAG OK done")
    case.refused(case.open(), "not among the capabilities")


INJECTED = (b"* CAPABILITY IMAP4rev1 INJECTED\r\n", b"\r\n", b"x", b"00000002 OK [CAPABILITY IMAP4rev1] in\r\n", b"* OK x\r\n",
            b"+ x\r\n", b"* LIST () NIL {5}\r\n", b"\x16\x03\x01", b"\0")


@modes("tls", "default")
def case_03_injection(case):
    for wait in (0, 0.1):
        for junk in INJECTED:
            def begin(talk, tag, text, junk=junk, wait=wait):
                talk.link.send(f"{tag} OK begin\r\n".encode() + (b"" if wait else junk))
                if wait:
                    talk.server.ending.wait(wait)
                    talk.link.send(junk)
                talk.link.tls("good")
            case.serve(STARTTLS=begin)
            answer = case.open()
            case.refused(answer, f"{junk} after {wait} s")
            after = case.server.heard[case.server.heard.index("STARTTLS") + 1:] if "STARTTLS" in case.server.heard else ["?"]
            case.check(not after, f"{junk}: heard {after} after STARTTLS")


EARLY = ["* LIST () NIL evil", "* LSUB () NIL evil", "* STATUS evil (MESSAGES 54321)", "* SEARCH 1 2 3", "* FLAGS (evil)",
         "* 54321 EXISTS", "* 54321 RECENT", "* 1 EXPUNGE", "* 1 FETCH (FLAGS (\\Deleted) BODY[HEADER] {4}\r\nevil)",
         "* 1 FETCH (UID 666)", '* QUOTA "" (STORAGE 1 2)', "* ACL INBOX evil lrs", "* NAMESPACE ((\"evil\" \"/\")) NIL NIL",
         "* THREAD (1)", "* SORT 1", "* ENABLED UTF8=ACCEPT"]
CALLBACKS = ("list", "lsub", "status", "searched", "expunged", "flags", "quota", "quotaroot", "acl")


@modes("notls", "tls", "ssl", "default")
def case_04_data_before_login(case):
    junk = "\r\n".join(EARLY)
    starttls = "" if case.mode in ("notls", "ssl") else " STARTTLS"
    greeting = f"* OK [CAPABILITY {CAPABILITY}{starttls}] ready"
    places = {"after the greeting": {"greeting": f"{greeting}\r\n{junk}"},
              "before the capabilities": {"greeting": "* OK ready",
                                          "CAPABILITY": f"{junk}\r\n* CAPABILITY {CAPABILITY}{starttls}\r\n$TAG OK done"}}
    if starttls:
        def begin(talk, tag, text):
            talk.link.send(f"{junk}\r\n{tag} OK begin\r\n".encode())
            talk.link.tls("good")
        places["before STARTTLS is answered"] = {"STARTTLS": begin}
    else:
        places["before login is answered"] = {"AUTHENTICATE": f"{junk}\r\n$TAG OK in"}
    for where, rules in places.items():
        case.serve(**rules)
        answer = case.open()
        told = [line for line in answer.lines if line[0] in CALLBACKS]
        case.check(not told, f"{where}: told {told}")
        case.check(answer.of("exists") in ([], ["3"]), f"{where}: {answer.text()}")
        if answer.result:
            case.check(case.program("count").result == 3, f"{where}: wrong number of messages")
            header = case.program("header", 1)
            case.check("evil" not in " ".join(header.of("text")) and header.result == 82, f"{where}: {header.text()}")
            case.check(case.program("uid", 1).result != 666, f"{where}: an injected UID")
            case.check(case.program("elt", 1).result in (0, 1), f"{where}: injected flags")
            case.program("close")


@modes("tls")
def case_05_texts_before_tls(case):
    lie = "call 0900 now"
    for code in ("[ALERT] ", "[PARSE] ", "[BADCHARSET (X)] ", "", "[REFERRAL imap://evil/] "):
        for status in ("OK", "NO", "BAD"):
            def begin(talk, tag, text, status=status, code=code):
                talk.link.send(f"* {status} {code}{lie}\r\n{tag} OK {code}{lie}\r\n".encode())
                talk.link.tls("good")
            asked = iter(["clear"])

            def capability(talk, tag, text, status=status, code=code, asked=asked):
                if next(asked, None):
                    talk.link.send(f"* {status} {code}{lie}\r\n* CAPABILITY {CAPABILITY} STARTTLS\r\n{tag} OK {code}{lie}\r\n".encode())
                else:
                    talk.say(text, f"* CAPABILITY {CAPABILITY}\r\n{tag} OK done")
            case.serve(greeting=f"* OK {code}{lie}\r\n* {status} {code}{lie}", CAPABILITY=capability,
                       STARTTLS=begin)
            answer = case.open()
            shown = [line for line in answer.lines if "0900" in line[1]]
            case.check(answer.result == 1, f"{code}{status}: {answer.text()}")
            case.check(not shown, f"{code}{status}: shown {shown}")
            case.program("close")
        case.serve(STARTTLS=f"$TAG NO {code}{lie}")
        answer = case.open()
        case.refused(answer, code)
        case.check(not [line for line in answer.lines if "0900" in line[1]], f"{code} NO: {answer.text()}")


@modes("notls", "tls", "ssl", "default")
def case_06_capabilities_anew(case):
    starttls = "" if case.mode in ("notls", "ssl") else " STARTTLS"
    state = {"caps": f"IMAP4rev1 AUTH=PLAIN SORT LITERAL+ EVIL{starttls}"}

    def capability(talk, tag, text):
        talk.say(text, f"* CAPABILITY {state['caps']}\r\n{tag} OK done")

    def authenticate(talk, tag, text):
        talk.say("challenge", "+ ")
        talk.link.line()
        state["caps"] = "IMAP4rev1"
        talk.say(text, f"{tag} OK in")
    case.serve(greeting=f"* OK [CAPABILITY {state['caps']}] ready", CAPABILITY=capability, AUTHENTICATE=authenticate)
    answer = case.open()
    case.check(answer.result == 1, answer.text())
    words = [text.split(" ")[0] for text in case.server.heard]
    if starttls:
        case.check(words[words.index("STARTTLS") + 1] == "CAPABILITY", f"after STARTTLS: {words}")
    case.check("CAPABILITY" in words[words.index("AUTHENTICATE") + 1:], f"after login: {words}")
    case.program("sort")
    case.check("SORT" not in [text.split(" ")[0] for text in case.server.heard], "SORT was used, which is not there after login")
    case.program("append", case.spec() + "Work")
    case.check(not any(text.startswith("APPEND") and "{22+}" in text for text in case.server.heard), "LITERAL+ was used")


@modes("notls", "tls", "ssl")
def case_07_referrals(case):
    other = Server(case.place[2])
    url = f"[REFERRAL imap://u1;AUTH=*@localhost:{other.port}/INBOX] elsewhere"
    for rules in ({"AUTHENTICATE": f"$TAG NO {url}"}, {"SELECT": f"$TAG NO {url}"}, {"greeting": f"* BYE {url}"},
                  {"COPY": f"$TAG NO {url}"}, {"STATUS": f"$TAG NO {url}"}):
        case.serve(**rules)
        answer = case.open()
        if answer.result:
            case.check(not case.program("copy", "1", "Work").result or "COPY" not in rules, "copied")
            case.program("status", case.spec() + "Work")
            case.program("close")
    case.check(not other.places, f"it went to the other server and said {other.heard}")
    other.stop()


@modes("tls")
def case_08_old_servers(case):
    for caps in ("IMAP4", "IMAP2bis", "IMAP2", "IMAP4rev1", "IMAP4rev2"):
        case.serve(greeting="* OK old", CAPABILITY=f"* CAPABILITY {caps}\r\n$TAG OK done")
        case.refused(case.open(), caps)
    case.serve(greeting="* OK old", CAPABILITY="$TAG BAD unknown command")
    case.refused(case.open(), "no CAPABILITY")
    case.serve(greeting="* OK old", STARTTLS="$TAG BAD unknown", CAPABILITY="$TAG BAD unknown command")
    case.refused(case.open(), "neither CAPABILITY nor STARTTLS")


@modes("notls", "tls", "ssl", "default")
def case_09_greetings(case):
    for greeting in ("", " ", "*", "* ", "* NO not now", "* BAD x", "* BYE go away", "+ hello", "00000000 OK hello", "a001 BYE x",
                     "220 mail ESMTP", "+OK POP3", "* 3 EXISTS", "* CAPABILITY IMAP4rev1", "* OKAY", "OK", "\0\0\0", "\x80" * 200,
                     "* OK", "HTTP/1.1 400 Bad Request\r\n\r\n", "* LIST () NIL {10}\r\n", "* OK [CAPABILITY", "* FETCH (("):
        case.serve(greeting=greeting)
        answer = case.open()
        if greeting in ("* OK", "* OK [CAPABILITY"):
            # Odd, but a greeting; under /tls it goes on with asking for the capabilities.
            case.check(answer.result in (0, 1), answer.text())
            case.program("close")
        else:
            case.refused(answer, repr(greeting))


@modes("tls", "ssl", "default")
def case_10_certificates(case):
    for kind in ("self", "wronghost", "expired"):
        for novalidate in ("", "/novalidate-cert"):
            behaviour = case.serve()
            context = case.server.context
            case.server.context = lambda _, kind=kind, context=context: context(kind)
            answer = case.open(novalidate)
            case.server.context = context
            if novalidate:
                case.check(answer.result == 1, f"{kind}{novalidate}: {answer.text()}")
                case.program("close")
            else:
                case.refused(answer, kind)
                case.check("ertificate" in " ".join(answer.errors()), f"{kind}: {answer.text()}")
            del behaviour


@modes("notls", "tls", "ssl", "default")
def case_11_login_disabled(case):
    starttls = "" if case.mode in ("notls", "ssl") else " STARTTLS"
    case.serve(greeting=f"* OK [CAPABILITY IMAP4rev1{starttls} LOGINDISABLED] no",
               CAPABILITY="* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n$TAG OK done")
    case.refused(case.open(), "LOGINDISABLED")
    case.serve(greeting=f"* OK [CAPABILITY IMAP4rev1{starttls} AUTH=PLAIN] no",
               CAPABILITY="* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n$TAG OK done")
    case.refused(case.open("/secure"), "/secure")


# -- what a server can send -------------------------------------------------------------------------

LITERALS = ["{4294967295}", "{4294967296}", "{99999999999999999999}", "{18446744073709551615}", "{9223372036854775807}",
            "{2147483648}", "{1073741825}"]
ODD_LITERALS = ["{0}", "{-1}", "{}", "{abc}", "{+}", "{0+}", "{00000000000000000000}", "{ 3}", "{3 }"]


@modes("notls", "tls", "ssl")
def case_12_literals(case):
    for literal in LITERALS:
        for form in ("* 1 FETCH (BODY[] @\r\nsome", '* LIST () "/" @\r\nsome'):
            case.fresh()
            case.serve(NOOP=form.replace("@", literal))
            case.open()
            size = case.program.usage()[2]
            answer = case.program("ping")
            case.check(answer.result == 0 and answer.errors(), f"{literal}: {answer.text()}")
            case.check(case.program.usage()[2] < size + (16 << 20), f"{literal}: memory was taken")
    for literal in ODD_LITERALS:
        for form in ("* 1 FETCH (BODY[] @", '* LIST () "/" @', "* X @"):
            case.fresh()
            case.serve(NOOP=f"{form.replace('@', literal)}\r\n)\r\n$TAG OK done")
            case.open()
            case.program("ping")
            case.works(f"{form} {literal}")


DEEP = 1_000_000
NESTED = ["* 1 FETCH (BODYSTRUCTURE @)", '* 1 FETCH (BODYSTRUCTURE ("a" "b" NIL NIL NIL "x" 1 NIL NIL NIL NIL @))',
          "* 1 FETCH (ENVELOPE @)", "* 1 FETCH (ENVELOPE (NIL NIL @ NIL NIL NIL NIL NIL NIL NIL))", "* 1 FETCH (FLAGS @)",
          "* THREAD @", "* NAMESPACE @ NIL NIL", "* STATUS x @", '* LIST @ "/" x', "* QUOTA x @", "* SEARCH @", "* ACL x @", "* X @"]


@modes("notls")
def case_13_nesting(case):
    groups = '(NIL NIL "g" NIL)' * 100_000
    part = '("message" "rfc822" NIL NIL NIL "7bit" 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) '
    for close in (True, False):
        for form in NESTED:
            for opening in ("(", "(1 ", part):
                if opening == part and "STRUCTURE @" not in form or opening == "(1 " and "THREAD" not in form:
                    continue
                levels = DEEP if len(opening) < 5 else 100_000
                text = form.replace("@", opening * levels + (")" * levels if close else ""))
                case.serve(NOOP=f"{text}\r\n$TAG OK done", **{"THREAD": f"{text}\r\n$TAG OK done"})
                case.open()
                if "THREAD" in form:
                    case.program("thread", "REFERENCES")
                else:
                    case.program("ping")
                case.program("structure", 1)
                case.works(form)
                case.program("close")
    case.serve(NOOP=f"* 1 FETCH (ENVELOPE (NIL NIL ({groups}) NIL NIL NIL NIL NIL NIL NIL))\r\n$TAG OK done")
    case.open()
    case.program("ping")
    case.works("groups in groups")


@modes("notls")
def case_14_caps(case):
    many = 200_000
    for text in ("* FLAGS (" + "a " * many + ")", "* 1 FETCH (FLAGS (" + "a " * many + "))", '* LIST (' + "\\a " * many + ') "/" x',
                 "* SEARCH" + " 1" * 5_000_000, "* ACL x" + " a b" * many, "* QUOTA x (" + "a 1 1 " * many + ")",
                 "* CAPABILITY" + " X" * many, "* STATUS x (" + "MESSAGES 1 " * many + ")",
                 "* 1 FETCH (BODYSTRUCTURE (" + "()" * many + "))", "* 4294967295 EXISTS", "* 99999999999 EXISTS",
                 "* OK [PERMANENTFLAGS (" + "a " * many + ")] x", "* OK " + "x" * 1_000_000, "* 1 FETCH (" + "X 1 " * many + ")",
                 "* LIST () NIL \"" + "x" * 1_000_000 + '"', "* SORT" + " 1" * 5_000_000):
        case.serve(NOOP=f"{text}\r\n$TAG OK done")
        case.open()
        case.program("ping")
        case.check(case.program("count").result == 3, f"{text[:30]}: wrong number of messages")
        case.works(text[:30])
        case.program("close")


ODD = ["\0", "\r", "\xff\xfe", "\x7f", "a\0b\rc\x80", "\\", '\\"', "{5}", "%s%n"]


@modes("notls", "tls", "ssl")
def case_15_odd_octets(case):
    for odd in ODD:
        text = "\r\n".join(form.replace("@", odd) for form in (
            '* LIST () "/" "@"', '* LIST () "@" x', "* LIST () NIL @", "* LIST (@) NIL x", "* FLAGS (@)", "* OK [@] @", "* NO @",
            '* 1 FETCH (ENVELOPE ("@" "@" NIL NIL NIL NIL NIL NIL NIL "@"))', '* 1 FETCH (BODYSTRUCTURE ("@" "@" ("@" "@") "@" "@" "@" 1))',
            '* 1 FETCH (BODY[HEADER.FIELDS (@)] "@")', '* STATUS "@" (MESSAGES 1)', '* QUOTA "@" ("@" 1 2)', '* ACL "@" "@" "@"', "@",
            "* @", "+ @", "@ OK x", "* 1 @", "* 1 FETCH @", '* ID ("@" "@")'))
        case.serve(NOOP=f"{text}\r\n$TAG OK done", CHECK=f"* LIST () NIL a\nb\n* 1 FETCH (FLAGS\n())\n$TAG OK {odd}")
        case.open()
        case.program("ping")
        case.program("check")
        case.works(repr(odd))
        case.program("close")


# -- what a program can give ------------------------------------------------------------------------

@modes("notls", "tls", "ssl")
def case_16_line_ends(case):
    for login in ("AUTH=PLAIN", "X"):
        caps = f"IMAP4rev1 {login}"
        case.serve(CAPABILITY=f"* CAPABILITY {caps}\r\n$TAG OK done", LOGIN=f"$TAG OK [CAPABILITY {caps}] in",
                   greeting=f"* OK [CAPABILITY {caps}{' STARTTLS' if case.mode == 'tls' else ''}] x")
        for evil in ("a\\x0D\\x0Az INJECTED", "a\\x0Az INJECTED", "a\\x0Dz INJECTED"):
            case.program("password", evil)
            if not case.open().result:
                continue
            for words in (("copy", "1", evil), ("copy", evil, "Work"), ("store", "1", evil), ("list", "", evil),
                          ("create", case.spec() + evil), ("status", case.spec() + evil), ("append", case.spec() + evil),
                          ("quota", evil), ("acl", evil), ("body", 1, evil), ("subscribe", case.spec() + evil), ("fast", evil),
                          ("thread", evil)):
                case.program(*words)
                case.check(not any("INJECTED" in text.split(" ")[0] for text in case.server.heard), f"{words}: a command began")
            case.works(evil)
            case.program("close")


@modes("notls")
def case_17_names(case):
    mark = os.path.join(os.path.dirname(case.place[0]), "shell-was-started")
    if os.path.exists(mark):
        os.unlink(mark)
    case.serve()
    port = case.server.port
    evil = ["{", "{}", "{}INBOX", "{localhost", f'{{localhost:{port}/user="u1}}INBOX', f'{{localhost:{port}/user="u1\\}}INBOX',
            "{x -oProxyCommand=touch\t/tmp/x}INBOX", f"{{-oProxyCommand=touch${{IFS}}{mark}:{port}}}INBOX",
            f"{{-oProxyCommand=touch {mark}/norsh}}INBOX", "{" + "h" * 5000 + "}INBOX", f"{{localhost:{port}/user={'u' * 5000}}}x",
            f"{{localhost:{port}{'/debug' * 5000}/nosuch}}INBOX", f"{{localhost:{port}/service={'s' * 500}}}INBOX", f"{{localhost:{port}/imap/=}}x",
            f"{{localhost:{port * 100000}}}INBOX", "{localhost:-1}INBOX", "{localhost:}INBOX",
            f"{{localhost:{port}/notls/tls}}INBOX", f"{{localhost:{port}/rsh}}INBOX", "{" * 5000, "\\x01", "/etc/passwd", "~root/x",
            "#move/x/", "#driver.mbox/x", "*{localhost}INBOX"]
    for name in evil:
        name = name.replace("\t", "\\x09")
        answer = case.program("open", name, 0)
        case.check(answer.result == 0, f"{name[:60]}: opened")
        case.program("close")
        case.check(answer.of("log-error", "log-warn"), f"{name[:60]}: {answer.text()}")
    case.check(not case.server.heard, f"heard {case.server.heard}")
    case.check(not os.path.exists(mark), "a shell was started")


@modes("notls", "tls", "ssl")
def case_19_message_numbers(case):
    for text in ("* 0 EXPUNGE", "* 4 EXPUNGE", "* 4294967296 EXPUNGE", "* -1 EXPUNGE", "* 1 EXISTS", "* 0 EXISTS",
                 "* 0 FETCH (FLAGS (\\Deleted))", "* 4 FETCH (FLAGS ())", "* 4294967295 FETCH (UID 1)", "* 99 RECENT", "* 5",
                 "* 1 FETCH", "* 1 FETCH ()", "* SEARCH 0 4 4294967295", "* FETCH (FLAGS ())", "* 1 FETCH (UID 0)"):
        case.serve(NOOP=f"{text}\r\n$TAG OK done", **{"UID SEARCH|SEARCH": f"{text}\r\n$TAG OK done"})
        case.open()
        case.program("ping")
        case.check(case.program("count").result == 3, f"{text}: {case.program('count').result} messages")
        case.check(case.program("elt", 1).result == 0, f"{text}: wrong flags")
        found = case.program("search").of("searched")
        case.check(not set(found) - {"1", "2", "3"}, f"{text}: {found} found")
        case.works(text)
        case.program("close")


@modes("notls", "tls", "ssl")
def case_20_secrets(case):
    secrets = [PASSWORD, base64.b64encode(PASSWORD.encode()).decode(), base64.b64encode(f"\0u1\0{PASSWORD}".encode()).decode(),
               base64.b64encode(f"u1\0u1\0{PASSWORD}".encode()).decode()]
    for login in ("AUTH=PLAIN", "AUTH=PLAIN SASL-IR", "AUTH=LOGIN", "X"):
        for verdict in ("OK", "NO", "BAD"):
            caps = f"IMAP4rev1 {login}"

            def authenticate(talk, tag, text, verdict=verdict):
                for _ in range(0 if " " in text[13:] else 2 if "LOGIN" in text else 1):
                    talk.link.send(b"+ \r\n")
                    talk.link.line()
                talk.say(text, f"{tag} {verdict} done")
            case.serve(CAPABILITY=f"* CAPABILITY {caps}\r\n$TAG OK done", LOGIN=f"$TAG {verdict} done", AUTHENTICATE=authenticate,
                       greeting=f"* OK [CAPABILITY {caps}{' STARTTLS' if case.mode == 'tls' else ''}] x")
            answer = case.open(options=1)  # OP_DEBUG
            shown = [line for line in answer.lines if any(secret in line[1] for secret in secrets)]
            case.check(answer.of("dlog"), f"{login}: no telemetry")
            case.check(not shown, f"{login} {verdict}: shown {shown}")
            case.program("close")


@modes("notls", "tls", "ssl")
def case_21_callbacks(case):
    for where in ("exists", "flags", "expunged", "list", "status", "searched", "log", "notify"):
        for what in ("ping", "fetch", "close"):
            case.fresh()
            case.serve()
            case.open()
            case.serve(NOOP="* 4 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* 4 EXPUNGE\r\n* NO x\r\n$TAG OK done")
            case.program("reenter", where, what)
            for words in (("ping",), ("list", case.spec(), "%"), ("status", case.spec() + "Work"), ("search",), ("check",), ("expunge",)):
                case.program(*words)
            case.program("reenter", "nothing", "ping")
            if what != "close":
                case.works(f"{what} in {where}")
            case.program("close")


# -- servers that never end -------------------------------------------------------------------------

def case_18_endless(case):
    """Each kind of response again and again: cut off by size, or by the number of challenges."""
    for text in ("* OK text", "* 3 EXISTS", "* 1 FETCH (FLAGS (\\Seen))", '* LIST () "/" x', "* SEARCH 1", "", "+ x", "zz99 OK x",
                 "* X", "* 1 FETCH (UID 1 BODY[] {20000}\r\n" + "x" * 20000 + ")"):
        case.fresh()
        case.serve(NOOP=lambda talk, tag, command, text=text: talk.link.for_ever(f"{text}\r\n".encode("latin-1")))
        case.open()
        answer = case.program("ping")
        sent = case.server.spoken
        case.check(answer.result == 0 and answer.errors(), f"{text[:30]}: {answer.text()}")
        case.check("more than" in " ".join(answer.errors()), f"{text[:30]}: the error does not name the cause: {answer.text()}")
        peak = case.program.usage()[2]
        case.check(sent < 1.3e9, f"{text[:30]}: {sent} octets were taken")
        case.check(peak < 4 * sent + (100 << 20), f"{text[:30]}: {peak} octets of memory for {sent} sent")

    def challenge(talk, tag, text):
        for _ in range(10_000):
            talk.link.send(b"+ \r\n")
            talk.link.line()
    case.serve(AUTHENTICATE=challenge)
    answer = case.open()
    case.check(answer.result == 0 and "more than" in " ".join(answer.errors()), f"challenges: {answer.text()}")
    case.check(answer.seconds < 5, f"challenges: {answer.text()}")


case_18_endless.modes = ("notls",)


def run(binary, library, certificates, report, only=None):
    """All cases, each in its modes."""
    wanted = [(name[5:], function, mode) for name, function in sorted(globals().items()) if name.startswith("case_")
              and (not only or name[5:].startswith(only)) for mode in function.modes]

    def one(wanted):
        name, function, mode = wanted
        case = Case((binary, library, certificates), mode)
        try:
            function(case)
        except Died as died:
            case.complaints.append(f"the program died: {died}")
        except Exception as error:  # pylint: disable=broad-except
            case.complaints.append(f"the case itself failed: {error!r}")
        finally:
            case.end()
        return f"{name} {mode}", case.complaints

    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        for name, complaints in pool.map(one, wanted):
            if complaints:
                report.failed(name, "\n".join(complaints))
            else:
                report.passed(name)
