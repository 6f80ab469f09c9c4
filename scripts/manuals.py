#!/usr/bin/env python3
"""The manual pages: they are well formed, name everything there is, and their example is a program.

    scripts/manuals.py

mandoc looks for mistakes in man/* and vmimap/vmimap.1 (and man, where it is there). c-client.conf(5) must have each key that
the library knows, c-client(3) each callback and each setting that UW c-client lacks, c-client-voicemail(7) each directive that
docs/voicemail.md has. The example of c-client(3) is compiled against include/, with all warnings as errors, as C and as C++.
"""

import glob
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORK = os.path.join(ROOT, "target", "manuals")
# What mandoc says of a machine on which the pages are not installed.
HARMLESS = re.compile(r"referenced manual not found|outdated mandoc\.db")


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def lint(page):
    """What is wrong with a page."""
    # clap writes vmimap.1, in man's own language, with long lines.
    level = "warning" if page.startswith("man/") else "error"
    said = subprocess.run(["mandoc", "-Tlint", "-W", level, page], cwd=ROOT, capture_output=True, text=True, check=False)
    found = [line for line in said.stdout.splitlines() if not HARMLESS.search(line)]
    try:
        environment = dict(os.environ, MANROFFSEQ="", LC_ALL="C.UTF-8", MANPAGER="cat")
        said = subprocess.run(["man", "--warnings", "-l", page], cwd=ROOT, capture_output=True, text=True, env=environment, check=False)
        found += [f"{page}: man: {line}" for line in said.stderr.splitlines()]
        if not said.stdout.strip():
            found.append(f"{page}: man shows nothing")
    except FileNotFoundError:
        pass
    return found


def words(page):
    """The text of a page."""
    shown = subprocess.run(["mandoc", "-Tmarkdown", page], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"[A-Za-z][\w.-]*", shown.replace("\\", "")))


def gaps():
    """What a page should name and does not."""
    keys = re.findall(r'^        "([a-z-]+)" => ', read("src/configuration/mod.rs"), flags=re.M)
    callbacks = re.findall(r"^    fn (mm_\w+)", read("src/abi/callbacks.rs"), flags=re.M)
    settings = re.findall(r'^        \w+ "(\w+)" (?:.*)Not in c-client";', read("src/abi/parameters/table.rs"), flags=re.M)
    directives = re.findall(r"^\| (`[^|]+`) \|", read("docs/voicemail.md").split("These are not of IMAP")[0], flags=re.M)
    directives = [name for row in directives for name in re.findall(r"`(\w+)`", row)]
    wanted = {"man/c-client.conf.5": (set(keys), 11), "man/c-client.3": ({*callbacks, *(f"SET_{name}" for name in settings)}, 20),
              "man/c-client-voicemail.7": (set(directives), 14)}
    for page, (names, least) in wanted.items():
        if len(names) < least:
            yield f"{page}: only {len(names)} names found to look for: this script no longer reads the sources"
        there = words(page)
        yield from (f"{page}: {name} is missing" for name in sorted(names) if name not in there)


def example():
    """The program of c-client(3)."""
    text = read("man/c-client.3").split(".Sh EXAMPLES", 1)[1].split(".Bd -literal\n", 1)[1].split("\n.Ed", 1)[0]
    return text.replace("\\e", "\\") + "\n"


def compile_example():
    """What compilers say of it."""
    os.makedirs(WORK, exist_ok=True)
    for name, command in (("c", ["gcc", "-std=c99"]), ("cc", ["g++", "-fno-operator-names", "-x", "c++"])):
        source = os.path.join(WORK, f"example.{name}")
        with open(source, "w", encoding="utf-8") as file:
            # A C++ program gives its callbacks C's linkage; mail.h declares them so.
            file.write(example())
        said = subprocess.run([*command, "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I", os.path.join(ROOT, "include"), source],
                              capture_output=True, text=True, check=False)
        if said.returncode:
            yield f"the example of c-client(3) does not compile ({command[0]}):\n{said.stderr}"


def main():
    os.chdir(ROOT)
    pages = sorted(glob.glob("man/*.[1-9]")) + ["vmimap/vmimap.1"]
    wrong = [line for page in pages for line in lint(page)]
    wrong += [*gaps(), *compile_example()]
    print("\n".join(wrong))
    print(f"manuals: {len(pages)} pages, {len(wrong)} mistakes")
    return 1 if wrong or len(pages) < 5 else 0


if __name__ == "__main__":
    sys.exit(main())
