"""Telephone calls without telephones: Local channels that Asterisk originates, one end at voicemail, the other ours."""

import itertools
import re
import time

from asterisk import PLAYING

_numbers = itertools.count(1)


class CallError(AssertionError):
    """A call that did not go as the check expected."""


class Call:
    """One call to `number` in dialplan context `line`; our end runs extension s of context `ours`."""

    def __init__(self, asterisk, number, line, ours, caller=("Caller", "5550100"), **variables):
        self.asterisk = asterisk
        self.log_start = asterisk.mark()
        self.cursor = self.log_start
        self.events_start = asterisk.ami.mark()
        self.begin = time.monotonic()
        name = f"testbed-{next(_numbers)}"
        self.ids = {"near": name, "far": f"{name}-far"}
        asterisk.ami.action(
            "Originate", Channel=f"Local/{number}@{line}/n", Context=ours, Exten="s", Priority="1", Async="true",
            ChannelId=self.ids["near"], OtherChannelId=self.ids["far"], Codecs="slin", Timeout="60000",
            CallerID=f'"{caller[0]}" <{caller[1]}>', Variable=[f"{key}={value}" for key, value in variables.items()])
        self.near = self._channel("near")
        self.far = self._channel("far")

    def _channel(self, side):
        event = self.asterisk.ami.wait(
            lambda event: event["Event"] == "Newchannel" and event.get("Uniqueid") == self.ids[side], 10, self.events_start)
        if event is None:
            raise CallError("the call was not set up")
        return event["Channel"]

    # -- what voicemail says -----------------------------------------------------------------

    def played(self):
        """Names of what voicemail played so far in this call: prompts as they are called, files by path."""
        names = []
        for level, text in self.asterisk.lines[self.log_start:]:
            shape = PLAYING.search(text) if level == "VERBOSE" else None
            if shape and shape["channel"] == self.far:
                names.append(re.sub(r"\.(sln|slin|wav|WAV|gsm|ulaw)$", "", shape["name"]))
        return names

    def hears(self, pattern, seconds=15):
        """Wait until voicemail plays something that the pattern matches; each call goes on from there."""
        shape = rf"<{re.escape(self.far)}> Playing '(?:{pattern})(?:\.\w+)?'"
        found = self.asterisk.wait_log(shape, seconds, self.cursor)
        if found is None:
            raise CallError(f"voicemail did not play {pattern} within {seconds} s; it played {self.played()}")
        self.cursor = found[0] + 1
        return found[1]

    # -- what we do --------------------------------------------------------------------------

    def press(self, digits):
        """Press keys, one after another."""
        for digit in digits:
            self.asterisk.ami.action("PlayDTMF", Channel=self.near, Digit=digit, Duration="120")
            time.sleep(0.25 if len(digits) > 1 else 0)

    def hang_up(self):
        """Put the receiver down."""
        try:
            self.asterisk.ami.action("Hangup", Channel=self.near)
        except RuntimeError:
            pass  # the other end was quicker

    def wait_end(self, seconds=40):
        """Wait until both ends are gone, with all that voicemail does after the hang-up; seconds since the start."""
        for side in ("near", "far"):
            event = self.asterisk.ami.wait(
                lambda event, side=side: event["Event"] == "Hangup" and event.get("Uniqueid") == self.ids[side],
                max(0.1, seconds - (time.monotonic() - self.begin)), self.events_start)
            if event is None:
                raise CallError(f"the call did not end within {seconds} s; voicemail played {self.played()}")
        return time.monotonic() - self.begin

    def over(self):
        """Whether the far end is gone."""
        return self.asterisk.ami.wait(
            lambda event: event["Event"] == "Hangup" and event.get("Uniqueid") == self.ids["far"], 0,
            self.events_start) is not None
