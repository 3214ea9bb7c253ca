#!/usr/bin/python3
"""nayose load ssmix2: a storage is loaded, changes, is loaded again, is interrupted and goes on.

In: NAYOSE_BIN; NAYOSE_SAMPLES, the folder of sample storages (default: one beside the
project; what needs it is skipped where there is none).
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import harness

sys.path.insert(0, os.path.join(harness.ROOT, "tests", "support"))
import ssmix2  # noqa: E402 (the path above leads to it)

SAMPLES = os.environ.get("NAYOSE_SAMPLES") or os.path.join(harness.ROOT, "..", "shared", "samples")
SAMPLE = os.path.join(SAMPLES, "ssmix2")
PEOPLE = 700


class Registry:
    """A server with the domain F01, and a folder of its own for states and reports."""

    def __init__(self):
        self.server = harness.Server()
        self.dir = tempfile.mkdtemp(prefix="ny-ssmix2.")

    def __enter__(self):
        self.server.start()
        self.server.add_domain("F01", "1.2.392.1")
        return self

    def __exit__(self, *_):
        self.server.close()
        shutil.rmtree(self.dir)

    def command(self, root, *options):
        return [os.path.join(harness.BIN, "nayose"), "--server", self.server.admin_path, "load",
                "ssmix2", root, "--domain", "F01", *options]

    def run(self, root, *options):
        return subprocess.run(self.command(root, *options), cwd=self.dir, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, check=False)

    def load(self, root, *options):
        """Exit code and report."""
        done = self.run(root, "--json", *options)
        return done.returncode, json.loads(done.stdout)

    def identities(self):
        return self.server.sql(
            "SELECT local_id, status, event_at, demographics FROM nayose.identity ORDER BY local_id")

    def messages(self):
        return self.server.number("SELECT count(*) FROM nayose.message")


class Storage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = tempfile.mkdtemp(prefix="ny-ssmix2-pop.")
        files = harness.population(cls.made, PEOPLE, 2, 5)
        cls.frames = harness.frames(files[0])

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.made)

    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="ny-ssmix2-st.")
        self.addCleanup(shutil.rmtree, self.root)

    def kill_midway(self, registry, state):
        """Starts a load, kills it when some files are in its state file."""
        load = subprocess.Popen(registry.command(self.root, "--connections", "1", "--state", state),
                                cwd=registry.dir, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
        path = os.path.join(registry.dir, state)
        while load.poll() is None and not (os.path.exists(path) and os.path.getsize(path) > 4000):
            time.sleep(0.001)
        load.send_signal(signal.SIGKILL)
        load.wait()
        self.assertEqual(load.returncode, -signal.SIGKILL)

    def test_changes_and_interruption(self):
        made = ssmix2.storage(self.root, self.frames, ["ADT-12"])
        n = len(made)
        ids = sorted(made)
        with Registry() as whole, Registry() as broken:
            code, first = whole.load(self.root)
            self.assertEqual((code, first["patients"], first["accepted"], first["refused"]),
                             (0, n, 2 * n, 0), first)

            self.kill_midway(broken, "s")
            before = broken.messages()
            self.assertLess(before, 2 * n)
            with open(os.path.join(broken.dir, "s"), "a", encoding="ascii") as f:
                f.write("0123")  # a line that the crash cut
            code, rest = broken.load(self.root, "--state", "s")
            self.assertEqual((code, rest["files"], rest["accepted"] + rest["unchanged"]),
                             (0, 2 * n, 2 * n), rest)
            self.assertGreater(rest["unchanged"], 100)
            self.assertEqual(broken.identities(), whole.identities())
            self.assertEqual(harness.groups(broken.server.links()),
                             harness.groups(whole.server.links()))
            self.assertEqual(broken.messages(), whole.messages(), "what was sent twice is one")

            code, again = whole.load(self.root)
            self.assertEqual((code, again["accepted"], again["unchanged"]), (0, 0, 2 * n))
            self.assertEqual(whole.messages(), 2 * n)
            self.changes_are_found(whole, broken, made, ids)

    def changes_are_found(self, whole, broken, made, ids):
        # A new version, one changed in place, a visit more; a patient deleted.
        with open(made[ids[0]], "rb") as f:
            message = f.read()
        ssmix2.flagged(made[ids[0]], "2")
        newer = message.replace(b"EVN||", b"EVN||20300101000000|", 1).replace(b"||19", b"||18", 1)
        ssmix2.put(self.root, ids[0], newer, "20300101000000000")
        with open(made[ids[1]], "ab") as f:
            f.write(b"ZZZ|1\r")
        with open(made[ids[2]], "rb") as f:
            ssmix2.put(self.root, ids[2], ssmix2.visit(f.read(), "ADT-22"), "20300101000000000",
                       "ADT-22", "20300101")
        ssmix2.flagged(made[ids[3]], "0")
        regional = whole.server.links()
        code, report = whole.load(self.root)
        self.assertEqual((code, report["accepted"], report["withdrawn"]), (0, 4, 1), report)
        after = whole.server.links()
        self.assertFalse(("F01", ids[3]) in after, "deleted, yet answered")
        for key in (("F01", ids[1]), ("F01", ids[2])):
            self.assertEqual(after[key], regional[key])
        self.assertEqual(broken.load(self.root, "--state", "s")[0], 0)
        self.assertEqual(broken.identities(), whole.identities())
        self.assertEqual(harness.groups(broken.server.links()), harness.groups(after))

    def test_refusals_are_told(self):
        made = ssmix2.storage(self.root, self.frames[:10])
        ids = sorted(made)
        with open(made[ids[0]], "rb") as f:
            other = f.read()
        # Another's data under this patient, and his visit; a visit of nobody; a stray file; a name; a folder.
        ssmix2.put(self.root, ids[1], other, "20300101000000000")
        ssmix2.flagged(made[ids[1]], "2")
        ssmix2.put(self.root, ids[1], ssmix2.visit(other, "ADT-12"), "20300101000000000", "ADT-12",
                   "20300101")
        ssmix2.put(self.root, "7777777", ssmix2.visit(other, "ADT-12"), "20300101000000000",
                   "ADT-12", "20300101")
        for name in ("README", os.path.join(ids[2][:3], "x.txt")):
            with open(os.path.join(self.root, name), "w", encoding="ascii") as f:
                f.write("x")
        shutil.copy(made[ids[2]], os.path.join(os.path.dirname(made[ids[2]]), "copy"))
        shutil.copy(made[ids[2]], os.path.dirname(made[ids[3]]))
        wrong = os.path.join(self.root, "zzz", "000")
        os.makedirs(wrong)
        shutil.move(os.path.dirname(os.path.dirname(os.path.dirname(made[ids[4]]))), wrong)
        with Registry() as r:
            code, report = r.load(self.root)
            self.assertEqual(code, 1)
            self.assertEqual({x["reason"]: x["files"] for x in report["reasons"]},
                             {"patient": 1, "no-basic": 2, "stray": 2, "name": 1, "folder": 1,
                              "place": 1}, report)
            self.assertEqual(report["accepted"], len(made) - 2)
            table = r.run(self.root)
            self.assertEqual(table.returncode, 1)
            self.assertIn("REASON", table.stdout)
            self.assertIn("no-basic", table.stdout)
            self.assertNotIn("\r", table.stderr, "progress is for terminals")
            with open(os.path.join(r.dir, "nayose-load-failures.tsv"), encoding="utf-8") as f:
                self.assertEqual(len(f.readlines()), 1 + 8)

    def test_wrong_calls(self):
        with Registry() as r:
            self.assertEqual(r.run(os.path.join(self.root, "absent")).returncode, 1)
            self.assertEqual(r.run(self.root, "--domain", "NONE").returncode, 1)
            ssmix2.storage(self.root, self.frames[:3])
            self.assertEqual(r.load(self.root)[0], 0)
            other = os.path.join(r.dir, "other")
            with open(other, "w", encoding="ascii") as f:
                f.write("something else\n")
            self.assertEqual(r.run(self.root, "--state", other).returncode, 1)
            with open(other, encoding="ascii") as f:
                self.assertEqual(f.read(), "something else\n")
            with Registry() as empty:
                state = os.path.join(r.dir, "nayose-ssmix2-F01.state")
                self.assertIn("another registry", empty.run(self.root, "--state", state).stderr)

    @unittest.skipUnless(os.path.isdir(SAMPLE), "the sample storage is not here (NAYOSE_SAMPLES)")
    def test_sample(self):
        with Registry() as r:
            code, report = r.load(SAMPLE)
            self.assertEqual((code, report["accepted"], report["patients"]), (1, 4, 2), report)
            self.assertEqual([x["reason"] for x in report["reasons"]], ["folder"])
            [row] = r.identities()
            self.assertEqual(row[0], "9999013")
            self.assertIn("19480405", row[3], "the birth date of the basic data")
            self.assertNotIn("19700405", row[3], "not the one of a visit")


if __name__ == "__main__":
    unittest.main()
