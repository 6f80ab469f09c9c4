"""Every fault at every step of a dialogue: what the server says is cut, reset, held back, replaced or buried at each place.

After each: the program lives, the call returned within the time limits and was not told a success that the server did
not confirm, an error that names the cause was logged, the stream is closed or usable, and nothing is left behind.
"""

import dataclasses
import queue
import random
import re
import threading

import modern
from program import Died, Program
from server import Behaviour, Server

# What a program may do with a mailbox, and what comes of it when all is well.
WALK = [
    ("open",), ("list", "{spec}", "%"), ("lsub", "{spec}", "*"), ("status", "{spec}Work"), ("search",), ("sort",),
    ("thread", "REFERENCES"), ("structure", 1), ("header", 1), ("body", 2, "1"), ("fast", "1:3"), ("uid", 3),
    ("store", "2", "\\Seen"), ("copy", "1", "Work"), ("create", "{spec}New"), ("rename", "{spec}New", "{spec}Newer"),
    ("subscribe", "{spec}Newer"), ("delete", "{spec}Newer"), ("quota", "INBOX"), ("acl", "INBOX"), ("append", "{spec}Work"),
    ("ping",), ("check",), ("expunge",), ("close",),
]
# These say T only when the server said OK to the command they are for.
CONFIRMED = {"copy": "UID COPY|COPY", "create": "CREATE", "rename": "RENAME", "subscribe": "SUBSCRIBE", "delete": "DELETE",
             "quota": "GETQUOTAROOT", "acl": "GETACL", "append": "APPEND", "expunge": "EXPUNGE", "status": "STATUS"}
# These return nothing that could be true or false.
SAY_NOTHING = ("list", "lsub", "store", "check", "fast", "close")
TIMEOUT = 1
REFUSALS = ("NO", "BAD", "ERR")
LATE = 5  # of a loaded machine
HEAP_GROWTH = 4 << 20  # closed streams are kept for a while, and one's buffers are reused
OVERSIZE = (32 << 20) + 100_000


def cut(part, way):
    """The answer up to a part of it, then the end."""
    def fault(link, reply, benign):
        link.send(reply[:part(len(reply))])
        getattr(link, way)()
    return fault


def drip(link, reply, benign):
    """Slowly, and never to the end."""
    link.drip(reply[:-2])


def instead(make, then="stall"):
    """Something else; then silence, or the end, or on as usual."""
    def fault(link, reply, benign):
        link.send(make(reply))
        if then:
            getattr(link, then)()
    return fault


def before(junk):
    """Something more, and then what is right."""
    def fault(link, reply, benign):
        link.send(junk)
        benign()
    return fault


def status(word):
    """The answer with that verdict, and without its data."""
    return instead(lambda reply: re.sub(rb" OK.*", b" " + word + b" refused\r\n", reply.splitlines(True)[-1], flags=re.S), None)


FLOOD = b"".join([b"* 3 EXISTS\r\n* 2 FETCH (FLAGS (\\Seen))\r\n* 1 RECENT\r\n* SEARCH 1\r\n* OK text\r\n",
                  b'* LIST () "/" flood\r\n* 9 FETCH (FLAGS ())\r\n* STATUS Work (MESSAGES 1)\r\n'] * 100)
PARTS = {"at its start": lambda size: 0, "after an octet": lambda size: min(size, 1), "in the middle": lambda size: size // 2,
         "before its line end": lambda size: max(size - 2, 0), "within its line end": lambda size: max(size - 1, 0)}

# name: (fault, the connection is lost (None: it depends), what an error must say, only where there is an answer)
FAULTS = {}
for where, part in PARTS.items():
    FAULTS[f"end {where}"] = (cut(part, "end"), True, "clos|end|hand|eof", where != "at its start")
    FAULTS[f"reset {where}"] = (cut(part, "reset"), True, "reset|clos|broken", where != "at its start")
    FAULTS[f"silence {where}"] = (cut(part, "stall"), True, "time", where != "at its start")
