#!/bin/sh
# Builds app_voicemail_imap with the patches of asterisk-patch/, beside the unmodified one of build-asterisk.sh.
#
#   e2e/build-patched.sh PREFIX [--work]    PREFIX as for build-asterisk.sh
#
# The result is target/asterisk-patched/install: links to the unmodified Asterisk, and a module of its own. It is built
# again only when the patches or the unmodified Asterisk change. With --work the module is built from what lies in
# target/asterisk-series (asterisk-patch/series.sh open), committed or not.
set -eu

say() { printf '[patched %4ss] %s\n' "$(($(date +%s) - started))" "$*"; }
die() { printf 'build-patched: %s\n' "$*" >&2; exit 1; }
started=$(date +%s)

[ $# -ge 1 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
prefix=$(cd "$1" && pwd) || die "no such directory: $1"
root=$(dirname "$(cd "$(dirname "$0")" && pwd)")
stock=$root/target/asterisk
work=$root/target/asterisk-patched
install=$work/install
source=$work/source
module=lib/asterisk/modules/app_voicemail_imap.so

mkdir -p "$work"
exec 7>"$work/lock"
flock -w 900 7 || die "another build has held $work/lock for a quarter of an hour"

base="stock $(sha256sum <"$stock/install/stamp" | cut -c1-16)"
if [ "${2-}" = --work ]; then
    series="work $(cat "$root"/target/asterisk-series/apps/app_voicemail.c | sha256sum | cut -c1-16)"
else
    series="series $(cat "$root"/asterisk-patch/[0-9]*.patch "$root"/asterisk-patch/README.md "$root"/asterisk-patch/check.py | sha256sum | cut -c1-16)"
fi
stamp="$base $series recipe $(sha256sum <"$0" | cut -c1-16)"
if [ -e "$install/stamp" ] && [ "$(cat "$install/stamp")" = "$stamp" ]; then
    say "already built"
    exit 0
fi
rm -f "$install/stamp"

if [ ! -e "$work/base" ] || [ "$(cat "$work/base")" != "$base" ]; then
    say "copying the tree of the unmodified Asterisk"
    rm -rf "$source" "$work/base"
    cp -a "$stock/source" "$source"
    # The makefiles carry the tree's own path.
    grep -rlF "$stock/source" "$source/makeopts" "$source"/build_tools 2>/dev/null | xargs -r sed -i "s|$stock/source|$source|g"
    echo "$base" >"$work/base"
fi
cd "$source"
if [ "${2-}" = --work ]; then
    cp "$root/target/asterisk-series/apps/app_voicemail.c" apps/app_voicemail.c
else
    "$root/asterisk-patch/series.sh" check
    for file in $(cat "$root"/asterisk-patch/[0-9]*.patch | sed -n 's|^+++ b/||p' | sort -u); do
        cp "$stock/source/$file" "$file"
    done
    for file in "$root"/asterisk-patch/[0-9]*.patch; do
        patch -s -p1 --fuzz=0 --no-backup-if-mismatch <"$file"
    done
fi
rm -f apps/app_voicemail_imap.o apps/app_voicemail_imap.so
say "compiling app_voicemail_imap"
make apps >"$work/make.log" 2>&1 7>&- || { grep -E 'error' "$work/make.log" | head -10 >&2; die "make failed (log: target/asterisk-patched/make.log)"; }
[ -e apps/app_voicemail_imap.so ] || die "app_voicemail_imap.so was not built (log: target/asterisk-patched/make.log)"
if grep -n 'warning:' "$work/make.log"; then
    die "the patches bring warnings of the compiler (log: target/asterisk-patched/make.log)"
fi
if [ "${2-}" != --work ]; then
    "$root/c-tests/uw.sh" >&2 # whose headers lack what only this library has
    "$root/asterisk-patch/series.sh" warnings
fi

"$root/e2e/install-module.sh" "$stock/install" "$source" "$install"
readelf -d "$install/$module" | grep -q 'NEEDED.*libc-client' || die "app_voicemail_imap.so does not need libc-client"
echo "$stamp" >"$install/stamp"
say "done"
