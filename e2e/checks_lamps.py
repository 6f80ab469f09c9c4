"""Lamps: on when and only when there is something new, without a blink in between."""

import time

from checks_spool import ANYTHING, SHORT, speak
from harness import LAMP_SECONDS, POLL_SECONDS, Proxied, check


class Steady(Proxied):
    """A server behind a proxy, polled once in a second."""

    name = "steady"
    general = {"pollfreq": "1"}


def events(t, box=None):
    """(waiting, new, old) of every MessageWaiting event of a box, in order."""
    return [(int(event["Waiting"]), int(event.get("New", 0)), int(event.get("Old", 0)))
            for event in list(t.asterisk.ami.events)
            if event["Event"] == "MessageWaiting" and event["Mailbox"] == (box or t.box).address]


@check("lamp-while-down", world="trouble", boxes=1, lamp=True, expect=ANYTHING,
       patch=("Publish-no-count-of-messages", "lamp while the server is down"))
def lamp_while_down(t):
    """The server goes down and comes back: the lamp stays on, and nothing is published in between."""
    t.leave(seconds=SHORT)
    t.expect_lamp(True)
    before = events(t)
    mark = t.asterisk.mark()
    t.world.proxy.refuse()
    t.eventually(lambda: t.asterisk.wait_log(r"IMAP Error", 0, mark) is not None, True, "an error from the poll", 15)
    time.sleep(POLL_SECONDS)
    t.same(t.lamp(), True, "lamp while the server is down")
    t.world.proxy.accept()
    time.sleep(1.5 * POLL_SECONDS)
    t.same(t.lamp(), True, "lamp when the server is back")
    t.same(events(t)[len(before):], [], "MessageWaiting events")


@check("lamp-steady", world="steady", boxes=1, lamp=True, expect=ANYTHING)
def lamp_steady(t):
    """While one message waits others are left, with the server well and with connections that are cut: the lamp stays on."""
    t.leave(seconds=SHORT)
    t.expect_lamp(True)
    proxy = t.world.proxy
    for number, what in ((2, "nothing"), (3, "connections that were cut, and the next one at APPEND")):
        before = len(events(t))
        call, _ = speak(t)
        if number == 3:
            proxy.cut_all()
            proxy.trouble("cut", rb" APPEND ")
        call.hang_up()
        call.wait_end()
        left = number - (number == 3 and t.uw and not t.patched)  # on UW's library the unmodified Asterisk loses the message
        t.eventually(lambda: t.lamp_event()[1], left, f"new messages that the lamp's events tell after {what}", LAMP_SECONDS)
        time.sleep(1.3)  # whatever a poll has to say
        t.same([event for event in events(t)[before:] if not event[0]], [], f"events that turn the lamp off, after {what}")
        t.same(t.lamp(), True, f"lamp after {what}")
        if proxy.makes_trouble():
            t.same(proxy.struck, 1, f"times of {what}")
            proxy.calm()


@check("lamp-urgent-once", boxes=1, lamp=True, patch=("Publish-an-urgent-message-once", "MessageWaiting events of polls"))
def lamp_urgent_once(t):
    """An urgent message is announced once, not at every poll."""
    t.leave(options="sU", seconds=SHORT)
    t.expect_lamp(True)
    time.sleep(POLL_SECONDS)  # a poll may have been under way
    before = len(events(t))
    time.sleep(2.2 * POLL_SECONDS)
    t.same(events(t)[before:], [], "MessageWaiting events of polls that found nothing new")
    t.same(t.lamp_event(), (1, 1, 0), "the newest event (waiting, new, old)")


@check("lamp-at-hangup", world="spool", boxes=1, lamp=True, patch=("Count-anew-when-the-owner-hangs-up", "message waiting lamp after"))
def lamp_at_hangup(t):
    """Without polling, the lamp is off when the owner has heard or deleted all there is, and hangs up."""
    for deleted in (False, True):
        t.leave(seconds=SHORT)
        t.eventually(t.lamp, True, "message waiting lamp before", 2)
        call = t.owner()
        t.play_first(call)
        if deleted:
            t.delete(call)
        t.leave_menu(call)
        t.eventually(t.lamp, False, "message waiting lamp after the owner has hung up", 1)
    t.same(t.counts(), (0, 0, 1), "MailboxCount (urgent, new, old)")


@check("urgent-waits", boxes=1, patch=("Say-that-there-is-voicemail", "Waiting"))
def urgent_waits(t):
    """A box with an urgent message and no other has voicemail waiting, by MailboxStatus."""
    t.leave(options="sU", seconds=SHORT)
    t.same(t.asterisk.ami.action("MailboxStatus", Mailbox=t.box.address)["Waiting"], "1", "Waiting")
