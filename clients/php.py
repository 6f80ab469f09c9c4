"""PHP's imap extension as Debian 12 built it for UW's library: every function, with both libraries."""

import os
import re
import time

import packages
from suite import HERE, PLAIN

SCRIPTS = os.path.join(HERE, "php")
NO_SERVER = {"server": "none", "second": None, "fake": None}
# Over TLS, a connection needs showing, not each function again.
OVER_TLS = ["open_close", "headers", "bodies", "append", "folders", "copy_move", "savebody"]

POP3_WIRES = {"": ("pop3-plain", "pop3-plain"), "ssl-": ("pop3-ssl", "pop3-ssl"), "starttls-": ("pop3-ssl", "pop3-tls")}


def command(extension, script, *arguments):
    """PHP with no settings but ours, and the extension at the path `extension`."""
    return ["php8.2", "-n", "-d", f"extension={extension}", "-d", "sendmail_path=cat >>\"$T_MAILED\"; echo -- >>\"$T_MAILED\"; :",
            "-d", "date.timezone=UTC", "-d", "memory_limit=512M", os.path.join(SCRIPTS, script), *arguments]


def debian_extension():
    """Debian's imap.so, unpacked."""
    packages.install("clients")
    return os.path.join(packages.unpack("php8.2-imap"), "usr/lib/php/20220829/imap.so")


def _environment(suite, label, script, wire):
    environment = suite.environment(label, NO_SERVER if script == "offline.php" else PLAIN, "plain" if script == "offline.php" else wire)
    environment["T_MAILED"] = os.path.join(environment["HOME"], "mailed")
    return environment


def cases(suite, extension, script):
    """The names of a script's cases."""
    said, trouble = suite.run(command(extension, script), _environment(suite, "ours", script, "plain"))
    if trouble or not said.endswith("status 0\n"):
        raise RuntimeError(f"{script} does not list its cases: {trouble or said}")
    return said.split("\n")[:-2]


def compare(suite, name, extension, script, case, wires=("plain", "plain")):
    """One case; wires: how to connect with UW's library and with ours. Returns the functions that were called."""
    started = time.monotonic()
    outcomes = {}
    for label, wire in zip(("uw", "ours"), wires):
        said, trouble = suite.run(command(extension, script, case), _environment(suite, label, script, wire), wire=wire)
        if not trouble and not said.endswith("end\nstatus 0\n"):
            trouble = "did not come to its end"
        outcomes[label] = (said, trouble)
    suite.compare(name, outcomes, time.monotonic() - started)
    return set(re.findall(r"^(imap_\w+)\(", outcomes["ours"][0], re.M))


def run(suite):
    """All of it."""
    extension = debian_extension()
    called = set()
    for script in ("offline.php", "online.php"):
        for case in cases(suite, extension, script):
            if suite.wants(f"php/{case}"):
                called |= compare(suite, f"php/{case}", extension, script, case)
    for case in OVER_TLS:
        if suite.wants(f"php/ssl-{case}"):
            compare(suite, f"php/ssl-{case}", extension, "online.php", case, ("ssl", "ssl"))
        # UW's STARTTLS is TLS 1.0, which Dovecot refuses: what UW says over TLS from the first octet is the measure.
        if suite.wants(f"php/starttls-{case}"):
            compare(suite, f"php/starttls-{case}", extension, "online.php", case, ("ssl", "tls"))
    for case in cases(suite, extension, "pop3.php"):
        if case == "pop3-imap-only":
            if suite.wants(f"php/{case}"):
                said, trouble = suite.run(command(extension, "pop3.php", case), _environment(suite, "ours", "pop3.php", "pop3-plain"))
                suite.demand(f"php/{case}", (not trouble and said.endswith("end\nstatus 0\n"), f"{trouble}\n{said}"),
                             (said.count("No open IMAP stream") == 4, said))
            continue
        for prefix, wires in POP3_WIRES.items():
            if suite.wants(f"php/{prefix}{case}") and (not prefix or case in ("pop3-open", "pop3-read")):
                compare(suite, f"php/{prefix}{case}", extension, "pop3.php", case, wires)
    if suite.wants("php/every-function"):
        said, _ = suite.run(command(extension, "functions.php"), _environment(suite, "ours", "offline.php", "plain"))
        missing = set(re.findall(r"^imap_\w+$", said, re.M)) - called
        suite.demand("php/every-function", (len(called) > 70 or suite.only, "hardly any function was called"),
                     (not missing or suite.only, f"no case calls {' '.join(sorted(missing))}"))
