#!/usr/bin/env python3
"""Round trips of whole operations of an unmodified Asterisk, with a counting proxy between it and Dovecot.

    bench/asterisk.py                       every operation, with UW's library and with ours
    bench/asterisk.py --only leave listen   these
    bench/asterisk.py --library ours        with one of the libraries
    bench/asterisk.py --ours FILE           another library than target/release/libc_client.so
    bench/asterisk.py --conf FILE           ours reads this c-client.conf (or that of the environment's BENCH_CONF)

What was said goes to target/bench/asterisk-LIBRARY-OPERATION.log; a line that begins with * ends a round trip. Each operation
has a mailbox of its own with one ordinary mail in it, and nothing else goes on meanwhile.
"""

import argparse
import json
import os
import re
import shutil
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import build  # noqa: E402
import counting  # noqa: E402

sys.path[:0] = [os.path.join(build.ROOT, "testbed"), os.path.join(build.ROOT, "e2e")]
import harness  # noqa: E402
import install  # noqa: E402

DISTANCE = 0.02
QUIET = 0.5  # seconds in which nothing passes: the operation is over
PAUSE = 2.0  # between operations: longer than anybody takes what was heard to be still true
HEARD = 0.5  # of what is said: at this distance the beep comes late with UW, and what is said before is lost
POLLS = 5  # how many of a quiet mailbox are watched
LETTER = (b"From: someone@example.org\r\nTo: owner@example.org\r\nSubject: lunch\r\nDate: Mon, 1 Jan 2024 10:00:00 +0000\r\n"
          b"Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nAt noon?\r\n")


class Calls(harness.World):
    """Nothing happens unless a call or the manager asks for it."""

    name = "calls"
    options = {"mechanisms": "plain login"}
    general = {"pollmailboxes": "no", "imapgreetings": "yes", "expungeonhangup": "yes"}

    def prepare(self):
        self.proxy = counting.Counting(self.dovecot.ports["imap"], DISTANCE, keep=True)

    def voicemail(self):
        return {**super().voicemail(), "imapport": self.proxy.port}

    def finish(self):
        if hasattr(self, "proxy"):
            self.proxy.close()


class Polling(Calls):
    """The mailboxes with a lamp are polled."""

    name = "polling"
    general = {**Calls.general, "pollmailboxes": "yes"}


class Meter:
    """What passes between `begin` and `end`."""

    def __init__(self, proxy):
        self.proxy = proxy
        self.before = self.first = None
        self.found = {}
        self.log = []
        self.begun = 0.0

    def settle(self, quiet=QUIET):
        """Waits until nothing passes."""
        while time.monotonic() - self.proxy.last < quiet:
            time.sleep(0.05)

    def begin(self):
        """After what came before has passed, and a while."""
        self.settle(PAUSE)
        self.start()

    def start(self):
        """From now on it counts."""
        self.before, self.first, self.begun = self.proxy.counts(), len(self.proxy.log), time.monotonic()

    def end(self, quiet=QUIET):
        """Once it has passed."""
        self.settle(quiet)
        after = self.proxy.counts()
        self.found = {key: after[key] - self.before[key] for key in after}
        self.log = self.proxy.log[self.first:]
        self.found["waited"] = self.waited()
        self.found["wall"] = self.proxy.last - self.begun if self.log else 0.0

    def waited(self):
        """Seconds in which Asterisk waited for the network: from the last it sent to what ended a flight, and from the
        beginning of a connection to the server's greeting."""
        new = {number: when for number, when in self.proxy.opened.items() if when >= self.begun}
        asked, total = {}, 0.0
        for when, number, from_client, flight, _ in self.log:
            if from_client:
                asked[number] = when
            elif number in new:
                total += when - new.pop(number)
            elif flight:
                total += when - asked.get(number, self.begun)
        return total


OPERATIONS = []
# Asterisk's remark when it looks for a greeting and there is none.
EXPECTED = (r"There is no file attached to this IMAP message",)


def operation(name, goal, world="calls", lamp=True):
    """Registers one; its function prepares, and puts begin() and end() of the meter around what counts."""
    def keep(function):
        OPERATIONS.append((harness.Check(name, world, function, [{}], lamp, EXPECTED, False), goal))
        return function
    return keep


@operation("count-first", 4)
def count_first(t, meter):
    """MailboxCount, not connected yet"""
    meter.begin()
    t.counts()
    meter.end()


@operation("count-second", 1)
def count_second(t, meter):
    """MailboxCount again, nothing has changed"""
    before = t.counts()
    meter.begin()
    t.same(t.counts(), before, "the second count")
    meter.end()


@operation("count-foreign", None)
def count_foreign(t, meter):
    """MailboxCount after another client has put a mail there"""
    t.counts()
    with t.box.client() as client:
        client.append(LETTER)
    meter.begin()
    t.same(t.counts(), (0, 0, 0), "the count")
    meter.end()


@operation("leave", 10)
def leave(t, meter):
    """a caller leaves the first message"""
    t.counts()
    meter.begin()
    t.leave()
    meter.end()
    t.same(t.counts(), (0, 1, 0), "the count after it")


@operation("leave-next", 10)
def leave_next(t, meter):
    """a caller leaves the second message"""
    t.leave()
    meter.begin()
    t.leave()
    meter.end()
    t.same(t.counts(), (0, 2, 0), "the count after it")


@operation("listen", 10)
def listen(t, meter):
    """the owner listens to one message"""
    said = t.leave()
    meter.begin()
    call = t.owner()
    t.play_first(call)
    t.leave_menu(call)
    meter.end()
    t.expect_heard(call, said, HEARD)
    t.same(t.counts(), (0, 0, 1), "the count after it")


