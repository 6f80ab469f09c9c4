#!/usr/bin/env python3
"""The Debian packages in fresh trees of Debian: installed, upgraded to, gone back from, built against.

    packaging/trees.py [--only bookworm|trixie|sid] [--keep]

Needs the packages in target/deb (`make deb`) and root, for chroot. The trees are made by mmdebstrap from the mirror that
this machine's apt uses; the bare ones are kept in target/trees as tarballs.

    bookworm    Debian 12: PHP's imap extension, mailutil and mailsync with UW's library; then with ours in its place, by an
                upgrade; then with UW's again. What they say must be the same three times.
    trixie      Debian 13, which has no C client: the packages install from what it has, a program builds and runs with
                each way of linking, and a package that asks for libc-client2007t64 is content. PHP's imap extension, which
                Debian no longer has, is built from Debian 12's source against PHP 8.4 and says what it says there.
    sid         Debian's next release: the same with one program and PHP's extension.

vmimap is installed in each, says its version, and checks a voicemail.conf. Before all that the packages' own fields and the
symbols file are looked at.

Prints a line for each check, and ends with "N passed, N failed".
"""

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "testbed"), os.path.join(ROOT, "clients")]
import source  # noqa: E402  (found through the line above)
from dovecot import Dovecot  # noqa: E402

TREES = os.path.join(ROOT, "target", "trees")
PACKAGES = os.path.join(ROOT, "target", "deb")

PHP = r"""<?php
$box = getenv("BOX");
$mail = @imap_open($box, "u1", "secret") or die("open: " . imap_last_error() . "\n");
imap_append($mail, $box, "From: a@example.org\r\nTo: b@example.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
    . "Date: Mon, 2 Feb 2026 10:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n\r\nHello\r\n");
imap_ping($mail);
$count = imap_num_msg($mail);
$head = imap_headerinfo($mail, $count);
echo $count, " ", imap_utf8($head->subject), " ", $head->fromaddress, " ", $head->Unseen, "\n";
echo trim(imap_body($mail, $count)), " ", implode(",", imap_search($mail, 'SUBJECT "e"') ?: []), "\n";
imap_delete($mail, $count);
imap_expunge($mail);
echo imap_num_msg($mail), " ", imap_utf7_decode("Entw&APw-rfe") === false ? "bad" : "good", "\n";
imap_close($mail);
"""

PROGRAM = r"""#include <stdio.h>
#include <stdlib.h>
#include <c-client.h>
void mm_flags(MAILSTREAM *s, unsigned long n) {}
void mm_status(MAILSTREAM *s, char *m, MAILSTATUS *t) {}
void mm_searched(MAILSTREAM *s, unsigned long n) {}
void mm_exists(MAILSTREAM *s, unsigned long n) {}
void mm_expunged(MAILSTREAM *s, unsigned long n) {}
void mm_list(MAILSTREAM *s, int d, char *m, long a) {}
void mm_lsub(MAILSTREAM *s, int d, char *m, long a) {}
void mm_notify(MAILSTREAM *s, char *t, long e) {}
void mm_log(char *t, long e) { if (e == ERROR) fprintf(stderr, "%s\n", t); }
void mm_dlog(char *t) {}
void mm_login(NETMBX *m, char *user, char *password, long trial) { strcpy(user, "u1"); strcpy(password, "secret"); }
void mm_critical(MAILSTREAM *s) {}
void mm_nocritical(MAILSTREAM *s) {}
long mm_diskerror(MAILSTREAM *s, long e, long r) { return NIL; }
void mm_fatal(char *t) {}
int main(int argc, char **argv) {
    MAILSTREAM *stream;
#include "linkage.c"
    stream = mail_open(NIL, argv[1], NIL);
    if (!stream) return 1;
    printf("%lu messages\n", stream->nmsgs);
    mail_close(stream);
    return 0;
}
"""


