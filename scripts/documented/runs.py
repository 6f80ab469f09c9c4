"""Runs commands of the documents, just as they stand there, in a sandbox below target/.

The machine stays as it is: `make install` gets DESTDIR by MAKEFLAGS, and small programs that come first in PATH stand for
`ldconfig` and `vmimap`, so that /usr/local, /etc/asterisk and /var/spool/asterisk of the sandbox are used.
"""

import os
import re
import shutil
import stat
import subprocess
import sys

from blocks import ROOT, blocks

sys.path.insert(0, os.path.join(ROOT, "testbed"))
# Two runs, a quick one and a long one, may go on side by side.
PLACE = os.path.join(ROOT, "target", "commands" if {"--long", "--only"} & set(sys.argv) else "commands-quick")
MACHINE = os.path.join(PLACE, "machine")
PROGRAMS = os.path.join(PLACE, "programs")

LDCONFIG = f"""#!/bin/sh
exec /sbin/ldconfig -n {MACHINE}/usr/local/lib
"""
# The configuration, and the place of the spool where none is named; a watch ends by itself.
VMIMAP = f"""#!/bin/sh
command=$1; shift
set -- $(echo "$@" | sed 's| /var/| {MACHINE}/var/|')
case $command in
    watch) set -- "$@" --for 3 ;;
    import) set -- "$@" --spool {MACHINE}/var/spool/asterisk/voicemail ;;
esac
exec {MACHINE}/usr/local/bin/vmimap $command {MACHINE}/etc/asterisk/voicemail.conf "$@"
"""


class Wrong(Exception):
    """What is wrong with a command."""


