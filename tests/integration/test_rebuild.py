#!/usr/bin/python3
"""nayose rebuild on a real server: after any feed the stored messages say what stands; what was made to
differ in the database is found, told, and mended with the regional IDs that were; bodies that are not kept
any more are counted. A feed goes on beside it, and a stop in the middle leaves nothing half done."""
import json
import os
import random
import subprocess
import tempfile
import threading
import time
import unittest

import harness
import messages_v3
from harness import nayose

PEOPLE, FACILITIES = 250, 6
V3 = """<subject typeCode="SUBJ"><registrationEvent classCode="REG" moodCode="EVN">
<subject1 typeCode="SBJ"><patient classCode="PAT"><id root="{oid}" extension="{id}"/><patientPerson>
<name use="IDE"><family>{family}</family><given>太郎</given></name><birthTime value="19500101"/>
<administrativeGenderCode code="M"/></patientPerson></patient></subject1></registrationEvent></subject>"""


def said(facility, patient, when, name, birth, sex="M"):
    return (f"MSH|^~\\&|HIS|{facility}|NAYOSE|R|{when}||ADT^A08|{facility}-{patient}-{when}|P|2.5||||||UNICODE UTF-8\r"
            f"EVN|A08|{when}\rPID|1||{patient}^^^{facility}||{name}||{birth}|{sex}||||||\r").encode()


def stayed(event, patient, minute, visit, ward, doctor, was=None):
    """A visit: at a ward, by a doctor; was: the patient whose it was until then."""
    when = f"20260201{minute // 60:02}{minute % 60:02}"
    merged = f"MRG|{was}^^^X8||||{visit}\r" if was else ""
    return (f"MSH|^~\\&|HIS|X8|NAYOSE|R|{when}||ADT^{event}|{event}-{patient}-{when}|P|2.5||||||UNICODE UTF-8\r"
            f"EVN|{event}|{when}\rPID|1||{patient}^^^X8||滞在^{'一二三四'[int(patient)]}||196{patient}0505|F||||||\r"
            f"{merged}PV1|1|I|{ward}||||{doctor}||||||||||||{visit}\r").encode()


