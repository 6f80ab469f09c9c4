"""The main job: leave, count, light the lamp, listen, keep, delete, forward."""

import email.utils

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


@check("leave-two", boxes=1, lamp=True)
def leave_two(t):
    """Counts go 0, 1, 2 in the manager, the console and the lamp; the second message is numbered 2."""
    t.same((t.counts(), t.listed(), t.lamp()), ((0, 0, 0), 0, False), "before")
    t.leave()
    t.expect_state(0, 1, 0, lamp=True)
    t.same(t.listed(), 1, "voicemail show users")
    t.leave()
    t.expect_state(0, 2, 0, lamp=True)
    t.same(t.listed(), 2, "voicemail show users")
    t.leave(options="sU")
    t.expect_state(1, 2, 0, lamp=True)
    t.same(sorted(mail.header("X-Asterisk-VM-Message-Num") for mail in t.box.mails()), ["1", "2", "3"], "message numbers")


@check("leave-greeting", boxes=1)
def leave_greeting(t):
    """A caller who is not silenced hears the introduction and the beep before the recording starts."""
    name, _ = t.voice()
    call = t.call("leave", "speak", VOICE=name, VMOPTIONS="")
    call.hears("vm-intro")
    call.hears("beep")
    call.wait_end()
    t.same(t.counts(), (0, 1, 0), "MailboxCount (urgent, new, old)")


@check("leave-nothing", boxes=1)
def leave_nothing(t):
    """A caller who hangs up at once leaves no mail."""
    call = t.call("leave", "hear", VMOPTIONS="", HEARD=t.asterisk.path("voices", "leave-nothing"))
    call.hears("vm-intro")
    call.hang_up()
    call.wait_end()
    t.same(len(t.box.mails()), 0, "number of mails")
    t.same(t.counts(), (0, 0, 0), "MailboxCount (urgent, new, old)")


@check("foreign-append", boxes=2, lamp=True)
def foreign_append(t):
    """A voicemail that another client puts there lights the lamp within a poll."""
    giver, taker = t.boxes
    t.leave(giver)
    mail, = giver.mails()
    data = mail.data.replace(f"X-Asterisk-VM-Extension: {giver.number}".encode(),
                             f"X-Asterisk-VM-Extension: {taker.number}".encode())
    t.expect(data != mail.data, "X-Asterisk-VM-Extension not found in the mail")
    t.expect_lamp(False, taker)
    with taker.client() as client:
        client.append(data)
    t.expect_lamp(True, taker)
    t.same(t.counts(taker), (0, 1, 0), "MailboxCount (urgent, new, old)")


@check("foreign-read", boxes=1, lamp=True)
def foreign_read(t):
    """A voicemail that another client reads goes from new to old, and the lamp off, within a poll; and back."""
    t.leave()
    t.expect_state(0, 1, 0, lamp=True)
    mail, = t.box.mails()
    with t.box.client() as client:
        client.flag(mail.uid, "\\Seen")
        t.expect_lamp(False)
        t.same(t.counts(), (0, 0, 1), "MailboxCount (urgent, new, old)")
        client.flag(mail.uid, "\\Seen", remove=True)
        t.expect_lamp(True)
        t.same(t.counts(), (0, 1, 0), "MailboxCount when it is unread again")


@check("foreign-delete", boxes=1, lamp=True)
def foreign_delete(t):
    """A voicemail that another client deletes darkens the lamp within a poll, already when it is only marked."""
    t.leave()
    t.expect_state(0, 1, 0, lamp=True)
    mail, = t.box.mails()
    with t.box.client() as client:
        client.flag(mail.uid, "\\Deleted")
        t.expect_lamp(False)
        t.same(t.counts(), (0, 0, 0), "MailboxCount when marked as deleted")
        client.flag(mail.uid, "\\Deleted", remove=True)
        t.expect_lamp(True)
        t.same(t.counts(), (0, 1, 0), "MailboxCount when it is marked no more")
        client.delete(mail.uid)
        t.expect_lamp(False)
    t.same(t.counts(), (0, 0, 0), "MailboxCount (urgent, new, old)")


