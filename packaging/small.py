#!/usr/bin/env python3
"""The library for routers (scripts/small.sh), built and tried.

    packaging/small.py [--built FILE]

Its exports are those of src/abi/symbols.tsv; C programs of c-tests run on it; what is left out fails and says why; a fault
inside a call ends that call and not the program; its size is below what docs/packaging.md promises. Ends with
"N passed, N failed".
"""

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "packaging"))
from trees import PROGRAM  # noqa: E402  (found through the line above)

PROGRAMS = ("append", "status", "hostile_mail", "threads", "tls", "timeouts")
# In octets, stripped, on x86_64 and in squashfs.
LIMIT, SQUASHED = 2_000_000, 1_000_000


def run(*command, seconds=900, **environment):
    """(exit status, what it said)."""
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", timeout=seconds, check=False, env={**os.environ, **environment})
    return done.returncode, done.stdout


def fault(unstripped):
    """Makes a panic inside mail_open with a debugger; returns what was said."""
    place = os.path.join(ROOT, "target", "small", "fault")
    os.makedirs(place, exist_ok=True)
    shutil.copy(unstripped, os.path.join(place, "libc-client.so.2007e"))
    with open(os.path.join(place, "talk.c"), "w", encoding="ascii") as out:
        # A panic says where: the words of a place, as Rust has them.
        out.write("struct { const char *file; unsigned long size; unsigned line, column; } place = { \"here\", 5, 1, 1 };\n")
        out.write(PROGRAM.replace("if (!stream) return 1;", 'if (!stream) { puts("the call failed"); return 7; }'))
    status, said = run("gcc", "-w", "-o", f"{place}/talk", f"{place}/talk.c", "-Iinclude/c-client", f"{place}/libc-client.so.2007e")
    if status:
        return said
    _, symbols = run("nm", unstripped)
    names = {what: next(line.split()[2] for line in symbols.splitlines() if what in line)
             for what in ("parse_with_service", "panic_const_div_by_zero")}
    # The function is left for the one that panics, as if it had called that first of all.
    steps = ("tbreak main", "run '{127.0.0.1:1}INBOX'", f"tbreak *(long)&{names['parse_with_service']}", "continue",
             "set $rdi = (long)&place", f"set $rip = (long)&{names['panic_const_div_by_zero']}", "continue")
    return run("gdb", "-batch", "-nx", *(word for step in steps for word in ("-ex", step)), f"{place}/talk", seconds=120,
               LD_LIBRARY_PATH=place)[1]


def exports():
    """Names that the library must export."""
    with open(os.path.join(ROOT, "src", "abi", "symbols.tsv"), encoding="utf-8") as table:
        rows = [line.split("\t") for line in table if not line.startswith("#")]
    return {row[0] for row in rows if row[4] != "host"}


def main():
    """Build it, try it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--built", help="a library that is there already")
    chosen = options.parse_args()
    counts = {True: 0, False: 0}

    def check(name, truth, why=""):
        counts[bool(truth)] += 1
        print(f"ok {name}" if truth else f"FAIL {name}: {' '.join(str(why).split())[-1500:]}", flush=True)

    library, squashed = chosen.built, None
    if not library:
        status, said = run("scripts/small.sh", seconds=1800)
        if status == 3:
            print("small: skipped: " + said.strip().splitlines()[-1])
            return 0
        check("build", status == 0, said)
        if status:
            return 1
        print(said.strip().splitlines()[-1])
        library = os.path.join(ROOT, re.search(r"small: (\S+): \d+ octets", said)[1])
        squashed = re.search(r"squashfs .*?(\d+)$", said.strip())
    size = os.path.getsize(library)
    check("size", size < LIMIT, size)
    if squashed:
        check("size in squashfs", int(squashed[1]) < SQUASHED, squashed[1])
    _, said = run("nm", "-D", "--defined-only", library)
    found = {line.split()[2] for line in said.splitlines()}
    check("exports", found == exports(), found ^ exports())
    status, said = run(sys.executable, "c-tests/run.py", "--ours", library, "--only", *PROGRAMS)
    check(f"C programs: {said.strip().splitlines()[-1]}", status == 0, [line for line in said.splitlines() if line.startswith("FAIL")])
    # POP3 is left out, and the program hears so.
    status, said = run(sys.executable, "c-tests/run.py", "--ours", library, "--only", "oauth")
    check("POP3 is refused with a reason", "pop3_open refused: this library was built without POP3" in said
          and re.search(r"^FAIL own/oauth pop3", said, re.M), said)
    # So are tokens, whoever demands them.
    refused = "Token login refused, which (\\S+ line \\d+|the mailbox name) demands: this library was built without OAuth 2"
    demanding = {found[1].split()[-1].isdigit() for found in re.finditer(refused, said)}
    check("tokens are refused with a reason", demanding == {True, False} and re.search(r"^FAIL own/oauth", said, re.M), said)
    unstripped = os.path.join(os.path.dirname(library), "small", "libc_client.so")
    if shutil.which("gdb") and platform.machine() == "x86_64" and os.path.exists(unstripped):
        said = fault(unstripped)
        check("a fault inside a call ends that call only", "mail_open: internal error: attempt to divide by zero" in said
              and "the call failed" in said and "exited with code 07" in said, said)
    else:
        print("skip a fault inside a call: no gdb for it")
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] else 0


if __name__ == "__main__":
    sys.exit(main())
