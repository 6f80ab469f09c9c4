"""What the checks stand on: the registry of checks, the worlds they share, and the handle each one gets."""

import os
import re
import time
import zlib

import allowed
import imapc
import tones
from asterisk import Asterisk, library_loaded
from calls import Call
from dovecot import Dovecot
from proxy import Proxy

POLL_SECONDS = 2  # voicemail.conf's pollfreq
# One poll, the time it takes on a busy machine, and the start of the next.
LAMP_SECONDS = 3 * POLL_SECONDS + 2


class CheckError(AssertionError):
    """A check found something wrong."""


class Box:
    """A voicemail box and its mailbox on the server."""

    def __init__(self, number, user, password, server):
        self.number = number
        self.user = user
        self.password = password
        self.server = server  # the Dovecot it lives on

    @property
    def address(self):
        """How Asterisk names it."""
        return f"{self.number}@default"

    def client(self):
        """Another client, logged in."""
        return imapc.Client(self.server.ports["imap"], self.user, self.password)

    def mails(self, folder="INBOX"):
        """The messages of a folder."""
        with self.client() as client:
            return client.mails(folder)


class Check:
    """A named check: a function, the world it runs in and the voicemail boxes it needs."""

    def __init__(self, name, world, function, boxes, lamp, expect, kills_uw, patch=None):
        self.name = name
        self.world = world
        self.function = function
        self.boxes = boxes  # one dictionary of voicemail.conf options per box; callables are given the world
        self.lamp = lamp
        self.kills_uw = kills_uw  # an unmodified Asterisk is known to die here when it runs on UW's library, and must die
        self.patch = patch  # (patch of asterisk-patch/ that this shows, how the unmodified Asterisk fails: a pattern)
        self.expect = expect  # extra patterns of warnings and errors that this check provokes


# Where a check ends connections: the library has replaced one that was in use.
REPLACED = r"IMAP Warning: Connection to \S+ lost .*connected again"
CHECKS = []
WORLDS = {}


def check(name, world="main", boxes=1, lamp=False, expect=(), kills_uw=False, patch=None):
    """Register a check. `boxes` is a number of plain boxes, or a list of option dictionaries.

    `patch` is a pair: how the name of the patch in asterisk-patch/ begins (after NNNN-app_voicemail-) whose fault the check
    shows, and a pattern for why the check fails on the unmodified Asterisk, where it must fail.
    """
    wanted = [{} for _ in range(boxes)] if isinstance(boxes, int) else boxes

    def keep(function):
        CHECKS.append(Check(name, world, function, wanted, lamp, expect, kills_uw, patch))
        return function
    return keep