FAULTS.update({
    "drip": (drip, True, "time", True),
    "wrong tag": (instead(lambda reply: reply.replace(reply.splitlines()[-1].split(b" ")[0] + b" ", b"zz99 ")), True,
                  "time|greeted|clos", True),
    "a line without end": (instead(lambda reply: b"* OK " + b"x" * OVERSIZE), True, "longer than|clos|greeted|hand", True),
    "a literal of 2^32": (instead(lambda reply: b"* LIST () NIL {4294967295}\r\n"), True, "literal|greeted|time", True),
    "a literal of 10^20": (instead(lambda reply: b"* LIST () NIL {99999999999999999999}\r\n"), True, "literal|greeted", True),
    "BYE and the end": (instead(lambda reply: b"* BYE so long\r\n", "end"), True, "clos|so long", True),
    "octets": (instead(lambda reply: bytes(range(256)) * 4 + b"\r\n", "end"), True, "clos|greeted|hand", True),
    "NO": (status(b"NO"), False, None, True),
    "BAD": (status(b"BAD"), False, None, True),
    "a line of nonsense before": (before(b"* ))) {nonsense \x00\x01\xff\r\nnor this\r\n\r\n"), False, None, True),
    "a flood before": (before(FLOOD), False, None, True),
})


@dataclasses.dataclass
class Dialogue:
    """What is said between a program and a kind of server."""

    server: Behaviour  # when all is well
    walk: list
    faults: dict
    confirmed: dict  # calls that may not say T when the server refuses what matches
    say_nothing: tuple  # calls whose result means nothing
    name: str  # of the mailbox, its part in braces; {port} in it
    all_faults: bool = True  # False: without those that cost much
    waits: bool = True  # False: the program goes on before all is said, and hears of a fault later
    freshness: int = 0  # SET_FRESHNESS; 0: every answer is waited for

    def prefix(self, server):
        """The mailbox name's part in braces."""
        return self.name.format(port=server.port)

    def step(self, program, words, prefix):
        """One call of the walk."""
        if words[0] == "open":
            return program("open", prefix + "INBOX", 0)
        return program(*[str(word).replace("{spec}", prefix) for word in words])


# By default STARTTLS is used where it is offered.
DIALOGUES = {
    mode: Dialogue(Behaviour("tls" if mode == "default" else mode), WALK, FAULTS, CONFIRMED, SAY_NOTHING,
                   "{{localhost:{port}/imap" + flags + "/user=u1}}", mode == "notls")
    for mode, flags in (("notls", "/notls"), ("tls", "/tls"), ("ssl", "/ssl"), ("default", ""))}
DIALOGUES["modern"] = Dialogue(modern.Modern(), modern.WALK, FAULTS, CONFIRMED, SAY_NOTHING,
                               "{{localhost:{port}/imap/notls/user=u1}}", False, False, 1)
COSTLY = ("a line without end", "lines without end")


