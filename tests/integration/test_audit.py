#!/usr/bin/python3
"""What is written down of each transaction, of clerks and of the server: a row for each patient, with
what was done to him, by whom, and what became of it; of a query, what was asked.

In: NAYOSE_BIN, the directory of nayosed and nayose.
"""
import http.client
import json
import sys
import unittest

from lxml import etree

import harness
import messages_v3
from harness import nayose
from receiver import Receiver
from receiver_v3 import Consumer, serve

HEAD = "MSH|^~\\&|{app}|{facility}|NAYOSE|REG|20260102030405||{kind}|{id}|P|2.5||||||UNICODE UTF-8"
TARO = "||山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P||19700101|M"
EVN, PV1 = "EVN||20260102030405", "PV1||O"

# name, kind of message, segments, rows: kind, action, outcome, transaction, patient, decision
FEEDS = [
    ("admit", "ADT^A01", (EVN, "PID|||1^^^F01" + TARO, PV1), [("feed", "C", 0, "ITI-8", "F01^1", "AA")]),
    ("register", "ADT^A04", (EVN, "PID|||2^^^F01" + TARO, PV1), [("feed", "C", 0, "ITI-8", "F01^2", "AA")]),
    ("pre-admit", "ADT^A05", (EVN, "PID|||3^^^F01" + TARO, PV1), [("feed", "C", 0, "ITI-8", "F01^3", "AA")]),
    ("update", "ADT^A08", (EVN, "PID|||1^^^F01" + TARO, PV1), [("feed", "U", 0, "ITI-8", "F01^1", "AA")]),
    ("add person", "ADT^A28", (EVN, "PID|||4^^^F01" + TARO), [("feed", "C", 0, "ITI-30", "F01^4", "AA")]),
    ("update person", "ADT^A31", (EVN, "PID|||4^^^F01" + TARO), [("feed", "U", 0, "ITI-30", "F01^4", "AA")]),
    ("merge", "ADT^A40", (EVN, "PID|||1^^^F01", "MRG|2^^^F01"),
     [("feed", "D", 0, "ITI-30", "F01^2", "AA"), ("feed more", "U", 0, "ITI-30", "F01^1", "AA")]),
    ("link", "ADT^A24", (EVN, "PID|||1^^^F01", "PID|||3^^^F01"),
     [("feed", "U", 0, "ITI-30", "F01^1", "AA"), ("feed more", "U", 0, "ITI-30", "F01^3", "AA")]),
    ("unlink", "ADT^A37", (EVN, "PID|||1^^^F01", "PID|||3^^^F01"),
     [("feed", "U", 0, "ITI-30", "F01^1", "AA"), ("feed more", "U", 0, "ITI-30", "F01^3", "AA")]),
    ("rename", "ADT^A47", (EVN, "PID|||5^^^F01", "MRG|4^^^F01"),
     [("feed", "U", 0, "ITI-30", "F01^4", "AA"), ("feed more", "U", 0, "ITI-30", "F01^5", "AA")]),
    ("rename to another's", "ADT^A47", (EVN, "PID|||1^^^F01", "MRG|3^^^F01"),
     [("feed", "U", 4, "ITI-30", "F01^3", "AE 205"), ("feed more", "U", 4, "ITI-30", "F01^1", "AE 205")]),
    ("delete", "ADT^A23", (EVN, "PID|||3^^^F01", PV1), [("feed", "D", 0, "ITI-8", "F01^3", "AA")]),
    ("delete person", "ADT^A29", (EVN, "PID|||5^^^F01"), [("feed", "D", 0, "ITI-30", "F01^5", "AA")]),
    ("transfer", "ADT^A02", (EVN, "PID|||1^^^F01" + TARO, PV1), [("feed", "U", 0, "ITI-31", "F01^1", "AA")]),
    ("several ids of one patient", "ADT^A08", (EVN, "PID|||1^^^F01~11^^^F01" + TARO, PV1),
     [("feed", "U", 0, "ITI-8", "F01^1", "AA")]),
    ("nothing is made of it", "ADT^A60", (EVN, "PID|||1^^^F01"), [("feed", "U", 0, "ITI-31", "^", "AA")]),
    ("no id", "ADT^A08", (EVN, "PID|||" + TARO, PV1), [("feed", "U", 4, "ITI-8", "^", "AE 101")]),
    ("unknown event", "ADT^Z99", (EVN, "PID|||1^^^F01"), [("feed", "", 4, "HL7v2", "^", "AR 201")]),
]

