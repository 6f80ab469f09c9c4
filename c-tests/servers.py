"""The servers that C test programs talk to, and the state they find.

A program says what it needs in its first comment:

    server: KEY=VALUE...      options of its Dovecot (T_PORT, T_SPORT, for POP3 T_POP3, T_SPOP3); without the line:
                              the defaults
        none (no server at all: no number it prints is taken for a port)
        oauth2 (then T_TOKEN, T_TOKEN_EXPIRED, T_TOKEN_FORGED are tokens for u1, T_TOKEN_U2 is one for u2)
        connections=N (of one user from one address at a time)
        still-here=SECONDS (how often it says so under IDLE)
        no-tls  without=A,B  separator=.  prefix=INBOX.  quota=USER:KIB  no-quota  acl  cert=KIND  plain-off  acl
        client-certificates  odd-certificates
        login-proxy (a Dovecot that passes sessions on to one of two others; T_CONTROL is the port of login_proxy.py's control)
        cyrus (a Cyrus with the users and empty INBOXes; its T_PREFIX goes before names of other mailboxes)
    second: KEY=VALUE...      a second Dovecot (T_PORT2), the same way
    fake: NAME...             scripts of c-tests/fake/NAME.txt, each on a port of its own (T_FAKE_<NAME>)

Equal needs share a server; the mail of all users is put back before each run.
"""

import os
import re
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "testbed"))
import cyrus  # noqa: E402
import dovecot  # noqa: E402
import fakeserver  # noqa: E402
import login_proxy  # noqa: E402
import template  # noqa: E402
import tokens  # noqa: E402

PASSWORDS = {"u1": "secret", "u2": "secret", "u3": "secret"}


def directives(source):
    """{"server": "...", "second": "...", "fake": "..."} of a C file; absent ones are None."""
    comment = source.split("*/", 1)[0]
    found = {}
    for key in ("server", "second", "fake"):
        match = re.search(rf"^[ /*]*{key}:(.*)$", comment, flags=re.M)
        found[key] = match[1].strip() if match else None
    return found


def _options(text):
    options = dovecot.Options(users=dict(PASSWORDS))
    for word in text.split():
        key, _, value = word.partition("=")
        if key == "no-tls":
            options.tls = False
        elif key == "no-quota":
            options.quota = False
        elif key == "acl":
            options.extra += "protocol imap {\n  mail_plugins = quota imap_quota acl imap_acl\n}\nplugin {\n  acl = vfile\n}\n"
        elif key == "acl":
            options.acl = True
        elif key == "still-here":
            options.extra += f"imap_idle_notify_interval = {value} s\n"
        elif key == "connections":
            options.extra += f"mail_max_userip_connections = {value}\n"
        elif key == "oauth2":
            options.oauth2 = True
        elif key == "odd-certificates":
            options.odd_certificates = True
        elif key == "client-certificates":
            options.client_certificates = True
        elif key == "plain-off":
            options.plaintext_auth = False
        elif key == "without":
            options.without = tuple(value.split(","))
        elif key == "quota":
            user, _, kib = value.partition(":")
            options.quota_kib[user] = int(kib)
        elif key in ("separator", "prefix", "cert"):
            setattr(options, key, value)
        elif key == "mechanisms":
            options.mechanisms = value.replace(",", " ")
        else:
            raise ValueError(f"unknown server option {word}")
    return options


