#!/bin/sh
# match: generated regions against the truth, in memory: ten ordinary ones, three hard ones, twins
# usage: match.sh [PEOPLE of each region, 100000] [SEEDS, 1-10]
set -eu
people=${1:-100000}
seeds=${2:-1-10}
lab=$NAYOSE_BIN/nayose-lab
echo "== $people people each, seeds $seeds"
"$lab" --people "$people" --seeds "$seeds"
echo "== the same with 2.5 times the errors, seeds 1-3"
"$lab" --people "$people" --seeds 1-3 --errors 250
echo "== twins in every household, seeds 1-2"
"$lab" --people "$((people * 6 / 10))" --seeds 1-2 --twins-only
