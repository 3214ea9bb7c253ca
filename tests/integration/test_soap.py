#!/usr/bin/python3
"""PIXV3 over SOAP as clients that others wrote see it: zeep from our typed WSDL, curl with chunks and
100-continue; answers are validated with xmllint; envelopes that nobody should send.

In: NAYOSE_BIN, the directory of nayosed and nayose; NAYOSE_HL7V3_SCHEMAS as in messages_v3.py.
"""
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as ET

import zeep

import harness
from messages_v3 import ADDRESSING, ENVELOPE, FOLDER, HAVE_SCHEMAS, OID, SCHEMAS, SOAP, envelope

NS = {"e": ENVELOPE, "h": "urn:hl7-org:v3", "a": ADDRESSING}
ACTION = "urn:hl7-org:v3:PRPA_IN201309UV02"
SERVER = None


def setUpModule():
    global SERVER
    SERVER = harness.Server()
    if HAVE_SCHEMAS:
        SERVER.configure(f"[soap]\nschema_dir = {SCHEMAS}\nvalidate = report\n")
    SERVER.start()
    for i in (1, 2, 3):
        SERVER.add_domain(f"F0{i}", f"{OID}{i}", f"病院{i}")
    # One patient by the facilities' own word (a link), so that no score decides.
    for i in (1, 2):
        feed(i, f"ADT^A28^ADT_A05|M{i}|P|2.5\rEVN||20260101000000\r"
                f"PID|||{i}00^^^F0{i}&{OID}{i}&ISO^PI||山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P||19700101|M"
                "|||東京都千代田区丸の内1-1-1^^^^1000005^JPN^H||^PRN^PH^^^^^^^^^0312345678\r"
                "PV1||N\r")


def feed(i, rest):
    head = f"MSH|^~\\&|HIS|F0{i}|NAYOSE||20260101000000||"
    with harness.Wire(SERVER.mllp_port) as wire:
        first, _, tail = (head + rest).partition("\r")
        answer = wire.ask((first + "||||||UNICODE UTF-8\r" + tail).encode())
    assert harness.field(answer, "MSA", 1) == "AA", answer


def tearDownModule():
    SERVER.close()


def query(local_id="100", root=OID + "1", sources=(), **changes):
    """PRPA_IN201309UV02 as text."""
    values = {"processing": "P", "interaction": "PRPA_IN201309UV02", "moods": "EVN",
              "acknowledge": '<acceptAckCode code="AL"/>'} | changes
    sources = "".join(f'<dataSource><value root="{s}"/><semanticsText>DataSource.id</semanticsText>'
                      "</dataSource>" for s in sources)
    return f"""<PRPA_IN201309UV02 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0">
<id root="1.2.3.4" extension="Q1"/><creationTime value="20260102030405"/>
<interactionId root="2.16.840.1.113883.1.6" extension="{values['interaction']}"/>
<processingCode code="{values['processing']}"/><processingModeCode code="T"/>{values['acknowledge']}
<receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE"><id root="2.999.9"/></device></receiver>
<sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE"><id root="2.999.8"/></device></sender>
<controlActProcess classCode="CACT" moodCode="{values['moods']}"><code code="PRPA_TE201309UV02" codeSystem="2.16.840.1.113883.1.6"/>
<authorOrPerformer typeCode="AUT"><assignedPerson classCode="ASSIGNED"><id root="2.999.7" extension="x"/></assignedPerson></authorOrPerformer>
<queryByParameter><queryId root="1.2.3.5" extension="77"/><statusCode code="new"/><responsePriorityCode code="I"/>
<parameterList>{sources}<patientIdentifier><value root="{root}" extension="{local_id}"/><semanticsText>Patient.id</semanticsText></patientIdentifier></parameterList>
</queryByParameter></controlActProcess></PRPA_IN201309UV02>"""


def post(data, content_type=SOAP, path="/pixmanager", port=None):
    """Status and the envelope's root (or the text)."""
    conn = http.client.HTTPConnection("127.0.0.1", port or SERVER.http_port, timeout=60)
    try:
        conn.request("POST", path, body=data, headers={"Content-Type": content_type})
        reply = conn.getresponse()
        body = reply.read()
        return reply.status, ET.fromstring(body) if body.lstrip().startswith(b"<") else body
    finally:
        conn.close()


