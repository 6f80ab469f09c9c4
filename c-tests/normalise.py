"""Replaces what must differ between two runs of the same program: ports, times of day, timings."""

import datetime
import re
import time

NEAR = 2 * 86400


def _epoch(match):
    return "<NOW>" if abs(int(match[0]) - time.time()) < NEAR else match[0]


def _date(match):
    try:
        then = datetime.datetime(*map(int, match.group(1, 2, 3)))
    except ValueError:
        return match[0]
    near = abs((then - datetime.datetime.now()).total_seconds()) < NEAR
    return "date=<NOW>" if near else match[0]


def normalise(text, varying):
    """`varying` maps literal strings (port numbers, paths) to what they are called in the outcome."""
    for literal, name in sorted(varying.items(), key=lambda item: -len(item[0])):
        text = re.sub(rf"(?<![0-9A-Za-z]){re.escape(literal)}(?![0-9A-Za-z])", name, text)
    # Dovecot tells how long a command took.
    text = re.sub(r"\(\d\.\d{3} \+ \d\.\d{3}(?: \+ \d\.\d{3})? secs\)", "(<TIME>)", text)
    # The same at the end of a text that the library has cut off.
    text = re.sub(r"\(\d\.\d{3} \+[^)\"\n]{0,40}(?=\")", "(<TIME>", text)
    # How much of it is left depends on how long it took.
    text = re.sub(r"\(<TIME>\)(?=\")", "(<TIME>", text)
    text = re.sub(r"\[vm:[^]]*\]|\[[\w.-]+:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\]", "[<WHEN>]", text)
    # UIDVALIDITY of a new mailbox is the time; the templates' values lie years back.
    text = re.sub(r"\b1[789]\d{8}\b", _epoch, text)
    # Told only if that time is not the second in which the mailbox was opened.
    text = re.sub(r"^ *mm_notify 0 \"\[UIDVALIDITY <NOW>\] [^\n]*\n", "", text, flags=re.M)
    text = re.sub(r"date=(\d{4})-(\d\d)-(\d\d) \d\d:\d\d:\d\d [+-]\d{4}", _date, text)
    return text
