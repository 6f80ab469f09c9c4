"""Storing messages and greetings: what it costs, what people are told, and what is kept when the server does not take them."""

import os
import time

import mails
import tones
from checks_forward import NO_ADDRESS, comment_on
from checks_spool import ANYTHING, KEPT_SECONDS, SHORT, STOCK_SECONDS, TIMEOUT, speak
from harness import Proxied, check


class Stored(Proxied):
    """Greetings are kept on a server behind a proxy. It does not tell of changes, and nobody asks it before a minute is over."""

    name = "stored"
    options = {"without": ("IDLE", "NOTIFY")}
    general = {"pollmailboxes": "no", "pollfreq": "60", "imapgreetings": "yes", "greetingsfolder": "Greetings",
               **{f"imap{what}timeout": str(TIMEOUT) for what in ("open", "read", "write", "close")}}


# The folder of greetings is looked for before it is there, and the prompts of this Asterisk are silent.
QUIET = (r"CREATE|create|doesn't exist|does not exist|Mailbox", r"No vmstate found for user", r"No audio available")


def commands(t, since, word):
    """How often a command has been sent since there were so many entries in the proxy's log."""
    return sum(data.count(b" " + word) for _, _, side, data in t.world.proxy.log[since:] if side == "C")


@check("leave-counts-once", world="stored", boxes=1, expect=QUIET, patch=("Count-the-messages-once", "GETQUOTAROOT sent"))
def leave_counts_once(t):
    """For a message left the quota is asked for once, and what is there is counted before and after, not in between."""
    t.leave(seconds=SHORT)
    since = len(t.world.proxy.log)
    t.leave(seconds=SHORT)
    t.same(commands(t, since, b"GETQUOTAROOT"), 1, "GETQUOTAROOT sent")
    t.same(t.counts(), (0, 2, 0), "MailboxCount (urgent, new, old)")


@check("forward-told", world="stored", boxes=2, expect=ANYTHING, patch=("Tell-the-owner-when-a-message-was-not", "the owner hears"))
def forward_told(t):
    """The server goes down while an owner forwards a message: it is not said that the message was forwarded."""
    sender, receiver = t.boxes
    mails.put(sender, 1)
    call = t.owner(sender)
    t.play_first(call)
    t.forward_to(call, receiver)
    t.world.proxy.refuse()
    call.press("2")
    heard = call.hears("vm-msgforwarded|vm-mailboxfull|vm-helpexit", 20)
    t.world.proxy.accept()
    call.hang_up()
    call.wait_end()
    t.expect("vm-mailboxfull" in heard, f"the owner hears {heard}")
    t.same(len(sender.mails()), 1, "mails of the sender")


@check("play-message-lamp", world="stored", boxes=1, lamp=True, expect=QUIET, patch=("Publish-the-counts-after", "lamp after"))
def play_message_lamp(t):
    """Without polling, the lamp is off when VoiceMailPlayMsg has played the only new message."""
    t.leave(seconds=SHORT)
    t.eventually(t.lamp, True, "message waiting lamp before", 2)
    identity = t.box.mails()[0].header("X-Asterisk-VM-Message-ID")
    events = t.asterisk.ami.mark()
    t.asterisk.ami.action("Originate", Channel="Local/s@hear/n", Application="VoiceMailPlayMsg", Data=f"{t.box.address},{identity}",
                          Async="true", ChannelId="play-lamp", Codecs="slin", Timeout="20000",
                          Variable=[f"HEARD={t.asterisk.path('voices', 'play-lamp')}"])
    t.expect(t.asterisk.ami.wait(lambda event: event["Event"] == "Hangup" and event.get("Uniqueid") == "play-lamp", 15, events),
             "the call of VoiceMailPlayMsg did not end")
    t.eventually(t.lamp, False, "message waiting lamp after the message was played", 2)


@check("operator-told", world="stored", boxes=[{"operator": "yes"}], expect=ANYTHING,
       patch=("Tell-a-caller-who-wants-the-operator", "the caller was told"))
def operator_told(t):
    """A caller who wants the operator hears that the message is saved when it is, and not when the server is down."""
    for down in (True, False):
        call, _ = speak(t)
        if down:
            t.world.proxy.refuse()
        call.press("0")
        call.hears("vm-saveoper")
        time.sleep(0.3)  # where nobody speaks, a key that follows upon another one is lost
        call.press("1")
        call.hears("vm-msgsaved|vm-mailboxfull", 10)
        told = [name for name in call.played() if name in ("vm-msgsaved", "vm-mailboxfull")]
        call.hang_up()
        call.wait_end()
        t.world.proxy.accept()
        t.same(told, ["vm-mailboxfull" if down else "vm-msgsaved"], "what the caller was told")
        t.eventually(lambda: len(t.box.mails()), 1 if down else 2, "number of mails", KEPT_SECONDS)


