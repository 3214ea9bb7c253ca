#!/usr/bin/python3
"""How fast PIX queries are answered, each with its committed audit row, when N identities are
known."""
import os
import re
import subprocess

import measure
from measure import show

PIPELINE = 64  # queries of one pipeline of pgbench, as many as 64 connections have in flight
OPTIONS = ("plan_cache_mode=force_generic_plan", "enable_seqscan=off", "enable_hashjoin=off",
           "enable_mergejoin=off", "jit=off")  # as nayosed sets them for its own connections
AUDIT = """INSERT INTO ceiling.audit_event (chain, seq, at, kind, outcome, requester, user_id,
 user_name, peer_addr, transaction, message_id, patient_domain, patient_id, person, query_payload,
 domains_returned, hits, decision, reason, prev_hash, hash)
 SELECT 'bench', nextval('ceiling.seq'), now(), kind, outcome, requester, user_id, user_name,
 peer_addr, transaction, message_id, patient_domain, patient_id, person, query_payload,
 domains_returned, hits, decision, reason, prev_hash, hash FROM ceiling.like_these"""


# What one patient costs when nobody shares the work of a statement.
SELECT = """WITH RECURSIVE asked AS (
 SELECT person AS id FROM nayose.identity
 WHERE domain = $1 AND local_id = $2 AND status IN (1, 4) AND $1 <> 0
 UNION ALL SELECT id FROM nayose.person WHERE regional_id = $2 AND $1 = 0),
 way AS (SELECT p.id, p.forwarded_to FROM asked JOIN nayose.person p USING (id)
 UNION SELECT p.id, p.forwarded_to FROM way JOIN nayose.person p ON p.id = way.forwarded_to)
 SELECT p.id, p.regional_id, m.domain, m.local_id
 FROM way JOIN nayose.person p ON p.id = way.id AND NOT p.retired
 LEFT JOIN nayose.identity m ON m.person = p.id AND m.status IN (1, 4)
 ORDER BY m.domain, m.local_id"""


def shared_select():
    """The text of nayosed's own statement, which takes many patients."""
    path = os.path.join(measure.ROOT, "src", "store", "tbl", "statements.def")
    with open(path, encoding="utf-8") as f:
        found = re.search(r'NY_SQL\(RESOLVE,\s*((?:"[^"]*"\s*)+),', f.read())
    return "".join(re.findall(r'"([^"]*)"', found.group(1)))


def selects(domain, width, shared):
    keys = [f"lpad(:n{i}::text, {width}, '0')" for i in range(PIPELINE)]
    if shared:
        text = shared_select().replace("$1", f"array_fill({domain}, '{{{PIPELINE}}}')")
        return [text.replace("$2", "ARRAY[" + ",".join(keys) + "]")]
    return [SELECT.replace("\n", "").replace("$1", domain).replace("$2", key) for key in keys]


def scripts(bench, audited, shared):
    """A pgbench script for each facility, weighted by its patients. Local ids of the population are
    1 … n with leading zeros, so a random number is a random patient."""
    made = []
    for domain, width, last in bench.server.sql(
            "SELECT domain, max(length(local_id)), max(local_id::bigint) FROM nayose.identity "
            "GROUP BY 1"):
        path = os.path.join(bench.tmp.name, f"bench{domain}.sql")
        with open(path, "w", encoding="utf-8") as f:
            f.writelines(f"\\set n{i} random(1, {last})\n" for i in range(PIPELINE))
            f.write("\\startpipeline\n")
            f.writelines(text + ";\n" for text in selects(domain, width, shared))
            f.write(AUDIT.replace("\n", "") + ";\n" if audited else "")
            f.write("\\endpipeline\n")
        made += ["-f", f"{path}@{last}"]
    return made


def ceiling(bench, seconds, audited, shared=False):
    """Queries a second by pgbench."""
    env = dict(os.environ, PGOPTIONS=" ".join("-c " + o for o in OPTIONS))
    run = subprocess.run(
        [os.path.join(bench.server.pg_bin(), "pgbench"), "-n", "-M", "prepared", "-c", "2", "-j",
         "1", "-T", str(seconds), "-h", bench.server.pg_host, "-U", "nayose",
         *scripts(bench, audited, shared), "nayose"], stdout=subprocess.PIPE, text=True, check=True, env=env)
    return float(re.search(r"tps = ([0-9.]+)", run.stdout).group(1)) * PIPELINE


def prepare_ceiling(bench):
    """The tables of the audited ceiling: real audit rows of queries stand model."""
    for text in ("CREATE SCHEMA ceiling", "CREATE SEQUENCE ceiling.seq",
                 "CREATE TABLE ceiling.audit_event (LIKE nayose.audit_event INCLUDING ALL)",
                 "CREATE TABLE ceiling.like_these AS SELECT * FROM nayose.audit_event "
                 f"WHERE message_id LIKE 'Q%' LIMIT {PIPELINE}"):
        bench.server.sql(text)


def main():
    p = measure.arguments(__doc__)
    p.add_argument("--seconds", type=int, default=10)
    o = p.parse_args()
    with measure.Bench(o, 0) as bench:
        server = bench.server
        bench.load()
        status = server.get("/status")[1]
        _, ids = bench.everybody()
        stats, cpu = bench.metered([], "--pix", ids, "--seconds", str(o.seconds))
        audits = server.number("SELECT count(*) FROM nayose.audit_event WHERE message_id LIKE 'Q%'")
        prepare_ceiling(bench)
        bare = ceiling(bench, o.seconds, False)
        audited = ceiling(bench, o.seconds, True)
        shared = ceiling(bench, o.seconds, True, True)
    show("identities", status["identities"])
    show("connections, one query in flight each", o.connections)
    measure.show_run(stats, cpu)
    show("answered OK", stats["ok"])
    show("audit rows of them", audits)
    show("ceiling: the same statement in pipelines, a s", f"{bare:.0f}")
    show("ceiling: with audit rows, committed together, a s", f"{audited:.0f}")
    show("ceiling: nayosed's own for 64 patients, likewise", f"{shared:.0f}")
    show("ratio to the statement alone", f"{stats['per_second'] / bare:.3f}")
    show("ratio to the ceiling with audit rows", f"{stats['per_second'] / audited:.3f}")
    show("ratio to nayosed's own with audit rows", f"{stats['per_second'] / shared:.3f}")
    if stats["aa"] != stats["messages"] or stats["errors"] or audits != stats["messages"]:
        raise SystemExit(f"not everything was answered: {stats}")


if __name__ == "__main__":
    main()
