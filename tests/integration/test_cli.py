#!/usr/bin/python3
"""The command nayose against a real server: every verb, its exit codes, its output.

A private PostgreSQL and nayosed (tests/support/server.sh) serve the whole run. Trouble on the way (a
server that is lost, not ready or hangs up) comes from a stand-in that plays a script.
In: NAYOSE_BIN, the directory of nayosed and nayose.
"""
import collections
import csv
import http.server
import io
import json
import os
import re
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
import unittest

import hl7
import hl7.client

import harness

BIN = harness.BIN
SERVER = None


def setUpModule():
    global SERVER
    SERVER = harness.Server().start()
    for i in range(1, 4):
        done = nayose("domain", "add", "--namespace", f"F{i:02}", "--oid", f"1.2.392.100495.20.3.51.{i}",
                      "--name", f"病院{i}")
        assert done.returncode == 0, done.stderr


def tearDownModule():
    SERVER.close()


def nayose(*args, server=None, language="C", cwd=None, stdin=None):
    env = {k: v for k, v in os.environ.items() if not k.startswith("LC_") and k != "NAYOSE_SERVER"}
    env.update(LANG=language, NAYOSE_SERVER=server or SERVER.admin_path)
    return subprocess.run([os.path.join(BIN, "nayose"), *args], env=env, capture_output=True, cwd=cwd,
                          input=stdin, encoding="utf-8", timeout=120, check=False)


COUNT = 0


def message(facility, patient, kanji="", kana="", birth="", sex="", address="", phone="", event="A08",
            id_facility=None, in1=""):
    """An ADT message of str, segments ending in CR."""
    global COUNT
    COUNT += 1
    when = f"20261101{COUNT // 3600:02}{COUNT // 60 % 60:02}{COUNT % 60:02}"
    name = "~".join(f"{n.replace(' ', '^')}^^^^^L^{code}" for n, code in ((kanji, "I"), (kana, "P")) if n)
    segments = [
        f"MSH|^~\\&|HIS|{facility}|NAYOSE|REGION|{when}||ADT^{event}^ADT_A01|{facility}-{COUNT}|P|2.5"
        "||||||UNICODE UTF-8",
        f"EVN||{when}",
        f"PID|1||{patient}^^^{id_facility or facility}^PI||{name}||{birth}|{sex}|||^^^^^JPN^H^{address}"
        f"||{phone}",
        "PV1||O",
    ]
    if in1:
        segments.append(f"IN1|1||{in1}")
    return "\r".join(segments) + "\r"


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="nayose-cli-")
        self.addCleanup(shutil.rmtree, self.dir)

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return path

    def expect(self, status, *args, **options):
        done = nayose(*args, cwd=self.dir, **options)
        self.assertEqual(done.returncode, status, (args, done.stdout, done.stderr))
        if status != 0:
            self.assertIn("nayose", done.stderr)
        return done

    def load(self, *messages):
        """Feeds str messages, all of which have to be taken."""
        return self.expect(0, "load", "hl7", self.write("load.hl7", "".join(messages)))


class Usage(Case):
    def test_wrong_usage_is_2(self):
        for args in ([], ["nothing"], ["domain"], ["domain", "remove"], ["domain", "add"],
                     ["domain", "add", "--namespace", "X"], ["domain", "list", "more"],
                     ["domain", "list", "--unknown"], ["resolve"], ["resolve", "F01"],
                     ["resolve", "^1"], ["resolve", "F01^"], ["resolve", "F01^1", "F01^2"],
                     ["explain", "F01^1"], ["load", "hl7"], ["load", "hl7", "--connections", "0", "x"],
                     ["load", "hl7", "--connections", "257", "x"], ["source", "set", "HIS^F01"],
                     ["source", "set", "HIS", "--probation", "yes"],
                     ["source", "set", "^F01", "--probation", "maybe"],
                     ["links", "export", "--format", "xml"], ["status", "--bogus"]):
            with self.subTest(args=args):
                self.expect(2, *args)

    def test_no_server_is_3(self):
        nowhere = os.path.join(self.dir, "no.sock")
        file = self.write("a.hl7", message("F01", "1"))
        for args in (["domain", "list"], ["domain", "add", "--namespace", "X", "--oid", "1.2"],
                     ["source", "list"], ["source", "set", "^F01", "--probation", "yes"],
                     ["load", "hl7", file], ["resolve", "F01^1"], ["explain", "F01^1", "F01^2"],
                     ["links", "export"], ["review", "list"], ["review", "export"], ["status"]):
            with self.subTest(args=args):
                done = self.expect(3, *args, server=nowhere)
                self.assertIn(nowhere, done.stderr)
                self.assertIn("--server", done.stderr)

    def test_server_option_is_taken_before_and_after_the_verb(self):
        self.expect(0, "--server", SERVER.admin_path, "status", server="/nonexistent")
        self.expect(0, "status", "--server", SERVER.admin_path, server="/nonexistent")

    def test_help_of_each_verb_has_its_example(self):
        overview = self.expect(0, "--help").stdout
        for verb in ("domain add", "domain list", "source list", "source set", "load hl7", "resolve",
                     "explain", "links export", "review list", "review export", "evaluate", "status"):
            with self.subTest(verb=verb):
                self.assertIn(f"  {verb} ", overview)
                self.assertIn(f"  nayose {verb}", self.expect(0, *verb.split(), "--help").stdout)

    def test_version(self):
        self.assertRegex(self.expect(0, "--version").stdout, r"^nayose \d+\.\d+\.\d+\n$")


