#!/usr/bin/env python3
"""What packagers of other distributions take: written for the tarball of `make dist`, and tried.

    packaging/recipes.py write                      target/recipes/{fedora,alpine,openwrt,freebsd}, with the tarball's sums
    packaging/recipes.py test [NAME...] [--quick]   and each of them run as far as Debian can: --quick leaves out the unit tests
                                                    that Alpine's check() runs

Fedora's spec is built by Debian's rpmbuild; the others by stand-ins for their systems' tools (packaging/standins), Alpine's and
OpenWrt's for musl. Cargo has an empty home and, where this is allowed, no network. What came of it is looked at, and a program
is built against each and opens a mailbox with it. Ends with "N passed, N failed".
"""

import argparse
import glob
import hashlib
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "packaging"), os.path.join(ROOT, "testbed"), os.path.join(ROOT, "scripts")]
import licences  # noqa: E402  (found through the line above)
from dovecot import Dovecot  # noqa: E402
from small import exports  # noqa: E402
from trees import PROGRAM, Report  # noqa: E402

OUT = os.path.join(ROOT, "target", "recipes")
STANDINS = os.path.join(ROOT, "packaging", "standins")
NAMES = ("fedora", "alpine", "openwrt", "freebsd")
MUSL = "x86_64-unknown-linux-musl"
# What the library of another C library than musl may need; libgcc_s is what unwinds.
GLIBC_NEEDS = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2"}
# Stripped, with the standard library as it comes; docs/packaging.md.
SMALL_LIMIT = 2_700_000


