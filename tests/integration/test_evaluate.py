#!/usr/bin/python3
"""nayose evaluate against a real server: its figures are those of tests/support/evaluate.py, for the
truth as it is and for one that makes the server wrong; its answers about single pairs are true.

In: NAYOSE_BIN, the directory of nayosed and nayose.
"""
import collections
import csv
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import harness

sys.path.insert(0, os.path.join(harness.ROOT, "tests", "support"))
import evaluate  # noqa: E402  the oracle

PEOPLE = 1500
SERVER = DIR = LINKS = None


def setUpModule():
    global SERVER, DIR, LINKS
    DIR = tempfile.mkdtemp(prefix="nayose-evaluate-")
    SERVER = harness.Server().start()
    files = harness.population(DIR, PEOPLE)
    SERVER.add_domains(os.path.join(DIR, "domains.txt"))
    counts = SERVER.load(files)
    assert counts["aa"] == counts["messages"], counts
    LINKS = harness.write_links(os.path.join(DIR, "links.csv"), SERVER.links())


def tearDownModule():
    SERVER.close()
    shutil.rmtree(DIR)


def nayose(*args):
    env = dict(os.environ, LANG="C.UTF-8", NAYOSE_SERVER=SERVER.admin_path)
    return subprocess.run([os.path.join(harness.BIN, "nayose"), *args], env=env, capture_output=True,
                          encoding="utf-8", timeout=120, check=False)


def truth_rows():
    with open(os.path.join(DIR, "truth.csv"), newline="", encoding="utf-8") as f:
        return list(csv.reader(f))


def wrong_truth():
    """Every tenth person becomes two (false links), of every seventh two people become one (missed
    and never compared pairs)."""
    header, *rows = truth_rows()
    person, twins = header.index("person"), header.index("twins")
    for i, row in enumerate(rows):
        number = int(row[person][1:])
        if number % 10 == 0:
            row[person] += "b" if i % 2 else ""
            row[twins] = f"born {number}"
        elif number % 7 == 0:
            row[person] = f"P{number // 14:08}"
    return [header, *rows]


def tagged_truth():
    """With kinds of error of our own: what is missing in the record."""
    header, *rows = truth_rows()
    if "errors" not in header:
        header.append("errors")
        rows = [[*row, ""] for row in rows]
    for row in rows:
        row[header.index("errors")] = " ".join(
            f"no_{c}" for c in ("phone", "address_key", "insurance_key") if not row[header.index(c)])
    return [header, *rows]


class Case(unittest.TestCase):
    def write(self, name, rows):
        path = os.path.join(DIR, name)
        with open(path, "w", newline="", encoding="utf-8") as f:
            csv.writer(f).writerows(rows)
        return path

    def evaluate(self, path, *options):
        done = nayose("evaluate", "--json", *options, path)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def oracle(self, path):
        done = subprocess.run([sys.executable, harness.EVALUATE, path, LINKS, "--list", "0"],
                              stdout=subprocess.PIPE, text=True, check=True)
        found = {}
        for line in done.stdout.splitlines():
            words = line.split("  ")
            numbers = [w for w in words[1:] if w.strip() and w.strip()[0].isdigit()]
            found[line[:29].strip()] = float(numbers[0])
        return found

    def assert_same(self, got, want):
        for ours, theirs in (
                ("records", "records"), ("records_without_link", "records without a link row"),
                ("links_without_record", "link rows without a record"),
                ("true_pairs", "true pairs"), ("true_linked", "linked"), ("ceiling", "reachable"),
                ("ceiling_linked", "reachable and linked"), ("linked_pairs", "linked pairs"),
                ("false_pairs", "false pairs"), ("exempt_pairs", "false pairs, exempt"),
                ("mixed_groups", "groups holding two people"),
                ("twins_joined", "pairs of twins joined"),
                ("never_joined", "test/unknown/unnamed joined")):
            self.assertEqual(got[ours], want[theirs], (ours, got, want))
        self.assertAlmostEqual(got["recall"], want["recall of reachable pairs"], places=5)
        self.assertAlmostEqual(got["precision"], want["precision"], places=6)
        self.assertAlmostEqual(got["false_per_100000"], want["false per 100000 links"], places=2)


