#!/usr/bin/python3
"""What a running server holds: an id that turns into another person, and feeds that lose their
habits; what nayose says of it, and what a release does."""
import datetime
import json
import os
import tempfile
import time
import unittest

import harness
from harness import nayose

GIVEN = [("花子", "ハナコ"), ("太郎", "タロウ"), ("恵", "メグミ"), ("優美", "ユミ"), ("健一", "ケンイチ")]
WINDOW = 200


def message(facility, patient, when, *, family=("名寄", "ナヨロ"), given=GIVEN[0], birth, sex, phone,
            event="A08"):
    names = f"{family[0]}^{given[0]}^^^^^L^I"
    if given[1]:
        names += f"~{family[1]}^{given[1]}^^^^^L^P"
    at = (datetime.datetime(2026, 3, 1) + datetime.timedelta(seconds=when)).strftime("%Y%m%d%H%M%S")
    return ("\r".join([
        f"MSH|^~\\&|HIS|{facility}|NAYOSE|R|{at}||ADT^{event}|{facility}-{patient}-{when}|P|2.3.1"
        "||||||UNICODE UTF-8",
        f"EVN|{event}|{at}",
        f"PID|1||{patient}^^^{facility}||{names}||{birth}|{sex}|||||{phone}"]) + "\r").encode()


def person(facility, number, when=None, **changes):
    """A patient by number; the same one in every facility."""
    birth = datetime.date(1930, 1, 1) + datetime.timedelta(days=97 * number % 25000)
    said = {"given": GIVEN[number % len(GIVEN)], "birth": birth.strftime("%Y%m%d"),
            "sex": "FM"[number % 2], "phone": f"05422{number:05}"}
    said.update(changes)
    return message(facility, f"P{number}", number if when is None else when, **said)


