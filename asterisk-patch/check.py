#!/usr/bin/env python3
"""What is said of the patches, proved; called by series.sh, which says what each word is for.

    check.py apply | warnings | compile       (compile: a few minutes)
"""

import collections
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(os.path.dirname(HERE), "target")
SOURCE = os.path.join(TARGET, "asterisk", "source")
FILES = ("apps/app_voicemail.c", "configs/samples/voicemail.conf.sample")
MODULE = FILES[0]
# Each way to build the module. UW's headers do not know what only this project's library has.
CONFIGURATIONS = {
    "FILE_STORAGE": ["-DFILE_STORAGE"],
    "ODBC_STORAGE": ["-DODBC_STORAGE"],
    "IMAP_STORAGE": ["-DIMAP_STORAGE", "-DUSE_SYSTEM_CCLIENT", "-I" + os.path.join(TARGET, "e2e-prefix", "include")],
    "IMAP_STORAGE with UW's headers": ["-DIMAP_STORAGE", "-DUSE_SYSTEM_CCLIENT", "-I" + os.path.join(TARGET, "uw", "include")],
}
# Asterisk's own, with those of its developers (--enable-dev-mode), but that warnings are only counted.
FLAGS = ("-std=gnu99 -fsyntax-only -pthread -O2 -Wall -Wstrict-prototypes -Wmissing-prototypes -Wmissing-declarations -Wunused "
         "-Wdeclaration-after-statement -Wtrampolines -Wundef -Wmissing-format-attribute -Wformat=2 -Wno-format-truncation").split()


class Wrong(SystemExit):
    """Something is not as it is said; the message tells what."""


def read(*path):
    """A file's octets."""
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def names():
    """The patches by number ("0001" -> name of the file), in their order."""
    return {name[:4]: name for name in sorted(os.listdir(HERE)) if re.match(r"\d{4}-.*\.patch$", name)}


def needs():
    """The table of README.md: number -> (patches without which it does not apply, those it needs for another reason)."""
    rows = {}
    for line in read(HERE, "README.md").decode().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and re.fullmatch(r"\d{4}", cells[0]):
            if len(cells) != 5:
                raise Wrong(f"README.md: {cells[0]} has {len(cells)} columns, not 5")
            rows[cells[0]] = tuple(re.findall(r"\d{4}", cell) for cell in cells[3:])
    return rows


def closure(number, rows, column):
    """All that a patch needs, what that needs, and so on, in their order, and the patch itself; column 0, or both for 1."""
    found, waiting = set(), [number]
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += [one for cell in rows[number][:column + 1] for one in cell]
    return tuple(sorted(found))


