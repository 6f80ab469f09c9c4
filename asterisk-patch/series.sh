#!/bin/sh
# Work on the series with git.
#
#   asterisk-patch/series.sh open     target/asterisk-series: a git repository of the files of Asterisk that the series
#                                     touches; the branch "series" is Debian's source and one commit for each patch
#   asterisk-patch/series.sh save     writes the commits of that branch back as asterisk-patch/NNNN-*.patch
#   asterisk-patch/series.sh check    the series applies to Debian's source with neither fuzz nor offset, and each patch with
#                                     those alone that README.md says it needs, without fuzz, and not without one of them
#   asterisk-patch/series.sh warnings the module compiles with files, ODBC, IMAP and IMAP with UW's own headers, and the compiler
#                                     warns of nothing that it does not warn of in the original
#   asterisk-patch/series.sh compile  the same for each patch with those that README.md says it needs (some minutes)
#
# Commit, amend and `git rebase -i` in between as you like. Asterisk's source must be there (e2e/build-asterisk.sh).
set -eu

die() { printf 'series: %s\n' "$*" >&2; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
source=$root/target/asterisk/source
repository=$root/target/asterisk-series

[ -e "$source/apps/app_voicemail.c" ] || die "target/asterisk/source is missing: e2e/run.py --only boot-clean fetches and builds it"

# What patches may touch: the module and the configuration file that documents it.
files="apps/app_voicemail.c configs/samples/voicemail.conf.sample"

unpack() {
    for file in $files; do
        mkdir -p "$1/$(dirname "$file")"
        cp "$source/$file" "$1/$file"
    done
}

patches() { ls "$here"/[0-9]*.patch 2>/dev/null || true; }

case ${1-} in
    open)
        if [ -e "$repository" ] && [ -n "$(git -C "$repository" status --porcelain)" ]; then
            die "target/asterisk-series has changes that are not committed"
        fi
        rm -rf "$repository"
        mkdir -p "$repository"
        git -C "$repository" init -q -b series
        git -C "$repository" config user.name "$(git -C "$root" log -1 --format=%an)"
        git -C "$repository" config user.email "$(git -C "$root" log -1 --format=%ae)"
        unpack "$repository"
        git -C "$repository" add -A
        git -C "$repository" commit -q -m "Asterisk $(cat "$root/target/asterisk/source.ok")"
        git -C "$repository" tag pristine
        # shellcheck disable=SC2046
        [ -z "$(patches)" ] || git -C "$repository" am -q --keep-cr $(patches)
        git -C "$repository" tag landed
        echo "target/asterisk-series: $(git -C "$repository" rev-list --count pristine..series) patches"
        ;;
    save)
        [ -z "$(git -C "$repository" status --porcelain)" ] || die "target/asterisk-series has changes that are not committed"
        rm -f "$here"/[0-9]*.patch
        git -C "$repository" format-patch -q --zero-commit --no-signature --full-index -N -o "$here" pristine..series
        patches | sed "s|.*/||"
        ;;
    check) python3 "$here/check.py" apply ;;
    warnings | compile) python3 "$here/check.py" "$1" ;;
    *)
        sed -n '2,13s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
esac
