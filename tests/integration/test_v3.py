#!/usr/bin/python3
"""Feeds and demographics queries in HL7 v3 through a real server: added by v3 and by v2, one record;
revised, merged, asked for, paged through. Answers are validated with the schemas of 2008.

In: NAYOSE_BIN, the directory of nayosed and nayose; NAYOSE_HL7V3_SCHEMAS as in messages_v3.py; without
them only the validation is left out, and that is said. NAYOSE_HL7V3_SCHEMATRON: a file of IHE's rules for
PIXV3 and PDQV3, by default none.
"""
import glob
import os
import subprocess
import sys
import tempfile
import unittest

import zeep
from lxml import etree

import harness
import messages_v3
from messages_v3 import (ENVELOPE, HAVE_SCHEMAS, HL7, OID, SOAP, body, code, continuation, conversation,
                         envelope, ids, message, named, pdq_query, person, pix_query, replaced, said, schematron_failures,
                         xmllint)
from receiver_v3 import Consumer, serve

CARD = "1.2.392.100495.20.3."
SERVER = None


def setUpModule():
    global SERVER
    SERVER = harness.Server()
    SERVER.start()
    for i in (1, 2, 3):
        SERVER.add_domain(f"F0{i}", f"{OID}{i}", f"病院{i}")
    if not HAVE_SCHEMAS:
        print("no HL7 schemas: answers are not validated", file=sys.stderr)


def tearDownModule():
    SERVER.close()


def ask(path, text, header=""):
    return messages_v3.ask(SERVER, path, text, header)


def feed(kind, i, act):
    return ask("/pixmanager", message(kind, i, act))


def merge(i, survivor, gone):
    return feed("PRPA_IN201304UV02", i, person(i, survivor, rest=replaced(i, gone)))


def query(parameters, quantity=0, query_id="1", criteria="", receiver="2.999.9"):
    return ask("/pdsupplier", message("PRPA_IN201305UV02", 1, pdq_query(parameters, quantity, query_id, criteria))
               .replace('"2.999.9"', f'"{receiver}"', 1))


def more(query_id, status="waitContinuedQueryResponse", element="QUQI_IN000003UV01"):
    return ask("/pdsupplier", message("QUQI_IN000003UV01", 1, continuation(query_id, status), element))


