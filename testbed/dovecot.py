"""A private Dovecot for tests: own configuration, ports, users and mail, nothing of the system's.

As a module:

    with Dovecot("target/x", users={"u1": "secret"}) as server:
        server.ports          # {"imap": 41001, "pop3": 41002, "imaps": 41003, "pop3s": 41004}
        server.set_quota("u1", 100)      # KiB; seen by the user's next login
        server.reset_user("u1", "template-dir")

As a command (prints JSON; the server then runs until `stop`):

    python3 testbed/dovecot.py start --dir target/x --user u1:secret --user u2:secret
    python3 testbed/dovecot.py stop --dir target/x

Runs as the current user. As root, mail is kept by an unprivileged user, because Dovecot refuses
to read mail as root. The authority's certificate for clients is <dir>/tls/ca.pem.
"""

import argparse
import dataclasses
import grp
import json
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
import tokens  # noqa: E402

READY_SECONDS = 20
STOP_SECONDS = 10
# Dovecot looks at its user files once a second at most.
REREAD_SECONDS = 1.1
# Unix socket paths end at 108 octets and Dovecot's are up to about 40 below base_dir.
LONGEST_BASE_DIR = 60


@dataclasses.dataclass
class Options:
    """What can be chosen per instance; the defaults are a plain modern server."""

    users: dict = dataclasses.field(default_factory=lambda: {"u1": "secret"})  # name -> password, or {SCHEME}hash
    user_fields: dict = dataclasses.field(default_factory=dict)  # name -> further fields of the passdb
    master_users: dict = dataclasses.field(default_factory=lambda: {"master": "mastersecret"})
    separator: str = "/"  # "/" keeps folders as directories, "." is Maildir++
    prefix: str = ""  # e.g. "INBOX." (must end with the separator)
    tls: bool = True  # False: no STARTTLS on the imap port and no imaps port
    cert: str = "good"  # one of certs.KINDS
    ssl_min_protocol: str = "TLSv1.2"
    odd_certificates: bool = False  # True: the directory has those of certs.ODD, too, for a scripted server
    client_certificates: bool = False  # True: nobody logs in without one; EXTERNAL takes the user from it
    quota: bool = True  # the quota plugin; False: the QUOTA capability is absent
    acl: bool = False  # the acl plugins: access rights, kept in files beside the mail
    quota_kib: dict = dataclasses.field(default_factory=dict)  # name -> limit in KiB, absent: no limit
    without: tuple = ()  # capabilities not to be advertised, e.g. ("UIDPLUS", "LITERAL+")
    mechanisms: str = "plain login cram-md5"
    oauth2: bool = False  # XOAUTH2 and OAUTHBEARER with the tokens of tokens.py
    plaintext_auth: bool = True  # False: LOGINDISABLED until TLS
    failure_delay: int = 0  # seconds a refused login waits; Dovecot's own default is 2
    failure_penalty: bool = False  # Dovecot's growing delay for an address that fails repeatedly
    rawlog: bool = False  # <data>/<user>/rawlog/ gets what each session said and heard
    extra: str = ""  # configuration lines added at the end


def free_port():
    """A TCP port of the loopback interface that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def has_ipv6():
    """Whether ::1 can be bound here."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


def _reachable_by_others(path):
    """Whether an unprivileged user can enter every directory down to `path`."""
    while True:
        if os.path.exists(path) and not os.stat(path).st_mode & 0o001:
            return False
        parent = os.path.dirname(path)
        if parent == path:
            return True
        path = parent


