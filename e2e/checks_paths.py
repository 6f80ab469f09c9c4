"""Ways into a mailbox, and what each leaves behind."""

import os

import mails
import tones
from harness import Proxied, check


class Paths(Proxied):
    """A server behind a proxy; nothing is polled."""

    name = "paths"
    general = {"pollmailboxes": "no", "messagewrap": "yes"}


@check("owners-leave-nothing", world="paths", boxes=1, patch=("Close-the-connection-of-a-call", "connections|No vmstate found"))
def owners_leave_nothing(t):
    """Each call of an owner whose mailbox nothing has counted before closes its connection."""
    mails.put(t.box, 1)
    before = None
    for _ in range(3):
        call = t.owner()
        t.menu(call)
        t.leave_menu(call)
        if before is None:
            before = t.world.proxy.open()
    t.eventually(t.world.proxy.open, lambda found: found <= before, f"connections open, {before} after the first call", 3)


def summary(t, box=None):
    """(folder, ID) of each message that the manager's VoicemailBoxSummary tells, sorted."""
    since = t.asterisk.ami.mark()
    t.asterisk.ami.action("VoicemailBoxSummary", Context="default", Mailbox=(box or t.box).number)
    done = t.asterisk.ami.wait(lambda event: event["Event"] == "VoicemailBoxDetailComplete", 10, since)
    t.expect(done, "VoicemailBoxSummary did not end")
    return sorted((event["Folder"], event["ID"]) for event in t.asterisk.ami.events[since:] if event["Event"] == "VoicemailBoxDetail")


def manage(t, action, **fields):
    """An action of the manager on a message of the box; whether it says that it went well."""
    answer = t.asterisk.ami.action(action, Context="default", Mailbox=t.box.number, **fields)
    return "successful" in answer["Message"]


def flags(box, folder="INBOX"):
    """ID -> flags that voicemail uses, of each mail in a folder."""
    return {mail.header("X-Asterisk-VM-Message-ID"): {flag.lower() for flag in mail.flags} & {"\\seen", "\\flagged"}
            for mail in box.mails(folder)}


def put(box, identity, marks="", folder="INBOX", pcm=None, **headers):
    """Put one message with this ID into a box."""
    with box.client() as client:
        client.append(mails.voicemail(box, pcm, identity=identity, **headers), marks, folder)


# How the unmodified Asterisk fails: it sees no message, whatever it is asked to do, and loses a connection.
BLIND = ("Let-manager-console", "Message|went well|No vmstate found|told|did not play|in the log")


@check("manager-summary", world="paths", boxes=1, patch=BLIND)
def manager_summary(t):
    """The manager and the console tell all messages; none counts as heard, no folder is made, no connection stays."""
    put(t.box, "new")
    put(t.box, "heard", "\\Seen")
    put(t.box, "urgent", "\\Flagged")
    put(t.box, None, Message_ID=None)
    with t.box.client() as client:
        client.create("Work")
        folders = sorted(client.folders())
    put(t.box, "kept", folder="Work")
    before = flags(t.box)
    found = summary(t)
    nameless = [identity for _, identity in found if identity.startswith("uid-")]
    t.same(len(nameless), 1, "messages told that have no ID")
    t.same(found, sorted([("INBOX", "new"), ("INBOX", nameless[0]), ("Old", "heard"), ("Urgent", "urgent"), ("Work", "kept")]),
           "messages told")
    open_before = t.world.proxy.open()
    t.same(summary(t), found, "messages told the second time")
    shown = t.asterisk.cli(f"voicemail show mailbox {t.box.number} default")
    t.expect(all(word in shown for word in ("kept", "urgent", "5 Messages Total")), f"voicemail show mailbox has told: {shown}")
    t.same(flags(t.box), before, "flags")
    with t.box.client() as client:
        t.same(sorted(client.folders()), folders, "folders")
    t.eventually(t.world.proxy.open, lambda number: number <= open_before, f"connections open, {open_before} before", 3)


@check("manager-remove", world="paths", boxes=1, expect=(r"Folder Work has less than 1 messages",), patch=BLIND)
def manager_remove(t):
    """The manager removes a message that has an ID and one that has none, and refuses what is not there."""
    for name in ("one", "two", "three"):
        put(t.box, name)
    put(t.box, None, Message_ID=None)
    t.expect(manage(t, "VoicemailRemove", Folder="INBOX", ID="two"), "nothing went well")
    t.expect(not manage(t, "VoicemailRemove", Folder="INBOX", ID="two"), "it went well again")
    t.expect(not manage(t, "VoicemailRemove", Folder="Work", ID="one"), "it went well in a folder that is not there")
    nameless, = [identity for _, identity in summary(t) if identity.startswith("uid-")]
    t.expect(manage(t, "VoicemailRemove", Folder="INBOX", ID=nameless), "by UID nothing went well")
    t.same(sorted(flags(t.box)), ["one", "three"], "messages left")
    t.same(t.counts(), (0, 2, 0), "MailboxCount (urgent, new, old)")


