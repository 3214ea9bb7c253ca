"""How long a rehearsal, a change of version and a rebuild take, and what a feed feels of them."""
import argparse
import json
import os
import subprocess
import tempfile
import threading
import time

import measure
from measure import harness


class Memory:
    """The memory of nayosed around something: before, at its most, afterwards."""

    def __init__(self, pid):
        self.pid = pid
        self.before = self.most = measure.rss_of(pid)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def watch(self):
        while not self.ended.wait(.1):
            self.most = max(self.most, measure.rss_of(self.pid))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def show(self):
        sizes = (self.before, self.most, measure.rss_of(self.pid))
        measure.show("  memory before / most / after, MiB", " / ".join(f"{n >> 20}" for n in sizes))


def cli(server, *words):
    began = time.monotonic()
    subprocess.run([os.path.join(harness.BIN, "nayose"), "--server", server.admin_path, *words],
                   check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def split(tmp, files):
    """All but the last of each file, to be loaded; and the rest, to be fed meanwhile."""
    loaded, fed = [], []
    for path in files:
        messages = harness.frames(path)
        cut = len(messages) - min(len(messages) // 4, 2000)
        name = os.path.basename(path)
        loaded.append(harness.write_frames(os.path.join(tmp, "loaded-" + name), messages[:cut]))
        fed.append(harness.write_frames(os.path.join(tmp, "fed-" + name), messages[cut:]))
    return loaded, fed


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--people", type=int, default=450000)
    p.add_argument("--only", choices=("rehearsal", "rebuild"), help="one of the three")
    options = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="ny-bench.") as tmp:
        files = harness.population(tmp, options.people, 12, 1)
        loaded, fed = split(tmp, files)
        server = harness.Server()
        try:
            server.start().add_domains(os.path.join(tmp, "domains.txt"))
            server.load(loaded, "--connections", "24")
            measure.show("identities", server.get("/status")[1]["identities"])
            if options.only != "rebuild":
                cli(server, "model", "train", "--recount")
            steps = ((("model", "stage", "2"), "rehearsal", fed[:4]),
                     (("model", "activate", "2"), "change", fed[4:8]),
                     (("rebuild",), "rebuild", fed[8:]))
            for words, what, updates in steps:
                if options.only not in (None, what):
                    continue
                with Memory(server.pid) as memory, subprocess.Popen(
                        server.load_command(updates, "--rate", "200", "--connections", "8",
                                            "--spread"),
                        stdout=subprocess.PIPE, text=True) as feed:
                    seconds = cli(server, *words)
                    began = time.monotonic()
                    server.wait_settled()
                    measure.show(f"{what}, s", f"{seconds + time.monotonic() - began:.1f}")
                    stats = json.loads(feed.communicate()[0])
                measure.show("  fed meanwhile", stats["aa"])
                measure.show("  p50 / p99, ms", f"{stats['p50_ms']:.1f} / {stats['p99_ms']:.1f}")
                memory.show()
        finally:
            server.close()


if __name__ == "__main__":
    main()
