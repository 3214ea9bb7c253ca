#!/usr/bin/python3
"""What is not a good message gets the acknowledgement of the table and changes nothing; the server
stays up under all of it. Raw sockets: no library repairs what is sent."""
import random
import socket
import time
import unittest

import harness

OID = "1.2.392.100495.20.3.51.12210100018"
OTHER_OID = "1.2.392.100495.20.3.51.12210200024"
MIB = 1 << 20

MSH = "MSH|^~\\&|HIS|F01|NAYOSE|REGION|20260101120000||{type}|{id}|P|2.5||||||{charset}"
EVN = "EVN||20260101120000||||20260101120000"
NAME = "山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P"
PID = ("PID|1||{ids}||{name}||{birth}|M|||^^^^4200853^JPN^H^静岡県静岡市葵区追手町9-6||"
       "0542212455^PRN^PH")
SELF = f"77001^^^F01&{OID}&ISO^PI"


def message(msh=MSH, evn=EVN, pid=PID, kind="ADT^A28^ADT_A05", ident="X1", charset="UNICODE UTF-8",
            ids=SELF, name=NAME, birth="19800101", more=()):
    segments = [msh.format(type=kind, id=ident, charset=charset), evn,
                pid and pid.format(ids=ids, name=name, birth=birth), *more]
    return ("\r".join(s for s in segments if s) + "\r").encode()


def header(field, value):
    """A good message with MSH-field replaced."""
    lines = message().split(b"\r", 1)
    fields = lines[0].split(b"|")
    fields[field - 1] = value
    return b"|".join(fields) + b"\r" + lines[1]


def without(name):
    return b"\r".join(s for s in message().split(b"\r") if not s.startswith(name))


def query(qpd3=SELF, qpd4="", rcp="RCP|I"):
    return message(kind="QBP^Q23^QBP_Q21", evn=f"QPD|IHE PIX Query|T1|{qpd3}|{qpd4}", pid=None,
                   more=[rcp])


# name, message, MSA-1, ERR-2, ERR-3 (our HL7 v2 rules: "MSA code per situation", and 5 for the query)
TABLE = [
    ("MSH-2 too short", header(2, b"^~"), "AR", "MSH^1^2", "102"),
    ("MSH-2 with a delimiter twice", header(2, b"^~^&"), "AR", "MSH^1^2", "102"),
    ("MSH-9 missing", header(9, b""), "AR", "MSH^1^9^1^1", "200"),
    ("MSH-9 without event", header(9, b"ADT"), "AR", "MSH^1^9^1^2", "201"),
    ("unknown message type", header(9, b"XYZ^A28"), "AR", "MSH^1^9^1^1", "200"),
    ("unknown event", header(9, b"ADT^A99"), "AR", "MSH^1^9^1^2", "201"),
    ("query with an unknown event", header(9, b"QBP^Q99"), "AR", "MSH^1^9^1^2", "201"),
    ("MSH-10 missing", header(10, b""), "AR", "MSH^1^10", "101"),
    ("MSH-11 training", header(11, b"T"), "AR", "MSH^1^11", "202"),
    ("MSH-12 unknown", header(12, b"9.9"), "AR", "MSH^1^12", "203"),
    ("unknown character set", header(18, b"KLINGON"), "AE", "MSH^1^18", "103"),
    ("unknown sender", header(4, b"NOBODY"), "AR", "MSH^1^4", "204"),
    ("EVN missing", without(b"EVN"), "AE", "EVN^1", "100"),
    ("PID missing", without(b"PID"), "AE", "PID^1", "100"),
    ("PID-3 missing", message(ids=""), "AE", "PID^1^3", "101"),
    ("PID-3 deleted", message(ids='""'), "AE", "PID^1^3", "101"),
    ("impossible date", message(birth="20230230"), "AE", "PID^1^7", "102"),
    ("month 13", message(birth="19801301"), "AE", "PID^1^7", "102"),
    ("letters for a date", message(birth="yesterday"), "AE", "PID^1^7", "102"),
    ("broken UTF-8", message().replace("山".encode(), b"\xe5\xb1"), "AE", "PID^1^5", "102"),
    ("broken ISO-2022-JP", message(charset="~ISO IR87", name="\x1b$B;3\x7f\x1b(B"), "AE",
     "PID^1^5", "102"),
    ("byte 0", message(name="A\0B"), "AE", "PID^1^5", "102"),
    ("unknown authority", message(ids="1^^^NOWHERE&9.9.9&ISO"), "AE", "PID^1^3^1^4", "204"),
    ("second authority unknown", message(ids=SELF + "~1^^^NOWHERE&9.9.9&ISO"), "AE",
     "PID^1^3^2^4", "204"),
    ("domain of another source", message(ids=f"1^^^F02&{OTHER_OID}&ISO"), "AR", "PID^1^3^1^4",
     "204"),
    ("namespace and OID contradict", message(ids=f"1^^^F01&{OTHER_OID}&ISO"), "AE", "PID^1^3^1^4",
     "204"),
    ("OID without type", message(ids=f"1^^^&{OID}"), "AE", "PID^1^3^1^4", "204"),
    ("type without OID", message(ids="1^^^&&ISO"), "AE", "PID^1^3^1^4", "204"),
    ("hollow authority", message(ids="1^^^&&"), "AE", "PID^1^3^1^4", "204"),
    ("10 000 identifiers", message(ids="~".join(f"{i}^^^F01" for i in range(10000))), "AE",
     "PID^1^3", "102"),
    ("10 000 names", message(name="~".join(f"N{i}^A" for i in range(10000))), "AE", "PID^1^5",
     "102"),
    ("an id of 5 000 characters", message(ids="9" * 5000 + "^^^F01"), "AE", "PID^1^3^1^1", "102"),
    ("query without id", query(""), "AE", "QPD^1^3^1^1", "101"),
    ("query for an unknown id", query(f"none^^^F01&{OID}&ISO"), "AE", "QPD^1^3^1^1", "204"),
    ("query in an unknown domain", query("1^^^NOWHERE"), "AE", "QPD^1^3^1^4", "204"),
    ("query without QPD", message(kind="QBP^Q23^QBP_Q21", evn=None, pid=None), "AE", "QPD^1",
     "100"),
]

