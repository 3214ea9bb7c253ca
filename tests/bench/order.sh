#!/bin/sh
# order: days of messages, merges, pins, withdrawals and a change of version in many orders of arrival
# usage: order.sh [PEOPLE, 400] [SHUFFLES, 300] [SEEDS, 3] [SHUFFLES on a real server, 10]
set -eu
seed=1
while [ "$seed" -le "${3:-3}" ]; do
    "$NAYOSE_BIN/nayose-order" --people "${1:-400}" --shuffles "${2:-300}" --facilities 8 --seed "$seed"
    /usr/bin/python3 "$(dirname "$0")/order.py" --seed "$seed" --shuffles "${4:-10}"
    seed=$((seed + 1))
done
