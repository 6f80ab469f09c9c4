"""Warnings and errors of Asterisk's log that are no fault of anything under test, each with its reason."""

ALWAYS = [
    (r"Quota not available on this IMAP server", "app_voicemail asks for the quota of every box and says so when there is none"),
    (r"SECURITY PROBLEM: insecure server advertised AUTH=(PLAIN|LOGIN)",
     "c-client's remark when a password is about to go over a connection without TLS, as notls asks for; linkage.c turns it on"),
]

WITH_UW = [
    (r"IMAP Warning: Unknown message data: \d+ (FETCH|EXPUNGE|RECENT)",
     "UW's remark when the NOOP that it sends on a stream used again brings news of the mailbox it has just left"),
]
