"""Feeds generated regions of twelve facilities and compares the links with the truth."""
import argparse
import os
import subprocess
import sys
import tempfile

import measure
from measure import harness


def evaluate(people, seed, errors):
    with tempfile.TemporaryDirectory(prefix="ny-bench.") as tmp:
        files = harness.population(tmp, people, 12, seed, "--errors", str(errors))
        server = harness.Server()
        try:
            server.start().add_domains(os.path.join(tmp, "domains.txt"))
            server.load(files, "--connections", "24")
            links = os.path.join(tmp, "links.csv")
            harness.write_links(links, server.links())
            status = server.get("/status")[1]
            print(f"seed {seed}, {people} people, errors {errors} %")
            sys.stdout.flush()
            subprocess.run([sys.executable, harness.EVALUATE, os.path.join(tmp, "truth.csv"), links,
                            "--domains", os.path.join(tmp, "domains.txt")], check=False)
            measure.show("questions queued for 1000 people",
                         f"{1000 * status['reviews_open'] / people:.1f}")
            measure.show("questions parked for 1000 people",
                         f"{1000 * status['reviews_parked'] / people:.1f}")
        finally:
            server.close()


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--people", type=int, default=9000)
    p.add_argument("--seeds", default="1,2,3")
    p.add_argument("--errors", type=int, default=100)
    options = p.parse_args()
    for seed in options.seeds.split(","):
        evaluate(options.people, int(seed), options.errors)


main()
