#!/bin/sh
# PIX queries a second over MLLP at N identities, against the same statement by pgbench
# usage: pix.sh [--identities N] [--seconds S] [--connections C] [--seed S] [--perf FILE]
#   NAYOSE_BENCH_PEOPLE sets people instead of identities
set -eu
exec /usr/bin/python3 "$(dirname "$0")/pix.py" "$@"
