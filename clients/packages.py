"""Debian packages, unpacked below target/ and never installed: programs as Debian built them, old and new.

    unpack("php8.2-imap")            from the release that this machine runs; the directory it was unpacked into
    Release(directory, "bullseye")   another release, by an apt directory of our own from the same mirror
"""

import os
import re
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(ROOT, "target", "clients")
APT = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", "-o", "APT::Sandbox::User=root"]
APT_SECONDS = 300


class NotThere(Exception):
    """The mirror does not have what was asked for, with apt's own words."""


def _run(command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=APT_SECONDS, check=False, **more)


def as_root():
    """What a command must begin with to run as root."""
    return [] if os.geteuid() == 0 else ["sudo"]


def install(group):
    """Install a group of scripts/install-deps.sh."""
    subprocess.run([os.path.join(ROOT, "scripts", "install-deps.sh"), group], stdout=subprocess.DEVNULL, check=True, timeout=900)


def unpack(*names):
    """Download and unpack packages of this machine's release, once each; returns the tree they share."""
    tree = os.path.join(OUT, "packages")
    for name in names:
        done = os.path.join(tree, f".{name}")
        if os.path.exists(done):
            continue
        debs = os.path.join(OUT, "debs", name)
        shutil.rmtree(debs, ignore_errors=True)
        os.makedirs(debs)
        os.makedirs(tree, exist_ok=True)
        got = _run([*APT, "download", name], cwd=debs)
        if got.returncode:
            # A fresh machine has no lists yet, an old one outdated lists.
            _run([*as_root(), *APT, "update"])
            got = _run([*APT, "download", name], cwd=debs)
        if got.returncode:
            raise NotThere(got.stderr.strip())
        _unpack_all(debs, tree)
        open(done, "w", encoding="ascii").close()
    return tree


def _unpack_all(debs, tree):
    for deb in sorted(os.listdir(debs)):
        if deb.endswith(".deb"):
            subprocess.run(["dpkg", "-x", os.path.join(debs, deb), tree], check=True, timeout=APT_SECONDS)


def mirror():
    """The Debian mirror that this machine's apt uses."""
    for attempt in range(2):
        if attempt:
            # A fresh machine has never run apt-get update; the lists then name no mirror yet.
            _run([*as_root(), *APT, "update"])
        targets = _run(["apt-get", "indextargets", "--format", "$(LABEL)|$(REPO_URI)", "Created-By: Packages"]).stdout
        found = sorted(line.partition("|")[2] for line in targets.splitlines() if line.startswith("Debian|"))
        if found:
            return found[0]
    raise NotThere("this machine's apt settings name no Debian mirror")


class Release:
    """Another Debian release, or this one's sources: an apt directory of our own, the machine's settings untouched.

    The machine's own Acquire settings (a proxy, say) and keys stay in force; only lists, cache and state are ours.
    """

    def __init__(self, name, source=False):
        self.place = os.path.join(OUT, "apt", name + ("-source" if source else ""))
        for sub in ("lists/partial", "cache/archives/partial", "parts"):
            os.makedirs(os.path.join(self.place, sub), exist_ok=True)
        keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
        signed = f"[signed-by={keyring}] " if os.path.exists(keyring) else ""
        with open(os.path.join(self.place, "sources.list"), "w", encoding="ascii") as out:
            out.write(f"{'deb-src' if source else 'deb'} {signed}{mirror()} {name} main\n")
        open(os.path.join(self.place, "status"), "w", encoding="ascii").close()
        here = self.place
        self.options = ["-o", f"Dir::Etc::SourceList={here}/sources.list", "-o", f"Dir::Etc::SourceParts={here}/parts",
                        "-o", f"Dir::State={here}", "-o", f"Dir::State::Lists={here}/lists",
                        "-o", f"Dir::State::status={here}/status", "-o", f"Dir::Cache={here}/cache"]
        got = _run([*APT, *self.options, "update"])
        if got.returncode or re.search(r"^(E|Err):", got.stdout + got.stderr, re.M):
            raise NotThere((got.stdout + got.stderr).strip())

    def download(self, names, into):
        """Download packages, with all that they depend on (recommendations left out)."""
        got = _run([*APT, *self.options, "-o", f"Dir::Cache::Archives={into}", "--no-install-recommends",
                    "--download-only", "-y", "install", *names])
        if got.returncode:
            raise NotThere(got.stderr.strip())

    def unpack(self, names, tree):
        """Download packages with their dependencies and unpack them as a tree of their own."""
        debs = tree + "-debs"
        os.makedirs(os.path.join(debs, "partial"), exist_ok=True)
        self.download(names, debs)
        os.makedirs(tree, exist_ok=True)
        _unpack_all(debs, tree)

    def source_archive(self, name, into):
        """Download a source package into the directory `into`; the path of its upstream archive."""
        got = _run([*APT, *self.options, "source", "--download-only", name], cwd=into)
        if got.returncode:
            raise NotThere(got.stderr.strip())
        archive, = (entry for entry in os.listdir(into) if re.search(r"\.orig\.tar\.\w+$", entry))
        return os.path.join(into, archive)
