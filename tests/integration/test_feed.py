#!/usr/bin/python3
"""A region of twelve facilities goes in over MLLP; identifiers come out by PIX, before and after a
restart. The senders and askers are other people's programs where Debian has them (python3-hl7)."""
import csv
import os
import random
import subprocess
import sys
import tempfile
import unittest

import hl7
import hl7.client

import harness

PEOPLE = int(os.environ.get("NAYOSE_IT_PEOPLE", "2000"))
QUERY = ("MSH|^~\\&|PORTAL|REGION|NAYOSE|REGION|20260101120000||QBP^Q23^QBP_Q21|{0}|P|2.5\r"
         "QPD|IHE PIX Query|{0}|{1}^^^{2}{3}\rRCP|I\r")
# MSH-18 as the generator writes it
JIS, UTF8 = b"~ISO IR87", b"UNICODE UTF-8"


def ids_of(answer):
    """PID-3 of an RSP as {(namespace, id)}."""
    try:
        pid = answer.segment("PID")
    except KeyError:
        return set()
    found = set()
    for rep in str(pid[3]).split("~"):
        parts = rep.split("^")
        found.add((parts[3].split("&")[0], parts[0]))
    return found


class Feed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.tmp.cleanup)
        cls.files = harness.population(cls.tmp.name, PEOPLE)
        cls.messages = {os.path.basename(f)[:-4]: harness.frames(f) for f in cls.files}
        cls.server = harness.Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start().add_domains(os.path.join(cls.tmp.name, "domains.txt"))
        cls.count = sum(len(m) for m in cls.messages.values())
        cls.stats = cls.server.load(cls.files, "--connections", "12")
        cls.links = cls.server.links()
        with open(os.path.join(cls.tmp.name, "truth.csv"), newline="", encoding="utf-8") as f:
            cls.truth = {(row["domain"], row["local_id"]): row for row in csv.DictReader(f)}

    def ask(self, client, number, key, target=""):
        raw = QUERY.format(f"Q{number}", key[1], key[0], target)
        answer = hl7.parse(client.send_message(raw), encoding="utf-8")
        self.assertEqual(str(answer.segment("MSA")[2]), f"Q{number}")
        self.assertEqual(str(answer.segment("QAK")[1]), f"Q{number}")
        return answer

    def test_population_has_both_character_sets(self):
        sets = [m[0].split(b"\r")[0].split(b"|")[17] for m in self.messages.values()]
        self.assertEqual(len(sets), 12)
        jis = [s for s in sets if s.endswith(JIS)]  # some declare half-width kana before it
        self.assertEqual((len(jis), sets.count(UTF8)), (6, 6), sets)
        self.assertGreater(len(set(jis)), 1)

    def test_each_message_is_accepted(self):
        wanted = {"messages": self.count, "aa": self.count, "ae": 0, "ar": 0, "errors": 0,
                  "unanswered": 0}
        self.assertEqual({k: self.stats[k] for k in wanted}, wanted)

    def test_links_list_each_record_once(self):
        self.assertEqual(set(self.links), set(self.truth))  # links() raises on a second row

    def test_groups_are_people(self):
        links = harness.write_links(os.path.join(self.tmp.name, "links.csv"), self.links)
        run = subprocess.run(
            [sys.executable, harness.EVALUATE, os.path.join(self.tmp.name, "truth.csv"), links,
             "--max-false", "0", "--max-twins", "0", "--min-recall", "0.90"],
            stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stdout)

    def test_pix_query_gives_the_regional_id_and_the_others(self):
        groups = {}
        for key, regional in self.links.items():
            groups.setdefault(regional, set()).add(key)
        asked = random.Random(7).sample(sorted(self.links), 300)
        with hl7.client.MLLPClient("127.0.0.1", self.server.mllp_port) as client:
            for number, key in enumerate(asked):
                answer = self.ask(client, number, key)
                regional = self.links[key]
                # An empty QPD-4 leaves out the domain that was asked in.
                wanted = {k for k in groups[regional] if k[0] != key[0]}
                wanted.add(("REGIONAL", regional))
                self.assertEqual(str(answer.segment("MSA")[1]), "AA", key)
                self.assertEqual(str(answer.segment("QAK")[2]), "OK", key)
                self.assertEqual(ids_of(answer), wanted, key)

    def test_pix_query_for_one_domain_and_by_regional_id(self):
        groups = {}
        for key, regional in self.links.items():
            groups.setdefault(regional, set()).add(key)
        several = [sorted(g) for g in groups.values() if len({k[0] for k in g}) > 2][:20]
        self.assertEqual(len(several), 20)
        with hl7.client.MLLPClient("127.0.0.1", self.server.mllp_port) as client:
            for number, group in enumerate(several, 1000):
                first, other = group[0], next(k for k in group if k[0] != group[0][0])
                answer = self.ask(client, number, first, f"|^^^{other[0]}")
                self.assertEqual(ids_of(answer), {k for k in group if k[0] == other[0]})
                answer = self.ask(client, f"R{number}", ("REGIONAL", self.links[first]))
                self.assertEqual(ids_of(answer), set(group))

    def test_mllp_send_of_python_hl7_is_understood(self):
        # Another sender's program says again what is known, under control ids of its own.
        path = os.path.join(self.tmp.name, "again.hl7")
        harness.write_frames(path, [m.replace(b"|F02-", b"|S02-")
                                    for m in self.messages["F02"][:3]])
        versions = "SELECT count(*) FROM nayose.identity_version"
        before = self.server.number(versions)
        run = subprocess.run(
            ["/usr/bin/mllp_send", "--file", path, "--port", str(self.server.mllp_port),
             "127.0.0.1"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(run.returncode, 0, run.stdout)
        self.assertEqual(run.stdout.count(b"MSA|AA|S02-0000000"), 3, run.stdout)
        self.assertEqual(self.server.number(versions), before)

    def test_log_and_audit_hold_every_feed_and_query(self):
        sql = self.server.sql
        logged = sql("SELECT control_id, count(*) FROM nayose.message WHERE control_id LIKE 'F%' "
                     "GROUP BY 1 HAVING count(*) <> 1")
        self.assertEqual(logged, [])
        ids = {m.split(b"\r")[0].split(b"|")[9].decode()
               for messages in self.messages.values() for m in messages}
        self.assertEqual({r[0] for r in sql("SELECT control_id FROM nayose.message "
                                            "WHERE control_id LIKE 'F%'")}, ids)
        self.assertEqual(ids - {r[0] for r in sql("SELECT message_id FROM nayose.audit_event")},
                         set())
        key = sorted(self.links)[0]
        with hl7.client.MLLPClient("127.0.0.1", self.server.mllp_port) as client:
            self.ask(client, "AUDITED", key)
        rows = sql("SELECT patient_domain, patient_id, outcome FROM nayose.audit_event "
                   "WHERE message_id = 'QAUDITED'")
        self.assertEqual(rows, [[key[0], key[1], "0"]])
        chains = [r[0] for r in sql("SELECT DISTINCT chain FROM nayose.audit_event")]
        for chain in chains:
            self.assertEqual(sql(f"SELECT * FROM nayose.audit_verify('{chain}')"), [])

    def reviews(self):
        """The open questions, but for their ages."""
        status, answer = self.server.get("/reviews")
        self.assertEqual(status, 200)
        return [{k: v for k, v in r.items() if not k.endswith("_s")} for r in answer["reviews"]]

    def test_restart_keeps_the_answers(self):
        reviews = self.reviews()
        self.server.kill()
        self.server.resume()
        self.assertEqual(self.server.links(), self.links)
        self.assertEqual(self.reviews(), reviews)
        key = sorted(self.links)[-1]
        status, answer = self.server.get("/resolve", id="^".join(key))
        self.assertEqual((status, answer["regional_id"]), (200, self.links[key]))
        # What was acknowledged before the restart is known to have been seen.
        again = self.server.load(self.files[-1:])
        self.assertEqual(again["aa"], len(self.messages["F12"]))
        self.assertEqual(self.server.number("SELECT count(*) FROM nayose.message"
                                            " WHERE control_id LIKE 'F%'"), self.count)


if __name__ == "__main__":
    unittest.main()