class Feeds(unittest.TestCase):
    def test_one_record(self):
        """A patient with everything, by v3 and by v2: the same record, which keys are made of, and one group."""
        card = "".join(f"""<asOtherIDs classCode="PAT"><id root="{CARD}{n}" extension="{text}"/><scopingOrganization classCode="ORG"
determinerCode="INSTANCE"><id root="{CARD}{n}"/></scopingOrganization></asOtherIDs>""" for n, text in (("61", "01320012"), ("62", "記号"), ("63", "123")))
        mother = """<personalRelationship classCode="PRS"><code code="MTH"/><relationshipHolder1 classCode="PSN" determinerCode="INSTANCE">
<name use="L SYL"><family>スズキ</family><given>ハナ</given></name></relationshipHolder1></personalRelationship>"""
        twin = '<multipleBirthInd value="true"/><multipleBirthOrderNumber value="2"/>'
        rows = (("A1", "", "", "", "", ""), ("A2", card, "", "", "", "IN1|1||01320012|||||||記号~123\r"),
                ("A3", card + mother, "スズキ^ハナ^^^^^L^P", twin, "Y|2", "IN1|1||01320012|||||||記号~123\r"))
        for n, (local_id, others, mother_v2, before, order, in1) in enumerate(rows):
            birth = f"196{n}0{n + 1}2{n}"
            message_v3 = person(1, local_id, birth=birth, others=others).replace("<addr use", before + "<addr use")
            self.assertEqual(code(feed("PRPA_IN201301UV02", 1, message_v3), "typeCode"), "CA")
            with harness.Wire(SERVER.mllp_port) as wire:
                answer = wire.ask((
                    f"MSH|^~\\&|HIS|F02|||20260102030405||ADT^A28|X{n}|P|2.5||||||UNICODE UTF-8\r"
                    "EVN||20260102030405\r"
                    f"PID|||{local_id}^^^&{OID}2&ISO||山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P|{mother_v2}|{birth}|M"
                    f"|||丸の内1-1-1^^千代田区^東京都^1000005^^H||0312345678^PRN|||||||||||{order}\r{in1}").encode())
            self.assertEqual(harness.field(answer, "MSA", 1), "AA")
            records = SERVER.sql(f"SELECT encode(record, 'hex'), person FROM nayose.identity WHERE local_id = '{local_id}'")
            self.assertEqual(len(records), 2, records)
            self.assertEqual(records[0], records[1])

    def test_revise_and_repeat(self):
        self.assertEqual(code(feed("PRPA_IN201302UV02", 1, person(1, "B1")), "typeCode"), "CA")
        self.assertEqual(code(feed("PRPA_IN201302UV02", 1, person(1, "B1", "次郎", "ジロウ")),
                              "typeCode"), "CA")
        found = query(named("山田", "次郎"))
        self.assertIn((OID + "1", "B1"), ids(found))

    def test_sent_again(self):
        """In another envelope it is the same message, and has the same answer."""
        answers = [
            etree.tostring(ask("/pixmanager",
                               message("PRPA_IN201301UV02", 1, person(1, "E1"), number="again"),
                               f'<x:n xmlns:x="urn:x">{i}</x:n>')) for i in (1, 2)]
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(SERVER.sql("SELECT count(*) FROM nayose.message"
                                    " WHERE control_id = '1.2.3.4^Tagain'"), [["1"]])

    def test_refusals(self):
        self.assertEqual(code(feed("PRPA_IN201301UV02", 1, person(2, "R1")), "typeCode"), "CE")
        self.assertEqual(code(feed("PRPA_IN201301UV02", 9, person(9, "R1")), "typeCode"), "CR")
        self.assertEqual(code(feed("PRPA_IN201301UV02", 1, person(1, "R1") + person(1, "R2")),
                              "typeCode"), "CE")
        self.assertNotIn(("F01", "R1"), SERVER.links())

    def test_merge(self):
        for local_id in ("D1", "D2"):
            feed("PRPA_IN201301UV02", 1, person(1, local_id, "三郎", "サブロウ"))
        self.assertEqual(code(merge(1, "D1", "D2"), "typeCode"), "CA")
        links = SERVER.links()
        self.assertIn(("F01", "D1"), links)
        self.assertNotIn(("F01", "D2"), links)


