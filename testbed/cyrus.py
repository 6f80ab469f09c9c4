"""A private Cyrus IMAP server for tests: own configuration, ports, users and mail, nothing of the system's.

    with Cyrus("target/x", users={"u1": "secret"}, separator=".") as server:
        server.ports                 # {"imap": 41001, "imaps": 41002}
        server.ca                    # the authority's certificate for clients

As a command it runs until its standard input ends:

    python3 testbed/cyrus.py --dir target/x --user u1:secret --separator /

Debian's cyrus-imapd cannot be installed beside dovecot-imapd, so the programs are taken from its packages, unpacked
below target/cyrus. Cyrus does not run as root; started by root it runs as `nobody`, with its data in a temporary
directory that a link in the directory given points to. Users are in a SASL database, with SCRAM, CRAM-MD5, PLAIN.
"""

import argparse
import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import certs  # noqa: E402  (sibling module, found through the line above)
from dovecot import _reachable_by_others, free_port  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
UNPACKED = os.path.join(ROOT, "target", "cyrus")
PACKAGES = ("cyrus-imapd", "cyrus-common")
READY_SECONDS = 30
STOP_SECONDS = 10
REALM = "test"


def unpack():
    """Fetch and unpack Debian's packages once; returns the directory of the programs."""
    programs = os.path.join(UNPACKED, "root", "usr", "lib", "cyrus", "bin")
    os.makedirs(os.path.dirname(UNPACKED), exist_ok=True)
    with open(f"{UNPACKED}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two tests may begin at once
        _fetch()
    return programs


def _fetch():
    if not os.path.exists(os.path.join(UNPACKED, "complete")):
        shutil.rmtree(UNPACKED, ignore_errors=True)
        os.makedirs(UNPACKED)
        done = subprocess.run(["apt-get", "-q", "download", *PACKAGES], cwd=UNPACKED, capture_output=True, text=True,
                              timeout=300, check=False)
        debs = [name for name in os.listdir(UNPACKED) if name.endswith(".deb")]
        if len(debs) != len(PACKAGES):
            raise RuntimeError(f"apt-get download: {done.stderr.strip()}")
        for name in debs:
            subprocess.run(["dpkg", "-x", os.path.join(UNPACKED, name), os.path.join(UNPACKED, "root")], check=True,
                           timeout=60)
        open(os.path.join(UNPACKED, "complete"), "w", encoding="ascii").close()


class Cyrus:
    """One running Cyrus."""

    def __init__(self, directory, users=None, separator="/", mechanisms="SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN",
                 tls_versions="tls1_2 tls1_3", plaintext=True, extra=""):
        self.directory = os.path.abspath(directory)
        self.users = users or {"u1": "secret"}
        self.separator = separator
        self.mechanisms = mechanisms
        self.tls_versions = tls_versions
        self.plaintext = plaintext
        self.extra = extra
        self.ports = {}
        self.process = None
        os.makedirs(self.directory, exist_ok=True)
        self.ca = os.path.join(self.directory, "tls", "ca.pem")
        self.log = os.path.join(self.directory, "cyrus.log")
        self.keeper = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        # Socket paths must be short, and the keeper must get there.
        self.data = tempfile.mkdtemp(prefix="testbed-cyrus-")
        os.chmod(self.data, 0o755)
        link = os.path.join(self.directory, "data")
        if os.path.islink(link):
            os.unlink(link)
        os.symlink(self.data, link)

    def _configure(self):
        programs = self.programs
        tls = os.path.join(self.data, "tls")
        shutil.copytree(certs.make(os.path.join(self.directory, "tls")), tls)
        for name in ("conf", "mail", "run", "proc", "lock", "conf/db", "conf/sieve"):
            os.makedirs(os.path.join(self.data, name))
        with open(os.path.join(self.data, "imapd.conf"), "w", encoding="ascii") as out:
            out.write(f"""\
configdirectory: {self.data}/conf
proc_path: {self.data}/proc
mboxname_lockpath: {self.data}/lock
partition-default: {self.data}/mail
defaultpartition: default
sievedir: {self.data}/conf/sieve
idlesocket: {self.data}/run/idle
lmtpsocket: {self.data}/run/lmtp
notifysocket: {self.data}/run/notify
master_pid_file: {self.data}/run/master.pid
admins: admin
servername: localhost
cyrus_user: {self.keeper.pw_name}
unixhierarchysep: {'yes' if self.separator == '/' else 'no'}
altnamespace: no
virtdomains: off
defaultdomain: {REALM}
loginrealms: {REALM}
allowplaintext: {'yes' if self.plaintext else 'no'}
autocreate_users: anyone
autocreate_quota: 0
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {self.data}/sasldb2
sasl_mech_list: {self.mechanisms}
sasl_auto_transition: no
tls_server_cert: {tls}/good.pem
tls_server_key: {tls}/good.key
tls_versions: {self.tls_versions}
tls_session_timeout: 0
popminpoll: 0
{self.extra}
""")
        with open(os.path.join(self.data, "cyrus.conf"), "w", encoding="ascii") as out:
            out.write(f"""\
START {{
  recover cmd="{programs}/ctl_cyrusdb -C {self.data}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="{programs}/imapd -C {self.data}/imapd.conf" listen="127.0.0.1:{self.ports['imap']}" proto="tcp4" prefork=0
  imaps cmd="{programs}/imapd -s -C {self.data}/imapd.conf" listen="127.0.0.1:{self.ports['imaps']}" proto="tcp4" prefork=0
}}
EVENTS {{
}}
""")
        for name, password in {**self.users, "admin": "admin"}.items():
            done = subprocess.run(["saslpasswd2", "-c", "-p", "-f", f"{self.data}/sasldb2", "-u", "localhost", name],
                                  input=password, capture_output=True, text=True, timeout=60, check=False)
            if done.returncode:
                raise RuntimeError(f"saslpasswd2: {done.stderr.strip()}")
        if os.geteuid() == 0:
            for root, directories, files in os.walk(self.data):
                for name in directories + files:
                    os.chown(os.path.join(root, name), self.keeper.pw_uid, self.keeper.pw_gid)
            os.chown(self.data, self.keeper.pw_uid, self.keeper.pw_gid)

    def start(self):
        """Start and wait until it greets. Returns self."""
        self.programs = unpack()
        if not _reachable_by_others(self.programs):
            # The keeper cannot get to our directory; its programs go along.
            copy = os.path.join(self.data, "bin")
            shutil.copytree(self.programs, copy)
            self.programs = copy
        self.ports = {"imap": free_port(), "imaps": free_port()}
        self._configure()
        options = {}
        if os.geteuid() == 0:
            options = {"user": self.keeper.pw_uid, "group": self.keeper.pw_gid, "extra_groups": []}
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [os.path.join(self.programs, "master"), "-C", f"{self.data}/imapd.conf", "-M", f"{self.data}/cyrus.conf",
                 "-p", f"{self.data}/run/master.pid"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=self.data,
                env={"PATH": os.environ["PATH"], "CYRUS_VERBOSE": "1"}, **options)
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.ports["imap"]), timeout=5) as link:
                    link.settimeout(5)
                    if link.recv(4) == b"* OK":
                        return self
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"Cyrus does not greet; see {self.log}, {self.data} and the system's log")
            time.sleep(0.1)

    def stop(self):
        """Stop by pid, and its children with it."""
        if self.process is not None:
            for sign in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(self.process.pid, sign)
                except ProcessLookupError:
                    break
                try:
                    self.process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    continue
        self.process = None
        shutil.rmtree(self.data, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def main():
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description="A private Cyrus IMAP server for tests")
    parser.add_argument("--dir", required=True)
    parser.add_argument("--user", action="append", metavar="NAME:PASSWORD", default=[])
    parser.add_argument("--separator", choices="./", default="/")
    args = parser.parse_args()
    users = dict(item.split(":", 1) for item in args.user) or None
    with Cyrus(args.dir, users=users, separator=args.separator) as server:
        print(server.ports, server.ca, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