class Domains(Case):
    def test_adding_again_is_done_and_with_other_values_refused(self):
        add = ["domain", "add", "--namespace", "D1", "--oid", "1.2.3.1", "--name", "D1 医院",
               "--source", "EMR^D1"]
        self.assertEqual(self.expect(0, *add).stdout, "domain D1 added\n")
        self.assertIn("nothing changed", self.expect(0, *add).stdout)
        for changed in (["--oid", "1.2.3.2"], ["--name", "another"], ["--source", "EMR^OTHER"]):
            with self.subTest(changed=changed):
                done = self.expect(1, *add, *changed)
                self.assertIn("domain list", done.stderr)

    def test_bad_values_are_refused_with_a_sentence(self):
        done = self.expect(1, "domain", "add", "--namespace", "D9", "--oid", "one.two")
        self.assertIn("OID", done.stderr)
        self.expect(1, "domain", "add", "--namespace", "D^9", "--oid", "1.2.3.9")
        self.expect(2, "domain", "add", "--namespace", "D9", "--oid", "1.2.3.9", "--source", "EMR")

    def test_list_as_table_and_json(self):
        lines = self.expect(0, "domain", "list").stdout.splitlines()
        self.assertEqual(lines[0].split(), ["NAMESPACE", "OID", "SOURCE", "NAME"])
        self.assertIn(["F01", "1.2.392.100495.20.3.51.1", "^F01", "病院1"], [line.split() for line in lines])
        domains = json.loads(self.expect(0, "domain", "list", "--json").stdout)["domains"]
        self.assertIn(("F02", "病院2"), [(d["namespace"], d["name"]) for d in domains])


class Sources(Case):
    def test_set_changes_what_is_named_and_nothing_else(self):
        self.expect(0, "domain", "add", "--namespace", "S1", "--oid", "1.2.3.11", "--source", "EMR^S1")
        self.expect(0, "source", "set", "EMR^S1", "--charset", "CP932", "--undecodable", "replace")
        self.expect(0, "source", "set", "EMR^S1", "--probation", "yes")
        sources = json.loads(self.expect(0, "source", "list", "--json").stdout)["sources"]
        row = next(s for s in sources if s["facility"] == "S1")
        self.assertEqual((row["application"], row["charset"], row["undecodable"], row["probation"],
                          row["strict_update"]), ("EMR", "CP932", "replace", True, False))
        table = self.expect(0, "source", "list").stdout
        self.assertIn(["EMR^S1", "CP932", "replace", "no", "no", "no", "yes", "on", "0", "all", "0", "no", "no"],
                      [line.split() for line in table.splitlines()])

    def test_unknown_source_and_charset_are_refused(self):
        self.assertIn("source list",
                      self.expect(1, "source", "set", "NO^WHERE", "--probation", "yes").stderr)
        self.assertIn("UTF-8", self.expect(1, "source", "set", "^F01", "--charset", "latin1").stderr)


