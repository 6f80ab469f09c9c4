"""Servers of other kinds: Cyrus with either delimiter, Kerberos, no UIDPLUS and no QUOTA, an INBOX full of other mail."""

import os

import kdc
import tones
from checks_server import leave_and_listen
from cyrus import Cyrus
from dovecot import Dovecot
from harness import World, check


class CyrusSlash(World):
    """Cyrus IMAP; folders are INBOX/Work."""

    name = "cyrus"
    separator = "/"
    general = {"imapparentfolder": "INBOX"}

    def server(self, users):
        return Cyrus(os.path.join(self.directory, "cyrus"), users=users, separator=self.separator,
                     extra="imapidlepoll: 1\n").start()


class CyrusDot(CyrusSlash):
    """Cyrus IMAP as it comes; folders are INBOX.Work."""

    name = "cyrus-dot"
    separator = "."


def whole_life(t):
    """A message is left, heard, and deleted on the telephone; another is deleted by another client, and one is saved to a folder."""
    leave_and_listen(t)
    call = t.owner()
    t.play_first(call)
    t.delete(call)
    t.leave_menu(call)
    t.same(t.box.mails(), [], "mails after the deletion")
    t.expect_state(0, 0, 0, lamp=False)
    t.leave()
    t.expect_state(0, 1, 0, lamp=True)
    mail, = t.box.mails()
    with t.box.client() as client:
        client.delete(mail.uid)
    t.expect_lamp(False)
    t.eventually(t.counts, (0, 0, 0), "MailboxCount (urgent, new, old)", 5)


def save(t, folder):
    """A message is saved to Work; the patched Asterisk finds the folder below the parent."""
    said = t.leave()
    call = t.owner()
    t.play_first(call)
    call.press("9")
    call.hears("vm-savefolder")
    call.press("2")
    call.hears("vm-savedto" if t.patched else "vm-mailboxfull")
    t.menu(call)
    t.leave_menu(call)
    with t.box.client() as client:
        t.expect(folder in client.folders(), f"there is no {folder}: {sorted(client.folders())}")
    mail, = t.box.mails(folder if t.patched else "INBOX")
    t.expect_audio(mail, said)


# What Cyrus says to the bare name "Work" that unmodified Asterisk copies to.
REFUSED = (r"IMAP (Error|Warning): .*(TRYCREATE|does not exist|nonexist)",)


@check("cyrus", world="cyrus", boxes=1, lamp=True)
def cyrus(t):
    """Everything a telephone does, with Cyrus, hierarchy delimiter '/'."""
    whole_life(t)


@check("cyrus-folders", world="cyrus", boxes=1, expect=REFUSED)
def cyrus_folders(t):
    """Folders of Cyrus with '/': INBOX/Work."""
    save(t, "INBOX/Work")


@check("cyrus-dot", world="cyrus-dot", boxes=1, lamp=True)
def cyrus_dot(t):
    """Everything a telephone does, with Cyrus, hierarchy delimiter '.'."""
    whole_life(t)


@check("cyrus-dot-folders", world="cyrus-dot", boxes=1, expect=REFUSED)
def cyrus_dot_folders(t):
    """Folders of Cyrus with '.': INBOX.Work."""
    save(t, "INBOX.Work")


class Kerberos(World):
    """A KDC, and a Dovecot that takes tickets; Asterisk has a keytab and no password at all."""

    name = "kerberos"

    def __init__(self, *args):
        super().__init__(*args)
        self.realm = None

    def server(self, users):
        self.realm = kdc.Kdc(os.path.join(self.directory, "kdc"), services=["imap/localhost"], users={"pbx": "secret"}).start()
        settings, principals = self.realm.of_manual("pbx")
        return Dovecot(os.path.join(self.directory, "dovecot"), users=users, extra=settings,
                       user_fields=dict.fromkeys(users, principals)).start()

    def voicemail(self):
        """The lines of docs/voicemail.md, as they stand there."""
        changes = (("mail.example.org", "localhost"), ("993", str(self.dovecot.ports["imaps"])))
        lines = kdc.of_manual("imapserver=mail.example.org", changes).split("\n[default]\n")[0].split()
        return {**super().voicemail(), **dict(line.split("=", 1) for line in lines)}

    def environment(self):
        return {**super().environment(), **self.realm.environment, "KRB5_CLIENT_KTNAME": self.realm.keytab_of("pbx")}

    def finish(self):
        if self.realm is not None:
            self.realm.stop()


