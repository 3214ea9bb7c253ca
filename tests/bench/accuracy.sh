#!/bin/sh
# accuracy: links of generated regions against the truth: recall, false links, twins, questions
# usage: accuracy.sh [--people N] [--seeds 1,2,3] [--errors PERCENT]
set -eu
exec /usr/bin/python3 "$(dirname "$0")/accuracy.py" "$@"
