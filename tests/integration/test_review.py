#!/usr/bin/python3
"""The clerks' desk: cases are held by one desk at a time, decided, put off, given away and undone;
at the end the groups are those of the beginning."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

import harness
from harness import nayose

CASES = 100
FAMILY = "佐藤 鈴木 髙橋 田中 渡邊 伊藤 山本 中村 小林 加藤".split()
KANA = "サトウ スズキ タカハシ タナカ ワタナベ イトウ ヤマモト ナカムラ コバヤシ カトウ".split()
PLAIN = {"髙橋": "高橋", "渡邊": "渡辺"}


def message(patient, n, second):
    """Two numbers of one hospital for what looks like one patient: a question (GD1)."""
    family = FAMILY[n % 10]
    if second:
        family = PLAIN.get(family, family)
    birth = f"{1940 + n % 50}{1 + n % 12:02}{1 + n % 28:02}"
    return ("\r".join([
        f"MSH|^~\\&|HIS|F01|NAYOSE|R|20260301||ADT^A08|{patient}|P|2.3.1||||||UNICODE UTF-8",
        "EVN|A08|20260301",
        f"PID|1||{patient}^^^F01||{family}^花子^^^^^L^I~{KANA[n % 10]}^ハナコ^^^^^L^P||{birth}|F"]) +
            "\r").encode()


class Cases(unittest.TestCase):
    """A server with a hundred questions."""

    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.tmp.cleanup)
        cls.server = harness.Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.server.add_domain("F01", "1.2.392.1.1")
        cls.server.feed([message(f"{k}{n}", n, k == "B") for n in range(CASES) for k in "AB"])

    def waiting(self):
        return self.server.get("/review/counts")[1]["waiting"]


class Desk(Cases):
    def post(self, path, expected=200, **body):
        status, answer = self.server.request("POST", path, body)
        self.assertEqual(status, expected, answer)
        return answer

    def take(self, desk, **more):
        case = self.post("/review/take", desk=desk, **more)
        return case, [f"{case[k]['domain']}^{case[k]['id']}" for k in "ab"]

    def may_take(self, clerk, pair):
        rows = self.server.get("/reviews", clerk=clerk)[1]["reviews"]
        return set(pair) in ({f"{r['domain_a']}^{r['local_id_a']}", f"{r['domain_b']}^{r['local_id_b']}"}
                             for r in rows)

    def test_a_case_is_held_by_one_desk(self):
        case, pair = self.take("one")
        _, other = self.take("two")
        self.assertNotEqual(set(pair), set(other))
        refused = self.post("/review/take", 409, desk="two", a=pair[0], b=pair[1])
        self.assertEqual(refused["lease"]["desk"], "one")
        self.post("/review/decide", 409, desk="two", a=pair[0], b=pair[1], decision="same",
                  reason="records")
        self.assertEqual(self.post("/review/release", desk="one")["released"], 1)
        self.assertEqual(set(self.take("two", a=pair[0], b=pair[1])[1]), set(pair))
        self.post("/review/release", desk="two")
        self.assertIn("GD1", [g["id"] for g in case["guards"]])

    def test_a_case_shows_both_groups_and_variants(self):
        case, _ = self.take("one", a="F01^A2", b="F01^B2")
        self.assertEqual(case["variants"], ["髙 = 高"])
        self.assertEqual(sorted(map(sorted, case["groups"])), [["F01^A2"], ["F01^B2"]])
        self.assertEqual(sorted(map(sorted, case["groups_if_same"])), [["F01^A2", "F01^B2"]])
        self.assertEqual(case["a"]["birth_era"], "昭和17年3月3日")
        self.post("/review/release", desk="one")

    def test_later_assigned_and_noted_cases(self):
        first = ("F01^A0", "F01^B0")
        before = self.server.get("/reviews", later="no")[1]["reviews"]
        run = nayose(self.server, "review", "later", *first)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(len(self.server.get("/reviews", later="no")[1]["reviews"]), len(before) - 1)
        self.assertNotEqual(set(self.take("one")[1]), set(first))
        self.post("/review/release", desk="one")
        self.assertEqual(nayose(self.server, "review", "undo").returncode, 0)
        self.assertEqual(self.server.get("/reviews", later="no")[1]["reviews"][0]["later_until"], None)
        self.assertEqual(nayose(self.server, "review", "assign", *first, "yamada").returncode, 0)
        self.assertFalse(self.may_take("suzuki", first))
        self.assertTrue(self.may_take("yamada", first))
        self.assertEqual(nayose(self.server, "review", "note", *first, "rang them").returncode, 0)
        shown = json.loads(nayose(self.server, "review", "show", *first, "--json").stdout)
        self.assertEqual([d["decision"] for d in shown["decisions"]][:3], ["note", "assign", "later"])
        for _ in range(2):
            self.assertEqual(nayose(self.server, "review", "undo").returncode, 0)
        self.assertTrue(self.may_take("suzuki", first))

    def test_a_case_that_was_settled_says_so(self):
        pair = ("F01^A7", "F01^B7")
        case, _ = self.take("one", a=pair[0], b=pair[1])
        self.assertFalse(case["same_person"])
        self.assertEqual(nayose(self.server, "link", *pair, "--reason", "asked").returncode, 0)
        refused = self.post("/review/decide", 409, desk="one", a=pair[0], b=pair[1],
                            decision="different", reason="records")
        self.assertTrue(refused["closed"] and refused["same_person"], refused)
        self.assertEqual(nayose(self.server, "pin", "withdraw", *pair, "--reason", "no").returncode, 0)
        self.post("/review/release", desk="one")

    def test_an_undo_that_was_overtaken_is_refused(self):
        pair = ("F01^A9", "F01^B9")
        run = nayose(self.server, "review", "decide", *pair, "same", "--reason", "twins")
        self.assertEqual(run.returncode, 1, "twins are no reason for one person")
        run = nayose(self.server, "review", "decide", *pair, "same", "--reason", "patient")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(nayose(self.server, "pin", "withdraw", *pair, "--reason", "no").returncode, 0)
        run = nayose(self.server, "review", "undo")
        self.assertEqual(run.returncode, 1)
        self.assertIn("newer", run.stderr)
        self.server.sql("UPDATE nayose.review_decision SET undone_at = now(), undone_by = 'test' "
                        "WHERE undone_at IS NULL")

    def test_an_undo_leaves_what_the_hospital_says(self):
        pair = ("F01^A11", "F01^B11")
        self.decide(*pair, "different", "--reason", "records")
        self.server.feed([("\r".join([
            "MSH|^~\\&|HIS|F01|NAYOSE|R|20260302||ADT^A24|link-11|P|2.3.1||||||UNICODE UTF-8",
            "EVN|A24|20260302", "PID|1||A11^^^F01", "PID|2||B11^^^F01"]) + "\r").encode()])
        self.assertFalse(self.are_one(*pair))
        run = nayose(self.server, "review", "undo")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertTrue(self.are_one(*pair))
        self.assertEqual(nayose(self.server, "pin", "withdraw", *pair, "--reason", "no").returncode, 0)

    def decide(self, *args):
        run = nayose(self.server, "review", "decide", *args)
        self.assertEqual(run.returncode, 0, run.stderr)

    def are_one(self, a, b):
        links = self.server.links()
        return links[tuple(a.split("^"))] == links[tuple(b.split("^"))]

    def as_another(self, *args):
        """The CLI as a second clerk."""
        if os.getuid() != 0 or not shutil.which("setpriv"):
            self.skipTest("needs to be root")
        os.chmod(self.server.admin_path, 0o666)
        run = subprocess.run(["setpriv", "--reuid=nobody", "--clear-groups", os.path.join(harness.BIN, "nayose"),
                              "--server", self.server.admin_path, *args], capture_output=True, encoding="utf-8",
                             env=dict(os.environ, LANG="C", LC_ALL="C"), check=False)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def agreement(self):
        report = json.loads(nayose(self.server, "report", "workload", "--json").stdout)
        return report["compared"], report["agreed"]

    def test_one_in_twenty_is_asked_again_of_another_clerk(self):
        before = self.agreement()
        for _ in range(20):
            _, pair = self.take("one")
            self.post("/review/decide", desk="one", a=pair[0], b=pair[1], decision="different", reason="records")
        groups = harness.groups(self.server.links())
        listed = json.loads(nayose(self.server, "label", "list", "--json").stdout)
        self.assertEqual([[set(a) for a in label["answers"]] for label in listed], [[{"who"}]], "blind")
        self.assertIn("0 for you to judge", nayose(self.server, "label", "list").stdout)  # who decided knows
        row = self.as_another("label", "list").splitlines()[1].split()
        self.as_another("label", "same", *row)
        self.assertEqual(self.agreement(), (before[0] + 1, before[1]))
        self.assertRegex(self.as_another("label", "list"), "^0 for you to judge [^,]*, 0 drawn")
        self.assertEqual(harness.groups(self.server.links()), groups)
        for _ in range(20):
            self.post("/review/undo")
        self.assertEqual(self.agreement(), before)

    def test_everything_decided_and_undone(self):
        before = harness.groups(self.server.links())
        open_before = self.waiting()
        self.assertEqual(open_before, CASES)
        for n in range(20):
            _, pair = self.take("one")
            self.post("/review/decide", desk="one", a=pair[0], b=pair[1],
                      decision=("same", "different")[n % 2], reason="records")
        self.assertEqual(self.waiting(), open_before - 20)
        self.assertNotEqual(harness.groups(self.server.links()), before)
        for _ in range(20):
            self.post("/review/undo")
        self.assertEqual(harness.groups(self.server.links()), before)
        self.assertEqual(self.waiting(), open_before)


if __name__ == "__main__":
    unittest.main()
