#!/usr/bin/env python3
"""Soak: callers and owners at work in many boxes while the server fails in every way; then everything is counted.

    e2e/soak.py [--seconds 600] [--seed N] [--boxes 20] [--callers 6] [--only stock|patched] [--lib ours|uw]

An unmodified Asterisk and one with the patches of asterisk-patch/ run side by side, each with a Dovecot of its own behind
a proxy. Callers leave messages; owners listen, keep, delete, save and forward; meanwhile the server is restarted, refuses
connections, cuts and stalls them, as the seed says. Afterwards, with the server well again:

    every message that a caller was told is stored lies in exactly one folder of the box it was left for
    what an owner was told is deleted is gone
    what was left as urgent is \\Flagged; counts and lamps agree with the server
    connections, descriptors, threads and memory are where they were
    all that has happened often enough to show something, and in two minutes or more each kind of trouble has struck

The unmodified Asterisk drops a message whose APPEND fails, and says success (patch "Keep a message that the IMAP
server does not take"); there, a message whose failure the log names may be missing. Exit status 0 means that all of it holds.
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "testbed"), os.path.join(ROOT, "e2e")]
import harness  # noqa: E402  (found through the line above)
import install  # noqa: E402
import tones  # noqa: E402
from asterisk import PLAYING  # noqa: E402
from calls import Call, CallError  # noqa: E402
from ledger import Ledger, shortfalls  # noqa: E402

TIMEOUT = 2  # all four of voicemail.conf's imap*timeout, in seconds
FOLDERS = ("INBOX", "Old", "Work", "Family", "Friends")
COMMANDS = (rb" APPEND ", rb" SEARCH ", rb" STORE ", rb" FETCH ", rb" SELECT ", rb" EXPUNGE", rb" COPY ", rb"X-Asterisk-VM-", rb" STATUS ")
# What the log says when the unmodified Asterisk has failed to store a message, or mixed up two callers' spool files.
NOT_STORED = (r"Error while sending the message to|Can't open mailbox|Could not find mailbox|Failed to open file: .*/voicemail/imap|"
              r"No such file or directory|Unable to (?:open|lock)|IMAP mailstream|mailbox is full|Could not get")
NOTHING = r"E-mail address missing for mailbox"  # of each message that is forwarded, to whom has no address beside the box
KEPT = r"it is kept as .* until the IMAP server takes it"  # the patched Asterisk, of a message that it will store later
SETTLE_SECONDS = 60
# What may stay behind: KiB that the first calls bring up and fragments, and for each call less than half of a message's text.
MEMORY_KIB, MEMORY_KIB_EACH = 12_000, 16
DESCRIPTORS, DESCRIPTORS_EACH = 5, 0.01
TROUBLES = ("cut", "cut", "cut at", "stall", "answer", "refuse", "restart")
EACH_SECONDS = 120  # a run as long as this has had each of them


class SoakWorld(harness.Proxied):
    """A server behind a proxy, and many boxes."""

    name = "soak"
    general = {f"imap{what}timeout": str(TIMEOUT) for what in ("open", "read", "write", "close")} | {"saycid": "yes"}
    keep_log = False


class Soak:
    """One Asterisk's run."""

    def __init__(self, world, boxes, seed, seconds, callers):
        self.world = world
        self.asterisk = world.asterisk
        self.boxes = boxes
        self.seed = seed
        self.seconds = seconds
        self.callers = callers
        self.ledger = Ledger()
        self.deadline = 0.0
        self.calls = {"left": 0, "visits": 0, "broken": 0, "heard": 0}
        self.troubles = dict.fromkeys(TROUBLES, 0)  # how often each has struck a connection
        self.fault = None  # a fault of the soak itself
        self._serial = 0
        self._lock = threading.Lock()
        self._busy = {box.number: threading.Lock() for box in boxes}  # one owner has one telephone
        self.voice = self.asterisk.voice("soak", tones.voice(1.8, 440, "soak"))

    # -- what people do ----------------------------------------------------------------------

    def number(self):
        """A caller's number that nobody has had."""
        with self._lock:
            self._serial += 1
            return f"7{self._serial:06d}"

    def lines(self, call):
        """(level, text) of the log lines of this call, which is over."""
        self.asterisk.wait_log(rf"exited non-zero on '{re.escape(call.far)}'", 3, call.log_start)  # the log is read a little late
        end = self.asterisk.mark()
        lines = self.asterisk.lines[call.log_start:end]
        ids = self.asterisk.call_ids[call.log_start:end]
        mine = {name for (_, text), name in zip(lines, ids) if name and f"{call.far}" in text}
        return [line for line, name in zip(lines, ids) if name in mine]

    def said(self, call, pattern):
        """Whether the log has had a line like this in this call."""
        return any(re.search(pattern, text) for _, text in self.lines(call))

    def leave(self, box, urgent):
        """Somebody leaves a message."""
        number = self.number()
        item = self.ledger.leave(box, number, urgent)
        call = Call(self.asterisk, box.number, "leave", "speak", caller=("Caller", number), VOICE=self.voice,
                    VMOPTIONS="sU" if urgent else "s")
        call.wait_end(60)
        found = self.asterisk.wait_log(rf"CALLER {number} VMSTATUS \w+", 5, call.log_start)
        status = re.search(r"VMSTATUS (\w*)", found[1])[1] if found else "none"
        # A kept message will be stored: that is what "told" means with the patches.
        kept = self.world.patched and self.said(call, KEPT)
        if status == "SUCCESS" and (self.world.patched or not self.said(call, NOT_STORED)) or kept:
            item.stored = "told"
        self.count("left")

    def count(self, what):
        """One more of these; the people are threads."""
        with self._lock:
            self.calls[what] += 1

    def visit(self, box, chance):
        """An owner calls, hears the first message and does something with it."""
        if not self._busy[box.number].acquire(blocking=False):
            return
        call = None
        item = None
        try:
            number = self.number()
            call = Call(self.asterisk, box.number, "main", "speakon", caller=("Owner", number), VOICE="beep")
            harness.Test.menu(call, 30)
            call.press("1")
            call.hears(r"[^']*/msg\d+|vm-nomore|vm-youhave", 20)
            heard = self.announced(call)
            if heard is None:
                call.hang_up()
                call.wait_end(40)
                return
            self.count("heard")
            item = self.ledger.find(box, heard)
            harness.Test.menu(call, 30)
            self.decide(call, box, item, number, chance)
        except (CallError, AssertionError):
            self.count("broken")
            if item is not None and item.deleted == "no" and "vm-deleted" in call.played():
                item.deleted = "maybe"
        finally:
            if call is not None:
                call.hang_up()
                try:
                    call.wait_end(60)
                finally:
                    self._busy[box.number].release()
            else:
                self._busy[box.number].release()
        self.count("visits")

    @staticmethod
    def announced(call):
        """The caller's number that was said before the message, from the digits that were played."""
        digits = ""
        for name in call.played():
            if name == "vm-from-phonenumber":
                digits = ""
            elif name.startswith("digits/") and name[7:].isdigit() and len(name) == 8:
                digits += name[7:]
            elif re.search(r"/msg\d+$", name):
                return digits[-7:] if len(digits) >= 7 else None
        return None

    def decide(self, call, box, item, number, chance):
        """Keep, delete, save or forward what was heard, and end the call properly."""
        what = chance.choice(("keep", "delete", "delete", "save", "forward"))
        deleting = copy = moving = None
        if what == "delete":
            call.press("7")
            call.hears("vm-deleted")
            deleting = item
            if item is not None:
                item.deleted = "maybe"
        elif what == "save":
            call.press("9")
            call.hears("vm-savefolder")
            digit = chance.choice("234")
            moving = item
            if item is not None:
                item.saved.append(FOLDERS[int(digit)])
            call.press(digit)
            call.hears("vm-savedto|vm-mailboxfull", 20)
        elif what == "forward":
            target = chance.choice([other for other in self.boxes if other is not box])
            harness.Test.forward_to(call, target)
            # The mail of a forwarded message carries the forwarder's number.
            copy = self.ledger.leave(target, number, forwarded=True)
            call.press("2")
            call.hears("vm-msgsaved|vm-msgforwarded", 30)
        harness.Test.menu(call, 30)
        call.press("#")
        call.hears("vm-goodbye")
        call.wait_end(60)
        # A server that could not be reached is told in the log; then nobody knows.
        clean = not any(level in ("WARNING", "ERROR") and not re.search(NOTHING, text) for level, text in self.lines(call))
        if deleting is not None and clean:
            deleting.deleted = "told"
        if copy is not None and clean:
            copy.stored = "told"
        if moving is not None and not clean:
            moving.moved = False

    def person(self, index):
        """One of the people on the telephone, until time is over."""
        chance = random.Random(f"{self.seed} {index}")
        while time.monotonic() < self.deadline and self.asterisk.alive() and self.fault is None:
            box = chance.choice(self.boxes)
            try:
                if chance.random() < 0.5:
                    self.leave(box, chance.random() < 0.2)
                else:
                    self.visit(box, chance)
            except (CallError, AssertionError, RuntimeError, OSError) as error:
                if self.asterisk.alive():
                    self.fault = f"{type(error).__name__}: {error}"

    # -- what befalls the server -------------------------------------------------------------

    def nights(self):
        """One trouble after another; each kind comes in its turn."""
        chance = random.Random(f"{self.seed} troubles")
        proxy = self.world.proxy
        deck, armed = [], None
        while time.monotonic() < self.deadline and self.asterisk.alive() and self.fault is None:
            time.sleep(chance.uniform(1, 8))
            deck = deck or chance.sample(TROUBLES, len(TROUBLES))
            what = deck.pop()
            if what in ("cut at", "stall", "answer"):
                # What is armed for a command that does not come has struck nobody; the first of its kind takes any.
                command, times = chance.choice(COMMANDS), chance.randint(1, 3)
                self.troubles[armed or what] += proxy.struck
                if not self.troubles[what]:
                    command = rb" [A-Z]{4,}"
                armed = what
                proxy.trouble("cut" if what == "cut at" else what, command, times)
            elif proxy.open():
                self.troubles[what] += 1
            if what == "cut":
                proxy.cut_all()
            elif what in ("stall", "answer"):
                time.sleep(chance.uniform(0.5, 2 * TIMEOUT))
                proxy.calm()
            elif what == "refuse":
                proxy.refuse()
                time.sleep(chance.uniform(0.2, 3))
                proxy.accept()
            elif what == "restart":
                self.world.dovecot.restart()
        if armed:
            self.troubles[armed] += proxy.struck
        proxy.accept()
        proxy.calm()

    # -- the count at the end ----------------------------------------------------------------

    def held(self):
        """(descriptors, threads, KiB of memory of its own) of Asterisk, once glibc has given back what it can."""
        self.asterisk.cli("malloc trim")
        process = f"/proc/{self.asterisk.process.pid}"
        with open(f"{process}/status", encoding="utf-8") as status:
            memory = int(re.search(r"RssAnon:\s+(\d+)", status.read())[1])
        return len(os.listdir(f"{process}/fd")), len(os.listdir(f"{process}/task")), memory

    def mails(self):
        """{(box number, caller's number): (folder, whether \\Flagged) of each such mail}, and {box number: (urgent, new, old)}."""
        found, counts = {}, {}
        for box in self.boxes:
            urgent = new = old = 0
            with box.client() as client:
                for folder in [name for name in client.folders() if name in FOLDERS]:
                    for mail in client.mails(folder):
                        if "\\Deleted" in mail.flags:
                            continue
                        number = mail.header("X-Asterisk-VM-Caller-ID-Num")
                        flagged = "\\Flagged" in mail.flags
                        found.setdefault((box.number, number), []).append((folder, flagged))
                        if folder == "INBOX":
                            old += "\\Seen" in mail.flags
                            new += "\\Seen" not in mail.flags and not flagged
                            urgent += "\\Seen" not in mail.flags and flagged
            counts[box.number] = urgent, new, old
        return found, counts

    def test(self, box):
        """The harness's handle, for counts and lamps."""
        handle = harness.Test.__new__(harness.Test)
        handle.asterisk = self.asterisk
        handle.box = box
        return handle

    def disagreements(self):
        """Boxes whose counts or lamp differ from the server's."""
        _, counts = self.mails()
        wrong = []
        for box in self.boxes:
            waiting = counts[box.number][0] + counts[box.number][1]
            handle = self.test(box)
            told = handle.counts()
            if told != counts[box.number]:
                wrong.append(f"box {box.number}: Asterisk counts {told}, the server has {counts[box.number]}")
            if handle.lamp() != (waiting > 0):
                wrong.append(f"box {box.number}: the lamp is {'on' if handle.lamp() else 'off'} with {waiting} new messages")
        return wrong

    def run(self):
        """Returns (sentences about what is wrong, a line of numbers)."""
        for box in self.boxes:
            self.test(box).counts()
        time.sleep(3)
        before = self.held()
        self.deadline = time.monotonic() + self.seconds
        people = [threading.Thread(target=self.person, args=(index,), daemon=True) for index in range(self.callers)]
        people.append(threading.Thread(target=self.nights, daemon=True))
        for thread in people:
            thread.start()
        for thread in people:
            thread.join(self.seconds + 150)
            if thread.is_alive():
                return ["somebody is still on the telephone, two minutes after the end"], ""
        if not self.asterisk.alive():
            return [f"Asterisk died ({self.asterisk.ending()}); core files: {self.asterisk.cores()}"], ""
        if self.fault:
            return [self.fault], ""

        wrong = self.settled(self.disagreements)
        found, _ = self.mails()
        wrong += self.settled(lambda: self.ledger.faults(self.mails()[0], moves=self.world.patched))
        after = self.held()
        # A session for each box was there before; Asterisk's own threads come and go.
        calls = self.calls["left"] + self.calls["visits"]
        if after[0] > before[0] + DESCRIPTORS + DESCRIPTORS_EACH * calls:
            wrong.append(f"{after[0]} descriptors are open after {calls} calls, {before[0]} were before")
        if after[1] > before[1] + 10:
            wrong.append(f"there are {after[1]} threads, {before[1]} were before")
        if after[2] > before[2] + MEMORY_KIB + MEMORY_KIB_EACH * calls:
            wrong.append(f"memory grew from {before[2]} to {after[2]} KiB in {calls} calls")
        wrong += shortfalls(self.ledger, self.calls["heard"], self.seconds * min(self.callers, len(self.boxes)))
        if self.seconds >= EACH_SECONDS:
            wrong += [f"no connection was struck by the trouble {what!r}" for what, times in self.troubles.items() if not times]
        ledger = self.ledger
        troubles = ", ".join(f"{what} {times}" for what, times in self.troubles.items())
        numbers = (f"{self.calls['left']} messages left ({ledger.count(stored='told', forwarded=False)} told stored, "
                   f"{ledger.count(stored='told', urgent=True)} of them urgent), {self.calls['visits']} visits "
                   f"({self.calls['heard']} heard a message, {self.calls['broken']} broken off), "
                   f"{ledger.count(stored='told', forwarded=True)} forwarded for sure, "
                   f"{ledger.count(deleted='told')} deleted for sure, "
                   f"{ledger.count(deleted='maybe')} perhaps, {sum(map(len, found.values()))} mails in the end; "
                   f"troubles: {troubles}; memory {before[2]} to {after[2]} KiB, "
                   f"descriptors {before[0]} to {after[0]}, threads {before[1]} to {after[1]}")
        return wrong, numbers

    @staticmethod
    def settled(find):
        """What is still wrong when there has been time to poll, and to store what was kept."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            wrong = find()
            if not wrong or time.monotonic() > deadline:
                return wrong
            time.sleep(1)


def one(chosen, patched):
    """One Asterisk's soak; returns the exit status."""
    name = "patched" if patched else "stock"
    library, asterisk = install.places(ROOT, chosen.lib, patched)
    directory = os.path.join(ROOT, "target", "e2e", f"soak-{name}")
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    world = SoakWorld(directory, asterisk, library, chosen.lib, patched)
    item = harness.Check("soak", "soak", None, [{} for _ in range(chosen.boxes)], True, (), False, None)
    try:
        world.start([item])
        wrong, numbers = Soak(world, world.boxes["soak"], chosen.seed, chosen.seconds, chosen.callers).run()
    finally:
        world.stop()
    for sentence in wrong[:20]:
        print(f"FAIL {name}: {sentence}", flush=True)
    if len(wrong) > 20:
        print(f"FAIL {name}: and {len(wrong) - 20} more")
    print(f"{'ok' if not wrong else 'not ok'} {name}: {numbers}", flush=True)
    return 1 if wrong else 0


