"""The server that the network part talks to, and one run of one of its scenarios."""

import os
import shutil
import subprocess
import sys

import build
import counting

sys.path.insert(0, os.path.join(build.ROOT, "testbed"))
import dovecot  # noqa: E402

SECONDS = 240
FRESHNESS = 3000  # milliseconds, when flights are counted
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

    def __init__(self, place, conf=None):
        shutil.rmtree(place, ignore_errors=True)
        self.templates = {user: os.path.join(place, "template", user) for user in USERS}
        for user, count in USERS.items():
            maildir(self.templates[user], count, 60000 if user == "u1" else 300)
        self.server = dovecot.Dovecot(
            os.path.join(place, "dovecot"), users={user: "secret" for user in USERS},
            extra="service imap {\n  process_limit = 1000\n}\n")
        self.server.start()
        self.proxies = {}
        self.conf = conf  # a c-client.conf for the library
        self.warm = False  # whether the server has seen the large mailbox
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

    def work(self):
        """Processor time that the server's processes of now have taken, in microseconds."""
        total = 0
        for number in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{number}/stat", encoding="ascii", errors="replace") as stat:
                    parent = int(stat.read().rpartition(")")[2].split()[1])
                if parent == self.server.pid:
                    with open(f"/proc/{number}/schedstat", encoding="ascii") as schedule:
                        total += int(schedule.read().split()[0]) // 1000
            except (OSError, ValueError, IndexError):
                pass  # it has just ended, or this system does not tell
        return total

    def close_proxies(self):
        """Nobody comes in any more."""
        for proxy in self.proxies.values():
            proxy.close()
        self.proxies = {}

    def stop(self):
        """The end."""
        self.close_proxies()
        self.server.stop()


class Driver:
    """The program with the scenarios."""

    def __init__(self, opponents):
        self.program = build.driver("network", opponents["uw"], "voicemail", "bulk")
        listed = build.run([self.program, "--list"], env=opponents["uw"].environment())
        self.scenarios = []
        for line in listed.splitlines():
            name, count, tls, what = line.split("\t")
            self.scenarios.append({"name": name, "count": int(count), "tls": int(tls), "what": what})

    def run(self, world, scenario, opponent, watch=False, before=()):
        """One run of a scenario: what passed between its marks, and what the driver said. With `watch`, flights are
        exact; they are not otherwise. `before`: the command to run it under."""
        proxy = world.proxies["imaps" if scenario["tls"] else "imap"]
        name = scenario["name"]
        more = {"C_CLIENT_CONFIG": os.path.abspath(world.conf)} if world.conf else {}
        if watch:
            more["BENCH_FRESHNESS"] = str(FRESHNESS)
        environment = opponent.environment(BENCH_SPEC=f"{{127.0.0.1:{proxy.port}/imap%s}}%s", **more)
        marks = []
        with subprocess.Popen([*before, self.program, name, str(scenario["count"])], env=environment,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as driver:
            proxy.watch = driver.pid if watch else None
            last = ""
            for line in driver.stdout:
                if line.strip() in ("begin", "end"):
                    marks.append({**proxy.counts(), "server": world.work()})
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

    def fresh(self, world, scenario, opponents, distance=0.0):
        """The mail as it was, and a server that has seen it: its own caches are filled by a run that is not counted."""
        world.far(0.0)
        if scenario["name"][0] in "abcd":
            world.fill("u1")
            self.run(world, {"name": "a_vmmain", "count": 0, "tls": 0}, opponents["ours"])
        if "10k" in scenario["name"] and not world.warm:
            self.run(world, {"name": "f_envbody10k", "count": 0, "tls": 0}, opponents["ours"])
            self.run(world, {"name": "a_vmmain_10k", "count": 0, "tls": 0}, opponents["ours"])
            world.warm = True
        world.far(distance)
