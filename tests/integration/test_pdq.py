#!/usr/bin/python3
"""A portal pages through several hundred people with python3-hl7 while a hospital feeds: everybody
once. And questions in each script, their refusals, and the audit rows of all of them."""
import itertools
import os
import socket
import threading
import unittest

import hl7

import harness

PEOPLE = int(os.environ.get("NAYOSE_IT_PDQ_PEOPLE", "400"))
PAGE = 50
KANA = "アイウエオカキクケコサシスセソタチツテト"


def given(n):
    return "".join(KANA[n // 20 ** k % 20] for k in range(4))


def adt(n, control, event="A28", phone="0541234567"):
    """Everybody is called ヤマダ; given names and birth dates are of one person each."""
    return ("MSH|^~\\&|HIS|F01|NAYOSE|REG|20260102030405||ADT^%s^ADT_A05|%s|P|2.5||||||UNICODE UTF-8\r"
            "EVN||20260102030405\rPID|||%d^^^F01||山田^%s^^^^^L^I~ヤマダ^%s^^^^^L^P||%04d%02d%02d|%s|||"
            "^^^^4200853^^H^静岡県静岡市葵区追手町%d-1||%s\rPV1||N\r" %
            (event, control, n, given(n), given(n), 1940 + n % 60, n % 12 + 1, n % 28 + 1,
             "MF"[n % 2], n + 1, phone))


class Client:
    def __init__(self, server):
        self.socket = socket.create_connection(("127.0.0.1", server.mllp_port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.numbers = itertools.count()

    def send(self, text):
        """hl7's own client reads an answer in one piece only, and pages are larger."""
        self.socket.sendall(harness.FRAME_BEGIN + text.encode() + harness.FRAME_END)
        answer = b""
        while not answer.endswith(harness.FRAME_END):
            piece = self.socket.recv(65536)
            if not piece:
                raise RuntimeError("the server hung up")
            answer += piece
        return hl7.parse(answer[1:-2].decode())

    def query(self, qpd3, tag="T", rcp="", dsc="", qpd8="", app="PORTAL"):
        segments = [
            f"MSH|^~\\&|{app}|NET|NAYOSE|REG|20260102030405||QBP^Q22^QBP_Q21|Q{next(self.numbers)}"
            "|P|2.5||||||UNICODE UTF-8",
            f"QPD|IHE PDQ Query|{tag}|{qpd3}|||||{qpd8}", f"RCP|I|{rcp}"]
        if dsc:
            segments.append(f"DSC|{dsc}|I")
        return self.send("\r".join(segments) + "\r")

    def cancel(self, tag):
        return self.send(f"MSH|^~\\&|PORTAL|NET|NAYOSE|REG|20260102030405||QCN^J01^QCN_J01|"
                         f"C{next(self.numbers)}|P|2.5\rQID|{tag}|IHE PDQ Query\r")


def ids(answer):
    """The PID-3 of each hit."""
    if not any(str(s[0]) == "PID" for s in answer):
        return []
    return [str(pid[3]) for pid in answer.segments("PID")]


def pointer(answer):
    return str(answer.segment("DSC")[1]) if any(str(s[0]) == "DSC" for s in answer) else ""


class Pdq(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.server.add_domain("F01", "1.2.392.1", "A")
        cls.server.feed([adt(n, f"A{n}").encode() for n in range(PEOPLE)])
        cls.client = Client(cls.server)
        cls.addClassCleanup(cls.client.socket.close)

    def check(self, answer, code, status):
        self.assertEqual((str(answer.segment("MSA")[1]), str(answer.segment("QAK")[2])),
                         (code, status), answer)

    def test_everybody_once_while_a_feed_runs(self):
        stop = threading.Event()
        fed = []

        def feed():
            client = Client(self.server)
            for n in itertools.count():
                if stop.is_set():
                    client.socket.close()
                    return
                # New people of that name, and others that change under the reader.
                for text in (adt(PEOPLE + n, f"N{n}"), adt(n % PEOPLE, f"U{n}", "A31", f"03{n:08}")):
                    fed.append(str(client.send(text).segment("MSA")[1]))

        thread = threading.Thread(target=feed)
        thread.start()
        try:
            seen = []
            answer = self.client.query("@PID.5.1.1^ヤマダ", "WALK", f"{PAGE}^RD")
            total = int(str(answer.segment("QAK")[4]))
            while True:
                self.check(answer, "AA", "OK")
                page = ids(answer)
                self.assertLessEqual(len(page), PAGE)
                seen += page
                self.assertEqual([int(str(answer.segment("QAK")[i])) for i in (4, 5, 6)],
                                 [total, len(page), total - len(seen)])
                if not pointer(answer):
                    break
                answer = self.client.query("@PID.5.1.1^ヤマダ", "WALK", f"{PAGE}^RD", pointer(answer))
        finally:
            stop.set()
            thread.join()
        self.assertGreater(len(fed), 8)
        self.assertEqual(set(fed), {"AA"})
        self.assertEqual(len(seen), total)
        self.assertEqual(len(set(seen)), total)
        local = {s.partition("^")[0] for s in seen}
        self.assertTrue({str(n) for n in range(PEOPLE)} <= local)

    def test_what_is_asked(self):
        name, kana = "山田", given(7)
        for qpd3, found in (
                (f"@PID.5.1.1^{name}~@PID.5.2^{kana}", True), (f"@PID.5.2^{kana}~@PID.7^1947", True),
                (f"@PID.5.1^YAMADA~@PID.7^{1940 + 7}{8:02}~@PID.8^F", True),
                (f"@PID.5.2^{kana[:2]}*~@PID.7^19470808", True), (f"@PID.5.2^{kana}~@PID.7^1907", False),
                ("@PID.3.1^7~@PID.3.4.1^F01", True), ("@PID.3.1^7~@PID.3.4.1^F01~@PID.8^M", False),
                (f"@PID.5.2^{kana}~@PID.11.5^420-0853", True),
                (f"@PID.5.2^{kana}~@PID.11.3^葵区~@PID.11.4^静岡県", True),
                (f"@PID.5.2^{kana}~@PID.11.3^駿河区", False)):
            with self.subTest(qpd3=qpd3):
                answer = self.client.query(qpd3)
                self.check(answer, "AA", "OK" if found else "NF")
                self.assertEqual(any(i.startswith("7^^^F01") for i in ids(answer)), found)

    def test_by_regional_id(self):
        answer = self.client.query("@PID.3.1^7~@PID.3.4.1^F01", qpd8="^^^REGIONAL")
        regional = ids(answer)[0].partition("^")[0]
        answer = self.client.query(f"@PID.3.1^{regional}~@PID.3.4.1^REGIONAL", qpd8="^^^F01")
        self.assertEqual(ids(answer), ["7^^^F01&1.2.392.1&ISO"])

    def test_refusals(self):
        for answer, error in (
                (self.client.query("@PID.8^F"), "QPD^1^3 101"),
                (self.client.query("@PID.5.1^X~@PID.7^never"), "QPD^1^3^2 102"),
                (self.client.query("@PID.5.1^X", qpd8="^^^NOBODY"), "QPD^1^8^1 204")):
            self.check(answer, "AE", "AE")
            err = answer.segment("ERR")
            self.assertEqual(f"{err[2]} {str(err[3]).partition('^')[0]}", error)

    def test_a_pointer_is_one_requesters_and_one_questions(self):
        ask = ("@PID.5.1.1^ヤマダ", "MINE", "5^RD")
        first = pointer(self.client.query(*ask))
        again = self.client.query(*ask, first)
        self.check(again, "AA", "OK")
        self.assertEqual(ids(self.client.query(*ask, first)), ids(again))  # its answer got lost
        self.check(self.client.query(*ask, first, app="OTHER"), "AE", "AE")
        self.check(self.client.query("@PID.5.1.1^ヤマ*", "MINE", "5^RD", first), "AE", "AE")
        self.check(self.client.query("@PID.5.1.1^ヤマダ", "MINE", "6^RD", first), "AE", "AE")
        self.check(self.client.query(*ask, "0" * 24), "AE", "AE")
        self.assertEqual(str(self.client.cancel("MINE").segment("MSA")[1]), "AA")
        self.check(self.client.query(*ask, first), "AE", "AE")
        self.assertEqual(str(self.client.cancel("NEVER").segment("MSA")[1]), "AA")

    def test_every_question_leaves_an_audit_row(self):
        count = "SELECT count(*) FROM nayose.audit_event WHERE transaction = 'ITI-21'"
        before = self.server.number(count)
        self.client.query("@PID.5.2^" + given(9))
        self.client.query("@PID.8^F")
        self.assertEqual(self.server.number(count), before + 2)
        row = self.server.sql("SELECT hits, domains_returned FROM nayose.audit_event WHERE "
                              "transaction = 'ITI-21' AND decision = 'AA' ORDER BY seq DESC LIMIT 1")
        self.assertEqual(row, [["1", "F01,REGIONAL"]])


if __name__ == "__main__":
    unittest.main()
