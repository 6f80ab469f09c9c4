#!/usr/bin/env python3
"""Logs in to real servers, with each mechanism: Dovecot, Dovecot with a Kerberos KDC, Cyrus, OpenSSL with GNU SASL.

    logins/run.py                    everything
    logins/run.py --only kerberos    dovecot hashes forbidden kerberos cyrus binding
    logins/run.py --ours FILE        our library, if not target/release/libc_client.so

What happened is read from what the program client.c was told, and from the servers' logs. Ends with "N passed, N failed".
"""

import argparse
import base64
import ctypes
import hashlib
import hmac
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(ROOT, "testbed"))
import certs  # noqa: E402
import cyrus  # noqa: E402
import dovecot  # noqa: E402
import kdc  # noqa: E402
import proxy  # noqa: E402
from report import Report  # noqa: E402

OUT = os.path.join(ROOT, "target", "logins")
CLIENT_SECONDS = 60
PASSWORD = "Xq7vTorm0Wz"  # nothing else in the process looks like it
SCRAMS = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1"]


def disguise(secret):
    """As client.c wants what must not be found."""
    return "".join(f"{octet ^ 0x55:02x}" for octet in (secret if isinstance(secret, bytes) else secret.encode()))


class Client:
    """client.c, and what it said."""

    binary = os.path.join(OUT, "client")
    library = None

    @classmethod
    def build(cls, built):
        """Compile against our headers; `built` is the library."""
        os.makedirs(OUT, exist_ok=True)
        cls.library = os.path.join(OUT, "lib")
        os.makedirs(cls.library, exist_ok=True)
        for name in ("libc-client.so.2007e", "libc-client.so"):
            link = os.path.join(cls.library, name)
            if os.path.lexists(link):
                os.unlink(link)
            os.symlink(os.path.abspath(built), link)
        subprocess.run(["gcc", "-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-I", os.path.join(ROOT, "include"),
                        os.path.join(HERE, "client.c"), "-o", cls.binary, "-L", cls.library, "-lc-client", "-rdynamic"],
                       check=True, timeout=120)

    def __init__(self, spec, *options, user="u1", password=PASSWORD, environment=None, disable=()):
        for name in disable:
            options += ("--disable", name)
        command = [self.binary, spec, user, disguise(password), "--debug", *options]
        env = {"PATH": os.environ["PATH"], "HOME": OUT, "LD_LIBRARY_PATH": self.library, **(environment or {})}
        started = time.monotonic()
        done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=CLIENT_SECONDS,
                              check=False)
        self.seconds = time.monotonic() - started
        self.text = done.stdout.decode("latin-1") + done.stderr.decode("latin-1")
        self.status = done.returncode

    @property
    def opened(self):
        """Whether the mailbox was opened."""
        return self.status == 0 and "\nopened " in "\n" + self.text

    @property
    def mechanisms(self):
        """What was tried, in order."""
        return re.findall(r"^dlog (?:[0-9a-f]+ AUTHENTICATE|AUTH) (\S+)", self.text, flags=re.M)

    @property
    def logins(self):
        """How often mm_login was called."""
        return len(re.findall(r"^login ", self.text, flags=re.M))

    @property
    def refusals(self):
        """How often the server said that user or password are wrong."""
        return len(re.findall(r"^dlog \S+ (?:NO )?\[AUTH", self.text, flags=re.M))

    def said(self, level, text):
        """Whether a log line of that level has the text."""
        return any(text in line for line in re.findall(rf"^log {level} (.*)", self.text, flags=re.M))


class Checks:
    """Names a check and judges it."""

    def __init__(self, report):
        self.report = report

    def __call__(self, name, client, *conditions):
        bad = [str(number) for number, good in enumerate(conditions, 1) if not good]
        if bad:
            self.report.failed(name, f"condition {', '.join(bad)}\n{client.text}")
        else:
            self.report.passed(name)


def secrets(password=PASSWORD, user="u1"):
    """Forms in which the password must not stay in memory, or show up in a log."""
    plain = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    return [password, plain.rstrip("="), base64.b64encode(password.encode()).decode().rstrip("=")]