@check("foreign-mail", boxes=1)
def foreign_mail(t):
    """Ordinary mail in the same mailbox is not counted, not played and not touched."""
    letter = (b"From: someone@example.org\r\nTo: owner@example.org\r\nSubject: lunch\r\nDate: Mon, 1 Jan 2024 10:00:00 +0000\r\n"
              b"Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nAt noon?\r\n")
    with t.box.client() as client:
        client.append(letter)
    said = t.leave()
    with t.box.client() as client:
        client.append(letter)
    t.same(t.counts(), (0, 1, 0), "MailboxCount (urgent, new, old)")
    call = t.owner()
    t.play_first(call)
    t.leave_menu(call)
    t.expect_heard(call, said)
    flags = [(mail.header("Subject") == "lunch", "\\Seen" in mail.flags) for mail in t.box.mails()]
    t.same(flags, [(True, False), (False, True), (True, False)], "(ordinary mail, seen)")


@check("listen", boxes=1, lamp=True)
def listen(t):
    """The owner hears the very recording; it becomes \\Seen, goes from new to old, and the lamp goes off."""
    said = t.leave()
    t.expect_state(0, 1, 0, lamp=True)
    call = t.owner()
    t.play_first(call)
    t.leave_menu(call)
    t.expect_heard(call, said)
    mail, = t.box.mails()
    t.expect("\\Seen" in mail.flags, f"after listening the flags are {mail.flags}")
    t.expect("\\Deleted" not in mail.flags, "listening marked the mail as deleted")
    t.same(t.counts(), (0, 0, 1), "MailboxCount (urgent, new, old)")
    t.expect_lamp(False)
    call = t.owner()
    call.hears("vm-Olds?")  # "you have one old message"
    t.play_first(call)
    t.leave_menu(call)
    t.expect_heard(call, said)


@check("listen-empty", boxes=1)
def listen_empty(t):
    """An owner without messages is told so."""
    call = t.owner()
    call.hears("vm-youhave")
    call.hears("vm-no")
    t.menu(call)
    t.leave_menu(call)
    t.same(t.counts(), (0, 0, 0), "MailboxCount (urgent, new, old)")


@check("listen-several", boxes=1, expect=(r"The code expects the old messages to be checked first",))  # of Asterisk to itself
def listen_several(t):
    """Three messages are played each in its turn with its own audio: urgent first, then in order, and back."""
    first, second = t.leave(), t.leave()
    urgent = t.leave(options="sU")
    t.same(t.counts(), (1, 2, 0), "MailboxCount (urgent, new, old)")
    call = t.owner()
    t.play_first(call)  # the urgent one
    call.press("6")  # there is no further urgent one, so the new ones are opened
    t.play_first(call)
    call.press("6")
    call.hears(r"[^']*/msg\d+")
    t.menu(call)
    t.leave_menu(call)
    heard = t.heard(call)
    for name, said in (("urgent", urgent), ("first", first), ("second", second)):
        t.expect(tones.shared(said[16000:24000], heard) > 0.9, f"the {name} message was not heard")
    t.same(t.counts(), (0, 0, 3), "MailboxCount (urgent, new, old)")


def save(t, digit, folder):
    """Save one message to a folder by its key and look at the result."""
    said = t.leave()
    original, = t.box.mails()
    call = t.owner()
    t.play_first(call)
    t.save_to(call, digit)
    t.menu(call)
    t.leave_menu(call)
    with t.box.client() as client:
        folders = client.folders()
        t.expect(folder in folders, f"there is no folder {folder}: {sorted(folders)}")
        copies = client.mails(folder)
        inbox = client.mails()
    t.same(len(copies), 1, f"mails in {folder}")
    t.same(copies[0].data, original.data, f"mail in {folder}")
    t.expect_audio(copies[0], said)
    if t.patched:
        t.same(inbox, [], "mails left in INBOX")
        return folder
    # app_voicemail copies and leaves the original where it was, with any library.
    t.same([mail.uid for mail in inbox], [original.uid], "mails left in INBOX")
    t.expect("\\Seen" in inbox[0].flags, "the original is not \\Seen")
    return folder


@check("save-work", boxes=1)
def save_work(t):
    """Saving to Work creates the folder and copies the message there; browsing to Work plays it."""
    save(t, "2", "Work")
    call = t.owner()
    t.menu(call)
    call.press("2")
    call.hears("vm-changeto")
    call.hears("vm-tocancel")
    call.press("2")
    call.hears("vm-Work")
    t.play_first(call)
    t.leave_menu(call)