class Rebuild(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.tmp.cleanup)
        cls.server = harness.Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        files = harness.population(cls.tmp.name, PEOPLE, FACILITIES, 7, "--events", "mix")
        cls.server.add_domains(os.path.join(cls.tmp.name, "domains.txt"))
        messages = [m for f in files for m in harness.frames(f)]
        random.Random(3).shuffle(messages)
        cls.later = messages[-200:]
        cls.server.feed(messages[:-200])
        cls.odd_cases()

    @classmethod
    def odd_cases(cls):
        """What messages alone do not say: a clerk's release, a word taken back, a message that was refused; and
        a patient who came by HL7 v3."""
        cls.server.add_domain("X9", messages_v3.OID + "9", source_application="HIS", source_facility="X9")
        for i, (name, birth, sex) in enumerate((("山田^太郎", "19500101", "M"), ("佐藤^花子", "19840707", "F"))):
            for patient in ("7", "8"):  # ids that became another person; one of them is released
                status, answer = cls.server.request("POST", "/feed", said("X9", patient, f"2026010{i + 1}", name, birth, sex))
                assert b"MSA|AA" in answer, (status, answer)
        for words in (("hold", "release", "X9^7", "--reason", "number given again"),
                      ("link", "X9^7", "X9^8", "--reason", "asked"),
                      ("pin", "withdraw", "X9^7", "X9^8", "--reason", "mistaken"),
                      ("source", "set", "HIS^X9", "--strict-update", "yes")):
            done = nayose(cls.server, *words)
            assert done.returncode == 0, done.stderr
        assert b"MSA|AE" in cls.server.request("POST", "/feed", said("X9", "99", "20260103", "鈴木^一", "19700101"))[1]
        assert nayose(cls.server, "source", "set", "HIS^X9", "--strict-update", "no").returncode == 0
        for patient, family in (("v1", "石川"), ("v2", "石田")):
            act = V3.format(oid=messages_v3.OID + "9", id=patient, family=family)
            answer = messages_v3.ask(cls.server, messages_v3.PIX, messages_v3.message("PRPA_IN201301UV02", 9, act))
            assert messages_v3.code(answer, "typeCode") == "CA", answer
        cls.stays()
        # Who spoke was proved when it came.
        done = nayose(cls.server, "source", "set", "HIS^X9", "--certificate", "ab" * 32)
        assert done.returncode == 0, done.stderr

    @classmethod
    def stays(cls):
        """Visits that are told of again, that move, and of which something is said at the old place then."""
        cls.server.add_domain("X8", messages_v3.OID + "8", source_application="HIS", source_facility="X8")
        for minute, (event, patient, visit, ward, doctor, was) in enumerate((
                ("A01", "1", "V1", "W1", "D1", None), ("A02", "1", "V1", "W2", "", None), ("A02", "1", "V1", "W2", "D2", None),
                ("A01", "2", "V2", "W1", "D1", None), ("A01", "3", "V3", "W3", "D3", None), ("A45", "2", "V1", "W2", "", "1"),
                ("A08", "1", "V1", "W9", "D9", None), ("A11", "3", "V3", "W3", "D3", None), ("A01", "0", "V4", "W4", "D4", None))):
            answer = cls.server.request("POST", "/feed", stayed(event, patient, minute, visit, ward, doctor, was))[1]
            assert b"MSA|AA" in answer, (event, patient, answer)
        assert cls.server.number("SELECT count(*) FROM nayose.visit") == 5

    def rebuild(self, *words, code=0):
        done = nayose(self.server, "rebuild", "--json", *words)
        self.assertEqual(done.returncode, code, (done.stdout[-2000:], done.stderr))
        return json.loads(done.stdout)

    def nothing_differs(self):
        found = self.rebuild()
        self.assertEqual((found["differing"], found["differences"], found["unknown"], found["kept"]), (0, [], 0, 0), found)
        groups = found["groups"]
        self.assertEqual((groups["before"], groups["joined"], groups["split"]), (groups["same"], 0, 0))
        return found

    def tamper(self, *statements):
        """Behind the back of the server, which is away meanwhile."""
        self.server.kill()
        for s in statements:
            self.server.sql(s)
        self.server.resume()

    def state(self):
        return (self.server.links(), harness.contents(self.server), harness.questions(self.server),
                self.server.sql("SELECT to_jsonb(v) FROM nayose.visit v ORDER BY identity, number"))

    def test_1_after_a_feed_nothing_differs(self):
        found = self.nothing_differs()
        self.assertEqual(found["messages"], self.server.number("SELECT count(*) FROM nayose.message"))
        self.assertGreater(found["groups"]["after"], 100)
        self.assertIn("nothing differs", nayose(self.server, "rebuild").stdout)

    def test_2_what_differs_is_found_and_mended(self):
        before = self.state()
        pairs = self.server.sql(
            "SELECT a.id, b.id FROM nayose.identity a JOIN nayose.identity b ON b.person = a.person AND b.id > a.id "
            "WHERE a.status = 1 AND b.status = 1 AND (SELECT count(*) FROM nayose.identity c WHERE c.person = a.person) = 2 "
            "ORDER BY a.id LIMIT 6")
        (stray, _), (packed, _), (renamed, _), (edge, edge_end), both, (moved, _) = pairs
        alone = self.server.sql("SELECT id, person FROM nayose.identity i WHERE status = 1 AND NOT EXISTS (SELECT FROM "
                                "nayose.identity j WHERE j.person = i.person AND j.id <> i.id) ORDER BY id LIMIT 3")
        self.tamper(
            # Two persons exchanged, one identity given to somebody else's.
            f"UPDATE nayose.identity SET person = {alone[1][1]} WHERE id = {alone[0][0]}",
            f"UPDATE nayose.identity SET person = {alone[0][1]} WHERE id IN ({alone[1][0]}, {stray})",
            # A record that is somebody else's.
            f"UPDATE nayose.identity SET record = (SELECT record FROM nayose.identity WHERE id = {alone[0][0]}) "
            f"WHERE id = {packed}",
            # Another birth date than was ever said.
            f"UPDATE nayose.identity SET demographics = jsonb_set(demographics, '{{birth_date,0}}', '\"19010203\"') "
            f"WHERE id = {renamed}",
            # Two of one person, packed in another way both.
            f"UPDATE nayose.identity SET record = (SELECT record FROM nayose.identity WHERE id = {alone[1][0]}) "
            f"WHERE id IN ({both[0]}, {both[1]})",
            # Somebody moved, with his event, to whom he does not belong.
            "INSERT INTO nayose.membership_event (identity, from_person, to_person, at, cause) "
            f"SELECT id, person, {alone[2][1]}, now(), 1 FROM nayose.identity WHERE id = {moved}",
            f"UPDATE nayose.identity SET person = {alone[2][1]} WHERE id = {moved}",
            # An edge that went.
            f"DELETE FROM nayose.edge WHERE least(a, b) = {edge} AND greatest(a, b) = {edge_end}")
        damaged = self.state()
        found = self.rebuild(code=1)
        what = {d["id"]: d["what"] for d in found["differences"]}
        names = {row[0]: f"{row[1]}^{row[2]}" for row in self.server.sql(
            "SELECT i.id, d.namespace, i.local_id FROM nayose.identity i JOIN nayose.identity_domain d ON d.id = i.domain")}
        for identity, word in ((stray, "person"), (alone[0][0], "person"), (alone[1][0], "person"), (packed, "record"),
                               (renamed, "values"), (edge, "edges"), (edge_end, "edges"), (stray, "group"),
                               (both[0], "record"), (both[1], "record"), (moved, "group")):
            self.assertIn(word, what[names[identity]])
        self.assertNotIn("group", what[names[both[0]]])
        self.assertNotIn("person", what[names[moved]])
        self.assertEqual((found["applied"], found["values"], found["persons"]), (False, 1, 3))
        self.assertEqual(self.state(), damaged)  # nothing was changed
        self.assertEqual([d["id"] for d in found["differences"]], sorted(what, key=lambda n: next(
            int(i) for i, name in names.items() if name == n)))

        last = self.server.number("SELECT max(seq) FROM nayose.membership_event")
        found = self.rebuild("--apply")
        self.assertEqual((found["applied"], found["late"]), (True, 0))
        self.assertEqual(self.state(), before)  # regional IDs, too
        self.nothing_differs()
        # Nobody was moved but who had to be.
        self.assertEqual(self.server.sql(f"SELECT identity, cause FROM nayose.membership_event WHERE seq > {last}"),
                         [[moved, "5"]])
        self.assertEqual(self.server.number("SELECT count(*) FROM nayose.audit_event WHERE decision = 'rebuild'"), 1)
        self.server.kill()  # and memory was not the only one to be mended
        self.server.resume()
        self.nothing_differs()

    def test_2_what_visits_and_questions_differ(self):
        before = self.state()
        asked = self.server.sql("SELECT id, a, b FROM nayose.review WHERE state < 4 ORDER BY id LIMIT 3")
        gone, other, scored = asked
        self.assertNotIn((gone[1], gone[2]), ((a, b) for _, a, b in asked[1:]))
        apart = self.server.sql("SELECT i.id, j.id FROM nayose.identity i, nayose.identity j WHERE i.id < j.id AND NOT EXISTS ("
                                "SELECT FROM nayose.edge e WHERE i.id IN (e.a, e.b) AND j.id IN (e.a, e.b)) LIMIT 1")[0]
        self.tamper(
            "DELETE FROM nayose.visit WHERE number = 'V4'",
            "UPDATE nayose.visit SET said = said || '{\"7\": \"D7\"}' WHERE number = 'V2'",
            "INSERT INTO nayose.visit (identity, number, at, control_id, hash, said, keys, traits) "
            "SELECT identity, 'V7', at, control_id, hash, said, keys, traits FROM nayose.visit WHERE number = 'V3'",
            f"DELETE FROM nayose.review WHERE id = {gone[0]}",
            f"UPDATE nayose.review SET reason = CASE WHEN reason = 5 THEN 4 ELSE 5 END WHERE id = {other[0]}",
            f"UPDATE nayose.review SET total_b1024 = total_b1024 + 1 WHERE id = {scored[0]}",
            "INSERT INTO nayose.review (a, b, state, reason, total_b1024, guards, opened_at) "
            f"VALUES ({apart[0]}, {apart[1]}, 1, 1, 0, 0, now())")
        found = self.rebuild(code=1)
        self.assertEqual((found["visits"], found["questions"], found["groups"]["joined"], found["groups"]["split"]), (3, 4, 0, 0))
        what = {d["id"]: d["what"] for d in found["differences"]}
        self.assertEqual([what[f"X8^{i}"] for i in "023"], [["visits"]] * 3)
        self.assertEqual(sum("question" in w for w in what.values()), len({i for _, *pair in asked for i in pair} | set(apart)))
        self.assertIn("3 visits", nayose(self.server, "rebuild").stdout)
        found = self.rebuild("--apply")
        self.assertEqual(found["late"], 0)
        self.assertEqual(self.state(), before)
        self.nothing_differs()
        self.server.kill()
        self.server.resume()
        self.nothing_differs()

    def test_3_records_of_an_older_version(self):
        before = self.state()
        count = self.server.number("SELECT count(*) FROM nayose.identity")
        self.tamper("UPDATE nayose.identity SET record = set_byte(record, 0, 1), norm_version = 1")
        self.assertEqual(self.server.get("/status")[1]["older_records"], count)
        done = nayose(self.server, "status")
        self.assertIn("nayose rebuild --apply", done.stdout)
        found = self.rebuild(code=1)
        self.assertEqual((found["older"], found["records"], found["differing"], found["differences"]), (count, 0, count, []))
        # A stop in the middle leaves whole identities behind; the rest is found again.
        with subprocess.Popen([os.path.join(harness.BIN, "nayose"), "--server", self.server.admin_path, "rebuild", "--apply"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            end = time.monotonic() + 60
            while self.server.number("SELECT count(*) FROM nayose.identity WHERE norm_version > 1") == 0:
                self.assertLess(time.monotonic(), end)
            self.server.kill()
            run.wait(60)
        self.server.resume()  # what was on its way when it was killed is there by now, or never will be
        left = self.server.number("SELECT count(*) FROM nayose.identity WHERE norm_version = 1")
        self.assertEqual(self.server.get("/status")[1]["older_records"], left)
        self.rebuild("--apply")
        self.assertEqual(self.server.get("/status")[1]["older_records"], 0)
        self.assertEqual(self.server.number("SELECT count(*) FROM nayose.identity WHERE norm_version = 1"), 0)
        self.assertEqual(self.state(), before)
        self.nothing_differs()

    def test_4_a_feed_goes_on_beside_it(self):
        later = [m for i, spoken in enumerate(self.later)
                 for m in (spoken, stayed("A08", str(i % 4), 100 + i, f"V{i % 4}", f"W{i}", "D5"))]
        fed = threading.Thread(target=self.server.feed, args=(later,))
        fed.start()
        for _ in range(3):
            found = self.rebuild()
            self.assertEqual((found["differing"], found["unknown"]), (0, 0), found)
        fed.join(120)
        self.assertFalse(fed.is_alive())
        self.nothing_differs()

    def test_5_bodies_that_are_not_kept_any_more(self):
        before = self.state()
        # A visit that went to somebody all of whose own messages are kept is not all told by these either.
        old = ("SELECT id FROM nayose.message WHERE id <= 100 OR "
               "convert_from(body, 'UTF8') ~ 'ADT.A0[128]' AND convert_from(body, 'UTF8') ~ 'PID.1..1...X8'")
        gone = self.server.number(f"SELECT count(DISTINCT identity) FROM nayose.identity_version WHERE message IN ({old})")
        audits = self.server.number("SELECT count(*) FROM nayose.audit_event")
        self.server.kill()
        self.server.sql("SELECT nayose.message_partition_ensure('2019-01-15')")
        self.server.sql(f"UPDATE nayose.message SET received = '2019-01-15' WHERE id IN ({old})")
        self.server.resume()
        self.assertEqual(self.rebuild()["kept"], 0)  # they are kept unless it is asked for
        self.server.kill()
        self.server.configure("[retention]\nmessages = 400\n")
        self.server.resume()
        harness.wait_until(lambda: self.server.number(
            "SELECT count(*) FROM nayose.audit_event WHERE decision = 'retention' AND reason ~ 'message_2019_01'"),
            "what is too old stays")
        self.assertEqual(self.server.number("SELECT count(*) FROM nayose.message WHERE id <= 100"), 0)
        harness.wait_until(lambda: self.server.get("/status")[1]["retention"]["age_s"] is not None, "it does not end")
        self.assertEqual(self.server.get("/status")[1]["retention"]["took"], ["message_2019_01", "message_2019_02"])
        self.assertGreater(self.server.number("SELECT count(*) FROM nayose.audit_event"), audits)
        found = self.rebuild()
        self.assertEqual((found["kept"], found["differing"]), (gone, 0))
        self.assertEqual(self.state(), before)


if __name__ == "__main__":
    unittest.main()