def scanning():
    """Options that have client.c look for them."""
    return [word for secret in secrets() for word in ("--scan", disguise(secret))]


def keeps_the_secret(client):
    """Nothing of the password in what was told, or left in memory."""
    return "found " not in client.text and not any(secret in client.text for secret in secrets())


def disabled_but(mechanism, among):
    """What to switch off so that only one is left."""
    return [name for name in among if name != mechanism]


def on_dovecot(check):
    """Each mechanism, with IMAP and POP3, in clear and with TLS; users whose passwords are kept in several ways."""
    known = ["SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"]
    users = {"u1": PASSWORD, "u2": PASSWORD}
    place = os.path.join(OUT, "dovecot")
    shutil.rmtree(place, ignore_errors=True)
    hashed = lambda scheme: subprocess.run(["doveadm", "pw", "-s", scheme, "-p", PASSWORD], capture_output=True, text=True,
                                           check=True, timeout=60).stdout.strip()
    users["scram"] = hashed("SCRAM-SHA-256")
    users["crypt"] = hashed("SHA512-CRYPT")
    with dovecot.Dovecot(place, users=users, master_users={"boss": PASSWORD},
                         mechanisms="plain login cram-md5 scram-sha-1 scram-sha-256") as server:
        trust = {"SSL_CERT_FILE": server.ca}
        imap = f"{{localhost:{server.ports['imap']}/imap/tls"
        pop3 = f"{{localhost:{server.ports['pop3']}/pop3/tls"
        client = Client(imap + "}INBOX", *scanning(), environment=trust)
        check("the best mechanism comes first", client, client.opened, client.mechanisms == ["SCRAM-SHA-256"],
              client.logins == 1, keeps_the_secret(client))
        client = Client(imap + "}INBOX", "--keep", *scanning(), environment=trust)
        check("the search of the memory finds what is there", client, client.opened, "found " in client.text)
        for protocol, spec in (("imap", imap), ("pop3", pop3)):
            for mechanism in known:
                client = Client(spec + "}INBOX", *scanning(), environment=trust, disable=disabled_but(mechanism, known))
                check(f"{protocol} {mechanism}", client, client.opened, client.mechanisms == [mechanism], client.logins == 1,
                      keeps_the_secret(client))
            clear = spec.replace("/tls", "/notls")
            client = Client(clear + "}INBOX", *scanning(), disable=disabled_but("PLAIN", known))
            check(f"{protocol} PLAIN in clear warns, and leaves nothing", client, client.opened,
                  client.said(1, "SECURITY PROBLEM"), keeps_the_secret(client))
            client = Client(clear + "/secure}INBOX", *scanning())
            check(f"{protocol} /secure", client, client.opened, client.mechanisms == ["SCRAM-SHA-256"],
                  keeps_the_secret(client))
            client = Client(clear + "/secure}INBOX", disable=["SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5"])
            check(f"{protocol} /secure without a secure mechanism", client, not client.opened, client.logins == 0,
                  client.said(2, "Can't do secure authentication with this server"))
            client = Client(spec + "}INBOX", password="wr0ng", environment=trust)
            check(f"{protocol} a wrong password is tried once in a challenge, once as it is", client, not client.opened,
                  client.logins == 2, client.mechanisms == ["SCRAM-SHA-256", "PLAIN"],
                  client.said(2, f"Can not authenticate to {protocol.upper()} server"))
            client = Client(clear + "/secure}INBOX", password="wr0ng")
            check(f"{protocol} a wrong password is not sent under /secure", client, not client.opened,
                  client.logins == 2, client.mechanisms == ["SCRAM-SHA-256"],
                  client.said(2, f"Can not authenticate to {protocol.upper()} server"))
            client = Client(clear + "/secure}INBOX", password="wr0ng", disable=["CRAM-MD5", "PLAIN", "LOGIN"])
            check(f"{protocol} not by the protocol's own login either", client, not client.opened,
                  client.mechanisms == ["SCRAM-SHA-256"], client.said(2, f"Can not authenticate to {protocol.upper()}"),
                  client.refusals == 1)
            client = Client(spec + "}INBOX", password="wr0ng", environment=trust, disable=["CRAM-MD5", "PLAIN", "LOGIN"])
            check(f"{protocol} the protocol's own login gets its try", client, not client.opened,
                  client.mechanisms == ["SCRAM-SHA-256"], client.logins == 2,
                  client.refusals == 2)
            client = Client(spec + "}INBOX", "--trials", "1", password="wr0ng", environment=trust)
            check(f"{protocol} SET_MAXLOGINTRIALS", client, not client.opened,
                  client.mechanisms == ["SCRAM-SHA-256", "PLAIN"], client.logins == 1)
            client = Client(spec + "}INBOX", user="scram", environment=trust)
            check(f"{protocol} a SCRAM hash will do", client, client.opened, client.mechanisms == ["SCRAM-SHA-256"])
            client = Client(spec + "}INBOX", user="crypt", environment=trust, disable=["CRAM-MD5"])
            check(f"{protocol} without a hash for SCRAM the next mechanism gets the same answer", client, client.opened,
                  client.mechanisms == ["SCRAM-SHA-256", "PLAIN"], client.logins == 1)
            client = Client(clear + "}INBOX", user="crypt", disable=["CRAM-MD5"])
            check(f"{protocol} in clear every mechanism that hides the password comes first", client, client.opened,
                  client.mechanisms == ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"], client.logins == 1)
            client = Client(clear + "}INBOX", *scanning(), disable=known)
            check(f"{protocol} the protocol's own login", client, client.opened, client.mechanisms == [],
                  client.logins == 1, keeps_the_secret(client))
        for mechanism in ("SCRAM-SHA-256", "PLAIN"):
            client = Client(imap + "/user=u2/authuser=boss}INBOX", environment=trust, disable=disabled_but(mechanism, known))
            check(f"/authuser with {mechanism}", client, client.opened, client.mechanisms == [mechanism])
        client = Client(imap + "/user=u2/authuser=boss}INBOX", environment=trust,
                        disable=["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"])
        check("/authuser without a mechanism for it", client, not client.opened, client.logins == 0,
              client.said(2, "Can't do /authuser with this server"))
        client = Client(imap + "}INBOX", environment=trust, disable=known)
        check("the bits of imap_cap have no place for SCRAM", client, client.opened, "\nauth 0\n" in client.text)


def without_secrets(check):
    """Passwords of which the server keeps a hash that is good for no challenge; its own delays are in force."""
    known = ["CRAM-MD5", "PLAIN", "LOGIN"]
    place = os.path.join(OUT, "hashes")
    shutil.rmtree(place, ignore_errors=True)
    hashed = subprocess.run(["doveadm", "pw", "-s", "SHA512-CRYPT", "-p", PASSWORD], capture_output=True, text=True,
                            check=True, timeout=60).stdout.strip()
    with dovecot.Dovecot(place, users={"u1": hashed, "both": PASSWORD}, mechanisms="cram-md5 plain login",
                         failure_delay=2) as server:
        trust = {"SSL_CERT_FILE": server.ca}
        for protocol in ("imap", "pop3"):
            spec = f"{{localhost:{server.ports[protocol]}/{protocol}/tls"
            clear = spec.replace("/tls", "/notls")
            for where, name in (("with TLS", spec), ("in clear", clear)):
                client = Client(name + "}INBOX", *scanning(), environment=trust)
                check(f"{protocol} {where}: refused in CRAM-MD5, taken in PLAIN", client, client.opened, client.logins == 1,
                      client.mechanisms == ["CRAM-MD5", "PLAIN"], keeps_the_secret(client), client.seconds < 6)
                check(f"{protocol} {where}: the warning belongs to the clear", client,
                      client.said(1, "SECURITY PROBLEM") == (where == "in clear"))
            client = Client(spec + "}INBOX", *scanning(), environment=trust, disable=["PLAIN"])
            check(f"{protocol} or in LOGIN", client, client.opened, client.mechanisms == ["CRAM-MD5", "LOGIN"],
                  client.logins == 1, keeps_the_secret(client))
            client = Client(spec + "}INBOX", "--twice", environment=trust)
            check(f"{protocol} with TLS the second login does not wait for the refusal", client,
                  client.text.count("\nopened ") == 2, client.mechanisms == ["CRAM-MD5", "PLAIN", "PLAIN"],
                  client.logins == 2)
            client = Client(clear + "}INBOX", "--twice")
            check(f"{protocol} in clear it does", client, client.text.count("\nopened ") == 2,
                  client.mechanisms == ["CRAM-MD5", "PLAIN"] * 2)
            client = Client(clear + "/secure}INBOX", *scanning())
            check(f"{protocol} not under /secure", client, not client.opened, client.mechanisms == ["CRAM-MD5"],
                  client.said(2, f"Can not authenticate to {protocol.upper()} server"), keeps_the_secret(client))
            client = Client(spec + "}INBOX", password="wr0ng", environment=trust)
            check(f"{protocol} a wrong password is sent once as it is, and not again", client, not client.opened,
                  client.mechanisms == ["CRAM-MD5", "PLAIN"], client.logins == 2, client.seconds < 9,
                  client.said(2, f"Can not authenticate to {protocol.upper()} server"))
            client = Client(spec + "/auth=cram-md5}INBOX", environment=trust)
            check(f"{protocol} /auth=cram-md5 means that and nothing else", client, not client.opened,
                  client.mechanisms == ["CRAM-MD5"])


def in_clear_forbidden(check):
    """A server that wants no password in clear (LOGINDISABLED, no USER). Dovecot excepts clients at its own address, so it
    listens at another one, behind a proxy that notes every octet."""
    known = ["CRAM-MD5", "PLAIN", "LOGIN"]
    place = os.path.join(OUT, "forbidden")
    shutil.rmtree(place, ignore_errors=True)
    hashed = subprocess.run(["doveadm", "pw", "-s", "SHA512-CRYPT", "-p", PASSWORD], capture_output=True, text=True,
                            check=True, timeout=60).stdout.strip()
    with dovecot.Dovecot(place, users={"u1": PASSWORD, "crypt": hashed}, plaintext_auth=False,
                         extra="listen = 127.0.0.1, 127.0.0.2\n") as server:
        trust = {"SSL_CERT_FILE": server.ca}
        for protocol, refused in (("imap", "Server disables LOGIN, no recognized SASL authenticator"),
                                  ("pop3", "Can't login to this server")):
            with proxy.Proxy(server.ports[protocol]) as between:
                client = Client(f"{{localhost:{between.port}/{protocol}/notls}}INBOX", disable=["CRAM-MD5"])
                said = b"".join(octets for _, _, side, octets in list(between.log) if side == "C")
                check(f"{protocol}: what the proxy notes shows a password", client, client.opened,
                      any(secret.encode() in said for secret in secrets()))
            with proxy.Proxy(server.ports[protocol], "127.0.0.2") as between:
                def opening(flags, between=between, protocol=protocol, **options):
                    between.log.clear()
                    client = Client(f"{{localhost:{between.port}/{protocol}{flags}}}INBOX", environment=trust, **options)
                    said = b"".join(octets for _, _, side, octets in list(between.log) if side == "C")
                    client.text += f"sent: {said!r}\n"
                    user = options.get("user", "u1")
                    client.told = [secret for secret in secrets(user=user) if secret.encode() in said]
                    client.announced = "LOGINDISABLED" in client.text or protocol == "pop3"
                    return client
                for flags in ("/notls", "/notls/user=u1", "/notls/secure"):
                    client = opening(flags, disable=["CRAM-MD5"])
                    wanted = refused if "secure" not in flags else "Can't do secure authentication with this server"
                    check(f"{protocol}{flags}: no password in clear where the server forbids it", client, not client.opened,
                          client.announced, client.logins == 0, not client.told, client.said(2, wanted))
                client = opening("/notls")
                check(f"{protocol} a challenge may go in clear", client, client.opened, not client.told,
                      client.mechanisms == ["CRAM-MD5"])
                client = opening("/notls", user="crypt")
                check(f"{protocol} nothing comes after it when it is refused", client, not client.opened, client.announced,
                      not client.told, client.mechanisms == ["CRAM-MD5"],
                      client.said(2, f"Can not authenticate to {protocol.upper()} server: [AUTH"))
                for flags in ("", "/tls"):
                    client = opening(flags, user="crypt", disable=["CRAM-MD5"])
                    check(f"{protocol}{flags} with TLS the password may go", client, client.opened, not client.told,
                          client.mechanisms == ["PLAIN"], not flags or not client.said(0, "Dovecot ready"))
                client = opening("/tls", disable=known)
                check(f"{protocol} so may the protocol's own login", client, client.opened, not client.told,
                      client.mechanisms == [])


def with_kerberos(check):
    """Tickets: there, not there, expired; for somebody else."""
    place = os.path.join(OUT, "kerberos")
    shutil.rmtree(place, ignore_errors=True)
    users = {"u1": PASSWORD, "u2": PASSWORD, "u3": PASSWORD, "pbx": PASSWORD}
    with kdc.Kdc(os.path.join(place, "kdc"), services=["imap/localhost", "pop/localhost"], users=users) as realm:
        extra = (f"auth_krb5_keytab = {realm.keytab}\nauth_gssapi_hostname = \"$ALL\"\nauth_realms = {kdc.REALM}\n"
                 f"auth_default_realm = {kdc.REALM}\nauth_username_format = %n\n"
                 f"import_environment = $import_environment KRB5_CONFIG={realm.environment['KRB5_CONFIG']} "
                 f"KRB5RCACHENAME=none: KRB5_KTNAME={realm.keytab}\n")
        with dovecot.Dovecot(os.path.join(place, "dovecot"), users=users, mechanisms="gssapi scram-sha-256 plain",
                             extra=extra, user_fields={"u3": f"k5principals=pbx@{kdc.REALM}"}) as server:
            trust = {"SSL_CERT_FILE": server.ca, **realm.environment}
            imap = f"{{localhost:{server.ports['imap']}/imap/tls"
            pop3 = f"{{localhost:{server.ports['pop3']}/pop3/tls"
            fallback = ["SCRAM-SHA-256"]
            for protocol, spec in (("imap", imap), ("pop3", pop3)):
                realm.kdestroy()
                client = Client(spec + "/user=u1}INBOX", environment=trust)
                check(f"{protocol} no ticket: nothing is said of Kerberos", client, client.opened,
                      client.mechanisms == fallback, "erberos" not in client.text)
                client = Client(spec + "/user=u1}INBOX", "--link-gss", environment=trust)
                check(f"{protocol} no ticket, and the program wanted Kerberos", client, client.opened,
                      client.mechanisms == fallback, client.said(1, "(try running kinit) for localhost"))
                realm.kinit("u1")
                for linked in ((), ("--link-gss",)):
                    client = Client(spec + "/user=u1}INBOX", *linked, environment=trust)
                    check(f"{protocol} with a ticket{' linked' * len(linked)}", client, client.opened,
                          client.mechanisms == ["GSSAPI"], client.logins == 0)
                client = Client(spec + "/user=u1/secure}INBOX", environment=trust)
                check(f"{protocol} Kerberos is secure", client, client.opened, client.mechanisms == ["GSSAPI"])
                client = Client(spec + "/user=u2}INBOX", environment=trust)
                check(f"{protocol} a ticket of somebody else's: the password decides", client, client.opened,
                      client.mechanisms == ["GSSAPI"] + fallback, client.logins == 1)
                client = Client(spec + "/user=u1}INBOX", environment=trust, disable=["GSSAPI"])
                check(f"{protocol} switched off", client, client.opened, client.mechanisms == fallback)
                if protocol == "imap":
                    client = Client(spec + "/user=u1/authuser=boss}INBOX", environment=trust, disable=SCRAMS)
                    check("/authuser of somebody else's", client, client.said(1, "invalid /authuser"))
                realm.kinit("u1", lifetime="1s")
                time.sleep(3.5)
                client = Client(spec + "/user=u1}INBOX", environment=trust)
                check(f"{protocol} an expired ticket is told, and the password decides", client, client.opened,
                      client.mechanisms == fallback, client.said(1, "expired (try running kinit) for localhost"))
                helper = f"echo {users['u1']} | kinit -l 10m u1"
                client = Client(spec + "/user=u1}INBOX", "--kinit", environment={**trust, "T_KINIT": helper})
                check(f"{protocol} SET_KINIT gets a new one", client, client.opened, client.mechanisms == ["GSSAPI"],
                      "kinit localhost: " in client.text)
            # As docs/voicemail.md has Asterisk log in: one name, a keytab, and no ticket or password of anybody's.
            realm.kdestroy()
            keytab = {**trust, "KRB5_CLIENT_KTNAME": realm.keytab_of("pbx")}
            for name, allowed in (("u3", True), ("u2", False)):
                client = Client(f"{imap}/auth=gssapi/user={name}}}INBOX", password="", environment=keytab)
                check(f"a keytab gets the ticket, and its owner {'may' if allowed else 'may not'} log in for {name}", client,
                      client.opened == allowed, client.mechanisms == ["GSSAPI"])


def on_cyrus(check):
    """SCRAM of another maker; both delimiters."""
    place = os.path.join(OUT, "cyrus")
    for separator in "./":
        shutil.rmtree(place, ignore_errors=True)
        with cyrus.Cyrus(place, users={"u1": PASSWORD}, separator=separator,
                         extra="failedloginpause: 1s\n") as server:
            trust = {"SSL_CERT_FILE": server.ca}
            clear = f"{{localhost:{server.ports['imap']}/imap/notls/user=u1}}INBOX"
            for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN"):
                others = disabled_but(mechanism, SCRAMS + ["CRAM-MD5", "PLAIN"])
                client = Client(clear, *scanning(), disable=others)
                check(f"cyrus '{separator}' {mechanism}", client, client.opened, client.mechanisms == [mechanism],
                      keeps_the_secret(client))
            client = Client(clear, password="wr0ng")
            check(f"cyrus '{separator}' a wrong password", client, not client.opened)
            # Cyrus 3.6 offers the PLUS mechanisms and knows the binding tls-unique only, which TLS 1.3 does not have.
            spec = f"{{localhost:{server.ports['imaps']}/imap/ssl/user=u1}}INBOX"
            client = Client(spec, *scanning(), environment=trust)
            check(f"cyrus '{separator}' a binding that the server does not know is no obstacle", client, client.opened,
                  client.mechanisms == ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"], client.logins == 1,
                  client.said(1, "refuses the channel binding"), keeps_the_secret(client))
            client = Client(spec, "--twice", environment=trust)
            check(f"cyrus '{separator}' and is not tried a second time", client, client.text.count("\nopened ") == 2,
                  client.mechanisms == ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-256"])


class Scram:
    """The server's side of SCRAM-SHA-256-PLUS, written from RFC 5802 for these tests."""

    def __init__(self, kind, data, lie=False):
        self.kind, self.data, self.lie = kind, data, lie
        self.verdict = None

    def serve(self, read, write):
        """One session of IMAP. `read` gives a line, `write` takes one."""
        write("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256 AUTH=PLAIN] ready")
        tag, _, mechanism, first = read().split(" ")
        if mechanism != "SCRAM-SHA-256-PLUS":
            self.verdict = f"began with {mechanism}"
            return
        head, bare = re.fullmatch(r"(p=[^,]*,,)(.*)", base64.b64decode(first).decode()).groups()
        nonce = re.search(r"r=(.*)", bare)[1] + "server"
        salt = b"salt of the test"
        server_first = f"r={nonce},s={base64.b64encode(salt).decode()},i=4096"
        write("+ " + base64.b64encode(server_first.encode()).decode())
        final = base64.b64decode(read()).decode()
        without, proof = final.rsplit(",p=", 1)
        bound = base64.b64decode(re.match(r"c=([^,]*),", without)[1])
        signed = f"{bare},{server_first},{without}".encode()
        salted = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt, 4096)
        mac = lambda key, text: hmac.new(key, text, "sha256").digest()
        client_key = mac(salted, b"Client Key")
        mask = mac(hashlib.sha256(client_key).digest(), signed)
        right = bytes(one ^ other for one, other in zip(client_key, mask)) == base64.b64decode(proof)
        data = self.data() if callable(self.data) else self.data
        if head != f"p={self.kind},,":
            self.verdict = f"head {head}"
        elif bound != head.encode() + data:
            self.verdict = f"bound {bound.hex()}, not {data.hex()}"
        else:
            self.verdict = "good" if right else "wrong proof"
        signature = mac(mac(salted, b"Server Key"), signed)
        if self.lie:
            signature = bytes(32)
        write("+ " + base64.b64encode(b"v=" + base64.b64encode(signature)).decode())
        line = read()
        if line is None:
            self.verdict += ", and hung up on"
            return
        if line != "":
            self.verdict += f", and then {line}"
        self.afterwards(tag, read, write)

    @staticmethod
    def afterwards(tag, read, write):
        """The rest of the session."""
        write(f"{tag} OK [CAPABILITY IMAP4rev1] in")
        while (line := read()) is not None:
            tag, command = line.split(" ")[:2]
            if command == "LOGOUT":
                write("* BYE bye")
            write(f"{tag} OK done")
            if command == "LOGOUT":
                return


class GnuSasl(Scram):
    """The server's side as GNU SASL has it: an idea of channel binding that is not ours."""

    OK, NEEDS_MORE = 0, 1
    THE_PASSWORD, ITERATIONS, TLS_EXPORTER = 3, 15, 25  # Gsasl_property

    def __init__(self, data):
        super().__init__("tls-exporter", data)

    def serve(self, read, write):
        library = ctypes.CDLL("libgsasl.so.18")
        library.gsasl_strerror_name.restype = ctypes.c_char_p
        context, session, out = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_char_p()
        write("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256] ready")
        tag, _, mechanism, text = read().split(" ")
        bound = library.gsasl_init(ctypes.byref(context)) == self.OK and library.gsasl_server_start(
            context, mechanism.encode(), ctypes.byref(session)) == self.OK
        for key, value in ((self.THE_PASSWORD, PASSWORD), (self.ITERATIONS, "4096"),
                           (self.TLS_EXPORTER, base64.b64encode(self.data()).decode())):
            bound = bound and library.gsasl_property_set(session, key, value.encode()) == self.OK
        while bound:
            status = library.gsasl_step64(session, text.encode(), ctypes.byref(out))
            if status not in (self.OK, self.NEEDS_MORE):
                self.verdict = f"{mechanism}: {library.gsasl_strerror_name(status).decode()}"
                write(f"{tag} NO [AUTHENTICATIONFAILED] no")
                while (line := read()) is not None:
                    tag = line.split(" ")[0]
                    if line.endswith(" LOGOUT"):
                        write(f"* BYE bye\r\n{tag} OK done")
                        return
                    self.verdict += f", and then {line}"
                    write(f"{tag} NO no")
            write("+ " + out.value.decode())
            text = read()
            if status == self.OK:
                self.verdict = f"{mechanism}: good"
                self.afterwards(tag, read, write)
                return


def with_python(directory, scram):
    """A server on Python's TLS 1.2; returns its port and thread."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(f"{directory}/good.pem", f"{directory}/good.key")
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(CLIENT_SECONDS)

    def run():
        with listener, context.wrap_socket(listener.accept()[0], server_side=True) as link:
            link.settimeout(CLIENT_SECONDS)
            stream = link.makefile("rwb")

            def read():
                line = stream.readline().decode()
                return line.rstrip("\r\n") if line else None

            def write(line):
                stream.write(line.encode() + b"\r\n")
                stream.flush()
            scram.serve(read, write)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return listener.getsockname()[1], thread


def with_openssl(directory, scram, exported):
    """A server on `openssl s_server`, which prints the keying material of RFC 9266; returns port, thread, process."""
    port = dovecot.free_port()
    process = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-tls1_3", "-naccept", "1",
                                "-cert", f"{directory}/good.pem", "-key", f"{directory}/good.key",
                                "-keymatexport", "EXPORTER-Channel-Binding", "-keymatexportlen", "32"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    for line in process.stdout:
        if line.startswith(b"ACCEPT"):
            break

    def run():
        # Until the handshake is over, it prints what it is; what comes from the client begins after that.
        for line in process.stdout:
            found = re.match(rb"\s*Keying material: ([0-9A-F]+)", line)
            if found:
                exported.append(bytes.fromhex(found[1].decode()))
                break

        def read():
            for line in process.stdout:
                text = line.decode("latin-1").rstrip("\r\n")
                if re.match(r"[0-9A-Za-z]+ [A-Z]+|[A-Za-z0-9+/=]*$", text) and not text.startswith(("DONE", "---")):
                    if text or answering:
                        return text
            return None
        answering = []

        def write(line):
            answering[:] = ["v"] if line.startswith("+ ") else []
            process.stdin.write(line.encode() + b"\r\n")
            process.stdin.flush()
        scram.serve(read, write)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return port, thread, process


def bound(check):
    """Channel binding, held against others' ideas of it."""
    directory = certs.make(os.path.join(OUT, "tls"))
    trust = {"SSL_CERT_FILE": os.path.join(directory, "ca.pem")}
    with open(f"{directory}/good.pem", encoding="ascii") as pem:
        end_point = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.read())).digest()
    for lie in (False, True):
        scram = Scram("tls-server-end-point", end_point, lie)
        port, thread = with_python(directory, scram)
        client = Client(f"{{localhost:{port}/imap/ssl/user=u1}}<none>".replace("<none>", ""), *scanning(), environment=trust)
        thread.join(CLIENT_SECONDS)
        client.text += f"server: {scram.verdict}\n"
        if lie:
            check("a server that does not know the password gets nothing more", client, not client.opened,
                  scram.verdict == "good, and hung up on", client.mechanisms == ["SCRAM-SHA-256-PLUS"],
                  client.said(2, "did not prove"), keeps_the_secret(client))
        else:
            check("tls-server-end-point as RFC 5929 has it", client, client.opened, scram.verdict == "good",
                  client.mechanisms == ["SCRAM-SHA-256-PLUS"], keeps_the_secret(client))
    for name, maker in (("tls-exporter as RFC 9266 has it", lambda data: Scram("tls-exporter", data)),
                        ("tls-exporter as GNU SASL has it", GnuSasl),
                        ("and GNU SASL refuses another one", lambda data: GnuSasl(lambda: data()[::-1]))):
        exported = []
        scram = maker(lambda exported=exported: exported[0])
        port, thread, process = with_openssl(directory, scram, exported)
        try:
            client = Client(f"{{localhost:{port}/imap/ssl/user=u1}}", environment=trust)
            thread.join(10)
        finally:
            process.kill()
            process.wait(10)
        client.text += f"server: {scram.verdict}\n"
        if "refuses" in name:
            # Somebody may be between, who does not get the password either.
            check(name, client, not client.opened, scram.verdict == "SCRAM-SHA-256-PLUS: GSASL_AUTHENTICATION_ERROR")
        else:
            check(name, client, scram.verdict in ("good", "SCRAM-SHA-256-PLUS: good"), client.opened)


SUITES = {"dovecot": on_dovecot, "hashes": without_secrets, "forbidden": in_clear_forbidden, "kerberos": with_kerberos,
          "cyrus": on_cyrus, "binding": bound}


def main():
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=SUITES, default=list(SUITES))
    parser.add_argument("--ours", metavar="FILE", default=os.path.join(ROOT, "target", "release", "libc_client.so"))
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    if not os.path.exists(args.ours):
        print(f"logins: {args.ours} is not there; run make first", file=sys.stderr)
        return 2
    Client.build(args.ours)
    report = Report(args.verbose)
    for name in args.only:
        try:
            SUITES[name](Checks(report))
        except (RuntimeError, subprocess.SubprocessError) as error:
            report.failed(name, str(error))
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