@check("save-family", boxes=1)
def save_family(t):
    """Saving to Family creates the folder and copies the message there."""
    save(t, "3", "Family")


@check("save-friends", boxes=1)
def save_friends(t):
    """Saving to Friends creates the folder and copies the message there."""
    save(t, "4", "Friends")


@check("save-twice", boxes=1)
def save_twice(t):
    """A folder that is there already is used, not created again."""
    with t.box.client() as client:
        client.create("Work")
    save(t, "2", "Work")


@check("save-old-new", boxes=1)
def save_old_new(t):
    """Saving to Old sets \\Seen and saving to New removes it; the message stays in INBOX."""
    t.leave()
    call = t.owner()
    t.play_first(call)
    t.save_to(call, "0")
    t.menu(call)
    t.leave_menu(call)
    mail, = t.box.mails()
    t.expect("\\Seen" not in mail.flags, f"saved to New, the flags are {mail.flags}")
    t.same(t.counts(), (0, 1, 0), "MailboxCount (urgent, new, old)")
    call = t.owner()
    t.play_first(call)
    t.save_to(call, "1")
    t.menu(call)
    t.leave_menu(call)
    mail, = t.box.mails()
    t.expect("\\Seen" in mail.flags, f"saved to Old, the flags are {mail.flags}")
    t.same(t.counts(), (0, 0, 1), "MailboxCount (urgent, new, old)")


@check("delete", boxes=1, lamp=True)
def delete(t):
    """Deleting removes that message at the hang-up (expungeonhangup) and no other."""
    t.leave()
    kept = t.leave()
    doomed, stays = t.box.mails()
    call = t.owner()
    t.play_first(call)
    t.delete(call)
    t.leave_menu(call)
    mails = t.box.mails()
    t.same([mail.uid for mail in mails], [stays.uid], f"UIDs left after deleting {doomed.uid}")
    t.expect_audio(mails[0], kept)
    t.expect_state(0, 1, 0, lamp=True)
    call = t.owner()
    t.play_first(call)
    t.delete(call)
    t.leave_menu(call)
    t.same(t.box.mails(), [], "mails left")
    t.expect_state(0, 0, 0, lamp=False)


@check("undelete", boxes=1)
def undelete(t):
    """A message deleted and undeleted in the same call stays."""
    t.leave()
    call = t.owner()
    t.play_first(call)
    t.delete(call)
    call.press("7")
    call.hears("vm-undeleted")
    t.menu(call)
    t.leave_menu(call)
    mail, = t.box.mails()
    t.expect("\\Deleted" not in mail.flags, "still marked as deleted")


@check("delete-foreign-marked", boxes=1)
def delete_foreign_marked(t):
    """What becomes of mail that another client has marked \\Deleted when the owner listens, and deletes.

    Unmodified Asterisk expunges when a caller has left a message (expungeonhangup) and when the owner deletes one: by
    mail_expunge_full(stream, NIL, EX_UID), or by mail_expunge. Without a sequence both are a plain EXPUNGE, with UIDPLUS
    as without, and the other client's marked mail goes too. A library must do what these calls ask for. Where nothing is
    left and nothing deleted, nothing is expunged, and the marked mail must stay.
    """
    letter = b"From: a@example.org\r\nSubject: marked by another client\r\n\r\ntext\r\n"
    t.leave()
    t.leave()
    with t.box.client() as client:
        client.append(letter, "\\Deleted")
        client.append(letter.replace(b"marked by", b"not marked by"))
    call = t.owner()
    t.play_first(call)
    t.leave_menu(call)
    t.same(len(t.box.mails()), 4, "mails after a call without deletion")
    call = t.owner()
    t.play_first(call)
    t.delete(call)
    t.leave_menu(call)
    left = [mail.header("Subject") or "" for mail in t.box.mails()]
    t.same(len(left), 3 if t.patched else 2, f"mails after a deletion ({left})")
    t.expect(any(subject.startswith("not marked") for subject in left), f"the other client's unmarked mail is gone: {left}")


