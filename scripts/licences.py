#!/usr/bin/env python3
"""The licences of everything that is linked into the library, and into vmimap.

    scripts/licences.py table               the table of docs/packaging.md
    scripts/licences.py check               exit status 1 when that table is stale, or a licence is not on the list, or a
                                            Cargo.lock holds what deny.toml bans, or a crate from elsewhere than crates.io
    scripts/licences.py copyright           debian/copyright, with the texts that the crates bring along
    scripts/licences.py notices             those texts alone
    scripts/licences.py expression [vmimap] the licence of the library as it is linked, or of the tool, for the field of a package
    scripts/licences.py bundled [vmimap]    crates in it, as Fedora names them: bundled(crate(NAME)) = VERSION

What is linked is asked of cargo: the crates that the library needs on Linux, without those that only build or test it.
"""

import json
import os
import re
import subprocess
import sys
import tomllib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(ROOT, "docs", "packaging.md")
BEGIN, END = "<!-- licences: scripts/licences.py -->", "<!-- end of licences -->"
TARGET = "x86_64-unknown-linux-gnu"
# A distributor may link any of these into a program under the GPL, version 2 (Asterisk, with its exception) or 3.
WELCOME = {"MIT", "Apache-2.0", "ISC", "BSD-3-Clause", "Zlib", "Unicode-3.0", "Unlicense", "0BSD"}
# When a crate leaves the choice, the first of these that it offers is taken.
CHOICE = ("MIT", "BSD-3-Clause", "ISC", "Apache-2.0", "Zlib", "Unicode-3.0")
CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index"
LOCKS = ("", "vmimap", "fuzz")
# How each text is known among the files of a crate.
PHRASE = {"MIT": "Permission is hereby granted, free of", "BSD-3-Clause": r"Redistribution\s+and\s+use\s+in\s+source",
          "ISC": "Permission to use, copy, modify", "Apache-2.0": "Apache License", "Zlib": "as-is", "Unicode-3.0": "UNICODE LICENSE"}


def linked(program="c-client", directory=ROOT, features=None):
    """Packages (cargo's descriptions) that end up in the library, or in a program, sorted by name; with the default features, or these."""
    chosen = [] if features is None else ["--no-default-features", "--features", ",".join(features)]
    said = subprocess.run(["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", TARGET, *chosen],
                          cwd=directory, capture_output=True, text=True, check=True).stdout
    world = json.loads(said)
    packages = {package["id"]: package for package in world["packages"]}
    nodes = {node["id"]: node for node in world["resolve"]["nodes"]}
    own = next(package["id"] for package in packages.values() if package["name"] == program and package["source"] is None)
    found, waiting = set(), [own]
    while waiting:
        for edge in nodes[waiting.pop()]["deps"]:
            normal = any(kind["kind"] is None for kind in edge["dep_kinds"])
            macro = any("proc-macro" in target["kind"] for target in packages[edge["pkg"]]["targets"])
            if normal and not macro and edge["pkg"] not in found:
                found.add(edge["pkg"])
                waiting.append(edge["pkg"])
    strangers = (packages[name] for name in found if packages[name]["source"])
    return sorted(strangers, key=lambda package: package["name"])


def linked_anywhere():
    """The same of the library and of vmimap together, each version once."""
    both = linked() + linked("vmimap", os.path.join(ROOT, "vmimap"))
    return [package for _, package in sorted({(package["name"], package["version"]): package for package in both}.items())]


def expression(package):
    """The licence as an SPDX expression."""
    return (package["license"] or "").replace("/", " OR ")


def taken(package):
    """The licences that are used of what the crate offers: one of each OR, all of each AND."""
    chosen = []
    for part in re.split(r"\s+AND\s+", expression(package).replace("(", "").replace(")", "")):
        offered = [re.sub(r" WITH .*", "", name.strip()) for name in re.split(r"\s+OR\s+", part)]
        best = next((name for name in CHOICE if name in offered), None)
        if best is None:
            raise SystemExit(f"licences: {package['name']} {package['version']} is under {expression(package) or 'nothing'}: decide")
        chosen.append(best)
    return chosen


