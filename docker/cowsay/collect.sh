#!/bin/sh
# collect.sh FOLDER: copies cowsay to FOLDER, with all that it needs: Perl, the modules and shared libraries that it
# loads, the cows, and the character set.
set -eu

# A trial run tells what it loads; the message has an accent, because accents need further modules.
loaded=$(perl -e 'END { print STDERR map { "$_\n" } values %INC, @DynaLoader::dl_shared_objects }
    @ARGV = ("é"); do "/usr/games/cowsay"' 2>&1 >/dev/null | grep ^/)

# Perl and its compiled modules need the C library and the dynamic loader.
# shellcheck disable=SC2046,SC2086  # lists of paths without spaces
libraries=$(ldd /usr/bin/perl $(printf '%s\n' $loaded | grep '\.so$') | grep -o '/[^ ]*\.so[.0-9]*' | sort -u)

mkdir -p "$1"
# shellcheck disable=SC2086  # lists, as above
cp -rL --parents /usr/bin/perl /usr/games/cowsay /usr/share/cowsay /usr/lib/locale/C.utf8 $loaded $libraries "$1"
