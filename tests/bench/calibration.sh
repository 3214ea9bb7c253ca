#!/bin/sh
# calibration: does the bound cover the truth? 40 registries as they are, 40 with loose rules
# usage: calibration.sh [PEOPLE of each registry, 5000]
set -eu
people=${1:-5000}
lab=$NAYOSE_BIN/nayose-lab
status=0
echo "== as they are"
"$lab" --calibrate --people "$people" --seeds 1-40 || status=1
echo "== threshold 8 bits, no contact asked for: false links do happen"
"$lab" --calibrate --people "$people" --seeds 101-140 --tau 8 --no-contact || status=1
exit "$status"
