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


def contents(server):
    """What is known of each identity, whatever numbers the rows got."""
    return {tuple(row) for row in server.sql(
        "SELECT d.namespace, i.local_id, i.status, i.content_hash, i.event_at, i.demographics "
        "FROM nayose.identity i JOIN nayose.identity_domain d ON d.id = i.domain")}


def questions(server):
    """Open questions as pairs with their reasons; the pair has no order."""
    return {(frozenset(((r[0], r[1]), (r[2], r[3]))), r[4], r[5]) for r in server.sql(
        "SELECT da.namespace, a.local_id, db.namespace, b.local_id, r.state, r.total_b1024 "
        "FROM nayose.review r JOIN nayose.identity a ON a.id = r.a "
        "JOIN nayose.identity b ON b.id = r.b JOIN nayose.identity_domain da ON da.id = a.domain "
        "JOIN nayose.identity_domain db ON db.id = b.domain WHERE r.state < 4")}


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
        got = partition(server), contents(server), questions(server)
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
