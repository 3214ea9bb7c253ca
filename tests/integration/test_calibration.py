#!/usr/bin/python3
"""What the links are worth, on a real server: links are drawn, two clerks judge them, the meters run,
and the table, the JSON, the page and the metrics say the same."""
import json
import os
import re
import tempfile
import unittest
import xml.etree.ElementTree as ET

import harness
from harness import nayose

DRAWN = 30


class Calibration(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.tmp.cleanup)
        files = harness.population(cls.tmp.name, 600, 6, 5)
        cls.server = harness.Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start().add_domains(os.path.join(cls.tmp.name, "domains.txt"))
        cls.server.load(files, "--connections", "4")

    def cli(self, *words, code=0):
        done = nayose(self.server, *words)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout

    def metrics(self):
        text = self.server.get("/metrics")[1].decode()
        return {k: float(v) for k, v in re.findall(r"^nayose_calibration_(\w+) (\S+)$", text, re.M)}

    def labels(self):
        return json.loads(self.cli("label", "list", "--json"))

    def second_clerk(self, different):
        """Somebody else than the one who runs this test is of the same mind."""
        self.server.sql("INSERT INTO nayose.label_answer (a, b, model, at, who, same) SELECT a, b, "
                        "model, now(), 'second', same FROM nayose.label_answer "
                        "WHERE who <> 'second'")
        self.assertEqual(self.server.number("SELECT count(*) FROM nayose.label_answer WHERE NOT "
                                            "same"), 2 * different)

    def report(self, *options):
        page = os.path.join(self.tmp.name, "page.html")
        told = json.loads(self.cli("report", "calibration", "--json", "--html", page, *options))
        with open(page, encoding="utf-8") as f:
            return told["current"], told["history"], f.read()

    def check_page(self, page, current):
        # Well-formed as XML but for the tags that HTML never closes.
        text = re.sub(r"<!DOCTYPE html>|<meta [^>]*>|<br>", "", page).replace("&nbsp;", " ")
        tree = ET.fromstring(text)
        for node in tree.iter():
            self.assertNotIn(node.tag, ("script", "link", "img", "iframe"))
            self.assertFalse({"src", "href", "xlink:href"} & set(node.attrib), node.tag)
        self.assertNotRegex(page, r"https?://(?!www\.w3\.org/)|url\(|@import")
        plots = [n for n in tree.iter() if n.tag.endswith("svg")]
        self.assertGreaterEqual(len(plots), 4)
        for shape in ("rect", "polyline", "line"):
            self.assertTrue(any(n.tag.endswith(shape) for p in plots for n in p.iter()), shape)
        words = " ".join(tree.itertext())
        margin, facility = current["margin"], current["facility"]
        self.assertIn(f"{margin['labelled']} of {margin['links']} labelled, "
                      f"{margin['different']} different", words)
        self.assertIn(f"{facility['hits']} of {facility['pairs']}, {facility['namesakes']} namesakes",
                      words)
        self.assertIn(f"{current['links']:,}".replace(",", " "), words)

    def test_links_are_drawn_judged_and_reported(self):
        self.cli("report", "calibration", code=1)  # there is none yet
        self.assertEqual(self.metrics(), {})
        self.cli("label", "draw", str(DRAWN))
        drawn = self.labels()
        self.assertTrue(0 < len(drawn) <= DRAWN)
        self.assertIn(f"{len(drawn)} ", self.cli("label", "list").splitlines()[-1])
        # nobody who judges sees a score
        self.assertEqual({k for label in drawn for k in label},
                         {"domain_a", "local_id_a", "domain_b", "local_id_b", "answers"})
        for i, label in enumerate(drawn):
            pair = (f"{label['domain_a']}^{label['local_id_a']}",
                    f"{label['domain_b']}^{label['local_id_b']}")
            self.cli("label", "different" if i == 0 else "same", *pair)
        self.assertTrue(self.cli("label", "list").splitlines()[-1].startswith("0 "))

        alone, _, _ = self.report("--run", "--records", "200")
        self.assertEqual(alone["margin"]["labelled"], 0)  # one clerk makes no label
        self.assertEqual(self.metrics()["margin_labelled"], 0)
        self.second_clerk(different=1)
        both, history, page = self.report("--run", "--records", "200")
        self.assertEqual(len(history), 2)
        judged = both["margin"]["labelled"] + both["facility"]["judged"]
        self.assertGreaterEqual(judged, len(drawn))
        self.assertEqual(both["margin"]["different"] + both["facility"]["different"], 1)
        self.assertLess(both["bound"], alone["bound"])
        self.assertGreater(both["estimate"], alone["estimate"])
        self.check_page(page, both)
        gauges = self.metrics()
        for name in ("estimate", "bound", "target", "links"):
            self.assertAlmostEqual(gauges[name], both[name], delta=1e-6 * abs(both[name]))
        self.assertEqual(gauges["margin_labelled"], both["margin"]["labelled"])
        self.assertIn(str(both["margin"]["labelled"]), self.cli("report", "calibration"))

        # what the server keeps in memory is there after a start, too, and no drawing comes twice
        self.server.restart()
        self.assertEqual(self.metrics(), gauges)
        self.cli("label", "draw", str(DRAWN))
        again = self.labels()
        pairs = {(x["local_id_a"], x["domain_a"], x["local_id_b"], x["domain_b"]) for x in again}
        self.assertEqual(len(pairs), len(again))

    def test_what_cannot_be_is_refused(self):
        self.cli("label", "same", "F01^none", "F02^none", code=1)
        self.cli("label", "same", "F01", "F02^1", code=2)
        self.cli("label", "draw", "0", code=2)
        self.cli("report", "calibration", "--run", "--from", "x", code=2)


if __name__ == "__main__":
    unittest.main()
