#!/bin/sh
# train: a version learned from 200 000 records, and the same region linked by it
# usage: train.sh [PEOPLE, 90000] [SEED, 21]
set -eu
people=${1:-90000}
seed=${2:-21}
version=$(mktemp)
trap 'rm -f "$version"' EXIT
lab=$NAYOSE_BIN/nayose-lab
echo "== by version 1, then training"
"$lab" --people "$people" --seeds "$seed" --top 0 --train "$version"
echo "== by the trained version"
"$lab" --people "$people" --seeds "$seed" --top 0 --model "$version"
