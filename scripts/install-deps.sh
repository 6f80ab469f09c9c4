#!/bin/sh
# Installs the Debian packages that this project's builds and tests need.
#
#   scripts/install-deps.sh [GROUP...]      groups: build abi test logins clients asterisk fuzz doc deb small recipes; none given: all
#                                           of them but small and recipes
#
# Idempotent, and quick when everything is there: dpkg is asked first and apt only runs for what is missing.
set -eu

# What the library itself needs to be compiled, linked and inspected (Rust comes from rustup, not from here).
group_build="gcc libc6-dev make pkg-config binutils"
# 32-bit compiles of the headers.
group_abi="gcc-multilib"
# Servers and libraries of the test suites. The last line is what Debian's libc-client2007e links to:
# the tests unpack that package privately, so nothing else would bring these in.
group_test="dovecot-imapd dovecot-pop3d python3 openssl ca-certificates valgrind gcc libc6-dev
libssl3 libpam0g libgssapi-krb5-2 libkrb5-3"
# What the tests log in to, beside Dovecot (logins/): a Kerberos KDC and its tools, Dovecot's half of Kerberos, and what
# Cyrus IMAP links to (it conflicts with Dovecot and is unpacked privately, testbed/cyrus.py), and GNU SASL, which knows
# channel binding with TLS 1.3: no mail server of Debian 12 does.
group_logins="dovecot-imapd dovecot-pop3d dovecot-gssapi krb5-kdc krb5-admin-server krb5-user cyrus-common sasl2-bin
libsasl2-modules libsasl2-modules-db libgsasl18 python3 openssl gcc"
# PHP, whose imap extension is a client of the library, and what compiles that extension. The programs
# that depend on libc-client2007e itself are unpacked privately (clients/packages.py). python3-venv is for
# the linker of `make GLIBC=`, which comes from PyPI.
group_clients="php8.2-cli php8.2-dev dpkg-dev make g++ libssl-dev xz-utils binutils python3-venv"
# A C++ compiler for libFuzzer, whose source comes with a crate; python3 makes the seeds.
group_fuzz="g++ python3"
# What reads manual pages for mistakes, compiles the example in one of them, and runs the token scripts of the manual.
group_doc="mandoc man-db gcc g++ libc6-dev python3 curl openssl"
# What makes Debian packages, and the trees they are tried in.
group_deb="debhelper dpkg-dev lintian mmdebstrap python3 pkg-config xz-utils"
# For the library of routers and of other C libraries: a linker that folds equal functions, musl's compiler, what measures a
# packed file system, what makes a fault inside a call.
group_small="gcc libc6-dev lld musl-tools squashfs-tools binutils gdb python3"
# What runs other distributions' recipes: rpmbuild, and the make of the BSDs; the compiler for musl; util-linux takes the network
# away; pkg-config finds what was built.
group_recipes="rpm bmake musl-tools util-linux make gcc libc6-dev binutils pkg-config xz-utils python3"
# What Asterisk's build asks for; with unixodbc-dev its other voicemail module is compiled, too, which the patches must not break.
group_asterisk="build-essential autoconf automake pkg-config dpkg-dev libjansson-dev libedit-dev uuid-dev
libxml2-dev libsqlite3-dev libssl-dev libgsm1-dev libncurses-dev libcap-dev xmlstarlet bison flex
wget patch bzip2 xz-utils ca-certificates python3 unixodbc-dev"

wanted=""
for group in ${*:-build abi test logins clients asterisk fuzz doc deb}; do
    case $group in
        build) wanted="$wanted $group_build" ;;
        abi) wanted="$wanted $group_abi" ;;
        test) wanted="$wanted $group_test" ;;
        logins) wanted="$wanted $group_logins" ;;
        clients) wanted="$wanted $group_clients" ;;
        asterisk) wanted="$wanted $group_asterisk" ;;
        fuzz) wanted="$wanted $group_fuzz" ;;
        doc) wanted="$wanted $group_doc" ;;
        deb) wanted="$wanted $group_deb" ;;
        small) wanted="$wanted $group_small" ;;
        recipes) wanted="$wanted $group_recipes" ;;
        *) echo "install-deps: no group called '$group' (build abi test logins clients asterisk fuzz doc deb small recipes)" >&2; exit 2 ;;
    esac
done

missing=""
for package in $wanted; do
    if [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)" != "install ok installed" ]; then
        case " $missing " in *" $package "*) ;; *) missing="$missing $package" ;; esac
    fi
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "install-deps: not root and no sudo; please install:$missing" >&2; exit 1; }
    as_root="sudo"
fi
echo "install-deps: installing$missing"
apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300"
# A package may start a service when it is installed. The tests run servers of their own, so a
# policy that says no is put in place for the time of the installation, unless the machine has one.
policy=/usr/sbin/policy-rc.d
made_policy=""
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
    made_policy=1
fi
finish() { [ -z "$made_policy" ] || $as_root rm -f "$policy"; }
trap finish EXIT
# shellcheck disable=SC2086 # lists of words, on purpose
$apt install -y --no-install-recommends $missing || { $apt update && $apt install -y --no-install-recommends $missing; }