# name, kind of message, segments, row, what is kept of the question (None: all)
QUERIES = [
    ("PIX", "QBP^Q23", ("QPD|IHE PIX Query|T|1^^^F01|^^^REGIONAL", "RCP|I"), ("query", "E", 0, "ITI-9", "F01^1", "AA"), None),
    ("PIX of nobody", "QBP^Q23", ("QPD|IHE PIX Query|T|99^^^F01", "RCP|I"),
     ("query", "E", 4, "ITI-9", "F01^99", "AE 204"), None),
    ("PDQ", "QBP^Q22", ("QPD|IHE PDQ Query|T|@PID.5.1.1^ヤマダ", "RCP|I"), ("query", "E", 0, "ITI-21", "^", "AA"), None),
    ("PDQ of an id", "QBP^Q22", ("QPD|IHE PDQ Query|T|@PID.3.1^1~@PID.3.4.1^F01", "RCP|I"),
     ("query", "E", 0, "ITI-21", "F01^1", "AA"), None),
    ("PDQ of nobody", "QBP^Q22", ("QPD|IHE PDQ Query|T|@PID.5.1.1^ダレモ", "RCP|I"),
     ("query", "E", 0, "ITI-21", "^", "NF"), None),
    ("PDVQ", "QBP^ZV1", ("QPD|IHE PDVQ Query|T|@PV1.19.1^V1", "RCP|I"),
     ("query", "E", 0, "ITI-22", "^", "NF"), b"QPD|IHE PDVQ Query|T|@PV1.19.1^V1"),
]