class Load(Case):
    def test_framings_and_line_ends(self):
        m = [message("F01", f"L{i}", kanji="山田 一郎") for i in range(5)]
        lf = m[1].replace("\r", "\n") + "\n\n"
        crlf = m[2].replace("\r", "\r\n")
        mixed = m[0] + lf + crlf + "".join(f"\x0b{x}\x1c\r" for x in m[3:])
        done = self.expect(0, "load", "hl7", self.write("mixed.hl7", mixed))
        self.assertRegex(done.stdout, r"^messages 5  AA 5  AE 0  AR 0  failed 0  seconds \d+\.\d\n$")
        self.assertEqual(done.stderr, "")
        for i in range(5):
            self.expect(0, "resolve", f"F01^L{i}")
        self.assertFalse(os.path.exists(os.path.join(self.dir, "nayose-load-failures.tsv")))

    def test_batch_files(self):
        def batch(*messages, count):
            return "FHS|^~\\&|HIS|F01\rBHS|^~\\&|HIS|F01\r" + "".join(messages) + f"BTS|{count}\rFTS|1\r"

        m = [message("F01", f"B{i}", kanji="山田 一郎") for i in range(4)]
        done = self.expect(0, "load", "hl7", self.write("batch.hl7", batch(m[0], m[1], count=2)),
                           self.write("none.hl7", batch(count=0)))
        self.assertRegex(done.stdout, "^messages 2  AA 2 ")
        self.assertEqual(done.stderr, "")
        done = self.expect(1, "load", "hl7", self.write("short.hl7", batch(m[2], count=3)))
        self.assertRegex(done.stdout, "^messages 1  AA 1 ")
        self.assertIn("is each file whole?", done.stderr)
        done = self.expect(1, "load", "hl7",
                           self.write("cut.hl7", batch(m[3], count=1).partition("BTS")[0]))
        self.assertIn("2 headers or trailers of batches", done.stderr)

    def test_failures_are_reported_by_place(self):
        good = message("F01", "R1", kanji="山田 二郎")
        no_id = message("F01", "", kanji="山田 三郎").replace("^^^F01^PI", "")
        elsewhere = message("F01", "R3", id_facility="F02")
        event = message("F01", "R4", event="Z99")
        a = self.write("a.hl7", good + no_id + elsewhere + event)
        empty = self.write("empty.hl7", "no message here\n")
        done = self.expect(1, "load", "hl7", a, empty)
        self.assertRegex(done.stdout, r"^messages 4  AA 1  AE 1  AR 2  failed 4 ")
        with open(os.path.join(self.dir, "nayose-load-failures.tsv"), newline="", encoding="utf-8") as f:
            rows = sorted(csv.DictReader(f, delimiter="\t"), key=lambda r: (r["file"], r["message"]))
        self.assertEqual([(r["file"], r["message"], r["MSA-1"]) for r in rows],
                         [(a, "2", "AE"), (a, "3", "AR"), (a, "4", "AR"), (empty, "0", "")])
        self.assertEqual([r["control_id"] for r in rows[:3]],
                         [m.split("|")[9] for m in (no_id, elsewhere, event)])
        self.assertEqual([r["ERR-2"] for r in rows[:3]], ["PID^1^3", "PID^1^3^1^4", "MSH^1^9^1^2"])
        self.assertEqual([r["ERR-3"].split("^")[0] for r in rows[:3]], ["101", "204", "201"])
        self.assertIn("may not feed", rows[1]["ERR-8"])
        self.assertIn("nayose-load-failures.tsv", done.stderr)

    def test_report_goes_where_it_is_wanted(self):
        bad = self.write("bad.hl7", message("NOBODY", "1"))
        self.expect(1, "load", "hl7", "--report", "mine.tsv", bad)
        self.assertTrue(os.path.exists(os.path.join(self.dir, "mine.tsv")))
        self.assertFalse(os.path.exists(os.path.join(self.dir, "nayose-load-failures.tsv")))

    def test_missing_file_sends_nothing(self):
        good = self.write("good.hl7", message("F01", "M1"))
        done = self.expect(1, "load", "hl7", good, os.path.join(self.dir, "missing.hl7"))
        self.assertIn("nothing was sent", done.stderr)
        self.expect(1, "resolve", "F01^M1")

    def test_many_files(self):
        files = [self.write(f"{i}.hl7", "".join(message("F02", f"O{i}", kanji=f"森 {n}") for n in "一二三"))
                 for i in range(40)]
        for connections in ("64", "1"):  # the second time every message is a repeated one
            with self.subTest(connections=connections):
                done = self.expect(0, "load", "hl7", "--connections", connections, *files)
                self.assertRegex(done.stdout, r"^messages 120  AA 120 ")
        answer = json.loads(self.expect(0, "explain", "--json", "F02^O0", "F02^O39").stdout)
        self.assertEqual([answer[x]["names"][0]["kanji"] for x in "ab"], ["森 三", "森 三"])

    def test_standard_input(self):
        self.expect(0, "load", "hl7", "-", stdin=message("F01", "STDIN"))
        self.expect(0, "resolve", "F01^STDIN")

    def test_text_outside_messages_is_told(self):
        done = self.expect(0, "load", "hl7", self.write("x.hl7", "hello\r" + message("F01", "X1")))
        self.assertIn("5 bytes", done.stderr)

    def test_japanese_character_set(self):
        text = message("F01", "J1", kanji="高橋 節子", kana="タカハシ セツコ")
        text = text.replace("UNICODE UTF-8", "~ISO IR87||ISO 2022-1994")
        self.expect(0, "load", "hl7", self.write("jis.hl7", text.encode("iso2022_jp")))
        answer = json.loads(self.expect(0, "explain", "--json", "F01^J1", "F01^J1").stdout)
        self.assertEqual(answer["a"]["names"][0], answer["a"]["names"][0] | {
            "kanji": "高橋 節子", "kana": "タカハシ セツコ"})