class Figures(Case):
    def test_truth_as_it_is(self):
        path = os.path.join(DIR, "truth.csv")
        got = self.evaluate(path)
        self.assert_same(got, self.oracle(path))
        status = SERVER.get("/status")[1]
        self.assertEqual(got["questions_queued"], status["reviews_open"])
        self.assertEqual(got["questions_parked"], status["reviews_parked"])
        self.assertGreater(got["ceiling"], 1000)
        self.assertEqual(got["pairs_unknown"], 0)
        self.assertLess(got["never_compared"], 5)
        self.assertEqual(sum(c["pairs"] for c in got["missed_causes"]),
                         got["ceiling"] - got["ceiling_linked"])
        self.assertEqual(sum(c["pairs"] for c in got["missed_reasons"]),
                         got["ceiling"] - got["ceiling_linked"])

    def test_truth_that_makes_the_server_wrong(self):
        path = self.write("wrong.csv", wrong_truth())
        got = self.evaluate(path, "--list", "1000000")
        want = self.oracle(path)
        self.assert_same(got, want)
        self.assertGreater(got["false_pairs"], 40)
        self.assertGreater(got["twins_joined"], 40)
        self.assertGreater(got["never_compared"], 50)
        self.assertLess(got["false_per_100000_low"], got["false_per_100000"])
        self.assertGreater(got["false_per_100000_high"], got["false_per_100000"])
        kinds = collections.Counter(x["kind"] for x in got["examples"])
        self.assertEqual(kinds["false"], got["false_pairs"] + got["exempt_pairs"])
        self.assertEqual(kinds["missed"], got["ceiling"] - got["ceiling_linked"])
        self.assertEqual(kinds["never compared"], got["never_compared"])
        self.assertEqual(sum(c["pairs"] for c in got["false_causes"]), kinds["false"])
        self.assertEqual(sum(c["pairs"] for c in got["false_reasons"]), kinds["false"])
        self.assertIn("twins", [c["cause"] for c in got["false_reasons"]])
        self.assertGreaterEqual(got["twin_pairs"], got["twins_joined"])

    def test_mixed_people_and_wrong_joins(self):
        rows = wrong_truth()
        links = SERVER.links()
        people = collections.defaultdict(set)
        alike = collections.defaultdict(set)
        for row in rows[1:]:
            group = links.get((row[0], row[1]))
            people[group].add(row[2])
            alike[group].add((row[2], row[7]))
        got = self.evaluate(self.write("mixed.csv", rows))
        mixed = {g for g, p in people.items() if len(p) > 1}
        self.assertEqual(got["mixed_people"], sum(len(people[g]) for g in mixed))
        joins = 0
        for g in mixed:  # people who share a likeness are one
            parts = [{person} for person in people[g]]
            for (p, a), (q, b) in itertools.combinations(alike[g], 2):
                if a == b and p != q:
                    both = [s for s in parts if p in s or q in s]
                    parts = [s for s in parts if s not in both] + [set().union(*both)]
            joins += len(parts) - 1
        self.assertEqual(got["wrong_joins"], joins)

    def test_recall_by_kind_of_error(self):
        rows = tagged_truth()
        links = SERVER.links()
        people = collections.defaultdict(list)
        for row in rows[1:]:
            if row[3] not in evaluate.NEVER_LINKED:
                record = evaluate.Record(row, links.get((row[0], row[1])))
                people[record.person].append((record, set(row[-1].split())))
        ceiling, linked = collections.Counter(), collections.Counter()
        for records in people.values():
            numbers = evaluate.components([r for r, _ in records])
            for ((a, tags_a), x), ((b, tags_b), y) in itertools.combinations(zip(records, numbers), 2):
                for tag in tags_a ^ tags_b if x == y else ():
                    ceiling[tag] += 1
                    linked[tag] += a.group == b.group
        got = self.evaluate(self.write("tagged.csv", rows))
        self.assertEqual({e["error"]: (e["ceiling"], e["linked"]) for e in got["errors"]},
                         {tag: (n, linked[tag]) for tag, n in ceiling.items()})
        self.assertEqual(len(got["errors"]), 3)

    def test_the_lab_gives_the_same_groups(self):
        """The registry in memory, fed in order of time, and a server that got file after file."""
        path = os.path.join(DIR, "lab.csv")
        subprocess.run([os.path.join(harness.BIN, "nayose-lab"), "--people", str(PEOPLE), "--links",
                        path], stdout=subprocess.DEVNULL, check=True)
        with open(path, newline="", encoding="utf-8") as f:
            lab = {(r["domain"], r["local_id"]): r["regional_id"] for r in csv.DictReader(f)}
        self.assertEqual(harness.groups(lab), harness.groups(SERVER.links()))

    def test_truth_of_three_columns(self):
        """Without contacts every pair of a person is within reach."""
        rows = [row[:3] for row in truth_rows()]
        got = self.evaluate(self.write("short.csv", rows))
        self.assertEqual(got["ceiling"], got["true_pairs"])
        self.assertEqual(got["recall"], got["recall_all"])
        self.assertEqual(got["errors"], [])

    def test_records_that_one_side_does_not_have(self):
        rows = truth_rows()
        extra = [["F01", "nobody", "P9999999", *rows[1][3:]], ["F99", "1", "P9999999", *rows[1][3:]]]
        path = self.write("other.csv", [rows[0], *extra, *rows[101:]])
        got = self.evaluate(path)
        self.assert_same(got, self.oracle(path))
        self.assertEqual(got["records_without_link"], 2)
        self.assertEqual(got["links_without_record"], 100)
        self.assertEqual(got["pairs_unknown"], 1)


