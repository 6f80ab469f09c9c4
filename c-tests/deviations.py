"""Known differences between UW and ours, as data: each is demanded, none is merely tolerated.

deviations.json is a list of objects:
    program   file name without .c
    cases     list of case names
    uw        regular expression (multi-line, dot matches all) that must occur in UW's output of that case
    ours      what stands in its place in our output (\\1 refers to a group)
    reason    why ours is different on purpose
    doc       number of the entry in docs/deviations.md
"""

import json
import re


class Known:
    """The list, ready to be applied."""

    def __init__(self, entries):
        self.entries = entries
        for entry in entries:
            missing = {"program", "cases", "uw", "ours", "reason", "doc"} - set(entry)
            if missing:
                raise ValueError(f"deviation {entry} lacks {missing}")

    def apply(self, program, case, block):
        """What we expect of ours: (text, patterns that do not occur in UW's output)."""
        stale = []
        for entry in self.entries:
            if entry["program"] == program and case in entry["cases"]:
                block, count = re.subn(entry["uw"], entry["ours"], block, flags=re.M | re.S)
                if not count:
                    stale.append(entry["uw"])
        return block, stale


def load(path):
    """Read the file."""
    with open(path, encoding="utf-8") as source:
        return Known(json.load(source))
