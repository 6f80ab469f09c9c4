"""Trouble: wrong passwords, and a server that is down, cuts the connection or stalls, at every operation."""

import re
import time

import tones
from harness import Proxied, World, check

TIMEOUT = 2  # all four of voicemail.conf's imap*timeout, in seconds
SHORT = 1.7  # seconds of voice: more than voicemail.conf's minsecs and the beep
ANYTHING = (r".",)  # while the server misbehaves, complaints are wanted; each check says which one it must see


class Trouble(Proxied):
    """A server behind a proxy that can be told to make trouble."""

    name = "trouble"
    # A patched Asterisk that is told of a lost connection has a new one before the operation begins.
    general = {"imappush": "no", **{f"imap{what}timeout": str(TIMEOUT) for what in ("open", "read", "write", "close")}}


def timed(action, limit, what):
    """Run it and fail unless it ends within `limit` seconds; returns its result."""
    begin = time.monotonic()
    result = action()
    seconds = time.monotonic() - begin
    if seconds > limit:
        raise AssertionError(f"{what} took {seconds:.1f} s, more than {limit} s")
    return result


# -- operations: each is tolerant of failure, but must end -----------------------------------------


def op_count(t):
    """Ask for the counts."""
    t.counts()


def op_leave(t):
    """Leave a short message."""
    t.leave(seconds=SHORT, limit=80)


def _owner(t, *keys):
    """The owner plays the first message if voicemail gets so far, presses keys, and hangs up."""
    call = t.owner()
    try:
        t.menu(call, 8)
        call.press("1")
        t.menu(call, 12)
        for key, answer in keys:
            call.press(key)
            call.hears(answer, 8)
        t.menu(call, 8)
        call.press("#")
        call.hears("vm-goodbye", 5)
    except AssertionError:
        call.hang_up()  # the trouble came in between; hanging up must still get through
    call.wait_end(80)


def op_listen(t):
    """Listen to the first message."""
    _owner(t)


def op_delete(t):
    """Listen to the first message and delete it."""
    _owner(t, ("7", "vm-deleted"))


def op_save(t):
    """Listen to the first message and save it to Work."""
    _owner(t, ("9", "vm-savefolder"), ("2", "vm-savedto|vm-mailboxfull"))


def undeleted(t):
    """The mails that are not marked as deleted."""
    return [mail for mail in t.box.mails() if "\\Deleted" not in mail.flags]


def recovered(t):
    """The server is well again: a message can be left, counted and heard."""
    t.world.proxy.calm()
    if t.patched:  # what the server did not take comes later
        t.eventually(lambda: t.asterisk.cli("voicemail show undelivered").strip(), lambda text: text.endswith("0 undelivered messages"),
                     "messages that wait", 20)
    # One that is marked may go at any time.
    before = len(undeleted(t))
    said = t.leave(seconds=SHORT)
    mails = undeleted(t)
    t.same(len(mails), before + 1, "mails after the server came back")
    t.expect(tones.shared(tones.attachment(mails[-1].attachments()[0][2]), said) > 0.9, "the message left afterwards is damaged")
    urgent, new, old = t.counts()
    t.same(urgent + new + old, len(mails), "messages counted after the server came back")


# (name, what to strike at, the operation that sends it, whether a message must be there first)
MOMENTS = [
    ("connect", None, op_count, False),
    ("login", rb"\bAUTHENTICATE|\bLOGIN ", op_count, False),
    ("select", rb" SELECT ", op_count, False),
    ("status", rb" STATUS ", op_leave, False),
    ("search", rb" SEARCH |CHANGEDSINCE", op_count, True),  # what was found is remembered where the server says what has changed
    ("append", rb" APPEND ", op_leave, False),
    ("append-data", rb"X-Asterisk-VM-Message-Num: \d", op_leave, False),
    ("expunge", rb" EXPUNGE", op_delete, True),
    ("fetch-header", rb"FETCH .*BODY\.PEEK\[HEADER", op_listen, True),
    ("fetch-structure", rb"FETCH .*BODYSTRUCTURE", op_listen, True),
    ("fetch-body", rb"FETCH .*BODY\[2\]", op_listen, True),
    ("store", rb" STORE ", op_delete, True),
    ("create", rb" CREATE ", op_save, True),
    ("copy", rb" COPY ", op_save, True),
    ("logout", rb" LOGOUT", op_listen, True),
]