class World:
    """One Dovecot and one Asterisk shared by several checks. Subclasses say how they are set up."""

    name = "main"
    options = {}  # Dovecot's
    general = {}  # voicemail.conf's
    first_number = 100

    def __init_subclass__(cls):
        if "name" in vars(cls):
            WORLDS[cls.name] = cls

    def __init__(self, directory, install, library, library_name, patched=False):
        self.directory = os.path.join(directory, self.name)
        self.install = install
        self.library = library
        self.library_name = library_name  # "ours" or "uw"
        self.patched = patched  # Asterisk has the patches of asterisk-patch/
        self.dovecot = None
        self.asterisk = None
        self.boxes = {}  # check name -> its boxes

    def voicemail(self):
        """voicemail.conf's [general] beyond the testbed's defaults; servers run by now."""
        return {"imapport": self.dovecot.ports["imap"], **self.general}

    def prepare(self):
        """Start further servers (before Asterisk starts)."""

    def finish(self):
        """Stop them."""

    def server(self, users):
        """Start the server that the boxes are on, with these users (name -> password); Dovecot, or what has its shape."""
        return Dovecot(os.path.join(self.directory, "dovecot"), users=users, **self.options).start()

    def environment(self):
        """Asterisk's environment: the authority that signed Dovecot's certificate is trusted."""
        return {"SSL_CERT_FILE": self.dovecot.ca}

    def start(self, checks):
        """Start the servers with the boxes of these checks."""
        number = self.first_number
        plan = []
        users = {}
        for item in checks:
            for options in item.boxes:
                user = options.get("imapuser", f"u{number}")
                users[user] = f"secret{number}"
                plan.append((item, str(number), user, options))
                number += 1
        self.dovecot = self.server(users)
        self.prepare()
        mailboxes, lamps = {}, []
        for item, number, user, options in plan:
            settings = {key: value(self) if callable(value) else value for key, value in options.items()}
            mailboxes[number] = {"imapuser": user, "imappassword": users[user], **settings}
            mailboxes[number] = {key: value for key, value in mailboxes[number].items() if value is not None}
            self.boxes.setdefault(item.name, []).append(Box(number, user, users[user], self.dovecot))
            if item.lamp:
                lamps.append(number)
        self.asterisk = Asterisk(os.path.join(self.directory, "asterisk"), self.install, self.library, mailboxes,
                                 lamps=lamps, environment=self.environment(), **self.voicemail())
        self.start_asterisk()

    def start_asterisk(self):
        """Start Asterisk and make sure that the right library is in it."""
        self.asterisk.start()
        if self.patched:
            # It looks at all mailboxes in the background, and what it says of one is no business of a check of another.
            deadline = time.monotonic() + 20
            while "publish_main" in self.asterisk.cli("core show threads") and time.monotonic() < deadline:
                time.sleep(0.2)
        loaded = library_loaded(self.asterisk.process.pid)
        if self.library == "static":
            if loaded is not None:
                raise CheckError(f"Asterisk has loaded {loaded}, and should have the library in its module")
        elif loaded is None or os.path.realpath(os.path.dirname(loaded)) != os.path.realpath(self.library):
            raise CheckError(f"Asterisk has loaded {loaded}, not the library in {self.library}")

    def recover(self):
        """A check has failed in the midst of something: end the calls, and see whether Asterisk is dying."""
        try:
            if self.asterisk.alive():
                self.asterisk.ami.action("Ping")
                self.asterisk.cli("channel request hangup all")
                deadline = time.monotonic() + 20
                while "0 active channels" not in self.asterisk.cli("core show channels") and time.monotonic() < deadline:
                    time.sleep(0.2)
        except (RuntimeError, OSError):
            # It writes its core file; until that is done it counts as alive.
            self.asterisk.wait_end(30)
        self.asterisk.cores()  # told already

    def stop(self):
        """Stop everything."""
        try:
            if self.asterisk is not None and self.asterisk.process is not None:
                self.asterisk.stop()
        finally:
            self.finish()
            if self.dovecot is not None:
                self.dovecot.stop()


class Proxied(World):
    """A world whose server is reached through a proxy, which can be told to make trouble and knows what was said."""

    keep_log = True

    def __init__(self, *args):
        super().__init__(*args)
        self.proxy = None

    def prepare(self):
        self.proxy = Proxy(self.dovecot.ports["imap"], keep_log=self.keep_log)
        self.proxy.accept()

    def finish(self):
        if self.proxy is not None:
            self.proxy.close()

    def voicemail(self):
        return {**super().voicemail(), "imapport": self.proxy.port}

    def recover(self):
        if self.proxy.makes_trouble():
            self.proxy.accept()
            self.proxy.calm()
        super().recover()


