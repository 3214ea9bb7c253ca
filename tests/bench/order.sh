#!/bin/sh
# order: days of messages, merges, pins and withdrawals in many orders of arrival
# usage: order.sh [PEOPLE, 400] [SHUFFLES, 300] [SEEDS, 3]
set -eu
seed=1
while [ "$seed" -le "${3:-3}" ]; do
    "$NAYOSE_BIN/nayose-order" --people "${1:-400}" --shuffles "${2:-300}" --facilities 8 --seed "$seed"
    seed=$((seed + 1))
done
