"""Servers and settings of other shapes: folders, greetings, TLS, a master user, several servers, quota."""

import os
import re
import time

import tones
from dovecot import Dovecot
from harness import REPLACED, World, check


# -- folders and greetings ------------------------------------------------------------------------


class Dots(World):
    """A server whose folders lie below INBOX with '.' between the levels, as Cyrus and Courier have it."""

    name = "dots"
    options = {"separator": ".", "prefix": "INBOX.", "mechanisms": "plain login"}
    general = {"imapparentfolder": "INBOX"}


class Folders(World):
    """Greetings kept on the server, a folder of their own, and no expunge when a caller hangs up."""

    name = "folders"
    general = {"imapgreetings": "yes", "greetingsfolder": "Greetings", "expungeonhangup": "no"}


@check("parent-folder", world="dots", boxes=1,
       expect=(r"IMAP (Error|Warning): .*(namespace|doesn't exist|exist|prefix)",))
def parent_folder(t):
    """With imapparentfolder=INBOX, saving to Work creates INBOX.Work with the server's own delimiter.

    Unmodified Asterisk then sends COPY to the bare name Work, which this server refuses: the owner hears that it
    failed and keeps the message. That is so with any library.
    """
    t.leave()
    mail, = t.box.mails()
    call = t.owner()
    t.play_first(call)
    call.press("9")
    call.hears("vm-savefolder")
    call.press("2")
    call.hears("vm-savedto" if t.patched else "vm-mailboxfull")
    t.menu(call)
    t.leave_menu(call)
    with t.box.client() as client:
        folders = client.folders()
    t.same(folders.get("INBOX.Work"), ".", f"delimiter of INBOX.Work (folders: {sorted(folders)})")
    t.same([left.uid for left in t.box.mails()], [] if t.patched else [mail.uid], "mails left in INBOX")


@check("parent-folder-browse", world="dots", boxes=1)
def parent_folder_browse(t):
    """With imapparentfolder=INBOX, browsing to Friends opens INBOX.Friends and plays what another client put there."""
    said = t.leave()
    mail, = t.box.mails()
    with t.box.client() as client:
        client.create("INBOX.Friends")
        client.append(mail.data, folder="INBOX.Friends")
        client.delete(mail.uid)
    call = t.owner()
    t.menu(call)
    call.press("2")
    call.hears("vm-changeto")
    call.press("4")
    call.hears("vm-Friends")
    t.play_first(call)
    t.leave_menu(call)
    t.expect_heard(call, said)


# The first look at a folder that is not there makes the server say so; app_voicemail then creates it.
CREATED = (r"IMAP Error: Mailbox doesn't exist: Greetings", r"IMAP Warning: .*TRYCREATE")


@check("imapfolder", world="folders", boxes=[{"imapfolder": "Voicemail/Inbox"}], lamp=True, expect=CREATED)
def imapfolder(t):
    """imapfolder: the folder is created; messages are kept, counted, heard and deleted there, and INBOX stays untouched."""
    t.same(t.counts(), (0, 0, 0), "MailboxCount before")
    with t.box.client() as client:
        t.expect("Voicemail/Inbox" in client.folders(), "Asterisk's first look did not create the folder")
    said = t.leave()
    mail, = t.box.mails("Voicemail/Inbox")
    t.expect_audio(mail, said)
    t.expect_state(0, 1, 0, lamp=True)
    call = t.owner()
    t.play_first(call)
    t.delete(call)
    t.leave_menu(call)
    t.expect_heard(call, said)
    t.same(t.box.mails("Voicemail/Inbox"), [], "mails left in the folder")
    t.same(t.box.mails(), [], "mails in INBOX")
    t.expect_state(0, 0, 0, lamp=False)


def record_greeting(t):
    """The owner records the unavailable greeting; returns what was said."""
    name, pcm = t.voice(10)
    call = t.call("main", "speakon", VOICE=name)
    t.menu(call)
    call.press("0")
    call.hears("vm-options")
    call.press("1")
    call.hears("vm-rec-unv")
    call.hears("beep")
    time.sleep(1.5)  # nothing else tells how much has been recorded
    call.press("#")
    call.hears("vm-review")
    call.press("1")
    call.hears("vm-msgsaved")
    call.hang_up()
    call.wait_end()
    return pcm


