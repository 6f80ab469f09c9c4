"""Warnings and errors of Asterisk's log that are no fault of anything under test, each with its reason."""

ALWAYS = [
    (r"Quota not available on this IMAP server", "app_voicemail asks for the quota of every box and says so when there is none"),
]