def table():
    """Markdown."""
    lines = ["| crate | licence |", "|---|---|"]
    lines += [f"| {package['name']} | {expression(package)} |" for package in linked()]
    return "\n".join(lines)


def check():
    """Compare the page with what is linked, and what is locked with deny.toml."""
    check_supply()
    with open(PAGE, encoding="utf-8") as page:
        text = page.read()
    wanted = f"{BEGIN}\n\n{table()}\n\n{END}"
    for package in linked_anywhere():
        unknown = [name for name in taken(package) if name not in WELCOME]
        if unknown:
            raise SystemExit(f"licences: {package['name']}: {unknown}")
    if wanted in text:
        print(f"licences: {len(linked())} crates, as docs/packaging.md says")
        return
    if os.environ.get("UPDATE_DOCS"):
        start, end = text.index(BEGIN), text.index(END) + len(END)
        with open(PAGE, "w", encoding="utf-8") as page:
            page.write(text[:start] + wanted + text[end:])
        return
    raise SystemExit("licences: docs/packaging.md is stale; UPDATE_DOCS=1 scripts/licences.py check writes it anew")


def supply(locked, rules):
    """Sentences about the packages of a Cargo.lock that break the rules of deny.toml."""
    wrong, versions = [], {}
    banned = {entry if isinstance(entry, str) else entry.get("crate", entry.get("name")) for entry in rules["bans"]["deny"]}
    for package in locked:
        name = f"{package['name']} {package['version']}"
        versions.setdefault(package["name"], []).append(package["version"])
        # What lies in the same tree has no source.
        if package.get("source", CRATES_IO) != CRATES_IO:
            wrong.append(f"{name} comes from {package['source']}")
        if "source" in package and not package.get("checksum"):
            wrong.append(f"{name} has no checksum")
        if package["name"] in banned:
            wrong.append(f"{name} is banned")
    if rules["bans"].get("multiple-versions") == "deny":
        wrong += [f"{name} is there in versions {', '.join(found)}" for name, found in versions.items() if len(found) > 1]
    return wrong


def check_supply():
    """The rules of deny.toml that need no database, for each Cargo.lock."""
    with open(os.path.join(ROOT, "deny.toml"), "rb") as file:
        rules = tomllib.load(file)
    if (rules["sources"]["unknown-registry"], rules["sources"]["unknown-git"]) != ("deny", "deny"):
        raise SystemExit("licences: deny.toml takes crates from anywhere")
    strange = {**rules, "bans": {**rules["bans"], "multiple-versions": "deny"}}
    bad = [{"name": rules["bans"]["deny"][0]["crate"], "version": "1", "source": "git+https://example.org/x"}, {"name": "a", "version": "1"},
           {"name": "a", "version": "2"}]
    if len(supply(bad, strange)) != 4:
        raise SystemExit("licences: the check of Cargo.lock finds nothing")
    count = 0
    for directory in LOCKS:
        with open(os.path.join(ROOT, directory, "Cargo.lock"), "rb") as file:
            locked = tomllib.load(file)["package"]
        wrong = supply(locked, rules)
        if wrong:
            raise SystemExit(f"licences: {os.path.join(directory, 'Cargo.lock')}: {'; '.join(wrong)}")
        count += len(locked)
    print(f"licences: {count} packages in {len(LOCKS)} Cargo.lock, none banned by deny.toml, all from crates.io or this tree")


def licence_file(package, licence):
    """The text that a crate brings for a licence, or None."""
    directory = os.path.dirname(package["manifest_path"])
    names = sorted(name for name in os.listdir(directory) if re.match(r"(?i)(licen[sc]e|copying|unlicense)", name))
    for name in names:
        path = os.path.join(directory, name)
        if os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as text:
                said = text.read()
            if re.search(PHRASE[licence], said):
                return said
    return None


