#!/usr/bin/python3
"""nayose report feeds, same-facility and kpi against a real server: numbers that can be counted by hand, as
table, JSON and page. In: NAYOSE_BIN, the directory of nayosed and nayose."""
import json
import os
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

import harness

SERVER = None
COUNT = 0


def nayose(*args, language="C.UTF-8"):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "NAYOSE_"))}
    done = subprocess.run([os.path.join(harness.BIN, "nayose"), *args], capture_output=True, text=True, timeout=60,
                          env=dict(env, LANG=language, NAYOSE_SERVER=SERVER.admin_path), check=False)
    assert done.returncode == 0, (args, done.stdout, done.stderr)
    return done.stdout


def feed(facility, patient, answer="AA", kanji="^", kana="", birth="", address="", phone="", event="20261101100000",
         id_facility=None):
    global COUNT
    COUNT += 1
    names = "~".join(f"{n}^^^^^L^{code}" for n, code in ((kanji, "I"), (kana, "P")) if n)
    body = (f"MSH|^~\\&|HIS|{facility}|NAYOSE|R|{event}||ADT^A08^ADT_A01|C{COUNT}|P|2.5||||||UNICODE UTF-8\r"
            f"EVN||{event}\r"
            f"PID|1||{patient}^^^{id_facility or facility}^PI||{names}||{birth}|F|||^^^^^JPN^H^{address}||{phone}\r"
            "PV1||O\r")
    got = SERVER.request("POST", "/feed", body.encode())[1]
    assert b"MSA|" + answer.encode() in got, got


def setUpModule():
    global SERVER
    SERVER = harness.Server().start()
    for i in (1, 2):
        nayose("domain", "add", "--namespace", f"F{i:02}", "--oid", f"1.2.392.{i}", "--source", f"HIS^F{i:02}")
    home = {"address": "群馬県前橋市大手町1-1-1", "phone": "027-223-1111"}
    feed("F01", "1", kanji="髙橋^優子", kana="タカハシ^ユウコ", birth="19590501", **home)
    feed("F01", "2", kanji="髙橋^優子", birth="19590501", **home)                       # no kana, the same woman
    feed("F01", "3", answer="AE", kanji="山田^花子", birth="19590231")                    # no such day
    feed("F01", "3", kanji="山田^花子", kana="ヤマダ^ハナコ", birth="18590201")          # too old, no contact
    feed("F01", "4", kanji="鈴木^一", kana="スズキ^ハジメ", birth="20000229", **home)
    feed("F01", "5", kanji="佐藤^二", kana="サトウ^ニ", **home)                          # no birth date
    feed("F02", "1", kanji="渡辺^三", kana="ワタナベ^サン", birth="21000101")            # ahead
    feed("F02", "9", answer="AE", kanji="渡辺^四", id_facility="F77")
    feed("F02", "9", answer="AE", kanji="渡辺^四", id_facility="F77")
    for patient in "78":                                                                 # two numbers, no contact
        feed("F02", patient, kanji="中村^五郎", kana="ナカムラ^ゴロウ", birth="19630402")
    nayose("review", "decide", "F02^7", "F02^8", "same", "--reason", "patient")
    query = ("MSH|^~\\&|HIS|F02|NAYOSE|R|20261101100000||QBP^Q23^QBP_Q21|Q1|P|2.5\r"
             "QPD|IHE PIX Query|q1|7^^^F02\rRCP|I\r")
    assert b"QAK|q1|" in SERVER.request("POST", "/feed", query.encode())[1]


def tearDownModule():
    SERVER.close()


