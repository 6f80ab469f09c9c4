"""vmimap between a real Asterisk with IMAP storage and one with files."""

import os
import shutil
import subprocess
import time
import types

import harness
import install
import tones
from asterisk import Asterisk
from checks import ROOT, fields, files, holds, message, same

CHECKS = []
BOXES = ("100", "101", "102", "103")
# A caller hangs up at the beep; and Asterisk looks for greetings where nobody has recorded any.
EXPECTED = (r"No audio available", r"IMAP Error: Mailbox doesn't exist: Greetings", r"IMAP Warning: .*TRYCREATE")


def check(function):
    """Register a check."""
    CHECKS.append(function)
    return function


def file_storage(imap_install):
    """An Asterisk like the one of e2e whose voicemail lies in files: one module is another. Returns where it is."""
    source = os.path.join(ROOT, "target", "asterisk", "source")
    work = os.path.join(ROOT, "target", "asterisk-files")
    place = os.path.join(work, "install")
    modules = os.path.join("lib", "asterisk", "modules")
    with open(os.path.join(imap_install, "stamp"), encoding="utf-8") as stamp:
        wanted = stamp.read()
    try:
        with open(os.path.join(work, "stamp"), encoding="utf-8") as stamp:
            if stamp.read() == wanted:
                return place
    except FileNotFoundError:
        pass
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(os.path.join(place, modules))
    module = os.path.join(place, modules, "app_voicemail.so")
    # As Asterisk's own makefiles do it, without warnings: they are not ours.
    subprocess.run(["gcc", "-w", "-shared", "-fPIC", "-pthread", "-g", "-O2", "-I", os.path.join(source, "include"),
                    "-DFILE_STORAGE", '-DAST_MODULE="app_voicemail"', "-DAST_MODULE_SELF_SYM=__internal_app_voicemail_self",
                    "-o", module, os.path.join(source, "apps", "app_voicemail.c")], check=True)
    for name in os.listdir(imap_install):
        if name not in ("lib", "stamp"):
            os.symlink(os.path.join(imap_install, name), os.path.join(place, name))
    for name in os.listdir(os.path.join(imap_install, modules)):
        if name != "app_voicemail_imap.so":
            os.symlink(os.path.join(imap_install, modules, name), os.path.join(place, modules, name))
    with open(os.path.join(work, "stamp"), "w", encoding="utf-8") as stamp:
        stamp.write(wanted)
    return place


class Side:
    """An Asterisk, its boxes, and the handle that the checks of e2e have."""

    def __init__(self, place, name, where, library, mailboxes, general):
        self.asterisk = Asterisk(os.path.join(place.directory, name), where, library, mailboxes,
                                 environment=place.environment(), **general)
        self.asterisk.start()
        world = types.SimpleNamespace(asterisk=self.asterisk, boxes={}, library_name="ours", patched=False)
        self.test = harness.Test(world, types.SimpleNamespace(name=name, expect=EXPECTED))
        self.boxes = {number: harness.Box(number, options["imapuser"], options["imappassword"], place.dovecot)
                      for number, options in mailboxes.items()}

    def counts(self, number):
        """(urgent, new, old)"""
        return self.test.counts(self.boxes[number])

    def listen(self, number, pcm):
        """The owner hears the first message, sample for sample."""
        call = self.test.owner(self.boxes[number])
        self.test.play_first(call)
        self.test.leave_menu(call)
        self.test.expect_heard(call, pcm)


class Pair:
    """Both sides, and the tool's configuration."""

    def __init__(self, place):
        install.prepare(ROOT, "ours")
        library, imap_install = install.places(ROOT, "ours")
        mailboxes = {}
        for number in BOXES:
            place.users += 1
            user = f"u{place.users}"
            mailboxes[number] = {"imapuser": user, "imappassword": place.dovecot.options.users[user]}
        general = {"imapport": place.dovecot.ports["imaps"], "imapflags": "ssl", "imapgreetings": "yes", "greetingsfolder": "Greetings"}
        self.files = Side(place, "asterisk-files", file_storage(imap_install), library, mailboxes, general)
        self.spool = self.files.asterisk.path("spool", "voicemail")
        self.config = self.files.asterisk.path("etc", "voicemail.conf")
        self._imap = lambda: Side(place, "asterisk-imap", imap_install, library, mailboxes, general)
        self.imap = None

    def start_imap(self):
        """The other Asterisk, when there is something to count for it."""
        if self.imap is None:
            self.imap = self._imap()
        return self.imap

    def stop(self):
        """Stop both."""
        for side in (self.files, self.imap):
            if side is not None:
                side.asterisk.stop()


def pair(place):
    """Both Asterisks, started once."""
    if place.pair is None:
        place.pair = Pair(place)
    return place.pair


