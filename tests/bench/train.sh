#!/bin/sh
# train: learns a version from each of several regions and links them again by it, side by side
# usage: train.sh [PEOPLE, 90000] [SEEDS, 21-23] [--errors PERCENT …]
#        90 000 people have 200 000 records; exit status 1 when learning lost links or made false ones
set -eu
people=${1:-90000}
seeds=${2:-21-23}
[ $# -lt 2 ] || shift
[ $# -lt 1 ] || shift
exec "$NAYOSE_BIN/nayose-lab" --people "$people" --seeds "$seeds" --top 0 --compare "$@"
