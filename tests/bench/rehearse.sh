#!/bin/sh
# rehearse: a version rehearsed and activated, a rebuild, while 200 messages a second are fed: times, latency
# usage: rehearse.sh [--people N] [--only rehearsal|rebuild]
set -eu
exec /usr/bin/python3 "$(dirname "$0")/rehearse.py" "$@"