class Audit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.configure("[notify]\nretry_min = 1s\n")
        cls.server.start()
        cls.server.wait_ready()
        cls.count = 0
        for i in (1, 2):
            run = nayose(cls.server, "domain", "add", "--namespace", f"F0{i}", "--oid", f"{messages_v3.OID}{i}")
            assert run.returncode == 0, run.stderr
        cls.wire = harness.Wire(cls.server.mllp_port)

    @classmethod
    def tearDownClass(cls):
        for chain, in cls.server.sql("SELECT DISTINCT chain FROM nayose.audit_event"):
            assert cls.server.sql(f"SELECT * FROM nayose.audit_verify('{chain}')") == []

    def send(self, kind, *segments, app="HIS", facility="F01"):
        """The control id of what was sent, and its bytes."""
        type(self).count += 1
        number = f"M{self.count}"
        head = HEAD.format(app=app, facility=facility, kind=kind, id=number)
        body = "".join(s + "\r" for s in (head, *segments)).encode()
        self.assertIsNotNone(self.wire.ask(body))
        return number, body

    def rows(self, where, columns="kind, action, outcome, transaction, patient_domain || '^' || patient_id, decision"):
        return [tuple(int(v) if v.isdigit() else v for v in row) for row in self.server.sql(
            f"SELECT {columns} FROM nayose.audit_event WHERE {where} ORDER BY seq")]

    def test_feeds_and_queries(self):
        for name, kind, segments, expected in FEEDS:
            with self.subTest(name):
                number, _ = self.send(kind, *segments)
                self.assertEqual(self.rows(f"message_id = '{number}'"), expected)
                self.assertEqual(set(self.rows(f"message_id = '{number}'", "user_id, split_part(peer_addr, ':', 1)")),
                                 {("F01|HIS", "127.0.0.1")})
        for name, kind, segments, expected, kept in QUERIES:
            with self.subTest(name):
                number, body = self.send(kind, *segments)
                self.assertEqual(self.rows(f"message_id = '{number}'"), [expected])
                self.assertEqual(self.rows(f"message_id = '{number}'", "encode(query_payload, 'hex')"),
                                 [((kept or body).hex(),)])

    def test_who_may_not(self):
        number, _ = self.send("ADT^A28", EVN, "PID|||1^^^F02" + TARO)
        self.assertEqual(self.rows(f"message_id = '{number}'", "kind, action, outcome, decision"),
                         [("feed", "C", 8, "AR 204")])
        number, _ = self.send("ADT^A28", EVN, "PID|||1^^^F01" + TARO, facility="NOBODY")
        self.assertEqual(self.rows(f"message_id = '{number}'", "requester, outcome, decision"), [(0, 8, "AR 204")])

    def v3(self, kind, act, path=messages_v3.PIX):
        """Rows of a message, and the name of what is kept of the question."""
        number = next(messages_v3.NUMBER)
        messages_v3.ask(self.server, path, messages_v3.message(kind, 1, act, number=number))
        where = f"message_id = '1.2.3.4^T{number}'"
        kept = bytes.fromhex(self.rows(where, "'x' || encode(query_payload, 'hex')")[0][0][1:])
        return self.rows(where), etree.QName(etree.fromstring(kept)).localname if kept else None

    def test_v3_transactions(self):
        person, ask = messages_v3.person, messages_v3.pix_query
        added = ("feed", "C", 0, "ITI-44", "F01^A1", "AA")
        self.assertEqual(self.v3("PRPA_IN201301UV02", person(1, "A1")), ([added], None))
        self.assertEqual(self.v3("PRPA_IN201301UV02", person(1, "A2"))[0][0][1], "C")
        self.assertEqual(self.v3("PRPA_IN201302UV02", person(1, "A1")),
                         ([("feed", "U", 0, "ITI-44", "F01^A1", "AA")], None))
        self.assertEqual(self.v3("PRPA_IN201304UV02", person(1, "A1", rest=messages_v3.replaced(1, "A2")))[0],
                         [("feed", "D", 0, "ITI-44", "F01^A2", "AA"), ("feed more", "U", 0, "ITI-44", "F01^A1", "AA")])
        self.assertEqual(self.v3("PRPA_IN201309UV02", ask(1, "A1")),
                         ([("query", "E", 0, "ITI-45", "F01^A1", "AA")], "queryByParameter"))
        self.assertEqual(self.v3("PRPA_IN201309UV02", ask(1, "NOBODY")),
                         ([("query", "E", 4, "ITI-45", "F01^NOBODY", "AE 204")], "queryByParameter"))
        self.assertEqual(self.v3("PRPA_IN201305UV02", messages_v3.pdq_query(messages_v3.named("ヤマダ", "タロウ")),
                                 messages_v3.PDQ),
                         ([("query", "E", 0, "ITI-47", "^", "AA")], "queryByParameter"))

    def test_notices(self):
        listener = Receiver().open()
        self.addCleanup(listener.close)
        port = serve(self, Consumer)
        run = nayose(self.server, "consumer", "set", "v2", "--address", f"127.0.0.1:{listener.port}",
                     "--domains", "F02", "--application", "A", "--facility", "B")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.server.request("POST", "/consumers", {
            "name": "v3", "address": f"127.0.0.1:{port}", "path": "/pix", "domains": "F02",
            "application": "2.999.5", "facility": "2.999.6"})[0], 200)
        self.send("ADT^A28", EVN, "PID|||N1^^^F02~N2^^^F02" + TARO, facility="F02")
        for user, transaction in (("v2", "ITI-10"), ("v3", "ITI-46")):
            told = harness.wait_until(lambda: self.rows(
                f"kind = 'notify' AND user_id = '{user}'",
                "action, outcome, transaction, hits, domains_returned, convert_from(query_payload, 'UTF8')"),
                f"{user} is not told")
            self.assertEqual(told, [("R", 0, transaction, 2, "F02", "F02^N1~F02^N2")])
        for name in ("v2", "v3"):
            nayose(self.server, "consumer", "set", name, "--enabled", "no")

    def test_clerks_and_operators(self):
        self.send("ADT^A28", EVN, "PID|||C1^^^F01" + TARO)
        self.send("ADT^A28", EVN, "PID|||C2^^^F02||鈴木^一郎^^^^^L^I||19300101|M", facility="F02")
        for command in (("link", "F01^C1", "F02^C2", "--reason", "asked"), ("show", "F01^C1"),
                        ("source", "set", "^F01", "--drift", "off")):
            run = nayose(self.server, *command)
            self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.rows("decision = 'link'", "kind, action, outcome, patient_domain || '^' || patient_id, reason"),
                         [("admin", "U", 0, "F01^C1", "asked"), ("admin", "U", 0, "F02^C2", "asked")])
        shown = self.rows("transaction = '/person'", "kind, action, patient_domain || '^' || patient_id, user_id <> ''")
        self.assertEqual(shown, [("admin", "R", "F01^C1", "t")])
        self.assertEqual(self.rows("decision IN ('source set', 'domain add')", "kind, action, decision, reason"),
                         [("admin", "E", "domain add", "F01"), ("admin", "E", "domain add", "F02"),
                          ("admin", "E", "source set", "^F01")])
        self.assertEqual(self.rows("kind = 'server'", "action, outcome, decision, split_part(user_id, '[', 1)"),
                         [("E", 0, "start", "nayosed")])

    def test_what_is_not_for_everybody(self):
        conn = http.client.HTTPConnection("127.0.0.1", self.server.http_port, timeout=60)
        for path in ("/links", "/links", "/nothing"):
            conn.request("GET", path)
            reply = conn.getresponse()
            self.assertEqual((reply.status, "error" in json.loads(reply.read())), (404, True))
        conn.request("POST", "/pixmanager", body=b"<no-envelope/>", headers={"Content-Type": "application/soap+xml"})
        self.assertEqual(conn.getresponse().status, 500)
        conn.close()
        harness.wait_until(lambda: len(self.rows("kind = 'alert'")) > 1, "the alerts are not told")
        self.assertEqual(self.rows("kind = 'alert'", "action, outcome, decision, hits, peer_addr"),
                         [("E", 8, "restricted function", 1, "127.0.0.1"),
                          ("E", 4, "unreadable message", 1, "127.0.0.1")])


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
