#!/usr/bin/python3
"""What is said and what is answered, row by row: the files of tests/conversations, on a real server.

    == what the row is about
    F01 A08: PID|||1{taro}                      => AA
    F01 A40: PID|||3 / MRG|1                    => AA W204@MRG^1^1^1^1
    Q23: 3^^^F01                                => AA OK F02^2

A line is one message and its answer. MSH and EVN are made: who speaks (FACILITY or APP@FACILITY) is
MSH-3 and MSH-4, every message is a minute later than the one before. In brackets stands what is
otherwise: (11=T 12=2.3.1) fields of MSH, (at=20260101) the time of the event, (EVN|A31|2026) the
whole EVN, (EVN) none. What MSH-18 says of JIS is obeyed;
{open} behind kanji leaves them without the escape back to ASCII. Segments are parted by " / ". Q23, Q22 and ZV1
make a QPD of QPD-3 and what follows; QCN takes the query's tag, which is the row's. {taro} is PID-4 to 13 of somebody of this row: each
row has people and facilities (F01 to F04, X01 is nobody's) of its own, F04 and F05 are both fed by
GW@NET. {taro.7} is one of his fields. OID1 is the OID of F01.

The answer: MSA-1, for queries QAK-2 and, where they are told, QAK-4/5/6; each ERR as
[severity]code@place (an E is left out); then of each PID the ids as NAMESPACE^ID, persons parted by
"|". The regional id is told as R, where the question names it or nothing else is told.

    PID.11 F01^1 => value       a field of the PID that a query by this id gets, the regional id left out; of PV1
    MSH.9 => value              a field of the answer before
    $ nayose arguments => code  the tool, and its exit status
    consumer F01,F02            somebody who is told of changes of these from here on
    {pointer}, no pointer       DSC-1 of the answer before; there was none
    told F01^1 F02^2            what he is told next; `told` alone: nothing that he was not told yet

In the end the server is started anew, and what was asked last in each row is asked again.
In: NAYOSE_BIN, the directory of nayosed and nayose.
"""
import datetime
import glob
import json
import os
import re
import shlex
import sys
import threading
import unittest

import harness
from harness import nayose
from receiver import Receiver, ids_of

FILES = os.path.join(harness.ROOT, "tests", "conversations", "*.txt")
NAMES = [("山田", "ヤマダ"), ("佐藤", "サトウ"), ("鈴木", "スズキ"), ("高橋", "タカハシ"), ("渡辺", "ワタナベ"),
         ("伊藤", "イトウ"), ("中村", "ナカムラ"), ("小林", "コバヤシ"), ("加藤", "カトウ"), ("吉田", "ヨシダ")]
GIVEN = {"taro": [("太郎", "タロウ"), ("健一", "ケンイチ"), ("修", "オサム"), ("浩二", "コウジ")],
         "hana": [("花子", "ハナコ"), ("恵", "メグミ"), ("優美", "ユミ"), ("直美", "ナオミ")],
         "ken": [("健", "ケン"), ("誠", "マコト"), ("進", "ススム"), ("隆", "タカシ")]}
QUERIES = {"Q23": ("QBP^Q23^QBP_Q21", "IHE PIX Query"), "Q22": ("QBP^Q22^QBP_Q21", "IHE PDQ Query"),
           "ZV1": ("QBP^ZV1^QBP_Q21", "IHE PDVQ Query"), "QCN": ("QCN^J01^QCN_J01", "")}
PAGED = ("Q22", "ZV1")


