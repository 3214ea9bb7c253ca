#!/usr/bin/python3
"""The behaviours that the OpenHIE community asks of a client registry, case by case, on a real server.

Each test is named after the case that it answers; where nayose means something else on purpose, the
test says so. The messages are our own.
In: NAYOSE_BIN, the directory of nayosed and nayose.
"""
import sys
import unittest

import hl7
import hl7.client

import harness

OID = "2.16.840.1.113883.3.72.5.9."
DOMAINS = {  # namespace: last arc of its OID, who may feed it
    "TEST": ("1", "TEST_HARNESS^TEST"),
    "TEST_A": ("2", "TEST_HARNESS_A^TEST"),
    "TEST_B": ("3", "TEST_HARNESS_B^TEST"),
    "NID": ("9", "NID_AUTH^TEST"),
}


class Peer:
    """One application with its own connection; every answer is checked for what all must hold."""

    def __init__(self, case, application):
        self.case = case
        self.application = application
        self.count = 0
        self.client = hl7.client.MLLPClient("127.0.0.1", case.server.mllp_port)
        case.addCleanup(self.client.close)

    def send(self, kind, version, *segments):
        self.count += 1
        control = f" {self.case.id().rpartition('.')[2]}-{self.application}-{self.count}"  # blank: kept
        text = "\r".join((
            f"MSH|^~\\&|{self.application}^^|TEST^^|CR1^^|MOH_CAAT^^|20141104174451||{kind}|{control}|P|"
            f"{version}", *segments)) + "\r"
        answer = hl7.parse(self.client.send_message(text).decode())
        msh = answer.segment("MSH")
        self.case.assertEqual([str(msh[i]).rstrip("^") for i in (3, 4, 5, 6, 12)],
                              ["CR1", "MOH_CAAT", self.application, "TEST", version])
        self.case.assertEqual(str(answer.segment("MSA")[2]), control)
        return answer

    def feed(self, patient, name="", birth="", sex="", *rest, event="A01"):
        name, _, mother = name.partition("|")
        pid = f"PID|||{patient}||{name}|{mother}|{birth}|{sex}" + "".join("|" + x for x in rest)
        answer = self.send(f"ADT^{event}^ADT_A01", "2.3.1", "EVN||20101020", pid, "PV1||I")
        self.case.assertEqual(str(answer.segment("MSH")[9]).split("^")[:2], ["ACK", event])
        return answer

    def merge(self, survivor, retired):
        return self.send("ADT^A40^ADT_A40", "2.3.1", "EVN||20101020",
                         f"PID|||{survivor}||JONES^JENN^^^^^L||198401|F", f"MRG|{retired}")

    def pix(self, patient, domains="", tag="Q"):
        answer = self.send("QBP^Q23^QBP_Q21", "2.5", f"QPD|IHE PIX Query|{tag}|{patient}|{domains}",
                           "RCP|I")
        self.case.assertEqual(str(answer.segment("MSH")[9]), "RSP^K23^RSP_K23")
        return answer


    def find(self, *criteria, domains=""):
        """A demographics query; (status, what each PID says)."""
        said = "~".join(f"@PID.{where}^{what}" for where, what in criteria)
        answer = self.send("QBP^Q22^QBP_Q21", "2.5",
                           f"QPD|Q22^Find Candidates^HL7|Q|{said}|||||{domains}", "RCP|I|10^RD")
        self.case.assertEqual(str(answer.segment("MSH")[9]), "RSP^K22^RSP_K21")
        return answer

    def found(self, *criteria, domains=""):
        """The local ids of who was found, by their first domain."""
        answer = self.find(*criteria, domains=domains)
        self.case.assertEqual(code(answer), "AA", str(answer))
        pids = [s for s in answer if str(s[0]) == "PID"]
        self.case.assertEqual(status(answer), "OK" if pids else "NF")
        return {str(p[3]).split("^")[0] for p in pids}


def code(answer):
    return str(answer.segment("MSA")[1])


def status(answer):
    return str(answer.segment("QAK")[2])