def told(root):
    """What an answer says: acknowledgement, response, ids, details as (code, place)."""
    m = root.find("e:Body/h:PRPA_IN201310UV02", NS)
    ids = [(i.get("root"), i.get("extension")) for i in m.iterfind(".//h:patient/h:id", NS)]
    details = [(d.find("h:code", NS).get("code"), d.findtext("h:location", None, NS))
               for d in m.iterfind("h:acknowledgement/h:acknowledgementDetail", NS)]
    return (m.find("h:acknowledgement/h:typeCode", NS).get("code"),
            m.find(".//h:queryResponseCode", NS).get("code"), ids, details)


def fault(root):
    """Code, subcodes."""
    return [v.text for v in root.iterfind("e:Body/e:Fault/e:Code//e:Value", NS)]


LIST = "/PRPA_IN201309UV02/controlActProcess/queryByParameter/parameterList"


class Answers(unittest.TestCase):
    def regional(self):
        return SERVER.links()["F01", "100"]

    def test_cases(self):
        both = [(OID + "2", "200")] if self.linked() else []
        regional = ("2.999.1", self.regional())
        cases = (
            ("all", query(), ("AA", "OK", both + [regional], [])),
            ("named", query(sources=["2.999.1"]), ("AA", "OK", [regional], [])),
            ("itself is not told", query(sources=[OID + "1"]), ("AA", "NF", [], [])),
            ("nothing there", query(sources=[OID + "3"]), ("AA", "NF", [], [])),
            ("a URN", query(root="urn:oid:" + OID + "1", sources=["2.999.1"]),
             ("AA", "OK", [regional], [])),
            ("unknown id", query("999"),
             ("AE", "AE", [], [("204", LIST + "/patientIdentifier/value")])),
            ("unknown root", query(root="1.2.3"),
             ("AE", "AE", [], [("204", LIST + "/patientIdentifier/value")])),
            ("unknown id before unknown source", query("999", sources=["1.2.3"]),
             ("AE", "AE", [], [("204", LIST + "/patientIdentifier/value")])),
            ("unknown sources", query(sources=["1.2.3", OID + "2", "1.2.4"]),
             ("AE", "AE", [], [("204", LIST + "/dataSource[1]/value"),
                               ("204", LIST + "/dataSource[3]/value")])),
            ("no id", query(""), ("AE", "QE", [], [("SYN105", LIST + "/patientIdentifier/value")])),
            ("test", query(processing="T"),
             ("AE", "QE", [], [("NS202", "/PRPA_IN201309UV02/processingCode")])),
            ("another interaction", query(interaction="PRPA_IN201305UV02"),
             ("AE", "QE", [], [("NS200", "/PRPA_IN201309UV02/interactionId")])),
        )
        answers = []
        for name, message, expected in cases:
            with self.subTest(name):
                status, root = post(envelope(message))
                self.assertEqual(status, 200)
                self.assertEqual(told(root), expected)
                self.assertEqual(root.find(".//h:queryAck/h:queryId", NS).get("extension"), "77")
                self.assertEqual(
                    root.find(".//h:targetMessage/h:id", NS).attrib,
                    {"root": "1.2.3.4", "extension": "Q1"})
                self.assertIsNotNone(root.find(".//h:queryByParameter//h:patientIdentifier", NS))
                if name not in ("a URN", "no id"):  # whose questions, sent back, are not valid
                    answers.append(root)
        if HAVE_SCHEMAS:
            self.validate(answers)

    def linked(self):
        links = SERVER.links()
        return links["F01", "100"] == links["F02", "200"]

    def validate(self, roots):
        with tempfile.TemporaryDirectory() as folder:
            files = [os.path.join(folder, f"{i}.xml") for i in range(len(roots))]
            for name, root in zip(files, roots):
                ET.ElementTree(root.find("e:Body/h:PRPA_IN201310UV02", NS)).write(name, "utf-8")
            run = subprocess.run(
                ["xmllint", "--noout", "--schema",
                 os.path.join(FOLDER, "PRPA_IN201310UV02.xsd"), *files],
                capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_the_same_question_by_v2_gives_the_same_ids(self):
        with harness.Wire(SERVER.mllp_port) as wire:
            answer = wire.ask(f"MSH|^~\\&|APP|FAC|NAYOSE||20260102||QBP^Q23^QBP_Q21|Q1|P|2.5\r"
                              f"QPD|IHE PIX Query|1|100^^^F01&{OID}1&ISO\rRCP|I\r".encode())
        by_v2 = [(c.split("^")[3].split("&")[1], c.split("^")[0])
                 for c in harness.field(answer, "PID", 3).split("~")]
        self.assertEqual(told(post(envelope(query()))[1])[2], by_v2)

    def test_each_question_leaves_its_audit_row(self):
        count = "SELECT count(*) FROM nayose.audit_event WHERE transaction = 'ITI-45'"
        before = SERVER.number(count)
        post(envelope(query()))
        post(envelope(query("999")))
        self.assertEqual(SERVER.number(count), before + 2)

    def test_addressing_is_answered_when_it_was_used(self):
        root = post(envelope(query()))[1]
        self.assertIsNone(root.find("e:Header/a:Action", NS))
        root = post(envelope(query(), f"<a:Action e:mustUnderstand='1'>\n {ACTION} </a:Action>"
                                      "<a:MessageID>urn:uuid:1</a:MessageID>"))[1]
        self.assertEqual(root.findtext("e:Header/a:Action", None, NS),
                         "urn:hl7-org:v3:PRPA_IN201310UV02")
        self.assertEqual(root.findtext("e:Header/a:RelatesTo", None, NS), "urn:uuid:1")
        self.assertTrue(root.findtext("e:Header/a:MessageID", "", NS).startswith("urn:uuid:"))


@unittest.skipUnless(HAVE_SCHEMAS, "the HL7 V3 schemas are not here (NAYOSE_HL7V3_SCHEMAS)")
class Validation(unittest.TestCase):
    def invalid(self):
        for line in SERVER.request("GET", "/metrics")[1].decode().splitlines():
            if line.startswith("nayose_soap_invalid_total "):
                return int(line.split()[1])
        return None

    def test_report_counts_what_is_not_valid_and_answers_it(self):
        before = self.invalid()
        self.assertEqual(told(post(envelope(query()))[1])[0], "AA")
        self.assertEqual(self.invalid(), before)
        self.assertEqual(told(post(envelope(query(root="urn:oid:" + OID + "1")))[1])[0], "AA")
        self.assertEqual(self.invalid(), before + 1)

    def test_strict_refuses_what_is_not_valid(self):
        server = harness.Server()
        self.addCleanup(server.close)
        server.configure(f"[soap]\nschema_dir = {SCHEMAS}\nvalidate = strict\n")
        server.start()
        for message, code in ((query("nobody"), "204"), (query(acknowledge="<x/>"), "SYN113")):
            status, root = post(envelope(message), port=server.http_port)
            self.assertEqual((status, told(root)[0], told(root)[3][0][0]), (200, "AE", code))
        for name, path, code in (("PRPA_IN201301UV02", "/pixmanager", "CE"),
                                 ("PRPA_IN201305UV02", "/pdsupplier", "AE")):
            status, root = post(envelope(f'<{name} xmlns="urn:hl7-org:v3"/>'), path=path,
                                port=server.http_port)
            self.assertEqual(
                (status, root.find(".//h:acknowledgement/h:typeCode", NS).get("code"),
                 root.find(".//h:acknowledgementDetail/h:code", NS).get("code")),
                (200, code, "SYN113"))


class Faults(unittest.TestCase):
    def test_envelopes_that_cannot_be_used(self):
        action = f"<a:Action>{ACTION}</a:Action>"
        reply = "<a:ReplyTo><a:Address>http://elsewhere/</a:Address></a:ReplyTo>"
        dtd = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        xxe = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        old = envelope(query()).replace(NS["e"].encode(), b"http://schemas.xmlsoap.org/soap/envelope/")
        cases = (
            ("nonsense", b"<a", 500, ["env:Sender"]),
            ("empty", b"", 500, ["env:Sender"]),
            ("no envelope", query().encode(), 500, ["env:Sender"]),
            ("empty body", envelope(""), 500, ["env:Sender"]),
            ("two in the body", envelope(query() + query()), 500, ["env:Sender"]),
            ("not ours", envelope('<x xmlns="urn:x"/>'), 500, ["env:Sender"]),
            ("billion laughs", dtd + envelope(query("&b;")), 500, ["env:Sender"]),
            ("XXE", xxe + envelope(query("&a;")), 500, ["env:Sender"]),
            ("deep", envelope("<x>" * 5000 + "</x>" * 5000), 500, ["env:Sender"]),
            ("other action", envelope(query(), "<a:Action>urn:x</a:Action>"), 500,
             ["env:Sender", "wsa:ActionNotSupported"]),
            ("action twice", envelope(query(), action * 2), 500,
             ["env:Sender", "wsa:InvalidAddressingHeader", "wsa:InvalidCardinality"]),
            ("reply elsewhere", envelope(query(), action + reply), 500,
             ["env:Sender", "wsa:InvalidAddressingHeader", "wsa:OnlyAnonymousAddressSupported"]),
            ("not understood", envelope(query(), '<x xmlns="urn:x" e:mustUnderstand="true"/>'), 500,
             ["env:MustUnderstand"]),
        )
        for name, data, status, codes in cases:
            with self.subTest(name):
                got, root = post(data)
                self.assertEqual((got, fault(root)), (status, codes))
                self.assertNotIn("root:", ET.tostring(root, "unicode"))
        with self.subTest("SOAP 1.1"):
            got, root = post(old, "text/xml; charset=utf-8")
            self.assertEqual(got, 500)
            self.assertIn("VersionMismatch", ET.tostring(root, "unicode"))
            self.assertEqual(root.tag, "{http://schemas.xmlsoap.org/soap/envelope/}Envelope")
        with self.subTest("MTOM"):
            got, root = post(b"--x\r\n", 'multipart/related; boundary=x; type="application/xop+xml"')
            self.assertEqual((got, fault(root)), (415, ["env:Sender"]))

    def test_headers_for_others_are_passed_over(self):
        header = (f'<x xmlns="urn:x" e:mustUnderstand="1" e:role="urn:somebody"/>'
                  '<y xmlns="urn:x" e:mustUnderstand="0"/>')
        self.assertEqual(post(envelope(query(), header))[0], 200)

    def test_large_messages(self):
        """4 MiB in a message: under 40 MiB more, and as before afterwards."""
        def resident():
            with open(f"/proc/{SERVER.pid}/status", encoding="ascii") as f:
                lines = dict(line.split(":", 1) for line in f)
            return int(lines["VmRSS"].split()[0]), int(lines["VmHWM"].split()[0])

        # The question goes back in the answer: each of its bytes is held more often than others.
        filler = "<x>" + "a" * 1000000 + "</x>"
        size = 4 * 1024 * 1024 - len(envelope(query()))
        data = envelope(query().replace("<parameterList>", filler * (size // len(filler)) +
                                        "<parameterList>"))
        self.assertGreater(len(data), 4000000)
        post(envelope(query()))
        before = resident()[0]
        self.assertEqual(told(post(data)[1])[:2], ("AA", "OK"))
        if "asan" in harness.BIN:
            return
        self.assertLess(resident()[1] - before, 40 * 1024)
        end = time.monotonic() + 60
        while resident()[0] - before > 8 * 1024:
            self.assertLess(time.monotonic(), end, "the memory does not come back")
            post(envelope(query()))

    def test_what_is_larger_is_refused_at_once(self):
        with socket.create_connection(("127.0.0.1", SERVER.http_port), timeout=60) as s:
            s.sendall(b"POST /pixmanager HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n\r\n")
            self.assertTrue(s.recv(100).startswith(b"HTTP/1.1 413 "))


class Clients(unittest.TestCase):
    def url(self, query_string="wsdl"):
        return f"http://127.0.0.1:{SERVER.http_port}/pixmanager?{query_string}"

    def curl(self, *options):
        with tempfile.NamedTemporaryFile() as f:
            f.write(envelope(query()))
            f.flush()
            run = subprocess.run(
                ["curl", "-sS", "-v", "--max-time", "60", "-H", f"Content-Type: {SOAP}", *options,
                 "--data-binary", "@" + f.name, self.url("").rstrip("?")],
                capture_output=True, text=True, check=True)
        self.assertEqual(told(ET.fromstring(run.stdout))[:2], ("AA", "OK"))
        return run.stderr

    def test_curl_in_chunks_and_with_100_continue(self):
        self.assertIn("Transfer-Encoding: chunked", self.curl("-H", "Transfer-Encoding: chunked"))
        said = self.curl("-H", "Transfer-Encoding: chunked", "-H", "Expect: 100-continue",
                         "--expect100-timeout", "50")
        self.assertIn("HTTP/1.1 100 Continue", said)

    def typed(self, interaction, act):
        """The arguments of a message for zeep, which finds their types in the WSDL."""
        device = {"classCode": "DEV", "determinerCode": "INSTANCE", "id": [{"root": "2.999.8"}]}
        return {"ITSVersion": "XML_1.0", "id": {"root": "1.2.3.4", "extension": "Z1"},
                "creationTime": {"value": "20260102030405"},
                "interactionId": {"root": "2.16.840.1.113883.1.6", "extension": interaction},
                "processingCode": {"code": "P"}, "processingModeCode": {"code": "T"},
                "acceptAckCode": {"code": "AL"}, "receiver": [{"typeCode": "RCV", "device": device}],
                "sender": {"typeCode": "SND", "device": device},
                "controlActProcess": {"classCode": "CACT", "moodCode": "EVN"} | act}

    @unittest.skipUnless(HAVE_SCHEMAS, "the HL7 V3 schemas are not here (NAYOSE_HL7V3_SCHEMAS)")
    def test_zeep_over_the_typed_wsdl(self):
        """What has no names, which zeep's types cannot hold: queries by id, the next page, a cancel."""
        patient = {"value": [{"root": OID + "1", "extension": "100"}], "semanticsText": {}}
        query_id = {"root": "1.2.3.5", "extension": "zeep"}
        asked = {"queryId": query_id, "statusCode": {"code": "new"}, "responsePriorityCode": {"code": "I"}}
        pix = zeep.Client(self.url()).service
        pdq = zeep.Client(f"http://127.0.0.1:{SERVER.http_port}/pdsupplier?wsdl").service
        answer = pix.PIXManager_PRPA_IN201309UV02(**self.typed("PRPA_IN201309UV02", {
            "queryByParameter": asked | {"parameterList": {"patientIdentifier": [patient]}}}))
        self.assertEqual(answer.acknowledgement[0].typeCode.code, "AA")
        self.assertEqual(answer.controlActProcess.queryAck.queryResponseCode.code, "OK")
        answer = pdq.PDSupplier_PRPA_IN201305UV02(**self.typed("PRPA_IN201305UV02", {
            "queryByParameter": asked | {"parameterList": {"livingSubjectId": [patient]}}}))
        self.assertEqual(answer.controlActProcess.queryAck.resultTotalQuantity.value, 1)
        more = {"queryContinuation": {"queryId": query_id, "statusCode": {"code": "waitContinuedQueryResponse"}}}
        answer = pdq.PDSupplier_QUQI_IN000003UV01_Continue(**self.typed("QUQI_IN000003UV01", more))
        self.assertEqual(answer.controlActProcess.queryAck.queryResponseCode.code, "AE")  # there is no more
        answer = pdq.PDSupplier_QUQI_IN000003UV01_Cancel(**self.typed("QUQI_IN000003UV01", more))
        self.assertEqual(answer.acknowledgement[0].typeCode.code, "CE")

    def test_what_else_is_asked_of_the_path(self):
        conn = http.client.HTTPConnection("127.0.0.1", SERVER.http_port, timeout=60)
        for method, path, status in (("GET", "/pixmanager", 405), ("DELETE", "/pixmanager", 405),
                                     ("GET", "/pixmanager/x", 404), ("POST", "/pixmanager/x", 404),
                                     ("GET", "/pixmanager/schemas/coreschemas/none.xsd", 404),
                                     ("GET", "/pixmanager/schemas/coreschemas/voc.xsd",
                                      200 if HAVE_SCHEMAS else 404),
                                     ("GET", "/pixmanager/schemas/coreschemas/..%2Fcoreschemas%2Fvoc.xsd",
                                      404),
                                     ("GET", "/pixmanager/schemas/./coreschemas/voc.xsd", 404),
                                     ("GET", "/pixmanager?wsdl", 200)):
            conn.request(method, path)
            reply = conn.getresponse()
            reply.read()
            self.assertEqual((path, reply.status), (path, status))
        conn.close()


if __name__ == "__main__":
    sys.exit(unittest.main())
