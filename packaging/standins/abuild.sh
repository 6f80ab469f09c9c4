#!/bin/sh
# Runs an APKBUILD as Alpine's abuild would: sources it, compares sums, unpacks, then build, check and package in subshells that
# end at the first failure, then each subpackage in its turn.
#
#   abuild.sh DIRECTORY-OF-APKBUILD DIRECTORY-OF-SOURCES OUTPUT       SKIP_CHECK=1 leaves check out
#
# Each package's files lie in OUTPUT/pkg/NAME afterwards, and what its fields came to in OUTPUT/fields.
set -eu
startdir=$1
distfiles=$2
out=$3
srcdir=$out/src
pkgbasedir=$out/pkg
rm -rf "$srcdir" "$pkgbasedir"
mkdir -p "$srcdir" "$pkgbasedir"
options="" subpackages="" provides="" replaces="" depends="" makedepends=""
# shellcheck disable=SC1091 # the one that was named
. "$startdir/APKBUILD"
pkgdir=$pkgbasedir/$pkgname
builddir=$srcdir/$pkgname-$pkgver
die() { echo "abuild: $*" >&2; exit 1; }

for field in pkgname pkgver pkgrel pkgdesc url arch license source sha512sums; do
    eval "[ -n \"\${$field}\" ]" || die "no $field"
done
for function in build check package; do
    command -v $function >/dev/null || die "no function $function"
done
[ "${#pkgdesc}" -lt 128 ] || die "pkgdesc is too long"
echo "$sha512sums" | sed '/^ *$/d' | (cd "$distfiles" && sha512sum -c --quiet -) || die "the sum is another one"
tar -xf "$distfiles/${source##*/}" -C "$srcdir"
[ -z "${KEPT-}" ] || ln -s "$KEPT" "$builddir/target"

# amove PATH...: from the main package to the subpackage.
amove() {
    for path; do
        for found in "$pkgdir"/$path; do
            [ -e "$found" ] || [ -L "$found" ] || die "amove: no $path"
            mkdir -p "$subpkgdir/$(dirname "${found#"$pkgdir"/}")"
            mv "$found" "$subpkgdir/$(dirname "${found#"$pkgdir"/}")/"
        done
    done
    find "$pkgdir" -mindepth 1 -type d -empty -delete
}
# What is there of these.
_move() {
    for path; do
        for found in "$pkgdir"/$path; do
            if [ -e "$found" ] || [ -L "$found" ]; then amove "${found#"$pkgdir"/}"; fi
        done
    done
}
default_static() { _move "usr/lib/*.a"; }
default_dev() { _move usr/include usr/lib/pkgconfig; for link in "$pkgdir"/usr/lib/*.so; do [ ! -L "$link" ] || amove "${link#"$pkgdir"/}"; done; }
default_doc() { _move usr/share/man usr/share/doc usr/share/licenses; }

run() { echo ">>> $1"; (set -e; cd "$builddir"; "$1"); }
mkdir -p "$pkgdir"
run build
[ -n "${SKIP_CHECK-}" ] || run check
run package
: >"$out/fields"
tell() { printf '%s|%s|%s|%s|%s\n' "$1" "$pkgdesc" "$license" "$provides" "$replaces" >>"$out/fields"; }
for subpackage in $subpackages; do
    subpkgname=${subpackage%%:*}
    function=${subpackage##*:}
    function=${function##*-}
    subpkgdir=$pkgbasedir/$subpkgname
    mkdir -p "$subpkgdir"
    command -v "$function" >/dev/null || function=default_$function
    (set -e; cd "$builddir"; echo ">>> $subpkgname: $function"; "$function"; tell "$subpkgname")
done
tell "$pkgname"
