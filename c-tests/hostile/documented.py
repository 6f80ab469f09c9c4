"""docs/security.md against the tests it names: each of them is there, each case of the checklist is named, and nothing that
happened to others stands without a test or the reason why none is needed.

`path` is a file, `path#name` a name in it, NN_name a case of the checklist, sweep and memory are parts of this suite.
"""

import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PARTS = ("sweep", "memory")
# Who it happened to, where that is not part of this library: no test can show it.
ELSEWHERE = "not part of this|PHP's own|Pine's own"


def _rows(text, heading):
    """The cells of a table below a heading."""
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in section.splitlines() if line.startswith("|")]
    return rows[2:]


def _missing(cell, cases):
    """What a cell names and is not there."""
    for name in re.findall(r"`([^`]+)`", cell):
        path, _, inside = name.partition("#")
        if "/" in path:
            where = os.path.join(ROOT, path)
            if not os.path.exists(where):
                yield f"{path} is not there"
            elif inside:
                with open(where, encoding="utf-8") as file:
                    if not re.search(rf"\b{re.escape(inside)}\b", file.read()):
                        yield f"{path} has no {inside}"
        elif re.fullmatch(r"\d\d_\w+", name):
            if name not in cases:
                yield f"no case {name}"
        elif name not in PARTS:
            yield f"`{name}` is no name of a test"


def faults(text, cases):
    """Complaints about the document."""
    complaints = []
    dangers = _rows(text, "What an IMAP client must withstand")
    numbers = {row[0] for row in dangers}
    for row in dangers:
        complaints += [f"{row[0]}: {problem}" for problem in _missing(row[2], cases)]
        if "`" not in row[2]:
            complaints.append(f"{row[0]}: no test")
    for row in _rows(text, "What happened to UW's library and its users"):
        complaints += [f"{row[0]}: {problem}" for problem in _missing(row[2], cases)]
        referred = re.findall(r"(?<![\w`.#])(\d+)(?![\w`.])", re.sub(r"deviation \d+", "", row[2]))
        complaints += [f"{row[0]}: no number {number} above" for number in referred if number not in numbers]
        if not referred and "`" not in row[2] and not re.search(ELSEWHERE, row[2]):
            complaints.append(f"{row[0]}: no test")
    named = set(re.findall(r"`(\d\d_\w+)`", text))
    complaints += [f"the case {case} is not named" for case in sorted(set(cases) - named)]
    return complaints


def run(report, cases):
    """One check."""
    with open(os.path.join(ROOT, "docs", "security.md"), encoding="utf-8") as file:
        complaints = faults(file.read(), cases)
    name = "every test that docs/security.md names is there"
    if complaints:
        report.failed(name, "\n".join(complaints))
    else:
        report.passed(name)