# Where the connection is cut, a new one takes its place within the call, and the operation goes on as if nothing had been.
GOES_ON = ("search", "expunge", "fetch-header", "fetch-structure", "fetch-body", "store")


def strike(t, kind, pattern, operation, prepared, goes_on):
    """Let the trouble strike once in the middle of the operation; Asterisk must come back in time, and recover."""
    proxy = t.world.proxy
    if prepared:
        t.leave(seconds=SHORT)
    if pattern is None or re.search(rb"LOGIN|SELECT|SEARCH", pattern):
        proxy.cut_all()  # so that the next operation begins with a new connection, and knows nothing
    proxy.trouble(kind, pattern)
    # Every wait is one of the four timeouts; c-client waits twice for each (once more to take its leave).
    timed(lambda: operation(t), 30 + 4 * TIMEOUT, "the operation")
    t.expect(proxy.struck == 1, "the trouble never struck: the operation does not send what it was waiting for")
    if goes_on and not t.uw:
        t.logged(r"Connection to \S+ lost .*connected again; INBOX selected again, its messages are all there")
        if operation is op_delete:
            t.same(len(undeleted(t)), 0, "messages that were not deleted")
    recovered(t)


def _register():
    for kind in ("cut", "stall"):
        for name, pattern, operation, prepared in MOMENTS:
            def function(t, kind=kind, name=name, pattern=pattern, operation=operation, prepared=prepared):
                strike(t, kind, pattern, operation, prepared, kind == "cut" and name in GOES_ON)
            verb = "is cut" if kind == "cut" else "stalls"
            function.__doc__ = f"The connection {verb} at {name} ({operation.__doc__.strip().rstrip('.').lower()}): bounded, alive, works again."
            # UW gives NIL for a body that it could not fetch, and app_voicemail looks into it.
            check(f"{kind}-{name}", world="trouble", boxes=1, expect=ANYTHING, kills_uw=name == "fetch-structure")(function)


@check("down-count", world="trouble", boxes=1, lamp=False, expect=ANYTHING)
def down_count(t):
    """The server is down: counting returns at once, the log names the server, and counts are right when it is back."""
    t.leave(seconds=SHORT)
    t.same(t.counts(), (0, 1, 0), "MailboxCount before")
    t.world.proxy.refuse()
    mark = t.asterisk.mark()
    timed(t.counts, 5, "counting with the server down")
    t.logged(r"IMAP Error: .*(127\.0\.0\.1|localhost)", since=mark)
    t.world.proxy.accept()
    t.same(t.counts(), (0, 1, 0), "MailboxCount after")
    recovered(t)


@check("down-leave", world="trouble", boxes=1, expect=ANYTHING)
def down_leave(t):
    """The server is down: a caller is done within the timeouts; the next caller's message is stored when it is back."""
    t.world.proxy.refuse()
    timed(lambda: t.leave(seconds=SHORT, limit=40), 25, "leaving with the server down")
    t.world.proxy.accept()
    if not t.patched:
        t.same(len(t.box.mails()), 0, "mails")
    recovered(t)
    t.same(len(t.box.mails()), 2 if t.patched else 1, "mails in the end")


@check("down-listen", world="trouble", boxes=1, expect=ANYTHING)
def down_listen(t):
    """The server is down: the owner's call ends within the timeouts; the message is heard when it is back."""
    said = t.leave()
    t.world.proxy.refuse()
    call = t.owner()
    call.wait_end(25)
    t.world.proxy.accept()
    call = t.owner()
    t.play_first(call)
    t.leave_menu(call)
    t.expect_heard(call, said)


@check("down-while-listening", world="trouble", boxes=1, expect=ANYTHING)
def down_while_listening(t):
    """The server goes down while the owner sits in the menu: no crash, and the call ends."""
    t.leave(seconds=SHORT)
    call = t.owner()
    t.play_first(call)
    t.world.proxy.refuse()
    t.delete(call)
    call.press("#")
    timed(lambda: call.wait_end(60), 25, "hanging up")
    t.world.proxy.accept()
    recovered(t)


