#!/usr/bin/python3
"""How fast a storage of N patients is loaded, loaded again unchanged, and what load hl7 does with
the same messages."""
import os
import re
import subprocess
import sys
import tempfile
import time

import measure
from measure import show

sys.path.insert(0, os.path.join(measure.ROOT, "tests", "support"))
import ssmix2  # noqa: E402 (the path above leads to it)


def run(tmp, load, files):
    """Seconds of one load into a new registry, and of the same once more; the commits of the first."""
    server = measure.harness.Server(fsync=True).start()
    try:
        server.request("POST", "/domains", {"namespace": "F01", "oid": "1.2.392.1"})
        times = []
        commits = measure.Commits(server)
        for _ in range(2):
            begin = time.monotonic()
            done = subprocess.run(
                [os.path.join(measure.harness.BIN, "nayose"), "--server", server.admin_path, "load",
                 *load], cwd=tmp, stdout=subprocess.PIPE, text=True, check=True)
            times.append(time.monotonic() - begin)
            if len(times) == 1:
                commits.end()
                if not re.search(rf"\b(accepted|AA) {files}\b", done.stdout):
                    raise SystemExit(f"not everything was accepted: {done.stdout}")
        return *times, commits
    finally:
        server.close()


def main():
    o = measure.arguments(__doc__, connections=256).parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        people = int(o.identities / measure.RECORDS_PER_PERSON)
        population = measure.harness.population(os.path.join(tmp, "p"), people, 2, o.seed)
        frames = [f for path in population for f in measure.harness.frames(path)]
        made = ssmix2.storage(os.path.join(tmp, "s"), frames)
        lanes = [[] for _ in range(o.connections)]
        for i, path in enumerate(made.values()):
            with open(path, "rb") as f:
                lanes[i % len(lanes)].append(f.read().replace(b"|HIS123|SEND|", b"|HIS123|F01|", 1))
        flat = [measure.harness.write_frames(os.path.join(tmp, f"{i}.hl7"), m)
                for i, m in enumerate(lanes)]
        parallel = ["--connections", str(o.connections)]
        files = len(made)
        first, again, commits = run(tmp, ["ssmix2", os.path.join(tmp, "s"), "--domain", "F01", *parallel],
                           files)
        plain = run(tmp, ["hl7", *parallel, *flat], files)[0]
    show("files, one a patient", files)
    show("connections", o.connections)
    show("load ssmix2, files a second", f"{files / first:.0f}")
    commits.show(files)
    show("load hl7 of the same messages, a second", f"{files / plain:.0f}")
    show("ratio to load hl7", f"{plain / first:.3f}")
    show("load ssmix2 again, unchanged, files a second", f"{files / again:.0f}")


if __name__ == "__main__":
    main()
