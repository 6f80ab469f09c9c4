"""The shared and the static library: names, sizes, what they need, and how programs link and load them."""

import os
import re
import shutil

from common import CALLBACKS, DEBIAN, INCLUDES, LIB, OURS, WORK, Failure, Skip, must_compile, program, run, source, symbols

SHARED = os.path.join(LIB, "libc-client.so.2007e")
LINK = [f"-L{LIB}", "-lc-client", f"-Wl,-rpath,{LIB}"]
# What the library may ask of the system.
NEEDED = {"libc.so.6", "libgcc_s.so.1", "libm.so.6", "ld-linux-x86-64.so.2"}

# linkage.c as Debian's headers have it: all twenty objects, twice, as Asterisk may run it.
LINKAGE = INCLUDES + CALLBACKS + """
static void link_all (void) {
#include <c-client/linkage.c>
}
int main (void) {
  link_all ();
  link_all ();
  if (mail_lookup_auth (1) == NIL || mail_lookup_auth (9) != NIL) return 1;
  if (mboxdriver.next != &imapdriver || dummydriver.next != NIL) return 2;
  if (strcmp (body_types[TYPEMODEL],"MODEL") || strcmp (body_encodings[ENCBASE64],"BASE64")) return 3;
  if (strcmp (days[0],"Sun") || strcmp (months[11],"Dec")) return 4;
  {
    STRING s;
    char text[] = "abc";
    INIT (&s,mail_string,(void *) text,(unsigned long) 3);
    if (SNX (&s) != 'a' || SNX (&s) != 'b' || GETPOS (&s) != 2 || SIZE (&s) != 1) return 5;
    SETPOS (&s,1);
    if (CHR (&s) != 'b') return 6;
  }
  puts ("linked");
  return 0;
}
"""


def dynamic_symbols(path):
    """The dynamic symbols of a library: {name: (defined, type letter, size)}."""
    found = {}
    for line in run(["readelf", "--dyn-syms", "-W", path]).splitlines():
        parts = line.split()
        if len(parts) >= 8 and parts[0].endswith(":") and parts[0] != "Num:":
            name, version = parts[7].partition("@")[::2]
            found[name] = (parts[6] != "UND", parts[3], int(parts[2], 0), version, parts[4])
    return found


def check_exports():
    """What is exported is what symbols.tsv says, with exact sizes of the objects."""
    dynamic = dynamic_symbols(SHARED)
    exported = {name for name, (defined, *_) in dynamic.items() if defined}
    wanted = {row["name"] for row in symbols() if row["kind"] != "callback"}
    if exported != wanted:
        raise Failure(f"missing: {sorted(wanted - exported)}, too many: {sorted(exported - wanted)}")
    for row in symbols():
        if row["kind"] == "callback":
            continue
        _, kind, size, version, binding = dynamic[row["name"]]
        if version or binding != "GLOBAL":
            raise Failure(f"{row['name']} is {binding}, version {version or 'none'}")
        if row["kind"] == "object" and (kind != "OBJECT" or size != int(row["size"])):
            raise Failure(f"{row['name']}: {kind} of {size}, want an object of {row['size']}")
        if row["kind"] == "fn" and kind != "FUNC":
            raise Failure(f"{row['name']} is no function")
    return f"{len(wanted)} symbols"


def check_against_debian():
    """Every object has the size it has in Debian's library; every exported name is one of Debian's."""
    theirs = dynamic_symbols(os.path.join(os.path.dirname(DEBIAN), "lib", "libc-client.so.2007e"))
    ours = dynamic_symbols(SHARED)
    for name, (defined, kind, size, *_) in ours.items():
        if defined and (name not in theirs or theirs[name][1] != kind or kind == "OBJECT" and theirs[name][2] != size):
            raise Failure(f"{name}: {kind} {size}, Debian has {theirs.get(name)}")


