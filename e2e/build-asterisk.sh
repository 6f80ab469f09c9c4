#!/bin/sh
# Builds an unmodified Asterisk with IMAP voicemail against an installed c-client.
#
#   e2e/build-asterisk.sh PREFIX       PREFIX/include/c-client/*.h and PREFIX/lib/libc-client.so are used
#
# The source is Debian's (forky, else sid), fetched through an apt directory of our own from the mirror
# that this machine's apt already uses. The result is target/asterisk/install; it is built again only when
# the c-client headers, the source version or this script change. Environment: JOBS (default: all cores).
set -eu

say() { printf '[asterisk %4ss] %s\n' "$(($(date +%s) - started))" "$*"; }
die() { printf 'build-asterisk: %s\n' "$*" >&2; exit 1; }
started=$(date +%s)

[ $# -eq 1 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
prefix=$(cd "$1" && pwd) || die "no such directory: $1"
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
work=$root/target/asterisk
install=$work/install
jobs=${JOBS:-$(nproc)}

[ -e "$prefix/include/c-client/c-client.h" ] || die "$prefix/include/c-client/c-client.h is missing (make install first?)"
[ -e "$prefix/lib/libc-client.so" ] || die "$prefix/lib/libc-client.so is missing (make install first?)"

mkdir -p "$work"
# Two runs at a time would tread on each other's tree.
exec 8>"$work/lock"
flock -w 1800 8 || die "another build has held $work/lock for half an hour"

# --- is it there already? -------------------------------------------------------------------------
headers=$(cd "$prefix/include/c-client" && cat ./*.h linkage.c | sha256sum | cut -c1-16)
recipe=$(cat "$0" "$here/asterisk-modules" | sha256sum | cut -c1-16)
# Asterisk finds its own libraries by the path that it was built for: a tree that was moved is built anew.
stamp="headers $headers recipe $recipe at $install"
if [ -e "$install/stamp" ] && [ "$(cat "$install/stamp")" = "$stamp" ]; then
    say "already built: $(cat "$install/version")"
    exit 0
fi

# --- a C client on the system's own paths would make the result prove nothing ---------------------
# ldconfig's cache is what the linker falls back on; the headers are those that configure tries.
for path in /usr/include /usr/local/include /usr/include/"$(gcc -print-multiarch)"; do
    for name in c-client.h c-client/c-client.h imap/c-client.h; do
        [ ! -e "$path/$name" ] || die "$path/$name is on this machine: Asterisk could be built against it. Remove it (libc-client2007e-dev?) and try again."
    done
done
stray=$(/sbin/ldconfig -p | sed -n 's/.*=> \(.*libc-client[0-9]*\.so.*\)/\1/p'
    find /usr/lib /usr/local/lib /lib -maxdepth 2 \( -name 'libc-client*.so*' -o -name 'libc-client*.a' \) 2>/dev/null)
[ -z "$stray" ] || die "a C client library is on this machine's own paths ($(echo $stray)): remove it and try again."

"$root/scripts/install-deps.sh" asterisk

# --- source ---------------------------------------------------------------------------------------
if [ ! -e "$work/source.ok" ]; then
    mirror=$(apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' | sed -n 's/^Debian|//p' | sort -u | head -1)
    if [ -z "$mirror" ]; then
        # A fresh image has never run apt-get update; the lists then name no mirror yet.
        if [ "$(id -u)" -eq 0 ]; then apt-get -q update >"$work/apt.log" 2>&1; else sudo apt-get -q update >"$work/apt.log" 2>&1; fi
        mirror=$(apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' | sed -n 's/^Debian|//p' | sort -u | head -1)
    fi
    [ -n "$mirror" ] || die "this machine's apt settings name no Debian mirror"
    rm -rf "$work/apt" "$work/source" "$work/dsc"
    for suite in forky sid; do
        say "looking for Asterisk's source in Debian $suite"
        apt=$work/apt/$suite
        mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/parts" "$work/dsc"
        echo "deb-src $mirror $suite main" >"$apt/sources.list"
        : >"$apt/status"
        # The machine's own Acquire settings (a proxy, say) stay in force; only lists, cache and state are ours.
        private="-o Dir::Etc::SourceList=$apt/sources.list -o Dir::Etc::SourceParts=$apt/parts -o Dir::State=$apt
            -o Dir::State::Lists=$apt/lists -o Dir::State::status=$apt/status -o Dir::Cache=$apt/cache -o APT::Sandbox::User="
        # shellcheck disable=SC2086
        if apt-get -q $private update >>"$work/apt.log" 2>&1 &&
            (cd "$work/dsc" && apt-get -q $private source --download-only asterisk) >>"$work/apt.log" 2>&1; then
            break
        fi
        rm -rf "$work/dsc"
    done
    dsc=$(ls "$work"/dsc/asterisk_*.dsc 2>/dev/null | head -1)
    [ -n "$dsc" ] || { tail -5 "$work/apt.log" >&2; die "no Asterisk source in forky or sid (log: target/asterisk/apt.log)"; }
    say "unpacking $(basename "$dsc")"
    # Debian's own patches for its packaging do not touch the IMAP code; --skip-patches would be upstream's
    # tree minus the build fixes, so the source is taken as Debian builds it.
    dpkg-source --no-check -x "$dsc" "$work/source" >"$work/unpack.log" 2>&1 || { tail -5 "$work/unpack.log" >&2; die "dpkg-source failed"; }
    sed -n 's/^Version: *//p' "$dsc" | head -1 >"$work/source.ok"
fi
version=$(cat "$work/source.ok")

# --- configure ------------------------------------------------------------------------------------
cd "$work/source"
# apt-built trees carry a version file or none; Asterisk asks git otherwise and finds our own repository.
[ -e .version ] || echo "${version#*:}" >.version
# Other headers of the same shape need no new configure; what it found stands in the same tree.
configured="recipe $recipe version $version prefix $prefix"
if [ ! -e "$work/configured" ] || [ "$(cat "$work/configured")" != "$configured" ]; then
say "configuring Asterisk $version"
rm -f makeopts "$work/configured"
# CFLAGS and LDFLAGS reach both the probes and the build; CPPFLAGS would reach the probes only.
CFLAGS="-g -O2 -I$prefix/include" LDFLAGS="-L$prefix/lib" ./configure --with-imap=system \
    --without-pjproject-bundled --without-pjproject --with-gsm=yes --disable-xmldoc \
    --prefix="$install" --sysconfdir="$install/etc" --localstatedir="$install/var" >"$work/configure.log" 2>&1 ||
    { tail -15 "$work/configure.log" >&2; die "configure failed (log: target/asterisk/configure.log)"; }
grep -q '^#define HAVE_IMAP_TK 1' include/asterisk/autoconfig.h || die "configure did not find the C client (HAVE_IMAP_TK; see target/asterisk/source/config.log)"
grep -q '^#define HAVE_IMAP_TK2006 1' include/asterisk/autoconfig.h || die "configure did not find mail_expunge_full (HAVE_IMAP_TK2006)"
grep -q '^IMAP_TK_INCLUDE=.*USE_SYSTEM_CCLIENT' makeopts || die "configure did not take <c-client/c-client.h> (USE_SYSTEM_CCLIENT)"
say "configure found HAVE_IMAP_TK, HAVE_IMAP_TK2006, USE_SYSTEM_CCLIENT"

# --- build ----------------------------------------------------------------------------------------
make menuselect.makeopts >"$work/menuselect.log" 2>&1 || { tail -5 "$work/menuselect.log" >&2; die "make menuselect.makeopts failed"; }
enable=""
for module in $(sed 's/#.*//' "$here/asterisk-modules"); do
    enable="$enable --enable $module"
done
# shellcheck disable=SC2086
menuselect/menuselect --disable-all $enable menuselect.makeopts >>"$work/menuselect.log" 2>&1 ||
    { tail -5 "$work/menuselect.log" >&2; die "menuselect refused a module name (log: target/asterisk/menuselect.log)"; }

echo "$configured" >"$work/configured"
fi

# make does not know that it depends on the C client's headers.
rm -f apps/app_voicemail*.o apps/app_voicemail*.so
say "compiling with $jobs jobs"
make -j"$jobs" >"$work/make.log" 2>&1 8>&- &
make=$!
trap 'kill $make 2>/dev/null || true' EXIT
last=0
while kill -0 "$make" 2>/dev/null; do
    sleep 1
    now=$(date +%s)
    if [ $((now - last)) -ge 15 ]; then
        last=$now
        say "  $(grep -c '\[CC\]' "$work/make.log" || true) files compiled"
    fi
done
trap - EXIT
wait "$make" || { grep -E 'error|Error' "$work/make.log" | head -10 >&2; die "make failed (log: target/asterisk/make.log)"; }

say "installing under target/asterisk/install"
rm -rf "$install"
make install >"$work/install.log" 2>&1 8>&- || { tail -5 "$work/install.log" >&2; die "make install failed"; }
module=$install/lib/asterisk/modules/app_voicemail_imap.so
[ -e "$module" ] || die "app_voicemail_imap.so was not built"
readelf -d "$module" | grep -q 'NEEDED.*libc-client' || die "app_voicemail_imap.so does not need libc-client"
echo "$version" >"$install/version"
echo "$stamp" >"$install/stamp"
say "done: Asterisk $version, $(readelf -d "$module" | sed -n 's/.*NEEDED.*\[\(libc-client[^]]*\)\].*/\1/p')"