class Dovecot:
    """One running Dovecot. `options` may be an Options or its fields as keyword arguments."""

    def __init__(self, directory, options=None, **fields):
        self.directory = os.path.abspath(directory)
        self.options = options or Options(**fields)
        if "QUOTA" in (name.upper() for name in self.options.without):
            self.options.quota = False  # the plugin adds the capability whatever imap_capability says
        self.ports = {}
        self.pid = None
        self._process = None
        self._stamp = int(time.time()) - 100000
        os.makedirs(self.directory, exist_ok=True)
        self.log = os.path.join(self.directory, "dovecot.log")
        self.config = os.path.join(self.directory, "dovecot.conf")
        self.ca = os.path.join(self.directory, "tls", "ca.pem")
        if os.geteuid() == 0:
            keeper = pwd.getpwnam("nobody")
            self.uid, self.gid = keeper.pw_uid, keeper.pw_gid
        else:
            self.uid, self.gid = os.geteuid(), os.getegid()
        # Mail and sockets live in the directory given unless the mail user could not get there or
        # the socket paths would be too long; then in a temporary one, with a link to it.
        if _reachable_by_others(self.directory):
            self.data = os.path.join(self.directory, "mail")
            os.makedirs(self.data, exist_ok=True)
        else:
            self.data = self._elsewhere("mail")
        if len(self.directory) + 4 <= LONGEST_BASE_DIR and _reachable_by_others(self.directory):
            self.base_dir = os.path.join(self.directory, "run")
        else:
            self.base_dir = self._elsewhere("run")

    def _elsewhere(self, name):
        link = os.path.join(self.directory, name)
        if os.path.islink(link) and os.path.isdir(link):
            return os.readlink(link)
        if os.path.islink(link):
            os.unlink(link)
        real = tempfile.mkdtemp(prefix="testbed-dovecot-")
        os.chmod(real, 0o755)
        os.symlink(real, link)
        return real

    # -- users and mail ----------------------------------------------------------------------

    def home(self, user):
        """The user's home; Maildir is below it."""
        return os.path.join(self.data, user)

    def maildir(self, user):
        """The user's Maildir (INBOX itself)."""
        return os.path.join(self.home(user), "Maildir")

    def _own(self, path):
        if os.geteuid() != 0:
            return
        os.chown(path, self.uid, self.gid)
        for root, dirs, files in os.walk(path):
            for name in dirs + files:
                os.lchown(os.path.join(root, name), self.uid, self.gid)

    def write_users(self):
        """Write the user files from the options; a running server has taken the users when this returns."""
        if self.pid is None:
            masters = (f"{name}:{{PLAIN}}{password}\n" for name, password in self.options.master_users.items())
            self._write_atomically(".masters", "".join(masters))
        lines = []
        for name, password in self.options.users.items():
            limit = self.options.quota_kib.get(name)
            rule = f"*:storage={limit}{'' if isinstance(limit, str) else 'K'}" if limit else "*:storage=0"
            kept = password if password.startswith("{") else "{PLAIN}" + password
            lines.append(f"{name}:{kept}:{self.uid}:{self.gid}::{self.home(name)}::userdb_quota_rule={rule}"
                         f" {self.options.user_fields.get(name, '')}\n")
            maildir_parent = self.home(name)
            os.makedirs(maildir_parent, exist_ok=True)
            if self.options.rawlog:
                os.makedirs(os.path.join(maildir_parent, "rawlog"), exist_ok=True)
            self._own(maildir_parent)
        self._write_atomically(".users", "".join(lines))

    def _write_atomically(self, name, text):
        path = os.path.join(self.data, name)
        with open(path + ".new", "w", encoding="utf-8") as out:
            out.write(text)
        # Dovecot rereads when the time of change, in seconds, or the size differs: make it differ.
        self._stamp += 1
        os.utime(path + ".new", (self._stamp, self._stamp))
        os.chmod(path + ".new", 0o644)
        os.rename(path + ".new", path)
        if self.pid is not None:
            time.sleep(REREAD_SECONDS)

    def add_user(self, name, password, quota_kib=None):
        """Add a user, or change the password of one."""
        self.options.users[name] = password
        self.set_quota(name, quota_kib)

    def set_quota(self, name, kib, kick=False):
        """Limit the user's storage to `kib` KiB (None: no limit) from the next login on.

        A text is what Dovecot's rule says after "storage=", e.g. "20K:messages=100".
        With `kick`, sessions that are open are ended, so that their next one obeys.
        """
        self.options.quota_kib[name] = kib
        self.write_users()
        if kick:
            self.kick(name)

    def reset_user(self, name, template=None):
        """Replace the user's mail by a copy of the Maildir `template` (times kept), or by nothing."""
        home = self.home(name)
        # Moved away first: a session that is just ending may still write into the old one.
        trash = tempfile.mkdtemp(prefix=".gone-", dir=self.data)
        if os.path.exists(home):
            os.rename(home, os.path.join(trash, name))
        os.makedirs(home)
        if template is not None:
            shutil.copytree(template, os.path.join(home, "Maildir"))
        if self.options.rawlog:
            os.makedirs(os.path.join(home, "rawlog"))
        self._own(home)
        shutil.rmtree(trash, ignore_errors=True)

    def doveadm(self, *args, stdin=None):
        """Run doveadm on this instance and return its output."""
        done = subprocess.run(["doveadm", "-c", self.config, *args], input=stdin, capture_output=True, text=True,
                              timeout=60, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"doveadm {' '.join(args)}: {done.stderr.strip() or done.returncode}")
        return done.stdout

    def kick(self, name):
        """End the user's open sessions, if there are any."""
        subprocess.run(["doveadm", "-c", self.config, "kick", name], capture_output=True, timeout=60, check=False)

    # -- configuration -----------------------------------------------------------------------

    def _capability_lines(self):
        if not self.options.without:
            return ""
        known = self._capabilities_of_build()
        dropped = {name.upper() for name in self.options.without}
        kept = [name for name in known if name.upper() not in dropped]
        return f"imap_capability = {' '.join(kept)}\n"

    def _capabilities_of_build(self):
        """What this Dovecot advertises by itself after login, learnt from a short-lived instance."""
        with Dovecot(os.path.join(self.directory, "capabilities"), users={"u1": "secret"}, tls=False,
                     quota=self.options.quota) as probe:
            with socket.create_connection(("127.0.0.1", probe.ports["imap"]), timeout=10) as link:
                stream = link.makefile("rwb")
                stream.readline()
                stream.write(b"a LOGIN u1 secret\r\nb CAPABILITY\r\nc LOGOUT\r\n")
                stream.flush()
                for line in stream:
                    if line.startswith(b"* CAPABILITY "):
                        return line.decode("ascii").split()[2:]
        raise RuntimeError("Dovecot told no capabilities")

    def _oauth2_lines(self):
        if not self.options.oauth2:
            return ""
        keys = os.path.join(self.data, ".keys")
        tokens.write_key(keys)
        settings = os.path.join(self.directory, "oauth2.conf")
        with open(settings, "w", encoding="utf-8") as out:
            out.write(f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={keys}/\n"
                      "username_attribute = sub\n")
        return f"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {settings}\n}}\n"

    def _configuration(self):
        opt = self.options
        root = os.geteuid() == 0
        me = pwd.getpwuid(os.geteuid()).pw_name
        my_group = grp.getgrgid(os.getegid()).gr_name
        listen = "127.0.0.1, ::1" if has_ipv6() else "127.0.0.1"
        layout = ":LAYOUT=fs" if opt.separator == "/" else ""
        tls = os.path.join(self.directory, "tls")
        imap_plugins = " ".join(["quota imap_quota"] * opt.quota + ["acl imap_acl"] * opt.acl)
        lines = f"""\
base_dir = {self.base_dir}
state_dir = {self.base_dir}
log_path = {self.log}
auth_verbose = yes
protocols = imap pop3
listen = {listen}
mail_location = maildir:~/Maildir{layout}
namespace inbox {{
  inbox = yes
  separator = {opt.separator}
  prefix = {opt.prefix}
}}
first_valid_uid = 1
first_valid_gid = 1
disable_plaintext_auth = {'no' if opt.plaintext_auth else 'yes'}
auth_mechanisms = {opt.mechanisms}{' xoauth2 oauthbearer' if opt.oauth2 else ''}
auth_failure_delay = {opt.failure_delay} secs
mail_max_userip_connections = 1000
mail_fsync = never
login_greeting = Dovecot ready.
{self._capability_lines()}
{self._oauth2_lines()}
passdb {{
  driver = passwd-file
  master = yes
  args = scheme=plain username_format=%u {self.data}/.masters
}}
passdb {{
  driver = passwd-file
  args = scheme=plain username_format=%u {self.data}/.users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {self.data}/.users
}}
service imap-login {{
  inet_listener imap {{
    port = {self.ports['imap']}
  }}
  inet_listener imaps {{
    port = {self.ports.get('imaps', 0)}
    ssl = yes
  }}
  service_count = 0
  {'' if root else 'chroot ='}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {self.ports['pop3']}
  }}
  inet_listener pop3s {{
    port = {self.ports.get('pop3s', 0)}
    ssl = yes
  }}
  service_count = 0
  {'' if root else 'chroot ='}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
  {'' if root else 'chroot ='}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = {'0600' if opt.failure_penalty else '0'}
  }}
  {'' if root else 'chroot ='}
}}
protocol imap {{
  mail_plugins = {imap_plugins}
  {'rawlog_dir = ~/rawlog' if opt.rawlog else ''}
}}
plugin {{
  quota = maildir:User quota
  quota_grace = 0
  {'acl = vfile' if opt.acl else ''}
}}
"""
        if opt.tls:
            lines += f"""\
ssl = yes
ssl_cert = <{tls}/{opt.cert}.pem
ssl_key = <{tls}/{opt.cert}.key
ssl_min_protocol = {opt.ssl_min_protocol}
"""
            if opt.client_certificates:
                lines += f"""\
ssl_ca = <{tls}/ca.pem
ssl_require_crl = no
ssl_verify_client_cert = yes
auth_ssl_require_client_cert = yes
auth_ssl_username_from_cert = yes
passdb {{
  driver = static
  args = nopassword=y
  mechanisms = external
}}
"""
        else:
            lines += "ssl = no\n"
        if not root:
            lines += f"default_internal_user = {me}\ndefault_login_user = {me}\ndefault_internal_group = {my_group}\n"
        return lines + opt.extra

    # -- running -----------------------------------------------------------------------------

    def start(self):
        """Start and wait until every port answers. Returns self."""
        if self.options.tls:
            certs.make(os.path.join(self.directory, "tls"))
            if self.options.odd_certificates:
                certs.make_odd(os.path.join(self.directory, "tls"))
        for service in ["imap", "pop3"] + (["imaps", "pop3s"] if self.options.tls else []):
            self.ports.setdefault(service, free_port())
        self.write_users()
        with open(self.config, "w", encoding="utf-8") as out:
            out.write(self._configuration())
        with open(os.path.join(self.directory, "stderr.log"), "ab") as errors:
            self._process = subprocess.Popen(["dovecot", "-F", "-c", self.config], stdin=subprocess.DEVNULL,
                                             stdout=errors, stderr=errors, start_new_session=True)
        self.pid = self._process.pid
        with open(os.path.join(self.directory, "state.json"), "w", encoding="utf-8") as out:
            json.dump(self.state(), out)
        deadline = time.monotonic() + READY_SECONDS
        for service, port in self.ports.items():
            self._wait_for(service, port, deadline)
        return self

    def _wait_for(self, service, port, deadline):
        while True:
            if self._process.poll() is not None:
                with open(os.path.join(self.directory, "stderr.log"), encoding="utf-8", errors="replace") as errors:
                    raise RuntimeError(f"Dovecot ended at once: {errors.read()[-2000:]}")
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=2) as link:
                    # A TLS port says nothing by itself; that it accepts must do.
                    if service.endswith("s") or link.recv(3):
                        return
            except OSError:
                pass
            if time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"Dovecot's {service} port did not answer in {READY_SECONDS} s; see {self.log}")
            time.sleep(0.05)

    def stop(self):
        """Stop by pid and wait for the end; the data and logs stay."""
        if self.pid is None:
            return
        _end(self.pid, self._process)
        self.pid = self._process = None

    def restart(self):
        """Stop and start again on the same ports, as after a server's outage."""
        self.stop()
        return self.start()

    def state(self):
        """What a client must know, as plain data."""
        return {"pid": self.pid, "ports": self.ports, "host": "127.0.0.1", "ca": self.ca, "config": self.config,
                "log": self.log, "users": self.options.users, "master_users": self.options.master_users,
                "mail": self.data, "base_dir": self.base_dir}

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def _end(pid, process=None):
    """Terminate Dovecot's master, which ends its children; kill it if it does not listen."""
    def gone():
        if process is not None:
            return process.poll() is not None
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"

    for sig in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, sig)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            try:
                if gone():
                    return
            except FileNotFoundError:
                return
            time.sleep(0.02)


