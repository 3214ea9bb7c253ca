#!/bin/sh
# The systemd unit keeps its walls: exposure (0 none … 100 all, in tenths) stays below the bound.
# Argument: another unit file.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bound=20
systemd-analyze security --no-pager --offline=true --threshold="$bound" \
    "${1:-$here/../../conf/systemd/nayosed.service}"
