#!/usr/bin/python3
"""Model versions on a real server: made, rehearsed, activated while feeds go on, taken back; and
what the links are worth."""
import json
import os
import subprocess
import tempfile
import unittest

import harness


def groups(server):
    return harness.groups(server.links())


class Models(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.tmp.cleanup)
        cls.files = harness.population(cls.tmp.name, 1500, 12, 11)
        cls.server = harness.Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start().add_domains(os.path.join(cls.tmp.name, "domains.txt"))
        frames = [m for f in cls.files for m in harness.frames(f)]
        cls.first, cls.rest = frames[:-200], frames[-200:]
        cls.load(cls.first[:600], "few")
        cls.early = cls.run_cli("model", "train")
        cls.load(cls.first[600:], "first")

    @classmethod
    def load(cls, messages, name):
        path = harness.write_frames(os.path.join(cls.tmp.name, f"{name}.hl7"), messages)
        stats = cls.server.load([path], "--connections", "8")
        assert stats["aa"] == len(messages), stats

    @classmethod
    def run_cli(cls, *words):
        return subprocess.run([os.path.join(harness.BIN, "nayose"), "--server", cls.server.admin_path,
                               *words], capture_output=True, text=True, check=False)

    def cli(self, *words, code=0):
        done = self.run_cli(*words)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout

    def test_a_version_is_rehearsed_activated_and_taken_back(self):
        before = groups(self.server)
        ids = self.server.links()
        self.server.put_version(102, 25 * 1024)
        diff = json.loads(self.cli("model", "stage", "102", "--json"))
        self.assertEqual((diff["version"], diff["against"]), (102, 1))
        self.assertGreater(diff["linked"]["lost"], 0)
        self.assertEqual(diff["linked"]["gained"], 0)
        self.assertGreater(diff["groups"]["split"], 0)
        self.assertTrue(diff["split_examples"] and diff["moved_examples"])
        self.assertEqual(groups(self.server), before)  # nothing has changed yet

        self.cli("model", "activate", "102")
        after = groups(self.server)
        self.assertNotEqual(after, before)
        linked = sum(len(g) * (len(g) - 1) // 2 for g in after)
        self.assertEqual(linked, diff["linked"]["after"])
        self.assertEqual(self.server.get("/status")[1]["model_version"], 102)
        self.assertEqual(self.server.number("SELECT count(*) FROM nayose.model_rollout"), 0)
        causes = self.server.sql("SELECT DISTINCT cause FROM nayose.membership_event "
                                 "WHERE from_person IS NOT NULL")
        self.assertIn(["3"], [list(c) for c in causes])

        self.cli("model", "activate", "1")
        self.assertEqual(groups(self.server), before)
        self.assertEqual(self.server.links(), ids)  # each under its old regional ID

    def rehearse_the_active_one(self):
        """What the registry became step by step is what a version makes of it from nothing."""
        active = str(self.server.get("/status")[1]["model_version"])
        diff = json.loads(self.cli("model", "stage", active, "--json"))
        self.assertEqual((diff["linked"]["gained"], diff["linked"]["lost"]), (0, 0))
        self.assertEqual(diff["groups"], {"joined": 0, "split": 0, "identities": 0})
        self.assertEqual(diff["moved_examples"], [])
        self.assertEqual(diff["mean_change_bits"], 0)
        questions = diff["questions"]
        self.assertEqual((questions["open_before"], questions["parked_before"]),
                         (questions["open_after"], questions["parked_after"]))

    def test_feeds_go_on_while_the_version_changes(self):
        self.rehearse_the_active_one()
        self.server.put_version(103, 20 * 1024)
        path = harness.write_frames(os.path.join(self.tmp.name, "rest.hl7"), self.rest)
        with subprocess.Popen(self.server.load_command([path], "--connections", "4"),
                              stdout=subprocess.PIPE, text=True) as feed:
            self.cli("model", "activate", "103")
            stats = json.loads(feed.communicate()[0])
        self.assertEqual(stats["aa"], len(self.rest), stats)
        self.rehearse_the_active_one()
        self.cli("model", "activate", "1")
        self.rehearse_the_active_one()

    def test_a_version_is_made_from_the_registry(self):
        self.assertEqual((self.early.returncode, self.early.stdout), (1, ""))
        self.assertIn("too few matching pairs", self.early.stderr)  # so few people teach nothing
        versions = len(json.loads(self.cli("model", "show", "--json")))
        self.cli("model", "train", "--recount")
        made = json.loads(self.cli("model", "show", "--json"))
        self.assertEqual(len(made), versions + 1)
        self.assertEqual((made[-1]["state"], made[-1]["made_from"]), ("made", 1))
        report = json.loads(self.cli("model", "show", str(made[-1]["version"]), "--json"))["report"]
        self.assertGreater(report["records"], 2000)
        diff = json.loads(self.cli("model", "stage", str(made[-1]["version"]), "--json"))
        self.assertNotEqual(diff["mean_change_bits"], 0)

    def test_what_cannot_be_is_refused(self):
        self.cli("model", "activate", "1", code=1)
        self.cli("model", "stage", "77", code=1)
        self.cli("model", "diff", "77", code=1)
        self.cli("model", "show", "77", code=1)
        self.cli("model", "activate", code=2)

    def test_versions_are_shown(self):
        versions = json.loads(self.cli("model", "show", "--json"))
        self.assertEqual(versions[0]["version"], 1)
        self.assertIn("active", self.cli("model", "show"))


if __name__ == "__main__":
    unittest.main()