class Printed(Case):
    def test_table(self):
        done = nayose("evaluate", "--list", "2", self.write("printed.csv", wrong_truth()))
        self.assertEqual(done.returncode, 0, done.stderr)
        for text in ("recall of the ceiling", "false links per 100 000 links", "wrong joins",
                     "queued questions per 1 000 new people", "never compared per 100 000",
                     "95 % INTERVAL", "FALSE LINKS BY RELATION", "MISSED PAIRS OF THE CEILING BY REASON"):
            self.assertIn(text, done.stdout)
        examples = done.stdout[done.stdout.index("\nPAIR "):].splitlines()[2:-1]
        self.assertEqual(len(examples), 6)
        a, b = [word for word in examples[-1].split() if "^" in word][:2]
        self.assertEqual(nayose("explain", a, b).returncode, 0)

    def test_pair_that_was_never_compared_is_found_apart_by_explain(self):
        got = self.evaluate(self.write("apart.csv", wrong_truth()), "--list", "3")
        for x in got["examples"]:
            said = json.loads(nayose("explain", "--json", x["a"], x["b"]).stdout)
            if x["kind"] == "never compared":
                self.assertFalse(said["compared"])
            self.assertEqual(said["same_person"], x["kind"] == "false")

    def test_refusals(self):
        for name, text, why in (
                ("empty.csv", "", "line 1: the column domain is missing"),
                ("quote.csv", "domain,local_id,person\nF01,\"1,P1\n", "line 2: a quote is not closed"),
                ("twice.csv", "domain,local_id,person\nF01,1,P1\nF01,1,P2\n", "records 1 and 2")):
            with self.subTest(name=name):
                path = os.path.join(DIR, name)
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text)
                done = nayose("evaluate", path)
                self.assertEqual(done.returncode, 1)
                self.assertIn(why, done.stderr)
        self.assertEqual(nayose("evaluate", os.path.join(DIR, "missing.csv")).returncode, 1)
        self.assertEqual(nayose("evaluate").returncode, 2)
        self.assertEqual(nayose("evaluate", "--list", "many", LINKS).returncode, 2)
        self.assertEqual(nayose("--server", os.path.join(DIR, "no.sock"), "evaluate",
                                os.path.join(DIR, "truth.csv")).returncode, 3)

    def test_help_names_the_columns(self):
        text = nayose("evaluate", "--help").stdout
        for column in ("domain, local_id", "person", "kind", "phone, address_key, insurance_key",
                       "likeness", "household, twins", "errors"):
            self.assertIn(f"  {column}", text)


if __name__ == "__main__":
    unittest.main()
