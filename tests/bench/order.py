"""A day in many orders of arrival through a real server: MLLP, PostgreSQL, a change of version while
messages come, clerks' releases. Every order must end in the groups, contents and questions of the
first one."""
import argparse
import os
import random
import subprocess
import sys
import tempfile

from measure import harness

LANES = 8
VERSION = 102


class Day:
    def __init__(self, folder, people, seed):
        subprocess.run([os.path.join(harness.BIN, "nayose-order"), "--people", str(people), "--seed",
                        str(seed), "--write", folder], check=True)
        self.folder = folder
        self.messages = harness.frames(os.path.join(folder, "day.hl7"))
        self.domains = os.path.join(folder, "domains.txt")
        with open(self.domains, encoding="utf-8") as f:
            self.facilities = [line.split()[0] for line in f]
        with open(os.path.join(folder, "releases.txt"), encoding="utf-8") as f:
            self.releases = [line.strip().replace("/", "^") for line in f]

    def files(self, name, lanes):
        return [harness.write_frames(os.path.join(self.folder, f"{name}-{i}.hl7"), lane)
                for i, lane in enumerate(lanes)]


def cli(server, *words, check=True):
    subprocess.run([os.path.join(harness.BIN, "nayose"), "--server", server.admin_path, *words],
                   check=check, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def prepare(server, day):
    server.start().add_domains(day.domains)
    for facility in day.facilities:
        cli(server, "source", "set", "^" + facility, "--drift", "off")
    cli(server, "source", "set", "^" + day.facilities[-1], "--probation", "yes")
    server.put_version(VERSION, 20000)


def outcome(day, first, then, releases):
    """first is fed; then comes while the version changes; then clerks release what they see."""
    server = harness.Server()
    try:
        prepare(server, day)
        counts = [server.load(day.files("first", first), "--connections", str(len(first)))]
        with subprocess.Popen(
                server.load_command(day.files("then", then), "--connections", str(len(then))),
                stdout=subprocess.DEVNULL) as feed:
            cli(server, "model", "activate", str(VERSION))
            if feed.wait() != 0:
                sys.exit("a message was not accepted")
        assert counts[0]["aa"] == sum(map(len, first)), counts
        server.wait_settled()
        for key in releases:
            cli(server, "hold", "release", key, "--reason", "seen", check=False)
        return (harness.groups(server.links()), harness.contents(server),
                harness.questions(server))
    finally:
        server.close()


def lanes_of(rng, messages):
    lanes = [[] for _ in range(LANES)]
    for message in messages:
        rng.choice(lanes).append(message)
    return [lane for lane in lanes if lane]


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--people", type=int, default=60)
    p.add_argument("--shuffles", type=int, default=10)
    p.add_argument("--seed", type=int, default=1)
    options = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="ny-order.") as folder:
        day = Day(folder, options.people, options.seed)
        half = len(day.messages) // 2
        wanted = outcome(day, [day.messages[:half]], [day.messages[half:]], day.releases)
        print(f"real server: {len(day.messages)} messages, {len(wanted[1])} identities in "
              f"{len(wanted[0])} groups, {len(wanted[2])} questions", flush=True)
        for i in range(options.shuffles):
            rng = random.Random(i)
            messages, releases = list(day.messages), list(day.releases)
            rng.shuffle(messages)
            rng.shuffle(releases)
            cut = rng.randrange(1, len(messages))
            got = outcome(day, lanes_of(rng, messages[:cut]), lanes_of(rng, messages[cut:]), releases)
            for what, a, b in zip(("groups", "identities", "questions"), got, wanted):
                if a != b:
                    sys.exit(f"shuffle {i}: other {what}: {list(a - b)[:3]}, not {list(b - a)[:3]}")
    print(f"real server: the same in {options.shuffles} other orders")


if __name__ == "__main__":
    main()
