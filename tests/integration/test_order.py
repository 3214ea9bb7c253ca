#!/usr/bin/python3
"""The order of arrival changes nothing: one day of messages in file order, the same again, and the
same shuffled over random connections give one and the same groups."""
import os
import random
import tempfile
import unittest

import harness

MESSAGES = 1500


def partition(server):
    return harness.groups(server.links())


class Order(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.tmp.cleanup)
        files = harness.population(cls.tmp.name, 700, 12, 5, "--events", "mix")
        cls.messages = [m for f in files for m in harness.frames(f)][:MESSAGES]
        cls.domains = os.path.join(cls.tmp.name, "domains.txt")

    def outcome(self, name, lists, *options):
        """Feeds lists of messages, one file each, to a fresh server."""
        files = [harness.write_frames(os.path.join(self.tmp.name, f"{name}-{i}.hl7"), messages)
                 for i, messages in enumerate(lists)]
        server = harness.Server()
        self.addCleanup(server.close)
        server.start().add_domains(self.domains)
        stats = server.load(files, *options)
        self.assertEqual(stats["aa"], sum(len(m) for m in lists), stats)
        got = partition(server), harness.contents(server), harness.questions(server)
        server.close()
        return got

    def check_same(self, got, wanted, name):
        for part, a, b in zip(("groups", "identities", "questions"), got, wanted):
            with self.subTest(order=name, part=part):
                self.assertEqual(len(a), len(b))
                self.assertEqual((sorted(map(repr, a - b))[:3], sorted(map(repr, b - a))[:3]),
                                 ([], []))

    def test_any_order_gives_the_same(self):
        self.assertEqual(len(self.messages), MESSAGES)
        wanted = self.outcome("files", [self.messages])
        self.assertTrue(any(len(g) > 1 for g in wanted[0]))
        for seed in (1, 2):
            shuffled = list(self.messages)
            rng = random.Random(seed)
            rng.shuffle(shuffled)
            lanes = [[] for _ in range(16)]
            for message in shuffled:
                rng.choice(lanes).append(message)
            got = self.outcome(f"shuffled{seed}", lanes, "--connections", "16")
            self.check_same(got, wanted, f"shuffled {seed}")

    def test_the_same_twice_changes_nothing(self):
        wanted = self.outcome("once", [self.messages])
        # Once more under the same control ids, once more under new ones.
        renamed = [m.replace(b"-0", b"-9", 1) for m in self.messages]
        self.assertNotEqual(renamed[0], self.messages[0])
        got = self.outcome("twice", [self.messages + self.messages])
        self.check_same(got, wanted, "replayed")
        got = self.outcome("again", [self.messages + renamed])
        self.assertEqual(got[0], wanted[0])
        self.assertEqual(got[2], wanted[2])


if __name__ == "__main__":
    unittest.main()