@check("comment-on-comment", world="stored", boxes=2, expect=NO_ADDRESS + QUIET, patch=("Keep-the-comment-of-a-message", "first comment"))
def comment_on_comment(t):
    """A message that was forwarded with a comment is forwarded with another one: both are there, the last one first."""
    sender, receiver = t.boxes
    said, first = t.voice()[1], t.voice()[1]
    with sender.client() as client:
        client.append(mails.voicemail(sender, said, comment=first, Duration=round((len(said) + len(first)) / 16000)))
    spoken = comment_on(t, sender, receiver)
    mail, = receiver.mails()
    message, comment = (tones.attachment(part) for _, _, part in mail.attachments())
    t.expect(tones.shared(said[len(said) // 4:len(said) * 3 // 4], message) > 0.9, "the first attachment is not the message")
    t.expect(tones.shared(first[len(first) // 4:len(first) * 3 // 4], comment) > 0.9, "the first comment is not there")
    t.expect(tones.shared(comment[:len(comment) - len(first)], tones.silence(0.05) + spoken) > 0.9, "the second comment does not come first")
    seconds = (len(message) + len(comment)) / 16000
    duration = int(mail.header("X-Asterisk-VM-Duration"))
    t.expect(abs(duration - seconds) <= 2.5, f"X-Asterisk-VM-Duration of comments and message: {duration}, not {seconds:.1f}")


# -- greetings ------------------------------------------------------------------------------------


def record(t, call, outcome, key="1", before=lambda: None):
    """From the menu of options: record the unavailable greeting and accept it; `before` is done before that."""
    time.sleep(0.3)  # where nobody speaks, a key that follows upon another one is lost
    call.press("1")
    call.hears("vm-rec-unv")
    call.hears("beep")
    time.sleep(1.5)  # nothing else tells how much has been recorded
    call.press("#" if key == "1" else key)
    call.hears("vm-review" if key == "1" else "vm-saveoper")
    before()
    call.press("1")
    call.hears(outcome, 8)


def to_options(t):
    """The owner calls, speaks all the time, and has come to the menu of options; (call, what is said)."""
    name, pcm = t.voice(20)
    call = t.call("main", "speakon", VOICE=name)
    t.menu(call)
    call.press("0")
    call.hears("vm-options")
    return call, pcm


def greetings(t):
    """The sound of each greeting on the server."""
    with t.box.client() as client:
        if "Greetings" not in client.folders():
            return []
    return [tones.attachment(mail.attachments()[0][2]) for mail in t.box.mails("Greetings")]


def kept(t):
    """Names of the files of greetings that wait for the server."""
    path = t.asterisk.path("spool", "voicemail", "default", t.box.number, "Undelivered")
    return sorted(os.listdir(path)) if os.path.isdir(path) else []


GREETING = ("Keep-a-greeting-that-the-IMAP-server", "did not play vm-mailboxfull|greetings? in the folder|files that wait")


@check("greeting-kept", world="stored", boxes=1, expect=ANYTHING, patch=GREETING)
def greeting_kept(t):
    """A greeting for which there is no room: the old one stays, callers hear the new one, which is stored when there is room."""
    call, first = to_options(t)
    record(t, call, "vm-msgsaved")
    call.hang_up()
    call.wait_end()
    t.expect(tones.shared(greetings(t)[0], first) > 0.9, "the first greeting is not on the server")
    t.world.dovecot.set_quota(t.box.user, 10)
    t.world.proxy.cut_all()  # the limit counts from the next login on
    call, second = to_options(t)
    try:
        record(t, call, "vm-mailboxfull" if t.patched else "vm-msgsaved")
    finally:
        call.hang_up()
        call.wait_end()
    found = greetings(t)
    t.same(len(found), 1, "greetings in the folder while there is no room")
    t.expect(tones.shared(found[0], first) > 0.9, "the greeting on the server is not the first one")
    t.same(kept(t), ["unavail-0000.eml", "unavail-0000.txt", "unavail-0000.wav"], "files that wait")
    path = t.asterisk.path("voices", f"heard-{t.item.name}")
    call = t.call("leave", "hear", VMOPTIONS="us", HEARD=path)
    call.wait_end()  # there is no room for a message, either
    waiting = tones.read_wav(t.asterisk.path("spool", "voicemail", "default", t.box.number, "Undelivered", "unavail-0000.wav"))
    t.expect(tones.shared(waiting, second) > 0.9, "the greeting that waits is not the second one")
    t.expect(tones.shared(waiting[3200:-3200], tones.read_wav(f"{path}.wav")) > 0.9, "the caller did not hear the second greeting")
    t.world.dovecot.set_quota(t.box.user, 100000)
    t.world.proxy.cut_all()
    t.eventually(lambda: kept(t), [], "files that wait", KEPT_SECONDS)
    found = greetings(t)
    t.same(len(found), 1, "greetings in the folder at the end")
    t.expect(tones.shared(found[0], second) > 0.9, "the greeting on the server is not the second one")


@check("greeting-kept-newest", world="stored", boxes=1, expect=ANYTHING, patch=GREETING)
def greeting_kept_newest(t):
    """Two greetings are recorded while the server is down: the second one is stored, once."""
    call, _ = to_options(t)
    try:
        record(t, call, "vm-mailboxfull", before=t.world.proxy.refuse)
        call.hears("vm-options", 20)
        first = kept(t)
        record(t, call, "vm-mailboxfull")
        t.same((len(first), len(kept(t))), (3, 3), "files that wait")
    finally:
        call.hang_up()
        call.wait_end()
        t.world.proxy.accept()
    t.eventually(lambda: kept(t), [], "files that wait", KEPT_SECONDS)
    t.same(len(greetings(t)), 1, "greetings in the folder")


@check("greeting-operator", world="stored", boxes=[{"operator": "yes"}], expect=QUIET, patch=GREETING)
def greeting_operator(t):
    """A greeting that its owner accepts after 0 is stored as any other."""
    call, spoken = to_options(t)
    record(t, call, "vm-msgsaved", key="0")
    call.hang_up()
    call.wait_end()
    found = greetings(t)
    t.same(len(found), 1, "greetings in the folder")
    t.expect(tones.shared(found[0], spoken) > 0.9, "the greeting on the server is not what was said")


def put_greetings(t, *kinds):
    """Put greetings of these kinds into the folder of greetings."""
    with t.box.client() as client:
        client.create("Greetings")
        for kind in kinds:
            client.append(mails.voicemail(t.box, Message_Type=kind), folder="Greetings")


@check("greeting-keeps-list", world="stored", boxes=[{"tempgreetwarn": "yes"}], expect=QUIET,
       patch=("Bear-other-mail-among-the-greetings", "messages left"))
def greeting_keeps_list(t):
    """An owner who is warned of a greeting, the third mail of its folder, deletes the first message: it is not the third that goes."""
    put_greetings(t, "busy", "greet", "temp")
    mails.put(t.box, 3)
    call = t.owner()
    call.hears("vm-tempgreetactive")
    t.play_first(call)
    t.delete(call)
    t.leave_menu(call)
    t.same([mail.header("X-Asterisk-VM-Message-Num") for mail in t.box.mails()], ["2", "3"], "messages left")


@check("greeting-among-many", world="stored", boxes=1, expect=QUIET, patch=("Bear-other-mail-among-the-greetings", "structures fetched"))
def greeting_among_many(t):
    """To play a greeting the server is asked for one mail of the folder, however many there are."""
    put_greetings(t, *["busy"] * 20, "unavail")
    since = len(t.world.proxy.log)
    t.listen_to_greeting()
    told = b"".join(data for _, _, side, data in t.world.proxy.log[since:] if side == "S")
    t.same(told.count(b"BODYSTRUCTURE ("), 1, "structures fetched")
    t.same(told.count(b"BODY[2]"), 1, "greetings fetched")


@check("greeting-then-listen", world="stored", boxes=1, expect=QUIET)
def greeting_then_listen(t):
    """An owner who has recorded a greeting listens to the message in the same call."""
    said = t.voice()[1]
    with t.box.client() as client:
        client.append(mails.voicemail(t.box, said))
    call = t.owner()
    t.menu(call)
    call.press("0")
    call.hears("vm-options")
    record(t, call, "vm-msgsaved")
    call.hears("vm-options")  # a key before that is not taken
    call.press("*")
    t.play_first(call)
    t.leave_menu(call)
    t.expect_heard(call, said)


@check("no-quota", world="poor", boxes=1, patch=("Ask-no-IMAP-server-without-quotas", "the log has"))
def no_quota(t):
    """A server without quotas is no error that the log tells each time."""
    t.leave(seconds=SHORT)
    complaints = [text for _, text in t.asterisk.complaints(t.log_start) if "Quota" in text]
    t.same(complaints, [], "what the log has of quotas")
