"""Users and passwords that are longer than most, or have odd characters."""

from harness import World, check

LONG = "token-" + "0123456789abcdef" * 60  # 966 characters


class Names(World):
    """A server that takes any character in a user's name."""

    name = "names"
    options = {"extra": "auth_username_chars =\n"}


@check("user-quoted", world="names", boxes=[{"imapuser": "example/ada"}, {"imapuser": "ada lovelace"}], expect=(r".",),
       patch=("Quote-the-name-of-an-IMAP-user", "MailboxCount"))
def user_quoted(t):
    """imapuser may be a name in a domain (with a slash), or have a space."""
    for box in t.boxes:
        t.leave(box)
        t.same(t.counts(box), (0, 1, 0), f"MailboxCount of {box.user} (urgent, new, old)")
    t.same(len(t.box.mails()), 1, "number of mails")


@check("password-long", world="names", boxes=[{"imappassword": LONG}], expect=(r".",),
       patch=("Quote-the-name-of-an-IMAP-user", "MailboxCount"))
def password_long(t):
    """imappassword may have nearly a thousand characters."""
    t.world.dovecot.add_user(t.box.user, LONG)
    t.leave()
    t.same(t.counts(), (0, 1, 0), "MailboxCount (urgent, new, old)")
