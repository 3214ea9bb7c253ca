#!/usr/bin/python3
"""Feeds and demographics queries in HL7 v3 through a real server: added by v3 and by v2, one record;
revised, merged, asked for, paged through. Answers are validated with the schemas of 2008.

In: NAYOSE_BIN, the directory of nayosed and nayose; NAYOSE_HL7V3_SCHEMAS as in test_soap.py; without
them only the validation is left out, and that is said.
"""
import http.client
import http.server
import os
import sys
import threading
import time
import unittest

from lxml import etree

import harness

SCHEMAS = os.environ.get("NAYOSE_HL7V3_SCHEMAS") or os.path.join(
    harness.ROOT, "..", "shared", "hl7v3-schemas", "HL7V3", "NE2008")
FOLDER = os.path.join(SCHEMAS, "multicacheschemas")
OID = "1.2.392.100495.20.3.51."
HL7 = "{urn:hl7-org:v3}"
ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
SERVER = None
PARSED = {}
NUMBER = iter(range(1, 100000))


def setUpModule():
    global SERVER
    SERVER = harness.Server()
    SERVER.start()
    for i in (1, 2, 3):
        status, answer = SERVER.request("POST", "/domains", {
            "namespace": f"F0{i}", "oid": f"{OID}{i}", "name": f"病院{i}"})
        assert status in (200, 201), answer
    if not os.path.isdir(FOLDER):
        print("no HL7 schemas: answers are not validated", file=sys.stderr)


def tearDownModule():
    SERVER.close()


def validate(message):
    name = etree.QName(message).localname
    path = os.path.join(FOLDER, name + ".xsd")
    if os.path.exists(path):
        if name not in PARSED:
            PARSED[name] = etree.XMLSchema(etree.parse(path))
        PARSED[name].assertValid(etree.fromstring(etree.tostring(message)))


def ask(path, kind, sender, act, element=None, number=None, header=""):
    """The answer's element. number: of the message, default a new one. sender: number of the domain whose OID the sender's organisation has."""
    element = element or kind
    body = f"""<{element} xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0">
<id root="1.2.3.4" extension="T{number or next(NUMBER)}"/><creationTime value="20260102030405"/>
<interactionId root="2.16.840.1.113883.1.6" extension="{kind}"/>
<processingCode code="P"/><processingModeCode code="T"/><acceptAckCode code="AL"/>
<receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE"><id root="2.999.9"/></device></receiver>
<sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE"><id root="2.999.8"/>
<asAgent classCode="AGNT"><representedOrganization classCode="ORG" determinerCode="INSTANCE"><id root="{OID}{sender}"/></representedOrganization></asAgent></device></sender>
<controlActProcess classCode="CACT" moodCode="EVN">{act}</controlActProcess></{element}>"""
    data = f'<e:Envelope xmlns:e="{ENVELOPE}"><e:Header>{header}</e:Header><e:Body>{body}</e:Body></e:Envelope>'.encode()
    conn = http.client.HTTPConnection("127.0.0.1", SERVER.http_port, timeout=60)
    try:
        conn.request("POST", path, body=data,
                     headers={"Content-Type": "application/soap+xml; charset=utf-8"})
        reply = conn.getresponse()
        text = reply.read()
        assert reply.status == 200, text
    finally:
        conn.close()
    answer = etree.fromstring(text).find(f"{{{ENVELOPE}}}Body")[0]
    validate(answer)
    return answer


def code(answer, name):
    return answer.find(f".//{HL7}{name}").get("code")


def person(i, local_id, given="太郎", kana="タロウ", birth="19700101", rest=""):
    return f"""<subject typeCode="SUBJ"><registrationEvent classCode="REG" moodCode="EVN"><statusCode code="active"/>
<subject1 typeCode="SBJ"><patient classCode="PAT"><id root="{OID}{i}" extension="{local_id}"/><statusCode code="active"/>
<patientPerson classCode="PSN" determinerCode="INSTANCE"><name use="L IDE"><family>山田</family><given>{given}</given></name>
<name use="L SYL"><family>ヤマダ</family><given>{kana}</given></name><telecom use="HP" value="tel:0312345678"/>
<administrativeGenderCode code="M"/><birthTime value="{birth}"/>
<addr use="H"><streetAddressLine>丸の内1-1-1</streetAddressLine><city>千代田区</city><state>東京都</state><postalCode>1000005</postalCode></addr>
</patientPerson></patient></subject1>{rest}</registrationEvent></subject>"""


def feed(kind, i, act):
    return ask("/pixmanager", kind, i, act)