class Tree:
    """One root directory."""

    def __init__(self, suite, mirror):
        self.suite = suite
        self.path = os.path.join(TREES, suite)
        bare = os.path.join(TREES, f"{suite}.tar")
        os.makedirs(TREES, exist_ok=True)
        if not os.path.exists(bare):
            self._say("making the bare tree")
            fresh = os.path.join(TREES, f"{suite}.fresh.tar")
            # A mirror that stands still has lists that are out of date, and this machine's apt is told so: the tree's is, too.
            told = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout
            options = ['Acquire::Retries "3";', *(line for line in told.splitlines() if line.startswith("Acquire::Check-"))]
            subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", "--format=tar",
                            *(f"--aptopt={option.rstrip(';')}" for option in options), suite, fresh, mirror], check=True, timeout=900)
            os.replace(fresh, bare)
        shutil.rmtree(self.path, ignore_errors=True)
        os.makedirs(self.path)
        subprocess.run(["tar", "-xf", bare, "-C", self.path], check=True)
        with open(os.path.join(self.path, "usr/sbin/policy-rc.d"), "w", encoding="ascii") as out:
            out.write("#!/bin/sh\nexit 101\n")
        os.chmod(os.path.join(self.path, "usr/sbin/policy-rc.d"), 0o755)
        for name in ("resolv.conf", "hosts"):
            if os.path.exists(f"/etc/{name}"):
                shutil.copy(f"/etc/{name}", os.path.join(self.path, "etc", name))
        # What this machine's apt is told of proxies holds in the tree.
        for name in glob.glob("/etc/apt/apt.conf.d/*"):
            with open(name, encoding="utf-8", errors="replace") as text:
                if re.search(r"(?i)proxy", text.read()):
                    shutil.copy(name, os.path.join(self.path, "etc/apt/apt.conf.d"))
        self.apt("update")

    def _say(self, text):
        print(f"[{self.suite}] {text}", file=sys.stderr, flush=True)

    def run(self, command, **environment):
        """Run a shell command in the tree; returns (exit status, what it said)."""
        done = subprocess.run(["chroot", self.path, "/bin/sh", "-c", command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=600, check=False,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
                                   "DEBIAN_FRONTEND": "noninteractive", **environment})
        return done.returncode, done.stdout

    def apt(self, words):
        """apt-get; raises when it fails."""
        self._say(f"apt-get {words}")
        status, said = self.run(f"apt-get -q -y --no-install-recommends {words}")
        if status != 0:
            raise RuntimeError(f"apt-get {words}: {said[-1500:]}")

    def write(self, name, text):
        """Write a file of the tree."""
        with open(os.path.join(self.path, name), "w", encoding="utf-8") as out:
            out.write(text)

    def add(self, *patterns):
        """Copy packages from target/deb; returns their names in the tree."""
        names = []
        for pattern in patterns:
            found, = [name for name in glob.glob(os.path.join(PACKAGES, pattern)) if "dbgsym" not in name]
            shutil.copy(found, os.path.join(self.path, "root"))
            names.append(f"/root/{os.path.basename(found)}")
        return " ".join(names)


class Report:
    """Counts checks."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, truth, why=""):
        """One check."""
        if truth:
            self.passed += 1
            print(f"ok {name}", flush=True)
        else:
            self.failed += 1
            print(f"FAIL {name}: {' '.join(str(why).split())[:1500]}", flush=True)


def fields(report):
    """What the packages say of themselves: no OpenSSL and no PAM, Kerberos if wanted, UW's newer name, the symbols."""
    def names(field):
        return {re.split(r"[ (:]", part.strip())[0] for part in re.split(r"[,|]", field) if part.strip()}

    allowed = {"libc-client2007e": {"libc6", "libgcc-s1"}, "vmimap": {"libc6", "libgcc-s1"},
               "libc-client2007e-dev": {"libc-client2007e", "libc6-dev"}}
    said = {}
    for package, welcome in allowed.items():
        found, = glob.glob(os.path.join(PACKAGES, f"{package}_*.deb"))
        for field in ("Depends", "Suggests", "Provides", "Recommends"):
            said[package, field] = subprocess.run(["dpkg-deb", "-f", found, field], capture_output=True, text=True, check=True).stdout.strip()
        depends = said[package, "Depends"]
        report.check(f"fields: {package} depends on nothing but {' and '.join(sorted(welcome))}",
                     "libc6" in " ".join(names(depends)) and names(depends) <= welcome, depends)
    library, = glob.glob(os.path.join(PACKAGES, "libc-client2007e_*.deb"))
    report.check("fields: Kerberos is suggested, no more", names(said["libc-client2007e", "Suggests"]) == {"libgssapi-krb5-2"}
                 and names(said["libc-client2007e", "Recommends"]) == {"ca-certificates"}, said)
    report.check("fields: it provides libc-client2007t64 in its own version",
                 re.fullmatch(r"libc-client2007t64 \(= 8:2007g~rs\S+\)", said["libc-client2007e", "Provides"]), said)
    control = subprocess.run(["dpkg-deb", "--ctrl-tarfile", library], capture_output=True, check=True).stdout
    symbols = subprocess.run(["tar", "-xO", "./symbols"], input=control, capture_output=True, check=False).stdout.decode()
    told = re.findall(r"(?m)^ (\S+)@Base 8:2007f~dfsg$", symbols)
    with open(os.path.join(ROOT, "src", "abi", "symbols.tsv"), encoding="utf-8") as table:
        rows = [line.rstrip("\n").split("\t") for line in table if not line.startswith("#")]
    wanted = {row[0] for row in rows if row[4] != "host"}
    report.check("fields: the symbols file names every function, at UW's version",
                 symbols.startswith("libc-client.so.2007e libc-client2007e") and len(told) > 300 and set(told) == wanted,
                 f"{len(told)} of {len(wanted)}; {sorted(wanted ^ set(told))[:5]}")


