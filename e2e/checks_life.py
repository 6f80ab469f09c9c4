"""The module's and Asterisk's own life: loading, reloading, unloading, stopping; nothing grows in between."""

import os
import time

from asterisk import library_loaded
from harness import Proxied, World, check


class Boot(World):
    """An Asterisk that polls, and is stopped and started."""

    name = "boot"


class Life(Proxied):
    """A plain server behind a proxy, and an Asterisk whose voicemail module is reloaded and unloaded.

    It does not poll: in the unmodified Asterisk a reload locks the users and then wants the lock of the MWI states, while the
    poll thread goes over the MWI states, locked, and wants the users. Now and then they meet and wait for each other for
    ever, with any library (reload-while-polling). Nor may callers be on the line: a reload frees their mailbox's state
    under them.
    """

    name = "life"
    general = {"pollmailboxes": "no"}


def counted(t):
    """Wait until a reload has counted all boxes: two counts of one box at once are mixed up in the unmodified Asterisk."""
    said = None
    while said != len(t.world.proxy.log):
        said = len(t.world.proxy.log)
        time.sleep(0.5)


@check("boot-clean", world="boot", boxes=1, lamp=True)
def boot_clean(t):
    """Asterisk boots and polls without a single warning or error, and with the library under test."""
    time.sleep(3)  # one poll
    t.log_start = 0
    t.expect("app_voicemail_imap.so" in t.asterisk.cli("module show like voicemail"), "app_voicemail_imap.so is not loaded")


@check("reload", world="life", boxes=1)
def reload(t):
    """A reload ends every session, and new ones do the same work."""
    said = t.leave()
    t.expect_state(0, 1, 0)
    before = t.world.proxy.said(rb" LOGOUT")
    t.asterisk.reload()
    t.eventually(lambda: t.world.proxy.said(rb" LOGOUT") > before, True, "LOGOUT after the reload", 5)
    counted(t)
    t.expect_state(0, 1, 0)
    mail, = t.box.mails()
    t.expect_audio(mail, said)
    t.leave()
    t.expect_state(0, 2, 0)


@check("reload-new-password", world="life", boxes=1)
def reload_new_password(t):
    """A changed password works after a reload, without a restart."""
    t.leave()
    t.box.password = "another"
    t.world.dovecot.add_user(t.box.user, t.box.password)
    t.asterisk.mailboxes[t.box.number]["imappassword"] = t.box.password
    t.asterisk.reload()
    counted(t)
    t.same(t.counts(), (0, 1, 0), "MailboxCount (urgent, new, old)")


@check("delimiter", world="life", boxes=1, expect=(r"Soft unload failed",), patch=("Ask-the-IMAP-server-for-the-delim", "lists every folder"))
def delimiter(t):
    """The hierarchy delimiter is learnt without a list of every folder."""
    # A reload may still be counting.
    t.eventually(lambda: "Unloaded" in t.asterisk.cli("module unload app_voicemail_imap.so"), True, "the module is unloaded", 10)
    before = t.world.proxy.said(rb' LIST "" "?[*]')
    t.asterisk.cli("module load app_voicemail_imap.so")
    t.same(t.counts(), (0, 0, 0), "MailboxCount (urgent, new, old)")
    t.expect(t.world.proxy.said(rb' LIST "" '), "the delimiter was never asked for")
    t.expect(t.world.proxy.said(rb' LIST "" "?[*]') == before, "Asterisk lists every folder")


@check("unload-load", world="life", boxes=1)
def unload_load(t):
    """The module is unloaded and loaded three times; counts are the same and messages are taken each time."""
    for number in range(1, 4):
        t.leave()
        t.same(t.counts(), (0, number, 0), "MailboxCount (urgent, new, old)")
        answer = t.asterisk.cli("module unload app_voicemail_imap.so")
        t.expect("Unloaded" in answer, f"module unload: {answer.strip()}")
        answer = t.asterisk.cli("module load app_voicemail_imap.so")
        t.expect("Loaded" in answer, f"module load: {answer.strip()}")
        t.expect(library_loaded(t.asterisk.process.pid) is not None, "the library is not loaded")
    t.same(t.counts(), (0, 3, 0), "MailboxCount (urgent, new, old)")
    call = t.owner()
    t.play_first(call)
    t.leave_menu(call)


# A cut may come while the light's watcher, with the patches, connects anew.
@check("nothing-grows", world="life", boxes=1, expect=(r"IMAP (Error|Warning): ", r"Can't connect to imap server", r"IMAP mailstream is NULL"))
def nothing_grows(t):
    """Sixty lost connections and reconnections leave no descriptor and no thread behind."""
    process = f"/proc/{t.asterisk.process.pid}"

    def held():
        return len(os.listdir(f"{process}/fd")), len(os.listdir(f"{process}/task"))

    def work(times):
        for _ in range(times):
            t.world.proxy.cut_all()
            t.same(t.counts(), (0, 0, 0), "MailboxCount (urgent, new, old)")

    work(5)
    files, threads = held()
    work(60)
    t.eventually(held, lambda now: now[0] <= files + 3 and now[1] <= threads + 3,
                 f"(descriptors, threads), {files, threads} before", 5)


@check("stop-start", world="boot", boxes=1, lamp=True)
def stop_start(t):
    """Asterisk stops cleanly in a moment, with sessions open; started again it knows the same messages."""
    t.leave()
    t.expect_state(0, 1, 0, lamp=True)
    seconds = t.asterisk.stop()
    t.same(t.asterisk.process.returncode, 0, "exit status")
    t.expect(seconds < 10, f"stopping took {seconds:.1f} s")
    t.world.start_asterisk()
    t.expect_state(0, 1, 0, lamp=True)


@check("stop-gracefully", world="boot", boxes=1)
def stop_gracefully(t):
    """`core stop gracefully` waits for the caller on the line, whose message is stored."""
    name, _ = t.voice(3)
    call = t.call("leave", "speak", VOICE=name, VMOPTIONS="s")
    call.hears("beep")
    t.asterisk.cli("core stop gracefully")
    t.asterisk.process.wait(30)
    t.same(t.asterisk.process.returncode, 0, "exit status")
    t.same(len(t.box.mails()), 1, "number of mails")
    t.world.start_asterisk()
    t.same(t.counts(), (0, 1, 0), "MailboxCount (urgent, new, old)")
