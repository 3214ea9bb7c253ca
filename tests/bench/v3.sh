#!/bin/sh
# HL7 v3 over SOAP against v2 over MLLP in one run: feeds (ITI-44) and PIX queries (ITI-45)
# usage: v3.sh [--identities N] [--measure M] [--connections C] [--seed S] [--perf FILE]
set -eu
exec /usr/bin/python3 "$(dirname "$0")/v3.py" --connections 32 "$@"
