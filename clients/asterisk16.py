"""Asterisk 16 as Debian 11 built it, with IMAP voicemail, unmodified: some of the checks of e2e."""

import glob
import importlib.util
import os
import shutil
import sys
import time

import packages
from suite import OUT, ROOT

sys.path.append(os.path.join(ROOT, "e2e"))
import harness  # noqa: E402
import checks_main  # noqa: E402,F401  (these register their checks)
import checks_server  # noqa: E402,F401

RELEASE = "bullseye"
TREE = os.path.join(OUT, RELEASE)
# What a caller and an owner do, in clear, and by TLS of both kinds.
CHECKS = ["leave", "leave-urgent", "listen", "save-work", "delete", "foreign-append", "starttls", "tls-implicit"]


def tree():
    """Debian 11's Asterisk and all it needs, unpacked; its libc-client taken away."""
    done = os.path.join(TREE, "complete")
    if not os.path.exists(done):
        shutil.rmtree(TREE, ignore_errors=True)
        packages.Release(RELEASE).unpack(["asterisk-voicemail-imapstorage", "asterisk", "libc6", "prayer"], TREE)
        own = os.path.join(OUT, f"{RELEASE}-uw")
        shutil.rmtree(own, ignore_errors=True)
        os.makedirs(own)
        for name in os.listdir(os.path.join(TREE, "usr/lib")):
            if name.startswith("libc-client"):
                shutil.move(os.path.join(TREE, "usr/lib", name), own)
        open(done, "w", encoding="ascii").close()
    return TREE


def loader(library):
    """The words that run a program of the tree with its own C library, and c-client from the directory `library`."""
    # Not lib64's: that is a link into the root directory.
    program, = glob.glob(os.path.join(TREE, "lib/*/ld-linux*.so.*"))
    machine = os.path.basename(os.path.dirname(program))
    places = [library, *(os.path.join(TREE, name) for name in (f"lib/{machine}", f"usr/lib/{machine}", "usr/lib"))]
    return [program, "--library-path", ":".join(places)]


def installation(library):
    """A directory that looks like an installed Asterisk to testbed/asterisk.py, with the modules that e2e uses."""
    place = os.path.join(OUT, "asterisk16")
    shutil.rmtree(place, ignore_errors=True)
    for name in ("sbin", "lib/asterisk/modules"):
        os.makedirs(os.path.join(place, name))
    script = os.path.join(place, "sbin", "asterisk")
    with open(script, "w", encoding="ascii") as out:
        out.write(f"#!/bin/sh\nunset LD_LIBRARY_PATH\nexec {' '.join(loader(library))} {TREE}/usr/sbin/asterisk \"$@\"\n")
    os.chmod(script, 0o755)
    with open(os.path.join(ROOT, "e2e", "asterisk-modules"), encoding="utf-8") as listed:
        wanted = " ".join(line.split("#")[0] for line in listed).replace("app_voicemail_imap", "app_voicemail").split()
    there = os.path.join(TREE, "usr/lib/asterisk/modules")
    for name in sorted(os.listdir(there)):
        if name.rpartition(".so")[0] in wanted or name.startswith("app_voicemail"):
            os.symlink(os.path.join(there, name), os.path.join(place, "lib/asterisk/modules", name))
    # They ask for a module that e2e does without.
    for name in ("func_periodic_hook.so", "app_mixmonitor.so"):
        os.remove(os.path.join(place, "lib/asterisk/modules", name))
    os.symlink(os.path.join(TREE, "usr/share/asterisk/documentation"), os.path.join(place, "documentation"))
    return place


def _runner():
    spec = importlib.util.spec_from_file_location("e2e_run", os.path.join(ROOT, "e2e", "run.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _as_16_can(function):
    """The check, but for a lamp that goes dark: in Asterisk 16 it stays lit after listening, with UW's library, too."""
    def check(test):
        expect = test.expect_lamp
        test.expect_lamp = lambda lit, box=None: expect(lit, box) if lit else None
        function(test)
    return check


def run(suite, library):
    """All of it; `library` is the directory of the library that runs with Debian 11's C library."""
    items = [item for item in harness.CHECKS if item.name in CHECKS and suite.wants(f"old_glibc/asterisk16-{item.name}")]
    if not items:
        return
    runner = _runner()
    place = installation(library)
    directory = os.path.join(OUT, "asterisk16-worlds")
    shutil.rmtree(directory, ignore_errors=True)
    for name in dict.fromkeys(item.world for item in items):
        chosen = [item for item in items if item.world == name]
        world = harness.WORLDS[name](directory, place, library, "ours")
        try:
            world.start(chosen)
            for item in chosen:
                item.function = _as_16_can(item.function)
                started = time.monotonic()
                why = runner.run_check(world, item)
                check = f"old_glibc/asterisk16-{item.name}"
                if why:
                    suite.report.failed(check, why)
                else:
                    suite.report.passed(check, time.monotonic() - started)
        finally:
            world.stop()
