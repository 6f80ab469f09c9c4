"""The network part: what programs do with a server, in round trips, octets, time and memory."""

import os
import shutil
import statistics
import subprocess
import sys

import build
import counting

sys.path.insert(0, os.path.join(build.ROOT, "testbed"))
import dovecot  # noqa: E402

REPEATS = 5
SECONDS = 120
DISTANCE = 0.02
USERS = {"u1": 100, "u2": 20, "u3": 10000}  # messages


def mails(count, sound):
    """Voicemail as Asterisk writes it, one in five ordinary mail."""
    line = "UklGRtYWAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YbIWAAD//wAA//8A\r\n"
    for number in range(1, count + 1):
        head = (f"From: \"Asterisk PBX\" <asterisk@pbx.example.org>\r\nTo: \"Ada Lovelace\" <u1@example.org>\r\n"
                f"Date: Sun, 12 May 2019 10:20:{number % 60:02} +0000\r\nSubject: New message {number} in mailbox 1234\r\n"
                f"Message-ID: <{number}@pbx.example.org>\r\nMIME-Version: 1.0\r\n")
        if number % 5 == 3:
            yield (head + "Content-Type: text/plain; charset=UTF-8\r\n\r\nOrdinary mail.\r\n").encode()
            continue
        yield (head + "X-Asterisk-VM-Extension: 1234\r\nX-Asterisk-VM-Context: default\r\n"
               "X-Asterisk-VM-Caller-ID-Num: 5551234\r\nX-Asterisk-VM-Duration: 23\r\n"
               "Content-Type: multipart/mixed; boundary=\"voicemail\"\r\n\r\n"
               "--voicemail\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nA caller left a message.\r\n\r\n"
               "--voicemail\r\nContent-Type: audio/x-wav; name=\"msg0000.wav\"\r\nContent-Transfer-Encoding: base64\r\n"
               "Content-Disposition: attachment; filename=\"msg0000.wav\"\r\n\r\n"
               f"{line * (sound // 51)}\r\n--voicemail--\r\n").encode()


def maildir(path, count, sound):
    """A Maildir of them; the first half seen, none recent."""
    for sub in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(path, sub))
    for number, mail in enumerate(mails(count, sound), 1):
        # New ones come first: ten of them are listened to, deleted and saved.
        seen = "S" if number > 20 and number % 2 else ""
        when = 1557656430 + number
        with open(os.path.join(path, "cur", f"{when}.M{number}P1.bench,S={len(mail)}:2,{seen}"), "wb") as out:
            out.write(mail)
        os.utime(out.name, (when, when))


class World:
    """A Dovecot with the mail, and a proxy in front of each of its ports."""

    def __init__(self, place):
        shutil.rmtree(place, ignore_errors=True)
        self.templates = {user: os.path.join(place, "template", user) for user in USERS}
        for user, count in USERS.items():
            maildir(self.templates[user], count, 60000 if user == "u1" else 300)
        self.server = dovecot.Dovecot(
            os.path.join(place, "dovecot"), users={user: "secret" for user in USERS},
            extra="service imap {\n  process_limit = 1000\n}\n")
        self.server.start()
        self.distance = 0.0
        self.proxies = {}
        for user in USERS:
            self.fill(user)

    def fill(self, user):
        """Puts a user's mail back."""
        self.server.reset_user(user, self.templates[user])

    def far(self, distance):
        """All new connections go that far."""
        self.close_proxies()
        for service in ("imap", "imaps"):
            self.proxies[service] = counting.Counting(self.server.ports[service], distance)

    def close_proxies(self):
        """Nobody comes in any more."""
        for proxy in self.proxies.values():
            proxy.close()
        self.proxies = {}

    def stop(self):
        """The end."""
        self.close_proxies()
        self.server.stop()


def run(world, program, name, tls, opponent):
    """One run of a scenario: what passed between its marks, and what the driver said."""
    proxy = world.proxies["imaps" if tls else "imap"]
    spec = f"{{127.0.0.1:{proxy.port}/imap%s}}%s"
    marks = []
    with subprocess.Popen([program, name], env=opponent.environment(BENCH_SPEC=spec), stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as driver:
        last = ""
        for line in driver.stdout:
            if line.strip() in ("begin", "end"):
                marks.append(proxy.counts())
                driver.stdin.write("go\n")
                driver.stdin.flush()
            else:
                last = line
        complaint = driver.stderr.read()
        status = driver.wait(timeout=SECONDS)
    if status or len(marks) != 2:
        sys.exit(f"bench: {name} with {opponent.name}: {complaint} exit status {status}")
    begin, end = marks
    found = build.values(last)
    found.update({key: end[key] - begin[key] for key in end})
    return found


def measure(opponents, only=(), say=print):
    """[{name, what, and per opponent the medians}]; ends the run when what was seen differs."""
    program = build.driver("network", opponents["uw"])
    listed = build.run([program, "--list"], env=opponents["uw"].environment())
    world = World(os.path.join(build.OUT, "servers"))
    results = []
    try:
        for line in listed.splitlines():
            name, count, tls, what = line.split("\t")
            if only and name not in only:
                continue
            result = {"name": name, "what": what, "count": int(count)}
            for distance, repeats in ((0.0, REPEATS), (DISTANCE, 1)):
                if distance and name.startswith("h_"):
                    continue
                _some(result, world, program, opponents, (int(tls), distance, repeats))
            results.append(result)
            uw, ours = result["uw"], result["ours"]
            say(f"{name}: flights {ours['flights']} of {uw['flights']}, sent {ours['sent']} of {uw['sent']}, "
                f"received {ours['received']} of {uw['received']}, ms {ours['wall'] / 1000:.1f} of {uw['wall'] / 1000:.1f}"
                + (f", kB {ours['kilo']} of {uw['kilo']}" if "kilo" in uw else ""))
    finally:
        world.stop()
    return results


def _some(result, world, program, opponents, how):
    tls, distance, repeats = how
    runs = {key: [] for key in ("uw", "ours")}
    for turn in range(repeats + (not distance)):
        for key, found in runs.items():
            for user in ("u1",) if result["name"][0] in "abcd" else ():
                world.fill(user)
            # The server's own caches are filled by a run that is not counted.
            world.far(0.0)
            if result["name"][0] in "abcd":
                run(world, program, "a_vmmain", 0, opponents["ours"])
            world.far(distance)
            one = run(world, program, result["name"], tls, opponents[key])
            if turn or distance:
                found.append(one)
    checks = {one["check"] for found in runs.values() for one in found}
    if len(checks) != 1:
        sys.exit(f"bench: {result['name']}: what the program saw differs: "
                 + ", ".join(f"{key} {sorted({one['check'] for one in found})}" for key, found in runs.items()))
    for key, found in runs.items():
        if distance:
            result[key]["far"] = found[0]["wall"]
        else:
            result[key] = {what: statistics.median(one[what] for one in found) for what in found[0] if what != "check"}