def mirror():
    """The Debian mirror of this machine's apt."""
    said = subprocess.run(["apt-get", "indextargets", "--format", "$(LABEL)|$(REPO_URI)", "Created-By: Packages"],
                          capture_output=True, text=True, check=True).stdout
    found = [line.split("|")[1] for line in said.splitlines() if line.startswith("Debian|")]
    if not found:
        raise SystemExit("trees: this machine's apt settings name no Debian mirror")
    return sorted(set(found))[0]


def tool(report, tree, server):
    """vmimap from its package: its version, its manual page, a check of a box that is well and of one that is not."""
    tree.apt(f"install {tree.add('vmimap_*.deb')}")
    tree.write("root/voicemail.conf", f"[general]\nformat=wav\nimapserver=127.0.0.1\nimapport={server.ports['imap']}\nimapflags=notls\n"
               "[default]\n100 => 1,One,,,imapuser=u1|imappassword=secret\n200 => 1,Two,,,imapuser=u1|imappassword=wrong\n")
    _, version = tree.run("vmimap --version")
    report.check(f"{tree.suite}: vmimap's version", re.fullmatch(r"vmimap \d+\.\d+\.\d+\s*", version), version)
    status, said = tree.run("vmimap check --mailbox 100 /root/voicemail.conf")
    report.check(f"{tree.suite}: vmimap check finds a box well", status == 0 and "100@default" in said, f"{status} {said}")
    status, said = tree.run("vmimap check --mailbox 200 /root/voicemail.conf")
    report.check(f"{tree.suite}: vmimap check finds a wrong password", status == 1 and "voicemail.conf:8" in said and "wrong" not in said.split("Cure")[0].replace("is wrong", ""), f"{status} {said}")
    _, page = tree.run("dpkg -L vmimap")
    report.check(f"{tree.suite}: vmimap's manual page", "/usr/share/man/man1/vmimap.1.gz" in page, page)


# All that PHP's imap extension, written for PHP 8.2, must have changed to compile with 8.4: a function has lost an argument.
PHP_CHANGES = "sed -i '/php_pcre_match_impl(/{n;s/0, Z_L(0), Z_L(0)/Z_L(0), Z_L(0)/}' php_imap.c"


def php_from_source(report, tree, box):
    """PHP's own imap extension, from Debian 12's source, built in the tree with its own configure against our package."""
    _, policy = tree.run("apt-cache policy php-imap php8.4-imap php8.3-imap php-pecl-imap")
    report.check(f"{tree.suite}: Debian packages no imap extension of PHP", not re.search(r"Candidate: \d", policy), policy)
    tree.apt("install php-cli php-dev make gcc libssl-dev pkgconf")
    work = os.path.join(tree.path, "root", "imap")
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(source.imap_source("bookworm"), work)
    tree.write("root/talk.php", PHP)
    status, said = tree.run(f"cd /root/imap && phpize && {PHP_CHANGES} && ./configure --with-imap --with-imap-ssl "
                           "--with-libdir=lib/$(gcc -print-multiarch) && make")
    report.check(f"{tree.suite}: PHP's extension builds with --with-imap", status == 0, said[-1500:])
    _, said = tree.run("ldd /root/imap/modules/imap.so")
    report.check(f"{tree.suite}: it is linked to our library", "libc-client.so.2007e => /" in said, said)
    status, said = tree.run("php -d extension=/root/imap/modules/imap.so /root/talk.php 2>&1", BOX=box)
    report.check(f"{tree.suite}: PHP says what it says on Debian 12", status == 0 and said.split() == SAID.split(), f"{status} {said} -- there: {SAID}")