class Sandbox:
    """What stands for the machine, and the servers that run in it."""

    def __init__(self):
        shutil.rmtree(PLACE, ignore_errors=True)
        self.work = os.path.join(PLACE, "work")
        for directory in (self.work, PROGRAMS, os.path.join(MACHINE, "etc", "asterisk"), os.path.join(MACHINE, "usr/local/lib")):
            os.makedirs(directory)
        for name, text in (("ldconfig", LDCONFIG), ("vmimap", VMIMAP)):
            path = os.path.join(PROGRAMS, name)
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
            os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
        self.dovecot = self.kdc = None

    def close(self):
        """Stop the servers."""
        for server in (self.dovecot, self.kdc):
            if server:
                server.stop()

    def server(self):
        """A Dovecot with the user of the documents."""
        if not self.dovecot:
            from dovecot import Dovecot
            self.dovecot = Dovecot(os.path.join(PLACE, "dovecot"), users={"ada": "secret"}).start()
        return self.dovecot

    def authority(self):
        """Whom to trust for that."""
        self.server()
        return os.path.join(PLACE, "dovecot", "tls", "ca.pem")

    def shell(self, command, where=ROOT, stdin="", seconds=600, **environment):
        """Run a command; what it printed. Wrong if it fails."""
        path = f"{PROGRAMS}:{os.environ['PATH']}:/usr/sbin:/sbin"
        done = subprocess.run(["bash", "-euc", command], cwd=where, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace", timeout=seconds, check=False, env={**os.environ, "PATH": path, **environment})
        if done.returncode:
            raise Wrong(f"status {done.returncode}: ...{done.stdout[-1500:]}")
        return done.stdout


def need(truth, text):
    """Wrong unless it holds."""
    if not truth:
        raise Wrong(text)


def plain(box, command, way):
    """In the tree, as a programmer would."""
    box.shell(command, stdin=way.stdin, seconds=way.seconds)


def install(box, command, way):
    """What the table of README.md says lies there."""
    own = "DESTDIR=" in command
    box.shell(command, seconds=way.seconds, **({} if own else {"MAKEFLAGS": f"DESTDIR={MACHINE}"}))
    root = os.path.join(PLACE, "root") if own else MACHINE
    prefix, lib = (root + "/usr", root + "/usr/lib/x86_64-linux-gnu") if own else (root + "/usr/local", root + "/usr/local/lib")
    wanted = [f"{lib}/{name}" for name in ("libc-client.so.2007e.0", "libc-client.so.2007e", "libc-client.so", "c-client.a", "libc-client.a",
                                           "pkgconfig/c-client.pc")]
    wanted += [f"{prefix}/include/c-client/{name}" for name in ("c-client.h", "mail.h", "linkage.c")]
    wanted += [f"{prefix}/share/man/{name}" for name in ("man3/c-client.3", "man3/c-client-parameters.3", "man5/c-client.conf.5",
                                                         "man7/c-client-voicemail.7")]
    missing = [path for path in wanted if not os.path.exists(path)]
    need(not missing, f"not installed: {missing}")


def loader(box, command, way):
    """The links that the loader looks for."""
    box.shell(command, seconds=way.seconds)


def compile_example(box, command, way):
    """The program of c-client(3), by the installed library, tells the mails of today."""
    block = next(block for block in blocks() if block.document == "man/c-client.3" and block.lines[0].startswith("#include <stdio.h>"))
    with open(os.path.join(box.work, "program.c"), "w", encoding="utf-8") as file:
        file.write("\n".join(block.lines) + "\n")
    lib = f"{MACHINE}/usr/local/lib"
    if not os.path.exists(f"{lib}/pkgconfig/c-client.pc"):
        install(box, "make install", way)
    box.shell(command, where=box.work, PKG_CONFIG_LIBDIR=f"{lib}/pkgconfig", PKG_CONFIG_SYSROOT_DIR=MACHINE)
    import imapc
    with imapc.Client(box.server().ports["imap"], "ada", "secret") as client:
        client.append(b"Subject: Good morning\r\nFrom: <bob@example.org>\r\n\r\nHello\r\n")
    name = f"{{localhost:{box.server().ports['imaps']}/ssl/user=ada}}INBOX"
    said = box.shell(f"./a.out '{name}'", where=box.work, LD_LIBRARY_PATH=lib, SSL_CERT_FILE=box.authority(), MAIL_PASSWORD="secret")
    need("1: Good morning" in said, f"the example says {said!r}")


def menuselect(box, command, way):
    """In a copy of what menuselect reads of Asterisk's tree, once e2e/run.py has built that."""
    source = os.path.join(ROOT, "target", "asterisk", "source")
    if not os.path.exists(os.path.join(source, "menuselect", "menuselect")):
        box.shell("e2e/run.py --only boot-clean", seconds=1800)
    copy = os.path.join(PLACE, "asterisk")
    os.makedirs(os.path.join(copy, "menuselect"))
    shutil.copy(os.path.join(source, "menuselect", "menuselect"), os.path.join(copy, "menuselect"))
    names = [name for name in os.listdir(source) if name.startswith("menuselect") or name == "makeopts"]
    names += [os.path.join("build_tools", name) for name in os.listdir(os.path.join(source, "build_tools"))]
    for name in names:
        if os.path.isfile(os.path.join(source, name)):
            os.makedirs(os.path.dirname(os.path.join(copy, name)), exist_ok=True)
            shutil.copy(os.path.join(source, name), os.path.join(copy, name))
    # Asterisk as somebody else's build begins with: the voicemail of files.
    box.shell("menuselect/menuselect --enable app_voicemail --disable app_voicemail_imap menuselect.makeopts", where=copy)
    box.shell(command, where=copy)
    with open(os.path.join(copy, "menuselect.makeopts"), encoding="utf-8") as file:
        left_out = re.search(r"^MENUSELECT_APPS=(.*)$", file.read(), flags=re.M)[1].split()
    need("app_voicemail" in left_out and "app_voicemail_imap" not in left_out, f"left out is {left_out}")


def install_tool(box, command, way):
    """The tool and its page."""
    box.shell(command, seconds=way.seconds, MAKEFLAGS=f"DESTDIR={MACHINE}")
    for name in ("bin/vmimap", "share/man/man1/vmimap.1"):
        need(os.path.exists(f"{MACHINE}/usr/local/{name}"), f"{name} is not there")


def voicemail_conf(box, lines):
    """What README.md calls the least that it needs, or another one, for the server of the sandbox."""
    text = "\n".join(lines) + "\n"
    changes = {"imapserver": "localhost", "imapport": str(box.server().ports["imaps"])}
    for name, value in changes.items():
        text = re.sub(rf"^{name}=.*$", f"{name}={value}", text, flags=re.M)
    path = os.path.join(MACHINE, "etc", "asterisk", "voicemail.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def tool(box, command, way):
    """With the configuration of README.md, and a message in the spool directory."""
    if not os.path.exists(f"{MACHINE}/usr/local/bin/vmimap"):
        install_tool(box, "make install-vmimap", way)
    block = next(block for block in blocks() if block.document == "README.md" and block.kind == "voicemail.conf")
    voicemail_conf(box, block.lines)
    inbox = os.path.join(MACHINE, "var/spool/asterisk/voicemail/default/100/INBOX")
    if not os.path.exists(inbox):
        os.makedirs(inbox)
        with open(os.path.join(inbox, "msg0000.txt"), "w", encoding="ascii") as file:
            file.write("[message]\norigmailbox=100\ncontext=app\nexten=100\ncallerid=\"Bob\" <200>\norigdate=Thu Nov 26 03:00:00 AM UTC 2026\n"
                       "origtime=1795662000\nduration=2\nmsg_id=1795662000-00000001\n")
        shutil.copy(_recording(), os.path.join(inbox, "msg0000.wav"))
    if command.startswith("vmimap export"):
        box.shell("vmimap import", where=box.work, SSL_CERT_FILE=box.authority(), seconds=120)
        shutil.rmtree(os.path.dirname(inbox))
    said = box.shell(command, where=box.work, SSL_CERT_FILE=box.authority(), seconds=120)
    wanted = {"check": "100@default", "watch": "100@default"}.get(command.split()[1], "")
    need(wanted in said, f"it says {said!r}")
    if command == "vmimap import":
        import imapc
        with imapc.Client(box.server().ports["imap"], "ada", "secret") as client:
            need(any(mail.header("X-Asterisk-VM-Extension") == "100" for mail in client.mails("INBOX")), "nothing was imported")
    if command.startswith("vmimap export"):
        need(os.path.exists(os.path.join(inbox, "msg0000.wav")), "nothing was exported")


def _recording():
    """A second of silence."""
    import wave
    path = os.path.join(PLACE, "silence.wav")
    with wave.open(path, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000))
    return path


def transcript(box, command, way):
    """The excerpt in CONTRIBUTING.md is of a real session: each line of it comes, in that order, numbers aside."""
    vague = lambda line: re.sub(r"N( \+ N)+", "N", re.sub(r"\b[0-9a-f]{8}\b|[0-9.]+", "N", line.strip()))
    said = [vague(line) for line in box.shell(command, seconds=way.seconds).splitlines()]
    block = next(block for block in blocks() if block.document == "CONTRIBUTING.md" and block.kind == "shown")
    at = 0
    for line in block.lines:
        need(vague(line) in said[at:], f"{line.strip()!r} does not come any more, or not there")
        at = said.index(vague(line), at) + 1


def changes_nothing(box, command, way):
    """Generated files are current: writing them anew changes none."""
    names = [os.path.join(ROOT, "include", "c-client", name) for name in os.listdir(os.path.join(ROOT, "include", "c-client"))]
    before = {name: open(name, encoding="utf-8").read() for name in names}
    box.shell(command, seconds=way.seconds)
    for name, text in before.items():
        with open(name, encoding="utf-8") as file:
            need(file.read() == text, f"{os.path.basename(name)} was stale")


def certificate(box, command, way):
    """A certificate for the name of the example."""
    box.shell(command, where=box.work)
    said = box.shell("openssl x509 -in cert.pem -noout -subject -ext basicConstraints; openssl rsa -in key.pem -noout -check", where=box.work)
    need("CN = mail.example.org" in said and "RSA key ok" in said, f"made was {said!r}")


def kerberos(box, command, way):
    """In a KDC of the sandbox; a key that is written must open the door."""
    if not box.kdc:
        import kdc
        box.kdc = kdc.Kdc(os.path.join(PLACE, "kdc")).start()
    said = box.shell(command, where=box.work, **box.kdc.environment)
    need("rror" not in said and "kadmin" not in said.replace("kadmin.local:", "", 1).lower() or "created" in said or "added" in said, said)
    written = re.search(r"ktadd -k (\S+) ([^']+)", command)
    if written:
        box.shell(f"kinit -k -t {written[1]} {written[2]} && klist", where=box.work, **box.kdc.environment)


def talk(box, command, way):
    """The login that the text names, typed into openssl."""
    text = command.replace("mail.example.org:993", f"localhost:{box.server().ports['imaps']}")
    said = box.shell(f"(sleep 1; printf 'a login ada secret\\r\\n'; sleep 1; printf 'b logout\\r\\n'; sleep 1) | {text} -CAfile {box.authority()} "
                     "-verify_return_error", where=box.work, seconds=30)
    need("a OK" in said, f"no login: {said[-600:]}")


def ticket(box, command, way):
    """As the user of this test, with the ticket that a keytab got."""
    kerberos(box, "kadmin.local -q 'addprinc -randkey lamp'", way)
    kerberos(box, "kadmin.local -q 'ktadd -k lamp.keytab lamp'", way)
    cache = os.path.join(box.work, "krb5cc")
    text = command.replace("sudo -u asterisk ", "").replace("/run/asterisk/krb5cc", cache)
    need(text != command, "the command is another one now")
    box.shell(f"kinit -c FILE:{cache} -k -t lamp.keytab lamp", where=box.work, **box.kdc.environment)
    said = box.shell(text, where=box.work, **box.kdc.environment)
    need("lamp@" in said, said)
