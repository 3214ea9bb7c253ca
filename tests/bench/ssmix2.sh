#!/bin/sh
# files a second of nayose load ssmix2 into an empty registry, against load hl7 of the same messages
# usage: ssmix2.sh [--identities N] [--connections C] [--seed S]
set -eu
exec /usr/bin/python3 "$(dirname "$0")/ssmix2.py" "$@"
