"""Puts the pieces in place that the end-to-end test runs on: the library under test and an Asterisk built for it."""

import os
import subprocess
import sys


class InstallError(SystemExit):
    """Something could not be built or fetched; the message says what."""


def _run(what, *command):
    done = subprocess.run(command, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        raise InstallError(f"{what} failed: {' '.join(command)}")


def ours(root):
    """Build and install our library below target/; returns the prefix."""
    prefix = os.path.join(root, "target", "e2e-prefix")
    log = os.path.join(root, "target", "e2e-install.log")
    os.makedirs(os.path.dirname(log), exist_ok=True)
    print("installing our library under target/e2e-prefix (log: target/e2e-install.log)", file=sys.stderr, flush=True)
    with open(log, "w", encoding="utf-8") as out:
        done = subprocess.run(["make", "-C", root, "install", "DESTDIR=", f"PREFIX={prefix}", f"LIBDIR={prefix}/lib"],
                              stdout=out, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        with open(log, encoding="utf-8", errors="replace") as out:
            sys.stderr.write(out.read()[-2000:])
        raise InstallError("make install failed (log: target/e2e-install.log)")
    return prefix


def uw(root):
    """Unpack Debian's libc-client2007e below target/; returns the directory of the library."""
    _run("fetching Debian's libc-client2007e", os.path.join(root, "c-tests", "uw.sh"))
    return os.path.join(root, "target", "uw", "lib")


def places(root, library, patched=False):
    """(directory of the library, Asterisk's prefix) once `prepare` has been there."""
    directory = os.path.join(root, "target", "e2e-prefix" if library == "ours" else "uw", "lib")
    return directory, os.path.join(root, "target", "asterisk-patched" if patched else "asterisk", "install")


def prepare(root, library, prefix=None, patched=False, work=False):
    """Install the library ("ours" or "uw") and build Asterisk against `prefix`, or else against ours.

    Asterisk is built once, against our headers; as the library's binary interface is UW's, it runs on either.
    `patched` adds the module with the patches of asterisk-patch/, or with `work` as it lies in target/asterisk-series.
    """
    _run("installing packages", os.path.join(root, "scripts", "install-deps.sh"), "build", "test", "logins", "asterisk")
    own = ours(root) if library == "ours" or prefix is None else None
    _run("building Asterisk", os.path.join(root, "e2e", "build-asterisk.sh"), prefix or own)
    if patched:
        _run("building the patched module", os.path.join(root, "e2e", "build-patched.sh"), prefix or own, *["--work"] * work)
    if library == "uw":
        uw(root)
