#!/usr/bin/python3
"""Visits from the feed's PV1, whatever order their messages come in, and the demographics and visit
query (ITI-22) that finds patients by them."""
import itertools
import random
import unittest

import harness
from test_pdq import Client, ids, pointer

NUMBERS = itertools.count()


def adt(event, when, patient, pv1="", name="", ns="F01", mrg=""):
    """when: minutes of a day; pv1: {field: text}."""
    at = f"20260301{when // 60:02}{when % 60:02}00"
    fields = [""] * 46
    for number, text in (pv1 or {}).items():
        fields[number] = text
    segments = [f"MSH|^~\\&|HIS|{ns}|NAYOSE|REG|{at}||ADT^{event}|V{next(NUMBERS)}|P|2.5||||||UNICODE UTF-8",
                f"EVN||{at}||||{at}", f"PID|||{patient}^^^{ns}||{name}"]
    if name:
        segments[-1] += "||19500101|F|||^^^^4200853^^H^静岡県静岡市葵区追手町9-6||0542540001"
    if mrg:
        segments.append(f"MRG|{mrg}^^^{ns}")
    if pv1:
        segments.append(("PV1" + "|".join(fields)).rstrip("|"))
    return "\r".join(segments) + "\r"


def pv1(answer):
    return [[str(f) for f in s] for s in answer if str(s[0]) == "PV1"]