@check("forward", boxes=2, lamp=True, expect=(r"E-mail address missing for mailbox",))  # forwarding also wants to notify by mail
def forward(t):
    """A message forwarded to another box arrives there with its audio, and the other lamp goes on."""
    sender, receiver = t.boxes
    said = t.leave(sender)
    call = t.owner(sender)
    t.play_first(call)
    t.forward_to(call, receiver)
    call.press("2")  # send without a comment
    call.hears("vm-msgsaved|vm-msgforwarded", 30)
    t.menu(call)
    t.leave_menu(call, 60)
    mail, = receiver.mails()
    t.expect_audio(mail, said)
    t.same(mail.header("X-Asterisk-VM-Extension"), receiver.number, "X-Asterisk-VM-Extension")
    t.same(t.counts(receiver), (0, 1, 0), "MailboxCount (urgent, new, old) of the receiver")
    t.expect_lamp(True, receiver)
    t.same(len(sender.mails()), 1, "mails of the sender")


# Asterisk's IMAP storage moves every finished recording to spool/voicemail/imap/msgNNNN.wav, whoever's box it is for, and
# builds the mail from that file. Two callers who hang up in the same moment can so get each other's audio, or none; and where one
# has put his file away when the other looks for it, the other's message is dropped without a word, before it was a mail.
MIXED_UP = (r"Failed to open file: .*/voicemail/imap/msg\d+\.wav", r"BUG: ref count decrement on non-existing object",
            r"Unable to open file .*/voicemail/imap/msg", r"voicemail/imap/msg.*No such file")


def callers(t, boxes, stagger):
    """Callers in these boxes at once, who hang up `stagger` seconds after one another; (box, PCM) of each."""
    calls = []
    for index, box in enumerate(boxes):
        name, pcm = t.voice(2.5 + index * stagger)
        calls.append((box, pcm, t.call("leave", "speak", box, VOICE=name, VMOPTIONS="s")))
    for _, _, call in calls:
        call.wait_end(60)
    return [(box, pcm) for box, pcm, _ in calls]


@check("five-callers", boxes=5)
def five_callers(t):
    """Five callers are on the line at once and leave messages in five boxes; each box gets its own caller's audio."""
    for box, pcm in callers(t, t.boxes, 0.4):
        mail, = box.mails()
        t.expect_audio(mail, pcm)
        t.same(t.counts(box), (0, 1, 0), "MailboxCount (urgent, new, old)")


@check("five-callers-at-once", boxes=5, expect=MIXED_UP)
def five_callers_at_once(t):
    """Five callers hang up in the same moment: five mails in five boxes (Asterisk itself may mix up the audio, or drop a message)."""
    arrived = 0
    for box, pcm in callers(t, t.boxes, 0):
        mails = box.mails()
        arrived += len(mails)
        t.expect(len(mails) == 1 or not t.patched and not mails, f"mails in {box.number}: {len(mails)}")
        for mail in mails:
            t.same(mail.header("X-Asterisk-VM-Extension"), box.number, "X-Asterisk-VM-Extension")
            if t.patched:
                t.expect_audio(mail, pcm)
        t.same(t.counts(box), (0, len(mails), 0), "MailboxCount (urgent, new, old)")
    t.expect(arrived, "no message arrived")


@check("five-callers-one-box", boxes=1, expect=MIXED_UP)
def five_callers_one_box(t):
    """Five callers leave messages in one box at once: five mails (Asterisk records all five into one file)."""
    callers(t, [t.box] * 5, 0.4)
    t.same(len(t.box.mails()), 5, "number of mails")
    t.same(t.counts(), (0, 5, 0), "MailboxCount (urgent, new, old)")


@check("maxmsg", boxes=[{"maxmsg": "2"}], expect=(r"we will exceed the maximum number of messages", r"No more messages possible"))
def maxmsg(t):
    """A box that holds its maximum takes no further message, and one more after a deletion."""
    t.leave()
    name, _ = t.voice()
    for _ in range(3):  # Asterisk counts its own unfinished recordings in and may stop one early
        if len(t.box.mails()) == 2:
            break
        t.leave()
    full = len(t.box.mails())
    call = t.call("leave", "speakon", VOICE=name, VMOPTIONS="s")
    call.hears("vm-mailboxfull")
    call.hang_up()
    call.wait_end()
    t.same(len(t.box.mails()), full, "number of mails")
