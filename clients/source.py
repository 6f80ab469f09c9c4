"""Programs compiled against our headers: PHP's imap extension from Debian's source, and our C programs as C++."""

import os
import re
import shutil
import subprocess
import sys
import time

import packages
import php
from suite import OUT, ROOT

PREFIX = os.path.join(OUT, "prefix")
PLACE = os.path.join(OUT, "php-source")
# What config.m4 must have found in the library and its headers (it can miss things without failing).
FOUND = ["HAVE_IMAP", "HAVE_IMAP2000", "HAVE_IMAP2004", "HAVE_IMAP_SSL", "HAVE_IMAP_AUTH_GSS", "HAVE_IMAP_MUTF7",
         "HAVE_RFC822_OUTPUT_ADDRESS_LIST", "HAVE_NEW_MIME2TEXT"]
# The extension is the one that the group php has tried in all its parts; here it is what the compiler made of our headers.
CASES = {"offline.php": ["addresses", "headers_drawn", "encoded_words_drawn", "transfer_encodings", "utf7", "compose_drawn"],
         "online.php": ["headers", "structures", "overview", "search", "flags", "append", "quota", "acl", "drawn_walk"]}
# Of the C programs, those whose macros, structs and callbacks differ most.
AS_CXX = ["append", "cache", "fetch", "misc", "quota", "rfc822"]


def release():
    """The name of the Debian release of this machine."""
    with open("/etc/os-release", encoding="utf-8") as text:
        return re.search(r"^VERSION_CODENAME=(\w+)", text.read(), re.M)[1]


def imap_source(release_name=None):
    """The directory ext/imap of Debian's PHP source, this machine's or Debian 12's; only that is unpacked."""
    there = os.path.join(PLACE, "imap")
    if not os.path.exists(os.path.join(there, "config.m4")):
        shutil.rmtree(PLACE, ignore_errors=True)
        os.makedirs(PLACE)
        archive = packages.Release(release_name or release(), source=True).source_archive("php8.2", PLACE)
        os.makedirs(there)
        subprocess.run(["tar", "-xf", archive, "-C", there, "--strip-components=3", "--wildcards", "*/ext/imap/*"], check=True,
                       timeout=300)
    return there


def _step(where, log, *command):
    """Run a step of the build; its output on failure."""
    with open(os.path.join(PLACE, log), "w", encoding="utf-8") as out:
        done = subprocess.run(command, cwd=where, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=600, check=False)
    if done.returncode:
        with open(os.path.join(PLACE, log), encoding="utf-8", errors="replace") as out:
            return f"{' '.join(command)}:\n{out.read()[-2000:]}"
    return None


def build_extension():
    """Install our library below target/ and build the extension against it: (path, complaint)."""
    packages.install("clients")
    source = imap_source()
    work = os.path.join(PLACE, "build")
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(source, work)
    steps = [
        (ROOT, "install.log", "make", "-s", "install", "DESTDIR=", f"PREFIX={PREFIX}", f"LIBDIR={PREFIX}/lib"),
        (work, "phpize.log", "phpize8.2"),
        (work, "configure.log", "./configure", "--with-php-config=/usr/bin/php-config8.2", f"--with-imap={PREFIX}", "--with-imap-ssl"),
        (work, "make.log", "make", f"-j{os.cpu_count()}")]
    for where, log, *command in steps:
        trouble = _step(where, log, *command)
        if trouble:
            return None, trouble
    return os.path.join(work, "modules", "imap.so"), None


def found():
    """The macros that configure has defined."""
    with open(os.path.join(PLACE, "build", "config.h"), encoding="utf-8") as text:
        return set(re.findall(r"^#define (\w+) 1", text.read(), re.M))


def run(suite):
    """All of it."""
    if any(suite.wants(f"source/php-{name}") for name in ("build", *sum(CASES.values(), []))):
        _php(suite)
    for name, words in (("cxx-compiles", ["--compile"]), ("cxx-runs", ["--only", *AS_CXX])):
        if suite.wants(f"source/{name}"):
            started = time.monotonic()
            done = subprocess.run([sys.executable, os.path.join(ROOT, "c-tests", "run.py"), "--cxx", "--seed", str(suite.seed), "--ours",
                                   os.path.realpath(os.path.join(suite.libraries["ours"], "libc-client.so.2007e")), *words],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=900, check=False)
            if done.returncode:
                suite.report.failed(f"source/{name}", done.stdout)
            else:
                suite.report.passed(f"source/{name}", time.monotonic() - started)


def _php(suite):
    """Build the extension, and run it with both libraries."""
    started = time.monotonic()
    extension, trouble = build_extension()
    if trouble:
        suite.report.failed("source/php-build", trouble)
        return
    missing = set(FOUND) - found()
    with open(os.path.join(PLACE, "make.log"), encoding="utf-8", errors="replace") as log:
        warnings = [line for line in log if "warning:" in line]
    suite.demand("source/php-build", (not missing, f"configure did not find {' '.join(sorted(missing))}"),
                 (not warnings, "".join(warnings)))
    print(f"   built in {time.monotonic() - started:.0f} s", flush=True)
    for script, cases in CASES.items():
        for case in cases:
            if suite.wants(f"source/php-{case}"):
                php.compare(suite, f"source/php-{case}", extension, script, case)