def merge(i, survivor, gone):
    replaced = f"""<replacementOf typeCode="RPLC"><priorRegistration classCode="REG" moodCode="EVN"><statusCode code="obsolete"/>
<subject1 typeCode="SBJ"><priorRegisteredRole classCode="PAT"><id root="{OID}{i}" extension="{gone}"/></priorRegisteredRole></subject1></priorRegistration></replacementOf>"""
    return feed("PRPA_IN201304UV02", i, person(i, survivor, rest=replaced))


def query(parameters, quantity=0, query_id="1"):
    initial = f'<initialQuantity value="{quantity}"/>' if quantity else ""
    return ask("/pdsupplier", "PRPA_IN201305UV02", 1, f"""<code code="PRPA_TE201305UV02"/>
<queryByParameter><queryId root="1.2.3.5" extension="{query_id}"/><statusCode code="new"/>{initial}
<parameterList>{parameters}</parameterList></queryByParameter>""")


def named(family, given):
    return ("<livingSubjectName><value><family>" + family + "</family><given>" + given
            + "</given></value><semanticsText>LivingSubject.name</semanticsText></livingSubjectName>")


def more(query_id, status="waitContinuedQueryResponse", element="QUQI_IN000003UV01"):
    return ask("/pdsupplier", "QUQI_IN000003UV01", 1, f"""<code code="QUQI_TE000003UV01"/>
<queryContinuation><queryId root="1.2.3.5" extension="{query_id}"/><statusCode code="{status}"/></queryContinuation>""",
               element)


def ids(answer):
    return {(i.get("root"), i.get("extension")) for i in answer.iterfind(f".//{HL7}patient/{HL7}id")}


class Feeds(unittest.TestCase):
    def test_one_record(self):
        self.assertEqual(code(feed("PRPA_IN201301UV02", 1, person(1, "A1")), "typeCode"), "CA")
        with harness.Wire(SERVER.mllp_port) as wire:
            answer = wire.ask((
                "MSH|^~\\&|HIS|F02|||20260102030405||ADT^A28|X1|P|2.5||||||UNICODE UTF-8\r"
                "EVN||20260102030405\r"
                f"PID|||A1^^^&{OID}2&ISO||山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P||19700101|M"
                "|||丸の内1-1-1^^千代田区^東京都^1000005^^H||0312345678^PRN\r").encode())
        self.assertEqual(harness.field(answer, "MSA", 1), "AA")
        rows = SERVER.sql("SELECT encode(record, 'hex') FROM nayose.identity WHERE local_id = 'A1'")
        self.assertEqual(len(rows), 2, rows)
        self.assertEqual(rows[0], rows[1])

    def test_revise_and_repeat(self):
        self.assertEqual(code(feed("PRPA_IN201302UV02", 1, person(1, "B1")), "typeCode"), "CA")
        self.assertEqual(code(feed("PRPA_IN201302UV02", 1, person(1, "B1", "次郎", "ジロウ")),
                              "typeCode"), "CA")
        found = query(named("山田", "次郎"))
        self.assertIn((OID + "1", "B1"), ids(found))

    def test_sent_again(self):
        """In another envelope it is the same message, and has the same answer."""
        answers = [
            etree.tostring(ask("/pixmanager", "PRPA_IN201301UV02", 1, person(1, "E1"), number="again",
                               header=f'<x:n xmlns:x="urn:x">{i}</x:n>')) for i in (1, 2)]
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(SERVER.sql("SELECT count(*) FROM nayose.message"
                                    " WHERE control_id = '1.2.3.4^Tagain'"), [["1"]])

    def test_refusals(self):
        self.assertEqual(code(feed("PRPA_IN201301UV02", 1, person(2, "C1")), "typeCode"), "CE")
        self.assertEqual(code(feed("PRPA_IN201301UV02", 9, person(9, "C1")), "typeCode"), "CR")
        self.assertEqual(code(feed("PRPA_IN201301UV02", 1, person(1, "C1") + person(1, "C2")),
                              "typeCode"), "CE")
        self.assertNotIn(("F01", "C1"), SERVER.links())

    def test_merge(self):
        for local_id in ("D1", "D2"):
            feed("PRPA_IN201301UV02", 1, person(1, local_id, "三郎", "サブロウ"))
        self.assertEqual(code(merge(1, "D1", "D2"), "typeCode"), "CA")
        links = SERVER.links()
        self.assertIn(("F01", "D1"), links)
        self.assertNotIn(("F01", "D2"), links)


