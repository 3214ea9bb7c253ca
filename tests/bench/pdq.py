#!/usr/bin/python3
"""How fast a patient is found by kana name and birth year, each with its committed audit row, when
N identities are known. The ceiling is PostgreSQL's own look-up of the same in a table made for it:
folded kana and year under one index, joined to the records that are sent."""
import os
import random
import re
import subprocess

import measure
from measure import show

ROWS = """CREATE SCHEMA ceiling;
CREATE TABLE ceiling.name AS
 SELECT DISTINCT i.person, v->>'pf' AS family, v->>'pg' AS given,
        substr(i.demographics->'birth_date'->>0, 1, 4) AS year
 FROM nayose.identity i, jsonb_array_elements(i.demographics->'names'->'v') v
 WHERE i.status = 1 AND v->>'pf' <> '' AND v->>'pg' <> ''
   AND i.demographics->'birth_date'->>0 ~ '^[12][0-9]{7}$';
CREATE INDEX ON ceiling.name (family, given, year);
CREATE TABLE ceiling.asked AS
 SELECT row_number() OVER () AS n, family, given, year
 FROM (SELECT * FROM ceiling.name ORDER BY md5(person::text || family || given) LIMIT 20000) s;
ALTER TABLE ceiling.asked ADD PRIMARY KEY (n);
ANALYZE ceiling.name; ANALYZE ceiling.asked"""
LOOKUP = """\\set n random(1, {last})
WITH q AS (SELECT family, given, year FROM ceiling.asked WHERE n = :n)
SELECT i.id, i.domain, i.local_id, i.demographics FROM q
 JOIN ceiling.name c ON c.family = q.family AND c.given = q.given AND c.year = q.year
 JOIN nayose.identity i ON i.person = c.person WHERE i.status IN (1, 4);
"""
HEAD = "MSH|^~\\&|PORTAL|NET|NAYOSE|REG|20260102030405||QBP^Q22^QBP_Q21|Q{n}|P|2.5||||||UNICODE UTF-8\r"


def question(n, family, given, year):
    return (HEAD.format(n=n) + f"QPD|IHE PDQ Query|T{n}|@PID.5.1.1^{family}~@PID.5.2^{given}"
            f"~@PID.7^{year}\rRCP|I\r").encode()


def ceiling(bench, last):
    """Look-ups a second by pgbench, as many clients as there are connections."""
    path = os.path.join(bench.tmp.name, "lookup.sql")
    with open(path, "w", encoding="utf-8") as f:
        f.write(LOOKUP.format(last=last))
    run = subprocess.run(
        [os.path.join(bench.server.pg_bin(), "pgbench"), "-n", "-M", "prepared", "-c",
         str(bench.o.connections), "-j", "1", "-T", "10", "-h", bench.server.pg_host, "-U", "nayose",
         "-f", path, "nayose"], stdout=subprocess.PIPE, text=True, check=True)
    return float(re.search(r"tps = ([0-9.]+)", run.stdout).group(1))


def main():
    p = measure.arguments(__doc__)
    p.set_defaults(connections=8)
    p.add_argument("--queries", type=int, default=20000)
    o = p.parse_args()
    with measure.Bench(o, 0) as bench:
        server = bench.server
        bench.load()
        rss = measure.rss_of(server.pid)
        for statement in ROWS.split(";\n"):
            server.sql(statement)
        asked = server.sql("SELECT family, given, year FROM ceiling.asked ORDER BY n")
        rng = random.Random(o.seed)
        files = []
        for lane in range(o.connections):
            messages = [question(f"{lane}-{i}", *rng.choice(asked))
                        for i in range(o.queries // o.connections)]
            files.append(harness_write(bench, lane, messages))
        stats, cpu = bench.metered(files)
        found = server.sql("SELECT count(*), count(*) FILTER (WHERE hits > 0), round(avg(hits), 2) "
                           "FROM nayose.audit_event WHERE transaction = 'ITI-21'")[0]
        bare = ceiling(bench, len(asked))
        show("identities", server.get("/status")[1]["identities"])
    show("connections, one query in flight each", o.connections)
    measure.show_run(stats, cpu)
    show("answered with somebody", found[1])
    show("persons an answer", found[2])
    show("memory of nayosed", f"{rss / 2 ** 20:.0f}", "MiB")
    show("ceiling: the look-up alone by pgbench, a s", f"{bare:.0f}")
    show("ratio to it", f"{stats['per_second'] / bare:.3f}")
    # Placeholders of names (男児, ベビー) are nobody's name: the table has them, a record has not.
    if (stats["ar"] or stats["errors"] or int(found[0]) != stats["messages"] or
            int(found[1]) < 0.98 * int(found[0])):
        raise SystemExit(f"not everything was answered: {stats} {found}")


def harness_write(bench, lane, messages):
    return measure.harness.write_frames(os.path.join(bench.tmp.name, f"ask{lane}.hl7"), messages)


if __name__ == "__main__":
    main()
