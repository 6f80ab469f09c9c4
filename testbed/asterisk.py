"""A private Asterisk with IMAP voicemail: own configuration, ports, sounds and data; started and stopped by pid.

    asterisk = Asterisk("target/x", install="target/asterisk/install", library="/dir/of/libc-client.so.2007e",
                        mailboxes={"100": {"imapuser": "u1", "imappassword": "secret"}}, imapport=1143)
    asterisk.start()
    asterisk.cli("voicemail show users")
    asterisk.ami.action("MailboxCount", Mailbox="100@default")
    asterisk.stop()
"""

import ctypes
import os
import re
import resource
import signal
import socket
import subprocess
import threading
import time

import ami
import tones

START_SECONDS = 60
STOP_SECONDS = 30
SECRET = "testbed"
LOG_LINE = re.compile(r"^\[(?P<time>[^\]]*)\] (?P<level>[A-Z]+)\[(?P<thread>\d+)\](?:\[(?P<call>C-[0-9a-f]+)\])? (?P<text>.*)$")
PLAYING = re.compile(r"<(?P<channel>[^>]*)> Playing '(?P<name>[^']*)'")

# What app_voicemail and Asterisk's way of saying numbers in English may play here. Each becomes a moment of silence.
PROMPTS = """auth-thankyou beep vm-Cust1 vm-Cust2 vm-Cust3 vm-Cust4 vm-Cust5 vm-Family vm-Friends vm-INBOX vm-INBOXs
vm-Old vm-Olds vm-Urgent vm-Work vm-advopts vm-and vm-changeto vm-delete vm-deleted vm-duration vm-enter-num-to-call
vm-extension vm-first vm-for vm-forward vm-forwardoptions vm-forward-multiple vm-from vm-from-extension
vm-from-phonenumber vm-goodbye vm-helpexit vm-incorrect vm-incorrect-mailbox vm-instructions vm-intro
vm-invalid-password vm-isonphone vm-isunavail vm-last vm-leavemsg vm-listen vm-login vm-mailboxfull
vm-marked-nonurgent vm-marked-urgent vm-message vm-messages vm-minutes vm-mismatch vm-msginstruct vm-msgsaved
vm-newpassword vm-newuser vm-next vm-no vm-nobodyavail vm-nobox vm-nomore vm-nonumber vm-num-i-have vm-onefor
vm-onefor-full vm-options vm-opts vm-opts-full vm-passchanged vm-password vm-pls-try-again vm-prepend-timeout
vm-press vm-prev vm-reachoper vm-rec-busy vm-rec-name vm-rec-temp vm-rec-unv vm-record-prepend vm-reenterpassword
vm-repeat vm-review vm-review-nonurgent vm-review-urgent vm-saved vm-savedto vm-savefolder vm-savemessage
vm-saveoper vm-sorry vm-speakup vm-star-cancel vm-starmain vm-tempgreetactive vm-tempgreeting vm-tempgreeting2
vm-tempremoved vm-then-pound vm-theperson vm-tmpexists vm-tocallback vm-tocallnum vm-tocancel vm-tocancelmsg
vm-toenternumber vm-toforward vm-tohearenv vm-tomakecall vm-tooshort vm-toreply vm-torerecord vm-undelete
vm-undeleted vm-unknown-caller vm-whichbox vm-youhave vm-msgforwarded vm-nothingrecorded""".split()
NUMBERS = [*range(21), *range(30, 100, 10), "hundred", "thousand"]
PROMPT_SECONDS = 0.04


def library_loaded(pid):
    """The path of the libc-client that a process has mapped, or None."""
    with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as maps:
        for line in maps:
            if "libc-client" in line:
                return line.split(None, 5)[5].strip()
    return None


