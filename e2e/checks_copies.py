"""Messages that are copied, forwarded, or only pass through: each in the right account, and no other harmed."""

import mails
from harness import World, check
from proxy import Proxy


class Copies(World):
    """A plain server; nothing is polled."""

    name = "copies"
    general = {"pollmailboxes": "no"}

    def __init__(self, *args):
        super().__init__(*args)
        self.other = None  # in front of the same server

    def prepare(self):
        self.other = Proxy(self.dovecot.ports["imap"])
        self.other.accept()

    def finish(self):
        if self.other is not None:
            self.other.close()


@check("delete-yes", world="copies", boxes=[{"delete": "yes"}], patch=("Delete-only-the-message", "mails|MailboxCount|Asterisk died|in the log"))
def delete_yes(t):
    """A box that only sends mail (delete=yes) loses the message just left, and no other."""
    before = [mail.uid for mail in mails.put(t.box, 2)]
    mails.put(t.box, 1, "\\Seen")
    before = [mail.uid for mail in t.box.mails()]
    for _ in range(2):
        t.leave(seconds=1.7)
    t.same([mail.uid for mail in t.box.mails()], before, "mails (UIDs)")
    t.same(t.counts(), (0, 2, 1), "MailboxCount (urgent, new, old)")


@check("two-recipients", world="copies", boxes=2, patch=("Deliver-a-message-to-all", "number of mails"))
def two_recipients(t):
    """VoiceMail(100&200): both boxes get the message, and both owners can listen to it."""
    one, two = t.boxes
    name, said = t.voice()
    call = t.call("leaveboth", "speak", one, VOICE=name, VMOPTIONS="s", ALSO=two.number)
    call.wait_end()
    ids = []
    for box in t.boxes:
        found = box.mails()
        t.same(len(found), 1, f"number of mails of {box.number}")
        t.expect_audio(found[0], said)
        t.same(found[0].header("X-Asterisk-VM-Extension"), box.number, "X-Asterisk-VM-Extension")
        t.same(found[0].header("X-Asterisk-VM-Caller-ID-Num"), "5550100", "X-Asterisk-VM-Caller-ID-Num")
        ids.append(found[0].header("X-Asterisk-VM-Message-ID"))
        t.same(t.counts(box), (0, 1, 0), f"MailboxCount (urgent, new, old) of {box.number}")
    t.expect(len(set(ids)) == 2 and all(ids), f"X-Asterisk-VM-Message-ID {ids}")
    call = t.owner(two)
    t.play_first(call)
    t.leave_menu(call)
    t.expect_heard(call, said)


def forward(t, sender, receiver):
    """The owner of a box forwards its first message without a comment; the mail that arrives."""
    call = t.owner(sender)
    t.play_first(call)
    t.forward_to(call, receiver)
    call.press("2")
    call.hears("vm-msgsaved|vm-msgforwarded", 30)
    t.menu(call)
    t.leave_menu(call, 60)
    mail, = receiver.mails()
    return mail


@check("forward-keeps-id", world="copies", boxes=2, expect=(r"E-mail address missing for mailbox",),
       patch=("Forward-a-message-with-its-ID", "null"))
def forward_keeps_id(t):
    """A forwarded message keeps its ID."""
    sender, receiver = t.boxes
    mails.put(sender, 1)
    mail = forward(t, sender, receiver)
    t.same(mail.header("X-Asterisk-VM-Message-ID"), sender.mails()[0].header("X-Asterisk-VM-Message-ID"), "X-Asterisk-VM-Message-ID")


@check("second-recipient-down", world="copies", boxes=[{}, {"imapport": lambda world: world.other.port}], expect=(r".",),
       patch=("Deliver-a-message-to-all", "number of mails"))
def second_recipient_down(t):
    """VoiceMail(100&200) while the server of 200 is down: 100 has the message at once, and 200 when its server is back."""
    one, two = t.boxes
    t.world.other.refuse()
    name, said = t.voice()
    call = t.call("leaveboth", "speak", one, VOICE=name, VMOPTIONS="s", ALSO=two.number)
    call.wait_end()
    t.same(len(one.mails()), 1, "number of mails of the first box")
    t.world.other.accept()
    t.eventually(lambda: t.counts(two) and len(two.mails()), 1, "number of mails of the second box", 3 if not t.patched else 15)
    t.expect_audio(two.mails()[0], said)


@check("expunged-meanwhile", world="copies", boxes=1, expect=(r"No vmstate found for user",),
       patch=("Know-messages-by-their-UIDs", "mails left"))
def expunged_meanwhile(t):
    """Another client expunges a message during the owner's call: what is next is still next, and what is deleted was heard."""
    first, _, third = mails.put(t.box, 3)
    call = t.owner()
    t.play_first(call)
    with t.box.client() as client:
        client.delete(first.uid)
    call.press("6")
    call.hears(r"[^']*/msg\d+")
    t.menu(call, 30)
    t.delete(call)
    t.leave_menu(call)
    t.same([mail.uid for mail in t.box.mails()], [third.uid], "mails left (UIDs)")