class Queries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for n in range(3):
            answer = feed("PRPA_IN201301UV02", 3,
                          person(3, f"P{n}", "花子", "ハナコ", birth=f"19{5 + n}00203"))
            assert code(answer, "typeCode") == "CA"

    def test_pages(self):
        seen = []
        answer = query(named("山田", "花子"), 1, "pages")
        while True:
            seen += [i for i in ids(answer) if i[0] == OID + "3"]
            left = answer.find(f".//{HL7}resultRemainingQuantity").get("value")
            if left == "0":
                break
            answer = more("pages")
        self.assertEqual(sorted(seen), [(OID + "3", f"P{n}") for n in range(3)])
        self.assertEqual(code(more("pages"), "queryResponseCode"), "AE")

    def test_cancel(self):
        for status, element in (("aborted", "QUQI_IN000003UV01"),
                                ("aborted", "QUQI_IN000003UV01_Cancel")):
            query(named("山田", "花子"), 1, "cancelled")
            self.assertEqual(code(more("cancelled", status, element), "typeCode"), "CA")
            self.assertEqual(code(more("cancelled"), "queryResponseCode"), "AE")

    def test_nobody(self):
        answer = query(named("夏目", "金之助"))
        self.assertEqual(code(answer, "typeCode"), "AA")
        self.assertEqual(code(answer, "queryResponseCode"), "NF")


class Consumer(http.server.BaseHTTPRequestHandler):
    """A PIXV3 consumer: refuses whom it is told to, and is broken the first time."""
    told = []  # (what it answered, ids, message id)
    changed = threading.Condition()
    refuse = set()

    def do_POST(self):
        root = etree.fromstring(self.rfile.read(int(self.headers["Content-Length"])))
        message = root.find(f"{{{ENVELOPE}}}Body")[0]
        validate(message)
        number = message.find(HL7 + "id").get("extension")
        told = ids(message)
        broken = not Consumer.told
        word = "CE" if told & Consumer.refuse else "CA"
        answer = f"""<e:Envelope xmlns:e="{ENVELOPE}"><e:Body><MCCI_IN000002UV01 xmlns="urn:hl7-org:v3"><acknowledgement>
<typeCode code="{word}"/><targetMessage><id root="1.2" extension="{number}"/></targetMessage></acknowledgement></MCCI_IN000002UV01></e:Body></e:Envelope>""".encode()
        self.send_response(500 if broken else 200)
        self.end_headers()  # no Content-Length: the end of the connection ends it
        self.wfile.write(b"<fault/>" if broken else answer)
        with Consumer.changed:
            Consumer.told.append(("" if broken else word, told, number))
            Consumer.changed.notify_all()

    def log_message(self, *args):
        pass

    @classmethod
    def wait(cls, wanted):
        with cls.changed:
            assert cls.changed.wait_for(lambda: any(wanted(*t) for t in cls.told), 60), cls.told


class Notifications(unittest.TestCase):
    def test_consumer(self):
        service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Consumer)
        threading.Thread(target=service.serve_forever, daemon=True).start()
        try:
            settings = {"name": "portal", "address": f"127.0.0.1:{service.server_address[1]}",
                        "path": "no path", "application": "2.999.5", "facility": "2.999.6"}
            self.assertEqual(SERVER.request("POST", "/consumers", settings)[0], 400)
            self.assertEqual(SERVER.request("POST", "/consumers", settings | {"path": "/pix"})[0], 200)
            Consumer.refuse.add((OID + "2", "N2"))
            for i in (1, 2, 3):
                feed("PRPA_IN201301UV02", i, person(i, f"N{i}", f"四{i}郎", "シロウ", f"197{i}0304"))
            Consumer.wait(lambda word, told, _: word == "CA" and (OID + "1", "N1") in told)
            Consumer.wait(lambda word, told, _: word == "CE" and (OID + "2", "N2") in told)
            Consumer.wait(lambda word, told, _: word == "CA" and (OID + "3", "N3") in told)
            first = [number for word, told, number in Consumer.told if (OID + "1", "N1") in told]
            self.assertEqual(first[0], first[1])  # after the fault it is told the same again
            # What was refused is kept aside, the rest goes.
            end = time.monotonic() + 60
            while (SERVER.sql("SELECT count(*) FROM nayose.notification") != [["1"]]
                   and time.monotonic() < end):
                time.sleep(0.05)
            self.assertEqual(SERVER.sql("SELECT answer FROM nayose.notification"), [["CE"]])
        finally:
            service.shutdown()
            service.server_close()


if __name__ == "__main__":
    unittest.main()