# Odd, and yet accepted: what is broken is kept as text or passed over. Sent to identities of their
# own, so that each can be looked at.
TOLERATED = [
    ("escape without end", "A\\F^B\\"),
    ("unknown escape", "A\\Q99\\^B"),
    ("half a hex escape", "A\\X4\\^B"),
    ("byte 0 by an escape", "A\\X00\\^B"),
    ("raw backslashes", "\\\\\\^\\"),
]

TABLES = ("identity", "identity_version", "person", "edge", "membership_event", "review", "pin",
          "hold", "message_seen", "identity_domain", "requester")


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        for namespace, oid in (("F01", OID), ("F02", OTHER_OID)):
            cls.server.add_domain(namespace, oid)
        with cls.wire() as w:
            assert harness.field(w.ask(message(ident="FIRST")), "MSA", 1) == "AA"

    @classmethod
    def wire(cls):
        return harness.Wire(cls.server.mllp_port)

    def state(self):
        """Counts of every table that a message may change, and the one identity as it is."""
        counts = {t: self.server.number(f"SELECT count(*) FROM nayose.{t}") for t in TABLES}
        rows = self.server.sql("SELECT local_id, version, event_at, demographics "
                               "FROM nayose.identity ORDER BY id")
        return counts, rows

    def setUp(self):
        self.before = self.state()
        self.pid = self.server.pid

    def check_unchanged(self):
        self.assertTrue(self.server.is_alive())
        self.assertEqual(self.server.pid, self.pid)
        self.assertEqual(self.server.get("/livez")[0], 200)
        self.assertEqual(self.state(), self.before)

    def test_table(self):
        with self.wire() as w:
            for name, body, msa, where, code in TABLE:
                with self.subTest(name):
                    answer = w.ask(body)
                    self.assertIsNotNone(answer, "connection closed")
                    got = (harness.field(answer, "MSA", 1), harness.field(answer, "ERR", 2),
                           (harness.field(answer, "ERR", 3) or "").split("^")[0])
                    self.assertEqual(got, (msa, where, code))
                    ident = "" if name == "MSH-10 missing" else "X1"
                    self.assertEqual(harness.field(answer, "MSA", 2), ident)
        self.check_unchanged()

    def test_tolerated_escapes(self):
        with self.wire() as w:
            for number, (name, text) in enumerate(TOLERATED):
                with self.subTest(name):
                    answer = w.ask(message(ident=f"E{number}", ids=f"esc{number}^^^F01", name=text))
                    self.assertEqual(harness.field(answer, "MSA", 1), "AA")
        self.assertTrue(self.server.is_alive())

    def test_connection_lost_inside_a_frame(self):
        whole = harness.FRAME_BEGIN + message(ids=f"cut^^^F01&{OID}&ISO") + harness.FRAME_END
        for cut in (1, 2, 40, len(whole) // 2, len(whole) - 2, len(whole) - 1):
            with self.subTest(cut=cut), self.wire() as w:
                w.sock.sendall(whole[:cut])
        time.sleep(0.3)
        self.check_unchanged()

    def test_frame_in_pieces_is_a_frame(self):
        whole = harness.FRAME_BEGIN + query() + harness.FRAME_END
        with self.wire() as w:
            for i in range(len(whole)):
                w.sock.sendall(whole[i:i + 1])
            self.assertEqual(harness.field(w.frame(), "QAK", 2), "OK")
        self.check_unchanged()

    def test_end_byte_inside_closes(self):
        with self.wire() as w:
            w.sock.sendall(harness.FRAME_BEGIN + message()[:60] + b"\x1cX")
            self.assertTrue(w.closes())
        self.check_unchanged()

    def test_begin_byte_inside_starts_anew(self):
        with self.wire() as w:
            w.sock.sendall(harness.FRAME_BEGIN + message(ids="lost^^^F01")[:90])
            self.assertEqual(harness.field(w.ask(query()), "QAK", 2), "OK")
        self.check_unchanged()

    def test_frames_without_a_message_end_the_connection(self):
        with self.wire() as w:
            for body in (b"", b"hello", b"PID|1||x", b"MSH"):
                try:
                    w.sock.sendall(harness.FRAME_BEGIN + body + harness.FRAME_END)
                except (BrokenPipeError, ConnectionResetError):
                    break
            self.assertTrue(w.closes())
        self.check_unchanged()

    def send_rubbish(self, data):
        """Sends until the server has enough; what comes back is read so that nothing jams."""
        with self.wire() as w:
            w.sock.settimeout(10)
            try:
                w.sock.sendall(data)
                w.sock.shutdown(socket.SHUT_WR)
                while w.sock.recv(65536):
                    pass
            except (BrokenPipeError, ConnectionResetError):
                pass

    def test_four_mebibytes_of_rubbish(self):
        rng = random.Random(3)
        noise = rng.randbytes(4 * MIB)
        kinds = {
            "between frames": noise.replace(harness.FRAME_BEGIN, b" "),
            "noise": noise,
            "a frame of noise": harness.FRAME_BEGIN + noise.translate(
                bytes(32 if b in (0x0B, 0x1C) else b for b in range(256))) + harness.FRAME_END,
            "begin bytes": harness.FRAME_BEGIN * (4 * MIB),
            "a frame without end": harness.FRAME_BEGIN + b"MSH|" + b"x" * (5 * MIB),
            "zeros": harness.FRAME_BEGIN + bytes(4 * MIB) + harness.FRAME_END,
        }
        for name, data in kinds.items():
            with self.subTest(name):
                self.send_rubbish(data)
                self.check_unchanged()

    def test_large_frames_are_answered(self):
        pad = b"Z" * (4 * MIB - 200)
        big = [
            ("separators", message(name="^" * (3 * MIB))),
            ("repetitions", message(name="~" * (3 * MIB))),
            ("escapes", message(name="\\" * (3 * MIB))),
            ("segments", message(ids="") + b"ZZZ|1\r" * (MIB // 2)),
            ("one long field", message(name=f"{'N' * (3 * MIB)}^A")),
            ("MSH alone", b"MSH|^~\\&|" + pad),
        ]
        for name, body in big:
            with self.subTest(name), self.wire() as w:
                answer = w.ask(body)
                # Refused, or (nothing but separators says nothing about a name) accepted as no news
                if answer is not None and harness.field(answer, "MSA", 1) == "AA":
                    self.assertIn(name, ("separators", "repetitions"))
                else:
                    self.assertEqual(self.state(), self.before)
        self.assertTrue(self.server.is_alive())

    def test_admin_refuses_nonsense(self):
        for method, path, body in (("POST", "/domains", b"{"), ("POST", "/domains", b"[]"),
                                   ("POST", "/domains", {"namespace": "A|B", "oid": "1.2"}),
                                   ("POST", "/domains", {"namespace": "F09", "oid": "x"}),
                                   ("POST", "/feed", b"no message"),
                                   ("GET", "/resolve?id=F01", None),
                                   ("GET", "/links?limit=0", None),
                                   ("GET", "/links?limit=%zz", None)):
            with self.subTest(path=path, body=body):
                self.assertEqual(self.server.request(method, path, body)[0], 400)
        self.check_unchanged()


if __name__ == "__main__":
    unittest.main()