class World:
    """The tarball, the server, and how commands are run."""

    def __init__(self, report, quick):
        self.report, self.quick = report, quick
        self.tarball = write()
        self.version = re.search(r"-([0-9.]+)\.tar", self.tarball)[1]
        # A home without crates: what is not in the tarball is not found. No network, either, where that can be had.
        self.home = os.path.join(OUT, "cargo-home")
        shutil.rmtree(self.home, ignore_errors=True)
        os.makedirs(self.home)
        alone = subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode == 0
        self.prefix = ["unshare", "-n"] if alone else []
        report.check("the builds have no network" if alone else "the builds have a network, but no crates", True)
        self.server = None

    def build(self, name, *command, where=ROOT, **environment):
        """Run a build; whether it ended well. Its words are in target/recipes/NAME.log."""
        log = os.path.join(OUT, f"{name}.log")
        clean = {key: value for key, value in os.environ.items()
                 if key not in ("CARGO_TARGET_DIR", "RUSTFLAGS", "MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
        rustup = os.environ.get("RUSTUP_HOME", os.path.expanduser("~/.rustup"))
        with open(log, "w", encoding="utf-8") as out:
            done = subprocess.run([*self.prefix, *command], cwd=where, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                  timeout=3600, check=False, env={**clean, "CARGO_HOME": self.home, "RUSTUP_HOME": rustup, **environment})
        with open(log, encoding="utf-8", errors="replace") as said:
            self.report.check(f"{name}: it builds", done.returncode == 0, said.read()[-1400:])
        return done.returncode == 0

    def kept(self, name):
        """Where a build keeps what it has compiled, so that the next run has less to do."""
        path = os.path.join(OUT, "kept", name)
        os.makedirs(path, exist_ok=True)
        return path

    def look(self, name, lib, dev, musl=False, libdir="usr/lib", pkgconfig=None, prefix="/usr"):
        """The library and what is there to build against it, below two roots."""
        check, file = self.report.check, f"{lib}/{libdir}/libc-client.so.2007e"
        said = run("readelf", "-dW", file)
        needs = set(re.findall(r"\(NEEDED\).*\[(.*)\]", said))
        check(f"{name}: SONAME", "Library soname: [libc-client.so.2007e]" in said, said)
        check(f"{name}: it needs the C library, and nothing of OpenSSL or PAM", needs <= ({"libc.so"} if musl else GLIBC_NEEDS), needs)
        found = {line.split()[2] for line in run("nm", "-D", "--defined-only", file).splitlines()}
        check(f"{name}: exports", found == exports(), found ^ exports())
        check(f"{name}: it is stripped", ".debug_info" not in run("readelf", "-SW", file) and ".symtab" not in run("readelf", "-SW", file))
        # A program, by pkg-config, from headers and library of the package.
        both = os.path.join(OUT, "both", name)
        shutil.rmtree(both, ignore_errors=True)
        for root in (dev, lib):
            run("cp", "-a", f"{root}/.", both) if os.path.exists(both) else shutil.copytree(root, both, symlinks=True)
        flags = run("pkg-config", "--cflags", "--libs", "c-client", PKG_CONFIG_LIBDIR=f"{both}{pkgconfig or f'/{libdir}/pkgconfig'}",
                    PKG_CONFIG_SYSROOT_DIR=both, PKG_CONFIG_ALLOW_SYSTEM_CFLAGS="1", PKG_CONFIG_ALLOW_SYSTEM_LIBS="1").split()
        check(f"{name}: pkg-config", f"-I{both}{prefix}/include" in flags and "-lc-client" in flags, flags)
        source, program = os.path.join(OUT, "talk.c"), os.path.join(both, "talk")
        with open(source, "w", encoding="ascii") as out:
            out.write(PROGRAM.replace("<c-client.h>", "<c-client/c-client.h>").replace('"linkage.c"', "<c-client/linkage.c>"))
        said = run("musl-gcc" if musl else "gcc", "-w", "-o", program, source, *flags, code=True)
        check(f"{name}: a program builds", said[0] == 0, said[1])
        if said[0]:
            return
        said = run(program, f"{{localhost:{self.dovecot().ports['imaps']}/imap/ssl}}INBOX", code=True, LD_LIBRARY_PATH=f"{both}/{libdir}",
                   SSL_CERT_FILE=self.dovecot().ca)
        check(f"{name}: the program opens a mailbox", said[1].strip().endswith("0 messages"), said)
        said = run(program, f"{{localhost:{self.dovecot().ports['imaps']}/imap/ssl}}INBOX", code=True, LD_LIBRARY_PATH=f"{both}/{libdir}",
                   SSL_CERT_FILE="/dev/null")
        check(f"{name}: not that of a server that nobody trusts", said[0] == 1 and "Certificate failure" in said[1], said)

    def dovecot(self):
        """A server, once it is wanted."""
        if not self.server:
            self.server = Dovecot(os.path.join(OUT, "dovecot"), users={"u1": "secret"}).start()
        return self.server


def run(*command, code=False, where=ROOT, **environment):
    """What a command said, with its exit status if code is wanted."""
    done = subprocess.run(command, cwd=where, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", timeout=600, check=False, env={**os.environ, **environment})
    return (done.returncode, done.stdout) if code else done.stdout


def write():
    """The recipes, for a tarball of what is committed; its path."""
    os.makedirs(OUT, exist_ok=True)
    tarball = os.path.join(ROOT, run("scripts/dist.sh", "target/recipes/dist").strip().splitlines()[-1])
    with open(tarball, "rb") as file:
        octets = file.read()
    bundled = {words: "\n".join(f"Provides:       {line}" for line in run("scripts/licences.py", "bundled", *words).splitlines())
               for words in ((), ("vmimap",))}
    sums = {"#@BUNDLED@": bundled[()], "#@BUNDLED-VMIMAP@": bundled[("vmimap",)], "@SHA256@": hashlib.sha256(octets).hexdigest(), "@SHA512@": hashlib.sha512(octets).hexdigest()}
    for name in NAMES:
        shutil.rmtree(os.path.join(OUT, name), ignore_errors=True)
        shutil.copytree(os.path.join(ROOT, "packaging", name), os.path.join(OUT, name))
        for path in glob.glob(os.path.join(OUT, name, "*")):
            with open(path, encoding="utf-8") as file:
                text = file.read()
            for mark, value in sums.items():
                text = text.replace(mark, value)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
    with open(os.path.join(OUT, "freebsd", "distinfo"), "w", encoding="ascii") as file:
        base = os.path.basename(tarball)
        file.write(f"TIMESTAMP = {int(os.path.getmtime(tarball))}\nSHA256 ({base}) = {sums['@SHA256@']}\nSIZE ({base}) = {len(octets)}\n")
    return tarball


def files(root):
    """Names of what is not a directory, below a root."""
    return {os.path.relpath(os.path.join(place, name), root) for place, _, names in os.walk(root) for name in names}


def stated(world, name, text):
    """Version and licence, as the project has them."""
    world.report.check(f"{name}: the version is Cargo.toml's", world.version in text, text)
    wanted = licences.whole(licences.linked())
    world.report.check(f"{name}: the licence is that of what is linked", wanted in text, wanted)


def tool(world):
    """The licence of vmimap's package is the same text: one field would do for both."""
    own = licences.whole(licences.linked("vmimap", os.path.join(ROOT, "vmimap")))
    world.report.check("vmimap's licences are the library's", own == licences.whole(licences.linked()), own)


def fedora(world):
    """The spec, by rpmbuild."""
    check, top = world.report.check, os.path.join(OUT, "rpmbuild")
    with open(os.path.join(OUT, "fedora", "c-client-rs.spec"), encoding="utf-8") as file:
        stated(world, "fedora", file.read())
    tool(world)
    shutil.rmtree(top, ignore_errors=True)
    os.makedirs(os.path.join(top, "SOURCES"))
    shutil.copy(world.tarball, os.path.join(top, "SOURCES"))
    # Rust may come from rustup; Debian's rpm knows no packages of Debian's.
    if not world.build("fedora", "rpmbuild", "-bb", "--nodeps", "--without", "check", "--define", f"_topdir {top}", "--define", "debug_package %{nil}",
                       "--define", "_libdir /usr/lib64", "--define", "__isa_bits 64", os.path.join(OUT, "fedora", "c-client-rs.spec")):
        return
    found = {re.match(rf"(.*)-{world.version}-", os.path.basename(path))[1]: path for path in glob.glob(f"{top}/RPMS/*/*.rpm")}
    check("fedora: four packages", set(found) == {"c-client-rs", "c-client-rs-devel", "c-client-rs-static", "vmimap"}, found)
    roots, lists = {}, {}
    for name, path in found.items():
        roots[name] = os.path.join(top, "roots", name)
        os.makedirs(roots[name])
        run("sh", "-c", f"rpm2archive -n - <'{path}' | tar -x -C '{roots[name]}'")
        lists[name] = run("rpm", "-qpl", path).split("\n")
    lib, devel, static, vmimap = (lists[name] for name in ("c-client-rs", "c-client-rs-devel", "c-client-rs-static", "vmimap"))
    check("fedora: files of the library", {"/usr/lib64/libc-client.so.2007e", "/usr/lib64/libc-client.so.2007e.0",
                                           "/usr/lib64/libc-client.so.2007"} <= set(lib)
          and any(re.fullmatch(r"/usr/share/licenses/c-client-rs[^/]*/NOTICES", name) for name in lib)
          and not any(re.search(r"\.(h|a|pc)$|/libc-client\.so$|bin/", name) for name in lib), lib)
    check("fedora: files for development", {"/usr/include/c-client/mail.h", "/usr/lib64/libc-client.so", "/usr/lib64/pkgconfig/c-client.pc",
                                            "/usr/include/imap"} <= set(devel) and not any(name.endswith(".a") for name in devel), devel)
    check("fedora: the static library is apart", {"/usr/lib64/c-client.a", "/usr/lib64/libc-client.a"} <= set(static), static)
    check("fedora: files of the tool", {"/usr/bin/vmimap"} <= set(vmimap) and any("vmimap.1" in name for name in vmimap), vmimap)
    provides, requires = (set(run("rpm", "-qp", f"--{what}", found["c-client-rs"]).split("\n")) for what in ("provides", "requires"))
    check("fedora: the SONAME is provided, and Fedora's of UW's", {"libc-client.so.2007e()(64bit)", "libc-client.so.2007()(64bit)",
                                                                  "libc-client = 2007g"} <= provides, provides)
    crates = {f"bundled(crate({package['name']})) = {package['version']}" for package in licences.linked()}
    named = {line for line in provides if line.startswith("bundled(")}
    check("fedora: the crates that are linked in are named", crates == named, crates ^ named)
    check("fedora: the C library is required, OpenSSL and PAM are not", any(line.startswith("libc.so.6") for line in requires)
          and not any(re.search("ssl|crypto|pam|krb|gssapi", line) for line in requires), requires)
    said = run("rpm", "-qp", "--requires", found["c-client-rs-devel"])
    check("fedora: the development package is for this library", f"c-client-rs(x86-64) = {world.version}-" in said, said)
    # rpm itself installs them, and finds each file as it was packed.
    root = os.path.join(top, "installed")
    os.makedirs(root)
    for words in (["-i", "--nodeps", *found.values()], ["-V", "--nodeps", "c-client-rs", "c-client-rs-devel", "c-client-rs-static", "vmimap"]):
        status, said = run("rpm", "--root", root, *words, code=True)
        check(f"fedora: rpm {words[0]}", status == 0, said)
    # Fedora's rpm strips when it puts what debuggers need aside, which Debian's cannot.
    run("strip", "--strip-unneeded", f"{roots['c-client-rs']}/usr/lib64/libc-client.so.2007e.0")
    world.look("fedora", roots["c-client-rs"], roots["c-client-rs-devel"], libdir="usr/lib64")
    # A program of Fedora's UW package has its library's name in it.
    program = os.path.join(OUT, "both", "fedora", "talk")
    with open(program, "rb") as file:
        octets = file.read()
    with open(f"{program}-fedora", "wb") as file:
        file.write(octets.replace(b"libc-client.so.2007e\0", b"libc-client.so.2007\0\0"))
    os.chmod(f"{program}-fedora", 0o755)
    said = run(f"{program}-fedora", "{no-such-host.invalid}INBOX", code=True, LD_LIBRARY_PATH=os.path.join(OUT, "both", "fedora", "usr", "lib64"))
    check("fedora: a program that asks for libc-client.so.2007 runs", "No such host as no-such-host.invalid" in said[1], said)
    check("fedora: vmimap runs", world.version in run(f"{roots['vmimap']}/usr/bin/vmimap", "--version"))


def musl_environment():
    """What tells cargo and cc of musl-gcc; and Rust's own libunwind in the place of libgcc_s, which is glibc's here (scripts/musl.sh)."""
    instead = os.path.join(OUT, "instead")
    os.makedirs(instead, exist_ok=True)
    sysroot = run("rustc", "--print", "sysroot").strip()
    with open(os.path.join(instead, "libgcc_s.so"), "w", encoding="ascii") as file:
        file.write(f"INPUT({sysroot}/lib/rustlib/{MUSL}/lib/self-contained/libunwind.a)\n")
    return instead, {"CC_x86_64_unknown_linux_musl": "musl-gcc", "CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER": "musl-gcc"}


def auditable():
    """Where cargo-auditable is, which Alpine's builds use: compiled if it is not there."""
    tools = os.path.join(OUT, "tools")
    if not shutil.which("cargo-auditable") and not os.path.exists(f"{tools}/bin/cargo-auditable"):
        run("cargo", "install", "--quiet", "--locked", "--root", tools, "cargo-auditable")
    return f"{tools}/bin"


def alpine(world):
    """The APKBUILD, by a stand-in for abuild."""
    check, work = world.report.check, os.path.join(OUT, "abuild")
    with open(os.path.join(OUT, "alpine", "APKBUILD"), encoding="utf-8") as file:
        stated(world, "alpine", file.read())
    instead, environment = musl_environment()
    tools = auditable()
    if not world.build("alpine", f"{STANDINS}/abuild.sh", os.path.join(OUT, "alpine"), os.path.dirname(world.tarball), work, _target=MUSL,
                       RUSTFLAGS=f"-Lnative={instead}", KEPT=world.kept("alpine"), PATH=f"{os.environ['PATH']}:{tools}",
                       **({"SKIP_CHECK": "1"} if world.quick else {}), **environment):
        return
    roots = {name: f"{work}/pkg/{name}" for name in os.listdir(f"{work}/pkg")}
    lists = {name: files(root) for name, root in roots.items()}
    check("alpine: five packages", set(roots) == {"c-client-rs", "c-client-rs-dev", "c-client-rs-static", "c-client-rs-doc", "vmimap"}, roots)
    check("alpine: files of the library", lists["c-client-rs"] == {"usr/lib/libc-client.so.2007e", "usr/lib/libc-client.so.2007e.0"}, lists)
    check("alpine: files for development", {"usr/include/c-client/mail.h", "usr/lib/libc-client.so", "usr/lib/pkgconfig/c-client.pc"}
          <= lists["c-client-rs-dev"], lists)
    check("alpine: the static library is apart", lists["c-client-rs-static"] == {"usr/lib/c-client.a", "usr/lib/libc-client.a"}, lists)
    check("alpine: manual pages and licences", {"usr/share/man/man3/c-client.3", "usr/share/man/man1/vmimap.1",
                                               "usr/share/licenses/c-client-rs/NOTICES"} <= lists["c-client-rs-doc"], lists)
    check("alpine: files of the tool", lists["vmimap"] == {"usr/bin/vmimap"}, lists)
    with open(f"{work}/fields", encoding="utf-8") as file:
        fields = {line.split("|")[0]: line.rstrip("\n").split("|") for line in file}
    check("alpine: it stands for UW's package; the tool does not", fields["c-client-rs"][3:] == ["c-client=2007g-r0", "c-client"]
          and fields["vmimap"][3:] == ["", ""], fields)
    # abuild strips.
    library = f"{roots['c-client-rs']}/usr/lib/libc-client.so.2007e.0"
    run("strip", "--strip-unneeded", library)
    check("alpine: what is in it can be read from it (cargo-auditable)", ".dep-v0" in run("readelf", "-SW", library))
    world.look("alpine", roots["c-client-rs"], roots["c-client-rs-dev"], musl=True)
    check("alpine: vmimap runs", world.version in run(f"{roots['vmimap']}/usr/bin/vmimap", "--version"))


def openwrt(world):
    """The Makefile, by stand-ins for what it includes."""
    check, work = world.report.check, os.path.join(OUT, "openwrt-build")
    shutil.rmtree(work, ignore_errors=True)
    for name, place in (("rules.mk", "top"), ("package.mk", "top/include"), ("rust-values.mk", "feed/lang/rust")):
        os.makedirs(f"{work}/{place}", exist_ok=True)
        shutil.copy(f"{STANDINS}/openwrt/{name}", f"{work}/{place}/{name}")
    shutil.copytree(os.path.join(OUT, "openwrt"), f"{work}/feed/libs/c-client-rs")
    with open(f"{work}/feed/libs/c-client-rs/Makefile", encoding="utf-8") as file:
        check("openwrt: the version is Cargo.toml's", f"PKG_VERSION:={world.version}\n" in file.read())
    instead, environment = musl_environment()
    if not world.build("openwrt", "make", f"TOPDIR={work}/top", f"WORK={work}", f"SOURCES={os.path.dirname(world.tarball)}", "TARGET_CC=musl-gcc",
                       f"RUSTFLAGS_MORE=-Lnative={instead}", f"KEPT={world.kept('openwrt')}", where=f"{work}/feed/libs/c-client-rs", **environment):
        return
    with open(f"{work}/fields", encoding="utf-8") as file:
        _, _, licence, depends, _ = file.read().rstrip("\n").split("\t")
    # Without the features that are left out, and each licence that is taken where a crate leaves the choice.
    wanted = {"MIT", "Apache-2.0"} | {name for package in licences.linked(features=["ring"]) for name in licences.taken(package)}
    check("openwrt: the licences are those of what is linked", set(licence.split()) == wanted, f"{licence}, {wanted}")
    check("openwrt: libgcc, and nothing of OpenSSL", "+libgcc" in depends.split() and "ssl" not in depends, depends)
    package, staging = f"{work}/ipkg/libc-client", f"{work}/staging"
    check("openwrt: files of the package", files(package) == {"usr/lib/libc-client.so.2007e", "usr/lib/libc-client.so.2007e.0"}, files(package))
    check("openwrt: files for other builds", {"usr/include/c-client/mail.h", "usr/lib/libc-client.so", "usr/lib/libc-client.so.2007e",
                                              "usr/lib/pkgconfig/c-client.pc"} <= files(staging), files(staging))
    # OpenWrt's build strips.
    library = f"{package}/usr/lib/libc-client.so.2007e.0"
    run("strip", "--strip-unneeded", library)
    size = os.path.getsize(library)
    check(f"openwrt: size: {size}", size < SMALL_LIMIT, size)
    world.look("openwrt", package, staging, musl=True)


def freebsd(world):
    """The port, by bmake and a stand-in for the ports' makefile."""
    check, work = world.report.check, os.path.join(OUT, "port")
    local = f"{work}/local"
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(f"{local}/bin")
    for name in ("cargo", "rustc", "ld", "objcopy"):
        os.symlink(shutil.which(name), f"{local}/bin/{name}")
    port = os.path.join(OUT, "freebsd")
    words = ["bmake", "-m", STANDINS, "-m", "/usr/share/bmake/mk-bmake", f"WRKDIR={work}", f"DISTDIR={os.path.dirname(world.tarball)}", f"LOCALBASE={local}"]
    depends = run(*words, "-V", "${BUILD_DEPENDS}", where=port)
    check("freebsd: what it is built with", "rust>=1.88:lang/rust" in depends and "devel/binutils" in depends, depends)
    check("freebsd: no OpenSSL, no PAM, nothing at run time", run(*words, "-V", "${LIB_DEPENDS} ${RUN_DEPENDS}", where=port).strip() == "")
    check("freebsd: the version is Cargo.toml's", run(*words, "-V", "${DISTVERSION}", where=port).strip() == world.version)
    if not world.build("freebsd", *words, f"KEPT={world.kept('freebsd')}", "check-plist", where=port):
        return
    world.look("freebsd", f"{work}/stage", f"{work}/stage", libdir="usr/local/lib", pkgconfig="/usr/local/libdata/pkgconfig", prefix="/usr/local")
    check("freebsd: vmimap runs", world.version in run(f"{work}/stage/usr/local/bin/vmimap", "--version"))
    # FreeBSD's Rust, as far as one can get without its C library: the types are checked, nothing is linked.
    status, said = run("rustup", "target", "add", "x86_64-unknown-freebsd", code=True) if shutil.which("rustup") else (1, "no rustup")
    if status:
        print(f"skip freebsd: Rust for FreeBSD: {said.strip().splitlines()[-1]}")
        return
    for place in (ROOT, os.path.join(ROOT, "vmimap")):
        status, said = run("cargo", "check", "--locked", "--target", "x86_64-unknown-freebsd", *(["--lib"] if place == ROOT else []), where=place, code=True,
                           CC_x86_64_unknown_freebsd="gcc", AR_x86_64_unknown_freebsd="ar", CARGO_TARGET_DIR=os.path.join(OUT, "kept", "freebsd-check"))
        check(f"freebsd: {os.path.basename(place) if place != ROOT else 'the library'} is Rust for FreeBSD", status == 0, said[-1500:])


def main():
    """Do what the command line asks for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("what", choices=("write", "test"))
    options.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    options.add_argument("--quick", action="store_true")
    chosen = options.parse_args()
    if chosen.what == "write":
        print(f"{write()} and, for it, target/recipes/{{{','.join(NAMES)}}}")
        return 0
    report = Report()
    world = World(report, chosen.quick)
    try:
        for name in chosen.names or NAMES:
            if name in ("alpine", "openwrt") and MUSL not in run("rustup", "target", "list", "--installed") \
                    and run("rustup", "target", "add", MUSL, code=True)[0]:
                print(f"skip {name}: no Rust for musl (rustup target add {MUSL})")
                continue
            {"fedora": fedora, "alpine": alpine, "openwrt": openwrt, "freebsd": freebsd}[name](world)
    finally:
        if world.server:
            world.server.stop()
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
