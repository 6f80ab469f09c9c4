#!/bin/sh
# Builds the Debian packages from the source tarball, without a network, and looks at them with lintian.
#
#   packaging/deb.sh        the packages land in target/deb
#
# Rust may come from rustup: the build dependencies on Debian's are not looked at. The crates' unit tests are left out
# unless DEB_BUILD_OPTIONS is set (to anything that does not hold "nocheck").
set -eu
cd "$(dirname "$0")/.."
root=$PWD
scripts/install-deps.sh build deb
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
# Greater than UW's 2007f, so that it takes that package's place; see docs/packaging.md.
upstream=2007g~rs$version
out=$root/target/deb
mkdir -p "$out/cargo"
find "$out" -maxdepth 1 \( -name '*.deb' -o -name 'c-client-rs_*' \) -exec rm -f {} +
rm -rf "$out"/c-client-rs-*
tarball=$(scripts/dist.sh "$out/dist")
cp "$tarball" "$out/c-client-rs_$upstream.orig.tar.xz"
tar -xf "$tarball" -C "$out"
cd "$out/c-client-rs-$version"
cp -r packaging/debian debian
cat >debian/changelog <<END
c-client-rs (8:$upstream-1) unstable; urgency=medium

  * See CHANGELOG.md.

 -- c-client-rs maintainers <maintainers@c-client-rs.example>  $(date -R -d "@$(git -C "$root" log -1 --format=%ct)")
END
# What cargo has compiled of the crates is of use to the next run.
ln -s ../cargo target
unset CARGO_TARGET_DIR
export DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS-nocheck}"
# The directories of rustup are no longer in the PATH that debhelper would make.
# Where the kernel allows it, in a namespace whose only network is loopback; else there is only cargo's word for it.
alone=
for way in -n -rn; do
    if [ -z "$alone" ] && unshare "$way" true 2>/dev/null; then alone="unshare $way"; fi
done
[ -n "$alone" ] || echo "deb: no network namespace to be had; nothing but cargo's offline mode keeps the network away" >&2
# shellcheck disable=SC2016,SC2086
CARGO_NET_OFFLINE=true $alone sh -c '[ -z "$0" ] || ip link set lo up 2>/dev/null || :; exec "$@"' "$alone" dpkg-buildpackage -us -uc -b -d >"$out/build.log" 2>&1 || { tail -30 "$out/build.log" >&2; echo "deb: failed (log: target/deb/build.log)" >&2; exit 1; }
cd "$out"
lintian --fail-on error --suppress-tags bad-distribution-in-changes-file ./*.changes || exit 1
ls -l ./*.deb | awk '{ print $5, $9 }'