def _is_ours(state):
    """Whether the recorded pid still is this instance's Dovecot (pids are used again)."""
    try:
        with open(f"/proc/{state['pid']}/cmdline", "rb") as cmdline:
            return state["config"].encode() in cmdline.read()
    except OSError:
        return False


def _pairs(items):
    return dict(item.split(":", 1) for item in items)


def main(argv=None):
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description="A private Dovecot for tests")
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("start", help="start and print ports and paths as JSON")
    stop = commands.add_parser("stop", help="stop the instance of --dir")
    for sub in (start, stop):
        sub.add_argument("--dir", required=True, help="directory of the instance")
    start.add_argument("--user", action="append", metavar="NAME:PASSWORD", default=[])
    start.add_argument("--master-user", action="append", metavar="NAME:PASSWORD", default=[])
    start.add_argument("--quota", action="append", metavar="NAME:KIB", default=[])
    start.add_argument("--no-quota", action="store_true", help="without the QUOTA capability")
    start.add_argument("--separator", default="/")
    start.add_argument("--prefix", default="")
    start.add_argument("--no-tls", action="store_true", help="no STARTTLS, no imaps port")
    start.add_argument("--cert", choices=certs.KINDS, default="good")
    start.add_argument("--without", action="append", metavar="CAPABILITY", default=[])
    start.add_argument("--failure-delay", type=int, default=0, metavar="SECONDS")
    start.add_argument("--failure-penalty", action="store_true")
    start.add_argument("--rawlog", action="store_true")
    args = parser.parse_args(argv)
    if args.command == "stop":
        try:
            with open(os.path.join(args.dir, "state.json"), encoding="utf-8") as saved:
                state = json.load(saved)
        except FileNotFoundError:
            return 0
        if _is_ours(state):
            _end(state["pid"])
        return 0
    options = Options(separator=args.separator, prefix=args.prefix, tls=not args.no_tls, cert=args.cert,
                      quota=not args.no_quota, quota_kib={k: int(v) for k, v in _pairs(args.quota).items()},
                      without=tuple(args.without), failure_delay=args.failure_delay,
                      failure_penalty=args.failure_penalty, rawlog=args.rawlog)
    if args.user:
        options.users = _pairs(args.user)
    if args.master_user:
        options.master_users = _pairs(args.master_user)
    server = Dovecot(args.dir, options).start()
    print(json.dumps(server.state(), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
