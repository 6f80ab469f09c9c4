"""How binaries take hold of the library: everything bound at once, and data objects copied into the program."""

import os
import re
import subprocess

import packages
import php

NO_SERVER = {"server": "none", "second": None, "fake": None}
# What the dynamic loader says when it cannot, or when an object has another size than the program was built for.
COMPLAINTS = r"undefined symbol|symbol lookup error|different size in shared object|cannot open shared object|error while loading"


def copied(program):
    """The data objects that a program holds a copy of (COPY relocations)."""
    said = subprocess.run(["readelf", "-rW", program], capture_output=True, text=True, timeout=60, check=True).stdout
    return set(re.findall(r"_COPY\s+\S+\s+(\w+)", said))


def _program(suite, name, command, speaks, more=()):
    """It starts with everything bound at once, reaches its own code, and says the same with both libraries."""
    outcomes = {}
    for label in ("uw", "ours"):
        environment = suite.environment(label, NO_SERVER)
        environment["LD_BIND_NOW"] = "1"
        outcomes[label] = suite.run(command, environment)
    said = outcomes["ours"][0]
    suite.demand(f"loading/{name}-bound-at-once", (not outcomes["ours"][1], f"{outcomes['ours'][1]}\n{said}"),
                 (not re.search(COMPLAINTS, said), said), (re.search(speaks, said), f"it does not say {speaks}:\n{said}"),
                 (outcomes["uw"][0] == said, f"with UW: {outcomes['uw'][0]}\nwith ours: {said}"), *more)


def run(suite):
    """All of it."""
    tools = os.path.join(packages.unpack("uw-mailutils", "mailsync"), "usr/bin")
    if suite.wants("loading/mailutil"):
        path = os.path.join(tools, "mailutil")
        _program(suite, "mailutil", [path], "usage")
    if suite.wants("loading/mailsync"):
        path = os.path.join(tools, "mailsync")
        held = copied(path)
        _program(suite, "mailsync", [path, "-h"], "sage",
                 [({"imapdriver", "auth_pla"} <= held and len(held) > 20, f"it holds copies of {sorted(held)} only")])
    for name in ("dmail", "tmail"):
        # They deliver into local files, which are not here; that they start is all there is to say.
        if suite.wants(f"loading/{name}"):
            path = os.path.join(tools, name)
            _program(suite, name, [path, "-?"], "unknown switch|may not be invoked")
    if suite.wants("loading/php"):
        extension = php.debian_extension()
        _program(suite, "php", php.command(extension, "functions.php"), "imap_open")