class Trees:
    """Asterisk's files with some of the patches, each made once from the one with a patch less."""

    def __init__(self):
        self.patches = names()
        self.known = {(): {file: read(SOURCE, file) for file in FILES}}

    def get(self, numbers, strict=False):
        """The files with these patches; None if one does not apply without fuzz, or with `strict` in another line than its own."""
        if (numbers, strict) in self.known:
            return self.known[numbers, strict]
        if not numbers:
            return self.known[()]
        before = self.get(numbers[:-1], strict)
        after = None if before is None else self._patch(before, numbers[-1], strict)
        self.known[numbers, strict] = after
        return after

    def _patch(self, before, number, strict):
        with tempfile.TemporaryDirectory() as tree:
            for file, text in before.items():
                os.makedirs(os.path.dirname(os.path.join(tree, file)), exist_ok=True)
                with open(os.path.join(tree, file), "wb") as out:
                    out.write(text)
            done = subprocess.run(["patch", "-p1", "--fuzz=0", "--no-backup-if-mismatch", "-i", os.path.join(HERE, self.patches[number])],
                                  cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            if done.returncode != 0 or strict and re.search("offset|fuzz", done.stdout):
                return None
            return {file: read(tree, file) for file in FILES}


def apply(trees, rows):
    """The series applies; each patch applies with what the table says that it needs, and with nothing less."""
    if list(rows) != list(trees.patches):
        raise Wrong(f"README.md's table does not list the patches: {sorted(set(rows) ^ set(trees.patches)) or 'in another order'}")
    order = tuple(trees.patches)
    for end in range(1, len(order) + 1):
        if trees.get(order[:end], strict=True) is None:
            raise Wrong(f"{trees.patches[order[end - 1]]} does not apply after those before it, or not in its own lines")
    for number, (text, other) in rows.items():
        if any(one >= number for one in text + other):
            raise Wrong(f"README.md: {number} cannot need a later one")
        if trees.get(closure(number, rows, 0)) is None:
            raise Wrong(f"{number} does not apply with what README.md says that it needs: {closure(number, rows, 0)[:-1] or 'nothing'}")
        if trees.get(closure(number, rows, 1)) is None:
            raise Wrong(f"{number} does not apply with all that README.md says that it needs: {closure(number, rows, 1)[:-1]}")
        for one in text:
            less = closure(number, {**rows, number: ([other for other in text if other != one], [])}, 0)
            if one not in less and trees.get(less) is not None:
                raise Wrong(f"README.md: {number} applies without {one} just as well")
    alone = [number for number, needed in rows.items() if not any(needed)]
    print(f"{len(order)} patches apply; {len(alone)} need no other: {' '.join(alone)}")


def complaints(text, flags):
    """What the compiler warns of in a version of the module, without the places: they shift."""
    # Beside the original, for it includes by relative names; the name is part of what the compiler says.
    with tempfile.TemporaryDirectory() as tree:
        with open(os.path.join(tree, "app_voicemail.c"), "wb") as out:
            out.write(text)
        done = subprocess.run(["gcc", *FLAGS, '-DAST_MODULE="app_voicemail"', "-DAST_MODULE_SELF_SYM=__internal_app_voicemail_self", *flags,
                               "-I" + os.path.join(SOURCE, "include"), "app_voicemail.c"],
                              cwd=tree, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return None, done.stderr
    return collections.Counter(re.sub(r"^\S+?:\d+:\d+: ", "", line) for line in done.stderr.splitlines() if "warning:" in line), done.stderr


def configurations():
    """Those whose headers this machine has, and a word on the others."""
    for name, flags in CONFIGURATIONS.items():
        includes = [flag[2:] for flag in flags if flag.startswith("-I")]
        if "ODBC_STORAGE" in name and not os.path.exists("/usr/include/sql.h") or includes and not os.path.isdir(includes[0]):
            print(f"{name}: not compiled, its headers are not here")
        else:
            yield name, flags


def compiles(trees, versions):
    """Each of these versions (what to call it -> numbers of patches) compiles with no warning that the original does not have."""
    for name, flags in configurations():
        original, said = complaints(trees.get(())[MODULE], flags)
        if original is None:
            raise Wrong(f"{name}: the original does not compile: {said[-600:]}")
        wrong = []
        for what, numbers in versions.items():
            found, said = complaints(trees.get(numbers)[MODULE], flags)
            if found is None:
                wrong.append(f"{name}: {what} does not compile: {[line for line in said.splitlines() if 'error' in line][:3]}")
            elif found - original:
                wrong.append(f"{name}: {what} brings warnings: {list(found - original)[:3]}")
        if wrong:
            raise Wrong("\n".join(wrong))
        print(f"{name}: {len(versions)} compiled, no new warning ({sum(original.values())} in the original)", flush=True)


def main():
    """The word on the command line."""
    trees, rows = Trees(), needs()
    if sys.argv[1:] == ["apply"]:
        apply(trees, rows)
    elif sys.argv[1:] == ["warnings"]:
        compiles(trees, {"the whole series": tuple(trees.patches)})
    elif sys.argv[1:] == ["compile"]:
        compiles(trees, {f"{number} with what it needs": closure(number, rows, 1) for number in rows})
    else:
        raise Wrong(__doc__)


if __name__ == "__main__":
    main()
