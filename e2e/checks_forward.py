"""Forwarding with a comment."""

import time

import tones
from harness import check


def forward_with_comment(t, sender, receiver):
    """A message is left, and the owner forwards it with a comment; (what the caller said, what was spoken as comment)."""
    said = t.leave(sender)
    return said, comment_on(t, sender, receiver)


def comment_on(t, sender, receiver):
    """The owner of one box forwards its message to the other with a comment; what was spoken as comment."""
    name, spoken = t.voice(40)
    call = t.call("main", "speakon", sender, caller=("Owner", sender.number), VOICE=name)
    t.play_first(call)
    t.forward_to(call, receiver)
    call.press("1")
    call.hears("vm-record-prepend")
    call.hears("beep")
    time.sleep(1.5)  # nothing else tells how much has been recorded
    call.press("#")
    call.hears("vm-review")
    call.press("1")
    call.hears("vm-msgforwarded|vm-helpexit", 30)
    call.hang_up()
    call.wait_end(60)
    return spoken


def received(t, receiver, said, spoken):
    """The mail has the message and the comment, and the receiver hears first the one and then the other."""
    mail = receiver.mails()[-1]
    found = mail.attachments()
    t.same(len(found), 2, "number of attachments, message and comment")
    message, comment = (tones.attachment(part) for _, _, part in found)
    t.expect(tones.shared(said[len(said) // 4:len(said) * 3 // 4], message) > 0.9, "the first attachment is not the message")
    t.expect(tones.shared(comment, tones.silence(0.05) + spoken) > 0.9, "the second attachment is not the comment")
    call = t.owner(receiver)
    t.play_first(call)
    t.leave_menu(call)
    heard = t.heard(call)
    t.expect(tones.shared(comment[len(comment) // 4:len(comment) * 3 // 4], heard) > 0.9, "the comment was not heard")
    t.expect(tones.shared(said[len(said) // 4:len(said) * 3 // 4], heard) > 0.9, "the message was not heard")
    seconds = (len(message) + len(comment)) / 16000
    duration = int(mail.header("X-Asterisk-VM-Duration"))
    t.expect(abs(duration - seconds) <= 1.5, f"X-Asterisk-VM-Duration of the comment and the message: {duration}, not {seconds:.1f}")


NO_ADDRESS = (r"E-mail address missing for mailbox",)  # forwarding also wants to notify by mail


PATCH = ("Count-the-message-in-the-duration", "X-Asterisk-VM-Duration|did not end")


@check("forward-comment", boxes=2, expect=NO_ADDRESS, patch=PATCH)
def forward_comment(t):
    """A message is forwarded with a comment: its receiver hears the comment and then the message."""
    received(t, t.boxes[1], *forward_with_comment(t, *t.boxes))


@check("forward-comment-shared", expect=NO_ADDRESS, patch=PATCH,
       boxes=[{"imapuser": "together", "imapvmshareid": "sender"}, {"imapuser": "together", "imapvmshareid": "receiver"}])
def forward_comment_shared(t):
    """The same between two boxes of one account."""
    received(t, t.boxes[1], *forward_with_comment(t, *t.boxes))