class Held(unittest.TestCase):
    def setUp(self):
        self.server = harness.Server()
        self.addCleanup(self.server.close)
        self.server.start()
        for i in (1, 2, 3):
            self.server.add_domain(f"F0{i}", f"1.2.392.1.{i}")

    def holds(self):
        run = nayose(self.server, "hold", "list", "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)["holds"]

    def alarm(self, facility="F01"):
        for s in json.loads(nayose(self.server, "source", "list", "--json").stdout)["sources"]:
            if s["facility"] == facility:
                return s["alarm"]
        return self.fail("no such source")

    def are_one(self, a, b):
        links = self.server.links()
        return links[a] == links[b]

    def release(self, target, code=0):
        run = nayose(self.server, "hold", "release", target, "--reason", "looked at")
        self.assertEqual(run.returncode, code, run.stderr)

    # ---- overlay ----

    def test_an_id_becomes_another_person(self):
        taro = {"given": GIVEN[1], "birth": "19500213", "sex": "M", "phone": "0542001111"}
        hanako = {"family": ("佐藤", "サトウ"), "given": GIVEN[0], "birth": "19841124", "sex": "F",
                  "phone": "0542002222"}
        self.server.feed([message("F01", "1", 1, **taro), message("F02", "2", 2, **taro),
                          message("F01", "1", 3, **hanako), message("F03", "3", 4, **hanako)])
        for _ in range(2):  # before and after a start
            self.assertTrue(self.are_one(("F01", "1"), ("F02", "2")))
            self.assertFalse(self.are_one(("F01", "1"), ("F03", "3")))
            held = self.holds()
            self.assertEqual([(h["kind"], h["domain"], h["local_id"], h["why"]) for h in held],
                             [("version", "F01", "1", "overlay")])
            self.assertIn("overlay", nayose(self.server, "review", "list").stdout)
            self.assertIn("F01^1", nayose(self.server, "hold", "list").stdout)
            self.server.restart()
        self.release("F02^2", 1)  # nothing is held of it
        self.release("F02^9", 1)
        self.release("F01^1")
        self.assertEqual(self.holds(), [])
        self.assertTrue(self.are_one(("F01", "1"), ("F03", "3")))
        self.assertFalse(self.are_one(("F01", "1"), ("F02", "2")))
        self.assertEqual(self.server.sql("SELECT release_reason FROM nayose.hold"), [["looked at"]])
        self.server.feed([message("F01", "1", 5, **taro)])  # a later one is held again
        self.assertEqual(len(self.holds()), 1)
        self.server.feed([message("F01", "1", 6, **hanako)])  # and heals by itself
        self.assertEqual(self.holds(), [])

    # ---- drift ----

    def drift(self, **changes):
        """A healthy feed, then one that is changed; the alarm must come within 500 messages."""
        self.server.feed([person("F02", n) for n in (10, 9001, 9002)])
        self.server.feed([person("F01", n) for n in range(1, WINDOW + 60)])
        self.assertEqual(self.alarm(), "")
        first = WINDOW + 60
        while self.alarm() == "" and first < WINDOW + 560:
            self.server.feed([person("F01", n, **changes) for n in range(first, first + 50)])
            first += 50
        self.assertNotEqual(self.alarm(), "")
        self.assertEqual(self.alarm("F02"), "")
        return first

    def check_alarm(self):
        self.assertTrue(self.are_one(("F01", "P10"), ("F02", "P10")))
        self.server.feed([person("F01", n) for n in (9001, 9002)])
        self.server.feed([person("F01", 10, 90000, birth="20010203")])
        for _ in range(2):
            for n in (9001, 9002):
                self.assertFalse(self.are_one(("F01", f"P{n}"), ("F02", f"P{n}")))
            self.assertTrue(self.are_one(("F01", "P10"), ("F02", "P10")))
            source = [h for h in self.holds() if h["kind"] == "source"]
            self.assertEqual([(h["facility"], h["why"]) for h in source], [("F01", "drift")])
            self.assertRegex(source[0]["detail"], "; now kana=.*; was kana=1000 ")
            self.assertEqual(self.server.get("/status")[1]["source_alarms"], 1)
            self.assertIn(b"\nnayose_source_alarms 1\n", self.server.get("/metrics")[1])
            self.server.restart()

    def check_release(self):
        self.release("^F01")
        for _ in range(100):
            if not self.holds():
                break
            time.sleep(.05)
        self.assertEqual(self.holds(), [])
        self.assertEqual(self.alarm(), "")
        self.assertFalse(self.are_one(("F01", "P10"), ("F02", "P10")))  # what it said in the alarm
        for n in (9001, 9002):
            self.assertTrue(self.are_one(("F01", f"P{n}"), ("F02", f"P{n}")))
        self.release("^F01", 1)

    def test_a_feed_loses_its_kana(self):
        self.drift(given=("恵", ""))
        self.check_alarm()
        self.check_release()

    def test_birth_dates_become_one(self):
        self.drift(birth="19800101")
        self.check_alarm()
        self.check_release()

    def test_a_source_need_not_be_watched(self):
        run = nayose(self.server, "source", "set", "^F01", "--drift", "off")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.server.feed([person("F01", n) for n in range(1, WINDOW + 60)])
        self.server.feed([person("F01", n, given=("恵", "")) for n in range(WINDOW + 60, 2 * WINDOW + 200)])
        self.assertEqual(self.alarm(), "")
        self.assertEqual(nayose(self.server, "source", "set", "^F01", "--drift", "no").returncode, 2)

    def test_the_generated_facilities_have_no_alarm(self):
        with tempfile.TemporaryDirectory() as d:
            files = harness.population(d, int(os.environ.get("NAYOSE_IT_PEOPLE", "2000")), 12, 1,
                                       "--events", "mix")
            with open(os.path.join(d, "domains.txt"), encoding="utf-8") as f:
                for line in f:
                    ns, oid, name = line.rstrip("\n").split(" ", 2)
                    if ns not in ("F01", "F02", "F03"):
                        self.server.add_domain(ns, oid, name)
            self.server.load(files, "--connections", "4")
        self.assertEqual([h for h in self.holds() if h["why"] in ("drift", "overlay")], [])


if __name__ == "__main__":
    unittest.main()
