"""Users and passwords that are longer than most, or have odd characters."""

from harness import World, check

LONG = "token-" + "0123456789abcdef" * 63 + "012345678"  # 1023 characters
# The last has as many characters as c-client has room for (NETMAXUSER).
ODD = ["example/ada", "ada lovelace", "ada:work", 'ada "countess"', "example\\grace", 'a/b:c"d\\e f ' + "u" * 52]
AUTHUSER = 'voice mail/of:all "the\\boxes" and more than 31 characters'
# What cannot stand in Dovecot's file of users, and what it looks for in place of it.
TRANSLATED = str.maketrans({":": "=", '"': "+", "\\": "_"})


def as_kept(user):
    """A user's name as Dovecot looks it up."""
    return user.translate(TRANSLATED)


class Names(World):
    """A server that takes any character in a user's name."""

    name = "names"
    options = {"extra": 'auth_username_chars =\nauth_username_translation = ":=\\"+\\\\_"\n'
               "login_log_format_elements = name=<%{orig_user}> login=<%{auth_user}>\n"}

    def server(self, users):
        return super().server({as_kept(user): password for user, password in users.items()})


class Boss(Names):
    """Asterisk logs in as one user for all, with such a name and a long password."""

    name = "boss"
    options = {**Names.options, "master_users": {as_kept(AUTHUSER): LONG}}
    general = {"authuser": AUTHUSER, "authpassword": LONG}


def logins(t):
    """What the server's log has of logins that went well."""
    with open(t.world.dovecot.log, encoding="utf-8", errors="replace") as log:
        return [line for line in log if "Login: " in line]


def inbox(t, box):
    """How many messages the server has in the inbox of a box; doveadm needs no password."""
    return int(t.world.dovecot.doveadm("mailbox", "status", "-u", as_kept(box.user), "messages", "INBOX").split("=")[-1])


def each_takes_one(t, name_of):
    """All boxes get a message at the same time; it is counted and in the mailbox, and the server saw this name."""
    voice, _ = t.voice(1.7)
    for call in [t.call("leave", "speak", box=box, VOICE=voice, VMOPTIONS="s") for box in t.boxes]:
        call.wait_end()
    for box in t.boxes:
        t.same(t.counts(box), (0, 1, 0), f"MailboxCount of {box.user} (urgent, new, old)")
        t.same(inbox(t, box), 1, f"mails of {box.user}")
        t.expect(any(f"name=<{name_of(box)}>" in line for line in logins(t)), f"the server saw no login of {name_of(box)}: {logins(t)}")


@check("user-quoted", world="names", boxes=[{"imapuser": user} for user in ODD], expect=(r".",),
       patch=("Quote-the-name-of-an-IMAP-user", "MailboxCount"))
def user_quoted(t):
    """imapuser may have a slash (a name in a domain), a colon, quotes, a backslash and spaces."""
    each_takes_one(t, lambda box: box.user)


@check("password-long", world="names", boxes=[{"imappassword": LONG}], expect=(r".",),
       patch=("Quote-the-name-of-an-IMAP-user", "MailboxCount"))
def password_long(t):
    """imappassword may have 1023 characters."""
    t.world.dovecot.add_user(t.box.user, LONG)
    t.leave()
    t.same(t.counts(), (0, 1, 0), "MailboxCount (urgent, new, old)")


@check("authuser-quoted", world="boss", boxes=[{}, {"imapuser": ODD[-1]}], expect=(r".",),
       patch=("Quote-the-name-of-an-IMAP-user", "MailboxCount"))
def authuser_quoted(t):
    """authuser may have the same characters, and authpassword 1023."""
    each_takes_one(t, lambda _: AUTHUSER)
