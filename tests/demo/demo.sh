#!/bin/sh
# ./dev demo: three facilities feed a private server by MLLP, the way hospitals do. Shows one explained
# link, one twin kept apart, one open question and a PIX query; each expectation is checked.
#
#   f01.hl7  f02.hl7   SS-MIX2 form, sent in ISO-2022-JP (here as UTF-8, so that people can read them)
#   f03.hl7            UTF-8
#   query.hl7          ITI-9, which ids does this patient have elsewhere
set -eu
NY_ROOT=${NY_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
export NY_ROOT
here=$NY_ROOT/tests/demo
home=${NAYOSE_HOME:-$NY_ROOT/var/demo}
NAYOSE_BIN=${NAYOSE_BIN:-$NY_ROOT/build/release/bin}
NAYOSE_MLLP_PORT=0 NAYOSE_HTTP_PORT=0
export NAYOSE_BIN NAYOSE_MLLP_PORT NAYOSE_HTTP_PORT
failed=0
started=
work=$(mktemp -d)

# shellcheck source=tests/support/server.sh
. "$NY_ROOT/tests/support/server.sh"

# shellcheck disable=SC2317 # called by the trap
finish()
{
    status=$?
    trap - EXIT INT TERM HUP
    rm -rf "$work"
    if [ -n "$started" ]; then
        server_stop "$home" || status=1
    fi
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

nayose()
{
    "$NAYOSE_BIN/nayose" "$@"
}

title()
{
    printf '\n== %s\n' "$*"
}

# show COMMAND...: as a person would type it, and what it prints
show()
{
    printf '$'
    for word in "$@"; do
        case $word in
            *[!A-Za-z0-9._/=-]*) printf " '%s'" "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
    "$@"
}

# expect SENTENCE COMMAND...
expect()
{
    sentence=$1
    shift
    if "$@"; then
        printf '  ok      %s\n' "$sentence"
    else
        printf '  FAILED  %s\n' "$sentence"
        failed=1
    fi
}

# value PATH <JSON: the member at a.b.0.c
value()
{
    /usr/bin/python3 -c '
import json, sys
v = json.load(sys.stdin)
for step in sys.argv[1].split("."):
    v = v[int(step)] if isinstance(v, list) else None if v is None else v[step]
print(json.dumps(v, ensure_ascii=False) if not isinstance(v, str) else v)' "$1"
}

regional()
{
    nayose resolve "$1" --json | value regional_id
}

explained()
{
    nayose explain "$1" "$2" --json | value "$3"
}

# mllp FILE: to the server by MLLP; the acknowledgements, a segment a line
mllp()
{
    mllp_send --loose -p "${NAYOSE_MLLP##*:}" -f "$1" "${NAYOSE_MLLP%:*}" | tr -d '\013\034' | tr '\r' '\n'
}

# feed FILE CHARSET
feed()
{
    name=${1##*/}
    iconv -f UTF-8 -t "$2" "$1" >"$work/$name"
    mllp "$work/$name" >"$work/$name.ack"
    sent=$(grep -c '^MSH' "$1")
    expect "$name: $sent messages in $2, all acknowledged with AA" \
        test "$(grep -c '^MSA|AA|' "$work/$name.ack")" = "$sent"
}

title "A private PostgreSQL and nayosed"
server_wipe "$home"
started=1
server_start "$home"
printf 'nayosed is ready: mllp %s, admin %s\n' "$NAYOSE_MLLP" "$NAYOSE_SERVER"

title "Three facilities"
show nayose domain add --namespace F01 --oid 1.2.392.100495.20.3.51.1 --name 前橋中央病院
show nayose domain add --namespace F02 --oid 1.2.392.100495.20.3.51.2 --name 大手町クリニック \
    --source 'EMR^CLINIC2'
show nayose domain add --namespace F03 --oid 1.2.392.100495.20.3.51.3 --name オンライン診療
show nayose domain list

title "Their patients, by MLLP"
feed "$here/f01.hl7" ISO-2022-JP
feed "$here/f02.hl7" ISO-2022-JP
feed "$here/f03.hl7" UTF-8

title "One person whom string comparison misses"
echo "Name, reading, birth date, address and phone: each is written differently on the two sides."
show nayose explain 'F01^0001001' 'F03^k-778'
expect "one person" test "$(explained 'F01^0001001' 'F03^k-778' same_person)" = true
expect "linked by itself" test "$(explained 'F01^0001001' 'F03^k-778' band)" = auto
show nayose resolve 'F01^0001001'
setsuko=$(regional 'F01^0001001')
expect "the clinic's record is hers, too" test "$(regional 'F02^52-7')" = "$setsuko"
expect "and so is the online record" test "$(regional 'F03^k-778')" = "$setsuko"

title "Her twin, kept apart"
echo "Surname, birth date, sex and address agree; the given name does not."
show nayose explain 'F01^0001002' 'F03^k-778'
expect "two persons" test "$(explained 'F01^0001002' 'F03^k-778' same_person)" = false
expect "no question about it" test "$(explained 'F01^0001002' 'F03^k-778' question)" = null
expect "a regional ID of her own" test "$(regional 'F01^0001002')" != "$setsuko"

title "A question only a person can answer"
echo "Twins whose names sound alike, or one girl and a slip of the pen? Nothing is linked until someone says."
show nayose review list
show nayose explain 'F01^0001003' 'F02^52-8'
expect "one open question" test "$(nayose review list --json | value reviews | grep -o '"domain_a"' | wc -l)" = 1
expect "about the two girls" test \
    "$(nayose review export | tail -n +2 | cut -d, -f1-4)" = "F01,0001003,F02,52-8"
expect "because of the twin guard" test "$(explained 'F01^0001003' 'F02^52-8' guards.0.id)" = GD3
expect "not linked meanwhile" test "$(explained 'F01^0001003' 'F02^52-8' same_person)" = false
echo "A namesake with the same birth date and nothing else in common is parked: nobody could decide."
expect "parked" test "$(explained 'F01^0001004' 'F02^52-9' question.state)" = parked

title "The portal asks by PIX query (ITI-9): which ids does F02's patient 52-7 have?"
mllp "$here/query.hl7" | tee "$work/answer"
expect "the query is answered" grep -q '^MSA|AA|q-0001' "$work/answer"
expect "status OK" grep -q '^QAK|tag-0001|OK' "$work/answer"
expect "with the hospital's id" grep -q '^PID|.*0001001^^^F01&1.2.392.100495.20.3.51.1&ISO' "$work/answer"
expect "with the online id" grep -q '^PID|.*k-778^^^F03&1.2.392.100495.20.3.51.3&ISO' "$work/answer"
expect "with the regional ID" grep -q "^PID|.*$setsuko^^^" "$work/answer"
expect "without the twin" test "$(grep -c 0001002 "$work/answer")" = 0

title "All links"
show nayose links export
expect "nine records" test "$(nayose links export | tail -n +2 | wc -l)" = 9
expect "of seven persons" test "$(nayose links export | tail -n +2 | cut -d, -f3 | sort -u | wc -l)" = 7

title "Stopping"
started=
server_stop "$home" || failed=1
if [ "$failed" -eq 0 ]; then
    echo "Everything was as expected."
else
    echo "Not everything was as expected." >&2
fi
exit "$failed"
