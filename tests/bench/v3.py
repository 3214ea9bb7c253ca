#!/usr/bin/python3
"""How fast the same things are said and asked in HL7 v3 and in v2, turn by turn on one server."""
import os

import measure
import v3_messages
from measure import show


def halves(bench, turns):
    """For each turn and language the files of messages of adds and revisions, a file a facility."""
    made = [{"v2": [], "v3": []} for _ in range(turns)]
    for path in bench.rest:
        messages = [m for m in map(v3_messages.plain, measure.harness.frames(path)) if m is not None]
        share = len(messages) // (2 * turns)
        for i in range(2 * turns):
            part = messages[i * share:(i + 1) * share]
            language = "v3" if i % 2 else "v2"
            if language == "v3":
                part = [v3_messages.feed(m) for m in part]
            if part:
                made[i // 2][language].append(measure.harness.write_frames(f"{path}.{i}", part))
    return made


def questions(bench, n):
    """The same patients to be asked for: a file of v2's and one of v3's."""
    oids = dict(bench.server.sql("SELECT namespace, oid FROM nayose.identity_domain"))
    keys, ids = bench.everybody()
    requests = [v3_messages.query(f"V{i}", oids[ns], local)
                for i, (ns, local) in enumerate((keys * (n // len(keys) + 1))[:n])]
    return ids, measure.harness.write_frames(os.path.join(bench.tmp.name, "queries.v3"), requests)


class Sum:
    """What the turns of one language come to."""

    def __init__(self):
        self.messages = self.seconds = self.aa = self.ok = 0
        self.cpu = [0, 0]
        self.p99 = []

    def add(self, stats, cpu):
        if stats["errors"] or stats["unanswered"]:
            raise SystemExit(f"not everything was answered: {stats}")
        self.messages += stats["messages"]
        self.seconds += stats["seconds"]
        self.aa += stats["aa"]
        self.ok += stats.get("ok", 0)
        self.cpu = [a + b for a, b in zip(self.cpu, cpu)]
        self.p99.append(stats["p99_ms"])

    def rate(self):
        return self.messages / self.seconds

    def tell(self, what, good):
        show(what, f"{self.rate():.0f}", "a second")
        show(f"  {self.messages}, of which {good}", self.aa)
        show("  p99, worst turn", f"{max(self.p99):.2f}", "ms")
        show("  CPU each: nayosed, PostgreSQL",
             " ".join(f"{c / self.messages * 1e6:.0f}" for c in self.cpu), "us")


def main():
    p = measure.arguments(__doc__)
    p.add_argument("--measure", type=int, default=24000)
    p.add_argument("--turns", type=int, default=3)
    o = p.parse_args()
    fed = {"v2": Sum(), "v3": Sum()}
    asked = {"v2": Sum(), "v3": Sum()}
    with measure.Bench(o, o.measure) as bench:
        bench.load()
        to_v3 = ("--http", "--port", str(bench.server.http_port))
        for turn in halves(bench, o.turns):
            fed["v2"].add(*bench.metered(turn["v2"], "--spread"))
            fed["v3"].add(*bench.metered(turn["v3"], "--spread", *to_v3))
        ids, queries = questions(bench, 20000)
        for _ in range(o.turns):
            asked["v2"].add(*bench.metered([], "--pix", ids, "--seconds", "4"))
            asked["v3"].add(*bench.metered([queries], "--spread", *to_v3))
        identities = bench.server.get("/status")[1]["identities"]
    show("identities at the end", identities)
    show("connections, one message in flight each", o.connections)
    fed["v2"].tell("feed by v2 (ITI-8, ITI-30)", "AA")
    fed["v3"].tell("feed by v3 (ITI-44)", "CA")
    show("  ratio to v2", f"{fed['v3'].rate() / fed['v2'].rate():.3f}")
    asked["v2"].tell("PIX queries by v2 (ITI-9)", "AA")
    asked["v3"].tell("PIX queries by v3 (ITI-45)", "AA")
    show("  ratio to v2", f"{asked['v3'].rate() / asked['v2'].rate():.3f}")
    for one in (*fed.values(), *asked.values()):
        if one.aa != one.messages:
            raise SystemExit("something was refused")


if __name__ == "__main__":
    main()
