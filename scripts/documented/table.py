"""How each command of the documents is tested: it is run here, another test runs it, or the reason why it cannot be run.

A command that stands in a document and not here fails the test; so does one that stands here and in no document.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Run:
    """scripts/commands.py runs it: at once, or with --long."""

    how: str = "plain"  # the function of runs.py
    long: bool = True
    instead: tuple = ()  # what is put in place of what before it is run: pairs
    stdin: str = ""
    seconds: int = 1200


@dataclasses.dataclass(frozen=True)
class Same:
    """The test in that file runs it: these texts stand there. Suites are those of scripts/test.sh."""

    file: str
    texts: tuple
    suite: str


@dataclasses.dataclass(frozen=True)
class Never:
    """It cannot be run here."""

    why: str


BUILD_ASTERISK = "e2e/build-asterisk.sh"

WAYS = {
    # Building and installing.
    "scripts/install-deps.sh build": Run(long=False),
    "make": Run(seconds=3600),
    "make install": Run("install"),
    "ldconfig": Run("loader"),
    "make install DESTDIR=/tmp/root PREFIX=/usr LIBDIR=/usr/lib/x86_64-linux-gnu": Run("install", instead=(("/tmp/root", "{root}"),)),
    "cc program.c $(pkg-config --cflags --libs c-client)": Run("compile_example"),
    "make GLIBC=2.31": Same("clients/old_glibc.py", ('"make"', 'f"GLIBC={GLIBC}", "install"', 'GLIBC = "2.31"'), "clients"),
    "make GLIBC=2.31 install DESTDIR=/tmp/for-debian-11": Same("clients/old_glibc.py", ('f"GLIBC={GLIBC}", "install", "DESTDIR=', 'GLIBC = "2.31"'), "clients"),
    # Asterisk.
    "./configure --with-imap=system": Same(BUILD_ASTERISK, ("./configure --with-imap=system",), "e2e"),
    "make menuselect.makeopts": Same(BUILD_ASTERISK, ("make menuselect.makeopts",), "e2e"),
    "menuselect/menuselect --disable app_voicemail --enable app_voicemail_imap menuselect.makeopts": Run("menuselect"),
    "make && make install": Same(BUILD_ASTERISK, ("make -j", "make install"), "e2e"),
    'CFLAGS="-I/opt/c-client/include" LDFLAGS="-L/opt/c-client/lib -Wl,-rpath,/opt/c-client/lib" ./configure --with-imap=system':
        Same(BUILD_ASTERISK, ("-I$prefix/include", "-L$prefix/lib", "./configure --with-imap=system"), "e2e"),
    "./configure --with-imap": Same("e2e/ways.py", ('["--with-imap"]',), "ways"),
    "make install FLAT=1 PREFIX=/opt/c-client LIBDIR=/opt/c-client/lib && ./configure --with-imap=/opt/c-client":
        Same("e2e/ways.py", ('"FLAT=1"', 'f"--with-imap={place}"'), "ways"),
    "make tree DIR=/opt/imap && ./configure --with-imap=/opt/imap":
        Same("e2e/ways.py", ('"make", "tree", f"DIR={place}"', 'f"--with-imap={place}"'), "ways"),
    "cd asterisk-22.*; for patch in .../asterisk-patch/[0-9]*.patch; do patch -p1 <$patch; done":
        Same("e2e/build-patched.sh", ("patch -s -p1",), "e2e-patched"),
    # The tool. The machine's /etc/asterisk and /var/spool/asterisk stand in the sandbox.
    "make vmimap && make install-vmimap": Run("install_tool", seconds=3600),
    "vmimap check": Run("tool"),
    "vmimap import --dry-run": Run("tool"),
    "vmimap import": Run("tool"),
    "vmimap export --spool /var/spool/asterisk/voicemail": Run("tool"),
    "vmimap watch": Run("tool"),
    # Tests and what one does while changing things.
    "make test": Same(".ci/run", ("make test",), "what continuous integration runs"),
    "make check": Same("Makefile", ("scripts/test.sh --quick",), "fmt clippy doc rust abi"),
    "cargo test": Same("scripts/test.sh", ("cargo test --locked",), "rust"),
    "scripts/test.sh c": Same("scripts/test.sh", ("c) python3 c-tests/run.py",), "c"),
    "scripts/test.sh fuzz": Same("scripts/test.sh", ("fuzz) scripts/install-deps.sh build fuzz",), "fuzz"),
    "scripts/commands.py": Same("scripts/test.sh", ("scripts/commands.py",), "doc"),
    "c-tests/run.py --only append": Run(),
    "clients/run.py --only mailutil": Run(),
    "e2e/run.py --only listen": Run(),
    "e2e/run.py --list": Run(),
    "e2e/run.py --only listen 'cut-*'": Run(),
    "e2e/run.py --only listen --keep": Run(stdin="\n"),
    "vmimap/run.py --only 'import*'": Run(),
    "bench/flights.py --only a_open": Run(),
    "bench/asterisk.py --only leave": Run(),
    "c-tests/demo/run.py --debug": Run("transcript"),
    "make headers": Run("changes_nothing"),
    "make demo": Run(),
    "e2e/demo.py": Same("Makefile", ("python3 e2e/demo.py",), "commands, by `make demo`"),
    "e2e/run.py": Same("scripts/test.sh", ("python3 e2e/run.py ;;",), "e2e"),
    "e2e/run.py --lib uw": Same("scripts/test.sh", ("python3 e2e/run.py --lib uw",), "e2e-uw"),
    "e2e/run.py --patched": Same("scripts/test.sh", ("python3 e2e/run.py --patched",), "e2e-patched"),
    "e2e/run.py --lib uw --patched": Same("scripts/test.sh", ("python3 e2e/run.py --lib uw --patched",), "e2e-uw-patched"),
    "e2e/soak.py": Same("scripts/test.sh", ("python3 e2e/soak.py",), "soak"),
    "e2e/ways.py": Same("scripts/test.sh", ("python3 e2e/ways.py",), "ways"),
    "make miri": Same("scripts/test.sh", ("scripts/miri.sh",), "miri"),
    # Of what `make sanitize` does, the suite runs a part (`quick`): the same script, fewer programs.
    "make sanitize": Same("scripts/test.sh", ("scripts/sanitize.sh quick",), "sanitize"),
    "scripts/sanitize.sh units": Never("half an hour: the whole standard library is compiled with the sanitizer"),
    "make bench": Never("wants an idle machine for 20 minutes, and writes docs/benchmarks.md; the suite flights runs its programs"),
    "make fuzz": Same("scripts/test.sh", ("scripts/fuzz.sh quick",), "fuzz"),
    "make fuzz FUZZ_SECONDS=60": Same("scripts/fuzz.sh", ("FUZZ_SECONDS",), "fuzz"),
    "scripts/fuzz.sh list": Run(),
    "FUZZ_SECONDS=3600 scripts/fuzz.sh responses": Run(instead=(("3600", "3"),)),
    "scripts/fuzz.sh responses target/fuzz/responses/crash-…": Run(instead=(("target/fuzz/responses/crash-…", "{seed}"),)),
    "scripts/fuzz.sh seeds": Never("writes fuzz/seeds anew from what runs of hours have found"),
    # Packages.
    "scripts/dist.sh": Same("packaging/deb.sh", ("scripts/dist.sh",), "packages"),
    'make CARGO_FLAGS="--locked --offline"': Same("packaging/debian/rules", ('CARGO_FLAGS="--locked --offline"',), "packages"),
    "make deb": Same("scripts/test.sh", ("packages) packaging/deb.sh",), "packages"),
    "make recipes": Same("packaging/recipes.py", ("self.tarball = write()", "NAMES = ("), "recipes"),
    "make small": Same("packaging/small.py", ("scripts/small.sh",), "small"),
    "scripts/musl.sh": Same("packaging/musl.py", ("scripts/musl.sh",), "musl"),
    # What administrators do.
    "openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=mail.example.org -keyout key.pem -out cert.pem":
        Run("certificate", long=False),
    "cp our-ca.crt /usr/local/share/ca-certificates/ && update-ca-certificates":
        Never("it changes whom this machine trusts; c-tests/own has authorities in SSL_CERT_FILE and SSL_CERT_DIR"),
    "kadmin.local -q 'addprinc -randkey asterisk'": Run("kerberos"),
    "kadmin.local -q 'ktadd -k asterisk.keytab asterisk'": Run("kerberos"),
    "kadmin.local -q 'addprinc -randkey imap/mail.example.org'": Run("kerberos"),
    "kadmin.local -q 'ktadd -k dovecot.keytab imap/mail.example.org'": Run("kerberos"),
    "New-ServicePrincipal -AppId CLIENT-ID -ObjectId OBJECT-ID-OF-THE-ENTERPRISE-APPLICATION":
        Never("PowerShell of Exchange Online, which wants an organisation there"),
    "Add-MailboxPermission -Identity voicemail@example.org -User OBJECT-ID-OF-THE-ENTERPRISE-APPLICATION -AccessRights FullAccess":
        Never("the same"),
}

# Commands that stand in running text, in backquotes; each must stand in that document.
TEXT = {
    ("docs/voicemail.md", "openssl s_client -connect mail.example.org:993"): Run("talk", long=False),
    ("docs/voicemail.md", "module unload app_voicemail_imap.so"): Same("e2e/checks_life.py", ("module unload app_voicemail_imap.so",), "e2e"),
    ("docs/voicemail.md", "module load app_voicemail_imap.so"): Same("e2e/checks_life.py", ("module load app_voicemail_imap.so",), "e2e"),
    ("asterisk-patch/README.md", "series.sh check"): Same("e2e/build-patched.sh", ('series.sh" check',), "e2e-patched"),
    ("docs/voicemail.md", "sudo -u asterisk env KRB5CCNAME=FILE:/run/asterisk/krb5cc klist"): Run("ticket"),
}
