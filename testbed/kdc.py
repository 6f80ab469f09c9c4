"""A private MIT Kerberos KDC for tests: own realm, port, database and keytab, nothing of the system's.

    with Kdc("target/x/kdc", services=["imap/localhost", "pop/localhost"], users={"u1": "secret"}) as kdc:
        kdc.environment           # KRB5_CONFIG, KRB5CCNAME, KRB5_KTNAME: for clients and servers
        kdc.kinit("u1")           # puts a ticket into the credentials cache
        kdc.kinit("u1", lifetime="2s")
        kdc.kdestroy()
        kdc.keytab_of("u1")       # a file with the user's key, for KRB5_CLIENT_KTNAME; a password no longer serves

Runs as the current user, on a port of the loopback interface.
"""

import os
import signal
import socket
import subprocess
import time

from dovecot import free_port

REALM = "TEST.EXAMPLE"
READY_SECONDS = 15
MANUAL = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "docs", "voicemail.md")


def of_manual(begin, changes):
    """Lines of the section Kerberos of docs/voicemail.md that are set apart and begin with this one: just as they stand there, but
    for what is this test's own (pairs of texts, each of which must stand there)."""
    with open(MANUAL, encoding="utf-8") as file:
        section = file.read().split("\n## Kerberos\n")[1].split("\n## ")[0]
    lines = section.splitlines()
    at = lines.index(" " * 7 + begin)
    end = next(index for index in range(at, len(lines)) if lines[index] and not lines[index].startswith(" " * 7))
    text = "\n".join(line[7:] for line in lines[at:end]).rstrip() + "\n"
    for before, after in changes:
        if before not in text:
            raise RuntimeError(f"docs/voicemail.md does not say {before!r} any more: {text}")
        text = text.replace(before, after)
    return text


class Kdc:
    """One running KDC."""

    def __init__(self, directory, services=("imap/localhost",), users=None, service_name="localhost"):
        self.directory = os.path.abspath(directory)
        self.services = services
        self.users = users or {"u1": "secret"}
        self.service_name = service_name
        self.process = None
        path = lambda name: os.path.join(self.directory, name)
        self.keytab, self.cache = path("services.keytab"), path("cache")
        self.environment = {"KRB5_CONFIG": path("krb5.conf"), "KRB5CCNAME": f"FILE:{self.cache}", "KRB5_KTNAME": self.keytab,
                            "KRB5_KDC_PROFILE": path("kdc.conf"), "KRB5RCACHENAME": "none:"}

    def _run(self, *command, stdin=None, check=True):
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, **self.environment})
        if check and done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr.strip() or done.stdout.strip()}")
        return done

    def _configure(self, port):
        with open(self.environment["KRB5_CONFIG"], "w", encoding="ascii") as out:
            out.write(f"""\
[libdefaults]
  default_realm = {REALM}
  dns_lookup_realm = false
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
  clockskew = 1
  udp_preference_limit = 1
[realms]
  {REALM} = {{
    kdc = 127.0.0.1:{port}
  }}
[domain_realm]
  localhost = {REALM}
""")
        with open(self.environment["KRB5_KDC_PROFILE"], "w", encoding="ascii") as out:
            out.write(f"""\
[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {REALM} = {{
    database_name = {self.directory}/principal
    acl_file = {self.directory}/acl
    key_stash_file = {self.directory}/stash
    max_life = 1h
    supported_enctypes = aes256-cts-hmac-sha1-96:normal
  }}
[logging]
  kdc = FILE:{self.directory}/kdc.log
""")

    def start(self):
        """Make the realm and start; returns self."""
        os.makedirs(self.directory, exist_ok=True)
        port = free_port()
        self._configure(port)
        self._run("kdb5_util", "create", "-s", "-r", REALM, "-P", "master")
        commands = [f"addprinc -pw {password} {name}" for name, password in self.users.items()]
        for service in self.services:
            commands += [f"addprinc -randkey {service}", f"ktadd -k {self.keytab} {service}"]
        self._run("kadmin.local", "-r", REALM, stdin="\n".join(commands) + "\n")
        os.chmod(self.keytab, 0o644)
        with open(os.path.join(self.directory, "stderr.log"), "ab") as errors:
            self.process = subprocess.Popen(["krb5kdc", "-n", "-r", REALM], stdin=subprocess.DEVNULL, stdout=errors,
                                            stderr=errors, env={**os.environ, **self.environment})
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return self
            except OSError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise RuntimeError(f"the KDC does not answer; see {self.directory}") from error
                time.sleep(0.05)

    def kinit(self, user, lifetime="10m"):
        """Get a ticket with the user's password."""
        self._run("kinit", "-l", lifetime, user, stdin=self.users[user] + "\n")

    def keytab_of(self, user):
        """Make a keytab with a new key of the user; returns its path."""
        path = os.path.join(self.directory, f"{user}.keytab")
        self._run("kadmin.local", "-r", REALM, stdin=f"ktadd -k {path} {user}\n")
        return path

    def of_manual(self, user):
        """What a Dovecot for an Asterisk with the principal `user` needs: (its settings, the field of each box's account)."""
        text = of_manual("auth_mechanisms = plain gssapi", (("/etc/dovecot/dovecot.keytab", self.keytab), ("mail.example.org", self.service_name),
                                                            ("asterisk@EXAMPLE.ORG", f"{user}@{REALM}")))
        settings, passwd = text.split("\n# the passwd-file;")
        # The realm of this test is nowhere in /etc.
        settings += (f"import_environment = $import_environment KRB5_CONFIG={self.environment['KRB5_CONFIG']} KRB5RCACHENAME=none:\n")
        return settings, passwd[passwd.index("k5principals="):].strip()

    def kdestroy(self):
        """Throw all tickets away."""
        if os.path.exists(self.cache):
            os.unlink(self.cache)

    def stop(self):
        """Stop by pid."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
