"""A Dovecot that passes sessions on to one of two others with the same mail, and the one that serves is killed within a call."""

import os
import time

from harness import World, check
from login_proxy import LoginProxy

ANYTHING = (r".",)  # a backend dies: complaints are wanted


class Behind(World):
    """Asterisk behind a login proxy."""

    name = "login-proxy"

    def server(self, users):
        return LoginProxy(self.directory, users=users).start()

    def prepare(self):
        self.configuration = os.path.join(self.directory, "c-client.conf")
        with open(self.configuration, "w", encoding="ascii") as out:
            out.write("[mailboxes]\nbusy = 10\n")

    def environment(self):
        return {**super().environment(), "C_CLIENT_CONFIG": self.configuration}

    def backend_dies(self):
        """The backend in use is killed, and logins go to the other one, which is all there is until it dies, too."""
        self.dovecot.restart_dead()
        self.dovecot.kill()
        self.dovecot.switch()


def state_of(t):
    """(new, old) as the server has it."""
    seen = sum("\\Seen" in mail.flags for mail in t.box.mails())
    return len(t.box.mails()) - seen, seen


@check("proxy", world="login-proxy", boxes=1, lamp=True)
def proxy(t):
    """Through a login proxy a message is left, lights the lamp, is heard and deleted."""
    said = t.leave()
    mail, = t.box.mails()
    t.expect_audio(mail, said)
    t.expect_state(0, 1, 0, lamp=True)
    call = t.owner()
    t.play_first(call)
    t.delete(call)
    t.leave_menu(call)
    t.expect_heard(call, said)
    t.same(t.box.mails(), [], "mails left")
    t.expect_state(0, 0, 0, lamp=False)


@check("proxy-leave", world="login-proxy", boxes=1, lamp=True, expect=ANYTHING)
def proxy_leave(t):
    """The backend is killed while a caller speaks: the message is stored by the other one, once, and the lamp is on."""
    t.leave()
    t.expect_state(0, 1, 0, lamp=True)
    name, said = t.voice(5)
    call = t.call("leave", "speak", VOICE=name, VMOPTIONS="s")
    call.hears("beep")
    time.sleep(2)  # nothing else tells how far the caller has come
    t.world.backend_dies()
    call.wait_end(40)
    mails = t.box.mails()
    t.same(len(mails), 2, "mails in the box")
    t.expect_audio(mails[1], said)
    t.expect_state(0, 2, 0, lamp=True)


@check("proxy-listen", world="login-proxy", boxes=1, lamp=True, expect=ANYTHING)
def proxy_listen(t):
    """The backend is killed while the owner listens: nothing is lost, the next call works, and the lamp is right."""
    first, second = t.leave(), t.leave()
    t.expect_state(0, 2, 0, lamp=True)
    call = t.owner()
    t.play_first(call)
    t.world.backend_dies()
    try:
        call.press("6")
        call.hears(r"[^']*/msg\d+", 10)
        t.menu(call, 30)
        t.leave_menu(call)
    except AssertionError:
        call.hang_up()  # it ended cleanly, or is about to
        call.wait_end(60)
    t.same(len(t.box.mails()), 2, "mails in the box")
    new, old = state_of(t)
    t.expect_state(0, new, old, lamp=new > 0)
    call = t.owner()
    t.menu(call)
    if not new:
        call.press("2")
        call.hears("vm-changeto")
        call.press("1")
    t.play_first(call)
    t.delete(call)
    t.leave_menu(call)
    t.expect_heard(call, second if new == 1 else first)
    t.same(len(t.box.mails()), 1, "mails in the box after one was deleted")
    new, old = state_of(t)
    t.expect_state(0, new, old, lamp=new > 0)


@check("proxy-unavailable", world="login-proxy", boxes=1, lamp=True, expect=ANYTHING)
def proxy_unavailable(t):
    """For two seconds around the end of a call nobody serves, and the proxy refuses logins: the message is stored all the same.

    UW's library tries at once and gives up, and the unmodified Asterisk loses the message then.
    """
    t.leave()
    t.expect_state(0, 1, 0, lamp=True)
    t.world.dovecot.restart_dead()
    name, said = t.voice(4)
    call = t.call("leave", "speak", VOICE=name, VMOPTIONS="s")
    call.hears("beep")
    time.sleep(2.5)  # as above; the caller hangs up in a second or two
    t.world.dovecot.fail(3)
    call.wait_end(40)
    time.sleep(3)  # whoever has given up would not know that the other backend serves by now
    mails = t.box.mails()
    if t.uw:
        t.same(len(mails), 1, "mails in the box")
        if not t.patched:
            return
        # It has kept the recording, and stores it when it looks again.
        t.eventually(lambda: len(t.box.mails()), 2, "mails in the box", 60)
        mails = t.box.mails()
    t.same(len(mails), 2, "mails in the box")
    t.expect_audio(mails[1], said)
    t.expect_state(0, 2, 0, lamp=True)
