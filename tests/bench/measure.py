"""What the benchmarks share: a loaded server, and meters for CPU time and memory."""
import argparse
import os
import random
import subprocess
import sys
import tempfile

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
os.environ.setdefault("NAYOSE_BIN", os.path.join(ROOT, "build", "release", "bin"))
sys.path.insert(0, os.path.join(ROOT, "tests", "integration"))
import harness  # noqa: E402 (the path above leads to it)

RECORDS_PER_PERSON = 2.18  # of nayose-population; the rest is spare
TICKS = os.sysconf("SC_CLK_TCK")


def arguments(doc, connections=64):
    p = argparse.ArgumentParser(description=doc)
    p.add_argument("--identities", type=int, default=100000)
    p.add_argument("--connections", type=int, default=connections)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--perf", help="record a profile of nayosed to this file while measuring")
    return p


def _stat(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
        return f.read().rpartition(")")[2].split()


def cpu_of(pid):
    """User and system seconds of one process."""
    s = _stat(pid)
    return (int(s[11]) + int(s[12])) / TICKS


def cpu_below(pid):
    """The same of a process, its living children and those it has reaped."""
    s = _stat(pid)
    total = sum(int(v) for v in s[11:15]) / TICKS
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if int(_stat(name)[1]) == pid:
                    total += cpu_of(name)
            except (FileNotFoundError, ProcessLookupError):
                pass
    return total


def rss_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith("VmRSS:"))


class Bench:
    """A server with a population beside it. The messages of each facility are cut in two: what is
    loaded first, and what is measured."""

    def __init__(self, options, measured):
        self.o = options
        self.tmp = tempfile.TemporaryDirectory()
        people = int(os.environ.get("NAYOSE_BENCH_PEOPLE") or
                     (options.identities + measured) / RECORDS_PER_PERSON)
        files = harness.population(self.tmp.name, people, 12, options.seed)
        total = sum(os.path.getsize(f) for f in files)
        self.warm, self.rest, self.measured = [], [], 0
        for path in files:
            messages = harness.frames(path)
            # A rough share of each facility; the last messages of its days.
            part = round(measured * os.path.getsize(path) / total)
            warm = len(messages) - part
            if os.path.basename(path) == "F01.hl7":
                self.first = messages[0]
            self.warm.append(harness.write_frames(path, messages[:warm]))
            self.rest.append(harness.write_frames(path + ".rest", messages[warm:]))
            self.measured += part
        self.people = people
        self.server = harness.Server(fsync=True)

    def __enter__(self):
        self.server.start().add_domains(os.path.join(self.tmp.name, "domains.txt"))
        self.postmaster = self.server.postmaster()
        self.rss_empty = rss_of(self.server.pid)
        return self

    def __exit__(self, *_):
        self.server.close()
        self.tmp.cleanup()

    def load(self):
        """The part that is not measured."""
        stats = self.server.load(self.warm, "--spread", "--connections", str(self.o.connections))
        if stats["aa"] != stats["messages"] or stats["errors"]:
            raise RuntimeError(stats)
        return stats

    def everybody(self):
        """The ids of everybody as (namespace, local id), in random order, and a file of them for --pix."""
        keys = list(self.server.links())
        random.Random(self.o.seed).shuffle(keys)
        path = os.path.join(self.tmp.name, "ids.txt")
        with open(path, "w", encoding="utf-8") as f:
            f.writelines(f"{ns} {local}\n" for ns, local in keys)
        return keys, path

    def metered(self, files, *options):
        """Runs the driver; its counts and the CPU seconds of nayosed and of PostgreSQL."""
        perf = None
        if self.o.perf:
            perf = subprocess.Popen(["perf", "record", "-q", "-g", "-o", self.o.perf, "-p",
                                     str(self.server.pid)])
        before = cpu_of(self.server.pid), cpu_below(self.postmaster)
        stats = self.server.load(files, "--connections", str(self.o.connections), *options)
        cpu = (cpu_of(self.server.pid) - before[0], cpu_below(self.postmaster) - before[1])
        if perf:
            perf.terminate()
            perf.wait()
        return stats, cpu


class Commits:
    """What a run waits for: batches one after the other, each with a flush of PostgreSQL's log."""

    def __init__(self, server):
        self.server = server
        self.before = self._now()
        self.batches = self.flushes = self.flush_ms = 0

    def _now(self):
        # The statistics of the log are told with up to a second's delay.
        return [float(v) for v in self.server.sql(
            "SELECT b.batch_no, w.wal_sync, w.wal_sync_time FROM nayose.leader_beat b, "
            "pg_stat_wal w")[0]]

    def end(self):
        self.batches, self.flushes, self.flush_ms = (
            now - before for now, before in zip(self._now(), self.before))

    def show(self, messages):
        show("  messages a batch", f"{messages / max(self.batches, 1):.1f}")
        show("  a flush of PostgreSQL's log takes", f"{self.flush_ms / max(self.flushes, 1):.2f}", "ms")


def show(name, value, unit=""):
    print(f"{name:<44} {value:>12} {unit}".rstrip(), flush=True)


def show_run(stats, cpu):
    n = stats["messages"]
    show("messages", n)
    show("  a second", f"{stats['per_second']:.0f}")
    show("  p50", f"{stats['p50_ms']:.2f}", "ms")
    show("  p99", f"{stats['p99_ms']:.2f}", "ms")
    show("CPU of nayosed, a message", f"{cpu[0] / n * 1e6:.0f}", "us")
    show("CPU of PostgreSQL, a message", f"{cpu[1] / n * 1e6:.0f}", "us")
