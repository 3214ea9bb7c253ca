#!/usr/bin/python3
"""How fast messages are acknowledged when N identities are known, and what an identity costs."""
import os
import statistics
import time

import measure
from measure import show

# The rows of the measured messages: table, condition (filled with where the tables ended before).
TABLES = (
    ("identity", "id > {identity}"),
    ("identity_version", "batch_no > {batch}"),
    ("message", "id > {message}"),
    ("message_seen", "control_id IN (SELECT control_id FROM nayose.message WHERE id > {message})"),
    ("edge", "greatest(a, b) > {identity}"),
    ("membership_event", "seq > {membership}"),
    ("audit_event", "message_id IN (SELECT control_id FROM nayose.message WHERE id > {message})"),
    ("person", "id > {person}"),
)


def ends(server):
    value = server.number
    return {
        "identity": value("SELECT max(id) FROM nayose.identity"),
        "batch": value("SELECT max(batch_no) FROM nayose.identity_version"),
        "message": value("SELECT max(id) FROM nayose.message"),
        "membership": value("SELECT max(seq) FROM nayose.membership_event"),
        "person": value("SELECT max(id) FROM nayose.person"),
    }


def ceiling(bench, before, rounds=3):
    """Seconds that one COPY a table takes for the same rows into empty tables of the same shape."""
    server, shell = bench.server, bench.server.run_psql
    server.sql("CREATE SCHEMA ceiling")
    files, count = {}, {}
    for table, where in TABLES:
        path = os.path.join(bench.tmp.name, table + ".copy")
        shell(f"\\copy (SELECT * FROM nayose.{table} WHERE {where.format(**before)}) "
              f"TO '{path}' (FORMAT binary)")
        server.sql(f"CREATE TABLE ceiling.{table} (LIKE nayose.{table} INCLUDING ALL)")
        files[table] = path
    script = "BEGIN;\n" + "".join(
        f"\\copy ceiling.{t} FROM '{p}' (FORMAT binary)\n" for t, p in files.items()) + "COMMIT;\n"
    times = []
    for _ in range(rounds):
        server.sql("TRUNCATE " + ", ".join(f"ceiling.{t}" for t in files))
        begin = time.monotonic()
        shell(script)
        times.append(time.monotonic() - begin)
    for table in files:
        count[table] = server.number(f"SELECT count(*) FROM ceiling.{table}")
    return statistics.median(times), count


def main():
    p = measure.arguments(__doc__)
    p.add_argument("--measure", type=int, default=20000)
    o = p.parse_args()
    with measure.Bench(o, o.measure) as bench:
        server = bench.server
        loaded = bench.load()
        identities = server.get("/status")[1]["identities"]
        rss = measure.rss_of(server.pid)
        # PostgreSQL's own first cleaning of the new tables would fall into the measured seconds.
        server.sql("VACUUM ANALYZE " + ", ".join(f"nayose.{table}" for table, _ in TABLES))
        before = ends(server)
        commits = measure.Commits(server)
        stats, cpu = bench.metered(bench.rest, "--spread")
        commits.end()
        seconds, rows = ceiling(bench, before)
        status = server.get("/status")[1]
    show("people", bench.people)
    show("identities before the measured messages", identities)
    show("loading them, messages a second", f"{loaded['per_second']:.0f}")
    show("connections, one message in flight each", o.connections)
    measure.show_run(stats, cpu)
    commits.show(stats["messages"])
    show("answered AA", stats["aa"])
    top = stats["messages"] / seconds
    show("ceiling: COPY of the same rows, messages a s", f"{top:.0f}")
    print("  rows: " + " ".join(f"{t}={n}" for t, n in rows.items()))
    show("ratio to the ceiling", f"{stats['per_second'] / top:.3f}")
    show("RSS of nayosed with 0 identities", f"{bench.rss_empty / 2**20:.1f}", "MiB")
    show(f"RSS with {identities}", f"{rss / 2**20:.1f}", "MiB")
    show("bytes per identity by RSS", f"{(rss - bench.rss_empty) / identities:.0f}")
    show("bytes per identity as the index counts",
         f"{status['index_bytes'] / status['identities']:.0f}")
    if stats["aa"] != stats["messages"] or stats["errors"]:
        raise SystemExit(f"not everything was accepted: {stats}")


if __name__ == "__main__":
    main()