def _free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Asterisk:
    """One Asterisk process. `general` are lines of voicemail.conf's [general], `mailboxes` its users' options."""

    def __init__(self, directory, install, library, mailboxes, lamps=None, environment=None,
                 **general):
        self.directory = os.path.abspath(directory)
        self.install = os.path.abspath(install)
        self.library = os.path.abspath(library)
        self.mailboxes = mailboxes
        self.lamps = list(mailboxes) if lamps is None else lamps  # mailboxes whose telephone has a lamp
        self.environment = environment or {}
        self.general = {
            "format": "wav", "attach": "yes", "maxmsg": "100", "maxsecs": "60", "minsecs": "1", "maxsilence": "0",
            "saycid": "no", "envelope": "no", "sayduration": "no", "review": "no", "sendvoicemail": "yes",
            "pollmailboxes": "yes", "pollfreq": "2", "expungeonhangup": "yes", "imapserver": "127.0.0.1",
            "imapflags": "notls", "imapopentimeout": "4", "imapreadtimeout": "4", "imapwritetimeout": "4",
            "imapclosetimeout": "4", "serveremail": "asterisk@localhost", **general}
        self.ports = {"ami": _free_port(), "iax": _free_port(socket.SOCK_DGRAM)}
        self.ami = None
        self.process = None
        self.lines = []  # (level, text) of the log, in order
        self.call_ids = []  # the call that each of them belongs to, or None
        self._log_change = threading.Condition()
        self._reading = threading.Lock()
        self._position = 0
        self._log_rest = ""
        self.log = self.path("log", "messages")

    def path(self, *names):
        """A path under the instance's directory."""
        return os.path.join(self.directory, *names)

    # -- configuration -----------------------------------------------------------------------

    def write_voicemail(self):
        """Write voicemail.conf from `general` and `mailboxes` (`reload` makes Asterisk take it)."""
        lines = ["[general]"] + [f"{key}={value}" for key, value in self.general.items() if value is not None]
        lines.append("[default]")
        for number, options in self.mailboxes.items():
            text = "|".join(f"{key}={value}" for key, value in options.items())
            lines.append(f"{number} => 1234,Owner of {number},,,{text}")
        self._write("etc/voicemail.conf", lines)

    def _write(self, name, lines):
        with open(self.path(*name.split("/")), "w", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")

    def _configure(self):
        for name in ("etc", "run", "log", "spool", "var/firmware/iax", "var/keys", "var/sounds/en/digits",
                     "var/moh", "voices"):
            os.makedirs(self.path(*name.split("/")), exist_ok=True)
        # A build with XML documentation does not start without it.
        documentation = os.path.join(self.install, "documentation")
        if os.path.isdir(documentation) and not os.path.lexists(self.path("var", "documentation")):
            os.symlink(documentation, self.path("var", "documentation"))
        prompt = tones.silence(PROMPT_SECONDS)
        for name in PROMPTS + [f"digits/{number}" for number in NUMBERS]:
            with open(self.path("var", "sounds", "en", f"{name}.sln"), "wb") as out:
                out.write(prompt)
        self._write("etc/asterisk.conf", [
            "[directories]", f"astetcdir => {self.path('etc')}", f"astmoddir => {self.install}/lib/asterisk/modules",
            f"astvarlibdir => {self.path('var')}", f"astdbdir => {self.path('var')}", f"astkeydir => {self.path('var')}",
            f"astdatadir => {self.path('var')}", f"astagidir => {self.path('var')}", f"astspooldir => {self.path('spool')}",
            f"astrundir => {self.path('run')}", f"astlogdir => {self.path('log')}",
            "[options]", "verbose = 4", "nocolor = yes", "documentation_language = en"])
        # res_adsi announces its own deprecation as a warning; app_voicemail can do without it.
        self._write("etc/modules.conf", ["[modules]", "autoload=yes", "noload=res_adsi.so"])
        self._write("etc/logger.conf", ["[general]", "dateformat=%F %T.%3q", "[logfiles]",
                                        "messages => notice,warning,error,verbose(4)"])
        self._write("etc/manager.conf", [
            "[general]", "enabled=yes", f"port={self.ports['ami']}", "bindaddr=127.0.0.1",
            "[testbed]", f"secret={SECRET}", "read=all", "write=all"])
        # Asterisk polls and announces only those mailboxes that a channel driver has subscribed to.
        peers = []
        for number in self.lamps:
            peers += [f"[owner{number}]", "type=friend", "host=dynamic", f"secret={SECRET}", f"mailbox={number}@default"]
        self._write("etc/iax.conf", ["[general]", "bindaddr=127.0.0.1", f"bindport={self.ports['iax']}",
                                     "disallow=all", "allow=ulaw", *peers])
        self._write("etc/extensions.conf", [
            "[general]", "static=yes",
            "[leave]  ; the line that takes a message",
            "exten => _X!,1,VoiceMail(${EXTEN}@default,${VMOPTIONS})", " same => n,Verbose(1,VMSTATUS ${VMSTATUS})",
            " same => n,Hangup()",
            "exten => h,1,Verbose(1,CALLER ${CALLERID(num)} VMSTATUS ${VMSTATUS})",
            "[leaveboth]  ; a message for two boxes",
            "exten => _X!,1,VoiceMail(${EXTEN}@default&${ALSO}@default,${VMOPTIONS})", " same => n,Hangup()",
            "[main]  ; the owner's line",
            "exten => _X!,1,VoiceMailMain(${EXTEN}@default,s)", " same => n,Hangup()",
            "[speak]  ; a caller who says something and hangs up",
            "exten => s,1,Playback(${VOICE})", " same => n,Hangup()",
            "[speakon]  ; a caller who says something and stays",
            "exten => s,1,Playback(${VOICE})", " same => n,Wait(120)",
            "[hear]  ; a caller who listens; what is heard is recorded",
            "exten => s,1,Record(${HEARD}.wav,0,0,qxk)", " same => n,Wait(120)"])
        for name in ("cdr", "cel", "features", "smdi", "udptl", "ccss", "stasis", "acl", "sorcery", "cli_permissions",
                     "cli_aliases", "dsp", "codecs", "rtp", "http", "iaxprov", "extconfig"):
            self._write(f"etc/{name}.conf", [""])
        self._write("etc/musiconhold.conf", ["[default]", "mode=files", f"directory={self.path('var', 'moh')}"])
        with open(self.path("var", "moh", "quiet.sln"), "wb") as out:
            out.write(prompt)
        self._write("etc/indications.conf", ["[general]", "country=us", "[us]", "description=US", "ringcadence=2000,4000",
                                             "dial=350+440", "busy=480+620/500,0/500"])
        self.write_voicemail()

    def voice(self, name, pcm):
        """Keep a caller's voice as a sound file; returns the name to play."""
        with open(self.path("voices", f"{name}.sln"), "wb") as out:
            out.write(pcm)
        return self.path("voices", name)

    # -- running -----------------------------------------------------------------------------

    def start(self):
        """Start and wait until it is fully booted. Returns self."""
        self._configure()
        environment = {**os.environ, "LD_LIBRARY_PATH": self.library, "TZ": "UTC", **self.environment}

        libc = ctypes.CDLL(None)

        def prepare():
            # Should this program be killed, Asterisk must not live on (PR_SET_PDEATHSIG).
            libc.prctl(1, signal.SIGKILL)
            resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

        with open(self.path("log", "console"), "ab") as console:
            self.process = subprocess.Popen(
                [f"{self.install}/sbin/asterisk", "-f", "-C", self.path("etc", "asterisk.conf")],
                cwd=self.directory, env=environment, stdin=subprocess.DEVNULL, stdout=console, stderr=console,
                start_new_session=True, preexec_fn=prepare)
        threading.Thread(target=self._follow, args=(self.process,), daemon=True).start()
        deadline = time.monotonic() + START_SECONDS
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"Asterisk ended at once ({self.process.returncode}); see {self.path('log')}")
            try:
                self.ami = ami.Ami(self.ports["ami"], "testbed", SECRET)
                break
            except OSError:
                if time.monotonic() > deadline:
                    self.kill()
                    raise RuntimeError(f"Asterisk's manager did not answer; see {self.path('log')}") from None
                time.sleep(0.1)
        if self.ami.wait(lambda event: event["Event"] == "FullyBooted", START_SECONDS) is None:
            self.kill()
            raise RuntimeError(f"Asterisk did not finish booting; see {self.path('log')}")
        return self

    def alive(self):
        """Whether the process that was started still runs."""
        return self.process is not None and self.process.poll() is None

    def wait_end(self, seconds):
        """Wait until a process that is ending has ended; kills one that does not."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def ending(self):
        """How the process ended, in words."""
        code = self.process.returncode
        return f"signal {signal.Signals(-code).name}" if code is not None and code < 0 else f"status {code}"

    def cores(self):
        """Core files that the process left in its directory; they are moved to cores/, so that each is told once."""
        names = [name for name in os.listdir(self.directory) if name == "core" or name.startswith("core.")]
        for name in names:
            os.makedirs(self.path("cores"), exist_ok=True)
            os.replace(self.path(name), self.path("cores", f"{len(os.listdir(self.path('cores')))}.core"))
        return names

    def cli(self, command, seconds=60):
        """Output of a console command (also of those that the manager interface refuses)."""
        done = subprocess.run([f"{self.install}/sbin/asterisk", "-C", self.path("etc", "asterisk.conf"), "-rx", command],
                              env={**os.environ, "LD_LIBRARY_PATH": self.library}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", timeout=seconds, check=False)
        return done.stdout + done.stderr

    def reload(self):
        """Write voicemail.conf and have it taken."""
        self.write_voicemail()
        return self.cli("module reload app_voicemail_imap.so")

    def stop(self):
        """Stop by the console's command; returns seconds it took. Kills what does not end, and says so."""
        if not self.alive():
            return 0.0
        begin = time.monotonic()
        try:
            self.cli("core stop now", STOP_SECONDS)
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError(f"Asterisk did not stop in {STOP_SECONDS} s") from None
        finally:
            if self.ami is not None:
                self.ami.close()
        return time.monotonic() - begin

    def kill(self):
        """End it at once."""
        if self.alive():
            self.process.kill()
            self.process.wait(10)

    # -- log ---------------------------------------------------------------------------------

    def _follow(self, process):
        with self._reading:
            self._position = os.path.getsize(self.log) if os.path.exists(self.log) else 0
        while True:
            ended = process.poll() is not None
            if not self._read_on() and ended:
                return
            time.sleep(0.03)

    def _read_on(self):
        """Takes what the log has got meanwhile; whether that was anything."""
        with self._reading:
            try:
                with open(self.log, encoding="utf-8", errors="replace") as stream:
                    stream.seek(self._position)
                    text = stream.read()
                    self._position = stream.tell()
            except OSError:
                text = ""
            if text:
                self._take(text)
            return bool(text)

    def _take(self, text):
        whole = (self._log_rest + text).split("\n")
        self._log_rest = whole.pop()
        with self._log_change:
            for line in whole:
                shape = LOG_LINE.match(line)
                if shape:
                    self.lines.append((shape["level"], shape["text"]))
                    self.call_ids.append(shape["call"])
                elif self.lines and line:
                    level, before = self.lines[-1]
                    self.lines[-1] = (level, f"{before}\n{line}")
            self._log_change.notify_all()

    def mark(self):
        """The number of log lines so far."""
        self._read_on()
        with self._log_change:
            return len(self.lines)

    def wait_log(self, pattern, seconds, since=0):
        """(index, text) of the first log line from `since` on that the pattern is found in, or None."""
        shape = re.compile(pattern)
        deadline = time.monotonic() + seconds
        with self._log_change:
            while True:
                for index in range(since, len(self.lines)):
                    if shape.search(self.lines[index][1]):
                        return index, self.lines[index][1]
                since = len(self.lines)
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                self._log_change.wait(min(left, 1.0))

    def complaints(self, since=0):
        """(level, text) of the warnings and errors logged from line `since` on."""
        with self._log_change:
            return [line for line in self.lines[since:] if line[0] in ("WARNING", "ERROR")]
