"""Drives client.c: one call at a time, with what came of it."""

import os
import signal
import subprocess
import threading

LONGEST_CALL = 150


class Died(Exception):
    """The program has ended, or had to be."""


class Answer:
    """What one call brought: lines by kind, the result, how long it took."""

    def __init__(self):
        self.lines = []
        self.result = None
        self.seconds = 0.0

    def of(self, *kinds):
        """The texts of these kinds."""
        return [text for kind, text in self.lines if kind in kinds]

    def count(self, kind):
        """How many of a kind came, those that were not shown included."""
        for text in self.of("count"):
            name, _, number = text.partition(" ")
            if name == kind:
                return int(number)
        return len(self.of(kind))

    def errors(self):
        """What an application takes for a failure."""
        return self.of("log-error", "notify-bye", "log-bye")

    def text(self):
        """For reports."""
        return "; ".join(f"{kind} {text}" for kind, text in self.lines[:12]) + f" = {self.result} in {self.seconds:.1f} s"


class Program:
    """A running client."""

    def __init__(self, binary, library, certificates, seconds=1):
        environment = {"PATH": os.environ["PATH"], "HOME": os.path.dirname(binary), "TZ": "UTC", "LC_ALL": "C",
                       "LD_LIBRARY_PATH": library, "SSL_CERT_FILE": f"{certificates}/ca.pem"}
        self.process = subprocess.Popen([binary], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, encoding="latin-1")
        self("timeouts", seconds)

    def __call__(self, *words):
        """One call; raises Died when the program does not live to tell."""
        answer = Answer()
        timer = threading.Timer(LONGEST_CALL, self.process.kill)
        timer.start()
        try:
            self.process.stdin.write("\t".join(map(str, words)) + "\n")
            self.process.stdin.flush()
            for line in self.process.stdout:
                kind, _, text = line.rstrip("\n").partition(" ")
                if kind == "=":
                    result, took = text.split()
                    answer.result, answer.seconds = int(result), int(took) / 1000
                    return answer
                answer.lines.append((kind, text))
        except OSError:
            pass
        finally:
            timer.cancel()
        status = self.process.wait(10)
        why = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        raise Died(f"{why} in {' '.join(map(str, words))}: {answer.text()}")

    def usage(self):
        """(descriptors, octets of heap, greatest size in octets)."""
        answer = self("usage")
        return tuple(int(answer.of(kind)[0]) for kind in ("descriptors", "heap")) + (int(answer.of("peak")[0]) * 1024,)

    def end(self):
        """Stop it."""
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self.process.stdout.close()
