"""Looks at the blocks of the documents that are no commands: configuration files, scripts, C."""

import configparser
import glob
import http.server
import json
import os
import re
import shlex
import subprocess
import sys
import threading
import urllib.parse

import runs
from blocks import ROOT
from runs import need

# Directives of voicemail.conf that are not of the tables in docs/voicemail.md.
OTHERS = {"format"}
# What programs read of their environment: Asterisk by the library, and by MIT's Kerberos.
ENVIRONMENT = {"SSL_CERT_FILE", "SSL_CERT_DIR", "KRB5_CLIENT_KTNAME", "KRB5CCNAME", "KRB5_CONFIG", "C_CLIENT_CONFIG"}


def configuration(_, block):
    """The library's own parser reads it: in src/configuration/tests.rs, which must know the document."""
    with open(os.path.join(ROOT, "src", "configuration", "tests.rs"), encoding="utf-8") as file:
        need(f'"{block.document}"' in file.read(), "src/configuration/tests.rs does not read this document")


def unit(_, block):
    """A drop-in for systemd: sections and variables that somebody reads."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string("\n".join(block.lines))
    for line in block.lines:
        variable = re.match(r"Environment=(\w+)=\S+$", line)
        need(variable is None or variable[1] in ENVIRONMENT, f"nobody reads {line}")
        need(variable or not line.startswith("Environment"), f"not understood: {line}")


def voicemail(box, block):
    """Each directive is one of the manual; with vmimap at hand, the whole works with the server of the sandbox."""
    with open(os.path.join(ROOT, "docs", "voicemail.md"), encoding="utf-8") as file:
        known = set(re.findall(r"`(\w+)`", "\n".join(line for line in file.read().splitlines() if line.startswith("|")))) | OTHERS
    for line in block.lines:
        words = re.findall(r"(?:^|[|,])(\w+)=", line)
        need(not set(words) - known, f"{line}: no such directive is described")
        need(line in ("", "[general]", "[default]") or words or "=>" in line, f"not understood: {line}")
    if box.long and any("imapuser=ada|imappassword=secret" in line for line in block.lines) and "[general]" in block.lines:
        runs.tool(box, "vmimap check", None)


def dovecot(box, block):
    """doveconf takes it, and tells it again; that of Dovecot 2.4, in a tree of Debian 13, with --long."""
    lines = [line for line in block.lines if not re.match(r"\w+:\{", line)]  # a line of a passwd-file
    newer = any(re.match(r"passdb \w+ \{|mail_plugins \{", line) for line in lines)
    if newer and not box.long:
        return
    both = not newer and not any("{" in line for line in lines)  # plain settings are the same in both
    for tell in ([] if newer else [_doveconf]) + ([_newer_doveconf] if newer or (both and box.long) else []):
        told = tell("\n".join(lines) + "\n", [line.split(" = ")[0] for line in lines if " = " in line and not line.startswith(" ")])
        told = {" ".join(line.split()) for line in told.splitlines()}
        for line in lines:
            plain = " ".join(line.split())
            # What a quota has is told without the beginning of its name; values with variables are told expanded.
            known = plain in told or plain.removeprefix("quota_") in told or "$" in plain
            need(known or not plain or plain.startswith("#"), f"doveconf does not know {line!r}: {told}")


def _doveconf(text, names):
    """What this machine's doveconf says of a configuration, and of these settings."""
    os.makedirs(runs.PLACE, exist_ok=True)
    path = os.path.join(runs.PLACE, "dovecot.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write("ssl = no\n" + text)
    said = ""
    for words in (["-n"], names):
        done = subprocess.run(["doveconf", "-c", path, *words], capture_output=True, text=True, check=False, timeout=30)
        need(done.returncode == 0, done.stderr.strip())
        said += done.stdout
    return said


TREE = []


def _newer_doveconf(text, names):
    """The same of Debian 13's, which lies in a tree that packaging/trees.py makes; that needs root and mmdebstrap."""
    sys.path.insert(0, os.path.join(ROOT, "packaging"))
    import trees
    if not TREE:
        tree = trees.Tree("trixie", trees.mirror())
        tree.apt("install dovecot-core dovecot-imapd dovecot-gssapi")
        TREE.append(tree)
    TREE[0].write("root/dovecot.conf", f"dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\nssl = no\n{text}")
    said = ""
    for words in ("-n", " ".join(names)):
        status, told = TREE[0].run(f"doveconf -c /root/dovecot.conf {words}")
        need(status == 0, told)
        said += told
    return said


def cyrus(_, block):
    """Options that the tests give to a Cyrus."""
    tests = ""
    for name in [*glob.glob(os.path.join(ROOT, "testbed", "cyrus.py")), *glob.glob(os.path.join(ROOT, "e2e", "checks_*.py"))]:
        with open(name, encoding="utf-8") as file:
            tests += file.read()
    for line in block.lines:
        need(f"{line.split(':')[0]}: " in tests, f"no test gives {line!r} to Cyrus")


def c(_, block):
    """It compiles: by itself, or in a function, or behind one."""
    skipped = [line for line in block.lines if line.strip() != "…"]
    text = "\n".join(skipped) + "\n"
    if "int main(" not in text:
        at = next(index for index, line in enumerate(skipped) if re.match(r"(mail_|if |#include <c-client/linkage)", line))
        head, body = skipped[:at], skipped[at:]
        body = [re.sub(r"^(if \(.*\))\s*(/\*.*)$", r"\1 { } \2", line) for line in body]
        text = "\n".join(["#include <stdio.h>", "#include <c-client/c-client.h>", *head, "void f(MAILSTREAM *stream)", "{", "    (void) stream;", *body, "}", ""])
    done = subprocess.run(["gcc", "-std=gnu99", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-fsyntax-only", "-I",
                           os.path.join(ROOT, "include"), "-x", "c", "-"], input=text, capture_output=True, text=True, check=False, timeout=60)
    need(done.returncode == 0, done.stderr)


class Endpoint(http.server.BaseHTTPRequestHandler):
    """A token endpoint: gives a token for what it was sent."""

    seen = []

    def do_POST(self):  # noqa: N802  (the name that http.server wants)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        Endpoint.seen.append(urllib.parse.parse_qs(body))
        answer = json.dumps({"token_type": "Bearer", "access_token": "abc", "expires_in": 3599}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        """Nothing."""


def script(_, block):
    """A token command: run with the file of secrets that its comments describe, against an endpoint of our own."""
    text = "\n".join(block.lines) + "\n"
    os.makedirs(runs.PLACE, exist_ok=True)
    secrets = os.path.join(runs.PLACE, "secrets.curl")
    with open(secrets, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in re.findall(r"^#   (data\S* = .*)$", text, flags=re.M))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        ran = re.sub(r"https://\S+", f"http://127.0.0.1:{server.server_port}/token", text.replace("\\\n", " "))
        urls = re.findall(r"https://\S+", "\n".join(line for line in block.lines if "scope" not in line))
        need(len(urls) == 1, f"one endpoint was expected: {urls}")
        # The scope is an address, too, and has to arrive as it is.
        scope = re.search(r"scope=(\S+)", text)
        if scope:
            ran = re.sub(r"scope=\S+", f"scope={scope[1]}", ran)
        ran = re.sub(r"/etc/asterisk/\w+\.curl", shlex.quote(secrets), ran)
        done = subprocess.run(["sh", "-c", ran], capture_output=True, text=True, check=False, timeout=30,
                              env={**os.environ, "no_proxy": "*", "NO_PROXY": "*"})
    finally:
        server.shutdown()
        server.server_close()
    need(done.returncode == 0 and json.loads(done.stdout or "{}").get("access_token") == "abc", f"{done.stderr}{done.stdout}")
    sent = Endpoint.seen.pop()
    for name in ("client_id", "client_secret", "grant_type"):
        need(sent.get(name), f"{name} was not sent: {sent}")
    need(not scope or sent.get("scope") == [scope[1]], f"another scope was sent: {sent}")


LOOK = {"c-client.conf": configuration, "unit": unit, "voicemail.conf": voicemail, "dovecot": dovecot, "imapd.conf": cyrus, "c": c,
        "script": script}
