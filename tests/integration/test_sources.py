#!/usr/bin/python3
"""Settings of sources: which ids are one, whose an id without an authority is, where the address stands.

In: NAYOSE_BIN, the directory of nayosed and nayose.
"""
import sys
import unittest

import hl7
import hl7.client

import harness
import messages_v3

OID = "1.2.392.100495.20.3.51.1131000000"
PAIR = "~ヤマダ^タロウ^^^^^L^P"


class Sources(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server().start()
        cls.addClassCleanup(cls.server.close)
        for arc, namespace in enumerate(("F01", "F02", "F03", "F04")):
            cls.server.add_domain(namespace, OID + str(arc), source_facility="F03" if namespace == "F04" else namespace)
        cls.count = 0
        cls.client = hl7.client.MLLPClient("127.0.0.1", cls.server.mllp_port)
        cls.addClassCleanup(lambda: cls.client.close())

    def send(self, facility, kind, *segments):
        type(self).count += 1
        text = "\r".join((
            f"MSH|^~\\&|HIS|{facility}|NAYOSE|REG|20260102030405||{kind}|S{self.count}|P|2.5||||||UNICODE UTF-8",
            *segments)) + "\r"
        return hl7.parse(self.client.send_message(text.encode()).decode())

    def feed(self, facility, pid, expect="AA"):
        answer = self.send(facility, "ADT^A08^ADT_A01", "EVN||20260102030405", pid, "PV1||O")
        self.assertEqual(str(answer.segment("MSA")[1]), expect, str(answer))
        return answer

    def restart(self):
        self.server.stop()
        self.client.close()
        self.server.start()
        type(self).client = hl7.client.MLLPClient("127.0.0.1", self.server.mllp_port)

    def set(self, source, expect=200, **settings):
        app, facility = source.split("^")
        status, answer = self.server.request(
            "POST", "/sources", {"application": app, "facility": facility, **settings})
        self.assertEqual(status, expect, answer)

    def known(self, facility):
        return {local for domain, local in self.server.links() if domain == facility}

    def regional(self, identity):
        status, answer = self.server.get("/resolve", id=identity)
        return answer["regional_id"] if status == 200 else None

    def test_ids_of_one_width_are_one_on_every_path(self):
        self.set("^F01", id_width=8)
        self.feed("F01", "PID|||123^^^F01||山田^太郎^^^^^L^I" + PAIR + "||19480405|M")
        self.feed("F01", "PID|||0000000123||山田^太郎^^^^^L^I" + PAIR + "||19480405|M")
        self.assertEqual(self.known("F01"), {"00000123"})
        person = self.regional("F01^123")
        self.assertIsNotNone(person)
        self.assertEqual(self.regional("F01^0123"), person)
        # PIX and demographics queries
        answer = self.send("F02", "QBP^Q23^QBP_Q21", "QPD|IHE PIX Query|T|0123^^^F01|^^^F01", "RCP|I")
        self.assertEqual(str(answer.segment("PID")[3]).split("^")[0], "00000123")
        answer = self.send("F02", "QBP^Q22^QBP_Q21", "QPD|IHE PDQ Query|T|@PID.3.1^123~@PID.3.4.1^F01",
                           "RCP|I")
        self.assertEqual(str(answer.segment("PID")[3]).split("^")[0], "00000123")
        # a merge into itself, and one that retires
        answer = self.send("F01", "ADT^A40^ADT_A39", "EVN||20260103", "PID|||123", "MRG|00000123")
        self.assertEqual(str(answer.segment("MSA")[1]), "AE")
        self.feed("F01", "PID|||7||鈴木^一郎^^^^^L^I||19300101|M")
        answer = self.send("F01", "ADT^A40^ADT_A39", "EVN||20260103", "PID|||0123", "MRG|007")
        self.assertEqual(str(answer.segment("MSA")[1]), "AA", str(answer))
        self.assertEqual(self.known("F01"), {"00000123"})
        # links of a facility, what explains a pair, and a clerk's word
        self.feed("F01", "PID|||8||佐藤^花子^^^^^L^I||19510101|F")
        answer = self.send("F01", "ADT^A24^ADT_A24", "EVN||20260104", "PID|||8", "PID|||0000123")
        self.assertEqual(str(answer.segment("MSA")[1]), "AA", str(answer))
        self.assertEqual(self.regional("F01^8"), person)
        self.assertEqual(self.server.get("/explain", a="F01^8", b="F01^123")[0], 200)
        status, answer = self.server.request("POST", "/pins", {
            "a": "F01^8", "b": "F01^0123", "kind": "different", "reason": "asked"})
        self.assertIn(status, (200, 201), answer)
        # the same ids twice in one message are one
        self.feed("F01", "PID|||9~09||田中^次郎^^^^^L^I||19520101|M")
        self.assertEqual(self.known("F01"), {"00000123", "00000008", "00000009"})

    def test_a_width_that_would_make_known_ids_others_is_refused(self):
        self.feed("F02", "PID|||00000045||山本^三郎^^^^^L^I||19600101|M")
        self.feed("F02", "PID|||B-17||山本^四郎^^^^^L^I||19610101|M")
        self.set("^F02", id_width=6, expect=409)
        self.assertEqual(self.server.sql("SELECT id_width FROM nayose.requester WHERE facility = 'F02'"),
                         [["0"]])
        self.set("^F02", id_width=8)  # all of them have it already
        self.feed("F02", "PID|||45||山本^三郎^^^^^L^I||19600101|M")
        self.assertEqual(self.known("F02"), {"00000045", "B-17"})
        self.set("^F02", id_width=10, expect=409)
        self.feed("F02", "PID|||045||山本^三郎^^^^^L^I||19600101|M")
        self.assertEqual(self.known("F02"), {"00000045", "B-17"})
        self.set("^F02", id_width=21, expect=400)
        self.set("^F02", id_width=0)

    def test_ids_without_an_authority(self):
        bare = "||山口^五郎^^^^^L^I||19700101|M"
        self.feed("F03", "PID|||31" + bare, expect="AE")  # two domains: whose?
        self.set("^F03", default_domain="F01", expect=400)  # not its own
        self.set("^F03", default_domain="F04")
        self.feed("F03", "PID|||31" + bare)
        self.feed("F03", "PID||32||" + bare[1:])
        self.feed("F03", "PID||||33" + bare[1:])
        self.feed("F03", "PID||34|35|36" + bare[1:])  # PID-3 where there is one
        self.feed("F03", "PID||37|\"\"" + bare, expect="AE")
        self.assertEqual(self.known("F04"), {"31", "32", "33", "35"})
        self.set("^F03", default_domain="")
        self.feed("F03", "PID||38||" + bare[1:], expect="AE")

    def test_how_much_a_requester_must_know(self):
        self.feed("F02", "PID|||71||大野^七郎^^^^^L^I~オオノ^シチロウ^^^^^L^P||19710203|M")
        by_name, by_both = "@PID.5.1.1^オオノ", "@PID.5.1.1^オオノ~@PID.7^1971"

        def asked(facility, criteria, application="HIS"):
            answer = self.send(facility, "QBP^Q22^QBP_Q21", f"QPD|IHE PDQ Query|T|{criteria}", "RCP|I")
            return str(answer.segment("QAK")[2])

        def set_criteria(application, facility, n, expect=200):
            status, answer = self.server.request("POST", "/requesters", {
                "application": application, "facility": facility, "query_criteria": n})
            self.assertEqual(status, expect, answer)

        before = asked("F01", by_name), asked("PORTAL", by_name)
        set_criteria("", "F01", 2)
        set_criteria("", "PORTAL", 2)
        self.assertEqual([asked(f, by_name) for f in ("F01", "PORTAL")], ["AE", "AE"])
        self.assertEqual([asked(f, by_both) for f in ("F01", "PORTAL")], ["OK", "OK"])
        family = "<livingSubjectName><value><family>オオノ</family></value><semanticsText/></livingSubjectName>"
        born = '<livingSubjectBirthTime><value value="1971"/><semanticsText/></livingSubjectBirthTime>'
        for parameters, word in ((family, "AE"), (born + family, "AA")):  # F01 asks in HL7 V3
            question = messages_v3.message("PRPA_IN201305UV02", (OID + "0").removeprefix(messages_v3.OID),
                                           messages_v3.pdq_query(parameters))
            answer = messages_v3.ask(self.server, messages_v3.PDQ, question)
            self.assertEqual(messages_v3.said(answer).split()[0], word)
        set_criteria("OTHER", "PORTAL", 5)  # another application of it
        self.assertEqual(asked("PORTAL", by_both), "OK")
        set_criteria("HIS", "PORTAL", 3)  # exactly this one
        self.assertEqual(asked("PORTAL", by_both), "AE")
        self.restart()
        self.assertEqual(asked("PORTAL", by_both), "AE")
        for application, facility in (("", "F01"), ("", "PORTAL"), ("HIS", "PORTAL"), ("OTHER", "PORTAL")):
            set_criteria(application, facility, 0)
        self.assertEqual((asked("F01", by_name), asked("PORTAL", by_name)), before)
        set_criteria("", "PORTAL", 6, expect=400)
        set_criteria("", "", 1, expect=400)
        # who only asks is no source, until a domain is his
        self.feed("PORTAL", "PID|||1||山^川", expect="AR")
        self.server.add_domain("PORTAL", OID + "9", source_facility="PORTAL")
        self.feed("PORTAL", "PID|||1||山^川")

    def said_v3(self, path, text, odd, right):
        """The answer's words and codes when odd stands where right should."""
        self.assertIn(right, text)
        answer = messages_v3.ask(self.server, path, text.replace(right, odd, 1))
        codes = answer.iterfind(f".//{messages_v3.HL7}acknowledgementDetail/{messages_v3.HL7}code")
        return messages_v3.said(answer), [c.get("code") for c in codes]

    def test_strict_and_lenient_senders_of_hl7_v3(self):
        arc = (OID + "0").removeprefix(messages_v3.OID)

        def said(odd, right):
            text = messages_v3.message("PRPA_IN201301UV02", arc, messages_v3.person(arc, "V3"))
            return self.said_v3(messages_v3.PIX, text, odd, right)

        odds = (("<patient>", '<patient classCode="PAT">'), (f'"urn:oid:{OID}0"', f'"{OID}0"'),
                ('<controlActProcess xmlns="" ', "<controlActProcess "))
        self.assertEqual([said(*o) for o in odds], [("CA", [])] * 3)
        self.set("^F01", strict_v3=True)
        self.assertEqual([said(*o) for o in odds], [("CE", ["SYN113"])] * 3)
        self.restart()
        self.assertEqual(said(*odds[2]), ("CE", ["SYN113"]))
        self.assertEqual(said("", "")[0], "CA")  # in its form
        self.set("^F01", strict_v3=False)
        self.assertEqual([said(*o) for o in odds], [("CA", [])] * 3)

    def test_strict_and_lenient_requesters_of_hl7_v3(self):
        """Who only asks: a device of an organisation that is no domain's."""
        organisation = messages_v3.OID + "77"
        kinds = ((messages_v3.PIX, "PRPA_IN201309UV02", messages_v3.pix_query(77, "1"), "AE AE", "204"),
                 (messages_v3.PDQ, "PRPA_IN201305UV02", messages_v3.pdq_query(messages_v3.named("誰", "彼")), "AA NF 0 0 0", None))
        odds = ((f'"urn:oid:{organisation}"', f'"{organisation}"'), ('<controlActProcess xmlns="" ', "<controlActProcess "),
                ("<device determiner", '<device classCode="DEV" determiner'))

        def set_strict(word, code=0):
            run = harness.nayose(self.server, "requester", "set", "2.999.8^" + organisation, "--strict-v3", word,
                                 "--pix-names", "no" if word == "yes" else "yes")
            self.assertEqual(run.returncode, code, run.stderr)

        def settings():
            table = harness.nayose(self.server, "requester", "list").stdout
            return table.split(organisation)[1].splitlines()[0].split()[-2:]

        def said(path, kind, act, *odd):
            return self.said_v3(path, messages_v3.message(kind, 77, act), *odd)

        def check(strict):
            for path, kind, act, words, detail in kinds:
                taken = words, [detail] if detail else []
                refused = "AE QE" + " 0 0 0" * (path == messages_v3.PDQ), ["SYN113"]
                self.assertEqual([said(path, kind, act, *o) for o in odds], [refused if strict else taken] * 3)
                self.assertEqual(said(path, kind, act, "", ""), taken)  # in its form
        check(strict=False)
        set_strict("yes")
        check(strict=True)
        self.restart()
        self.assertEqual(settings(), ["yes", "no"])
        check(strict=True)
        set_strict("maybe", code=2)
        set_strict("no")
        self.restart()
        self.assertEqual(settings(), ["no", "yes"])
        check(strict=False)

    def test_where_the_address_stands(self):
        said = "|||||||||古い町 1^^静岡市^静岡県^4228033^^H^東京都千代田区1-1"
        for setting, local, expected in (("all", "61", "wcspz"), ("whole", "62", "wz"), ("parts", "63", "cspz")):
            self.set("^F02", address=setting)
            self.feed("F02", f"PID|||{local}||青木^六郎^^^^^L^I" + said[3:])
            has = self.server.sql(f"SELECT k FROM nayose.identity, unnest('{{w,c,s,p,z}}'::text[]) k WHERE "
                                  f"local_id = '{local}' AND demographics->'addresses'->'v'->0 ? k")
            self.assertEqual({row[0] for row in has}, set(expected))
        self.set("^F02", address="none", expect=400)


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
