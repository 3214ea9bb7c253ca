#!/bin/sh
# A portal pages through 10 000 people of one name, 50 at a time, while a hospital feeds: each once
set -eu
export NAYOSE_IT_PDQ_PEOPLE="${NAYOSE_IT_PDQ_PEOPLE:-10000}"
exec /usr/bin/python3 "$(dirname "$0")/../integration/test_pdq.py" -v Pdq.test_everybody_once_while_a_feed_runs
