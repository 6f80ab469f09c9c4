#!/usr/bin/env python3
"""The main job, told step by step: a caller leaves voicemail in an IMAP mailbox, the owner listens and deletes it.

    e2e/demo.py

Everything is real and private: Asterisk from Debian's source, a Dovecot on the loopback interface, our library between
them. The recordings are left under target/demo/.
"""

import os
import shutil
import signal
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "testbed"), os.path.join(ROOT, "e2e")]
import harness  # noqa: E402  (found through the line above)
import install  # noqa: E402
import tones  # noqa: E402
from asterisk import library_loaded  # noqa: E402

SECONDS = 180  # the demonstration itself, without the builds
BOX = "100"


class Demo(harness.World):
    """One server, one telephone with a lamp; TLS with a certificate that the machine is told to trust."""

    name = "demo"
    general = {"imapserver": "localhost", "imapflags": "ssl"}

    def voicemail(self):
        return {**super().voicemail(), "imapport": self.dovecot.ports["imaps"]}


def step(text):
    """A headline."""
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n== {text}", flush=True)


def say(text=""):
    """A line under a headline."""
    print(f"   {text}", flush=True)


def played(call):
    """What voicemail said in a call, without the folders of the files."""
    return ", ".join(os.path.basename(name) for name in call.played())


def job(test, directory):
    """The main job; returns (line, held) for the summary."""
    box = test.box
    results = []

    def result(line, held):
        results.append((line, held))
        say(f"{'yes' if held else 'NO '}  {line}")

    def lamp(lit):
        begin = time.monotonic()
        test.expect_lamp(lit)
        result(f"the lamp is {'on' if lit else 'off'} (after {time.monotonic() - begin:.1f} s; Asterisk asks every {harness.POLL_SECONDS} s)", True)

    step("1. Before")
    say(f"Asterisk {test.asterisk.cli('core show version').split()[1]}, process {test.asterisk.process.pid}, has loaded")
    say(os.path.relpath(library_loaded(test.asterisk.process.pid), ROOT))
    say(f"Dovecot listens on port {test.world.dovecot.ports['imaps']} (TLS); the mailbox of {box.user} holds {len(box.mails())} mails.")
    result("urgent, new and old messages: 0, 0, 0", test.counts() == (0, 0, 0))
    result("the lamp is off", not test.lamp())

    step("2. Ada Lovelace calls, hears the introduction and the beep, and speaks for four seconds")
    name, spoken = test.voice(4)
    tones.write_wav(os.path.join(directory, "1-spoken-by-the-caller.wav"), spoken)
    call = test.call("leave", "speakon", caller=("Ada Lovelace", "5551815"), VOICE=name, VMOPTIONS="")
    call.hears("beep")
    time.sleep(4)
    call.hang_up()
    call.wait_end()
    say(f"voicemail played: {played(call)}")

    step("3. The mail appears in the mailbox")
    mail, = test.eventually(box.mails, lambda mails: len(mails) == 1, "mails in the mailbox", 10)
    with open(os.path.join(directory, "message.eml"), "wb") as out:
        out.write(mail.data)
    for header, value in mail.message.items():
        say(f"{header}: {' '.join(str(value).split())}")
    kind, file, part = mail.attachments()[0]
    stored = tones.attachment(part)
    tones.write_wav(os.path.join(directory, "2-stored-in-the-mailbox.wav"), stored)
    say(f"attachment: {file}, {kind}, {len(stored) / 16000:.1f} s of audio at {tones.pitch(tones.loud(stored)):.0f} Hz; mail of {len(mail.data)} octets")
    result("the attachment is what the caller said, sample for sample", tones.shared(stored, spoken) > 0.95)
    result("urgent, new and old messages: 0, 1, 0", test.counts() == (0, 1, 0))
    lamp(True)

    step("4. The owner calls, listens to the message and deletes it")
    call = test.owner()
    test.play_first(call)
    say("listening has marked the mail as read" if "\\Seen" in box.mails()[0].flags else "the mail is NOT marked as read")
    test.delete(call)
    test.leave_menu(call)
    say(f"voicemail played: {played(call)}")
    heard = test.heard(call)
    shutil.copyfile(call.heard_file, os.path.join(directory, "3-heard-by-the-owner.wav"))
    result("the owner heard what the caller said, sample for sample",
           tones.shared(spoken[len(spoken) // 4:len(spoken) * 3 // 4], heard) > 0.9)

    step("5. After")
    result("the mailbox is empty", not box.mails())
    result("urgent, new and old messages: 0, 0, 0", test.counts() == (0, 0, 0))
    lamp(False)
    try:
        test.aftermath()
        result("Asterisk runs on, and its log holds no warning or error", True)
    except harness.CheckError as error:
        result(f"Asterisk runs on, and its log holds no warning or error: {error}", False)
    return results


def too_long(*_):
    """The alarm's end of a demonstration that hangs."""
    raise harness.CheckError(f"the demonstration did not end within {SECONDS} s")


def main():
    """Build what is missing, run, and sum up. Exit status 0 means that everything held."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    step("Preparing: packages, our library, Asterisk (the first time this takes some minutes)")
    install.prepare(ROOT, "ours")
    directory = os.path.join(ROOT, "target", "demo")
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    library, asterisk = install.places(ROOT, "ours")
    world = Demo(directory, asterisk, library, "ours")
    item = harness.Check("demo", "demo", job, [{}], True, (), False)
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(SECONDS)
    try:
        world.start([item])
        results = job(harness.Test(world, item), directory)
    except (AssertionError, RuntimeError, OSError, ValueError) as error:
        results = [(f"the demonstration broke off: {error}", False)]
    finally:
        signal.alarm(0)
        world.stop()

    step("Summary")
    bad = [line for line, held in results if not held]
    if bad:
        say("This did not go as it should:")
        for line in bad:
            say(f"- {line}")
        say("Logs: target/demo/demo/asterisk/log/messages and target/demo/demo/dovecot/dovecot.log")
        return 1
    say("A real Asterisk kept a voicemail in a real IMAP mailbox through our libc-client.so.2007e:")
    say("left, stored as a mail, lamp on; heard by its owner, marked as read, deleted, lamp off.")
    say("To listen to it (any player takes these files):")
    for file in sorted(os.listdir(directory)):
        if file.endswith(".wav"):
            say(f"  target/demo/{file}")
    say("The mail itself: target/demo/message.eml")
    return 0


if __name__ == "__main__":
    sys.exit(main())