# Asterisk complains of itself when it ends the owner's state, and of the caller who hangs up at the beep.
@check("greeting", world="folders", boxes=1, expect=(*CREATED, r"No vmstate found for user", r"No audio available"))
def greeting(t):
    """imapgreetings: a recorded greeting is kept as a mail in greetingsfolder, and callers hear it from there."""
    said = record_greeting(t)
    mail, = t.box.mails("Greetings")
    t.same([name for _, name, _ in mail.attachments()], ["unavail.wav"], "attachments of the greeting")
    stored = tones.attachment(mail.attachments()[0][2])
    t.expect(tones.shared(stored, said) > 0.9, "the greeting in the folder is not what the owner said")
    t.same(t.counts(), (0, 0, 0), "MailboxCount: a greeting is no message")
    call = t.listen_to_greeting()
    heard = t.heard(call)
    t.expect(tones.shared(stored[3200:-3200], heard) > 0.9, "the caller did not hear the owner's greeting")
    # Recorded again, the new one takes the old one's place.
    said = record_greeting(t)
    mails = t.box.mails("Greetings")
    t.same(len(mails), 1, "greetings in the folder after a second recording")
    t.expect(tones.shared(tones.attachment(mails[0].attachments()[0][2]), said) > 0.9, "the greeting kept is not the new one")


@check("greeting-foreign", world="folders", boxes=1, expect=(*CREATED, r"No vmstate found for user", r"No audio available"),
       patch=("Bear-other-mail-among-the-greetings", "Asterisk died|AmiError|CallError|call"))
def greeting_foreign(t):
    """Any other mail may lie among the greetings: a greeting is recorded, played and recorded again."""
    with t.box.client() as client:
        client.create("Greetings")
        client.append(b"From: a@example.org\r\nSubject: lunch\r\n\r\nAt noon?\r\n", folder="Greetings")
        client.append(b"From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
                      b"--b\r\n\r\none\r\n--b\r\nContent-Type: text/plain\r\n\r\ntwo\r\n--b--\r\n", folder="Greetings")
    for _ in range(2):
        said = record_greeting(t)
    mails = t.box.mails("Greetings")
    t.same(len(mails), 3, "mails in the folder: two others, and one greeting")
    stored = tones.attachment(mails[-1].attachments()[0][2])
    t.expect(tones.shared(stored, said) > 0.9, "the greeting kept is not the new one")
    call = t.listen_to_greeting()
    t.expect(tones.shared(stored[3200:-3200], t.heard(call)) > 0.9, "the caller did not hear the owner's greeting")


@check("no-expunge", world="folders", boxes=1, expect=CREATED)
def no_expunge(t):
    """With expungeonhangup=no a caller's message leaves mail alone that another client has marked \\Deleted."""
    with t.box.client() as client:
        client.append(b"From: a@example.org\r\nSubject: marked\r\n\r\ntext\r\n", "\\Deleted")
    t.leave()
    t.same(len(t.box.mails()), 2, "mails")
    t.same(t.counts(), (0, 1, 0), "MailboxCount (urgent, new, old)")


# -- who logs in ----------------------------------------------------------------------------------


class Auth(World):
    """Asterisk logs in as one user for all (authuser), who may act for the others."""

    name = "auth"
    options = {"extra": "login_log_format_elements = name=<%{orig_user}>\n"}

    def voicemail(self):
        return {**super().voicemail(), "authuser": "master", "authpassword": "mastersecret"}


@check("authuser", world="auth", boxes=[{"imappassword": "not the password"}] * 2, lamp=True)
def authuser(t):
    """authuser/authpassword: one login for every box, each sees its own mail; the users' own passwords are not used."""
    one, two = t.boxes
    said = t.leave(one)
    mail, = one.mails()
    t.expect_audio(mail, said)
    t.same(two.mails(), [], "mails of the other box")
    t.same((t.counts(one), t.counts(two)), ((0, 1, 0), (0, 0, 0)), "MailboxCount of both")
    t.expect_lamp(True, one)
    call = t.owner(one)
    t.play_first(call)
    t.leave_menu(call)
    t.expect_heard(call, said)
    t.same(t.counts(one), (0, 0, 1), "MailboxCount (urgent, new, old)")
    with open(t.world.dovecot.log, encoding="utf-8", errors="replace") as log:
        t.expect("name=<master>" in log.read(), "the server saw no login of the master user")


# -- TLS and several servers ----------------------------------------------------------------------


