"""The main job: leave, count, light the lamp, listen, keep, delete, forward."""

import email.utils
import re

import tones
from harness import World, check

HEADERS = ("Message-Num", "Server-Name", "Context", "Extension", "Flag", "Priority", "Caller-ID-Num", "Caller-ID-Name",
           "Duration", "Category", "Message-Type", "Orig-date", "Orig-time", "Message-ID")


class Main(World):
    """The plain case: one server, no TLS, '/' between folders."""

    name = "main"


@check("leave", boxes=1, lamp=True)
def leave(t):
    """One mail appears, with every header and the very audio that the caller spoke."""
    t.same(t.counts(), (0, 0, 0), "MailboxCount before")
    said = t.leave(caller=("Ada Lovelace", "5551815"))
    mails = t.box.mails()
    t.same(len(mails), 1, "number of mails")
    mail = mails[0]
    headers = {name: mail.header(f"X-Asterisk-VM-{name}") for name in HEADERS}
    missing = [name for name, value in headers.items() if value is None]
    t.same(missing, [], "missing X-Asterisk-VM- headers")
    t.same(headers["Context"], "default", "X-Asterisk-VM-Context")
    t.same(headers["Extension"], t.box.number, "X-Asterisk-VM-Extension")
    t.same(headers["Caller-ID-Num"], "5551815", "X-Asterisk-VM-Caller-ID-Num")
    t.same(headers["Caller-ID-Name"], "Ada Lovelace", "X-Asterisk-VM-Caller-ID-Name")
    t.same(headers["Message-Type"], "Message", "X-Asterisk-VM-Message-Type")
    t.same(headers["Flag"], "", "X-Asterisk-VM-Flag")
    t.expect(email.utils.parsedate(mail.header("Date")), f"no proper Date: {mail.header('Date')!r}")
    t.same(mail.flags & {"\\Seen", "\\Flagged", "\\Deleted"}, set(), "flags of a new message")
    t.same([(kind, name) for kind, name, _ in mail.attachments()], [("audio/x-wav", "msg0000.wav")], "attachments")
    stored = t.expect_audio(mail, said)
    t.expect(abs(tones.pitch(said) - tones.pitch(tones.loud(stored))) < 5, "the attachment has another pitch")
    t.expect(abs(len(stored) / 16000 - int(headers["Duration"])) < 1.5,
             f"X-Asterisk-VM-Duration {headers['Duration']} but {len(stored) / 16000:.1f} s of audio")
    t.expect(all(line.endswith(b"\r") for line in mail.data.split(b"\n")[:-1]), "a line does not end in CRLF")


@check("leave-urgent", boxes=1, lamp=True)
def leave_urgent(t):
    """An urgent message is \\Flagged and counted as urgent."""
    t.leave(options="sU")
    mail, = t.box.mails()
    t.expect("\\Flagged" in mail.flags, f"an urgent message has flags {mail.flags}")
    t.same(mail.header("X-Asterisk-VM-Flag"), "Urgent", "X-Asterisk-VM-Flag")
    t.expect_state(1, 0, 0, lamp=True)
