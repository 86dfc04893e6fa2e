#!/bin/sh
# Makes a cow say the arguments or, without arguments, a fortune.
set -eu
if [ $# = 0 ]; then
    fortune | cowsay
else
    exec cowsay "$@"
fi