# What the script says on Debian 12 with UW's library, spaces apart (PHP wants letters and marks apart); bookworm holds that
# against it.
SAID = "1 Gru\u0308\u00dfe a@example.org  \nHello 1\n0 good\n"


def bookworm(report, server):
    """Debian 12: there, and back again."""
    tree = Tree("bookworm", mirror())
    tree.apt("install php8.2-cli php8.2-imap uw-mailutils mailsync")
    tree.write("root/talk.php", PHP)
    box = f"{{127.0.0.1:{server.ports['imap']}/imap/notls}}INBOX"
    tree.write("root/.mailsync", f"store here {{ server {{127.0.0.1:{server.ports['imap']}/imap/notls/user=u1}} ref {{127.0.0.1:{server.ports['imap']}/imap/notls/user=u1}} pat INBOX passwd secret }}\n")

    def library():
        _, said = tree.run("dpkg -S $(readlink -f $(ldd /usr/bin/mailsync | sed -n 's/.*=> \\(.*libc-client[^ ]*\\).*/\\1/p')) 2>&1; dpkg-query -W -f '${Version}' libc-client2007e")
        return said

    def talk():
        said = []
        for command in ("php /root/talk.php", f"echo secret | mailutil check '{box[:-6]}/user=u1}}INBOX' 2>&1", "mailsync here 2>&1", "mailutil -h 2>&1 | head -1"):
            status, text = tree.run(command, BOX=box)
            said.append(f"$ {command.split()[0]} -> {status}\n{text}")
        return re.sub(r"\d\d:\d\d:\d\d|\[\d+\]", "", "".join(said))

    first_library, first = library(), talk()
    report.check("bookworm: PHP says with UW's library what is expected of it elsewhere", first.split("$")[1].split() == f"php -> 0 {SAID}".split(), first)
    report.check("bookworm: with UW's library", "2007f~dfsg" in first_library and "Hello 1" in first, f"{first_library} {first}")
    packages = tree.add("libc-client2007e_*.deb", "libc-client2007e-dev_*.deb")
    tree.apt(f"install {packages.split()[0]}")
    _, state = tree.run("dpkg-query -W -f '${Package} ${db:Status-Abbrev}\\n' php8.2-imap uw-mailutils mailsync mlock")
    report.check("bookworm: the upgrade removes nothing", state.count(" ii") == 4, state)
    second_library, second = library(), talk()
    report.check("bookworm: ours is loaded after the upgrade", "2007g~rs" in second_library and "libc-client2007e" in second_library, second_library)
    report.check("bookworm: PHP, mailutil and mailsync say the same with ours", second == first, f"{second} -- with UW's: {first}")
    tool(report, tree, server)
    version = re.search(r"\d:2007f\S*", first_library)[0]
    tree.apt(f"install --allow-downgrades libc-client2007e={version}")
    third_library, third = library(), talk()
    report.check("bookworm: UW's is back", third_library == first_library and third == first, f"{third_library} {third}")
    return tree


