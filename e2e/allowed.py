"""Warnings and errors of Asterisk's log that are no fault of anything under test, each with its reason."""

ALWAYS = [
    (r"Quota not available on this IMAP server", "app_voicemail asks for the quota of every box and says so when there is none"),
    (r"SECURITY PROBLEM: insecure server advertised AUTH=(PLAIN|LOGIN)",
     "c-client's remark when a password is about to go over a connection without TLS, as notls asks for; linkage.c turns it on"),
]

# What UW's library does and ours must not.
UW_ONLY = [
    (r"IMAP Warning: Unknown message data: \d+ (FETCH|EXPUNGE)",
     "UW forgets how many messages there are before it sends NOOP on a reused stream, and then calls news of them unknown"),
]
