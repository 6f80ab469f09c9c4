#!/usr/bin/env python3
"""Holds the log messages that the documentation quotes against the texts in the source: each must be there.

Looks at the first cells of all tables whose first column is headed "the log says", in README.md and docs/*.md. `…` and words
in capitals (HOST, PORT, …) stand for what varies. Tables headed "Asterisk says" are held against app_voicemail.c, if
Asterisk's source is unpacked, which e2e/run.py does. Needs nothing built.

    scripts/log-texts.py [--must]       --must: a missing source is a mistake (otherwise it is said, and all is well)
"""

import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ASTERISK = os.path.join(ROOT, "target", "asterisk", "source", "apps", "app_voicemail.c")
VARIES = re.compile(r"…|\b(?:HOST|PORT|USER|BOX|FILE|LINE|REASON|SUBJECT|STEP|DATE|CURE|SCRAM-|XOAUTH2|N)(?![A-Za-z])")
# What servers, the system and token endpoints say.
OTHERS = ("Connection refused", "Connection timed out", "[AUTHENTICATIONFAILED]", "[OVERQUOTA]", "[TRYCREATE]", "invalid_grant:")
EDGES = " .,:;(){}[]\"'"


def literals(texts):
    """What the string literals of a source consist of, between their placeholders."""
    pieces = set()
    for text in texts:
        text = re.sub(r"^\s*//.*$|'\\?\"'", "", text, flags=re.M)  # comments, and the character " by itself
        for literal in re.findall(r'"((?:[^"\\]|\\.)*)"', text, flags=re.S):
            literal = re.sub(r"\\\n\s*", "", literal)
            literal = re.sub(r"\\n$", "", literal).replace('\\"', '"').replace("\\\\", "\\")
            pieces.update(piece for piece in re.split(r"\{[^{}]*\}|%[-.\d]*l*[a-z]", literal) if piece.strip(EDGES))
    return pieces


class Source:
    """The texts of one source."""

    def __init__(self, paths):
        texts = []
        for path in paths:
            with open(path, encoding="utf-8") as file:
                texts.append(file.read())
        self.pieces = {piece.strip() for piece in literals(texts)}
        self.bare = {piece.strip(EDGES) for piece in self.pieces}
        self.all = "\0".join(self.pieces)

    def has(self, fragment):
        """Whether this is said here: within one text, or by several one after the other."""
        bare = fragment.strip(EDGES)
        return not bare or bare in self.bare or (" " in bare and bare in self.all) or self._composed(fragment.split(), True)

    def _composed(self, words, first):
        """From the end of one text, whole ones, and the beginning of another; a common word by itself is no text."""
        for length in range(len(words), 0, -1):
            part, rest = " ".join(words[:length]), words[length:]
            if length == 1 and part.isalpha() and part.islower():
                continue
            if not rest:
                known = not first and any(piece.startswith(part) for piece in self.pieces)
            elif first:
                known = any(piece.endswith(part) for piece in self.pieces)
            else:
                known = part in self.pieces
            if known and (not rest or self._composed(rest, False)):
                return True
        return False


def quoted(path, heading):
    """Quoted texts of a document's tables, with their lines."""
    wanted = False
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.startswith("|"):
                wanted = False
                continue
            cell = line.split(" | ")[0].lstrip("| ").rstrip("|\n ")
            if cell == heading:
                wanted = True
            elif wanted:
                yield from ((number, text) for text in re.findall(r"`([^`]+)`", cell))


def main():
    rust = [path for path in glob.glob(os.path.join(ROOT, "src", "**", "*.rs"), recursive=True)
            if "/tests" not in path and not path.endswith("scripted.rs")]
    columns = [("the log says", Source(rust))]
    if os.path.exists(ASTERISK):
        columns.append(("Asterisk says", Source([ASTERISK])))
    else:
        print("log texts: Asterisk's own are not looked at, its source is not there")
        if "--must" in sys.argv:
            return 1
    faults, seen = [], 0
    for document in [os.path.join(ROOT, "README.md"), *sorted(glob.glob(os.path.join(ROOT, "docs", "*.md")))]:
        for heading, source in columns:
            for number, text in quoted(document, heading):
                seen += 1
                known = text
                for other in OTHERS:
                    known = known.replace(other, "…")
                for fragment in VARIES.split(known):
                    if not source.has(fragment.strip()):
                        faults.append(f"{os.path.relpath(document, ROOT)}:{number}: nothing says \"{fragment.strip()}\" (`{text}`)")
    print("\n".join(faults + [f"log texts: {seen} quoted, {len(faults)} that nothing says"]))
    return 1 if faults or seen < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