HOME = {"birth": "19590501", "sex": "F", "address": "群馬県前橋市大手町一丁目１番１号",
        "phone": "027-223-1111"}
TWINS = {"birth": "20090814", "sex": "F", "address": "群馬県前橋市本町二丁目１２番３号",
         "phone": "027-224-2222", "in1": "01100016|||||||2315~44123"}


class People(Case):
    @classmethod
    def setUpClass(cls):
        messages = [
            message("F01", "P1", kanji="高橋 節子", kana="タカハシ セツコ", **HOME),
            message("F03", "P3", kanji="髙橋 節子", kana="ﾀｶﾊｼ ｾﾂｺ",
                    **dict(HOME, birth="S34.5.1", address="前橋市大手町1-1-1")),
            message("F01", "T1", kanji="小鳥遊 美咲", kana="タカナシ ミサキ", **TWINS),
            message("F02", "T2", kanji="小鳥遊 美里", kana="タカナシ ミサト", **TWINS),
            message("F01", "N1", kanji="佐藤 健一", kana="サトウ ケンイチ", birth="19750310", sex="M",
                    address="群馬県高崎市八島町１０番地", phone="027-322-3333"),
            message("F02", "N2", kanji="佐藤 健一", kana="サトウ ケンイチ", birth="19750310", sex="M",
                    address="群馬県伊勢崎市曲輪町５番６号", phone="0270-25-4444"),
        ]
        done = nayose("load", "hl7", "-", stdin="".join(messages))
        assert done.returncode == 0, (done.stdout, done.stderr)

    def test_resolve(self):
        answer = json.loads(self.expect(0, "resolve", "F01^P1", "--json").stdout)
        self.assertEqual(sorted((i["domain"], i["id"]) for i in answer["ids"]),
                         [("F01", "P1"), ("F03", "P3")])
        lines = self.expect(0, "resolve", "F03^P3").stdout.splitlines()
        self.assertTrue(lines[0].endswith(answer["regional_id"]), lines[0])
        self.assertEqual([line.split() for line in lines[1:]],
                         [["DOMAIN", "ID"], ["F01", "P1"], ["F03", "P3"]])

    def found(self, *words):
        answer = json.loads(self.expect(0, "find", "--json", *words).stdout)
        return [sorted(f"{i['domain']}^{i['id']}" for i in p["ids"]) for p in answer["persons"]]

    def test_find(self):
        setsuko = ["F01^P1", "F03^P3"]
        regional = json.loads(self.expect(0, "resolve", "F01^P1", "--json").stdout)["regional_id"]
        for words in (["高橋 節子"], ["髙橋", "節子"], ["節子", "高橋"], ["高橋節子"], ["タカハシ", "セツコ"],
                      ["ﾀｶﾊｼｾﾂｺ"], ["たかはし", "せつ*"], ["Takahashi", "Setsuko"], ["setsuko", "takahasi"],
                      ["1959-05-01"], ["S34.5.1"], ["昭和34年5月1日"], ["節子", "1959"], ["0272231111"],
                      ["027-223-1111", "タカハシ"], ["P1"], ["F03:P3"], ["F03^P3"], [regional]):
            with self.subTest(words=words):
                self.assertIn(setsuko, self.found(*words))
        self.assertEqual(self.found("高橋", "節子", "S34.5.1"), [setsuko])
        self.assertEqual(sorted(self.found("タカナシ", "H21.8.14")), [["F01^T1"], ["F02^T2"]])
        self.expect(1, "find", "F01:P1", "1960-05-01")
        self.expect(1, "find", "1960-05-01", "F01:P1")
        text = self.expect(0, "find", "節子", language="ja_JP.UTF-8").stdout
        for expected in (regional, "昭和34年5月1日", "ﾀｶﾊｼ ｾﾂｺ", "F01^P1 F03^P3"):
            self.assertIn(expected, text)
        more = json.loads(self.expect(0, "find", "--json", "--limit", "1", "H21.8.14").stdout)
        self.assertEqual((len(more["persons"]), more["more"]), (1, True))
        self.assertIn("nobody fits", self.expect(1, "find", "高橋", "S34.5.2").stderr)
        self.assertIn("nobody fits", self.expect(1, "find", "F09:P1").stderr)
        self.assertIn("third name", self.expect(1, "find", "山田", "太郎", "花子").stderr)
        self.expect(2, "find")
        self.expect(2, "find", "--limit", "0", "x")
        rows = SERVER.number("SELECT count(*) FROM nayose.audit_event WHERE decision = 'find' AND hits > 0")
        self.assertGreater(rows, 20)

    def test_show_and_history(self):
        home = dict(HOME, birth="19610203", phone="027-299-9999", address="群馬県桐生市本町一丁目４番５号")
        self.load(message("F01", "H1", kanji="星野 由紀", kana="ホシノ ユキ", **home),
                  message("F02", "H2", kanji="星野 由紀", kana="ホシノ ユキ", birth="19610202", sex="F"),
                  message("F02", "H2", kanji="星野 由紀", kana="ホシノ ユキ", **dict(home, birth="S36.2.3")),
                  message("F01", "H1", kanji="柏木 由紀", kana="カシワギ ユキ", **home))
        self.expect(0, "unlink", "F01^H1", "F02^H2", "--reason", "姉と妹")
        text = self.expect(0, "explain", "F02^H2", "F01^H1").stdout
        self.assertRegex(text, r"said 指定: F01\^H1 F02\^H2: two people 別人, clerk 担当者 \S+, 20\d\d-.*: 姉と妹\n")
        self.assertRegex(text, r"1961-02-03 \(昭和36年2月3日\) \(20[-\d]+ -\)")
        self.assertRegex(text, r"1961-02-02 \(昭和36年2月2日\) \(20[-\d]+ - 20[-\d]+\)")
        told = json.loads(self.expect(0, "explain", "F02^H2", "F01^H1", "--json").stdout)
        once, then = told["a"]["times"]["birth_dates"][::-1]
        self.assertEqual((once["current"], then["current"]), (False, True))
        self.assertLess(once["last"], then["since"])
        always, = told["b"]["times"]["birth_dates"]
        self.assertLess(always["since"], always["last"])
        self.assertEqual(told["a"]["sexes"], ["F"])
        self.assertEqual(self.expect(0, "explain", "F02^H2", "F02^N2").stdout.count("said 指定"), 0)
        self.expect(0, "pin", "withdraw", "F01^H1", "F02^H2", "--reason", "同じ人だった")
        self.assertNotIn("said 指定", self.expect(0, "explain", "F02^H2", "F01^H1").stdout)
        answer = json.loads(self.expect(0, "show", "F02^H2", "--json").stdout)
        self.assertEqual(sorted(r["id"] for r in answer["records"]), ["H1", "H2"])
        told = [(e["event"], e["identity"]) for e in reversed(answer["events"])]
        self.assertEqual(told.count(("values", "F01^H1")), 2)
        self.assertEqual(told.count(("values", "F02^H2")), 2)
        changes = [e["changes"] for e in answer["events"] if e["event"] == "values"]
        self.assertIn({"field": "birth_date", "was": ["19610202"], "is": ["S36.2.3"]}, changes[1])
        self.assertIn({"field": "names", "was": [], "is": ["柏木 由紀 / カシワギ ユキ"]}, changes[0])
        moves = [e for e in reversed(answer["events"]) if e["event"] == "move" and e["from"]]
        self.assertEqual([e["cause"] for e in moves], ["message", "decision", "decision"])
        self.assertEqual((moves[0]["with"], moves[0]["bits"] > 13), ("F01^H1", True))
        self.assertEqual([e["word"] for e in reversed(answer["events"]) if e["event"] == "word"],
                         ["different", "none"])
        for person in ("F01^H1", answer["regional_id"]):
            text = self.expect(0, "show", person).stdout
            for expected in ("F01^H1", "F02^H2", "昭和36年2月3日", "birth date: 19610202 → S36.2.3", "姉と妹",
                             "by a decision", f"regional ID 地域ID: {answer['regional_id']}"):
                self.assertIn(expected, text)
        text = self.expect(0, "history", "F02^H2", language="ja_JP.UTF-8").stdout
        self.assertIn("別人と指定 F02^H2", text)
        self.undo_of([e["number"] for e in answer["events"] if e["event"] == "word"])
        self.assertNotIn("柏木", text)  # of the other record
        self.assertIn("nayose find", self.expect(1, "show", "12345").stderr)
        self.expect(2, "history", "F01^")

    def undo_of(self, words):
        """Of two words, the newer first, that took each other back."""
        def together():
            return len(json.loads(self.expect(0, "resolve", "F01^H1", "--json").stdout)["ids"]) == 2

        none, different = words
        self.assertIn("undo that one first", self.expect(1, "undo", f"p{different}", "--yes").stderr)
        text = self.expect(0, "undo", f"p{none}", "--dry-run").stdout
        for expected in ("同じ人だった", "  F01^H1 no longer none F02^H2\n", "nothing"):
            self.assertIn(expected, text)
        self.assertRegex(text, r"before 前:\n  F01\^H1 F02\^H2 \(\d{12}\)\nafter 後:\n  F01\^H1 \(\d{12}\)\n"
                               r"  F02\^H2 \(\d{12}\)\n")
        self.assertTrue(together())
        self.expect(2, "undo", f"p{none}", stdin="y\n")  # nobody to ask
        self.expect(0, "undo", f"p{none}", "--yes")
        self.assertFalse(together())
        again = SERVER.number("SELECT max(id) FROM nayose.pin")
        self.expect(0, "undo", str(again), "--yes", "--reason", "doch")
        self.assertTrue(together())
        self.assertIn("nayose history", self.expect(1, "undo", "p999999", "--yes").stderr)
        self.expect(2, "undo", "x12")

    def test_not_found_is_1(self):
        self.assertIn("zeros", self.expect(1, "resolve", "F01^absent").stderr)
        self.assertIn("domain list", self.expect(1, "resolve", "NONE^1").stderr)
        self.assertIn("second", self.expect(1, "explain", "F01^P1", "F01^absent").stderr)

    def test_explain_one_person(self):
        answer = json.loads(self.expect(0, "explain", "F01^P1", "F03^P3", "--json").stdout)
        self.assertEqual((answer["same_person"], answer["band"]), (True, "auto"))
        self.assertAlmostEqual(sum(b["bits"] for b in answer["bars"]), answer["total_bits"], places=6)
        text = self.expect(0, "explain", "F01^P1", "F03^P3").stdout
        for expected in ("髙橋 節子", "S34.5.1", "昭和34年5月1日", "given name 名", "One person: linked.",
                         "kanji variant 異体字: 高 = 髙", "band 判定 auto: sure enough to link / 自動",
                         f"{answer['total_bits']:+.2f}"):
            self.assertIn(expected, text)
        self.assertRegex(text, r"\|\+{5}")
        self.assertRegex(text, r"-{5}\|")

    def test_explain_in_japanese(self):
        text = self.expect(0, "explain", "F01^T1", "F02^T2", language="ja_JP.UTF-8").stdout
        for expected in ("氏名 name", "名 given name", "抑止 guard GD3: 双生児", "判定 band review: 担当者の判断が必要 / a clerk",
                         "質問の理由 asked for guard: 抑止の規則", "担当者の判断待ち"):
            self.assertIn(expected, text)

    def test_columns_stand_in_line_under_wide_characters(self):
        lines = self.expect(0, "explain", "F01^P1", "F03^P3").stdout.splitlines()
        column = width(lines[0][:lines[0].index("F03^P3")])
        for line in lines[:3]:
            second = next(i for i in range(len(line)) if width(line[:i]) == column)
            self.assertEqual(line[second - 1], " ")
            self.assertNotEqual(line[second], " ")

    def test_review_of_twins(self):
        reviews = json.loads(self.expect(0, "review", "list", "--json").stdout)["reviews"]
        pair = [r for r in reviews if r["local_id_a"] == "T1"]
        self.assertEqual(len(pair), 1)
        self.assertEqual(pair[0]["state"], "open")
        row = next(line.split() for line in self.expect(0, "review", "list").stdout.splitlines()
                   if "F01^T1" in line)
        self.assertEqual(row[1], "F02^T2")
        self.assertRegex(" ".join(row), r"^F01\^T1 F02\^T2 \d+ (s|min) ")
        text = self.expect(0, "review", "list").stdout
        counts = dict(re.findall(r"^by (reason|hospital)\b[^:]*: (.*)$", text, re.M))
        reasons = collections.Counter(r["reason"].split(":")[0] for r in reviews)
        hospitals = collections.Counter(d for r in reviews for d in {r["domain_a"], r["domain_b"]})
        for line, counted in ((counts["reason"], reasons), (counts["hospital"], hospitals)):
            self.assertEqual({w: int(n) for w, n in re.findall(r"([^ ,]+) (\d+)", line)}, counted)
        self.assertIn(f"{len(reviews)} questions", text)
        text = self.expect(0, "review", "list", language="ja_JP.UTF-8").stdout
        self.assertRegex(text, r"F01\^T1 +F02\^T2 .* 抑止: GD3 +未判断")
        self.assertIn(f"抑止 (guard) {reasons['guard']}", text)
        rows = list(csv.DictReader(io.StringIO(self.expect(0, "review", "export").stdout)))
        self.assertEqual(list(rows[0]), ["domain_a", "local_id_a", "domain_b", "local_id_b",
                                         "probability", "reason"])
        row = next(r for r in rows if r["local_id_a"] == "T1")
        self.assertEqual((row["domain_a"], row["domain_b"], row["local_id_b"]), ("F01", "F02", "T2"))
        self.assertTrue(0.5 < float(row["probability"]) < 1)
        self.assertIn("GD3", row["reason"])

    def test_parked_questions_show_only_when_asked_for(self):
        def namesakes(*more):
            rows = csv.DictReader(io.StringIO(self.expect(0, "review", "export", *more).stdout))
            return [r["local_id_b"] for r in rows if r["local_id_a"] == "N1"]

        self.assertEqual(namesakes(), [])
        self.assertEqual(namesakes("--parked"), ["N2"])
        self.assertNotIn("F01^N1", self.expect(0, "review", "list").stdout)
        self.assertIn("F01^N1", self.expect(0, "review", "list", "--parked").stdout)

    def test_links_export(self):
        text = self.expect(0, "links", "export").stdout
        self.assertTrue(text.startswith("domain,local_id,regional_id\n"))
        rows = [tuple(r) for r in csv.reader(io.StringIO(text))][1:]
        self.assertEqual(len(rows), len(set(r[:2] for r in rows)))
        regional = {r[:2]: r[2] for r in rows}
        self.assertEqual(regional["F01", "P1"], regional["F03", "P3"])
        self.assertNotEqual(regional["F01", "T1"], regional["F02", "T2"])
        for more in (["--format", "json"], ["--json"]):
            links = json.loads(self.expect(0, "links", "export", *more).stdout)["links"]
            self.assertEqual({(x["domain"], x["local_id"]): x["regional_id"] for x in links}, regional)

    def test_csv_is_quoted(self):
        odd = 'Q"1,x'
        self.load(message("F01", odd))
        rows = list(csv.reader(io.StringIO(self.expect(0, "links", "export").stdout)))
        self.assertIn(["F01", odd], [r[:2] for r in rows])
        self.expect(0, "resolve", f"F01^{odd}")

    def test_ids_with_reserved_characters(self):
        odd = "a b+c%41/ä?#="
        self.load(message("F01", odd))
        answer = json.loads(self.expect(0, "resolve", f"F01^{odd}", "--json").stdout)
        self.assertEqual(answer["ids"], [{"domain": "F01", "id": odd}])

    def test_status(self):
        status = json.loads(self.expect(0, "status", "--json").stdout)
        self.assertIs(status["ready"], True)
        lines = self.expect(0, "status").stdout.splitlines()
        self.assertEqual(lines[0], "nothing to look at")
        self.assertIn(f"{status['identities']} identities, {status['persons']} persons", "\n".join(lines))

    def test_mllp_feed_and_query_see_the_same(self):
        """What a hospital feeds by MLLP is there for the command, and the other way round."""
        with hl7.client.MLLPClient("127.0.0.1", SERVER.mllp_port) as client:
            ack = client.send_message(message("F02", "MLLP1", kanji="井上 光"))
            self.assertEqual(str(hl7.parse(ack.strip(b"\x0b\x1c\r")).segment("MSA")[1]), "AA")
            query = ("MSH|^~\\&|P|V|NAYOSE|REGION|20261101||QBP^Q23^QBP_Q21|q1|P|2.5\r"
                     "QPD|IHE PIX Query|t1|P1^^^F01\rRCP|I\r")
            answer = hl7.parse(client.send_message(query).strip(b"\x0b\x1c\r").decode())
        self.expect(0, "resolve", "F02^MLLP1")
        self.assertIn("P3^^^F03&1.2.392.100495.20.3.51.3&ISO", str(answer.segment("PID")[3]))


