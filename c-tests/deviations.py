"""Known differences between UW and ours, as data: each is demanded, none is merely tolerated.

deviations.json and each file of deviations/ (one per program, general.json for all) is a list of objects:
    program   file name without .c; "*" for all
    cases     list of case names; ["*"] for all
    uw        regular expression (multi-line, dot matches all) that occurs in UW's output of that case
    ours      what stands in its place in our output (\\1 refers to a group)
or, where our text says more than UW's,
    mine      regular expression that occurs in our output
    becomes   what UW says instead
and always
    reason    why ours is different on purpose
    doc       number of the entry in docs/deviations.md

An entry that names its cases must match in each of them; one for all must match somewhere in a whole run.
"""

import glob
import json
import os
import re

ALWAYS = {"program", "cases", "reason", "doc"}
DOCUMENT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "docs", "deviations.md")


class Known:
    """The list, ready to be applied."""

    def __init__(self, entries):
        self.entries = entries
        self.used = [0] * len(entries)
        for entry in entries:
            missing = ALWAYS - set(entry)
            if missing or not ({"uw", "ours"} <= set(entry) or {"mine", "becomes"} <= set(entry)):
                raise ValueError(f"deviation {entry} lacks {missing or 'uw and ours, or mine and becomes'}")

    def _matching(self, program, case):
        for index, entry in enumerate(self.entries):
            if entry["program"] in ("*", program) and (case in entry["cases"] or entry["cases"] == ["*"]):
                yield index, entry

    def applies(self, program, case):
        """Whether the list has something for this case by name."""
        return any(case in entry["cases"] for _, entry in self._matching(program, case))

    def apply(self, program, case, theirs, mine):
        """Both outputs with the known differences taken out: (theirs, mine, entries that did not match)."""
        stale = []
        for index, entry in self._matching(program, case):
            if "uw" in entry:
                theirs, count = re.subn(entry["uw"], entry["ours"], theirs, flags=re.M | re.S)
            else:
                mine, count = re.subn(entry["mine"], entry["becomes"], mine, flags=re.M | re.S)
            self.used[index] += count
            if not count and entry["cases"] != ["*"]:
                stale.append(entry.get("uw") or entry.get("mine"))
        return theirs, mine, stale

    def unused(self):
        """Entries that matched nowhere."""
        return [entry for entry, used in zip(self.entries, self.used) if not used]


def documented():
    """The numbers of docs/deviations.md, where an entry is a paragraph that begins like `**7. What differs.**`."""
    with open(DOCUMENT, encoding="utf-8") as source:
        numbers = [int(number) for number in re.findall(r"^\*\*(\d+)\. ", source.read(), re.M)]
    if len(set(numbers)) != len(numbers):
        raise ValueError(f"docs/deviations.md: numbers given twice: {sorted(numbers)}")
    return set(numbers)


def load(folder):
    """Read deviations.json and deviations/*.json below `folder`."""
    entries = []
    for path in [os.path.join(folder, "deviations.json"), *sorted(glob.glob(os.path.join(folder, "deviations", "*.json")))]:
        with open(path, encoding="utf-8") as source:
            entries += json.load(source)
    known = Known(entries)
    unexplained = {entry["doc"] for entry in entries} - documented()
    if unexplained:
        raise ValueError(f"docs/deviations.md has no entry {sorted(unexplained)}")
    return known