class Test:
    """The handle a check works with: its world's servers, its own boxes, callers and expectations."""

    def __init__(self, world, item):
        self.world = world
        self.item = item
        self.asterisk = world.asterisk
        self.boxes = world.boxes.get(item.name, [])
        self.box = self.boxes[0] if self.boxes else None
        self.uw = world.library_name == "uw"
        self.patched = world.patched
        self.log_start = self.asterisk.mark()
        self.expected = list(item.expect)
        self._voices = 0

    # -- expectations ------------------------------------------------------------------------

    @staticmethod
    def expect(truth, text):
        """Fail the check with this text unless it holds."""
        if not truth:
            raise CheckError(text)

    @staticmethod
    def same(found, wanted, what):
        """Fail the check unless two values are equal."""
        if found != wanted:
            raise CheckError(f"{what}: {found!r}, not {wanted!r}")

    @staticmethod
    def eventually(find, wanted, what, seconds):
        """Ask until the answer is the wanted one (or satisfies it, when it is a function); returns it."""
        deadline = time.monotonic() + seconds
        while True:
            found = find()
            if wanted(found) if callable(wanted) else found == wanted:
                return found
            if time.monotonic() > deadline:
                detail = "" if callable(wanted) else f", not {wanted!r}"
                raise CheckError(f"{what}: still {found!r}{detail} after {seconds} s")
            time.sleep(0.1)

    def logged(self, pattern, seconds=2, since=None):
        """Fail the check unless a log line matches; returns it."""
        found = self.asterisk.wait_log(pattern, seconds, self.log_start if since is None else since)
        if found is None:
            raise CheckError(f"the log says nothing like {pattern!r}; complaints: {self.asterisk.complaints(self.log_start)}")
        return found[1]

    # -- counts and lamps --------------------------------------------------------------------

    def counts(self, box=None):
        """(urgent, new, old) as the manager interface counts them now."""
        answer = self.asterisk.ami.action("MailboxCount", Mailbox=(box or self.box).address)
        return tuple(int(answer[key]) for key in ("UrgMessages", "NewMessages", "OldMessages"))

    def listed(self, box=None):
        """The number of new messages that `voicemail show users` prints."""
        number = (box or self.box).number
        for line in self.asterisk.cli("voicemail show users for default").splitlines():
            shape = re.match(rf"default\s+{number}\s.*\s(\d+)\s*$", line)
            if shape:
                return int(shape[1])
        raise CheckError(f"voicemail show users does not list {number}")

    def lamp(self, box=None):
        """Whether the telephone's lamp is on: the device state that the MWI events make."""
        state = self.asterisk.ami.action("Getvar", Variable=f"DEVICE_STATE(MWI:{(box or self.box).address})")["Value"]
        return state == "INUSE"

    def lamp_event(self, box=None):
        """(waiting, new, old) of the newest MessageWaiting event, or None."""
        for event in reversed(list(self.asterisk.ami.events)):
            if event["Event"] == "MessageWaiting" and event["Mailbox"] == (box or self.box).address:
                return int(event["Waiting"]), int(event.get("New", 0)), int(event.get("Old", 0))
        return None

    def expect_state(self, urgent, new, old, lamp=None, box=None):
        """Counts by manager and console, and the lamp within a poll."""
        self.same(self.counts(box), (urgent, new, old), "MailboxCount (urgent, new, old)")
        if lamp is not None:
            self.expect_lamp(lamp, box)

    def expect_lamp(self, lit, box=None):
        """The lamp is on (or off) within a poll."""
        self.eventually(lambda: self.lamp(box), lit, "message waiting lamp", LAMP_SECONDS)

    # -- callers -----------------------------------------------------------------------------

    def voice(self, seconds=2.5, hertz=None):
        """(name to play, PCM) of a voice nobody else has."""
        self._voices += 1
        hertz = hertz or 300 + 37 * ((zlib.crc32(self.item.name.encode()) + 3 * self._voices) % 20)
        pcm = tones.voice(seconds, hertz, f"{self.item.name} {self._voices}")
        return self.asterisk.voice(f"{self.item.name}-{self._voices}", pcm), pcm

    def leave(self, box=None, options="s", seconds=2.5, caller=("Caller", "5550100"), limit=40):
        """A caller leaves a message and hangs up; returns what was said (PCM)."""
        name, pcm = self.voice(seconds)
        call = Call(self.asterisk, (box or self.box).number, "leave", "speak", caller=caller, VOICE=name, VMOPTIONS=options)
        call.wait_end(limit)
        return pcm

    def owner(self, box=None):
        """The owner calls voicemail; what is heard is recorded. Returns the call."""
        self._voices += 1
        path = self.asterisk.path("voices", f"heard-{self.item.name}-{self._voices}")
        call = Call(self.asterisk, (box or self.box).number, "main", "hear", caller=("Owner", (box or self.box).number), HEARD=path)
        call.heard_file = f"{path}.wav"
        return call

    def call(self, line, ours, box=None, caller=("Caller", "5550100"), **variables):
        """Any other call to a box."""
        return Call(self.asterisk, (box or self.box).number, line, ours, caller=caller, **variables)

    @staticmethod
    def menu(call, seconds=20):
        """Wait until voicemail has said its menu to the end: only then is a key sure to be taken."""
        call.hears("vm-helpexit", seconds)

    def play_first(self, call):
        """From the menu: the owner presses 1 and listens to the first message to its end and the menu after it."""
        self.menu(call)
        call.press("1")
        call.hears(r"[^']*/msg\d+")
        self.menu(call, 30)

    def save_to(self, call, digit):
        """From the menu: save the message just heard to the folder with this key."""
        call.press("9")
        call.hears("vm-savefolder")
        call.press(digit)
        call.hears("vm-savedto")

    def delete(self, call):
        """From the menu: delete the message just heard, and hear the menu again."""
        call.press("7")
        call.hears("vm-deleted")
        self.menu(call)

    @staticmethod
    def forward_to(call, receiver):
        """From the menu: forward the message just heard to this box, up to the question how (1: with a comment, 2: without)."""
        call.press("8")
        call.hears("vm-extension")
        call.press(receiver.number + "#")
        call.hears("vm-forwardoptions", 30)

    @staticmethod
    def leave_menu(call, seconds=40):
        """Press # at the menu; voicemail says goodbye and hangs up."""
        call.press("#")
        call.hears("vm-goodbye")
        call.wait_end(seconds)

    def expect_heard(self, call, pcm, share=0.9):
        """Somebody who listened in a call that is over has heard what a caller said, sample for sample."""
        # Voicemail records from the beep on and stops at the hang-up: only the middle is sure to be there.
        part = tones.shared(pcm[len(pcm) // 4:len(pcm) * 3 // 4], self.heard(call))
        self.expect(part >= share, f"only {part:.0%} of the message was heard")

    def listen_to_greeting(self):
        """A caller listens to the unavailable greeting and hangs up at the beep; returns the call."""
        self._voices += 1
        path = self.asterisk.path("voices", f"heard-{self.item.name}-{self._voices}")
        call = self.call("leave", "hear", VMOPTIONS="us", HEARD=path)
        call.heard_file = f"{path}.wav"
        call.hears("beep", 30)
        call.hang_up()
        call.wait_end()
        return call

    def heard(self, call):
        """PCM of what the other end heard in a call that is over."""
        self.eventually(lambda: os.path.exists(call.heard_file), True, "recording of the call", 5)
        return tones.read_wav(call.heard_file)

    def expect_audio(self, mail, pcm, share=0.95):
        """The mail's attachment is what the caller said, sample for sample."""
        found = mail.attachments()
        self.same(len(found), 1, "number of attachments")
        stored = tones.attachment(found[0][2])
        part = tones.shared(stored, tones.silence(0.05) + pcm + tones.silence(0.05))
        self.expect(part >= share, f"only {part:.0%} of the attachment is what the caller said")
        self.expect(len(stored) >= len(pcm) * 0.6, f"the attachment is {len(stored) / 16000:.1f} s, the caller spoke {len(pcm) / 16000:.1f} s")
        return stored

    # -- at the end --------------------------------------------------------------------------

    def aftermath(self):
        """What must hold after every check: Asterisk lives, no core, no complaint that is not expected."""
        if not self.asterisk.alive():
            raise CheckError(f"Asterisk died ({self.asterisk.ending()})")
        if self.asterisk.cores():
            raise CheckError(f"core file: {self.asterisk.cores()}")
        time.sleep(0.05)
        known = allowed.ALWAYS + (allowed.WITH_UW if self.uw else [])
        patterns = [pattern for pattern, _ in known] + self.expected
        bad = [f"{level} {text}" for level, text in self.asterisk.complaints(self.log_start)
               if not any(re.search(pattern, text) for pattern in patterns)]
        if bad:
            raise CheckError(f"unexpected in the log: {bad[0]}" + (f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""))