class Golden(unittest.TestCase):
    """Every message of the golden conversations, but two that are sent although the schemas (ids taken back) or
    IHE's rules (several patients) do not foresee them."""

    def messages(self):
        for kind in ("iti44", "iti45", "iti46", "iti47"):
            for path in glob.glob(os.path.join(harness.ROOT, "tests", "golden", kind, "*", "*.xml")):
                root = etree.parse(path).getroot()
                if not path.endswith(("ids-removed/in.xml", "several-patients/in.xml")):
                    yield path, root[-1][0] if root.tag == f"{{{ENVELOPE}}}Envelope" else root

    def test_they_are_valid(self):
        messages = [m for _, m in self.messages()]
        self.assertGreater(len(messages), 49)
        xmllint(messages)

    @unittest.skipUnless(os.environ.get("NAYOSE_HL7V3_SCHEMATRON"),
                         "no Schematron rules for HL7 V3 are here (NAYOSE_HL7V3_SCHEMATRON)")
    def test_they_keep_the_rules(self):
        for path, m in self.messages():
            self.assertEqual(schematron_failures(os.environ["NAYOSE_HL7V3_SCHEMATRON"], m), [], path)


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

    def test_the_same_question_by_v2_finds_the_same(self):
        def parameter(name, value, semantics="x"):
            return f"<{name}>{value}<semanticsText>{semantics}</semanticsText></{name}>"
        rows = (
            (named("山田", "花子"), "@PID.5.1^山田~@PID.5.2^花子"),
            (named("ヤマダ", "ハ*"), "@PID.5.1^ヤマダ~@PID.5.2^ハ*"),
            (named("YAMADA", "HANAKO"), "@PID.5.1^YAMADA~@PID.5.2^HANAKO"),
            (parameter("livingSubjectBirthTime", '<value value="195002"/>'), "@PID.7^195002"),
            (parameter("livingSubjectBirthTime", '<value><low value="19500203"/><high value="1960"/></value>'),
             "@PID.7^19500203..1960"),
            (parameter("livingSubjectBirthTime", '<value><low value="19500203"/><width value="10" unit="a"/></value>'),
             "@PID.7^19500203..19600203"),
            (parameter("livingSubjectBirthTime", '<value><center value="1955"/><width value="60" unit="mo"/></value>'),
             "@PID.7^195207..195806"),
            (parameter("livingSubjectAdministrativeGender", '<value code="M"/>') + named("山田", "花子"),
             "@PID.5.1^山田~@PID.5.2^花子~@PID.8^M"),
            (parameter("livingSubjectId", f'<value root="{OID}3" extension="P1"/>'), f"@PID.3.1^P1~@PID.3.4.2^{OID}3~@PID.3.4.3^ISO"),
            (parameter("patientTelecom", '<value value="tel:03-1234-5678"/>'), "@PID.13.1^03-1234-5678"),
            (named("山田", "花子") + parameter("patientAddress", "<value><city>千代田区</city><postalCode>1000005</postalCode></value>"),
             "@PID.5.1^山田~@PID.5.2^花子~@PID.11.3^千代田区~@PID.11.5^1000005"),
        )
        told = {"NAYOSE": set(), "F03": set()}
        asked = [(*row, *who) for row in rows for who in (("NAYOSE", "2.999.9"), ("F03", OID + "3"))]
        for n, (parameters, qpd, application, receiver) in enumerate(asked):
            with harness.Wire(SERVER.mllp_port) as wire:
                answer = wire.ask((f"MSH|^~\\&|APP|FAC|{application}||20260102||QBP^Q22|S{n}|P|2.5||||||UNICODE UTF-8\r"
                                   f"QPD|IHE PDQ Query|S{n}|{qpd}\rRCP|I\r").encode()).decode()
            by_v2 = {(c.split("^")[3].split("&")[1], c.split("^")[0]) for segment in answer.split("\r")
                     if segment.startswith("PID|") for c in segment.split("|")[3].split("~")}
            self.assertTrue(by_v2 or application == "F03", qpd)
            self.assertEqual(ids(query(parameters, receiver=receiver)), by_v2, qpd)
            told[application] |= by_v2
        self.assertEqual({root for root, _ in told["F03"]}, {OID + "3"})
        self.assertGreater(told["NAYOSE"], told["F03"])

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


class Names(unittest.TestCase):
    def test_who_may_know_them_is_told_names_with_ids(self):
        feed("PRPA_IN201301UV02", 1, person(1, "K1", "波", "ナミ", "19330719"))
        feed("PRPA_IN201301UV02", 2, person(2, "K2", "波", "ナミ", "19330719"))

        def told():
            answer = ask("/pixmanager", message("PRPA_IN201309UV02", 1, pix_query(1, "K1")))
            self.assertEqual(said(answer), "AA OK F02:K2")
            return [(n.get("use"), n.get("nullFlavor"), "".join(n.itertext())) for n in answer.iterfind(f".//{HL7}name")]

        def set_names(word):
            run = harness.nayose(SERVER, "requester", "set", "^F01", "--pix-names", word)
            self.assertEqual(run.returncode, 0, run.stderr)
        hidden, names = [(None, "NA", "")], [("L IDE", None, "山田波"), ("L SYL", None, "ヤマダナミ")]
        self.assertEqual(told(), hidden)
        set_names("yes")
        self.assertEqual(told(), names)
        with harness.Wire(SERVER.mllp_port) as wire:  # v2 never tells them
            answer = wire.ask(("MSH|^~\\&|HIS|F01|NAYOSE||20260102||QBP^Q23^QBP_Q21|K|P|2.5||||||UNICODE UTF-8\r"
                               f"QPD|IHE PIX Query|K|K1^^^&{OID}1&ISO\rRCP|I\r").encode())
        self.assertEqual(harness.field(answer, "PID", 5), "~^^^^^^S")
        set_names("no")
        self.assertEqual(told(), hidden)


