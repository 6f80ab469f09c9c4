"""Ways into a mailbox, and what each leaves behind."""

import mails
from harness import World, check
from proxy import Proxy


class Paths(World):
    """A server behind a proxy; nothing is polled."""

    name = "paths"
    general = {"pollmailboxes": "no", "messagewrap": "yes"}

    def __init__(self, *args):
        super().__init__(*args)
        self.proxy = None

    def prepare(self):
        self.proxy = Proxy(self.dovecot.ports["imap"])
        self.proxy.accept()

    def finish(self):
        if self.proxy is not None:
            self.proxy.close()

    def voicemail(self):
        return {**super().voicemail(), "imapport": self.proxy.port}


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