def settled(path, seconds=10):
    """Wait until a message's file is complete."""
    deadline = time.monotonic() + seconds
    while not (os.path.exists(path) and "duration" in fields(path)):
        assert time.monotonic() < deadline, f"{path} is not there"
        time.sleep(0.1)


@check
def asterisk_reads_what_was_imported(place):
    """Messages that an Asterisk with files took are counted and played by one with IMAP, sample for sample."""
    both = pair(place)
    box = both.files.boxes
    said = both.files.test.leave(box["100"], caller=("Ada Lovelace", "5551815"))
    both.files.test.leave(box["101"], options="sU")
    settled(os.path.join(both.spool, "default/100/INBOX/msg0000.txt"))
    settled(os.path.join(both.spool, "default/101/Urgent/msg0000.txt"))
    same([both.files.counts(number) for number in ("100", "101")], [(0, 1, 0), (1, 0, 0)], "counts of files")
    by_hand = tones.voice(2, 450, "by hand")
    message(os.path.join(both.spool, "default/101/Old"), 0, pcm=tones.voice(1, 350, "old"))
    message(os.path.join(both.spool, "default/101/Work"), 0, pcm=by_hand)
    greeting = tones.voice(2, 600, "greeting")
    tones.write_wav(os.path.join(both.spool, "default/100/unavail.wav"), greeting)
    out, _ = place.run("import", both.config, "--spool", both.spool)
    holds("5 imported, 0 there before, 0 failed" in out, out)
    imap = both.start_imap()
    same([imap.counts(number) for number in ("100", "101")], [(0, 1, 0), (1, 0, 1)], "counts of IMAP")
    same(place.json("check", both.config)["mailboxes"][1]["counts"], {"new": 0, "old": 1, "urgent": 1}, "vmimap's counts")
    with open(os.path.join(both.spool, "default/100/INBOX/msg0000.wav"), "rb") as recording:
        stored = tones.read_wav(recording.read())
    holds(tones.shared(said[len(said) // 4:len(said) * 3 // 4], stored) > 0.9, "the files' Asterisk did not record it")
    imap.listen("100", said)
    same(imap.boxes["100"].mails()[0].flags & {"\\Seen"}, {"\\Seen"}, "flags after listening")
    # What is saved to a folder is found there.
    call = imap.test.owner(imap.boxes["101"])
    imap.test.menu(call)
    call.press("2")
    call.hears("vm-changeto")
    call.press("2")
    imap.test.play_first(call)
    imap.test.leave_menu(call)
    imap.test.expect_heard(call, by_hand)
    imap.test.box = imap.boxes["100"]
    call = imap.test.listen_to_greeting()
    imap.test.expect_heard(call, greeting)


@check
def asterisk_reads_what_was_exported(place):
    """Messages that an Asterisk with IMAP took are counted and played by one with files, sample for sample."""
    both = pair(place)
    imap = both.start_imap()
    said = imap.test.leave(imap.boxes["102"], caller=("Bob", "5550200"))
    imap.test.leave(imap.boxes["103"], options="sU")
    same([imap.counts(number) for number in ("102", "103")], [(0, 1, 0), (1, 0, 0)], "counts of IMAP")
    arguments = ("export", both.config, "--spool", both.spool, "--mailbox", "102", "--mailbox", "103")
    out, _ = place.run(*arguments)
    holds("2 exported, 0 there before, 0 failed" in out, out)
    found = files(os.path.join(both.spool, "default/102"))
    same(sorted(name for name in found if "INBOX" in name), ["INBOX/msg0000.txt", "INBOX/msg0000.wav"], "files")
    told = fields(os.path.join(both.spool, "default/102/INBOX/msg0000.txt"))
    same((told["callerid"], told["flag"]), ('"Bob" <5550200>', ""), "caller and flag")
    same(fields(os.path.join(both.spool, "default/103/Urgent/msg0000.txt"))["flag"], "Urgent", "flag of the urgent one")
    same([both.files.counts(number) for number in ("102", "103")], [(0, 1, 0), (1, 0, 0)], "counts of files")
    both.files.listen("102", said)
    same(both.files.counts("102"), (0, 0, 1), "counts after listening")
    # The file is among the old ones now, and is still the same message.
    out, _ = place.run(*arguments)
    holds("0 exported, 2 there before, 0 failed" in out, out)
    out, _ = place.run("import", both.config, "--spool", both.spool)
    holds("0 imported" in out and "0 failed" in out, out)


@check
def neither_asterisk_complains(place):
    """Nothing of all that has made an Asterisk warn or die."""
    both = pair(place)
    for side in (both.files, both.start_imap()):
        side.test.aftermath()