def holders(package):
    """Lines that say whose work it is."""
    found = []
    for licence in taken(package):
        text = licence_file(package, licence) or ""
        found += [" ".join(line.split()) for line in text.splitlines() if re.match(r"(?i)\s*(?:\* *)?copyright .*\d{4}", line)]
    found = [re.sub(r"(?i)^\W*copyright\s*(\(c\)|©)?\s*", "", line) for line in found]
    return list(dict.fromkeys(found)) or [", ".join(package["authors"]) or f"the {package['name']} developers"]


def paragraph(text):
    """A text as the continuation of a field of a Debian control file."""
    return "\n".join(f" {line.rstrip()}" if line.strip() else " ." for line in text.strip().splitlines())


def copyright_file():
    """debian/copyright in its machine-readable form (DEP 5)."""
    out = ["Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
           "Upstream-Name: c-client-rs", "",
           "Files: *", "Copyright: the c-client-rs developers", "License: Expat or Apache-2.0", "",
           "Files: asterisk-patch/*", "Copyright: the c-client-rs developers, and the Asterisk developers", "License: GPL-2", ""]
    texts = {}
    for package in linked_anywhere():
        names = []
        for licence in taken(package):
            text = licence_file(package, licence)
            if licence == "Apache-2.0":
                name = licence
            else:
                # MIT and BSD texts differ from crate to crate by their first lines; each keeps its own.
                name = f"{licence}-{package['name']}-{package['version']}"
                texts[name] = text or f"{package['name']} is under {licence}; it brings no text of it."
            names.append(name)
        directory = f"vendor/{package['name']}-{package['version']}"
        out += [f"Files: {directory}/*", "Copyright: " + "\n ".join(holders(package)), f"License: {' and '.join(names)}", ""]
    with open(os.path.join(ROOT, "LICENSE-MIT"), encoding="utf-8") as text:
        out += ["License: Expat", paragraph(text.read()), ""]
    out += ["License: Apache-2.0", " On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.", "",
            "License: GPL-2", " On Debian systems the text is in /usr/share/common-licenses/GPL-2.", ""]
    for name, text in sorted(texts.items()):
        out += [f"License: {name}", paragraph(text), ""]
    return "\n".join(out)


def notices():
    """Whose crates are linked, under what, and the texts."""
    out = []
    for package in linked_anywhere():
        texts = (licence_file(package, licence) or f"{', '.join(holders(package))}: {licence}" for licence in taken(package))
        out += [f"{'=' * 8} {package['name']} {package['version']}: {expression(package)}", "", *(text.strip() + "\n" for text in texts)]
    return "\n".join(out)


def of_package(words):
    """What is linked into the library, or into vmimap."""
    return linked("vmimap", os.path.join(ROOT, "vmimap")) if words == ["vmimap"] else linked()


def whole(packages):
    """One SPDX expression: ours, and each that a crate has, as Fedora wants them: no choice is made, nothing stands twice."""
    choices = {"(MIT OR Apache-2.0)"}
    for package in packages:
        for part in re.split(r"\s+AND\s+", expression(package)):
            names = re.split(r"\s+OR\s+", part.strip("()"))
            choices.add(names[0] if len(names) == 1 else "(MIT OR Apache-2.0)" if set(names) == {"MIT", "Apache-2.0"}
                        else f"({' OR '.join(names)})")
    return " AND ".join(sorted(choices))


def main():
    """Run what the command line asks for."""
    command, words = sys.argv[1:2], sys.argv[2:]
    wanted = {"table": lambda: print(table()), "check": check, "copyright": lambda: print(copyright_file()),
              "notices": lambda: print(notices()), "expression": lambda: print(whole(of_package(words))),
              "bundled": lambda: print("\n".join(f"bundled(crate({package['name']})) = {package['version']}"
                                                for package in of_package(words)))}
    if not command or command[0] not in wanted or words not in ([], ["vmimap"]):
        sys.exit(__doc__)
    wanted[command[0]]()


if __name__ == "__main__":
    main()