@check("manager-move", world="paths", boxes=1, patch=("Move-a-message-within-the-IMAP-inbox", BLIND[1]))
def manager_move(t):
    """The manager moves messages between new, old and urgent, and to another folder and back; none is lost or doubled."""
    for name in ("one", "two", "three"):
        put(t.box, name)
    for name, start, end in (("one", "INBOX", "Old"), ("two", "INBOX", "Urgent"), ("three", "INBOX", "Work")):
        t.expect(manage(t, "VoicemailMove", Folder=start, ID=name, ToFolder=end), f"moving {name} to {end}: nothing went well")
    t.same(summary(t), [("Old", "one"), ("Urgent", "two"), ("Work", "three")], "messages told")
    t.same(flags(t.box), {"one": {"\\seen"}, "two": {"\\flagged"}}, "messages of the inbox")
    t.same(flags(t.box, "Work"), {"three": set()}, "messages of Work")
    t.same(t.counts(), (1, 0, 1), "MailboxCount (urgent, new, old)")
    for name, start, end in (("one", "Old", "INBOX"), ("two", "Urgent", "Old"), ("three", "Work", "Urgent")):
        t.expect(manage(t, "VoicemailMove", Folder=start, ID=name, ToFolder=end), f"moving {name} to {end}: nothing went well")
    t.same(summary(t), [("INBOX", "one"), ("Old", "two"), ("Urgent", "three")], "messages told after moving back")
    t.same(flags(t.box, "Work"), {}, "messages left in Work")
    t.same(t.counts(), (1, 1, 1), "MailboxCount (urgent, new, old) after moving back")


@check("manager-forward", world="paths", boxes=[{}, {"maxmsg": "2"}], expect=(r"since we will exceed", r"copy message", r"not forwarded"),
       patch=("Say-so-when-a-message", BLIND[1]))
def manager_forward(t):
    """The manager forwards a message into a folder of another mailbox and of its own, and says so when a mailbox is full."""
    other = t.boxes[1]
    said = t.voice()[1]
    put(t.box, "first")
    put(t.box, "second", pcm=said)
    put(other, "more", "\\Seen")
    where = {"Folder": "INBOX", "ID": "second", "ToContext": "default"}
    t.expect(manage(t, "VoicemailForward", ToMailbox=other.number, ToFolder="INBOX", **where), "nothing went well")
    mail = other.mails()[-1]
    t.expect_audio(mail, said)
    t.same(mail.header("X-Asterisk-VM-Caller-ID-Num"), "5550100", "X-Asterisk-VM-Caller-ID-Num")
    t.expect(manage(t, "VoicemailForward", ToMailbox=t.box.number, ToFolder="Work", **where), "to its own Work nothing went well")
    t.same(len(t.box.mails("Work")), 1, "mails in its own Work")
    t.same(sorted(flags(t.box).items()), [("first", set()), ("second", set())], "messages of the inbox")
    t.expect(not manage(t, "VoicemailForward", ToMailbox=other.number, ToFolder="INBOX", **where), "it went well with a full mailbox")
    t.same(len(other.mails()), 2, "mails of the full mailbox")