@check("down-lamp", world="trouble", boxes=1, lamp=True, expect=ANYTHING)
def down_lamp(t):
    """Polling goes on over an outage: a message put there afterwards lights the lamp."""
    t.same(t.lamp(), False, "lamp before")
    t.world.proxy.refuse()
    t.eventually(lambda: t.asterisk.wait_log(r"IMAP Error", 0, t.log_start) is not None, True, "an error from the poll", 15)
    t.world.proxy.accept()
    t.leave(seconds=SHORT)
    t.expect_lamp(True)
    mail, = t.box.mails()
    with t.box.client() as client:
        client.flag(mail.uid, "\\Seen")
    t.expect_lamp(False)


@check("server-restart", world="trouble", boxes=1, expect=ANYTHING)
def server_restart(t):
    """The IMAP server is restarted under open connections: the next operation finds the new one."""
    t.leave(seconds=SHORT)
    t.same(t.counts(), (0, 1, 0), "MailboxCount before")
    t.world.dovecot.restart()
    t.same(t.counts(), (0, 1, 0), "MailboxCount after")
    recovered(t)


_register()


# -- passwords and names --------------------------------------------------------------------------


class Refusals(World):
    """Boxes that cannot be opened, next to one that can. Failed logins wait 2 s, as Dovecot does by itself."""

    name = "refusals"
    options = {"failure_delay": 2}
    general = {f"imap{what}timeout": "8" for what in ("open", "read", "write", "close")}


REFUSED = (r"IMAP (Error|Warning): ", r"Can't connect to imap server", r"IMAP mailstream is NULL", r"Unable to open")


@check("wrong-password", world="refusals", boxes=[{"imappassword": "wrong"}], expect=REFUSED)
def wrong_password(t):
    """A wrong password: the log says so, the wait is bounded, and the mailbox opens once the password is right."""
    # UW offers the same password three times and waits in between: about 14 s.
    mark = t.asterisk.mark()
    timed(t.listed, 25 if t.uw else 12, "counting with a wrong password")
    t.logged(r"IMAP Error: .*([Aa]uthentication|[Ll]ogin|AUTHENTICATIONFAILED)", since=mark)
    t.world.dovecot.add_user(t.box.user, "wrong")
    t.box.password = "wrong"
    t.leave(seconds=SHORT)
    t.same(t.counts(), (0, 1, 0), "MailboxCount once the password is right")


@check("unknown-host", world="refusals", boxes=[{"imapserver": "no-such-host.invalid"}], expect=REFUSED)
def unknown_host(t):
    """A server name that does not resolve: an error that names it, and nothing hangs."""
    timed(t.counts, 15, "counting at an unknown host")
    t.logged(r"IMAP Error: .*no-such-host\.invalid")


@check("closed-port", world="refusals", boxes=[{"imapport": "1"}], expect=REFUSED)
def closed_port(t):
    """A port where nobody listens: an error at once."""
    timed(t.counts, 5, "counting at a closed port")
    t.logged(r"IMAP Error: ")


@check("bad-flags", world="refusals", boxes=[{"imapflags": "notls/no-such-flag"}], expect=(*REFUSED, r"."))
def bad_flags(t):
    """imapflags that do not parse: an error, no connection, no crash."""
    timed(t.counts, 5, "counting with bad imapflags")
    t.logged(r"IMAP Error: .*no-such-flag")


@check("long-user", world="refusals", boxes=[{"imapuser": "u" * 70}], expect=(*REFUSED, r"."))
def long_user(t):
    """A user name longer than c-client takes: an error, no crash."""
    timed(t.counts, 5, "counting with an over-long user name")
    t.logged(r"IMAP Error: ")


@check("others-work", world="refusals", boxes=1)
def others_work(t):
    """Next to boxes that cannot be opened, a good one works."""
    said = t.leave()
    mail, = t.box.mails()
    t.expect_audio(mail, said)
    t.same(t.counts(), (0, 1, 0), "MailboxCount (urgent, new, old)")
