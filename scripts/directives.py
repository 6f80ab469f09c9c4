#!/usr/bin/env python3
"""Holds docs/voicemail.md against Asterisk's app_voicemail.c, and the words of imapflags against src/mailbox_name.rs: each directive that its IMAP storage reads has its row, with the
default of the source, and each X-Asterisk-VM- header that it writes.

    scripts/directives.py [--must]      --must: a missing source is a mistake (otherwise it is said, and all is well)

The source is there once e2e/run.py has built Asterisk.
"""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCE = os.path.join(ROOT, "target", "asterisk", "source", "apps", "app_voicemail.c")
# Read outside of what is compiled for IMAP only, and for nothing else.
POLLING = ("pollfreq", "pollmailboxes")


def conditional(source):
    """What stands between #ifdef IMAP_STORAGE and its #else or #endif."""
    kept, depth, inside = [], 0, None
    for line in source.splitlines():
        if re.match(r"#\s*if", line):
            depth += 1
            if inside is None and re.match(r"#\s*if(def| defined\(?)\s*\(?IMAP_STORAGE", line):
                inside = depth
        elif re.match(r"#\s*(endif|else|elif)", line) and inside == depth:
            inside = None
        if re.match(r"#\s*endif", line):
            depth -= 1
        if inside is not None:
            kept.append(line)
    return "\n".join(kept)


def general(imap):
    """Directives of [general]: name to default, None where the source has none to read off."""
    found = {}
    pieces = re.split(r'ast_variable_retrieve\(cfg, "general", "(\w+)"\)', imap)
    for name, after in zip(pieces[1::2], pieces[2::2]):
        default = re.search(r'\} else \{\s*(?:\w+\(\w+, "([^"]*)"|mail_parameters\(NIL, \w+, \(void \*\) (\d+)L|\w+ = ([01]);)', after)
        if not default:
            found[name] = None
        elif default[3]:
            found[name] = "yes" if default[3] == "1" else "no"
        else:
            found[name] = default[1] or default[2]
    return found


def rows(page, heading):
    """The tables of one section: the names of a row's first cell, and its second cell."""
    section = page.split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    found = {}
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) >= 2:
            found.update({name: cells[1] for name in re.findall(r"`([\w-]+)`", cells[0])})
    return found


def flags(page):
    """What is wrong with the words of imapflags: those that a mailbox name may have, but for the names of services."""
    with open(os.path.join(ROOT, "src", "mailbox_name.rs"), encoding="utf-8") as file:
        body = file.read().split("fn plain_switch(", 1)[1].split("Err(NameError::BadSwitch)", 1)[0]
    known = set(re.findall(r'b"([\w-]+)"', body))
    in_page = rows(page, "TLS")
    if len(known) < 12:
        return ["this script no longer reads src/mailbox_name.rs"]
    return [f"`{word}` of imapflags has no row" for word in sorted(known) if word not in in_page]


def main():
    with open(os.path.join(ROOT, "docs", "voicemail.md"), encoding="utf-8") as file:
        page = file.read()
    missing = flags(page)
    if missing:
        print("\n".join(missing))
        return 1
    if not os.path.exists(SOURCE):
        print("directives: Asterisk's source is not unpacked: not compared")
        return 1 if "--must" in sys.argv else 0
    with open(SOURCE, encoding="utf-8") as file:
        source = file.read()
    imap = conditional(source)
    wanted = general(imap) | dict.fromkeys(POLLING)
    frequency = re.search(r"#define DEFAULT_POLL_FREQ (\d+)", source)
    wanted["pollfreq"] = frequency[1]
    described = rows(page, "The directives of `[general]`")
    wrong = [f"`{name}` of [general] has no row" for name in wanted if name not in described]
    # The name as the documentation has it stands for the other one in the cell of the meaning.
    wrong = [line for line in wrong if not (line.startswith("`greetingfolder`") and "`greetingfolder`" in page)]
    for name, default in wanted.items():
        if default and name in described and f"`{default}`" != described[name]:
            wrong.append(f"`{name}`: the default is {default}, the page says {described[name]}")
    box = set(re.findall(r'strcasecmp\(var, "(imap\w+)"\)', imap))
    in_page = rows(page, "The directives of a box")
    wrong += [f"`{name}` of a box has no row" for name in sorted(box) if name not in in_page]
    headers = set(re.findall(r'"X-Asterisk-VM-([\w-]+):', re.sub(r"/\*.*?\*/", "", source, flags=re.S)))
    in_page = rows(page, "The header of a message")
    wrong += [f"`X-Asterisk-VM-{name}` has no row" for name in sorted(headers) if name not in in_page]
    if min(len(wanted) - 17, len(box) - 6, len(headers) - 8) < 0:
        wrong.append("this script no longer reads the source: too few names found")
    print("\n".join(wrong))
    print(f"directives: {len(wanted)} of [general], {len(box)} of a box, {len(headers)} headers; {len(wrong)} mistakes")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
