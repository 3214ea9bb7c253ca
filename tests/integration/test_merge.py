#!/usr/bin/python3
"""Merges, links and pins on a running server: what hospitals say (A40, A24, A37, A23), what a clerk
says (nayose link, unlink, pin), and what PIX answers, before and after a restart. The sender and
asker is somebody else's client (python3-hl7)."""
import json
import os
import subprocess
import unittest

import hl7
import hl7.client

import harness
from harness import nayose

QUERY = ("MSH|^~\\&|PORTAL|REGION|NAYOSE|REGION|20260101120000||QBP^Q23^QBP_Q21|{0}|P|2.5\r"
         "QPD|IHE PIX Query|{0}|{1}^^^{2}|{3}\rRCP|I\r")
# Each test has its own facilities and its own people: years and telephones tell them apart.
PEOPLE = {
    "taro": ("山田^太郎", "ヤマダ^タロウ", 1910, "0213", "M", "1111"),
    "hana": ("佐藤^花子", "サトウ^ハナコ", 1930, "1124", "F", "2222"),
    "ken": ("鈴木^健一", "スズキ^ケンイチ", 1950, "0305", "M", "3333"),
    "yumi": ("高橋^優美", "タカハシ^ユミ", 1970, "0930", "F", "4444"),
}


class Merge(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.count = cls.number = 0
        cls.server = harness.Server()
        cls.addClassCleanup(cls.server.close)
        cls.supervisors("nobody")
        cls.server.start()

    @classmethod
    def supervisors(cls, names):
        """From the next start on."""
        cls.server.configure(f"[access]\nsupervisors = {names}\ntwo_person_above = 3\n")

    def setUp(self):
        Merge.number += 1
        for i in (1, 2, 3):
            self.server.add_domain(self.local(f"F0{i}"), f"1.2.392.1.{self.number}.{i}")
        self.connect()

    def local(self, text):
        """Names of facilities as this test has them: F01 → A01 in the first test."""
        return text.replace("F0", "ABCDEFGHIJKLMNOPQRST"[self.number - 1] + "0")

    def named(self, text):
        """The other way round."""
        return text.replace(self.local("F0"), "F0")

    def connect(self):
        self.client = hl7.client.MLLPClient("127.0.0.1", self.server.mllp_port, encoding="utf-8")
        self.addCleanup(self.client.close)

    def restart(self):
        self.client.close()
        self.server.restart()
        self.connect()

    def twice(self):
        """Before and after a restart."""
        yield
        self.restart()
        yield

    # ---- saying and asking ----

    def send(self, facility, event, *segments, ack="AA", mode="P", at=""):
        """Sends a message; minutes count up unless `at` says when it happened."""
        Merge.count += 1
        when = at or f"20260301{self.count // 60:02}{self.count % 60:02}00"
        raw = self.local("\r".join([
            f"MSH|^~\\&|HIS|{facility}|NAYOSE|R|{when}||ADT^{event}|{facility}-{self.count}|{mode}"
            "|2.5||||||UNICODE UTF-8", f"EVN|{event}|{when}", *segments]) + "\r")
        answer = hl7.parse(self.client.send_message(raw), encoding="utf-8")
        self.assertEqual(str(answer.segment("MSA")[1]), ack, str(answer).replace("\r", "\n"))
        return answer

    def feed(self, facility, patient, who, younger=0, phone=""):
        kanji, kana, year, day, sex, number = PEOPLE[who]
        self.send(facility, "A08", f"PID|1||{patient}^^^{facility}||{kanji}^^^^^L^I~{kana}^^^^^L^P||"
                  f"{year + self.number + younger}{day}|{sex}|||||{phone or f'0542{self.number:02}{number}'}")

    def merge(self, facility, *pairs, **options):
        """Of each pair (old, new), old is retired for new; one message."""
        return self.send(facility, "A40", *[s for old, new in pairs for s in (
            f"PID|||{new}^^^{facility}", f"MRG|{old}^^^{facility}")], **options)

    def link(self, facility, event, a, b, **options):
        self.send(facility, event, f"PID|||{a}^^^{facility}", f"PID|||{b}^^^{facility}", **options)

    def query(self, key, target=""):
        """MSA-1 and QAK-2, and the ids told as a set of NS^ID."""
        Merge.count += 1
        facility, patient = key.split("^")
        answer = hl7.parse(self.client.send_message(self.local(
            QUERY.format(f"Q{self.count}", patient, facility, target))), encoding="utf-8")
        ids = set()
        for pid in [s for s in answer if str(s[0]) == "PID"]:
            for rep in str(pid[3]).split("~"):
                parts = rep.split("^")
                ids.add(self.named(f"{parts[3].split('&')[0]}^{parts[0]}"))
        return f"{answer.segment('MSA')[1]} {answer.segment('QAK')[2]}", ids

    def ids(self, key):
        """Everybody whom PIX answers with, the regional id left out."""
        code, ids = self.query(key)
        self.assertEqual(code, "AA OK", key)
        return {i for i in ids if not i.startswith("REGIONAL^")}

    def regional(self, key):
        return self.server.links()[tuple(self.local(key).split("^"))]

    def are_one(self, a, b):
        return self.regional(a) == self.regional(b)

    def nayose(self, *args, code=0):
        run = nayose(self.server, *map(self.local, args))
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        return self.named(run.stdout if code == 0 else run.stderr)

    def say(self, *args, code=0):
        return self.nayose(*args, "--reason", "asked at the desk", code=code)

    # ---- what hospitals say ----

    def test_nist_merge(self):
        """W (F01^1) is linked with F02^2; L (F01^3) survives W: F02^2 leads to F01^3."""
        self.feed("F01", "1", "taro")
        self.feed("F02", "2", "taro")
        self.feed("F01", "3", "hana")
        self.assertEqual(self.ids("F02^2"), {"F01^1"})
        self.merge("F01", ("1", "3"))
        for _ in self.twice():
            self.assertEqual(self.ids("F02^2"), {"F01^3"})
            self.assertEqual(self.query("F01^1")[0], "AE AE")  # not used again
            self.assertEqual(self.query("F01^3", "^^^F01"), ("AA OK", {"F01^3"}))
        self.merge("F01", ("1", "3"))  # said again
        self.assertEqual(self.ids("F02^2"), {"F01^3"})

    def test_groups_chains_and_order(self):
        for patient, who in (("1", "taro"), ("2", "hana"), ("3", "ken"), ("4", "yumi")):
            self.feed("F01", patient, who)
        self.feed("F02", "1", "taro")
        self.feed("F02", "3", "ken")
        self.merge("F01", ("1", "2"), ("3", "4"))  # two groups of one message
        self.assertEqual(self.ids("F02^1"), {"F01^2"})
        self.assertEqual(self.ids("F02^3"), {"F01^4"})
        self.feed("F01", "5", "hana")
        self.merge("F01", ("2", "5"))  # a chain: 1 → 2 → 5
        self.assertEqual(self.ids("F02^1"), {"F01^5"})
        # Another chain arrives with its end first: 11 → 12 → 13, before anybody was heard of.
        self.merge("F03", ("12", "13"), at="20260302120000")
        self.merge("F03", ("11", "12"), at="20260302110000")
        for patient, who in (("11", "taro"), ("12", "hana"), ("13", "ken")):
            self.feed("F03", patient, who)
        for _ in self.twice():
            self.assertEqual(self.query("F03^11")[0], "AE AE")
            self.assertEqual(self.query("F03^12")[0], "AE AE")
            self.assertEqual(self.query("F03^13")[0], "AA OK")

    def test_unlink_and_withdraw(self):
        self.feed("F01", "1", "taro")
        self.feed("F02", "2", "taro")
        self.feed("F02", "3", "hana")
        self.link("F02", "A24", "2", "3")
        self.assertEqual(self.ids("F01^1"), {"F02^2", "F02^3"})
        self.link("F02", "A37", "2", "3")
        self.assertEqual(self.ids("F01^1"), {"F02^2"})
        self.send("F02", "A23", "PID|||2^^^F02")
        regional = self.regional("F02^3")
        for _ in self.twice():
            self.assertEqual(self.query("F02^2")[0], "AE AE")
            self.assertNotIn("F02^2", self.query("F01^1")[1])
        # The regional id of a person who was taken back altogether is known, and leads nowhere.
        self.send("F02", "A23", "PID|||3^^^F02")
        for _ in self.twice():
            self.assertEqual(self.query(f"REGIONAL^{regional}"), ("AA NF", set()))
            self.assertEqual(self.query(f"REGIONAL^{regional}", "^^^F01")[0], "AA NF")

    def test_a_merge_for_practice_changes_nothing(self):
        self.nayose("source", "set", "^F01", "--accept-test", "yes")
        self.feed("F01", "1", "taro")
        self.feed("F01", "3", "hana")
        for mode in "TD":
            answer = self.merge("F01", ("1", "3"), ack="AR", mode=mode)
            self.assertEqual(str(answer.segment("ERR")[3]).split("^", maxsplit=1)[0], "202")
            self.link("F01", "A24", "1", "3", ack="AR", mode=mode)
            self.send("F01", "A23", "PID|||1^^^F01", ack="AR", mode=mode)
            self.send("F01", "A47", "PID|||9^^^F01", "MRG|1^^^F01", ack="AR", mode=mode)
        self.assertEqual(self.query("F01^1")[0], "AA OK")
        self.assertFalse(self.are_one("F01^1", "F01^3"))

    def test_an_id_moves_to_another_patient(self):
        for patient, who in (("1", "taro"), ("2", "hana"), ("3", "ken")):
            self.feed("F01", patient, who)
        self.link("F01", "A24", "1", "2")
        self.assertTrue(self.are_one("F01^1", "F01^2"))
        self.send("F01", "A43", "PID|||3^^^F01", "MRG|1^^^F01")
        for _ in self.twice():
            self.assertFalse(self.are_one("F01^1", "F01^2"))
            self.assertTrue(self.are_one("F01^1", "F01^3"))
            self.assertEqual(self.query("F01^1", "^^^F01"), ("AA OK", {"F01^1", "F01^3"}))

    # ---- what a clerk says ----

    def test_a_clerk_links_and_unlinks(self):
        self.feed("F01", "1", "taro")
        self.feed("F02", "2", "taro")
        self.feed("F03", "3", "hana")
        shown = self.nayose("link", "F01^1", "F03^3", "--dry-run")
        self.assertRegex(shown, r"before 前:\n  F01\^1 F02\^2 \((\d+)\)\n  F03\^3 \(\d+\)\n"
                                r"after 後:\n  F01\^1 F02\^2 F03\^3 \(\1\)\n")
        self.assertFalse(self.are_one("F01^1", "F03^3"))
        self.nayose("link", "F01^1", "F03^3", code=2)  # without a reason
        self.say("link", "F01^1", "F03^9", code=1)
        self.say("link", "F01^1", "F03^3")
        self.say("unlink", "F01^1", "F02^2", code=0)
        for _ in self.twice():
            self.assertTrue(self.are_one("F01^1", "F03^3"))
            self.assertFalse(self.are_one("F01^1", "F02^2"))
            pins = [p for p in json.loads(self.nayose("pin", "list", "--json"))["pins"]
                    if p["domain_a"] == "F01"]
            self.assertEqual([(p["domain_a"], p["kind"], p["in_force"], p["role"], p["reason"])
                              for p in pins], [("F01", "same", True, "clerk", "asked at the desk"),
                                               ("F01", "different", True, "clerk",
                                                "asked at the desk")])
            self.feed("F01", "1", "taro")  # no automatic step overturns them
            self.feed("F02", "2", "taro")
            self.feed("F03", "3", "hana")
        # Events with their cause, and who looked and who did.
        self.assertEqual(self.server.number(
            "SELECT count(*) FROM nayose.membership_event e JOIN nayose.identity i "
            "ON i.id = e.identity JOIN nayose.identity_domain d ON d.id = i.domain "
            f"WHERE e.cause = 2 AND e.message IS NULL AND d.namespace LIKE '{self.local('F0')}%'"), 2)
        self.assertEqual(
            self.server.sql("SELECT decision, patient_id, reason FROM nayose.audit_event "
                            f"WHERE decision LIKE '%link%' AND patient_domain LIKE '{self.local('F0')}%' "
                            "ORDER BY seq"),
            [["link looked at", "1", ""], ["link looked at", "3", ""],
             ["link refused", "1", "asked at the desk"], ["link refused", "9", "asked at the desk"],
             ["link", "1", "asked at the desk"], ["link", "3", "asked at the desk"],
             ["unlink", "1", "asked at the desk"], ["unlink", "2", "asked at the desk"]])
        self.say("pin", "withdraw", "F01^1", "F02^2")
        self.say("pin", "withdraw", "F03^3", "F01^1")  # either way round
        self.assertTrue(self.are_one("F01^1", "F02^2"))
        self.assertFalse(self.are_one("F01^1", "F03^3"))
        self.say("pin", "withdraw", "F01^1", "F02^2", code=1)
        self.assertNotIn("F01^1 ", self.nayose("pin", "list"))
        self.assertEqual(len([line for line in self.nayose("pin", "list", "--all").splitlines()
                              if "F01^1 " in line]), 4)

    def test_a_contradiction_is_refused_with_its_way(self):
        self.feed("F01", "1", "taro")
        self.feed("F02", "2", "hana")
        self.feed("F03", "3", "ken")
        self.say("link", "F01^1", "F03^3")
        self.say("link", "F02^2", "F03^3")
        said = self.say("unlink", "F01^1", "F02^2", code=1)
        self.assertIn("F01^1 =clerk= F03^3 =clerk= F02^2", said)
        self.assertIn("nayose pin withdraw 'F01^1' 'F03^3'", said)
        self.assertTrue(self.are_one("F01^1", "F02^2"))
        self.say("pin", "withdraw", "F01^1", "F03^3")
        self.say("unlink", "F01^1", "F02^2")
        self.assertIn("F01^1 ≠clerk≠ F02^2 =clerk= F03^3", self.say("link", "F01^1", "F03^3", code=1))
        self.assertIn("F01^1 ≠clerk≠ F02^2", self.say("link", "F02^2", "F01^1", code=1).replace(
            "F02^2 ≠clerk≠ F01^1", "F01^1 ≠clerk≠ F02^2"))
        self.assertFalse(self.are_one("F01^1", "F02^2"))

    # ---- undo ----

    def undo(self, event, *options, code=0):
        return self.nayose("undo", event, *(options or ("--yes",)), code=code)

    def newest(self, name, kind, **wanted):
        """The name of the newest event of the kind in the history of a record: e41, p12."""
        for e in json.loads(self.nayose("history", name, "--json")):
            if e["event"] == kind and all(e[k] == v for k, v in wanted.items()):
                return {"move": "e", "word": "p"}[kind] + str(e["number"])
        self.fail(f"{name} has no {kind} with {wanted}")

    def test_a_link_of_the_matcher_is_undone(self):
        self.feed("F01", "1", "taro")
        self.feed("F02", "2", "taro")
        _, ids = self.query("F01^1", "^^^REGIONAL")
        self.feed("F03", "3", "taro")
        event = self.newest("F03^3", "move")
        self.assertIn(f"{event}: ", self.nayose("history", "F03^3"))
        shown = self.undo(event, "--dry-run")
        self.assertIn("is said 指定:\n  F03^3 different F01^1\n  F03^3 different F02^2\n", shown)
        self.assertRegex(shown, r"after 後:\n  F01\^1 F02\^2 \(\d+\)\n  F03\^3 \(new ID 新しいID\)\n")
        self.assertTrue(self.are_one("F01^1", "F03^3"))
        self.undo(event, "--yes", "--reason", "his cousin")
        for _ in self.twice():
            self.feed("F03", "3", "taro")  # no message joins them again
            self.feed("F02", "2", "taro")
            self.assertFalse(self.are_one("F01^1", "F03^3") or self.are_one("F02^2", "F03^3"))
            self.assertEqual(self.query("F01^1", "^^^REGIONAL")[1], ids)
        self.assertIn("nothing of it is left", self.undo(event, code=1))
        word = self.newest("F03^3", "word", reason="his cousin")
        self.assertEqual(self.undo(word, "--dry-run").count(" no longer different "), 2)
        self.undo(word)  # one of the two words takes both back
        self.assertTrue(self.are_one("F01^1", "F03^3") and self.are_one("F02^2", "F03^3"))
        self.undo(self.newest("F03^3", "word", word="no longer different"))
        self.assertFalse(self.are_one("F01^1", "F03^3") or self.are_one("F02^2", "F03^3"))
        self.assertIn("history", self.undo("e99999999", code=1))

    def test_a_split_is_undone(self):
        self.feed("F01", "1", "taro")
        self.feed("F02", "2", "taro")
        self.feed("F03", "3", "taro")
        _, ids = self.query("F01^1", "^^^REGIONAL")
        self.feed("F03", "3", "taro", younger=23)
        self.assertFalse(self.are_one("F01^1", "F03^3"))
        first = self.newest("F01^1", "move", identity="F01^1")
        self.assertIn("neither joined nor parted", self.undo(first, code=1))
        event = self.newest("F03^3", "move")
        shown = self.undo(event, "--dry-run")
        self.assertIn(f"{event}: split by message, ", shown)
        self.assertIn("is said 指定:\n  F03^3 same F01^1\n", shown)
        self.assertFalse(self.are_one("F01^1", "F03^3"))
        self.undo(event)
        for _ in self.twice():
            self.assertTrue(self.are_one("F01^1", "F03^3") and self.are_one("F02^2", "F03^3"))
            self.assertEqual(self.query("F03^3", "^^^REGIONAL")[1], ids)
        self.assertIn("nothing of it is left", self.undo(event, code=1))
        self.undo(self.newest("F03^3", "word", word="same"))
        self.assertFalse(self.are_one("F01^1", "F03^3"))
        self.say("unlink", "F01^1", "F03^3")
        self.assertIn("F03^3 ≠clerk≠ F01^1", self.undo(event, code=1))

    def test_an_undo_against_a_newer_word_is_refused(self):
        self.feed("F01", "1", "taro")
        self.feed("F02", "2", "taro")
        self.feed("F03", "3", "hana")
        event = self.newest("F02^2", "move")
        self.say("link", "F01^1", "F03^3")
        self.say("link", "F02^2", "F03^3")
        said = self.undo(event, code=1)
        self.assertIn("F02^2 =clerk= F03^3 =clerk= F01^1", said)
        self.assertIn("nayose pin withdraw", said)
        self.assertTrue(self.are_one("F01^1", "F02^2"))

    def test_a_merge_is_undone(self):
        self.feed("F01", "1", "taro")
        self.feed("F01", "3", "hana")
        self.feed("F02", "2", "taro")
        _, ids = self.query("F01^1", "^^^REGIONAL")
        self.merge("F01", ("1", "3"))
        merge = self.newest("F01^1", "word", word="merge")
        self.assertIn("F01^1 unmerge F01^3", self.undo(merge, "--dry-run"))
        self.undo(merge)
        for _ in self.twice():
            self.assertEqual(self.query("F01^1", "^^^F02"), ("AA OK", {"F02^2"}))
            self.assertEqual(self.query("F01^1", "^^^REGIONAL")[1], ids)
            self.assertEqual(self.query("F01^3", "^^^F02"), ("AA NF", set()))
            self.feed("F01", "1", "taro")  # as before the merge
            self.feed("F02", "2", "taro")
        self.assertEqual(self.server.number("SELECT status FROM nayose.identity i JOIN nayose.identity_domain d "
                                            f"ON d.id = i.domain WHERE d.namespace = '{self.local('F01')}' "
                                            "AND local_id = '1'"), 1)
        self.assertIn("stands on top", self.undo(merge, code=1))
        self.undo(self.newest("F01^1", "word", word="unmerge"))
        self.assertTrue(self.are_one("F01^3", "F02^2"))
        self.undo(self.newest("F01^1", "word", word="merge again"))
        self.assertFalse(self.are_one("F01^3", "F02^2"))
        self.merge("F01", ("1", "3"), at="20990101000000")  # said anew, later than the undo
        self.assertTrue(self.are_one("F01^3", "F02^2"))

    def test_a_merge_of_nobody_is_not_undone(self):
        self.feed("F01", "3", "hana")
        self.merge("F01", ("1", "3"))
        said = self.undo(self.newest("F01^3", "word", word="merge"), code=1)
        self.assertIn("nothing is known of the retired id", said)

    def test_what_a_hospital_says_of_two_is_undone(self):
        self.feed("F01", "1", "taro")
        self.feed("F01", "2", "hana")
        self.feed("F01", "3", "ken")
        self.link("F01", "A24", "1", "2")
        self.send("F01", "A43", "PID|||3^^^F01", "MRG|1^^^F01")
        self.assertFalse(self.are_one("F01^1", "F01^2"))
        moved = self.newest("F01^1", "word", word="move")
        self.undo(moved)
        self.assertTrue(self.are_one("F01^1", "F01^2"))
        self.assertFalse(self.are_one("F01^1", "F01^3"))
        self.undo(self.newest("F01^1", "word", word="unmove"))
        self.assertFalse(self.are_one("F01^1", "F01^2"))
        self.assertTrue(self.are_one("F01^1", "F01^3"))
        self.undo(self.newest("F01^1", "word", word="move again"))
        self.undo(self.newest("F01^1", "word", word="same"))
        self.assertFalse(self.are_one("F01^1", "F01^2"))

    # ---- two persons ----

    def as_another(self, *args, code=0):
        """The CLI as the user whom the server itself runs as."""
        owner = os.stat(self.server.admin_path)
        if os.geteuid() != 0 or owner.st_uid == 0:
            self.skipTest("needs to be root, with a server that is not")
        run = subprocess.run(["setpriv", "--reuid", str(owner.st_uid), "--regid", str(owner.st_gid),
                              "--clear-groups", os.path.join(harness.BIN, "nayose"), "--server",
                              self.server.admin_path, *map(self.local, args)],
                             env=dict(os.environ, LANG="C", LC_ALL="C"), capture_output=True, encoding="utf-8",
                             check=False)
        self.assertEqual(run.returncode, code, run.stderr)
        return self.named(run.stdout + run.stderr)

    def test_a_large_group_needs_two_persons(self):
        for facility, patient, who in (("F01", "1", "taro"), ("F02", "2", "taro"), ("F01", "3", "hana"),
                                       ("F02", "4", "hana")):
            self.feed(facility, patient, who)
        self.say("link", "F01^1", "F02^2")
        self.say("link", "F01^3", "F02^4")
        self.assertIn("second person would have to", self.nayose("link", "F01^1", "F01^3", "--dry-run"))
        said = self.say("link", "F01^1", "F01^3")
        self.assertRegex(said, r"nayose pin confirm \d+ \(it makes a group of 4 records\)")
        number = said.partition("pin confirm ")[2].split()[0]
        for _ in self.twice():
            self.assertFalse(self.are_one("F01^1", "F01^3"))
            self.assertRegex(self.nayose("pin", "list"), rf"F01\^1 +F01\^3 +same +proposed {number} +clerk")
            listed = [p for p in json.loads(self.nayose("pin", "list", "--json"))["pins"]
                      if p.get("proposed") == int(number)]
            self.assertEqual([(p["local_id_a"], p["in_force"], p["size"]) for p in listed], [("1", False, 4)])
            self.assertIn("wait for a second person", self.nayose("review", "list"))
            self.assertEqual(self.server.get("/status")[1]["proposals"], 1)
            self.assertIn("you proposed it yourself", self.nayose("pin", "confirm", number, code=1))
        self.assertIn(f"pin confirm {number}", self.say("link", "F01^1", "F01^3"))  # once is enough
        self.assertIn("after 後:\n  F01^1 F01^3 F02^2 F02^4", self.as_another("pin", "confirm", number))
        self.assertTrue(self.are_one("F02^2", "F02^4"))
        self.assertIn("(confirmed by ", self.nayose("history", "F01^1"))
        self.nayose("pin", "confirm", number, code=1)
        word = self.newest("F01^1", "word", word="same")
        self.undo(word)  # to take apart one is enough
        again = self.undo(self.newest("F01^1", "word", word="no longer same"))
        self.assertIn("nayose pin confirm", again)
        self.assertFalse(self.are_one("F01^1", "F01^3"))
        number = again.partition("pin confirm ")[2].split()[0]
        self.nayose("pin", "reject", number, "--reason", "asked again")
        self.assertNotIn("proposed", self.nayose("pin", "list"))

    def test_roles(self):
        self.feed("F02", "2", "taro")
        self.feed("F02", "3", "hana")
        self.link("F02", "A24", "2", "3")
        self.assertIn("takes the place of 置き換えた指定: same (facility)", self.say("unlink", "F02^2", "F02^3"))
        self.assertFalse(self.are_one("F02^2", "F02^3"))
        self.link("F02", "A24", "2", "3", at="20990101000000")  # a hospital does not overrule a clerk
        self.assertFalse(self.are_one("F02^2", "F02^3"))
        self.supervisors("root nayose postgres " + os.environ.get("USER", ""))
        self.restart()
        self.say("link", "F02^2", "F02^3")
        self.assertTrue(self.are_one("F02^2", "F02^3"))
        self.supervisors("nobody")
        self.restart()
        self.assertIn("a supervisor's word", self.say("unlink", "F02^2", "F02^3", code=1))
        self.assertIn("a supervisor's word", self.say("pin", "withdraw", "F02^2", "F02^3", code=1))
        self.assertTrue(self.are_one("F02^2", "F02^3"))

    def doubts(self):
        """Ends of pins that are in doubt, and how many there ever were."""
        pins = json.loads(self.nayose("pin", "list", "--json"))["pins"]
        holds = json.loads(self.nayose("hold", "list", "--json"))["holds"]
        found = [f"{p['domain_a']}^{p['local_id_a']}" for p in pins if p["in_doubt"]]
        self.assertEqual([f"{h['domain']}^{h['local_id']}" for h in holds
                          if h["why"] == "pin in doubt"], found)
        metrics = self.server.get("/metrics")[1].decode()
        return found, int(metrics.partition("\nnayose_pin_doubts_total ")[2].split()[0])

    def test_the_clerk_is_told_when_records_contradict_him(self):
        self.feed("F01", "1", "taro")
        self.feed("F02", "2", "taro")
        self.feed("F03", "3", "hana")
        _, count = self.doubts()
        self.say("link", "F01^1", "F02^2")
        self.say("unlink", "F01^1", "F03^3")
        self.assertEqual(self.doubts(), ([], count))
        self.feed("F02", "2", "hana")  # an overlay: the record stays whose it was
        self.nayose("hold", "release", "F02^2", "--reason", "it is hers")
        self.assertEqual(self.doubts(), (["F01^1"], count + 1))
        for _ in self.twice():
            self.assertEqual(self.doubts()[0], ["F01^1"])
            self.assertTrue(self.are_one("F01^1", "F02^2"))  # the pin stays
        self.say("hold", "release", "F01^1", code=1)  # a notice is nothing that waits
        self.say("pin", "withdraw", "F01^1", "F02^2")
        self.assertEqual(self.doubts()[0], [])
        self.feed("F01", "1", "hana")
        self.nayose("hold", "release", "F01^1", "--reason", "it is hers")
        self.assertEqual(self.doubts()[0], ["F01^1"])  # would link surely, and is unlinked
        self.assertFalse(self.are_one("F01^1", "F03^3"))
        self.say("pin", "withdraw", "F01^1", "F03^3")
        self.say("unlink", "F01^1", "F03^3")  # said with open eyes
        self.assertEqual(self.doubts()[0], [])

    def test_a_clerk_is_newer_than_any_clock(self):
        self.feed("F02", "2", "taro")
        self.feed("F02", "3", "hana")
        self.link("F02", "A24", "2", "3", at="20990101000000")
        self.assertTrue(self.are_one("F02^2", "F02^3"))
        self.say("pin", "withdraw", "F02^2", "F02^3")
        for _ in self.twice():
            self.assertFalse(self.are_one("F02^2", "F02^3"))

    def test_pins_follow_a_merge(self):
        self.feed("F01", "1", "taro")
        self.feed("F01", "2", "hana")
        self.feed("F02", "7", "ken")
        self.feed("F03", "8", "hana")
        self.say("link", "F01^1", "F02^7")
        self.say("unlink", "F01^1", "F03^8")
        self.assertTrue(self.are_one("F01^2", "F03^8"))
        self.merge("F01", ("1", "2"))
        for _ in self.twice():
            self.assertTrue(self.are_one("F01^2", "F02^7"))
            self.assertFalse(self.are_one("F01^2", "F03^8"))
        said = self.say("unlink", "F01^1", "F01^2", code=1)
        self.assertIn("F01^1 =merge= F01^2", said)
        self.assertIn("only the facility", said)
        self.say("pin", "withdraw", "F01^2", "F03^8")  # by the name of the survivor
        self.assertTrue(self.are_one("F01^2", "F03^8"))

    def asked_of_many(self):
        """A question whose answer makes one of four records."""
        for facility, patient in (("F01", "1"), ("F02", "2"), ("F03", "3")):
            self.feed(facility, patient, "taro")
        self.feed("F01", "4", "taro", phone="0549990000")

    def answer(self, decision="same"):
        """The number under which it waits."""
        said = self.nayose("review", "decide", "F01^1", "F01^4", decision)
        self.assertIn("pin confirm ", said)
        return said.partition("pin confirm ")[2].split()[0]

    def decided(self):
        """How many cases the report counts, and the newest row of the log."""
        log = json.loads(self.nayose("review", "log", "--json"))["decisions"][0]
        return json.loads(self.nayose("report", "workload", "--json"))["decided"], log

    def test_an_answer_of_the_desk_waits_for_a_second_person(self):
        self.asked_of_many()
        before = json.loads(self.nayose("report", "workload", "--json"))["decided"]
        number = self.answer()
        for _ in self.twice():
            decided, row = self.decided()
            self.assertEqual((decided, row["proposed"], row["undone"]), (before, int(number), False))
        self.assertIn(f"proposed {number}", self.nayose("review", "log"))
        self.nayose("review", "undo")  # while it waits: nothing of it is left
        decided, row = self.decided()
        self.assertEqual((decided, row["proposed"], row["undone"]), (before, 0, True))
        self.nayose("pin", "confirm", number, code=1)
        number = self.answer()
        self.as_another("pin", "reject", number)
        self.assertEqual(self.decided()[1]["undone"], True)
        number = self.answer()
        self.assertIn("pin confirm", self.nayose("review", "decide", "F01^1", "F01^4", "same"))  # adds nothing
        self.as_another("pin", "confirm", number)
        self.assertTrue(self.are_one("F01^1", "F01^4"))
        decided, row = self.decided()
        self.assertEqual((decided, row["proposed"], row["undone"]), (before + 1, 0, False))
        self.nayose("review", "undo")
        self.assertFalse(self.are_one("F01^1", "F01^4"))
        self.assertEqual(self.decided()[0], before)

    def test_what_takes_an_answer_back_waits_too(self):
        self.asked_of_many()
        self.nayose("review", "decide", "F01^1", "F01^4", "different", "--reason", "namesake")
        before = self.decided()[0]
        self.feed("F01", "4", "taro")  # nothing but his word keeps them apart now
        said = self.nayose("review", "undo")
        self.assertIn("pin confirm ", said)
        decided, row = self.decided()
        self.assertEqual((decided, row["decision"], row["undone"]), (before, "different", False))
        self.as_another("pin", "confirm", said.partition("pin confirm ")[2].split()[0])
        self.assertTrue(self.are_one("F01^1", "F01^4"))
        decided, row = self.decided()
        self.assertEqual((decided, row["decision"], row["undone"]), (before - 1, "different", True))


if __name__ == "__main__":
    unittest.main()
