#!/bin/sh
# Unpacks Debian's UW c-client, library and headers, into target/uw: the judge that our library is
# compared with. Nothing is installed. Prints the directory.
#
#   target/uw/lib/       libc-client.so.2007e (.0)
#   target/uw/include/   c-client/*.h and linkage.c
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
out="$root/target/uw"
if [ ! -e "$out/complete" ]; then
    rm -rf "$out"
    mkdir -p "$out/debs" "$out/lib"
    cd "$out/debs"
    {
        apt-get -q -o DPkg::Lock::Timeout=300 -o APT::Sandbox::User=root download libc-client2007e libc-client2007e-dev ||
            { as_root=""; [ "$(id -u)" -eq 0 ] || as_root="sudo"; $as_root apt-get -q -o DPkg::Lock::Timeout=300 update
              apt-get -q -o APT::Sandbox::User=root download libc-client2007e libc-client2007e-dev; }
    } >&2
    for deb in *.deb; do dpkg -x "$deb" "$out/unpacked"; done
    cp -a "$out"/unpacked/usr/lib/libc-client.so.2007e* "$out/lib/"
    ln -s libc-client.so.2007e "$out/lib/libc-client.so"
    cp -a "$out/unpacked/usr/include" "$out/include"
    touch "$out/complete"
fi
echo "$out"