class StandIn(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Plays a script: one step per message, then AA for ever.

    Steps: "503", "207" (AR 207), "drop" (hangs up), "html". busy_most: messages it held at one time.
    """
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path, steps):
        self.steps, self.taken, self.lock = list(steps), [], threading.Lock()
        self.busy = self.busy_most = 0
        super().__init__(path, Handler)

    def handle_error(self, request, client_address):
        pass  # a hang-up is part of the play


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def address_string(self):
        return "local"

    def log_message(self, *args):
        pass

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.reply(200, b"ok\n")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        control_id = body.split(b"|")[9]
        with self.server.lock:
            step = self.server.steps.pop(0) if self.server.steps else "AA"
            self.server.taken.append((control_id.decode(), step))
            self.server.busy += 1
            self.server.busy_most = max(self.server.busy, self.server.busy_most)
        time.sleep(0.005)
        with self.server.lock:
            self.server.busy -= 1
        if step == "drop":
            self.close_connection = True
        elif step == "503":
            self.reply(503, b'{"error":"x","hint":"y"}')
        elif step == "html":
            self.reply(200, b"<html></html>")
        else:
            ack = b"MSH|^~\\&|N|R|H|F|20261101||ACK^A08^ACK|a|P|2.5\rMSA|%s|%s\r%s" % (
                b"AR" if step == "207" else b"AA", control_id,
                b"ERR|||207^Application internal error^HL70357|E\r" if step == "207" else b"")
            self.reply(200, ack)


class Trouble(Case):
    def play(self, steps, status, *args):
        """Runs nayose against a stand-in; what it said, and the stand-in."""
        path = os.path.join(self.dir, "s")
        with StandIn(path, steps) as server:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            try:
                return self.expect(status, *args, server=path), server
            finally:
                server.shutdown()
                os.unlink(path)

    def play_load(self, steps, status, *options):
        file = self.write("a.hl7", "".join(message("F01", str(i)) for i in range(3)))
        return self.play(steps, status, "load", "hl7", *options, file)

    def test_order_inside_a_file_is_kept_while_files_go_together(self):
        messages = [[message("F01", f"{i}-{k}") for k in range(6)] for i in range(12)]
        files = [self.write(f"{i}.hl7", "".join(m)) for i, m in enumerate(messages)]
        trouble = ["AA"] * 20 + ["503", "drop", "207"] * 3
        _, server = self.play(trouble, 0, "load", "hl7", "--connections", "4", *files)
        taken = [control_id for control_id, step in server.taken if step == "AA"]
        for m in messages:
            ids = [x.split("|")[9] for x in m]
            self.assertEqual([t for t in taken if t in ids], ids)
        self.assertTrue(1 < server.busy_most <= 4, server.busy_most)

    def test_transient_trouble_is_tried_again(self):
        for step in ("503", "207", "drop"):
            with self.subTest(step=step):
                done, server = self.play_load(["AA", step, step], 0)
                self.assertRegex(done.stdout, r"^messages 3  AA 3  AE 0  AR 0  failed 0 ")
                ids = [t[0] for t in server.taken]
                self.assertEqual(len(ids), 5)
                self.assertEqual(ids[1:4], [ids[1]] * 3)

    def test_time_to_try_is_bounded(self):
        for step in ("503", "207", "drop"):
            with self.subTest(step=step):
                done, server = self.play_load([step] * 1000, 3, "--retry", "1")
                self.assertIn("given up after 1 s", done.stderr)
                self.assertLess(len(server.taken), 20)

    def test_answer_that_is_none(self):
        done, _ = self.play_load(["html"], 1)
        self.assertRegex(done.stdout, r"^messages 3  AA 2  AE 0  AR 0  failed 1 ")

    def test_listing_from_something_else(self):
        self.assertIn("not nayosed", self.play([], 3, "domain", "list")[0].stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *(sys.argv[1:] or ["--verbose"])])
