"""What the groups of checks share: both libraries, mail servers, running a client, comparing what it says."""

import datetime
import difflib
import email.utils
import fnmatch
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
OUT = os.path.join(ROOT, "target", "clients")
sys.path[:0] = [os.path.join(ROOT, "c-tests"), os.path.join(ROOT, "testbed")]
import deviations  # noqa: E402
import normalise  # noqa: E402
import servers  # noqa: E402
from report import Report  # noqa: E402

CLIENT_SECONDS = 60
# Which servers a group finds; servers.py says what the words mean. "acl": the clients ask for access rights, too.
PLAIN = {"server": "acl", "second": None, "fake": None}


RFC822_DATE = re.compile(r"[A-Z][a-z]{2}, [ \d]?\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}(?: \([A-Z]+\))?")
INTERNAL_DATE = re.compile(r"[ \d]\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d [+-]\d{4}")


def _near(match):
    """A date of this run; those of the mail that is compared lie years back."""
    try:
        then = email.utils.parsedate_to_datetime(match[0].replace("-", " ", 2))
    except ValueError:
        return match[0]
    now = datetime.datetime.now(datetime.timezone.utc)
    return "<NOW>" if abs((then - now).total_seconds()) < 2 * 86400 else match[0]


def without_now(text):
    """Dates of this run replaced."""
    return INTERNAL_DATE.sub(_near, RFC822_DATE.sub(_near, text))


class Suite:
    """One run: `libraries` maps "uw" and "ours" to directories with libc-client.so.2007e."""

    def __init__(self, arguments, ours, uw):
        self.only = arguments.only or []
        self.seed = arguments.seed
        self.libraries = {"uw": os.path.join(uw, "lib"), "ours": ours}
        self.uw_include = os.path.join(uw, "include")
        self.report = Report(arguments.verbose)
        self.known = deviations.load(HERE)
        self.world = servers.World(os.path.join(OUT, "servers"))
        self.started = time.monotonic()

    def wants(self, name):
        """Whether the command line asks for the check `group/name`; a group's name stands for all of it."""
        group = name.split("/")[0]
        return not self.only or any(fnmatch.fnmatch(name, shape) or group == shape for shape in self.only)

    def environment(self, label, directives=None, wire="plain"):
        """Mail put back; the environment for a client that is to load the library `label`.

        `wire`: "plain", "ssl" (TLS from the first octet, certificate checked) or "tls" (STARTTLS, checked), or the
        same with "pop3-" before them.
        """
        environment = self.world.prepare(directives or PLAIN)
        environment.update(LD_LIBRARY_PATH=self.libraries[label], T_SEED=str(self.seed), T_FLAGS=FLAGS[wire])
        if "pop3" in wire and wire.endswith("ssl"):
            environment["T_POP3"] = environment["T_SPOP3"]
        if not wire.endswith("plain"):
            environment.update(T_HOST="localhost", SSL_CERT_FILE=environment["T_CA"])
        return environment

    def run(self, command, environment, stdin=b"", wire="plain", seconds=CLIENT_SECONDS):
        """Run a client, without a terminal; (what it said, normalised, or a complaint such as that it was killed)."""
        try:
            done = subprocess.run(command, env=environment, input=stdin, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=seconds, check=False, start_new_session=True)
        except subprocess.TimeoutExpired as late:
            return (late.stdout or b"").decode("latin-1"), f"did not end in {seconds} s"
        text = without_now(normalise.normalise(done.stdout.decode("latin-1"), self.world.varying()))
        # The same mailbox has another name when it is reached another way.
        for shown in (*NAMES.get(wire, ()), FLAGS[wire]):
            text = text.replace(shown, "/WIRE")
        text = text.replace("127.0.0.1" if wire.endswith("plain") else "localhost", "<HOST>")
        if not wire.endswith("plain"):
            text = text.replace("<SPORT>", "<PORT>").replace("<SPOP3>", "<POP3>")
        complaint = f"killed by signal {-done.returncode}" if done.returncode < 0 else None
        return f"{text}status {done.returncode}\n", complaint

    def compare(self, name, outcomes, seconds=None):
        """Hold ours against UW's; outcomes: {label: (text, complaint)}."""
        group, _, case = name.partition("/")
        os.makedirs(os.path.join(OUT, "said"), exist_ok=True)
        for label, (text, _) in outcomes.items():
            with open(os.path.join(OUT, "said", f"{name.replace('/', '-')}.{label}"), "w", encoding="latin-1") as log:
                log.write(text)
        (theirs, their_trouble), (mine, trouble) = outcomes["uw"], outcomes["ours"]
        if their_trouble and not (self.known.applies(group, case) and their_trouble.startswith("killed")):
            return self.report.failed(name, f"with UW: {their_trouble}\n{theirs[-1000:]}")
        if trouble:
            return self.report.failed(name, f"with ours: {trouble}\n{mine[-1000:]}")
        wanted, actual, stale = self.known.apply(group, case, theirs, mine)
        if stale:
            return self.report.failed(name, "listed as a deviation but not so:\n" + "\n".join(stale))
        if wanted != actual:
            return self.report.failed(name, "\n".join(difflib.unified_diff(
                wanted.splitlines(), actual.splitlines(), "expected", "ours", lineterm="", n=3)))
        return self.report.passed(name, seconds)

    def demand(self, name, *facts):
        """One check of several (truth, what it would mean if not) pairs."""
        wrong = [meaning for truth, meaning in facts if not truth]
        if wrong:
            self.report.failed(name, "\n".join(wrong))
        else:
            self.report.passed(name)


# How a client is told to connect, and how c-client then names the mailbox.
FLAGS = {"plain": "/imap/notls", "ssl": "/imap/ssl", "tls": "/imap/tls",
         "pop3-plain": "/pop3/notls", "pop3-ssl": "/pop3/ssl", "pop3-tls": "/pop3/tls"}
NAMES = {"ssl": ["/imap/notls/ssl"], "pop3-ssl": ["/pop3/notls/ssl"]}
