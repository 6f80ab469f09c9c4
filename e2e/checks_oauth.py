"""Asterisk, which knows nothing of tokens, at a server that wants OAuth 2: the library's configuration file has it."""

import os

import tokens
from checks_server import STARTTLS, leave_and_listen
from harness import World, check


class Oauth(World):
    """A server that takes tokens; a command prints them, and notes for whom."""

    name = "oauth"
    options = {"oauth2": True}

    def prepare(self):
        place = os.path.join(self.directory, "tokens")
        os.makedirs(place, exist_ok=True)
        for user in self.dovecot.options.users:
            with open(os.path.join(place, user), "w", encoding="ascii") as out:
                out.write(tokens.make(user) + "\n")
        self.runs = os.path.join(place, "runs")
        open(self.runs, "w", encoding="ascii").close()
        command = os.path.join(place, "command")
        with open(command, "w", encoding="ascii") as out:
            out.write(f'#!/bin/sh\necho "$1" >> {self.runs}\nexec cat "{place}/$1"\n')
        os.chmod(command, 0o755)
        self.configuration = os.path.join(place, "c-client.conf")
        with open(self.configuration, "w", encoding="ascii") as out:
            out.write(f"[account]\nhost = localhost\ntoken-command = {command} %u\n")

    def environment(self):
        return {**super().environment(), "C_CLIENT_CONFIG": self.configuration}


@check("oauth", world="oauth",
       boxes=[{"imapflags": "tls", "imapserver": "localhost", "imappassword": "unused"}])
def oauth(t):
    """With a token from a command, whatever imappassword says: leave and listen over STARTTLS (UW cannot)."""
    if t.uw:
        t.expected += STARTTLS
        t.same(t.counts(), (0, 0, 0), "MailboxCount")
        return
    leave_and_listen(t)
    with open(t.world.dovecot.log, encoding="utf-8", errors="replace") as log:
        methods = {line.split("method=")[1].split(",")[0] for line in log if "Login: " in line and f"<{t.box.user}>" in line
                   and "TLS" in line}
    t.same(methods, {"XOAUTH2"}, "how Asterisk logged in")
    with open(t.world.runs, encoding="ascii") as runs:
        t.same(runs.read().split().count(t.box.user), 1, "runs of the command")