class Prepared(zeep.Plugin):
    """Sends a message that is there already."""
    text = ""

    def egress(self, envelope, http_headers, operation, binding_options):
        element = envelope.find(f"{{{ENVELOPE}}}Body")
        for child in list(element):
            element.remove(child)
        element.append(etree.fromstring(self.text))
        return envelope, http_headers


class Clients(unittest.TestCase):
    """Each holds the same conversation: adds, revises, merges, asks, pages, cancels."""

    def url(self, path):
        return f"http://127.0.0.1:{SERVER.http_port}{path}"

    def converse(self, call, *who):
        answers = []
        steps = conversation(*who)
        for path, operation, text, expected in steps:
            answers.append(body(call(path, operation, text)))
            self.assertEqual((operation, said(answers[-1])), (operation, expected))
        xmllint(answers + [etree.fromstring(text) for _, _, text, _ in steps])

    def test_curl(self):
        def call(path, _, text):
            with tempfile.NamedTemporaryFile() as f:
                f.write(envelope(text))
                f.flush()
                return subprocess.run(
                    ["curl", "-sS", "--fail", "--max-time", "60", "-H", f"Content-Type: {SOAP}",
                     "--data-binary", "@" + f.name, self.url(path)], capture_output=True, check=True).stdout
        self.converse(call, "C", ("鈴木", "スズキ"), 1921)

    def test_zeep(self):
        prepared = Prepared()
        clients = {path: zeep.Client(self.url(path) + "?wsdl=raw", plugins=[prepared],
                                     settings=zeep.Settings(raw_response=True))
                   for path in ("/pixmanager", "/pdsupplier")}

        def call(path, operation, text):
            prepared.text = text
            answer = getattr(clients[path].service, operation)({}).content
            self.assertIn(b"RelatesTo>urn:uuid:", answer)
            return answer
        self.converse(call, "Z", ("佐々木", "ササキ"), 1924)


class Notifications(unittest.TestCase):
    def test_consumer(self):
        port = serve(self, Consumer)
        settings = {"name": "portal", "address": f"127.0.0.1:{port}",
                    "path": "no path", "application": "2.999.5", "facility": "2.999.6"}
        self.assertEqual(SERVER.request("POST", "/consumers", settings)[0], 400)
        self.assertEqual(SERVER.request("POST", "/consumers", settings | {"path": "/pix"})[0], 200)
        Consumer.words = {(OID + "2", "N2"): "CE", (OID + "2", "N4"): "Sender"}
        for n, i in ((1, 1), (2, 2), (4, 2), (3, 3)):
            feed("PRPA_IN201301UV02", i, person(i, f"N{n}", f"四{n}郎", "シロウ", f"197{n}0304"))
        Consumer.wait(lambda word, told, _: word == "CA" and (OID + "1", "N1") in told)
        Consumer.wait(lambda word, told, _: word == "CE" and (OID + "2", "N2") in told)
        Consumer.wait(lambda word, told, _: word == "CA" and (OID + "3", "N3") in told)
        first = [number for word, told, number in Consumer.told if (OID + "1", "N1") in told]
        self.assertEqual(first[0], first[1])  # after a fault of its own it is told the same again
        # What was refused is kept aside, the rest goes.
        harness.wait_until(lambda: SERVER.number("SELECT count(*) FROM nayose.notification") == 2, "others wait")
        self.assertEqual(SERVER.sql("SELECT answer FROM nayose.notification ORDER BY 1"), [["CE"], ["Sender"]])


if __name__ == "__main__":
    unittest.main()
