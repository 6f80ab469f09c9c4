"""Lamps that follow the mailbox at once, because the server tells; and the polling that stands in where it does not."""

import time

from checks_spool import ANYTHING, SHORT
from harness import Proxied, check

PUSH_SECONDS = 1
POLL = 2  # voicemail.conf's pollfreq in the testbed


class Push(Proxied):
    """A server behind a proxy; Asterisk does not poll."""

    name = "push"
    general = {"pollmailboxes": "no", **{f"imap{what}timeout": "2" for what in ("open", "read", "write", "close")}}


class NoIdle(Push):
    """The same with a server that cannot tell."""

    name = "noidle"
    options = {"without": ("IDLE",)}


def foreign(t):
    """Another client puts a voicemail into the first box: one that a caller left in the second."""
    mail = t.boxes[1].mails()[0]
    data = mail.data.replace(b"X-Asterisk-VM-Extension: " + t.boxes[1].number.encode(), b"X-Asterisk-VM-Extension: " + t.box.number.encode())
    with t.box.client() as client:
        client.append(data)


def follows(t, seconds):
    """The lamp of the first box follows what another client does, each time within `seconds`."""
    foreign(t)
    if t.patched and t.uw:  # which has no such hook: all is as without the patch
        time.sleep(seconds)
        t.same(t.lamp(), False, "lamp of a new message that nobody tells of")
        with t.box.client() as client:
            client.delete(t.box.mails()[0].uid)
        return
    t.eventually(t.lamp, True, "lamp of a new message", seconds)
    mail = t.box.mails()[0]
    with t.box.client() as client:
        client.flag(mail.uid, "\\Seen")
        t.eventually(t.lamp, False, "lamp of a message that was read", seconds)
        client.flag(mail.uid, "\\Seen", remove=True)
        t.eventually(t.lamp, True, "lamp of a message that was marked as unread", seconds)
        client.delete(mail.uid)
    t.eventually(t.lamp, False, "lamp of a message that was deleted", seconds)


def unload(t):
    """Unload voicemail; somebody may still be counting."""
    t.eventually(lambda: "Unloaded" in t.asterisk.cli("module unload app_voicemail_imap.so"), True, "the module is unloaded", 10)


PATCH = ("Have-lights-follow-the-mailbox", "lamp of a new message")


@check("push", world="push", boxes=2, lamp=True, patch=PATCH)
def push(t):
    """The lamp follows other clients within a second, without polling, and nothing is sent while nothing happens."""
    t.leave(t.boxes[1], seconds=SHORT)
    time.sleep(0.5)
    follows(t, PUSH_SECONDS)
    time.sleep(0.5)
    before = len(t.world.proxy.log)
    time.sleep(1.5 * POLL)
    said = b"".join(entry[3] for entry in t.world.proxy.log[before:])
    # Dovecot says every two minutes that it is there.
    t.same(said.replace(b"* OK Still here\r\n", b""), b"", "said while nothing happens")


@check("push-shared", world="push", boxes=[{"imapuser": "pushed"}, {"imapuser": "pushed"}], lamp=True,
       patch=("Have-lights-follow-the-mailbox", "lamp of the other box"))
def push_shared(t):
    """Two boxes of one account: each lamp follows its own messages."""
    t.leave(t.boxes[1], seconds=SHORT)
    time.sleep(0.5)
    mails = t.box.mails()
    data = mails[0].data.replace(b"X-Asterisk-VM-Extension: " + t.boxes[1].number.encode(), b"X-Asterisk-VM-Extension: " + t.box.number.encode())
    with t.box.client() as client:
        client.append(data)
        if t.patched and t.uw:
            time.sleep(PUSH_SECONDS)
            t.same(t.lamp(), False, "lamp of a new message that nobody tells of")
            return
        t.eventually(t.lamp, True, "lamp of the other box", PUSH_SECONDS)
        client.delete(mails[0].uid)
        t.eventually(lambda: t.lamp(t.boxes[1]), False, "lamp of the box whose message was deleted", PUSH_SECONDS)
    t.same(t.lamp(), True, "lamp of the other box")


@check("push-restart", world="push", boxes=2, lamp=True, expect=ANYTHING, patch=PATCH)
def push_restart(t):
    """Lamps follow again after the server was gone, after a reload, and after the module was loaded anew."""
    t.leave(t.boxes[1], seconds=SHORT)
    if t.patched:
        t.world.proxy.refuse()
        time.sleep(0.5)
        t.world.proxy.accept()
        time.sleep(1.5 * POLL)
        follows(t, PUSH_SECONDS)
        t.asterisk.reload()
        time.sleep(1)
        follows(t, PUSH_SECONDS)
        unload(t)
        t.asterisk.cli("module load app_voicemail_imap.so")
        time.sleep(1)
    follows(t, PUSH_SECONDS)


@check("push-without-idle", world="noidle", boxes=2, lamp=True, patch=PATCH)
def push_without_idle(t):
    """A server that cannot tell is polled."""
    t.leave(t.boxes[1], seconds=SHORT)
    follows(t, 2 * POLL + 2 if t.patched else PUSH_SECONDS)


@check("load-at-once", world="noidle", boxes=1, lamp=True, expect=ANYTHING,
       patch=("Look-at-the-mailboxes-in-the-backgroun", "module load took"))
def load_at_once(t):
    """The module is loaded in a moment while the server does not answer; the lamp is right once it does."""
    t.leave(seconds=SHORT)
    unload(t)
    t.world.proxy.hold()
    begin = time.monotonic()
    try:
        t.asterisk.cli("module load app_voicemail_imap.so")
        seconds = time.monotonic() - begin
    finally:
        t.world.proxy.let_go()
    t.expect(seconds < 3, f"module load took {seconds:.1f} s")
    t.eventually(t.lamp, True, "lamp once the server answers", 15)
    t.same(t.counts(), (0, 1, 0), "MailboxCount (urgent, new, old)")