class Sweep:
    """All faults in some dialogues, several at a time; most of the time is waiting for time limits."""

    def __init__(self, binary, library, certificates, seed, report, dialogues):
        self.dialogues = dialogues
        self.start = lambda: Program(binary, library, certificates, TIMEOUT)
        self.certificates = certificates
        self.random = random.Random(seed)
        self.report = report
        self.jobs = queue.Queue()
        self.found = []
        self.done = {}
        self.lock = threading.Lock()

    def record(self, mode):
        """The places of the benign dialogue, [(step, what, octets)]; what is not benign about it is a failure."""
        dialogue = self.dialogues[mode]
        server, program = Server(self.certificates), self.start()
        places, results = [], {}
        try:
            server.prepare(dialogue.server)
            program("freshness", dialogue.freshness)
            for words in dialogue.walk:
                answer = dialogue.step(program, words, dialogue.prefix(server))
                results[words[0]] = answer.result
                bad = [line for line in answer.errors() if "BYE" not in line and "leaving" not in line]
                if answer.result <= 0 or bad:
                    self.found.append(f"{mode} {words[0]} without any fault: {answer.text()}")
                places += [(words[0],) + place for place in server.places[len(places):]]
        except Died as died:
            self.found.append(f"{mode} without any fault: {died}")
        finally:
            program.end()
            server.stop()
        return places, results

    def plan(self, mode, every):
        """Jobs for all faults at every place, or at every n-th behind the opening."""
        places, results = self.record(mode)
        shift = self.random.randrange(every)
        for at, (name, what, size) in enumerate(places):
            for fault, (_, _, _, needs_answer) in self.dialogues[mode].faults.items():
                if name != "open" and (at + shift + len(fault)) % every:
                    continue
                if needs_answer and not size or fault in COSTLY and not self.dialogues[mode].all_faults:
                    continue
                self.jobs.put((mode, at, name, what, fault, results))
        return len(places)

    def run(self, workers):
        """Work them off; reports one line for each mode and fault."""
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for (mode, fault), (count, failures) in sorted(self.done.items()):
            name = f"sweep {mode}: {fault} ({count} places)"
            if failures:
                self.report.failed(name, "\n".join(failures))
            else:
                self.report.passed(name)
        for failure in self.found:
            self.report.failed("sweep", failure)

    def _work(self):
        server, program = Server(self.certificates), self.start()
        began = None
        count = 0
        try:
            while True:
                try:
                    job = self.jobs.get_nowait()
                except queue.Empty:
                    break
                mode, at, name, what, fault, results = job
                try:
                    problems = self.one(server, program, mode, at, name, what, fault, results)
                    usage = program.usage()
                    count += 1
                    if count == 20:
                        began = usage
                    if began and usage[0] > began[0]:
                        problems.append(f"{usage[0] - began[0]} descriptors more than before")
                        began = usage
                    if began and usage[1] > began[1] + HEAP_GROWTH:
                        problems.append(f"the heap grew from {began[1]} to {usage[1]} octets")
                        began = usage
                except Died as died:
                    problems = [str(died)]
                    program, began, count = self.start(), None, 0
                with self.lock:
                    counted, failures = self.done.setdefault((mode, fault), [0, []])
                    self.done[mode, fault][0] = counted + 1
                    failures += [f"place {at} ({name}, {what[:40]}): {problem}" for problem in problems]
        finally:
            program.end()
            server.stop()

    def one(self, server, program, mode, at, name, what, fault, results):
        """One fault at one place."""
        dialogue = self.dialogues[mode]
        act, lost, cause, _ = dialogue.faults[fault]
        server.prepare(dialogue.server, act, at)
        program("freshness", dialogue.freshness)
        prefix = dialogue.prefix(server)
        problems = []
        for words in dialogue.walk:
            answer = dialogue.step(program, words, prefix)
            if server.fired:
                break
        else:
            # What is not waited for may come too late for a place to be reached.
            return ["the fault did not happen"] if dialogue.waits else []
        if answer.seconds > (2 if name == "close" else 1) * TIMEOUT + LATE:
            problems.append(f"took too long: {answer.text()}")
        if not dialogue.waits:
            late = [call for call in (program("ping"), program("search"), program("body", 2, "1"), program("close"))
                    if call.seconds > 2 * TIMEOUT + LATE]
            return problems + [f"a later call took too long: {call.text()}" for call in late]
        said = " ".join(answer.of("log-error", "log-warn", "notify-bye", "notify-warn", "notify-error"))
        if name == "close":
            if answer.result != 1:
                problems.append(f"not closed: {answer.text()}")
        elif lost:
            # A structure may have come whole before the fault; the others wait for the server's word.
            if name not in dialogue.say_nothing + ("structure",) and answer.result > 0:
                problems.append(f"a success without ground: {answer.text()}")
            if not answer.errors():
                problems.append(f"no error was logged: {answer.text()}")
            elif not re.search(cause, said, re.I):
                problems.append(f"the error does not name the cause ({cause}): {answer.text()}")
        elif fault in REFUSALS and re.match(dialogue.confirmed.get(name, "$"), what) and answer.result:
            problems.append(f"a success without ground: {answer.text()}")
        elif lost is False and fault.endswith("before") and name != "open" and name in dialogue.confirmed and answer.result != results[name]:
            problems.append(f"result {answer.result} where {results[name]} was confirmed: {answer.text()}")
        if name != "close":
            opened = name != "open" or answer.result == 1
            if lost and opened and name != "append" and program("ping").result == 1 and "status" != name:
                problems.append("the stream still pings")
            if lost is False and opened and program("ping").result != 1:
                problems.append("the stream does not ping any more")
            late = [call for call in (program("body", 2, "1"), program("close")) if call.seconds > 2 * TIMEOUT + LATE]
            problems += [f"a later call took too long: {call.text()}" for call in late]
        return problems
