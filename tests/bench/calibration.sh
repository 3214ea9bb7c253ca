#!/bin/sh
# calibration: estimate and bound beside the truth, 40 registries each; clerks slip in 3 % of answers
# usage: calibration.sh [PEOPLE of each registry, 5000; the middle ones are twice as large]
set -eu
people=${1:-5000}
status=0
measure() {
    echo "== $1"
    shift
    "$NAYOSE_BIN/nayose-lab" --calibrate --records 4000 --slips 3 "$@" || status=1
}
measure "as they are" --people "$people" --seeds 1-40
measure "threshold 8 bits, no contact asked for: false links do happen" \
    --people $((people * 2)) --seeds 101-140 --tau 8 --no-contact
measure "threshold 6 bits, no contact asked for, 2.5 times the errors" \
    --people "$people" --seeds 201-240 --tau 6 --no-contact --errors 250
exit "$status"
