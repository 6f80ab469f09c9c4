"""An IMAP server that lets the library save round trips: SASL-IR, ESEARCH, IDLE, and a SELECT behind AUTHENTICATE.

Not everything that it says is waited for, so a fault shows in the call at hand or in the next. What counts then is that
the program lives, that no call takes longer than the time limits, and that nothing is left behind.
"""

from server import CAPABILITY, Behaviour

WALK = [
    ("open",), ("search",), ("search",), ("open",), ("search",), ("store", "2", "\\Seen"), ("store", "1", "\\Seen"),
    ("store", "3", "\\Seen"), ("header", 1), ("structure", 1), ("body", 1, "1"), ("header", 2), ("structure", 2),
    ("body", 2, "1"), ("ping",), ("open",), ("quota", "INBOX"), ("quota", "INBOX"), ("ping",), ("expunge",), ("open",), ("close",),
]


class Modern(Behaviour):
    """Answers that differ from those of the plain server."""

    capability = CAPABILITY + " SASL-IR ESEARCH IDLE LITERAL+"

    def __init__(self):
        super().__init__("notls", greeting=f"* OK [CAPABILITY {self.capability}] Dovecot ready.")

    def command(self, talk, tag, text):
        """One command; True when the conversation is over."""
        words = text.upper().split(" ")
        if words[0] == "AUTHENTICATE" and len(words) > 2:
            talk.say(text, f"{tag} OK [CAPABILITY {self.capability}] in")
        elif words[0] == "IDLE":
            talk.say("idle", "+ idling")
            talk.link.line()
            talk.say(text, f"{tag} OK idled")
        elif words[:2] == ["SEARCH", "RETURN"]:
            found = "" if "DELETED" in words else " ALL 1,3"
            talk.say(text, f'* ESEARCH (TAG "{tag}"){found}\r\n{tag} OK done')
        elif words[:2] == ["STATUS", "INBOX"]:
            talk.say(text, f"* STATUS INBOX (UIDNEXT 99 UIDVALIDITY 77)\r\n{tag} OK done")
        else:
            return super().command(talk, tag, text)
        return False