def check_undefined():
    """Exactly the fifteen callbacks are left to the program; everything else comes from the system."""
    undefined = {name for name, (defined, *_) in dynamic_symbols(SHARED).items() if not defined}
    callbacks = {row["name"] for row in symbols() if row["kind"] == "callback"}
    if {name for name in undefined if name.startswith("mm_")} != callbacks or len(callbacks) != 15:
        raise Failure(f"undefined: {sorted(name for name in undefined if name.startswith('mm_'))}")
    dynamic = run(["readelf", "-d", "-W", SHARED])
    needed = set(re.findall(r"NEEDED.*\[(.*)\]", dynamic))
    if not needed <= NEEDED:
        raise Failure(f"needs {sorted(needed - NEEDED)}")
    if "SONAME" not in dynamic or "[libc-client.so.2007e]" not in dynamic:
        raise Failure("wrong SONAME")
    for bad in ("TEXTREL", "SYMBOLIC", "RPATH", "RUNPATH", "VERDEF"):
        if re.search(rf"\({bad}\)", dynamic):
            raise Failure(f"has {bad}")
    # An executable's link fails for anything the shared library leaves open.
    program("undefined.c", INCLUDES + CALLBACKS + "int main (void) { return mail_ping (NIL); }\n", OURS, "-w", *LINK,
            "-Wl,--no-allow-shlib-undefined")
    return f"needs {' '.join(sorted(needed))}"


def check_missing_callback():
    """A program without one of the callbacks does not link."""
    without = CALLBACKS.replace("void mm_dlog (char *t) {}", "")
    path = source("missing.c", INCLUDES + without + "int main (void) { return mail_ping (NIL); }\n")
    done = run(["gcc", "-w", f"-I{OURS}", path, "-o", path[:-2], *LINK], check=False)
    if done.returncode == 0 or "mm_dlog" not in done.stdout:
        raise Failure("linked without mm_dlog")


def check_copy_relocations():
    """A program linked as in the old days holds the objects itself, and the library uses those."""
    path = program("copied.c", LINKAGE, OURS, "-w", "-fno-pic", "-no-pie", *LINK)
    copies = set(re.findall(r"_COPY\s+\S+ (\w+)", run(["readelf", "-r", "-W", path])))
    wanted = {"imapdriver", "dummydriver", "auth_pla", "mail_string", "body_types", "days"}
    if not wanted <= copies:
        raise Failure(f"no COPY relocation of {sorted(wanted - copies)}: the check tests nothing")
    library = run(["readelf", "-r", "-W", SHARED])
    if not re.search(r"GLOB_DAT.*body_types|R_X86_64_64.*body_types|GLOB_DAT.*auth_pla", library):
        # The library reads at least its own tables through symbols that can be taken over.
        if not re.search(r"(GLOB_DAT|R_X86_64_64)\s+\S+ (imapdriver|body_types|body_encodings)", library):
            raise Failure("the library reaches none of its objects through the symbol table")
    if run([path]).strip() != "linked":
        raise Failure("did not link its drivers")
    return f"{len(copies)} objects"


def check_linkage(name, include, *flags):
    def check():
        path = program(f"{name}.c", LINKAGE, include, "-w", *flags, *LINK)
        for now in ("", "1"):
            if run([path], env={**os.environ, "LD_BIND_NOW": now}).strip() != "linked":
                raise Failure("did not link its drivers")
    return check


MODULE_HOST = """
#include <dlfcn.h>
#include <stdio.h>
int main (int argc,char **argv) {
  int i;
  for (i = 0; i < 5; i++) {
    void *module = dlopen (argv[1],RTLD_NOW | RTLD_LOCAL);
    int (*work) (void);
    if (!module) { puts (dlerror ()); return 1; }
    work = (int (*) (void)) dlsym (module,"work");
    if (!work || work () != 3) return 2;
    if (dlclose (module)) return 3;
  }
  puts ("loaded");
  return 0;
}
"""
MODULE = INCLUDES + CALLBACKS.replace("void mm_log (char *t,long e) {}", "static int logged;\nvoid mm_log (char *t,long e) { logged++; }") + """
static void link_all (void) {
#include <c-client/linkage.c>
}
int work (void) {
  link_all ();
  logged = 0;
  smtp_verbose (NIL);
  mail_versioncheck ("other");
  return logged + (mail_lookup_auth (1) != NIL);
}
"""


