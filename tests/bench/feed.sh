#!/bin/sh
# acknowledged ADT messages a second over MLLP at N identities, against COPY of the same rows
# usage: feed.sh [--identities N] [--measure M] [--connections C] [--seed S] [--perf FILE]
#   --identities 1000000 is the large run (10 minutes); NAYOSE_BENCH_PEOPLE sets people instead
set -eu
exec /usr/bin/python3 "$(dirname "$0")/feed.py" "$@"
