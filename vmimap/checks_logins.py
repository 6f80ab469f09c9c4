"""The ways in that are no password of the box's own: one login for all, tokens, Kerberos."""

import os

import kdc
import tokens
from checks import PASSWORD, holds, same
from dovecot import Dovecot

CHECKS = []


def check(function):
    """Register a check."""
    CHECKS.append(function)
    return function


@check
def one_login_for_all(place):
    """authuser and authpassword, whatever imappassword says; and the cure names them when they are wrong."""
    _, line = place.line("u1", imappassword="unused")
    config = place.configuration("authuser", [line], {"authuser": "master", "authpassword": "mastersecret"})
    box, = place.json("check", config)["mailboxes"]
    same(box["mechanism"], "PLAIN", "mechanism")
    config = place.configuration("authuser-wrong", [line], {"authuser": "master", "authpassword": "sesame-wrong"})
    box, = place.json("check", config, status=1)["mailboxes"]
    holds("authpassword" in box["findings"][0]["text"], box["findings"])
    with open(config, encoding="utf-8") as text:
        wrong = [number for number, line in enumerate(text, 1) if line.startswith("authpassword")]
    holds(box["findings"][0]["place"].endswith(f":{wrong[0]}"), box["findings"])


@check
def tokens_of_a_command(place):
    """OAuth 2, as the library's configuration file says; and what a command that fails has to say."""
    directory = os.path.join(place.directory, "tokens")
    with Dovecot(os.path.join(directory, "dovecot"), users={"u1": PASSWORD.format(1)}, oauth2=True) as server:
        command = os.path.join(directory, "command")
        with open(command, "w", encoding="ascii") as out:
            out.write(f'#!/bin/sh\n[ "$1" = u1 ] || {{ echo "who is $1?" >&2; exit 7; }}\necho {tokens.make("u1")}\n')
        os.chmod(command, 0o755)
        configuration = os.path.join(directory, "c-client.conf")
        with open(configuration, "w", encoding="ascii") as out:
            out.write(f"[account]\nhost = localhost\ntoken-command = {command} %u\n")
        environment = {**place.environment(), "SSL_CERT_FILE": server.ca, "C_CLIENT_CONFIG": configuration}
        general = {"imapserver": "localhost", "imapport": server.ports["imaps"]}
        config = place.configuration("tokens", [place.line("u1", imappassword="unused")[1]], general)
        box, = place.json("check", config, environment=environment)["mailboxes"]
        same(box["mechanism"], "XOAUTH2", "mechanism")
        config = place.configuration("tokens-none", [place.line("u2", imappassword="unused")[1]], general)
        box, = place.json("check", config, status=1, environment=environment)["mailboxes"]
        text = box["findings"][0]["text"]
        holds("No token for u2 at localhost" in text and "who is u2?" in text and "c-client.conf line 1" in text, text)
        with open(configuration, "w", encoding="ascii") as out:
            out.write("[account]\nfrob = 1\n")
        box, = place.json("check", config, status=1, environment=environment)["mailboxes"]
        holds("configuration file is wrong" in box["findings"][0]["text"], box["findings"])


@check
def kerberos(place):
    """A keytab and no password at all; and what is said when there is no ticket."""
    directory = os.path.join(place.directory, "kerberos")
    users = {"u1": PASSWORD.format(1), "pbx": PASSWORD.format(2)}
    with kdc.Kdc(os.path.join(directory, "kdc"), users=users) as realm:
        # The settings of docs/voicemail.md, as they stand there.
        settings, principals = realm.of_manual("pbx")
        with Dovecot(os.path.join(directory, "dovecot"), users=users, extra=settings, user_fields={"u1": principals}) as server:
            environment = {**place.environment(), "SSL_CERT_FILE": server.ca, **realm.environment}
            general = {"imapserver": "localhost", "imapport": server.ports["imaps"], "imapflags": "ssl/auth=gssapi"}
            config = place.configuration("kerberos", [place.line("u1", imappassword=None)[1]], general)
            box, = place.json("check", config, status=1, environment=environment)["mailboxes"]
            holds("no login as u1" in box["findings"][0]["text"] and "kinit" in box["findings"][0]["text"], box["findings"])
            keytab = {**environment, "KRB5_CLIENT_KTNAME": realm.keytab_of("pbx")}
            box, = place.json("check", config, environment=keytab)["mailboxes"]
            same(box["mechanism"], "GSSAPI", "mechanism")