@operation("listen-delete", 11)
def listen_delete(t, meter):
    """the owner listens to one, deletes it, hangs up"""
    said = t.leave()
    meter.begin()
    call = t.owner()
    t.play_first(call)
    call.press("7")
    call.hears("vm-deleted")
    t.menu(call)
    call.hang_up()
    call.wait_end()
    meter.end()
    t.expect_heard(call, said, HEARD)
    t.same(t.counts(), (0, 0, 0), "the count after it")
    t.same(len(t.box.mails()), 1, "mails left")


@operation("poll", 0, "polling")
def poll(t, meter):
    """one poll of a quiet mailbox (pollmailboxes=yes)"""
    t.counts()
    t.expect_lamp(False)
    time.sleep(2 * harness.POLL_SECONDS)
    meter.start()
    time.sleep(POLLS * harness.POLL_SECONDS)
    meter.end(0)
    # A poll that says something is known by the silence before it.
    times = [entry[0] for entry in meter.log]
    polls = sum(1 for at, when in enumerate(times) if not at or when - times[at - 1] > 1) or POLLS
    meter.found["wall"] = meter.found["waited"]  # the rest is the pause between them
    meter.found = {key: round(value / polls, 4) for key, value in meter.found.items()}


def transcript(path, log):
    """Writes what was said, a line each; what is long is cut."""
    with open(path, "w", encoding="utf-8") as out:
        start = log[0][0] if log else 0
        for when, number, from_client, flight, data in log:
            lines = data.decode("utf-8", "replace").splitlines()
            for at, line in enumerate(lines[:12]):
                mark = "*" if flight and not at else " "
                out.write(f"{mark} {when - start:7.3f} #{number} {'C' if from_client else 'S'}: {line[:240]}\n")
            if len(lines) > 12:
                out.write(f"  {'':7} ... {len(lines) - 12} more lines, {len(data)} octets\n")


def commands(log):
    """How many commands a client has sent."""
    return sum(len(re.findall(rb"(?m)^[0-9a-zA-Z]+ [A-Za-z]{4,}(?: [^\r\n]*)?\r?$", data[:4000]))
               for _, _, from_client, _, data in log if from_client)


def library(name, ours):
    """A directory with nothing but this library in it, under the name that Asterisk asks for."""
    directory = os.path.join(build.OUT, f"asterisk-{name}")
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    source = ours if name == "ours" else os.path.join(build.run([os.path.join(build.ROOT, "c-tests", "uw.sh")]).strip(),
                                                      "lib", build.SONAME)
    shutil.copyfile(os.path.realpath(source), os.path.join(directory, build.SONAME))
    return directory


def measure(libraries=("uw", "ours"), ours=build.OURS, only=(), conf=None, say=print):
    """[{name, what, goal, and per library flights, commands, sent, received, connections, and in seconds waited and wall}]."""
    install.prepare(build.ROOT, "ours")
    prefix = os.path.join(build.ROOT, "target", "asterisk", "install")
    chosen = [(item, goal) for item, goal in OPERATIONS if not only or item.name in only]
    results = {item.name: {"name": item.name, "what": item.function.__doc__, "goal": goal} for item, goal in chosen}
    for name in libraries:  # one after the other: Asterisk loads a library once
        directory = library(name, ours)
        for kind in dict.fromkeys(item.world for item, _ in chosen):
            items = [item for item, _ in chosen if item.world == kind]
            place = os.path.join(build.OUT, "servers-asterisk", name)
            shutil.rmtree(os.path.join(place, kind), ignore_errors=True)
            world = harness.WORLDS[kind](place, prefix, directory, name)
            if conf and name == "ours":
                usual = world.environment
                world.environment = lambda usual=usual: {**usual(), "C_CLIENT_CONFIG": os.path.abspath(conf)}
            try:
                world.start(items)
                for item in items:
                    results[item.name][name] = _one(world, item, name)
                    found = results[item.name][name]
                    goal = results[item.name]["goal"]
                    say(f"{name} {item.name}: flights {found['flights']}"
                        + (f" (goal {goal})" if name == "ours" and goal is not None else "")
                        + f", commands {found['commands']}, sent {found['sent']}, received {found['received']}, "
                        f"connections {found['connections']}, waited {found['waited'] * 1000:.0f} ms "
                        f"of {found['wall'] * 1000:.0f}", flush=True)
            finally:
                world.stop()
    return list(results.values())


def _one(world, item, name):
    test, meter = harness.Test(world, item), Meter(world.proxy)
    with test.box.client() as client:
        client.append(LETTER)
    item.function(test, meter)
    test.aftermath()
    found = {**meter.found, "commands": commands(meter.log)}
    if item.name == "poll" and found["flights"]:
        found["commands"] = round(found["commands"] * found["flights"] / sum(entry[3] for entry in meter.log), 2)
    transcript(os.path.join(build.OUT, f"asterisk-{name}-{item.name}.log"), meter.log)
    return found


def main():
    """The command line; see the module's text."""
    names = [item.name for item, _ in OPERATIONS]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="OPERATION", choices=names, default=[])
    parser.add_argument("--library", choices=("uw", "ours", "both"), default="both")
    parser.add_argument("--ours", metavar="FILE", default=build.OURS)
    parser.add_argument("--conf", metavar="FILE", default=os.environ.get("BENCH_CONF"))
    parser.add_argument("--json", metavar="FILE", help="write what was found there, too")
    args = parser.parse_args()
    os.makedirs(build.OUT, exist_ok=True)
    libraries = ("uw", "ours") if args.library == "both" else (args.library,)
    results = measure(libraries, args.ours, args.only, args.conf)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as out:
            json.dump({"distance": DISTANCE, "operations": results}, out)


if __name__ == "__main__":
    main()