@check("kerberos", world="kerberos", boxes=[{"imappassword": None}], lamp=True)
def kerberos(t):
    """Asterisk logs in by GSSAPI with a ticket that its keytab gets; there is no imappassword.

    UW's library does not know `/auth=`, and no TLS that this server takes.
    """
    if t.uw:
        t.expected += (r".",)
        t.same(t.counts(), (0, 0, 0), "MailboxCount")
        t.logged(r"Can't (open mailbox|connect to imap server)|IMAP Error")
        return
    whole_life(t)
    with open(t.world.dovecot.log, encoding="utf-8", errors="replace") as log:
        text = log.read()
    t.expect("method=GSSAPI" in text, "the server saw no login by GSSAPI")


class Poor(World):
    """A server with neither UIDPLUS nor QUOTA, IDLE, LITERAL+ and other comforts."""

    name = "poor"
    options = {"without": ("UIDPLUS", "QUOTA", "IDLE", "LITERAL+", "ESEARCH", "CONDSTORE", "QRESYNC", "MOVE", "SASL-IR", "UNSELECT",
                           "MULTIAPPEND", "BINARY", "CHILDREN", "NAMESPACE", "ID", "ENABLE")}


@check("poor-server", world="poor", boxes=1, lamp=True)
def poor_server(t):
    """Everything a telephone does, with a server that has IMAP4rev1 and nothing else."""
    whole_life(t)
    t.leave()
    call = t.owner()
    t.play_first(call)
    t.save_to(call, "2")
    t.menu(call)
    t.leave_menu(call)
    t.same(len(t.box.mails("Work")), 1, "mails in Work")


ORDINARY = (b"From: Somebody <somebody@example.org>\r\nTo: u@example.org\r\nSubject: ordinary mail %d\r\n"
            b"Message-ID: <%d@example.org>\r\nDate: Mon, 2 Feb 2026 10:00:00 +0000\r\n\r\nNothing to hear.\r\n")


@check("shared-inbox", world="main", boxes=1, lamp=True)
def shared_inbox(t):
    """An INBOX with a thousand ordinary mails: only voicemail is counted, heard and deleted, and nothing else is touched."""
    with t.box.client() as client:
        for number in range(1000):
            client.append(ORDINARY % (number, number), flags="\\Seen" if number % 3 else "")
    before = ordinary(t)
    t.same(t.counts(), (0, 0, 0), "MailboxCount (urgent, new, old)")
    t.expect_lamp(False)
    said = t.leave()
    t.expect_state(0, 1, 0, lamp=True)
    call = t.owner()
    t.play_first(call)
    t.delete(call)
    t.leave_menu(call)
    t.expect(tones.shared(said[len(said) // 4:len(said) * 3 // 4], t.heard(call)) > 0.9, "the message was not heard")
    t.expect_state(0, 0, 0, lamp=False)
    t.same(ordinary(t), before, "the other mails and their flags")


def ordinary(t):
    """(UID, flags) of every mail that is no voicemail."""
    with t.box.client() as client:
        client.link.select("INBOX", readonly=True)
        _, data = client.link.uid("fetch", "1:*", "(FLAGS)")
    # \Recent is each session's own.
    lines = sorted(line.replace(b" \\Recent", b"").replace(b"\\Recent", b"").split(b"(", 1)[1] for line in data)
    return [line for line in lines if b"UID" in line]
