#!/usr/bin/env python3
"""Every way in which Asterisk's configure can be told of the library: each is configured, built and run.

    e2e/ways.py [--only NAME...]

    system-imap       --with-imap=system, headers in include/imap/
    system-cclient    --with-imap=system, headers in include/c-client/: how build-asterisk.sh does it, so e2e/run.py is its test
    prefix            --with-imap=PREFIX: flat headers in PREFIX/include (make install FLAT=1), PREFIX/lib/libc-client.so
    tree              --with-imap=DIR: the layout of UW's source tree (make tree DIR=...), the static library in the module
    plain             --with-imap alone: configure looks beside its own tree, finds nothing, and takes the system's

An unmodified Asterisk must have been built (e2e/run.py does it). Only the voicemail module is compiled anew each time. Then
Asterisk boots with it, and a message is left, heard and deleted. Ends with "N passed, N failed".
"""

import argparse
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "e2e"), os.path.join(ROOT, "testbed")]
import install  # noqa: E402  (found through the line above)

PLACE = os.path.join(ROOT, "target", "asterisk-ways")
CHECKS = ("boot-clean", "leave", "listen", "delete")


def _run(name, *command, where=ROOT, **environment):
    """Run a step; raises with the end of what it said."""
    log = os.path.join(PLACE, f"{name}.log")
    with open(log, "w", encoding="utf-8") as out:
        done = subprocess.run(command, cwd=where, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, check=False,
                              timeout=1200, env={**os.environ, **environment})
    if done.returncode != 0:
        with open(log, encoding="utf-8", errors="replace") as out:
            raise RuntimeError(f"{' '.join(command)}: {out.read()[-1500:]}")


def _prefix(name, *words):
    """Install the library; returns the prefix."""
    prefix = os.path.join(PLACE, name)
    _run(f"{name}-install", "make", "install", "DESTDIR=", f"PREFIX={prefix}", f"LIBDIR={prefix}/lib", *words)
    return prefix


def system_imap():
    """(options of configure, environment, what it must have found, directory of the library)."""
    prefix = _prefix("system-imap")
    os.replace(f"{prefix}/include/c-client", f"{prefix}/include/imap")
    return ["--with-imap=system"], _outside(prefix), r"USE_SYSTEM_IMAP", f"{prefix}/lib"


def prefix():
    """As above."""
    place = _prefix("prefix", "FLAT=1")
    shutil.rmtree(f"{place}/include/c-client")
    return [f"--with-imap={place}"], {}, rf"-I{re.escape(place)}/include", f"{place}/lib"


def tree():
    """As above."""
    place = os.path.join(PLACE, "tree")
    _run("tree-make", "make", "tree", f"DIR={place}")
    return [f"--with-imap={place}"], {}, rf"-I{re.escape(place)}/c-client", "static"


def plain():
    """As above."""
    place = _prefix("plain")
    return ["--with-imap"], _outside(place), r"USE_SYSTEM_CCLIENT", f"{place}/lib"


def _outside(place):
    """What compiler and linker must be told of a prefix that is not the system's."""
    return {"CFLAGS": f"-g -O2 -I{place}/include", "LDFLAGS": f"-L{place}/lib"}


WAYS = {"system-imap": system_imap, "prefix": prefix, "tree": tree, "plain": plain}


def build(name):
    """Configure and compile; returns (installed Asterisk, directory of the library)."""
    options, environment, found, library = WAYS[name]()
    source = os.path.join(PLACE, "source")
    stock = os.path.join(ROOT, "target", "asterisk")
    # configure looks for a UW tree beside its own.
    _run(f"{name}-configure", "./configure", *options, "--without-pjproject-bundled", "--without-pjproject", "--with-gsm=yes",
         "--disable-xmldoc", f"--prefix={stock}/install", f"--sysconfdir={stock}/install/etc",
         f"--localstatedir={stock}/install/var", where=source, **environment)
    with open(os.path.join(source, "makeopts"), encoding="utf-8", errors="replace") as text:
        told = "\n".join(line for line in text if line.startswith("IMAP_TK_"))
    if not re.search(found, told):
        raise RuntimeError(f"configure did not take {found}: {told}")
    for suffix in ("o", "so"):
        path = os.path.join(source, "apps", f"app_voicemail_imap.{suffix}")
        if os.path.exists(path):
            os.unlink(path)
    _run(f"{name}-make", "make", "apps", where=source)
    target = os.path.join(PLACE, f"install-{name}")
    _run(f"{name}-link", os.path.join(ROOT, "e2e", "install-module.sh"), f"{stock}/install", source, target)
    return target, library


def main():
    """Run what the command line asks for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", nargs="+", choices=sorted(WAYS))
    chosen = options.parse_args()
    install.prepare(ROOT, "ours")
    shutil.rmtree(PLACE, ignore_errors=True)
    os.makedirs(PLACE)
    subprocess.run(["cp", "-a", os.path.join(ROOT, "target", "asterisk", "source"), PLACE], check=True)
    passed = failed = 0
    for name in chosen.only or WAYS:
        try:
            asterisk, library = build(name)
            done = subprocess.run([sys.executable, os.path.join(ROOT, "e2e", "run.py"), "--asterisk", asterisk, "--library", library,
                                   "--only", *CHECKS], stdout=subprocess.PIPE, text=True, check=False, timeout=300)
            why = None if done.returncode == 0 else done.stdout
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            why = str(error)
        passed += why is None
        failed += why is not None
        print(f"ok {name}" if why is None else f"FAIL {name}: {' '.join(why.split())}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
