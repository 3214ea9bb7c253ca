"""How long a rehearsal, a change of version and a rebuild take, and what a feed feels of them."""
import argparse
import json
import os
import subprocess
import tempfile
import time

import measure
from measure import harness


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
    options = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="ny-bench.") as tmp:
        files = harness.population(tmp, options.people, 12, 1)
        loaded, fed = split(tmp, files)
        server = harness.Server()
        try:
            server.start().add_domains(os.path.join(tmp, "domains.txt"))
            server.load(loaded, "--connections", "24")
            measure.show("identities", server.get("/status")[1]["identities"])
            cli(server, "model", "train", "--recount")
            steps = ((("model", "stage", "2"), "rehearsal, s", fed[:4]),
                     (("model", "activate", "2"), "change, s", fed[4:8]),
                     (("rebuild",), "rebuild, s", fed[8:]))
            for words, what, updates in steps:
                with subprocess.Popen(
                        server.load_command(updates, "--rate", "200", "--connections", "8",
                                            "--spread"),
                        stdout=subprocess.PIPE, text=True) as feed:
                    seconds = cli(server, *words)
                    began = time.monotonic()
                    server.wait_settled()
                    measure.show(what, f"{seconds + time.monotonic() - began:.1f}")
                    stats = json.loads(feed.communicate()[0])
                measure.show("  fed meanwhile", stats["aa"])
                measure.show("  p50 / p99, ms", f"{stats['p50_ms']:.1f} / {stats['p99_ms']:.1f}")
        finally:
            server.close()


if __name__ == "__main__":
    main()