def check_module():
    """A module, loaded and unloaded as Asterisk does it: the callbacks are found in the module's own scope."""
    module = os.path.join(WORK, "module.so")
    exports = source("module.exports", "{ global: mm_*; work; local: *; };\n")
    run(["gcc", "-w", "-shared", "-fPIC", f"-I{OURS}", source("module.c", MODULE), "-o", module,
         f"-Wl,--version-script,{exports}", "-Wl,--warn-common", *LINK])
    host = program("host.c", MODULE_HOST, OURS, "-w", "-ldl")
    if run([host, module]).strip() != "loaded":
        raise Failure("the module did not load five times")


def check_asterisk_configure():
    """The two link probes of Asterisk's configure, with the flags it uses where their libraries are there."""
    flags = ["-DUSE_SYSTEM_CCLIENT", "-w", f"-L{LIB}"]
    crypto = [] if run(["gcc", source("ssl.c", "int main (void) { return 0; }\n"), "-o", os.path.join(WORK, "ssl"),
                        "-lcrypto", "-lssl"], check=False).returncode else ["-lcrypto", "-lssl"]
    for body in ('MAILSTREAM *foo = mail_open (NULL, "", 0);', 'long check = mail_expunge_full (NULL, "", 0);'):
        text = f"#include <c-client/c-client.h>\n{CALLBACKS}\nint main (void) {{ {body} return 0; }}\n"
        program("asterisk.c", text, OURS, *flags, *crypto, "-lc-client")
    return " ".join(crypto + ["-lc-client"])


def check_php_configure():
    """What PHP's config.m4 looks for."""
    if not [name for name in os.listdir(LIB) if name.startswith("libc-client.")]:
        raise Failure("no libc-client.* in lib")
    headers = os.path.join(OURS, "c-client")
    with open(os.path.join(headers, "mail.h"), encoding="utf-8") as file:
        if "mail_fetch_overview_sequence" not in file.read():
            raise Failure("mail.h does not name mail_fetch_overview_sequence")
    with open(os.path.join(headers, "linkage.h"), encoding="utf-8") as file:
        if "auth_gss" in file.read():
            raise Failure("linkage.h names auth_gss: PHP would demand Kerberos")
    with open(os.path.join(headers, "linkage.c"), encoding="utf-8") as file:
        if "ssl_onceonlyinit" not in file.read():
            raise Failure("linkage.c does not name ssl_onceonlyinit: PHP would build without TLS")
    must_compile("php-mime.c", "#include <c-client/c-client.h>\nint main (void) {\n  SIZEDTEXT a,b;\n"
                 "  utf8_mime2text (&a,&b,U8T_CANONICAL);\n  utf8_to_mutf7 ((unsigned char *) \"\");\n  return 0;\n}\n",
                 OURS, "-Wall", "-Werror", "-Wno-maybe-uninitialized")
    for name in ("auth_gssapi_valid", "rfc822_output_address_list", "mail_newbody"):
        probe = f"char {name} ();\nint main (void) {{ return {name} (); }}\n"
        callbacks = "".join(f"void {row['name']} (void) {{}}\n" for row in symbols() if row["kind"] == "callback")
        program("php-probe.c", callbacks + probe, OURS, "-w", *LINK)


def check_pkg_config():
    if not shutil.which("pkg-config"):
        raise Skip("no pkg-config")
    prefix = os.path.dirname(LIB)
    environment = {**os.environ, "PKG_CONFIG_PATH": os.path.join(LIB, "pkgconfig"), "PKG_CONFIG_LIBDIR": ""}
    flags = run(["pkg-config", f"--define-variable=libdir={LIB}", f"--define-variable=includedir={prefix}/include",
                 "--cflags", "--libs", "c-client"], env=environment).split()
    path = os.path.join(WORK, "pkg-config")
    run(["gcc", "-w", source("pkg-config.c", LINKAGE), "-o", path, *flags, f"-Wl,-rpath,{LIB}"])
    if run([path]).strip() != "linked":
        raise Failure("did not run")
    return " ".join(flags)