class Secure(World):
    """Four servers: a proper certificate, a self-signed one, one for another host, and a second plain server."""

    name = "secure"

    def __init__(self, *args):
        super().__init__(*args)
        self.others = {}

    def prepare(self):
        users = self.dovecot.options.users
        for name, options in (("self", {"cert": "self"}), ("wronghost", {"cert": "wronghost"}), ("second", {})):
            self.others[name] = Dovecot(os.path.join(self.directory, name), users=dict(users), **options).start()

    def finish(self):
        for server in self.others.values():
            server.stop()


def _port(server, service):
    """The port of a server of the Secure world, found once the servers run."""
    return lambda world: (world.others[server] if server else world.dovecot).ports[service]


def leave_and_listen(t, server=None):
    """A message goes there and comes back."""
    if server is not None:
        t.box.server = server
    said = t.leave()
    mail, = t.box.mails()
    t.expect_audio(mail, said)
    t.same(t.counts(), (0, 1, 0), "MailboxCount (urgent, new, old)")
    call = t.owner()
    t.play_first(call)
    t.leave_menu(call)
    t.expect_heard(call, said)
    t.same(t.counts(), (0, 0, 1), "MailboxCount (urgent, new, old)")


def refused(t, server, *words):
    """Asterisk must not log in at this server; the log says why, and names the server."""
    t.box.server = server
    t.same(t.counts(), (0, 0, 0), "MailboxCount")
    text = t.logged(words[0])
    for word in words[1:]:
        t.expect(word in text, f"the log does not name {word}: {text}")
    with open(server.log, encoding="utf-8", errors="replace") as log:
        logins = [line for line in log if "Login: " in line and f"<{t.box.user}>" in line]
    t.same(logins, [], "logins at the server")


@check("tls-implicit", world="secure", boxes=[{"imapport": _port(None, "imaps"), "imapflags": "ssl", "imapserver": "localhost"}])
def tls_implicit(t):
    """imapflags=ssl with a certificate that a known authority has signed."""
    leave_and_listen(t)


@check("tls-novalidate", world="secure", boxes=[{"imapport": _port("self", "imaps"), "imapflags": "ssl/novalidate-cert"}])
def tls_novalidate(t):
    """imapflags=ssl/novalidate-cert with a self-signed certificate."""
    leave_and_listen(t, t.world.others["self"])


@check("transcript", world="secure", boxes=[{"imapport": _port(None, "imaps"), "imapflags": "ssl/debug", "imapserver": "localhost"}])
def transcript(t):
    """imapflags=ssl/debug: the conversation of that box is in Asterisk's log, without the password."""
    t.same(t.counts(), (0, 0, 0), "MailboxCount")
    for line in (r"\* OK .*CAPABILITY", r"[0-9a-f]{8} SELECT", r"[0-9a-f]{8} OK "):
        t.logged(line, since=0)  # the connection may be there since the start
    found = t.asterisk.wait_log(re.escape(t.box.password), 0.2, 0)
    t.expect(found is None, f"the password is in Asterisk's log: {found}")


CERTIFICATE = (r"[Cc]ertificate", r"Can't connect to imap server", r"IMAP mailstream is NULL", r"TLS/SSL failure")


@check("tls-untrusted", world="secure", expect=CERTIFICATE,
       boxes=[{"imapport": _port("self", "imaps"), "imapflags": "ssl", "imapserver": "localhost"}])
def tls_untrusted(t):
    """imapflags=ssl refuses a self-signed certificate before anything secret is said."""
    refused(t, t.world.others["self"], r"[Cc]ertificate", "localhost")


@check("tls-wrong-host", world="secure", expect=CERTIFICATE,
       boxes=[{"imapport": _port("wronghost", "imaps"), "imapflags": "ssl", "imapserver": "localhost"}])
def tls_wrong_host(t):
    """imapflags=ssl refuses a certificate that is made out for another host."""
    refused(t, t.world.others["wronghost"], r"[Cc]ertificate", "localhost")


STARTTLS = (r"TLS", r"Can't connect to imap server", r"IMAP mailstream is NULL", r"[Cc]ertificate", r"SSL")


def starttls(t, server=None):
    """Leave and listen over STARTTLS; UW offers nothing newer than TLS 1.0 there, and no server of today takes that."""
    if t.uw:
        t.expected += STARTTLS
        t.same(t.counts(), (0, 0, 0), "MailboxCount")
        t.logged(r"IMAP Error: .*(TLS|SSL)")
        return
    leave_and_listen(t, server)


