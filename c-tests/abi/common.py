"""Paths, the compiler, and the symbol table, for the checks of this directory."""

import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
WORK = os.path.join(ROOT, "target", "abi")
STAGE = os.path.join(WORK, "stage")
OURS = os.path.join(STAGE, "usr", "include")
LIB = os.path.join(STAGE, "usr", "lib")
DEBIAN = os.path.join(ROOT, "target", "uw", "include")

# What programs include, in the order they do.
INCLUDES = """#include <stdio.h>
#include <stddef.h>
#include <string.h>
#include <c-client/c-client.h>
#include <c-client/imap4r1.h>
#include <c-client/linkage.h>
#include <c-client/flstring.h>
#include <c-client/fdstring.h>
"""

# The functions a host program defines, empty, as configure scripts write them.
CALLBACKS = """
void mm_searched (MAILSTREAM *s,unsigned long n) {}
void mm_exists (MAILSTREAM *s,unsigned long n) {}
void mm_expunged (MAILSTREAM *s,unsigned long n) {}
void mm_flags (MAILSTREAM *s,unsigned long n) {}
void mm_notify (MAILSTREAM *s,char *t,long e) {}
void mm_list (MAILSTREAM *s,int d,char *n,long a) {}
void mm_lsub (MAILSTREAM *s,int d,char *n,long a) {}
void mm_status (MAILSTREAM *s,char *m,MAILSTATUS *t) {}
void mm_log (char *t,long e) {}
void mm_dlog (char *t) {}
void mm_login (NETMBX *m,char *u,char *p,long t) {}
void mm_critical (MAILSTREAM *s) {}
void mm_nocritical (MAILSTREAM *s) {}
long mm_diskerror (MAILSTREAM *s,long e,long x) { return 0; }
void mm_fatal (char *t) {}
"""


class Failure(Exception):
    """A check did not hold."""


class Skip(Exception):
    """A check cannot be made on this machine."""


def run(command, timeout=120, check=True, **options):
    """Runs a command; its output, both streams as one text. A failing command is a failure."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          timeout=timeout, **options)
    if check and done.returncode:
        raise Failure(f"{' '.join(command)[:200]}: status {done.returncode}\n{done.stdout[-3000:]}")
    return done.stdout if check else done


def source(name, text):
    """Writes a source file into the work directory; its path."""
    path = os.path.join(WORK, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def compiles(name, text, include, *flags):
    """Whether a source compiles; (True, "") or (False, complaints)."""
    done = run(["gcc", "-fsyntax-only", f"-I{include}", *flags, source(name, text)], check=False)
    return done.returncode == 0, done.stdout


def must_compile(name, text, include, *flags):
    """A source that does not compile is a failure."""
    good, complaints = compiles(name, text, include, *flags)
    if not good:
        raise Failure(f"{name} does not compile\n{complaints[:3000]}")


def program(name, text, include, *flags):
    """Compiles and links a program; its path."""
    path = os.path.join(WORK, os.path.splitext(name)[0])
    run(["gcc", f"-I{include}", source(name, text), "-o", path, *flags])
    return path


def symbols():
    """The rows of symbols.tsv, as dictionaries."""
    keys = ("name", "kind", "size", "header", "status", "consumers", "type")
    with open(os.path.join(ROOT, "src", "abi", "symbols.tsv"), encoding="utf-8") as table:
        return [dict(zip(keys, line.rstrip("\n").split("\t"))) for line in table if not line.startswith("#")]


def macros(include, *flags):
    """The macros that the headers under `include` define, as {name: (parameters or None, body, header)}."""
    import re
    text = run(["gcc", "-E", "-dD", f"-I{include}", *flags, source("macros-of.c", INCLUDES)])
    found, where = {}, ""
    for line in text.split("\n"):
        marker = re.match(r'# \d+ "([^"]*)"', line)
        if marker:
            where = marker[1]
            continue
        if "/c-client/" not in where:
            continue
        define = re.match(r"#define (\w+)(?:\(([^)]*)\))?\s*(.*)$", line)
        if define:
            parameters = None if define[2] is None else [p.strip() for p in define[2].split(",") if p.strip()]
            found[define[1]] = (parameters, define[3], os.path.basename(where))
        undef = re.match(r"#undef (\w+)", line)
        if undef:
            found.pop(undef[1], None)
    return found
