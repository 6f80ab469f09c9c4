#!/usr/bin/env python3
"""Every command in the documents is run by a test, and every other block of them is looked at.

    scripts/commands.py                 what takes no time: part of the suite doc
    scripts/commands.py --long          everything that is run here: the suite commands
    scripts/commands.py --only 'vmimap*' ...    these commands (shell patterns), whether they take long or not
    scripts/commands.py --list          each command, and how it is tested

README.md, CONTRIBUTING.md, docs/, the manual pages and the READMEs below hold commands in blocks of their own. Each is run by
this script, or by a test that is named and must contain it, or cannot be run, with the reason: scripts/documented/table.py. One that is
not there fails this test. Configuration files, scripts and C in the documents are read by what is to read them
(scripts/documented/snippets.py).
"""

import argparse
import fnmatch
import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "scripts", "documented"))
import blocks  # noqa: E402  (found through the line above)
import runs  # noqa: E402
import snippets  # noqa: E402
import table  # noqa: E402


def found():
    """Commands, in the order of the documents: command to where it stands first."""
    places = {}
    for block in blocks.blocks():
        if block.kind == "commands":
            for line, command in blocks.commands(block):
                places.setdefault(command, f"{block.document}:{line}")
    return places


def suites():
    """The names that scripts/test.sh knows, and the targets of make."""
    with open(os.path.join(ROOT, "scripts", "test.sh"), encoding="utf-8") as file:
        names = set(re.findall(r"^        ([a-z0-9-]+)\)", file.read(), flags=re.M))
    with open(os.path.join(ROOT, "Makefile"), encoding="utf-8") as file:
        return names, set(re.search(r"^\.PHONY: (.*)$", file.read(), flags=re.M)[1].split())


def named():
    """Commands in running text: what they name must be there; and the suites in CONTRIBUTING.md. Yields what is not."""
    names, targets = suites()
    with open(os.path.join(ROOT, "CONTRIBUTING.md"), encoding="utf-8") as file:
        told = set(re.findall(r"[\w-]+", file.read()))
    yield from (f"CONTRIBUTING.md does not name the suite {name}" for name in sorted(names - told))
    for document in blocks.documents():
        with open(os.path.join(ROOT, document), encoding="utf-8") as file:
            text = file.read()
        for code in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text):
            words = code.split()
            if words[0] == "make" and len(words) > 1 and re.fullmatch(r"[a-z-]+", words[1]) and words[1] not in targets:
                yield f"{document}: `{code}`: make has no such target"
            path = words[0]
            if re.fullmatch(r"(scripts|e2e|c-tests|clients|bench|vmimap|packaging|logins|testbed|fuzz|asterisk-patch)/[\w/.-]+\.(py|sh)", path) \
                    and not os.path.exists(os.path.join(ROOT, path)):
                yield f"{document}: `{code}`: there is no such program"


def elsewhere(way):
    """What is wrong with a command that another test is said to run."""
    with open(os.path.join(ROOT, way.file), encoding="utf-8") as file:
        text = file.read()
    missing = [piece for piece in way.texts if piece not in text]
    return f"{way.file} does not run it: {missing} is not there" if missing else None


def run(box, command, way):
    """Run one; what is wrong, if anything is."""
    text = command
    for before, after in way.instead:
        root = os.path.join(runs.PLACE, "root")
        seeds = os.path.join(ROOT, "fuzz", "seeds", "responses")
        seed = os.path.join(seeds, sorted(os.listdir(seeds))[0]) if os.path.isdir(seeds) else ""
        text = text.replace(before, after.format(root=root, seed=seed))
    try:
        getattr(runs, way.how)(box, text, way)
    except runs.Wrong as wrong:
        return str(wrong)
    except Exception as error:  # a fault of the check itself must not end the run
        return f"{type(error).__name__}: {error}"
    return None


def main():
    """Do what the command line asks for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--long", action="store_true")
    options.add_argument("--only", nargs="+", metavar="PATTERN")
    options.add_argument("--list", action="store_true")
    chosen = options.parse_args()
    places = found()
    failures, counts = [], {"run": 0, "in another test": 0, "not to be run": 0, "left to --long": 0}
    box = runs.Sandbox()
    box.long = chosen.long

    def tell(wrong, what):
        if wrong:
            failures.append(what)
            print(f"FAIL {what}: {wrong}", flush=True)

    try:
        for command, place in places.items():
            if chosen.only and not any(fnmatch.fnmatch(command, pattern) for pattern in chosen.only):
                continue
            way = table.WAYS.get(command)
            if chosen.list:
                print(f"{place}: {command}\n    {way}")
            elif way is None:
                tell("it is not in scripts/documented/table.py", f"{place}: {command}")
            elif isinstance(way, table.Same):
                counts["in another test"] += 1
                tell(elsewhere(way), f"{place}: {command}")
            elif isinstance(way, table.Never):
                counts["not to be run"] += 1
            elif way.long and not (chosen.long or chosen.only):
                counts["left to --long"] += 1
            else:
                counts["run"] += 1
                begin = time.monotonic()
                wrong = run(box, command, way)
                tell(wrong, f"{place}: {command}")
                if not wrong:
                    print(f"ok {command} ({time.monotonic() - begin:.1f})", flush=True)
        if chosen.only or chosen.list:
            return 1 if failures else 0
        for command in table.WAYS.keys() - places.keys():
            tell("it stands in no document any more", f"scripts/documented/table.py: {command}")
        for (document, command), way in table.TEXT.items():
            with open(os.path.join(ROOT, document), encoding="utf-8") as file:
                there = f"`{command}`" in file.read()
            if not there:
                tell("it stands there no more", f"{document}: {command}")
            elif isinstance(way, table.Same):
                counts["in another test"] += 1
                tell(elsewhere(way), f"{document}: {command}")
            elif way.long and not chosen.long:
                counts["left to --long"] += 1
            else:
                counts["run"] += 1
                tell(run(box, command, way), f"{document}: {command}")
        looked_at = 0
        for block in blocks.blocks():
            if block.kind in snippets.LOOK:
                looked_at += 1
                try:
                    snippets.LOOK[block.kind](box, block)
                except (runs.Wrong, OSError, ValueError, RuntimeError, subprocess.SubprocessError) as wrong:
                    tell(str(wrong) or repr(wrong), f"{block.document}:{block.line}: {block.kind}")
        for wrong in named():
            failures.append(wrong)
            print(f"FAIL {wrong}")
    finally:
        box.close()
    print(f"commands: {', '.join(f'{count} {what}' for what, count in counts.items())}; {looked_at} other blocks; {len(failures)} failed")
    return 1 if failures or len(places) < 60 or looked_at < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