def ids(answer):
    """The identifiers of the one PID of an answer, each cut after its authority."""
    pids = [s for s in answer if str(s[0]) == "PID"]
    assert len(pids) == 1, pids
    return {"^".join(rep.split("^")[:4]) for rep in str(pids[0][3]).split("~")}


def whole(local, namespace):
    return f"{local}^^^{namespace}&{OID}{DOMAINS[namespace][0]}&ISO"


class Registry(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server().start()
        cls.addClassCleanup(cls.server.close)
        for namespace, (arc, source) in DOMAINS.items():
            application, facility = source.split("^")
            cls.server.add_domain(namespace, OID + arc, source_application=application, source_facility=facility)

    def accepted(self, answer):
        self.assertEqual(code(answer), "AA", str(answer))
        return answer

    def refused(self, answer):
        """With an error segment that says where."""
        self.assertIn(code(answer), ("AE", "AR"), str(answer))
        self.assertTrue(str(answer.segment("ERR")[2]), str(answer))
        return answer

    def peer(self, application="TEST_HARNESS"):
        return Peer(self, application)

    def test_01_id_without_an_authority_is_refused(self):
        self.refused(self.peer().feed("RJ-438^^^&&", "JOHNSTON^ROBERT^^^^^L", "19830205", "M"))

    def test_02_half_an_authority_is_completed(self):
        # A query that names no domain lists the others only: the queried one has to be named.
        p = self.peer()
        self.accepted(p.feed(f"RJ-438^^^&{OID}1&ISO", "JOHNSTON^ROBERT^^^^^L", "19830205", "M"))
        found = self.accepted(p.pix(f"RJ-438^^^&{OID}1&ISO^PI", "^^^TEST"))
        self.assertEqual(ids(found), {whole("RJ-438", "TEST")})
        self.accepted(p.feed("RJ-439^^^TEST", "JONES^JENNIFER^^^^^L", "19840125", "F"))
        found = self.accepted(p.pix("RJ-439^^^TEST^PI", f"^^^&{OID}1&ISO"))
        self.assertEqual(ids(found), {whole("RJ-439", "TEST")})

    def test_03_unknown_authorities_are_refused(self):
        p = self.peer()
        for authority in (f"&{OID}77&ISO", "TEST_BLOCK"):
            answer = self.refused(p.feed(f"RJ-999-2^^^{authority}", "THAMES^ROBERT^^^^^L", "1983", "M"))
            self.assertEqual(str(answer.segment("ERR")[2]), "PID^1^3^1^4")
        self.refused(p.pix("RJ-999-2^^^TEST"))

    def test_04_nobody_gives_ids_of_another(self):
        self.accepted(self.peer("TEST_HARNESS_A").feed("RJ-439^^^TEST_A", "JONES^JENNIFER^^^^^L",
                                                       "19840125", "F"))
        self.refused(self.peer("TEST_HARNESS_B").feed("NFD-30^^^TEST_A", "JONES^JENNIFER^^^^^L",
                                                      "19840125", "F"))
        self.refused(self.peer().pix("NFD-30^^^TEST_A"))

    def test_05_hardly_anything_known_is_enough(self):
        p = self.peer()
        for local, birth, sex in (("RJ-441", "20141001", ""), ("RJ-442", "", "M"), ("RJ-443", "", "")):
            self.accepted(p.feed(f"{local}^^^TEST", "", birth, sex))
            self.assertEqual(ids(self.accepted(p.pix(f"{local}^^^TEST^PI", "^^^TEST"))),
                             {whole(local, "TEST")})

    def test_06_an_id_of_another_authority_beside_ones_own(self):
        # DEVIATION: a domain has one source, and nobody else's word about it counts (case 4); the
        # message is refused whole. Whoever names two of his own ids links them.
        self.accepted(self.peer("NID_AUTH").feed("NID-345^^^NID", "SMITH^JOHN^^^^^L", "1980", "M"))
        answer = self.refused(self.peer("TEST_HARNESS_A").feed(
            "RJ-449^^^TEST_A^PI~NID-345^^^NID^PI", "SMITH^JON^^^^^L", "198005", "M"))
        self.assertEqual((code(answer), str(answer.segment("ERR")[2])), ("AR", "PID^1^3^2^4"))
        self.refused(self.peer().pix("RJ-449^^^TEST_A"))

    def test_09_what_is_not_known_is_an_error(self):
        p = self.peer()
        for patient in ("RJ-44X^^^TEST^PI", "RJ-443^^^RANDOM^PI"):
            answer = self.refused(p.pix(patient))
            self.assertEqual((code(answer), status(answer)), ("AE", "AE"))
        self.accepted(p.feed("RJ-449^^^TEST", "SMITH^STEPHANIE^^^^^L", "198306", "F"))
        answer = self.accepted(p.pix("RJ-449^^^TEST^PI", "^^^TEST", tag=""))
        self.assertEqual((status(answer), ids(answer)), ("OK", {whole("RJ-449", "TEST")}))

    def test_10_domains_asked_for(self):
        p = self.peer()
        self.accepted(p.feed("RJ-444^^^TEST", "BOOP^BETTY^^^^^L", "1935", "F"))
        answer = self.accepted(p.pix("RJ-444^^^TEST^PI", "^^^TEST"))
        self.assertEqual((status(answer), ids(answer)), ("OK", {whole("RJ-444", "TEST")}))
        answer = self.refused(p.pix("RJ-444^^^TEST^PI", "^^^RANDOM"))
        self.assertEqual((code(answer), status(answer)), ("AE", "AE"))
        self.assertTrue(str(answer.segment("ERR")[2]).startswith("QPD^1^4"))
        answer = self.accepted(p.pix("RJ-444^^^TEST^PI", "^^^NID"))
        self.assertEqual((status(answer), [s for s in answer if str(s[0]) == "PID"]), ("NF", []))

    def test_08_a_whole_record_comes_back(self):
        p = self.peer()
        self.accepted(p.feed("FF-1^^^TEST", "FOSTER^FANNY^FULL^^^^L|FOSTER^MARY", "1970", "F", "", "",
                             "123 W34 St^^FRESNO^CA^3049506", "", "^PRN^PH^^^419^31495"))
        answer = self.accepted(p.find(("3.1", "FF-1"), ("3.4.1", "TEST")))
        pids = [s for s in answer if str(s[0]) == "PID"]
        self.assertEqual(len(pids), 1)
        pid = pids[0]
        self.assertIn(whole("FF-1", "TEST"), str(pid[3]))
        self.assertEqual(str(pid[5]).split("^")[:3], ["FOSTER", "FANNY", "FULL"])
        self.assertEqual((str(pid[6]), str(pid[7]), str(pid[8])), ("FOSTER^MARY", "1970", "F"))
        address = str(pid[11]).split("^")
        self.assertEqual((address[0], address[2:5]), ("123 W34 St", ["FRESNO", "CA", "3049506"]))

    def test_07_a_mothers_id_is_kept(self):
        # Known of the child are birth date, sex and mother: that is enough to be registered.
        p = self.peer()
        child = ("CH-1^^^TEST", "", "20141001", "M", *[""] * 12, "MO-1^^^TEST")
        self.accepted(p.feed(*child))
        answer = self.accepted(p.find(("3.1", "CH-1"), ("3.4.1", "TEST")))
        pid = next(s for s in answer if str(s[0]) == "PID")
        self.assertEqual(str(pid[21]), whole("MO-1", "TEST"))
        self.assertEqual(str(pid[7]), "20141001")
        # Where the mother's domain is not told, she is not either.
        self.accepted(self.peer("TEST_HARNESS_A").feed("CH-1A^^^TEST_A", "", "20141001", "M"))
        status, answer = self.server.request("POST", "/pins", {
            "a": "TEST^CH-1", "b": "TEST_A^CH-1A", "kind": "same", "reason": "one child"})
        self.assertIn(status, (200, 201), answer)
        for domain, mother in (("TEST", whole("MO-1", "TEST")), ("TEST_A", "")):
            answer = self.accepted(p.find(("3.1", "CH-1"), ("3.4.1", "TEST"), domains=f"^^^{domain}"))
            pid = next(s for s in answer if str(s[0]) == "PID")
            self.assertEqual(str(pid[3]).split("^")[3].split("&")[0], domain)
            self.assertEqual(str(pid[21]) if len(pid) > 21 else "", mother)

    def test_13_found_by_the_mothers_id(self):
        p = self.peer()
        for child, mother in (("CH-2", "MO-2"), ("CH-3", "MO-3")):
            self.accepted(p.feed(f"{child}^^^TEST", "", "20091001", "M", *[""] * 12, f"{mother}^^^TEST"))
        asked = ("21.1", "MO-2"), ("21.4.1", "TEST")
        self.assertEqual(p.found(("7", "20091001"), *asked), {"CH-2"})
        self.assertEqual(p.found(("7", "2009"), ("21.1", "MO-9"), ("21.4.1", "TEST")), set())
        self.assertEqual(p.found(("3.1", "CH-3"), ("3.4.1", "TEST"), *asked), set())
        self.assertEqual(p.found(*asked), {"CH-2"})
        self.refused(p.find(("7", "2009"), ("21.1", "MO-2"), ("21.4.1", "RANDOM")))

    def test_13_the_mothers_name_comes_back(self):
        p = self.peer()
        self.accepted(p.feed("CH-4^^^TEST", "SMALL^SAM^^^^^L|JONES^MARY", "20091002", "M"))
        for asked in ((("6.1", "JONES"), ("6.2", "MARY")), (("6.1", "JONES"),), (("6.2", "MARY"),)):
            answer = self.accepted(p.find(("7", "20091002"), *asked))
            self.assertEqual(str(answer.segment("PID")[6]), "JONES^MARY", asked)
        self.assertEqual(p.found(("7", "20091002"), ("6.1", "JONES"), ("6.2", "ANN")), set())
        self.assertEqual(p.found(("7", "20091002"), ("6.1", "SMITH")), set())

    def feed_jennifer(self, p):
        self.accepted(p.feed("JJ-1^^^TEST", "JONESON^JENNIFER^^^^^L", "19840125", "F", "", "",
                             "123 Main Street West^^NEWARK^NJ^30293", "", "^PRN^PH^^^409^3049506"))

    def test_11_found_by_id(self):
        p = self.peer()
        self.feed_jennifer(p)
        self.assertEqual(p.found(("3.1", "JJ-1"), ("3.4.1", "TEST")), {"JJ-1"})
        self.assertEqual(p.found(("3.1", "JJ-9483"), ("3.4.1", "TEST")), set())
        self.assertEqual(code(p.find(("3.1", "JJ-9483"), ("3.4.99", "NOVALUE"))), "AE")
        self.assertEqual(p.found(("3.1", "JJ-1"), ("3.4.1", "TEST"), domains="^^^TEST"), {"JJ-1"})
        self.assertEqual(p.found(("3.1", "JJ-1"), ("3.4.1", "TEST"), domains="^^^NID"), set())
        answer = self.refused(p.find(("3.1", "JJ-1"), ("3.4.1", "TEST"), domains="^^^RANDOM"))
        self.assertTrue(str(answer.segment("ERR")[2]).startswith("QPD^1^8"))

    def test_12_found_by_name(self):
        p = self.peer()
        self.feed_jennifer(p)
        self.assertEqual(p.found(("5.1", "JONESON"), ("5.2", "JENNIFER")), {"JJ-1"})
        self.assertEqual(p.found(("5.1", "HOOD"), ("5.2", "ROBIN")), set())
        self.assertEqual(p.found(("5.1", "JONESON"), ("5.2", "JENNIFER"), domains="^^^TEST"), {"JJ-1"})
        self.refused(p.find(("5.1", "JONESON"), ("5.2", "JENNIFER"), domains="^^^RANDOM"))
        self.assertEqual(p.found(("5.1", "JONESO*"), ("5.2", "JEN*")), {"JJ-1"})
        # Misspelt, both of them; but not twice in one.
        self.assertEqual(p.found(("5.1", "JONISON"), ("5.2", "JENIFER")), {"JJ-1"})
        self.assertEqual(p.found(("5.1", "JONISEN"), ("5.2", "JENNIFER")), set())

    def test_14_found_by_part_of_a_birth_date(self):
        p = self.peer()
        self.feed_jennifer(p)
        for date in ("1984", "198401", "19840125"):
            self.assertIn("JJ-1", p.found(("7", date), ("5.1", "JONESON")))
        self.assertEqual(p.found(("7", "1900"), ("5.1", "JONESON")), set())

    def test_15_everything_said_must_fit(self):
        p = self.peer()
        self.feed_jennifer(p)
        self.assertEqual(p.found(("8", "F"), ("5.1", "JONESON")), {"JJ-1"})
        self.assertEqual(p.found(("7", "1984"), ("5.1", "JONESON"), ("5.2", "JENNIFER")), {"JJ-1"})
        self.assertIn("JJ-1", p.found(("7", "19840125"), ("8", "F")))
        self.assertEqual(p.found(("8", "M"), ("5.1", "JONESON"), ("5.2", "JENNIFER")), set())
        self.assertEqual(p.found(("7", "1984"), ("5.1", "JONESON"), ("5.2", "JASON")), set())

    def test_16_merged_ids(self):
        p = self.peer()
        self.accepted(p.feed("M-1^^^TEST", "JONES^JENNIFER^^^^^L", "19840125", "F"))
        self.accepted(p.feed("M-2^^^TEST", "JONES^JENN^^^^^L", "198401", "F"))
        self.accepted(p.merge("M-1^^^TEST", "M-2^^^TEST"))
        self.assertEqual(ids(self.accepted(p.pix("M-1^^^TEST^PI", "^^^TEST"))), {whole("M-1", "TEST")})
        self.refused(p.pix("M-2^^^TEST^PI", "^^^TEST"))

    def test_18_a_national_id_in_pid_19_is_no_evidence(self):
        # DEVIATION: an id that no source answers for joins nobody (a card is lent, a number mistyped):
        # two who are not alike stay two.
        a, b = self.peer("TEST_HARNESS_A"), self.peer("TEST_HARNESS_B")
        nid = [*[""] * 10, "NID-0003^^^NID"]
        self.accepted(a.feed("RJ-460^^^TEST_A", "JONES^YANNICK^^^^^L", "199004", "M", *nid))
        self.accepted(b.feed("RJ-461^^^TEST_B", "JONES^YAN^^^^^L", "19900415", "M", *nid))
        answer = self.accepted(a.pix("RJ-460^^^TEST_A^PI", "^^^TEST_B"))
        self.assertEqual(status(answer), "NF")

    def test_17_nobody_merges_ids_of_another(self):
        a, b = self.peer("TEST_HARNESS_A"), self.peer("TEST_HARNESS_B")
        self.accepted(a.feed("RJ-203^^^TEST_A", "SMITH^SAM^^^^^L", "19890225", "F"))
        self.accepted(a.feed("RJ-292^^^TEST_A", "SMITH^SAMANTHA^^^^^L", "198902", "F"))
        self.accepted(b.feed("SJ-204^^^TEST_B", "SMITH^SAMANTHA^^^^^L", "198902", "F"))
        self.refused(b.merge("RJ-203^^^TEST_A", "RJ-292^^^TEST_A"))
        self.refused(b.merge("SJ-204^^^TEST_B", "RJ-292^^^TEST_A"))
        for local in ("RJ-203", "RJ-292"):
            self.assertEqual(ids(self.accepted(a.pix(f"{local}^^^TEST_A^PI", "^^^TEST_A"))),
                             {whole(local, "TEST_A")})


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
