#!/usr/bin/python3
"""Model versions on a real server: made, rehearsed, activated while feeds go on, taken back; and
what the links are worth."""
import json
import os
import subprocess
import tempfile
import unittest

import harness
from harness import nayose


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
        cls.server.feed(cls.first[:600])
        cls.early = nayose(cls.server, "model", "train")
        cls.server.feed(cls.first[600:])

    def cli(self, *words, code=0):
        done = nayose(self.server, *words)
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

    def decide(self, rows, decision, reason):
        """A clerk's word on each of these questions that still stands."""
        told = []
        for r in rows:
            pair = [f"{r[f'domain_{k}']}^{r[f'local_id_{k}']}" for k in "ab"]
            status, _ = self.server.request("POST", "/review/decide", {
                "a": pair[0], "b": pair[1], "desk": "x", "decision": decision, "reason": reason})
            if status == 200:
                told.append(pair)
        return told

    def numbers(self, pair):
        return [self.server.number("SELECT i.id FROM nayose.identity i JOIN nayose.identity_domain d "
                                   "ON d.id = i.domain WHERE d.namespace || '^' || i.local_id = "
                                   f"'{name}'") for name in pair]

    def say_of_drawn(self, pair, *words):
        """Clerks' words on a drawn link, where nobody sees the other's."""
        a, b = self.numbers(pair)
        for who, same in zip("abc", words):
            self.server.sql("INSERT INTO nayose.label_answer VALUES "
                            f"({a}, {b}, 1, '{who}', {same}, now())")

    def test_what_clerks_decide_teaches(self):
        parked = self.server.get("/reviews?state=parked")[1]["reviews"]
        said = self.decide(parked[:12], "same", "records")
        apart = self.decide(parked[12:18], "different", "records")
        self.assertGreater(len(said), 6)
        self.assertGreater(len(apart), 3)
        self.say_of_drawn(said[0], True, True)    # of one mind with the desk
        self.say_of_drawn(apart[0], True, False)  # one of them differs: teaches nothing
        active = self.server.get("/status")[1]["model_version"]
        groups_before = groups(self.server)
        self.cli("model", "train")
        made = json.loads(self.cli("model", "show", "--json"))[-1]["version"]
        d = json.loads(self.cli("model", "show", str(made), "--json"))["report"]["decisions"]
        self.assertEqual(d["told"], len(said) + len(apart) - 1)
        self.assertEqual((d["compared"], d["agreed"]), (2, 1))
        self.assertGreater(d["used"], 0)
        self.assertEqual(sum(b["same"] + b["different"] for b in d["bands"]), d["used"])
        self.assertEqual({b["stopped_by"] for b in d["bands"]}, {"contact"})
        for m in d["moved"]:
            self.assertLessEqual(m["bits"] - m["bits_alone"], d["raise_max_bits"] + .001, m)
            self.assertGreaterEqual(m["bits"] - m["bits_alone"], -d["lower_max_bits"] - .001, m)
        self.assertIn("no contact that agrees", self.cli("model", "show", str(made)))
        # Nothing is applied by that: what would change is shown first.
        self.assertEqual(self.server.get("/status")[1]["model_version"], active)
        self.assertEqual(groups(self.server), groups_before)
        self.assertIn("decisions of clerks", self.cli("model", "stage", str(made)))

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
