#!/bin/sh
# PDQ by kana name and birth year over MLLP at N identities, against a look-up of the same by pgbench
# usage: pdq.sh [--identities N] [--queries Q] [--connections C] [--seed S] [--perf FILE]
#   NAYOSE_BENCH_PEOPLE sets people instead of identities
set -eu
exec /usr/bin/python3 "$(dirname "$0")/pdq.py" "$@"