class Reports(unittest.TestCase):
    def page(self, *args):
        """The text of a page that stands alone and is well formed."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "page.html")
            nayose(*args, "--html", path)
            with open(path, encoding="utf-8") as f:
                text = f.read()
        for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
            xml.etree.ElementTree.fromstring(svg)
        self.assertIn("<svg", text)
        self.assertTrue(text.endswith("</html>\n"))
        self.assertIsNone(re.search(r"<script|https?://(?!www\.w3\.org)|src=|href=", text))
        return text

    def test_report_card(self):
        report = json.loads(nayose("report", "feeds", "--json"))
        cards = {f["domain"]: f for f in report["facilities"]}
        expected = {"patients": 5, "no_kana": 1, "no_birth_date": 1, "impossible_birth_date": 1, "no_address": 1,
                    "no_phone": 1, "undecodable": 0, "ids_reused": 0, "messages": 5}
        self.assertEqual({k: cards["F01"][k] for k in expected}, expected)
        self.assertEqual(cards["F01"]["duplicates_linked"] + cards["F01"]["duplicates_asked"], 1)
        self.assertEqual(cards["F02"]["impossible_birth_date"], 1)
        late = SERVER.number("SELECT extract(epoch FROM now() - '2026-11-01 10:00+09')::bigint")
        self.assertLess(abs(cards["F01"]["latency_median_s"] - late), 3600)
        sources = {s["facility"]: s for s in report["sources"]}
        self.assertEqual((sources["F02"]["messages"], sources["F02"]["refused"]), (5, 2))
        self.assertEqual([(r["decision"], r["n"]) for r in sources["F02"]["reasons"]], [("AE 204", 2)])
        self.assertEqual([(r["decision"], r["field"]) for r in sources["F01"]["reasons"]], [("AE 102", "PID^1^7")])

    def test_report_card_as_table_and_page(self):
        table = nayose("report", "feeds", "--days", "7")
        self.assertRegex(table, r"F01 +5 +1 \(20\.0 %\) +1 \(20\.0 %\) +1 \(20\.0 %\)")
        self.assertRegex(table, r"AE 204 .* 2\n")
        self.assertIn("施設", nayose("report", "feeds", language="ja_JP.UTF-8"))
        self.assertIn("1 (20.0 %)", self.page("report", "feeds"))

    def test_same_facility(self):
        pairs = json.loads(nayose("report", "same-facility", "--json"))["pairs"]
        self.assertEqual([(p["domain"], p["local_id_a"], p["local_id_b"], p["state"]) for p in pairs],
                         [("F01", "1", "2", "linked"), ("F02", "7", "8", "linked")])
        self.assertIn("F01    1 2 linked", nayose("report", "same-facility", "--domain", "F01"))
        self.assertIn("no pair", nayose("report", "same-facility", "--domain", "F03"))
        self.assertEqual(SERVER.number("SELECT count(*) FROM nayose.audit_event WHERE decision = 'report' AND hits = 0"
                                       " AND transaction = '/report'") > 0, True)

    def test_kpi(self):
        months = json.loads(nayose("report", "kpi", "--months", "3", "--json"))["months"]
        self.assertEqual(len(months), 3)
        now = months[-1]
        self.assertEqual((now["messages"], now["refused"], now["identities"]), (8, 3, 8))
        self.assertEqual((months[0]["messages"], months[0]["identities"]), (0, 0))
        # One joined somebody when it came, one by the decision of the only question.
        self.assertEqual({k: now[k] for k in ("queries", "joined", "asked", "settled", "decisions", "ids_reused")},
                         {"queries": 1, "joined": 2, "asked": 1, "settled": 1, "decisions": 1, "ids_reused": 0})
        self.assertRegex(nayose("report", "kpi", "--months", "3"), now["month"] + r" +8 +3 ")
        self.assertIn(now["month"], self.page("report", "kpi"))

    def test_workload(self):
        """Two clerks judge two pairs and agree on one; of a drawn link, too, and of one they differ; a word
        that was taken back, and one of last week, do not count; nor does it agree with oneself."""
        rows = [(1, 2, 1, "sato", 30), (2, 1, 1, "suzuki", 50), (3, 4, 2, "sato", 20), (3, 4, 1, "suzuki", 20)]
        values = ", ".join(f"({a}, {b}, {d}, '{who}', now(), '', '', '', {s}, 1, 0, 0, now(), 0, NULL, NULL)"
                           for a, b, d, who, s in rows)
        SERVER.sql("INSERT INTO nayose.review_decision (a, b, decision, who, at, reason, note, whom, seconds, asked, "
                   f"total_b1024, guards, said_at, before, undone_at, undone_by) VALUES {values}, "
                   "(1, 3, 1, 'sato', now(), '', '', '', 600, 1, 0, 0, now(), 0, now(), 'sato'), "
                   "(1, 3, 1, 'suzuki', now() - interval '8 days', '', '', '', 900, 1, 0, 0, now(), 0, NULL, NULL)")
        drawn = [(4, 5, "sato", True), (5, 4, "tanaka", True), (2, 5, "sato", True), (2, 5, "tanaka", False),
                 (1, 2, "sato", True)]
        SERVER.sql("INSERT INTO nayose.label_answer VALUES " + ", ".join(
            f"({a}, {b}, 1, '{who}', {same}, now())" for a, b, who, same in drawn))
        report = json.loads(nayose("report", "workload", "--days", "7", "--json"))
        report["decided"] -= 1  # the decision of the question: not opened first, so it took no time
        self.assertEqual({k: report[k] for k in ("decided", "seconds", "compared", "agreed")},
                         {"decided": 4, "seconds": 120, "compared": 4, "agreed": 2})
        self.assertAlmostEqual(report["minutes_per_1000_a_week"], 2 * 1000 / 8)
        self.assertEqual([(c["who"], c["same"], c["different"], c["seconds"], c["compared"], c["agreed"])
                          for c in report["clerks"] if c["who"] in ("sato", "suzuki")],
                         [("sato", 1, 1, 50, 4, 2), ("suzuki", 2, 0, 70, 2, 1)])
        self.assertRegex(nayose("report", "workload", "--days", "7"), r"sato +1 +1 +0 +50 +20 +4 2 \(50\.0 %\)")
        self.page("report", "workload")

    def test_who_asks_wrongly_is_told(self):
        self.assertEqual(SERVER.request("POST", "/reports", {"report": "weather"})[0], 400)
        self.assertEqual(SERVER.request("POST", "/reports", {"report": "kpi", "months": 61})[0], 400)


if __name__ == "__main__":
    unittest.main(verbosity=2)