@check("starttls", world="secure", boxes=[{"imapflags": "tls", "imapserver": "localhost"}])
def starttls_required(t):
    """imapflags=tls: STARTTLS is demanded and done (UW cannot)."""
    starttls(t)


@check("starttls-novalidate", world="secure", boxes=[{"imapport": _port("self", "imap"), "imapflags": "tls/novalidate-cert"}])
def starttls_novalidate(t):
    """imapflags=tls/novalidate-cert: STARTTLS with a self-signed certificate (UW cannot)."""
    starttls(t, t.world.others["self"])


@check("starttls-offered", world="secure", boxes=[{"imapflags": "norsh", "imapserver": "localhost"}])
def starttls_offered(t):
    """Without tls or notls, STARTTLS is used because the server offers it (UW cannot)."""
    starttls(t)
    if not t.uw:
        with open(t.world.dovecot.log, encoding="utf-8", errors="replace") as log:
            logins = [line for line in log if "Login: " in line and f"<{t.box.user}>" in line]
        # The test's own client looks in without TLS; Asterisk is the one that can have used it.
        t.expect(any("TLS" in line for line in logins), "no login was made over TLS")


@check("starttls-untrusted", world="secure", expect=STARTTLS,
       boxes=[{"imapport": _port("self", "imap"), "imapflags": "tls", "imapserver": "localhost"}])
def starttls_untrusted(t):
    """STARTTLS refuses a self-signed certificate before anything secret is said."""
    refused(t, t.world.others["self"], r"[Cc]ertificate|TLS|SSL")


@check("two-servers", world="secure", boxes=[{}, {"imapport": _port("second", "imap"), "imapserver": "localhost", "imapflags": "notls"}],
       lamp=True)
def two_servers(t):
    """Per-mailbox imapserver, imapport and imapflags: two boxes on two servers at once."""
    one, two = t.boxes
    two.server = t.world.others["second"]
    said = [t.leave(box) for box in t.boxes]
    for box, pcm in zip(t.boxes, said):
        mail, = box.mails()
        t.expect_audio(mail, pcm)
        t.same(t.counts(box), (0, 1, 0), f"MailboxCount of {box.number}")
        t.expect_lamp(True, box)
    mail, = two.mails()
    with two.client() as client:
        client.delete(mail.uid)
    t.expect_lamp(False, two)
    t.expect_lamp(True, one)


# -- quota ----------------------------------------------------------------------------------------


class Quota(World):
    """A server that limits the users' storage."""

    name = "quota"


@check("quota-under", world="quota", boxes=1, expect=(REPLACED,))
def quota_under(t):
    """Under the quota messages are taken, and nothing is said about it."""
    t.world.dovecot.set_quota(t.box.user, 500, kick=True)
    said = t.leave()
    mail, = t.box.mails()
    t.expect_audio(mail, said)


@check("quota-over", world="quota", boxes=1, expect=(REPLACED,))
def quota_over(t):
    """Over the quota the caller hears that the mailbox is full and nothing is stored; raised, it works again."""
    t.leave()
    t.world.dovecot.set_quota(t.box.user, 20, kick=True)
    name, _ = t.voice()
    call = t.call("leave", "speakon", VOICE=name, VMOPTIONS="s")
    call.hears("vm-mailboxfull")
    call.hang_up()
    call.wait_end()
    t.same(len(t.box.mails()), 1, "mails when over the quota")
    call = t.owner()
    call.hears("vm-mailboxfull")  # the owner is told, too
    call.hang_up()
    call.wait_end()
    t.world.dovecot.set_quota(t.box.user, 500, kick=True)
    t.leave()
    t.same(len(t.box.mails()), 2, "mails after the quota was raised")


@check("quota-append-refused", world="quota", boxes=1,
       expect=(REPLACED, r"IMAP Error: .*[Qq]uota", r"IMAP Warning: .*OVERQUOTA", r"Error while sending the message",
               r"could not be stored; it is kept"))
def quota_append_refused(t):
    """A message that does not fit into what is left is refused by the server, and the log says so; it is kept with the patches."""
    t.leave()
    t.world.dovecot.set_quota(t.box.user, 60, kick=True)
    t.leave()
    t.same(len(t.box.mails()), 1, "number of mails")
    t.logged(r"IMAP Error: .*[Qq]uota")
    t.logged(r"Error while sending the message")
    if t.patched:
        t.world.dovecot.set_quota(t.box.user, 500, kick=True)
        t.eventually(lambda: len(t.box.mails()), 2, "mails when there is room again", 20)