class Pdvq(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        for i in (1, 2):
            cls.server.add_domain(f"F0{i}", f"1.2.392.{i}")
        cls.client = Client(cls.server)
        cls.addClassCleanup(cls.client.socket.close)

    def feed(self, *messages):
        for text in messages:
            answer = self.client.send(text)
            self.assertEqual(str(answer.segment("MSA")[1]), "AA", answer)

    def ask(self, qpd3, rcp="", dsc="", status=None):
        answer = self.client.send("\r".join(
            [f"MSH|^~\\&|PORTAL|NET|NAYOSE|REG|20260102030405||QBP^ZV1^QBP_Q21|W{next(NUMBERS)}|P|2.5"
             "||||||UNICODE UTF-8", f"QPD|IHE PDQ Query|T|{qpd3}", f"RCP|I|{rcp}"]
            + ([f"DSC|{dsc}|I"] if dsc else [])) + "\r")
        if status is not None:
            self.assertEqual(str(answer.segment("QAK")[2]), status, answer)
        return answer

    def found(self, qpd3):
        return sorted(i.split("^")[0] for i in ids(self.ask(qpd3)))

    def visit(self, patient):
        """The visit that is told of a patient."""
        answer = self.ask(f"@PID.3.1^{patient}~@PID.3.4.1^F01", status="OK")
        return pv1(answer)[0]

    def test_a_stay_from_admission_to_discharge(self):
        stay = {2: "I", 3: "W3^301^2^F01", 7: "D1^髙橋^一郎~D2^佐藤", 10: "内科", 19: "S1^^^F01",
                44: "202603010800"}
        self.feed(adt("A01", 480, "S", stay, "静岡^一子"))
        answer = self.ask("@PV1.19.1^S1", status="OK")
        self.assertEqual(str(answer.segment("MSH")[9]), "RSP^ZV2^RSP_ZV2")
        self.assertEqual([str(s[0]) for s in answer][3:], ["QPD", "PID", "PV1", "QRI"])
        told = pv1(answer)[0]
        self.assertEqual((told[2], told[3], told[7], told[10], told[19], told[44]),
                         ("I", "W3^301^2^F01", "D1^髙橋^一郎~D2^佐藤", "内科", "S1^^^F01", "202603010800"))
        for qpd3 in ("@PV1.7.2.1^高橋", "@PV1.7^d1", "@PV1.3.2^301~@PV1.3.3^2", "@PV1.7.1^D2~@PV1.2^I",
                     "@PV1.19^S1~@PID.5.1.1^静岡", "@PID.5.1.1^静岡~@PV1.2^I~@PV1.10^内科"):
            with self.subTest(qpd3=qpd3):
                self.assertEqual(self.found(qpd3), ["S"])
        self.assertEqual(self.found("@PV1.19^S1~@PV1.2^O"), [])
        self.assertEqual(self.found("@PV1.19^S1~@PID.8^M"), [])
        # A transfer and a discharge with no more of the patient than the id.
        self.feed(adt("A02", 540, "S", {2: "I", 3: "W4^1", 19: "S1"}),
                  adt("A03", 600, "S", {2: "I", 19: "S1", 7: '""'}))
        self.assertEqual(self.found("@PV1.3^W3~@PV1.19^S1"), [])
        told = self.visit("S")
        self.assertEqual((told[3], told[7], told[10], told[45]), ("W4^1", "", "内科", "20260301100000+0900"))
        # The discharge was a mistake, and so was the transfer; both cancels carry its time.
        self.feed(adt("A13", 600, "S", {2: "I", 19: "S1"}), adt("A12", 540, "S", {3: "W3^301", 19: "S1"}))
        told = self.visit("S")
        self.assertEqual((told[3], told[-1] if len(told) > 45 else ""), ("W3^301", ""))
        self.feed(adt("A11", 480, "S", {2: "I", 19: "S1"}))
        self.assertEqual(self.found("@PV1.19^S1"), [])
        self.assertEqual(self.visit("S")[2], "N")

    def test_any_order_gives_the_same_visit(self):
        def day(patient):
            n = f"O-{patient}"
            return [adt("A01", 480, patient, {2: "I", 3: "A1", 7: "D1", 19: n}, "順番^" + patient),
                    adt("A02", 500, patient, {3: "A2", 19: n}), adt("A54", 510, patient, {7: "D2", 19: n}),
                    adt("A11", 480, patient, {19: n}), adt("A01", 520, patient, {2: "I", 19: n}),
                    adt("A03", 700, patient, {19: n, 45: "202603011140"}), adt("A13", 700, patient, {19: n}),
                    adt("A08", 720, patient, {8: "R1", 3: '""', 19: n}, "順番^" + patient)]
        told = set()
        for seed in range(12):
            messages = day(f"P{seed}")
            if seed > 0:
                random.Random(seed).shuffle(messages)
            self.feed(*messages)
            told.add(tuple(f.replace(f"P{seed}", "P") for f in self.visit(f"P{seed}")))
        self.assertEqual(len(told), 1, told)
        # What a visit is found by is what it holds now.
        terms = self.server.sql("SELECT DISTINCT (SELECT string_agg(replace(t, number, '#'), ' ' ORDER BY t COLLATE \"C\") "
                                "FROM unnest(keys || traits) t) FROM nayose.visit WHERE number LIKE 'O-P%'")
        self.assertEqual([row[0] for row in terms], ["19.1.1=# 2.1.1=I 7.1.1=D2 8.1.1=R1"])
        visit = told.pop()
        self.assertEqual((visit[2], visit[3], visit[7], visit[8]), ("I", "", "D2", "R1"))

    def test_what_is_said_again_is_said_then(self):
        stay = {2: "I", 3: "R1", 19: "R"}
        self.feed(*(adt("A08", when, "R", stay, "再言^一") for when in (480, 500, 600)),
                  adt("A02", 550, "R", {3: "R2", 19: "R"}))  # older than the last word
        self.assertEqual(self.visit("R")[3], "R1")
        self.feed(adt("A02", 710, "R", {3: "R2", 19: "R"}), adt("A08", 650, "R", stay))
        self.assertEqual(self.visit("R")[3], "R2")
        self.feed(*(adt("A08", when, "R", stay) for when in (800, 750)),  # said late, it moves nothing back
                  adt("A02", 760, "R", {3: "R3", 19: "R"}))
        self.assertEqual(self.visit("R")[3], "R1")

    def test_visits_go_with_their_patient(self):
        self.feed(adt("A01", 480, "old", {2: "I", 19: "M1"}, "移動^花子"), adt("A28", 481, "new", name="移動^花子"),
                  adt("A40", 500, "new", mrg="old"))
        self.assertEqual(self.found("@PV1.19^M1"), ["new"])
        self.feed(adt("A02", 510, "old", {2: "I", 3: "Z9", 19: "M1"}))  # late, under the id that is gone
        self.assertEqual(self.found("@PV1.3^Z9"), ["new"])
        self.feed(adt("A23", 600, "new"))
        self.assertEqual(self.found("@PV1.19^M1"), [])

    def test_pages_and_refusals(self):
        self.feed(*(adt("A04", 480, f"B{i}", {2: "O", 3: "OUT", 44: "2026030108"}, f"外来^{i}")
                    for i in range(5)))
        seen, dsc = [], ""
        while True:
            answer = self.ask("@PV1.3^OUT", "2^RD", dsc, "OK")
            seen += ids(answer)
            self.assertEqual(len(pv1(answer)), len(ids(answer)))
            dsc = pointer(answer)
            if not dsc:
                break
        self.assertEqual(len(set(seen)), 5)
        self.ask("@PID.5.1.1^誰か", status="NF")
        for qpd3, error in (("@PV1.2^I", "QPD^1^3 101"), ("@PV1.10^内科", "QPD^1^3 101"),
                            ("@PV1.4^X", "QPD^1^3^1 102"), ("@PV2.3^X", "QPD^1^3^1 102")):
            with self.subTest(qpd3=qpd3):
                err = self.ask(qpd3, status="AE").segment("ERR")
                self.assertEqual(f"{err[2]} {str(err[3]).partition('^')[0]}", error)
        # ITI-21 knows no visits.
        self.assertEqual(str(self.client.query("@PV1.3^OUT").segment("QAK")[2]), "AE")

    def test_no_table_is_walked(self):
        self.server.sql("INSERT INTO nayose.visit (identity, number, at, control_id, hash, said, keys, traits) "
                        "SELECT 1, 'X' || i, i, '', '', '{}', ARRAY['7.1.1=X' || i], '{}' "
                        "FROM generate_series(1, 3000) i; ANALYZE nayose.visit")
        plan = "\n".join(row[0] for row in self.server.sql(
            "SET enable_seqscan = off; EXPLAIN SELECT identity FROM nayose.visit "
            "WHERE NOT cancelled AND keys @> '{7.1.1=X5}' AND traits @> '{}' LIMIT 9"))
        self.assertIn("visit_keys", plan)
        self.server.sql("DELETE FROM nayose.visit WHERE number LIKE 'X%'")


if __name__ == "__main__":
    unittest.main()