class World:
    """All servers of one invocation, started when first needed."""

    def __init__(self, directory):
        self.directory = directory
        self.dovecots = {}
        self.fakes = {}
        self.cyrus = None
        self.environment = {}
        self.names = {}
        self.in_use = []  # the Dovecots of the last `prepare`

    def __enter__(self):
        shutil.rmtree(self.directory, ignore_errors=True)
        os.makedirs(self.directory)
        self.templates = template.build(os.path.join(self.directory, "template"))
        self.home = os.path.join(self.directory, "home")
        return self

    def __exit__(self, *_):
        for server in self.dovecots.values():
            server.stop()
        for server in self.fakes.values():
            server.stop()
        if self.cyrus:
            self.cyrus.stop()

    def _dovecot(self, role, text):
        key = (role, text)
        if key not in self.dovecots:
            place = os.path.join(self.directory, f"d{len(self.dovecots)}")
            if text == "login-proxy":
                self.dovecots[key] = login_proxy.LoginProxy(place, users=dict(PASSWORDS)).start()
                return self.dovecots[key]
            self.dovecots[key] = dovecot.Dovecot(place, _options(text)).start()
        return self.dovecots[key]

    def _fill(self, server):
        for user, maildir in self.templates.items():
            server.reset_user(user, maildir)

    def prepare(self, wanted):
        """Put everything back; returns the environment for the program."""
        for name in os.listdir(self.directory):
            if name == "home":
                shutil.rmtree(self.home)
        os.makedirs(self.home)
        environment = {"PATH": os.environ["PATH"], "HOME": self.home, "TZ": "UTC", "LC_ALL": "C", "T_HOST": "127.0.0.1",
                       "T_USER": "u1", "T_PASSWORD": "secret", "T_MASTER_PASSWORD": "mastersecret"}
        if "T_CUTS" in os.environ:
            environment.update(T_CUTS=os.environ["T_CUTS"], T_CASE_SECONDS=str(int(os.environ["T_CUTS"]) + 30))
        self.names = {self.directory: "<DIR>"}
        self.in_use = []
        if wanted["server"] == "none":
            return environment
        if wanted["server"] == "cyrus":
            if not self.cyrus:
                self.cyrus = cyrus.Cyrus(os.path.join(self.directory, "cyrus"), dict(PASSWORDS), separator=".",
                                         extra="imapidlepoll: 1\n")
                self.cyrus.start()
            environment["T_PORT"] = str(self.cyrus.ports["imap"])
            environment["T_PREFIX"] = "INBOX."
            return environment
        first = self._dovecot("first", wanted["server"] or "")
        if wanted["server"] == "login-proxy":
            first.restart_dead()
            environment["T_CONTROL"] = str(first.control())
        self._fill(first)
        self.in_use = [first]
        environment["T_PORT"] = str(first.ports["imap"])
        environment["T_SPORT"] = str(first.ports.get("imaps", 0))
        environment["T_CA"] = first.ca
        environment["T_REFUSED"] = str(dovecot.free_port())
        self.names.update({environment["T_PORT"]: "<PORT>", environment["T_REFUSED"]: "<REFUSED>"})
        environment["T_POP3"] = str(first.ports["pop3"])
        environment["T_SPOP3"] = str(first.ports.get("pop3s", 0))
        self.names[environment["T_POP3"]] = "<POP3>"
        if "imaps" in first.ports:
            self.names[environment["T_SPORT"]] = "<SPORT>"
            self.names[environment["T_SPOP3"]] = "<SPOP3>"
        if first.options.oauth2:
            environment["T_TOKEN"] = tokens.make("u1")
            environment["T_TOKEN_U2"] = tokens.make("u2")
            environment["T_TOKEN_EXPIRED"] = tokens.make("u1", seconds=-600)
            environment["T_TOKEN_FORGED"] = tokens.make("u1", key=tokens.WRONG_KEY)
        if wanted["second"] is not None:
            second = self._dovecot("second", wanted["second"])
            self._fill(second)
            self.in_use.append(second)
            environment["T_PORT2"] = str(second.ports["imap"])
            self.names[environment["T_PORT2"]] = "<PORT2>"
        for name in (wanted["fake"] or "").split():
            if name not in self.fakes:
                script = os.path.join(HERE, "fake", f"{name}.txt")
                self.fakes[name] = fakeserver.FakeServer(script, certificates=os.path.dirname(first.ca)).start()
            variables = self.fakes[name].variables(f"T_FAKE_{name.upper()}")
            environment.update(variables)
            self.names.update({port: f"<{variable[2:]}>" for variable, port in variables.items()})
        return environment

    def varying(self):
        """Literal strings of the last run that must not be compared."""
        return self.names