def check_static():
    """The static library: only the exports are global, and a program links and runs with it."""
    archive = os.path.join(LIB, "c-client.a")
    found = set()
    for line in run(["nm", "-g", "--defined-only", archive]).splitlines():
        parts = line.split()
        if len(parts) == 3:
            found.add(parts[2])
    wanted = {row["name"] for row in symbols() if row["kind"] != "callback"}
    if found != wanted:
        raise Failure(f"missing: {sorted(wanted - found)[:9]}, too many: {sorted(found - wanted)[:9]}")
    path = program("static.c", LINKAGE, OURS, "-w", archive, "-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl")
    if run([path]).strip() != "linked":
        raise Failure("did not link its drivers")
    return f"{os.path.getsize(archive) // 1024} KiB"


# Debian's programs that were linked with UW c-client.
BINARIES = {"uw-mailutils": ["usr/bin/mailutil", "usr/bin/dmail", "usr/bin/tmail"], "mailsync": ["usr/bin/mailsync"],
            "php8.2-imap": ["usr/lib/php/20220829/imap.so"]}


def check_binaries():
    """Binaries linked years ago against UW's library find every one of its names in ours."""
    folder = os.path.join(WORK, "binaries")
    os.makedirs(folder, exist_ok=True)
    names = {row["name"] for row in symbols()}
    checked = 0
    for package, paths in BINARIES.items():
        place = os.path.join(folder, package)
        if not os.path.isdir(place):
            done = run(["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", "-o", "APT::Sandbox::User=root", "download",
                        package], check=False, cwd=folder, timeout=300)
            packages = [name for name in os.listdir(folder) if name.startswith(package + "_")]
            if done.returncode or not packages:
                raise Skip(f"cannot download {package}: {done.stdout[-200:]}")
            run(["dpkg", "-x", os.path.join(folder, packages[0]), place])
        for path in paths:
            binary = os.path.join(place, path)
            wanted = {name for name, (defined, *_) in dynamic_symbols(binary).items() if not defined} & names
            report = run(["ldd", "-r", binary], check=False, env={**os.environ, "LD_LIBRARY_PATH": LIB}).stdout
            if f"libc-client.so.2007e => {LIB}/" not in report:
                raise Failure(f"{path} does not load our library\n{report[-500:]}")
            if "different size" in report:
                raise Failure(f"{path} has objects of other sizes\n{report[-500:]}")
            lost = set(re.findall(r"undefined symbol: (\w+)", report)) & names
            if lost or "link map" in report:
                raise Failure(f"{path} misses {sorted(lost)}\n{report[-500:]}")
            if len(wanted) < 10 and "mailsync" not in path:
                raise Failure(f"{path} takes only {sorted(wanted)}: the check tests nothing")
            checked += 1
    return f"{checked} binaries"


def checks():
    yield "exported symbols and object sizes", check_exports
    yield "exports against debian's library", check_against_debian
    yield "undefined symbols, dependencies, SONAME", check_undefined
    yield "a missing callback fails the link", check_missing_callback
    yield "COPY relocations", check_copy_relocations
    yield "linkage.c, our headers", check_linkage("linkage-ours", OURS)
    yield "linkage.c, debian's headers", check_linkage("linkage-debian", DEBIAN)
    yield "linkage.c, static position", check_linkage("linkage-pie", OURS, "-fPIE", "-pie", "-Wl,-z,now")
    yield "module with private scope", check_module
    yield "asterisk's configure probes", check_asterisk_configure
    yield "php's configure probes", check_php_configure
    yield "pkg-config", check_pkg_config
    yield "debian's binaries load", check_binaries
    yield "static library", check_static
