"""The blocks of the documents that are set apart: indented or fenced, and what each of them is."""

import dataclasses
import glob
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/*.md", "e2e/README.md", "asterisk-patch/README.md",
             "packaging/**/*.md", "vmimap/*.md", "man/*.[1-9]")
# Blocks that show something and tell nobody to type it: by document and the beginning of the first line.
SHOWN = {
    ("docs/architecture.md", "C program ── mail_fetch_header()"): "a picture",
    ("docs/tls.md", "Certificate failure for HOST:"): "a line of the log; scripts/log-texts.py looks for it",
    ("docs/vmimap.md", "mailbox      account"): "a table that vmimap shows",
    ("docs/vmimap.md", "200@default: error: no login"): "what vmimap says; its texts are checked in vmimap/",
    ("docs/vmimap.md", '{"time":'): "what vmimap says",
    ("CONTRIBUTING.md", "3. The owner listens."): "a transcript: `transcript` of scripts/documented/runs.py looks whether it is real",
}


@dataclasses.dataclass
class Block:
    """Lines that stand together, without their indentation."""

    document: str
    line: int  # the number of the first
    lines: list
    kind: str = ""


def documents():
    """The documents, by their names below the root."""
    names = [name for pattern in DOCUMENTS for name in glob.glob(os.path.join(ROOT, pattern), recursive=True)]
    return sorted({os.path.relpath(name, ROOT) for name in names})


def _take(document, number, lines):
    """A block without what is common to the beginnings of its lines, nor empty lines at its ends."""
    while lines and not lines[-1].strip():
        lines.pop()
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return Block(document, number, [line[indent:].rstrip() for line in lines])


def _of_markdown(document, text):
    block, begin, fence = [], 0, False
    for number, line in enumerate(text.splitlines() + [""], 1):
        fenced = line.lstrip().startswith("```")
        # An empty line may stand inside a block: the next one tells.
        inside = not fenced and (fence or line.startswith("    ") or (not line.strip() and block))
        if inside:
            begin = begin if block else number
            block.append(line)
        elif block:
            yield _take(document, begin, block)
            block = []
        fence ^= fenced
    if any(line.strip() for line in block):
        yield _take(document, begin, block)


def _of_manual(document, text):
    """Displays and lines by themselves of mdoc."""
    block, begin = None, 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(".Bd"):
            block, begin = [], number + 1
        elif line.startswith(".Ed"):
            yield _take(document, begin, [line.replace("\\e", "\\") for line in block])
            block = None
        elif block is not None:
            block.append(line)
        elif line.startswith(".Dl "):
            yield Block(document, number, [line[4:].replace("Fl ", "-")])


def _kind(block):
    """What a block is."""
    lines = [line for line in block.lines if line.strip()]
    first = lines[0].lstrip()
    if any(block.document == document and first.startswith(begin) for document, begin in SHOWN):
        return "shown"
    if first.startswith("#!"):
        return "script"
    if {"[account]", "[mailboxes]"} & set(lines):
        return "c-client.conf"
    if "[Service]" in lines:
        return "unit"
    if any(re.match(r"imap\w+=|\d+ => ", line) for line in lines):
        return "voicemail.conf"
    if any(re.match(r"(auth|mail|ssl)_\w+ = |(passdb( \w+)?|mail_plugins) \{", line) for line in lines):
        return "dovecot"
    if all(re.fullmatch(r"[a-z]+: \S+", line) for line in lines):
        return "imapd.conf"
    if any(re.match(r"#include|static \w+|\w+\(.*\);", line) for line in lines):
        return "c"
    return "commands"


def blocks():
    """All of them."""
    for document in documents():
        with open(os.path.join(ROOT, document), encoding="utf-8") as file:
            text = file.read()
        for block in _of_markdown(document, text) if document.endswith(".md") else _of_manual(document, text):
            if any(line.strip() for line in block.lines):
                block.kind = _kind(block)
                yield block


def commands(block):
    """The commands of a block: (number of the line, command), comments taken off, continued lines joined."""
    whole, begin = "", 0
    for offset, line in enumerate(block.lines):
        line = re.sub(r"(^|\s{2,}|\s)#\s.*$", "", line).rstrip()
        begin = begin if whole else block.line + offset
        if line.endswith("\\"):
            whole += line[:-1].rstrip() + " "
            continue
        whole += line.strip() if whole else line
        if whole.strip():
            yield begin, whole.strip()
        whole = ""