def main():
    """Run what the command line asks for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=600)
    options.add_argument("--seed", type=int, default=None, help="default: drawn, and printed")
    options.add_argument("--boxes", type=int, default=20)
    options.add_argument("--callers", type=int, default=6, help="people on the telephone at a time")
    options.add_argument("--only", choices=("stock", "patched"))
    options.add_argument("--lib", choices=("ours", "uw"), default="ours")
    options.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # everything is in place
    chosen = options.parse_args()
    if chosen.here:
        return one(chosen, chosen.only == "patched")
    if chosen.seed is None:
        chosen.seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {chosen.seed}, {chosen.seconds} s", flush=True)
    install.prepare(ROOT, chosen.lib, patched=chosen.only != "stock")
    running = []
    for name in [chosen.only] if chosen.only else ["stock", "patched"]:
        command = [sys.executable, os.path.abspath(__file__), "--here", "--only", name, "--lib", chosen.lib]
        for option in ("seconds", "seed", "boxes", "callers"):
            command += [f"--{option}", str(getattr(chosen, option))]
        running.append(subprocess.Popen(command))
    failed = 0
    for process in running:
        try:
            failed += process.wait(chosen.seconds + 420) != 0
        except subprocess.TimeoutExpired:
            process.terminate()
            failed += 1
            print("FAIL: a soak did not end", flush=True)
    print(f"{len(running) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