def fields_of(role, number):
    """PID-4 to PID-13 of somebody."""
    family = NAMES[number % len(NAMES)]
    who = list(GIVEN).index(role)
    given = GIVEN[role][number // len(NAMES) % 4]
    day = datetime.date(1925, 1, 1) + datetime.timedelta(days=(number * 3 + who) * 7919 % 27000)
    return ["", f"{family[0]}^{given[0]}^^^^^L^I~{family[1]}^{given[1]}^^^^^L^P", "", f"{day:%Y%m%d}",
            "F" if role == "hana" else "M", "", "", "", "", f"05{number:04}{who}{number % 1000:03}"]


class Row:
    """One row: its name, its lines, the words that are its own."""

    def __init__(self, number, name):
        self.number = number
        self.name = name
        self.lines = []
        self.count = 0
        self.pointer = ""
        self.answer = ""

    def local(self, text):
        """The words of the file as this row has them."""
        text = re.sub(r"\{(taro|hana|ken)(?:\.(\d+))?\}", self._field, text)
        text = re.sub(r"\b(F0\d|NET)\b", rf"K{self.number}\1", text)
        return re.sub(r"\bOID(\d)\b", rf"1.2.392.200250.{self.number}.\1", text)

    def _field(self, match):
        fields = fields_of(match[1], self.number)
        return fields[int(match[2]) - 4] if match[2] else "|" + "|".join(fields)

    def named(self, text):
        text = text.replace(f"K{self.number}F0", "F0").replace(f"K{self.number}NET", "NET")
        return text.replace(f"1.2.392.200250.{self.number}.", "OID")

    # ---- messages ----

    def message(self, who, event, options, body):
        self.count += 1
        at = f"{datetime.datetime(2026, 3, 1) + datetime.timedelta(minutes=self.count):%Y%m%d%H%M%S}"
        application, _, facility = ("HIS@" + who).rpartition("@")
        kind, name = QUERIES.get(event, (event if "^" in event else f"ADT^{event}", ""))
        msh = ["MSH", "^~\\&", application.rpartition("@")[2], facility, "NAYOSE", "REGION", at, "", kind,
               f"{self.number}-{self.count}", "P", "2.5"] + [""] * 5 + ["UNICODE UTF-8", "", "", ""]
        evn = f"EVN||{at}"
        for option in options:
            key, _, value = option.partition("=")
            if key.isdigit():
                msh[int(key) - 1] = value
            elif key == "at":
                evn = f"EVN||{value}"
            else:
                evn = option
        segments = [s.strip() for s in re.split(r" / |\n", body)]
        if event == "QCN":
            segments = [f"QID|T{self.number}|IHE PDQ Query"]
        elif event in QUERIES:
            segments[0] = f"QPD|{name}|T{self.number}|{segments[0]}"
            segments[1:1] = [] if any(s.startswith("RCP") for s in segments) else ["RCP|I"]
        elif evn != "EVN":
            segments.insert(0, evn)
        return "\r".join(["|".join(msh).rstrip("|"), *[s for s in segments if s]]) + "\r"

    # ---- answers ----

    def told(self, pid, with_regional):
        ids = []
        for rep in pid[3].split("~"):
            local, authority = rep.split("^")[0], rep.split("^")[3].split("&")[0]
            if authority != "REGIONAL":
                ids.append(f"{authority}^{local}")
            elif with_regional:
                ids.append("R")
        return self.named(" ".join(ids)) or "R"

    def read(self, answer, with_regional):
        segments = [line.split("|") for line in answer.split("\r")]
        words, errors, persons = [], [], []
        for s in segments:
            s += [""] * 8
            if s[0] == "MSA":
                words.append(s[1])
            elif s[0] == "QAK":
                words.append(s[2] + (f" {s[4]}/{s[5]}/{s[6]}" if s[4] else ""))
            elif s[0] == "ERR":
                severity = "" if s[4] == "E" else s[4]
                errors.append(f"{severity}{s[3].partition('^')[0]}@{self.named(s[2])}".rstrip("@"))
            elif s[0] == "PID":
                persons.append(self.told(s, with_regional))
        return " ".join(words + errors + [" | ".join(persons)]).strip()


def rows_read():
    """{file: rows}"""
    found, number = {}, 0
    for path in sorted(glob.glob(FILES)):
        rows = found.setdefault(os.path.basename(path)[:-4], [])
        with open(path, encoding="utf-8") as f:
            for line in f.read().splitlines():
                if line.startswith("== "):
                    number += 1
                    rows.append(Row(number, line[3:].strip()))
                elif line.startswith((" ", "\t")) and rows[-1].lines:
                    rows[-1].lines[-1] += " / " + line.strip()
                elif line.strip() and not line.startswith("#"):
                    rows[-1].lines.append(line.strip())
    return found


class Rows(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.again = []  # (row, line) to ask once more
        cls.server = harness.Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.configure("[notify]\nack_timeout = 1s\nretry_min = 1s\nretry_max = 1s\n")
        cls.server.start()
        cls.wire = harness.Wire(cls.server.mllp_port)

    @classmethod
    def tearDownClass(cls):
        cls.wire.sock.close()

    def ask(self, row, head, body):
        match = re.fullmatch(r"(?:(\S+) )?([^(\s]\S*?)((?: \([^)]*\))*)", head)
        self.assertIsNotNone(match, head)
        options = re.findall(r"\(([^)]*)\)", match[3])
        options = [o for text in options for o in re.split(r" (?=\w+=)", text)]
        raw = row.message(match[1] or "PORTAL@REGION", match[2], options, body)
        raw = row.local(raw).replace("{pointer}", row.pointer)
        codec = "iso2022_jp" if "IR87" in raw.partition("\r")[0].replace(" ", "").upper() else "utf-8"
        answer = self.wire.ask(raw.encode(codec).replace(b"\x1b(B{open}", b""))
        self.assertIsNotNone(answer, f"the server hung up: {raw}")
        if match[2] in PAGED:
            row.pointer = harness.field(answer, "DSC", 1) or ""
        row.answer = answer.decode(codec)
        return row.answer

    def check(self, row, line, got, expected):
        if row.named(got) != re.sub(" +", " ", expected.strip(" ")):
            self.fail(f"{row.name}\n{line}\ngot: {row.named(got)}")

    def message(self, row, line):
        said, _, expected = line.rpartition("=>")
        head, _, body = said.strip().partition(":")
        answer = self.ask(row, head.strip(), body.strip())
        self.check(row, line, row.read(answer, "REGIONAL" in body or "| R" in expected), expected)
        return head.split()[0] in ("Q23", *PAGED)

    def field(self, row, line):
        said, _, expected = line.partition("=>")
        place, _, patient = said.strip().partition(" ")
        segment, _, number = place.partition(".")
        if patient:
            namespace, _, local = patient.partition("^")
            self.ask(row, "ZV1" if segment == "PV1" else "Q22",
                     f"@PID.3.1^{local}~@PID.3.4.1^{namespace}")
        got = harness.field(row.answer.encode(), segment, int(number) - (segment == "MSH")) or ""
        got = re.sub(r"~\w+\^\^\^REGIONAL[^~]*", "", got)
        self.check(row, line, got, row.named(row.local(expected)))
        return bool(patient)

    def tool(self, row, line):
        said, _, code = line[1:].partition("=>")
        run = nayose(self.server, *shlex.split(row.local(said))[1:])
        self.check(row, line + "\n" + run.stdout + run.stderr, str(run.returncode), code.strip() or "0")

    def consumer(self, row, line):
        row.receiver = Receiver().open()
        self.addCleanup(row.receiver.close)
        row.heard = 0
        run = nayose(self.server, "consumer", "set", f"c{row.number}", "--address",
                     f"127.0.0.1:{row.receiver.port}", "--application", "KARTE", "--facility", "PORTAL",
                     "--domains", row.local(line.partition(" ")[2]))
        self.assertEqual(run.returncode, 0, run.stderr)
        self.addCleanup(nayose, self.server, "consumer", "set", f"c{row.number}", "--enabled", "no")

    def hear(self, row, line):
        expected = line.partition(" ")[2]
        if expected:
            row.heard += 1
            message = row.receiver.wait(row.heard)[row.heard - 1]
            got = " ".join(f"{ns}^{local}" for ns, local in ids_of(message))
            self.check(row, line, got, expected)
            return
        harness.wait_until(lambda: self.waiting(row) == 0, f"{row.name}: still not told")
        self.assertEqual(len(row.receiver.messages), row.heard, f"{row.name}\n{line}")

    def waiting(self, row):
        run = nayose(self.server, "consumer", "list", "--json")
        return next(c for c in json.loads(run.stdout)["consumers"]
                    if c["name"] == f"c{row.number}")["waiting"]

    def no_pointer(self, row, line):
        self.assertEqual(row.pointer, "", f"{row.name}\n{line}")

    def domains_add(self, row):
        for i in range(1, 6):
            gateway = {"source_application": "GW", "source_facility": row.local("NET")} if i > 3 else {}
            self.server.add_domain(row.local(f"F0{i}"), row.local(f"OID{i}"), **gateway)

    def run_row(self, row):
        self.domains_add(row)
        kinds = {r"\$": self.tool, r"[A-Z]\w\w\.\d": self.field, "consumer": self.consumer,
                 "told": self.hear, "no pointer": self.no_pointer}
        last = []
        for line in row.lines:
            do = next((fn for word, fn in kinds.items() if re.match(word, line)), self.message)
            asked = do(row, line)
            if asked:
                last.append((do, row, line))
            elif do == self.message or do == self.tool:
                last = []
        self.again.extend(x for x in last if "DSC" not in x[2] and "RCP" not in x[2])

    def test_several_at_once(self):
        """One person from two facilities at the same time, and who asks meanwhile sees one or both."""
        row = Row(990, "at once")
        self.domains_add(row)
        both = threading.Barrier(2)
        people = range(12)
        unfed = set(people)
        faults = []

        def feed(facility):
            with harness.Wire(self.server.mllp_port) as wire:
                for n in people:
                    pid = f"PID|||{n}|" + "|".join(fields_of("taro", 500 + n))
                    both.wait(60)
                    answer = wire.ask(row.local(row.message(facility, "A01", [], pid)).encode())
                    if harness.field(answer, "MSA", 1) != "AA":
                        faults.append(answer)
                    if both.wait(60) == 0:
                        unfed.discard(n)

        def ask():
            known = set()
            with harness.Wire(self.server.mllp_port) as wire:
                while unfed:
                    n = min(unfed, default=0)
                    answer = wire.ask(row.local(row.message("PORTAL", "Q23", [], f"{n}^^^F01")).encode())
                    said = row.read(answer.decode(), False)
                    if said == f"AA OK F02^{n}":
                        known.add(n)
                    elif n in known or said not in ("AE AE 204@QPD^1^3^1^1", "AA OK R"):
                        faults.append(said)

        threads = [threading.Thread(target=feed, args=("F01",)), threading.Thread(target=feed, args=("F02",)),
                   *(threading.Thread(target=ask) for _ in range(3))]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(faults, [])
        for n in people:
            answer = self.ask(row, "Q23", f"{n}^^^F01")
            self.assertEqual(row.read(answer, False), f"AA OK F02^{n}")

    def test_zz_asked_again_after_a_restart(self):
        if not self.again:
            self.skipTest("nothing was asked")
        self.wire.sock.close()
        self.server.restart()
        Rows.wire = harness.Wire(self.server.mllp_port)
        for do, row, line in self.again:
            with self.subTest(row.name):
                do(row, line)


def tests_make():
    for topic, rows in rows_read().items():
        for i, row in enumerate(rows, 1):
            words = "_".join(re.findall(r"\w+", row.name)).lower()
            setattr(Rows, f"test_{topic}_{i:02}_{words}", lambda self, row=row: self.run_row(row))


tests_make()

if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