@check("play-message", world="paths", boxes=1, patch=BLIND)
def play_message(t):
    """VoiceMailPlayMsg plays the message with an ID from any folder; that one counts as heard, no other."""
    said = t.voice()[1]
    put(t.box, "first")
    put(t.box, "second", pcm=said)
    put(t.box, "third")
    with t.box.client() as client:
        client.create("Work")
    put(t.box, "kept", folder="Work")
    connections = t.world.proxy.open()
    for identity in ("second", "kept"):
        path = t.asterisk.path("voices", f"heard-{t.item.name}-{identity}")
        since = t.asterisk.mark()
        events = t.asterisk.ami.mark()
        t.asterisk.ami.action("Originate", Channel="Local/s@hear/n", Application="VoiceMailPlayMsg",
                              Data=f"{t.box.number}@default,{identity}", Async="true", ChannelId=f"play-{identity}",
                              Codecs="slin", Timeout="20000", Variable=[f"HEARD={path}"])
        t.logged(r"Playing '[^']*/msg\d+", 5, since)
        ended = t.asterisk.ami.wait(
            lambda event, identity=identity: event["Event"] == "Hangup" and event.get("Uniqueid") == f"play-{identity}", 15, events)
        t.expect(ended, "the call of VoiceMailPlayMsg did not end")
    heard = tones.read_wav(t.asterisk.path("voices", f"heard-{t.item.name}-second") + ".wav")
    part = tones.shared(said[len(said) // 4:len(said) * 3 // 4], heard)
    t.expect(part >= 0.9, f"only {part:.0%} of the message was heard")
    t.same(flags(t.box), {"first": set(), "second": {"\\seen"}, "third": set()}, "flags")
    t.same(flags(t.box, "Work"), {"kept": {"\\seen"}}, "flags in Work")
    left = [name for _, _, names in os.walk(t.asterisk.path("spool", "voicemail", "default", t.box.number)) for name in names]
    t.same(left, [], "files left")
    t.eventually(t.world.proxy.open, lambda number: number <= connections, f"connections open, {connections} before", 3)


@check("play-message-closes", world="paths", boxes=1, expect=(r"No vmstate found", r"Could not answer"), patch=("Let-manager-console", "connections open"))
def play_message_closes(t):
    """VoiceMailPlayMsg closes its connection, whether it finds the message or not."""
    put(t.box, "first")
    connections = t.world.proxy.open()
    for identity in ("first", "nobody's"):
        events = t.asterisk.ami.mark()
        t.asterisk.ami.action("Originate", Channel="Local/s@hear/n", Application="VoiceMailPlayMsg", Data=f"{t.box.address},{identity}",
                              Async="true", ChannelId=f"play-{identity}", Codecs="slin", Timeout="20000",
                              Variable=[f"HEARD={t.asterisk.path('voices', 'play-closes')}"])
        t.expect(t.asterisk.ami.wait(
            lambda event, identity=identity: event["Event"] == "Hangup" and event.get("Uniqueid") == f"play-{identity}", 15, events),
            "the call of VoiceMailPlayMsg did not end")
    t.eventually(t.world.proxy.open, lambda number: number <= connections, f"connections open, {connections} before", 3)


@check("refused-then-emptied", world="paths", boxes=[{"maxmsg": "2"}],
       expect=(r"since we will exceed", r"No more messages possible"), patch=("Give-back-the-place-of-a-caller", "number of mails"))
def refused_then_emptied(t):
    """A full mailbox that has refused callers takes messages again once it is emptied."""
    mails.put(t.box, 2, "\\Seen")
    for _ in range(3):
        call = t.call("leave", "hear", VMOPTIONS="s", HEARD=t.asterisk.path("voices", "refused"))
        call.hears("vm-mailboxfull", 5)
        call.wait_end(10)
    for mail in t.box.mails():
        with t.box.client() as client:
            client.delete(mail.uid)
    t.eventually(t.counts, (0, 0, 0), "MailboxCount (urgent, new, old)", 5)
    t.leave(seconds=1.7)
    t.same(len(t.box.mails()), 1, "number of mails")


@check("recording-left", world="paths", boxes=1, expect=(r"Unable to set write file size",),
       patch=("Store-a-recording", "EOFError|of the mail|attachment"))
def recording_left(t):
    """A call that MixMonitor records for a mailbox arrives as a message with its audio, its caller and its length."""
    mails.put(t.box, 1)
    name, said = t.voice(seconds=3)
    events = t.asterisk.ami.mark()
    t.asterisk.ami.action("Originate", Channel="Local/s@speak/n", Application="Wait", Data="20", Async="true", ChannelId="recorded",
                          CallerID='"Caller" <5550100>', Codecs="slin", Timeout="20000", Variable=[f"VOICE={name}"])
    begun = t.asterisk.ami.wait(lambda event: event["Event"] == "Newchannel" and event.get("Uniqueid") == "recorded", 5, events)
    t.asterisk.ami.action("MixMonitor", Channel=begun["Channel"], File=t.asterisk.path("voices", "recorded.wav"),
                          Options=f"m({t.box.address})")
    t.eventually(lambda: len(t.box.mails()), 2, "number of mails", 15)
    mail = t.box.mails()[-1]
    found = mail.attachments()
    t.same(len(found), 1, "number of attachments")
    stored = tones.attachment(found[0][2])
    part = tones.shared(said[len(said) // 4:len(said) * 3 // 4], stored)
    t.expect(part >= 0.9, f"only {part:.0%} of the recording is in the attachment")
    t.same(mail.header("X-Asterisk-VM-Caller-ID-Num"), "5550100", "X-Asterisk-VM-Caller-ID-Num of the mail")
    t.expect(1 <= int(mail.header("X-Asterisk-VM-Duration")) <= 6, f"duration of the mail: {mail.header('X-Asterisk-VM-Duration')}")
    left = [name for _, _, names in os.walk(t.asterisk.path("spool", "voicemail", "default", t.box.number)) for name in names]
    t.same(left, [], "files of the mail left")


@check("more-old-than-maxmsg", world="paths", boxes=[{"maxmsg": "10"}], expect=(r"No more messages possible",),
       patch=("Make-room-for-all-messages", "Asterisk died|did not play vm-deleted|did not end|mails .UIDs"))
def more_old_than_maxmsg(t):
    """Of more old messages than maxmsg, the last one is heard and deleted."""
    before = [mail.uid for mail in mails.put(t.box, 103, "\\Seen")]
    call = t.owner()
    try:
        t.play_first(call)
        call.press("4")  # messagewrap: to the last one
        call.hears(r"[^']*/msg\d+")
        t.menu(call, 30)
        call.press("7")
        call.hears("vm-deleted", 5)
        t.leave_menu(call)
    finally:
        call.hang_up()
        call.wait_end(10)
    t.same([mail.uid for mail in t.box.mails()], before[:-1], "mails (UIDs)")
