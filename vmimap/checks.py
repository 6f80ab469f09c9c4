"""vmimap against Dovecot, and against what is no server."""

import fcntl
import json
import os
import pty
import re
import shutil
import signal
import socket
import struct
import subprocess
import termios
import threading
import time

import imapc
import tones
from dovecot import Dovecot

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOOL = os.path.join(ROOT, "target", "vmimap", "debug", "vmimap")
PASSWORD = "sesame-{}-open"  # stands in no output by chance
CHECKS = []


def check(function):
    """Register a check."""
    CHECKS.append(function)
    return function


def same(found, wanted, what):
    """Fail unless two values are equal."""
    assert found == wanted, f"{what}: {found!r}, not {wanted!r}"


def holds(truth, text):
    """Fail with this text unless it holds."""
    assert truth, text


class Place:
    """A Dovecot that the checks share, and room for their files."""

    def __init__(self, directory):
        self.directory = directory
        self.users = 0
        self.dovecot = None
        self.pair = None  # the Asterisks, when there are any

    def __enter__(self):
        users = {f"u{number}": PASSWORD.format(number) for number in range(1, 31)}
        self.dovecot = Dovecot(os.path.join(self.directory, "dovecot"), users=users,
                               quota_kib={"u30": 150}, failure_delay=0).start()
        return self

    def __exit__(self, *_):
        try:
            if self.pair is not None:
                self.pair.stop()
        finally:
            self.dovecot.stop()

    def box(self, number="100", **options):
        """A box of a user that nobody else has: (user, its line of voicemail.conf)."""
        self.users += 1
        return self.line(f"u{self.users}", number, **options)

    @staticmethod
    def line(user, number="100", **options):
        """The same for a user that is named."""
        settings = {"imapuser": user, "imappassword": PASSWORD.format(user[1:]), **options}
        text = "|".join(f"{name}={value}" for name, value in settings.items() if value is not None)
        return user, f"{number} => 1234,Owner of {number},,,{text}"

    def configuration(self, name, lines, general=None):
        """Write a voicemail.conf; returns its path."""
        settings = {"format": "wav", "imapserver": "127.0.0.1", "imapport": self.dovecot.ports["imaps"], "imapflags": "ssl",
                    "pollmailboxes": "yes", "imapopentimeout": 10, "imapreadtimeout": 10, "imapwritetimeout": 10,
                    "imapclosetimeout": 5, **(general or {})}
        path = os.path.join(self.directory, name, "voicemail.conf")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write("[general]\n" + "".join(f"{key}={value}\n" for key, value in settings.items() if value is not None))
            out.write("[default]\n" + "".join(f"{line}\n" for line in lines))
        return path

    def environment(self):
        """The authority that signed Dovecot's certificate is trusted, and no file of this machine's counts."""
        return {**os.environ, "SSL_CERT_FILE": self.dovecot.ca, "NO_COLOR": "1"}

    def try_run(self, *arguments, seconds=60, environment=None):
        """Run the tool, whatever comes of it."""
        done = subprocess.run([TOOL, *arguments], env=environment or self.environment(), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", timeout=seconds, check=False)
        holds("sesame-" not in done.stdout + done.stderr, "a password is in the output")
        return done

    def run(self, *arguments, status=0, seconds=60, environment=None):
        """Run the tool; fail unless it ends with this status. Returns (standard output, standard error)."""
        done = self.try_run(*arguments, seconds=seconds, environment=environment)
        assert done.returncode == status, f"status {done.returncode}, not {status}: {done.stdout[-1500:]}{done.stderr[-1500:]}"
        return done.stdout, done.stderr

    def json(self, *arguments, **options):
        """Run the tool with --json; returns what it says."""
        return json.loads(self.run(*arguments, "--json", **options)[0])

    def client(self, user):
        """Another client."""
        return imapc.Client(self.dovecot.ports["imap"], user, self.dovecot.options.users[user])

    def mails(self, user, folder="INBOX"):
        """The messages of a folder."""
        with self.client(user) as client:
            return client.mails(folder) if client.count(folder) is not None else []

    def spool(self, name):
        """An empty spool directory."""
        path = os.path.join(self.directory, name, "spool")
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        return path


def message(directory, number, pcm=None, wav=True, **fields):
    """Put a message into a folder of a spool directory, as Asterisk writes it; returns its recording."""
    os.makedirs(directory, exist_ok=True)
    pcm = tones.voice(0.5, 300 + number, f"{directory} {number}") if pcm is None else pcm
    stem = os.path.join(directory, f"msg{number:04}")
    if wav:
        tones.write_wav(f"{stem}.wav", pcm)
    values = {"origmailbox": "100", "context": "from-sip", "exten": "100", "rdnis": "unknown", "priority": "2",
              "callerchan": "PJSIP/200-00000001", "callerid": f'"Caller {number}" <555{number:04}>',
              "origdate": "Wed Nov 25 11:21:52 PM UTC 2026", "origtime": str(1795648912 + number), "category": "",
              "msg_id": f"{1795648912 + number}-{abs(hash(directory)) % 2**32:08x}", "flag": "", "duration": "7", **fields}
    with open(f"{stem}.txt", "w", encoding="utf-8") as out:
        out.write(";\n; Message Information file\n;\n[message]\n")
        out.write("".join(f"{key}={value}\n" for key, value in values.items() if value is not None))
    with open(f"{stem}.wav", "rb") if wav else open(os.devnull, "rb") as recording:
        return recording.read()


def fields(path):
    """What a message's file says."""
    with open(path, encoding="utf-8") as text:
        lines = [line.rstrip("\n") for line in text if not line.startswith(";") and "=" in line]
    return dict(line.split("=", 1) for line in lines)


def files(directory):
    """{name below the directory: octets} of all files."""
    found = {}
    for root, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(root, name)
            with open(path, "rb") as octets:
                found[os.path.relpath(path, directory)] = octets.read()
    return found


def full_spool(place, name):
    """A spool directory with something everywhere; returns (its path, {folder/number: recording})."""
    spool = place.spool(name)
    box = os.path.join(spool, "default", "100")
    said = {}
    for folder, numbers in {"INBOX": (0, 1), "Old": (0, 1, 2), "Urgent": (0,), "Work": (0,), "Cust5": (0,)}.items():
        for number in numbers:
            flag = "Urgent" if folder == "Urgent" else ""
            said[f"{folder}/{number}"] = message(os.path.join(box, folder), number, flag=flag)
    for greeting in ("unavail", "greet"):
        tones.write_wav(os.path.join(box, f"{greeting}.wav"), tones.voice(0.4, 500, greeting))
    return spool, said


# -- the command line ----------------------------------------------------------------------------


@check
def command_line(place):
    """Statuses of a wrong command line and of a configuration that cannot be used."""
    place.run("--help")
    place.run("--version")
    place.run("frobnicate", status=2)
    place.run("check", os.path.join(place.directory, "nothing.conf"), status=3)
    broken = os.path.join(place.directory, "broken.conf")
    with open(broken, "w", encoding="utf-8") as out:
        out.write("[general]\n#include nowhere.conf\n")
    _, text = place.run("check", broken, status=3)
    holds("broken.conf:2" in text, f"the line is not named: {text}")
    _, line = place.line("u1")
    place.run("check", place.configuration("usage", [line]), "--mailbox", "999", status=2)


# -- check ---------------------------------------------------------------------------------------


@check
def check_good(place):
    """A box that is all right, in a table and in JSON; counts are those of Asterisk's searches."""
    user, line = place.box()
    config = place.configuration("check-good", [line])
    spool, _ = full_spool(place, "check-good")
    place.run("import", config, "--spool", spool)
    out, _ = place.run("check", config)
    holds(re.search(r"100@default .* ok", out) and "1 mailboxes, 0 of them with errors" in out, out)
    box, = place.json("check", config)["mailboxes"]
    same(box["counts"], {"new": 2, "old": 3, "urgent": 1}, "counts")
    same((box["tls"], box["certificate"]["until"] > "2030", box["delimiter"]), (True, True, "/"), "TLS, certificate, delimiter")
    same((box["folders"]["INBOX"], box["folders"]["Work"], box["folders"]["Family"]), (6, 1, None), "folders")
    holds("UIDPLUS" in box["capabilities"], "capabilities")
    same([f for f in box["findings"] if f["level"] != "note"], [], "findings")
    same(user in box["account"], True, "account")


@check
def check_findings(place):
    """What is wrong with each box is said, with the line to change."""
    line = lambda number, **options: place.line("u1", number, **options)[1]  # noqa: E731
    boxes = [line("100"), line("200", imappassword="sesame-wrong"), line("300", imapport="1"),
             line("400", imapserver="nowhere.invalid"), line("500", imapflags="frob"), "600 => 1234,Nobody",
             line("700", imapport=place.dovecot.ports["imap"]), line("800", imapfolder="Nowhere"),
             line("900", imapport=place.dovecot.ports["imap"], imapflags="tls")]
    config = place.configuration("check-findings", boxes, {"imapparentfolder": "INBOX"})
    answer = place.json("check", config, status=1)
    first = open(config, encoding="utf-8").read().split("\n").index(boxes[0]) + 1
    found = {}
    for box in answer["mailboxes"]:
        worse = [f for f in box["findings"] if f["level"] != "note"]
        found[box["mailbox"].split("@")[0]] = worse[0] if worse else None
    same(found["100"], None, "a good box")
    same(found["900"], None, "STARTTLS")
    for number, text in {"200": "AUTHENTICATIONFAILED", "300": "Connection refused", "400": "No such host as nowhere.invalid",
                         "500": "invalid switch", "600": "has no imapuser", "700": "TLS/SSL failure",
                         "800": "folder Nowhere is not there"}.items():
        holds(found[number] and text in found[number]["text"], f"{number}: {found[number]}, not {text}")
        place_of = found[number]["place"].rsplit(":", 1)[1]
        same(place_of, str(first + int(number) // 100 - 1), f"line of {number}")
    holds(any("imapparentfolder" in f["text"] for f in answer["findings"]), "imapparentfolder is not mentioned")


@check
def check_certificates(place):
    """An authority that is not known, and a certificate that has expired."""
    _, line = place.line("u1")
    unknown = {key: value for key, value in place.environment().items() if key != "SSL_CERT_FILE"}
    box, = place.json("check", place.configuration("check-unknown", [line]), status=1, environment=unknown)["mailboxes"]
    holds("Certificate failure" in box["findings"][0]["text"], box["findings"])
    with Dovecot(os.path.join(place.directory, "expired"), users={"u1": PASSWORD.format(1)}, cert="expired") as server:
        environment = {**place.environment(), "SSL_CERT_FILE": server.ca}
        general = {"imapport": server.ports["imaps"]}
        config = place.configuration("check-expired", [line], general)
        box, = place.json("check", config, status=1, environment=environment)["mailboxes"]
        holds("certificate has expired" in box["findings"][0]["text"], box["findings"])
        config = place.configuration("check-any", [line], {**general, "imapflags": "ssl/novalidate-cert"})
        box, = place.json("check", config, environment=environment)["mailboxes"]
        texts = [f["text"] for f in box["findings"]]
        holds(any("novalidate-cert" in text for text in texts) and any("has expired" in text for text in texts), texts)
        place.run("check", config, "--strict", status=1, environment=environment)


@check
def check_does_not_hang(place):
    """A server that says nothing, and one that drips: both end within the time limit."""
    listener = socket.create_server(("127.0.0.1", 0))
    kept = []

    def serve():
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            kept.append(link)
            if len(kept) == 2:
                threading.Thread(target=drip, args=(link,), daemon=True).start()

    def drip(link):
        try:
            while True:
                link.sendall(b"*")
                time.sleep(0.2)
        except OSError:
            pass

    threading.Thread(target=serve, daemon=True).start()
    options = {"imapport": listener.getsockname()[1], "imapflags": "notls"}
    boxes = [place.line("u1", "100", **options)[1], place.line("u1", "200", **options)[1]]
    config = place.configuration("check-hang", boxes)
    begin = time.monotonic()
    answer = place.json("check", config, "--timeout", "2", "--jobs", "1", status=1)
    spent = time.monotonic() - begin
    listener.close()
    for link in kept:
        link.close()
    holds(spent < 15, f"it took {spent:.0f} s")
    holds(all("timed out" in box["findings"][0]["text"] for box in answer["mailboxes"]), answer["mailboxes"])


@check
def check_quota_and_limits(place):
    """A box that is full by quota or by maxmsg is an error; a Dovecot without extensions is described."""
    _, line = place.box("100", maxmsg="2")
    config = place.configuration("check-full", [line])
    spool, _ = full_spool(place, "check-full")
    place.run("import", config, "--spool", spool)
    box, = place.json("check", config, status=1)["mailboxes"]
    holds(any("maxmsg is 2" in f["text"] for f in box["findings"]), box["findings"])
    with Dovecot(os.path.join(place.directory, "bare"), users={"u1": PASSWORD.format(1)}, separator=".", prefix="INBOX.",
                 without=("UIDPLUS", "QUOTA", "IDLE", "LITERAL+", "SASL-IR")) as server:
        environment = {**place.environment(), "SSL_CERT_FILE": server.ca}
        config = place.configuration("check-bare", [place.line("u1")[1]], {"imapport": server.ports["imaps"]})
        box, = place.json("check", config, environment=environment)["mailboxes"]
        texts = " ".join(f["text"] for f in box["findings"])
        for name in ("UIDPLUS", "QUOTA", "IDLE", "LITERAL+", "SASL-IR", "imapparentfolder=INBOX"):
            holds(name in texts, f"{name} is not mentioned: {texts}")
        same(box["delimiter"], ".", "delimiter")


@check
def check_knows_the_patched_asterisk(place):
    """What works with the patches of asterisk-patch/ only is tried as they do it, and the patch is named; their names are right."""
    users = {"example/ada": "sesame-" + "long" * 30, "u1": PASSWORD.format(1)}
    with Dovecot(os.path.join(place.directory, "patched"), users=users, extra="auth_username_chars =\n") as server:
        environment = {**place.environment(), "SSL_CERT_FILE": server.ca}
        boxes = [f"1{number} => 1234,Owner,,,imapuser={user}|imappassword={password}"
                 for number, (user, password) in enumerate([*users.items(), ("u1", "sesame-other"), ("u1", PASSWORD.format(1))])]
        boxes.append(boxes[-1].replace("13", "100"))
        boxes.append(boxes[1].replace("11", "1001"))
        config = place.configuration("check-patched", boxes, {"imapport": server.ports["imaps"], "pollmailboxes": "no"})
        answer = place.json("check", config, status=1, environment=environment)
    with open(os.path.join(ROOT, "asterisk-patch", "README.md"), encoding="utf-8") as file:
        titles = {line.split(" | ")[1] for line in file if re.match(r"\| \d{4} \| ", line)}
    quoted, own, other = ([(f["level"], f["text"]) for f in box["findings"] if f["level"] != "note"] for box in answer["mailboxes"][:3])
    holds(len(quoted) == 1 and quoted[0][0] == "warning" and 'needs the patch "Quote the name' in quoted[0][1], quoted)
    same((answer["mailboxes"][0]["mechanism"] is None, own, other[0][0]), (False, [], "error"), "no login, and findings of the others")
    told = {(f["level"], (f.get("place") or "").rpartition(":")[2], part) for f in answer["findings"]
            for part in ("1023", "follow", "another password", "as well", "same messages") if part in f["text"]}
    first = open(config, encoding="utf-8").read().split("\n").index(boxes[0]) + 1
    wanted = {("warning", str(first), "1023"), ("note", "", "follow"), ("warning", str(first + 2), "another password"),
              ("warning", str(first + 4), "as well")}
    same(told, wanted, "findings")
    source = open(os.path.join(ROOT, "vmimap", "src", "voicemail.rs"), encoding="utf-8").read()
    named = re.findall(r'pub const \w+: &str = "([^"]+)"', source)
    holds(len(named) >= 6, named)
    for name in named:
        holds(any(name.startswith(title) for title in titles), f"asterisk-patch/README.md has no patch {name}")


# -- import --------------------------------------------------------------------------------------


@check
def import_all(place):
    """Every folder arrives as Asterisk stores it: flags, dates, header, recording; greetings, too; and only once."""
    user, line = place.box()
    config = place.configuration("import", [line], {"imapgreetings": "yes", "greetingsfolder": "Greetings"})
    spool, said = full_spool(place, "import")
    before = files(spool)
    out, _ = place.run("import", config, "--spool", spool, "--dry-run")
    holds("10 would be" in out, out)
    same(place.mails(user), [], "mails after a dry run")
    out, _ = place.run("import", config, "--spool", spool)
    holds("10 imported, 0 there before, 0 failed" in out, out)
    same(files(spool), before, "the spool directory")
    inbox = {mail.header("X-Asterisk-VM-Orig-time") + mail.header("X-Asterisk-VM-Message-Num") + ",".join(sorted(mail.flags)): mail
             for mail in place.mails(user)}
    same(len(inbox), 6, "mails in INBOX")
    for folder, number, flags in (("INBOX", 0, ""), ("INBOX", 1, ""), ("Old", 0, "\\Seen"), ("Old", 2, "\\Seen"), ("Urgent", 0, "\\Flagged")):
        found = [mail for mail in inbox.values() if mail.attachments()[0][2].get_payload(decode=True) == said[f"{folder}/{number}"]]
        same(len(found), 1, f"mails with the recording of {folder}/{number}")
        mail = found[0]
        same(",".join(sorted(mail.flags - {"\\Recent"})), flags, f"flags of {folder}/{number}")
        headers = {name: mail.header(f"X-Asterisk-VM-{name}") for name in
                   ("Context", "Extension", "Caller-ID-Num", "Caller-ID-Name", "Duration", "Message-Type", "Flag", "Orig-time")}
        same(headers, {"Context": "default", "Extension": "100", "Caller-ID-Num": f"555{number:04}", "Caller-ID-Name": f"Caller {number}",
                       "Duration": "7", "Message-Type": "Message", "Flag": "Urgent" if folder == "Urgent" else "",
                       "Orig-time": str(1795648912 + number)}, f"header of {folder}/{number}")
        same([(kind, name) for kind, name, _ in mail.attachments()], [("audio/x-wav", f"msg{number:04}.wav")], "attachments")
    with place.client(user) as client:
        client.link.select("INBOX", readonly=True)
        dates = str(client.link.fetch("1:*", "(INTERNALDATE)")[1])
    holds("25-Nov-2026 23:21:52 +0000" in dates, dates)
    same([len(place.mails(user, folder)) for folder in ("Work", "Cust5", "Greetings")], [1, 1, 2], "other folders")
    names = sorted(mail.attachments()[0][1] for mail in place.mails(user, "Greetings"))
    same(names, ["greet.wav", "unavail.wav"], "greetings")
    out, _ = place.run("import", config, "--spool", spool)
    holds("0 imported, 10 there before, 0 failed" in out, out)
    # Read and moved on meanwhile: still the same message.
    os.rename(os.path.join(spool, "default/100/INBOX/msg0001.txt"), os.path.join(spool, "default/100/Old/msg0003.txt"))
    os.rename(os.path.join(spool, "default/100/INBOX/msg0001.wav"), os.path.join(spool, "default/100/Old/msg0003.wav"))
    same(place.json("import", config, "--spool", spool)["mailboxes"][0]["moved"], 0, "imported of what was moved")
    same(len(place.mails(user)), 6, "mails in INBOX")


@check
def import_odd(place):
    """What is broken is said and left out; what is merely odd arrives."""
    user, line = place.box()
    config = place.configuration("import-odd", [line, "200 => 1,Nobody"])
    inbox = os.path.join(place.spool("import-odd"), "default", "100", "INBOX")
    spool = os.path.join(place.directory, "import-odd", "spool")
    message(inbox, 0, wav=False)
    message(inbox, 1, callerid='"Žofie\\; <x>" <+49 30>', category="a: b", msg_id=None, origtime=None)
    message(inbox, 2, pcm=b"")
    twin = message(inbox, 3, msg_id=None)
    for ending in ("txt", "wav"):
        shutil.copy(os.path.join(inbox, f"msg0003.{ending}"), os.path.join(inbox, f"msg0004.{ending}"))
    with open(os.path.join(inbox, "msg0005.txt"), "w", encoding="utf-8") as out:
        out.write("no message\n")
    message(os.path.join(spool, "default", "200", "INBOX"), 0)
    answer = place.json("import", config, "--spool", spool, status=1)["mailboxes"]
    same([(box["moved"], box["failed"]) for box in answer], [(4, 2), (0, 1)], "moved and failed")
    notes = " ".join(answer[0]["notes"])
    holds("msg0000" in notes and "msg0005" in notes, notes)
    # Twins are two, and stay two.
    same(sum(mail.attachments()[0][2].get_payload(decode=True) == twin for mail in place.mails(user)), 2, "twins")
    answer = place.json("import", config, "--spool", spool, status=1)["mailboxes"]
    same((answer[0]["moved"], answer[0]["present"]), (0, 4), "moved and there before")


@check
def import_killed(place):
    """Killed in the middle and run again, it has put in each message once."""
    user, line = place.box()
    config = place.configuration("import-killed", [line])
    spool = place.spool("import-killed")
    said = [message(os.path.join(spool, "default", "100", "INBOX"), number) for number in range(80)]
    killed = kill_when(place, lambda: len(files_of(place.dovecot.maildir(user))) >= 15, "import", config, "--spool", spool)
    between = len(place.mails(user))
    holds(15 <= between < 80, f"{between} of 80 when it was killed ({killed})")
    answer = place.json("import", config, "--spool", spool)["mailboxes"][0]
    same((answer["moved"] + answer["present"], answer["failed"]), (80, 0), "moved and there before, failed")
    found = sorted(mail.attachments()[0][2].get_payload(decode=True) for mail in place.mails(user))
    holds(found == sorted(said), f"{len(found)} mails, {len(set(found))} different")


def files_of(maildir):
    """Messages of a Maildir."""
    return [name for part in ("new", "cur") if os.path.isdir(os.path.join(maildir, part)) for name in os.listdir(os.path.join(maildir, part))]


def kill_when(place, ready, *arguments):
    """Start the tool and kill it as soon as something holds."""
    process = subprocess.Popen([TOOL, *arguments], env=place.environment(), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while process.poll() is None and not ready():
        assert time.monotonic() < deadline, "it never got so far"
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    return process.wait()


@check
def import_over_quota(place):
    """A full account stops its box with the server's words; with more room the rest follows."""
    user, line = place.line("u30")
    config = place.configuration("import-quota", [line])
    spool = place.spool("import-quota")
    for number in range(20):
        message(os.path.join(spool, "default", "100", "INBOX"), number, pcm=tones.voice(1, 400 + number, f"q{number}"))
    box = place.json("import", config, "--spool", spool, status=1)["mailboxes"][0]
    holds(0 < box["moved"] < 20 and "OVERQUOTA" in " ".join(box["notes"]), box)
    before = box["moved"]
    place.dovecot.set_quota("u30", 100000, kick=True)
    box = place.json("import", config, "--spool", spool)["mailboxes"][0]
    same((box["present"], box["moved"]), (before, 20 - before), "there before, moved")
    same(len(place.mails(user)), 20, "mails")


# -- export --------------------------------------------------------------------------------------


@check
def there_and_back(place):
    """What was imported comes out as it went in: file for file, octet for octet; once; and does not go in again."""
    user, line = place.box()
    config = place.configuration("back", [line], {"imapgreetings": "yes", "greetingsfolder": "Greetings"})
    spool, _ = full_spool(place, "back")
    place.run("import", config, "--spool", spool)
    back = os.path.join(place.directory, "back", "exported")
    out, _ = place.run("export", config, "--spool", back, "--dry-run")
    holds("10 would be" in out and not os.path.exists(back), out)
    out, _ = place.run("export", config, "--spool", back)
    holds("10 exported, 0 there before, 0 failed" in out, out)
    wanted, found = files(spool), files(back)
    same(sorted(found), sorted(wanted), "files")
    for name, octets in wanted.items():
        if name.endswith(".txt"):
            same(fields(os.path.join(back, name)), fields(os.path.join(spool, name)), name)
        else:
            holds(found[name] == octets, f"{name} is another recording")
    out, _ = place.run("export", config, "--spool", back)
    holds("0 exported, 10 there before, 0 failed" in out, out)
    same(files(back), found, "files after a second export")
    out, _ = place.run("import", config, "--spool", back)
    holds("0 imported, 10 there before, 0 failed" in out, out)
    # Heard on the telephone and moved to Old: still the same.
    for ending in ("txt", "wav"):
        os.rename(os.path.join(back, f"default/100/INBOX/msg0001.{ending}"), os.path.join(back, f"default/100/Old/msg0003.{ending}"))
    same(place.json("export", config, "--spool", back)["mailboxes"][0]["moved"], 0, "exported of what was moved")
    same([mail.flags & {"\\Seen"} for mail in place.mails(user, "Work")], [{"\\Seen"}], "reading marks nothing")
    same(sum("\\Seen" not in mail.flags for mail in place.mails(user)), 3, "new mails after it all")


@check
def export_killed(place):
    """Killed in the middle and run again, each message is there once, and the numbers have no gaps."""
    _, line = place.box()
    config = place.configuration("export-killed", [line])
    spool = place.spool("export-killed")
    said = [message(os.path.join(spool, "default", "100", "INBOX"), number) for number in range(60)]
    place.run("import", config, "--spool", spool)
    back = os.path.join(place.directory, "export-killed", "exported")
    inbox = os.path.join(back, "default", "100", "INBOX")
    kill_when(place, lambda: os.path.exists(os.path.join(inbox, "msg0009.txt")), "export", config, "--spool", back)
    between = len([name for name in os.listdir(inbox) if name.endswith(".txt")])
    holds(10 <= between < 60, f"{between} of 60 when it was killed")
    # What a kill between recording and text leaves behind, and somebody else's recording without a text.
    with open(os.path.join(inbox, f"msg{between:04}.gsm"), "wb") as out:
        out.write(b"left behind")
    place.run("export", config, "--spool", back)
    found = files(inbox)
    texts = sorted(name for name in found if name.endswith(".txt"))
    same(texts, [f"msg{number:04}.txt" for number in range(60)], "messages")
    recordings = [found[name.replace(".txt", ".wav")] for name in texts]
    holds(sorted(recordings) == sorted(said), "the recordings are others")
    same(found.get(f"orphan-msg{between:04}.gsm"), b"left behind", "what was left behind")
    same(sorted(name for name in found if name.startswith((".", "orphan"))), [f"orphan-msg{between:04}.gsm"], "other files")


@check
def export_only_ones_own(place):
    """Of an account that boxes and people share, each box gets its own; foreign mail stays out."""
    user, line = place.box("100")
    lines = [line, place.line(user, "1001")[1]]
    config = place.configuration("own", lines)
    spool = place.spool("own")
    message(os.path.join(spool, "default", "100", "INBOX"), 0)
    message(os.path.join(spool, "default", "1001", "INBOX"), 0)
    message(os.path.join(spool, "default", "1001", "INBOX"), 1)
    place.run("import", config, "--spool", spool)
    with place.client(user) as client:
        client.append(b"From: a@b\r\nSubject: hello\r\nX-Asterisk-VM-Extension: 100\r\nX-Asterisk-VM-Context: default\r\n\r\nno recording\r\n")
        client.append(b"From: a@b\r\nSubject: hello\r\n\r\nhello\r\n")
    back = os.path.join(place.directory, "own", "exported")
    answer = place.json("export", config, "--spool", back, status=1)["mailboxes"]
    same([(box["mailbox"], box["moved"], box["failed"]) for box in answer], [("100@default", 1, 1), ("1001@default", 2, 0)], "exported")
    same(len(files(os.path.join(back, "default", "100"))), 2, "files of 100")


# -- watch ---------------------------------------------------------------------------------------


class Watch:
    """A running watch --json."""

    def __init__(self, place, config, *arguments):
        self.process = subprocess.Popen([TOOL, "watch", config, "--json", *arguments], env=place.environment(), text=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.lines = []
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self):
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def sees(self, what, wanted, seconds=10):
        """Wait for a line."""
        deadline = time.monotonic() + seconds
        while not any(wanted(line) for line in self.lines):
            assert time.monotonic() < deadline, f"{what}: not in {self.lines}"
            time.sleep(0.02)
        self.lines = [line for line in self.lines if not wanted(line)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def watching(place, config, user, *arguments):
    """What each way of watching must see."""
    numbers = lambda new, old, urgent: lambda line: [line.get(k) for k in ("new", "old", "urgent")] == [new, old, urgent]  # noqa: E731
    head = b"X-Asterisk-VM-Extension: 100\r\nX-Asterisk-VM-Context: default\r\n\r\n"
    with Watch(place, config, *arguments) as watch, place.client(user) as client:
        watch.sees("the beginning", numbers(0, 0, 0))
        client.append(head + b"one\r\n")
        watch.sees("a new message", numbers(1, 0, 0))
        client.append(head + b"two\r\n", "\\Flagged")
        watch.sees("an urgent message", numbers(1, 0, 1))
        client.flag(1, "\\Seen")
        watch.sees("a message that was heard", numbers(0, 1, 1))
        client.delete(1)
        watch.sees("a message that was deleted", numbers(0, 0, 1))
        holds(all(line["mailbox"] == "100@default" for line in watch.lines), watch.lines)


@check
def watch_by_idle(place):
    """New, urgent, heard and deleted messages show at once."""
    user, line = place.box()
    watching(place, place.configuration("watch", [line]), user)
    out, _ = place.run("watch", place.configuration("watch", [line]), "--for", "2")
    holds(re.search(r"^\S+ 100@default new 0 old 0 urgent 1$", out, re.M), out)


@check
def watch_by_polling(place):
    """The same where the server has no IDLE; and it comes back after its connection was cut."""
    with Dovecot(os.path.join(place.directory, "no-idle"), users={"u1": PASSWORD.format(1)}, without=("IDLE",)) as server:
        lines = [place.line("u1", "100", imapport=server.ports["imap"], imapflags="notls")[1]]
        config = place.configuration("watch-poll", lines)
        client = lambda user: imapc.Client(server.ports["imap"], user, PASSWORD.format(1))  # noqa: E731
        other = type("Other", (), {"client": staticmethod(client), "environment": staticmethod(place.environment)})
        watching(other, config, "u1", "--interval", "1")
        with Watch(place, config, "--interval", "1") as watch:
            watch.sees("the beginning", lambda line: line.get("urgent") == 1)
            server.kick("u1")
            watch.sees("the connection's end", lambda line: "error" in line)
            watch.sees("another connection", lambda line: line.get("urgent") == 1, 20)


# -- on a terminal -------------------------------------------------------------------------------


def on_terminal(place, *arguments, seconds=30, width=120):
    """Run the tool with a terminal as its output and errors; returns (status, what was shown)."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    process = subprocess.Popen([TOOL, *arguments], env={**place.environment(), "TERM": "xterm"},
                               stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    deadline = time.monotonic() + seconds
    try:
        while time.monotonic() < deadline:
            piece = os.read(ours, 65536)
            if not piece:
                break
            shown += piece
    except OSError:
        pass  # the other end is closed
    finally:
        os.close(ours)
    return process.wait(5), shown.decode(errors="replace")


@check
def terminal(place):
    """A bar while it works, and a table that is drawn over itself."""
    user, line = place.box()
    config = place.configuration("terminal", [line, place.line("u1", "200")[1]])
    spool = place.spool("terminal")
    for number in range(25):
        message(os.path.join(spool, "default", "100", "INBOX"), number)
    status, shown = on_terminal(place, "import", config, "--spool", spool)
    holds(status == 0 and "/25 messages" in shown and "25 imported" in shown, shown[-600:])
    status, shown = on_terminal(place, "check", config)
    holds(status == 0 and "/2 mailboxes" in shown and "100@default" in shown, shown[-600:])
    status, shown = on_terminal(place, "check", config, width=0)
    holds(status == 0 and "100@default" in shown, shown[-600:])
    status, shown = on_terminal(place, "watch", config, "--for", "3")
    holds(status == 0 and "\x1b[" in shown, shown[-600:])
    last = shown.rsplit("\x1b[J", 1)[-1]
    holds(re.search(r"100@default +25 +0 +0", last) and re.search(r"200@default +\d+ +\d+ +\d+", last), last)
