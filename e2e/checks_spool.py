"""Messages that the server does not take at once: nothing is lost, nothing is doubled, nothing is mixed up."""

import os
import time

import tones
from calls import Call
from harness import Proxied, check

SHORT = 1.7  # seconds of voice: more than voicemail.conf's minsecs and the beep
TIMEOUT = 2  # all four of voicemail.conf's imap*timeout, in seconds
KEPT_SECONDS = 15  # until a message that waits is stored, once the server takes it
STOCK_SECONDS = 3  # how long to look for it where it is known not to come
ANYTHING = (r".",)  # while the server misbehaves, complaints are wanted


class Spool(Proxied):
    """A server behind a proxy that can be told to make trouble. Nothing polls."""

    name = "spool"
    general = {"pollmailboxes": "no", **{f"imap{what}timeout": str(TIMEOUT) for what in ("open", "read", "write", "close")}}


def said_in(mail):
    """The sound of a voicemail, silence if there is none in it."""
    part = mail.attachments()[0][2]
    return tones.attachment(part) if part.get_payload().strip() else tones.silence(0.1)


@check("own-recordings", world="spool", boxes=1, expect=ANYTHING,
       patch=("Keep-the-recordings-of-callers-apart", "caller's voice|number of mails"))
def own_recordings(t):
    """Five callers who leave messages in one box at once, while the server is slow, are all heard there, each once."""
    calls = []
    for _ in range(5):
        name, pcm = t.voice(SHORT + 0.8)
        calls.append((pcm, t.call("leave", "speak", VOICE=name, VMOPTIONS="s")))
    for _, call in calls:
        call.hears("beep")
    time.sleep(1)
    t.world.proxy.hold()  # while all of them hang up
    time.sleep(2.2)
    t.world.proxy.let_go()
    for _, call in calls:
        call.wait_end(60)
    mails = t.box.mails()
    t.same(len(mails), 5, "number of mails")
    sounds = [said_in(mail) for mail in mails]
    for pcm, _ in calls:
        middle = pcm[len(pcm) // 4:len(pcm) * 3 // 4]
        t.same(sum(tones.shared(middle, sound) > 0.9 for sound in sounds), 1, "mails with one caller's voice")


# -- messages that wait ---------------------------------------------------------------------------


KEPT = ("Keep-a-message-that-the-IMAP-server", r"mails after|vm-mailboxfull|did not play")


def waiting(t):
    """Names of the files that wait for the server."""
    path = t.asterisk.path("spool", "voicemail", "default", t.box.number, "Undelivered")
    return sorted(name for name in os.listdir(path) if name.startswith("msg")) if os.path.isdir(path) else []


def arrived(t):
    """The mails, once the message that waited is among them."""
    return t.eventually(t.box.mails, bool, "mails after the server has come back", KEPT_SECONDS if t.patched else STOCK_SECONDS)


def stored(t, pcm):
    """The message that waited is stored, once and whole; what waited is gone, and the count is right."""
    mails = arrived(t)
    t.eventually(lambda: waiting(t), [], "files that wait", 5)
    t.same(len(mails), 1, "mails after the server has come back")
    middle = pcm[len(pcm) // 4:len(pcm) * 3 // 4]
    t.expect(tones.shared(middle, said_in(mails[0])) > 0.9, "the message that was kept is damaged")
    t.same(t.counts(), (0, 1, 0), "MailboxCount (urgent, new, old)")
    return mails[0]


def speak(t, **more):
    """A caller who says something and stays on the line; returns the call, at the beep, and what is said."""
    name, pcm = t.voice(SHORT)
    call = t.call("leave", "speakon", VOICE=name, VMOPTIONS="s", **more)
    call.hears("beep")
    time.sleep(SHORT + 0.3)
    return call, pcm


@check("kept-told", world="spool", boxes=[{"review": "yes"}], expect=ANYTHING, patch=KEPT)
def kept_told(t):
    """The server goes down while a caller speaks: the caller is not told that the message is saved; it is stored when the server is back."""
    call, pcm = speak(t)
    t.world.proxy.refuse()
    call.press("#")
    call.hears("vm-review")
    call.press("1")
    call.hears("vm-mailboxfull", 8)
    t.expect("vm-msgsaved" not in call.played(), "the caller was told that the message is saved")
    t.logged("VMSTATUS FAILED")
    t.expect("1 undelivered message" in t.asterisk.cli("voicemail show undelivered"), "the console does not know of the message")
    t.same(waiting(t), ["msg0000.eml", "msg0000.txt", "msg0000.wav"], "files that wait")
    call.hang_up()
    call.wait_end()
    t.world.proxy.accept()
    mail = stored(t, pcm)
    t.same(mail.header("X-Asterisk-VM-Caller-ID-Num"), "5550100", "X-Asterisk-VM-Caller-ID-Num")
    t.expect("0 undelivered" in t.asterisk.cli("voicemail show undelivered"), "the console still has a message that waits")
    # And when all is well, he is told as ever.
    call, _ = speak(t)
    call.press("#")
    call.hears("vm-review")
    call.press("1")
    call.hears("vm-msgsaved", 8)
    t.logged("VMSTATUS SUCCESS")
    call.hang_up()
    call.wait_end()
    t.same(t.counts(), (0, 2, 0), "MailboxCount (urgent, new, old)")


@check("kept-down", world="spool", boxes=1, expect=ANYTHING, patch=KEPT)
def kept_down(t):
    """The server is down already when an urgent caller is connected: the message is taken all the same, and stored as urgent later."""
    t.world.proxy.refuse()
    pcm = t.leave(seconds=SHORT, options="sU")
    t.world.proxy.accept()
    mails = arrived(t)
    t.expect("\\Flagged" in mails[0].flags, "the message is not urgent")
    t.expect(tones.shared(pcm[len(pcm) // 4:len(pcm) * 3 // 4], said_in(mails[0])) > 0.9, "the message that was kept is damaged")


@check("kept-quota", world="spool", boxes=1, expect=ANYTHING, patch=KEPT)
def kept_quota(t):
    """A message for which there is no room waits until there is."""
    t.same(t.counts(), (0, 0, 0), "MailboxCount (urgent, new, old)")
    t.world.dovecot.set_quota(t.box.user, 10)
    t.world.proxy.cut_all()  # the limit counts from the next login on
    pcm = t.leave(seconds=SHORT)
    t.same(t.box.mails(), [], "mails while there is no room")
    t.world.dovecot.set_quota(t.box.user, 100000)
    t.world.proxy.cut_all()
    stored(t, pcm)


@check("kept-restart", world="spool", boxes=1, expect=ANYTHING, patch=KEPT)
def kept_restart(t):
    """A message that waits outlives a restart of Asterisk, and is stored without a further call."""
    name, pcm = t.voice(SHORT)
    call = t.call("leave", "speak", VOICE=name, VMOPTIONS="s")
    call.hears("beep")
    t.world.proxy.refuse()
    call.wait_end()
    t.asterisk.stop()
    t.world.proxy.accept()
    t.world.start_asterisk()
    stored(t, pcm)


@check("kept-once", world="spool", boxes=1, expect=ANYTHING, patch=("Keep-a-message-that-the-IMAP-server", "files that wait"))
def kept_once(t):
    """The server has stored the message, and goes down before it says so: the message waits, and is not stored again."""
    proxy = t.world.proxy
    name, pcm = t.voice(SHORT)
    call = t.call("leave", "speak", VOICE=name, VMOPTIONS="s")
    call.hears("beep")
    proxy.trouble("answer", rb"----voicemail_\d+\S*--\r\n")
    t.eventually(lambda: len(t.box.mails()), 1, "mails before the server goes down", 10)
    proxy.refuse()
    call.wait_end()
    t.same(waiting(t), ["msg0000.eml", "msg0000.txt", "msg0000.wav"], "files that wait")
    proxy.accept()
    t.logged("is on the IMAP server already", KEPT_SECONDS)
    stored(t, pcm)
