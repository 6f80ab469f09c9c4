#!/bin/sh
# Installs a voicemail module beside an Asterisk that is there already: links to that one, and a module of its own.
#
#   e2e/install-module.sh INSTALL SOURCE TARGET    INSTALL: an installed Asterisk; SOURCE: a tree in which the module is built
set -eu
from=$1
source=$2
to=$3
modules=lib/asterisk/modules
rm -rf "$to"
mkdir -p "$to/$modules"
for name in "$from"/*; do
    case $(basename "$name") in lib | stamp) ;; *) ln -s "$name" "$to/" ;; esac
done
for name in "$from/$modules"/*; do
    ln -s "$name" "$to/$modules/"
done
rm -f "$to/$modules/app_voicemail_imap.so"
cp "$source/apps/app_voicemail_imap.so" "$to/$modules/"
