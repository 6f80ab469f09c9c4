"""What is measured, and the programs that measure it: both libraries, the drivers, the preloaded alarm()."""

import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
OUT = os.path.join(ROOT, "target", "bench")
OURS = os.path.join(ROOT, "target", "release", "libc_client.so")
SONAME = "libc-client.so.2007e"
FLAGS = ["-std=gnu11", "-g", "-O2", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter"]


STARTED = time.monotonic()


def repeats(usual, until):
    """How often to measure: as usual, once if the whole is late (it should be done with this part `until` seconds)."""
    return usual if time.monotonic() - STARTED < until else 1


def run(command, seconds=600, **more):
    """A command that must succeed; returns what it printed."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=seconds, check=False, **more)
    if done.returncode:
        sys.exit(f"bench: {' '.join(command)}\n{done.stdout}{done.stderr}exit status {done.returncode}")
    return done.stdout


class Opponent:
    """A library to measure: `uw` as it comes, `quiet` is UW without alarm(), `ours`."""

    def __init__(self, name, directory, preload=None):
        self.name = name
        self.directory = directory
        self.preload = preload

    def environment(self, **more):
        """For a driver that is to load it."""
        environment = {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": self.directory, "TZ": "UTC", "LC_ALL": "C",
                       "HOME": OUT, **more}
        if self.preload:
            environment["LD_PRELOAD"] = self.preload
        return environment


def opponents(ours=OURS):
    """{name: Opponent}, UW's unpacked if need be."""
    if not os.path.exists(ours):
        sys.exit(f"bench: {ours} is not there; run make first")
    os.makedirs(os.path.join(OUT, "ours"), exist_ok=True)
    link = os.path.join(OUT, "ours", SONAME)
    if os.path.lexists(link):
        os.unlink(link)
    os.symlink(os.path.abspath(ours), link)
    uw = os.path.join(run([os.path.join(ROOT, "c-tests", "uw.sh")]).strip(), "lib")
    preload = os.path.join(OUT, "noalarm.so")
    run(["gcc", *FLAGS, "-shared", "-fPIC", os.path.join(HERE, "noalarm.c"), "-o", preload])
    return {"uw": Opponent("uw", uw), "quiet": Opponent("quiet", uw, preload),
            "ours": Opponent("ours", os.path.join(OUT, "ours"))}


def driver(name, uw, *more):
    """Compiles NAME.c and more files, once for all opponents; returns the program."""
    program = os.path.join(OUT, name)
    sources = [os.path.join(HERE, f"{part}.c") for part in (name, *more, "driver")]
    run(["gcc", *FLAGS, "-isystem", os.path.join(ROOT, "include"), *sources, "-o", program, "-L", uw.directory,
         f"-l:{SONAME}", "-Wl,--allow-shlib-undefined"])
    return program


def values(line):
    """The key=value words of a driver's line."""
    found = dict(word.split("=", 1) for word in line.split() if "=" in word)
    return {key: value if key == "check" else int(value) for key, value in found.items()}
