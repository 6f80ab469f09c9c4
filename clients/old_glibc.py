"""The library for an older C library (`make GLIBC=2.31`), and the Asterisk 16 of Debian 11 on it.

The tree of Debian 11 is unpacked, not installed; its programs run with its own dynamic loader and C library.
"""

import os
import re
import shutil
import subprocess
import sys

import asterisk16
import loading
import packages
from suite import OUT, ROOT

GLIBC = "2.31"
# Versions that are known to work together; any recent ones do.
ZIG = ["cargo-zigbuild==0.24.1", "ziglang==0.17.1"]
PREFIX = os.path.join(OUT, "old")
BUILD_SECONDS = 900


def toolchain():
    """PATH with cargo-zigbuild, installed below target/ once."""
    place = os.path.join(OUT, "zig")
    if not os.path.exists(os.path.join(place, "complete")):
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", place], check=True, timeout=120)
        subprocess.run([os.path.join(place, "bin", "pip"), "install", "-q", "--disable-pip-version-check", *ZIG], check=True,
                       timeout=600)
        open(os.path.join(place, "complete"), "w", encoding="ascii").close()
    return f"{place}/bin:{os.environ['PATH']}"


def build():
    """Build and install below target/; the directory of the library, or a complaint."""
    environment = {**os.environ, "PATH": toolchain(), "XDG_CACHE_HOME": os.path.join(OUT, "zig-cache")}
    done = subprocess.run(["make", "-s", "-C", ROOT, f"GLIBC={GLIBC}", "install", "DESTDIR=", f"PREFIX={PREFIX}", f"LIBDIR={PREFIX}/lib"],
                          env=environment, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    return done.stderr[-3000:] if done.returncode else None


def needed(path):
    """The highest version of the C library that a file asks for."""
    said = subprocess.run(["objdump", "-T", path], capture_output=True, text=True, timeout=60, check=True).stdout
    versions = re.findall(r"\(?GLIBC_([0-9.]+)\)?", said)
    return max(versions, key=lambda version: [int(part) for part in version.split(".")])


def exported(path):
    """The names that a library exports."""
    said = subprocess.run(["nm", "-D", "--defined-only", path], capture_output=True, text=True, timeout=60, check=True).stdout
    return {line.split()[-1] for line in said.splitlines()}


def run(suite):
    """All of it."""
    complaint = build()
    library = os.path.join(PREFIX, "lib", "libc-client.so.2007e")
    if complaint:
        suite.report.failed("old_glibc/symbols", complaint)
        return
    if suite.wants("old_glibc/symbols"):
        version = needed(library)
        ordinary = exported(os.path.join(suite.libraries["ours"], "libc-client.so.2007e"))
        suite.demand("old_glibc/symbols",
                     ([int(part) for part in version.split(".")] <= [int(part) for part in GLIBC.split(".")],
                      f"asks for GLIBC_{version}"),
                     (exported(library) == ordinary, f"other exports: {sorted(exported(library) ^ ordinary)[:10]}"))
    try:
        asterisk16.tree()
    except packages.NotThere as problem:
        suite.report.failed("old_glibc/asterisk16", f"Debian 11's packages cannot be had: {problem}")
        return
    if suite.wants("old_glibc/prayer-session"):
        prayer(suite, os.path.dirname(library))
    asterisk16.run(suite, os.path.dirname(library))


def prayer(suite, library):
    """Debian 11's webmail program, which holds copies of nearly all data objects, finds all it was built for."""
    program = os.path.join(asterisk16.TREE, "usr/sbin/prayer-session")
    held = loading.copied(program)
    environment = {"LD_BIND_NOW": "1", "PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    said, trouble = suite.run([*asterisk16.loader(library), program, "--config-file=/nonexistent/prayer.cf"], environment)
    suite.demand("old_glibc/prayer-session", (not trouble, f"{trouble}\n{said}"),
                 (not re.search(loading.COMPLAINTS, said), said), ("/nonexistent/prayer.cf" in said, f"it does not reach its own code: {said}"),
                 ({"body_types", "imapdriver"} <= held and len(held) > 22, f"it holds copies of {sorted(held)} only"))