def trixie(report, server):
    """Debian 13: where no C client is."""
    tree = Tree("trixie", mirror())
    _, policy = tree.run("apt-cache policy libc-client2007e libc-client2007t64 libc-client-dev")
    report.check("trixie: Debian has no C client", "Candidate: 2007" not in policy and "dfsg" not in policy, policy)
    packages = tree.add("libc-client2007e_*.deb", "libc-client2007e-dev_*.deb")
    tree.apt(f"install {packages} gcc g++ pkgconf cmake make")
    tree.write("root/talk.c", PROGRAM)
    tree.write("root/CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(talk C)\nfind_package(PkgConfig REQUIRED)\n"
               "pkg_check_modules(CCLIENT REQUIRED IMPORTED_TARGET c-client)\nadd_executable(talk-cmake talk.c)\n"
               "target_include_directories(talk-cmake PRIVATE ${CCLIENT_INCLUDE_DIRS}/c-client)\n"
               "target_link_libraries(talk-cmake PkgConfig::CCLIENT)\n")
    box = f"{{127.0.0.1:{server.ports['imap']}/imap/notls}}INBOX"
    ways = {
        "pkg-config": "gcc -o talk-pc talk.c -I/usr/include/c-client $(pkg-config --cflags --libs c-client) && ./talk-pc",
        "the headers as imap/": "gcc -o talk-imap talk.c -I/usr/include/imap -lc-client && ./talk-imap",
        "C++": "g++ -x c++ -fno-operator-names -fpermissive -w -o talk-cc talk.c -I/usr/include/c-client -lc-client && ./talk-cc",
        "the static library": "gcc -o talk-static talk.c -I/usr/include/c-client -Wl,-Bstatic -lc-client -Wl,-Bdynamic $(pkg-config --static --libs c-client | sed 's/-lc-client//') && ldd talk-static | grep -c libc-client; ./talk-static",
        "CMake": "cmake -S . -B cmake-build >cmake.log 2>&1 && make -C cmake-build >>cmake.log 2>&1 || tail -20 cmake.log; cmake-build/talk-cmake",
    }
    for name, command in ways.items():
        status, said = tree.run(f"cd /root && {command} '{box}'")
        report.check(f"trixie: a program built with {name}", status == 0 and said.strip().splitlines()[-1:] == ["0 messages"], f"{status} {said}")
    tool(report, tree, server)
    php_from_source(report, tree, box)
    tree.write("root/control", "Package: asks-for-it\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\n"
               "Depends: libc-client2007t64 (>= 8:2007f~dfsg)\nDescription: wants the C client under its newer name\n")
    tree.run("cd /root && mkdir -p asks/DEBIAN && cp control asks/DEBIAN/ && dpkg-deb --build asks asks.deb")
    status, said = tree.run("apt-get -q -y install /root/asks.deb && dpkg-query -W -f '${db:Status-Abbrev}' asks-for-it")
    report.check("trixie: a package that asks for libc-client2007t64", status == 0 and said.strip().endswith("ii"), said)
    status, said = tree.run("apt-get -q -y remove --autoremove libc-client2007e && ls /usr/lib/*/libc-client* 2>&1")
    report.check("trixie: it goes without a trace", "No such file" in said, said)
    return tree


def sid(report, server):
    """Debian's next release."""
    tree = Tree("sid", mirror())
    tree.apt(f"install {tree.add('libc-client2007e_*.deb', 'libc-client2007e-dev_*.deb')} gcc pkgconf")
    tree.write("root/talk.c", PROGRAM)
    box = f"{{127.0.0.1:{server.ports['imap']}/imap/notls}}INBOX"
    status, said = tree.run(f"cd /root && gcc -o talk talk.c -I/usr/include/c-client $(pkg-config --cflags --libs c-client) && ./talk '{box}'")
    report.check("sid: a program", status == 0 and said.strip().splitlines()[-1:] == ["0 messages"], f"{status} {said}")
    tool(report, tree, server)
    php_from_source(report, tree, box)
    return tree


def main():
    """Run what the command line asks for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", choices=("bookworm", "trixie", "sid"))
    options.add_argument("--keep", action="store_true", help="leave the trees")
    chosen = options.parse_args()
    if os.geteuid() != 0:
        sys.exit("trees: chroot needs root; run it with sudo")
    report = Report()
    fields(report)
    for make in (bookworm, trixie, sid):
        if chosen.only not in (None, make.__name__):
            continue
        with Dovecot(os.path.join(ROOT, "target", "trees", f"dovecot-{make.__name__}"), users={"u1": "secret"}) as server:
            try:
                tree = make(report, server)
            except (RuntimeError, ValueError, OSError, subprocess.SubprocessError) as error:
                report.check(make.__name__, False, error)
                continue
        if not chosen.keep:
            shutil.rmtree(tree.path)
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
