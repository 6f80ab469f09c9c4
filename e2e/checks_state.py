"""What Asterisk keeps of a mailbox in memory: used by several threads at once, given back, and right for its account."""

import os
import re
import threading
import time

import ami
import asterisk
import mails
import tones
from dovecot import Dovecot
from harness import Proxied, check
from proxy import Proxy


class State(Proxied):
    """A server behind a proxy; nothing is polled."""

    name = "state"
    general = {"pollmailboxes": "no"}

    def __init__(self, *args):
        super().__init__(*args)
        self.second = self.other = None  # a second server, and its proxy

    def prepare(self):
        super().prepare()
        # The same users with other passwords.
        users = {name: f"other-{secret}" for name, secret in self.dovecot.options.users.items()}
        self.second = Dovecot(os.path.join(self.directory, "second"), users=users).start()
        self.other = Proxy(self.second.ports["imap"])
        self.other.accept()

    def finish(self):
        super().finish()
        if self.other is not None:
            self.other.close()
        if self.second is not None:
            self.second.stop()


class Logout(Proxied):
    """Each poll ends with a logout (imap_poll_logout), once in a second."""

    name = "logout"
    general = {"pollfreq": "1", "imap_poll_logout": "yes"}


def at_once(t, actions):
    """Run each of the functions (which get a manager connection of their own) in a thread; their results in order."""
    results = [None] * len(actions)

    def run(index, action):
        link = ami.Ami(t.asterisk.ports["ami"], "testbed", asterisk.SECRET)
        try:
            results[index] = action(link)
        except (OSError, RuntimeError) as error:
            results[index] = error
        finally:
            link.close()

    threads = [threading.Thread(target=run, args=item, daemon=True) for item in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def counts(link, box):
    """(urgent, new, old)."""
    answer = link.action("MailboxCount", seconds=6, Mailbox=box.address)
    return tuple(int(answer[key]) for key in ("UrgMessages", "NewMessages", "OldMessages"))


def settle(t):
    """Wait until Asterisk answers, or until it is dead and its core file is written."""
    deadline = time.monotonic() + 20
    while t.asterisk.alive() and time.monotonic() < deadline:
        try:
            t.asterisk.ami.action("Ping", seconds=2)
            return
        except (OSError, RuntimeError):
            time.sleep(0.1)


def memory(t, name="VmData"):
    """A line of /proc/PID/status, in KiB."""
    with open(f"/proc/{t.asterisk.process.pid}/status", encoding="ascii") as status:
        return int(re.search(rf"{name}:\s+(\d+)", status.read())[1])


@check("repeat-keeps-nothing", world="state", boxes=1, patch=("Give-back-the-audio", "KiB more"))
def repeat_keeps_nothing(t):
    """A long message that is repeated again and again leaves no memory behind."""
    pcm = tones.voice(5, 440, "long") * 50  # 4 MB
    with t.box.client() as client:
        client.append(mails.voicemail(t.box, pcm))
    call = t.owner()
    t.menu(call)
    call.press("1")
    before = 0
    for number in range(12):
        call.hears(r"[^']*/msg\d+", 20)
        if number == 3:
            before = memory(t)
        call.press("5")
    call.hang_up()
    call.wait_end()
    t.expected.append(r"Unable to play message")  # it was hung up while one played
    more = memory(t) - before
    t.expect(more < 20000, f"{more} KiB more memory after eight plays of a message of 4000 KiB")


@check("greetings-only", world="state", boxes=[{"maxmsg": "0"}], patch=("Expunge-the-messages-that-were-deleted", "Asterisk died"))
def greetings_only(t):
    """A box that takes no messages (maxmsg=0) plays its greeting, and that is all."""
    call = t.call("leave", "hear", VMOPTIONS="u", HEARD=t.asterisk.path("voices", "greetings-only"))
    try:
        call.wait_end(20)
    finally:
        settle(t)
    t.same(len(t.box.mails()), 0, "number of mails")


@check("counts-at-once", world="state", boxes=1, patch=("Hold-the-lock", "connections|what four counted|Asterisk died"))
def counts_at_once(t):
    """Threads that count one mailbox at the same time share one connection."""
    mails.put(t.box, 3)
    time.sleep(1)  # a connection from the load may be open, and what it has told a moment ago counts
    before = t.world.proxy.open()
    t.world.proxy.trouble("late", None, 8, 0.4)
    found = at_once(t, [lambda link: counts(link, t.box)] * 4)
    t.world.proxy.trouble("late", None, 0)
    t.same(found, [(0, 3, 0)] * 4, "what four counted")
    more = t.world.proxy.open() - before
    t.expect(more <= 1, f"{more} connections opened for four counts at once")


@check("logout-while-counting", world="logout", boxes=1, lamp=True, patch=("Keep-the-state", "what four counted|Asterisk died"))
def logout_while_counting(t):
    """A logout in the middle of others' counts harms none of them."""
    mails.put(t.box, 5)
    end = time.monotonic() + 6

    def many(link):
        found = set()
        while time.monotonic() < end:
            found.add(counts(link, t.box))
        return found

    found = at_once(t, [many] * 4)
    settle(t)
    t.same(found, [{(0, 5, 0)}] * 4, "what four counted")


@check("reload-while-polling", world="logout", boxes=1, lamp=True, patch=("Ask-no-server", "no answer"))
def reload_while_polling(t):
    """A reload and a poll do not wait for each other, however slow the server is."""
    mails.put(t.box, 2)
    t.world.proxy.trouble("late", rb" SEARCH ", 4, 0.7)
    try:
        t.asterisk.write_voicemail()
        t.asterisk.ami.action("Reload", seconds=8, Module="app_voicemail_imap.so")
        time.sleep(1.5)
        t.same(counts(t.asterisk.ami, t.box), (0, 2, 0), "MailboxCount after a reload")
        t.expect_lamp(True)
    except (RuntimeError, OSError):
        t.asterisk.kill()  # it would not stop
        raise
    finally:
        t.world.proxy.trouble("late", rb" SEARCH ", 0)


TWICE = [{"imapuser": "twice"},
         {"imapuser": "twice", "imapport": lambda world: world.other.port, "imappassword": lambda world: world.second.options.users["twice"]}]


@check("same-user-two-servers", world="state", boxes=TWICE, patch=("Know-the-mailboxes", "MailboxCount|IMAP"))
def same_user_two_servers(t):
    """Two boxes with one user name at two servers, with two passwords, are two mailboxes."""
    one, two = t.boxes
    two.server, two.password = t.world.second, t.world.second.options.users["twice"]
    mails.put(one, 2)
    mails.put(two, 3)
    time.sleep(1)
    for _ in range(2):
        t.same(t.counts(one), (0, 2, 0), "MailboxCount (urgent, new, old) of the box at the first server")
        t.same(t.counts(two), (0, 3, 0), "MailboxCount (urgent, new, old) of the box at the second server")
    call = t.owner(two)
    t.play_first(call)
    t.leave_menu(call)
    t.same(t.counts(two), (0, 2, 1), "MailboxCount (urgent, new, old) after one message was heard")


STALLED = {"imapuser": "stalled", "imapport": lambda world: world.other.port,
           "imappassword": lambda world: world.second.options.users["stalled"]}


@check("stalled-server", world="state", boxes=[STALLED, {}],
       expect=(r"imap", r"IMAP", r"Houston"), patch=("Let-no-dead-IMAP-server", "waited"))
def stalled_server(t):
    """While one box's server accepts connections and says nothing, the box at the other server is counted at once."""
    stalled, other = t.boxes
    t.world.other.cut_all()
    t.world.other.trouble("stall", None, 10)
    waiting = threading.Thread(target=at_once, args=(t, [lambda link: counts(link, stalled)]), daemon=True)
    waiting.start()
    t.eventually(lambda: t.world.other.struck, lambda struck: struck > 0, "connections to the stalled server", 5)
    begin = time.monotonic()
    t.same(t.counts(other), (0, 0, 0), "MailboxCount")
    seconds = time.monotonic() - begin
    t.world.other.calm()
    waiting.join(20)
    t.expect(seconds < 1 or t.uw, f"the other box waited {seconds:.1f} s")  # UW's library can do one thing at a time
