#!/usr/bin/python3
"""Answers of past moments: while a day of messages comes in any order, with merges, withdrawals and words
of clerks among them, the server is asked again and again. Asked in the end as of each of these moments,
after a restart, it answers what it answered then; and so does a server that was fed only that far."""
import csv
import datetime
import io
import os
import random
import subprocess
import tempfile
import unittest

import harness

MESSAGES = 400


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Past(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.tmp.cleanup)
        files = harness.population(cls.tmp.name, 220, 6, 11, "--events", "mix")
        cls.messages = [m for f in files for m in harness.frames(f)]
        random.Random(3).shuffle(cls.messages)
        cls.messages = cls.messages[:MESSAGES]
        cls.domains = os.path.join(cls.tmp.name, "domains.txt")

    def start(self):
        server = harness.Server()
        self.addCleanup(server.close)
        server.start().add_domains(self.domains)
        return server

    def nayose(self, server, *args, status=0):
        done = subprocess.run([os.path.join(harness.BIN, "nayose"), *args], encoding="utf-8",
                              env=dict(os.environ, NAYOSE_SERVER=server.admin_path, LANG="C", TZ="Asia/Tokyo"),
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, status, (args, done.stderr))
        return done.stdout if status == 0 else done.stderr

    def links_at(self, server, moment):
        rows = csv.DictReader(io.StringIO(self.nayose(server, "links", "export", "--as-of", moment)))
        return {(r["domain"], r["local_id"]): r["regional_id"] for r in rows}

    def event(self, wire, rng, links, number):
        """A hospital merges two of its ids, or takes one back."""
        ns = rng.choice(sorted({ns for ns, _ in links}))
        ids = sorted(local for of, local in links if of == ns)
        a, b = rng.sample(ids, 2)
        when = f"20261125{number // 60:02}{number % 60:02}00"
        event, tail = rng.choice([("A40", f"\rMRG|{a}^^^{ns}^PI"), ("A23", "")])
        self.assertIn(b"MSA|A", wire.ask(
            f"MSH|^~\\&|HIS|{ns}|NAYOSE|REGION|{when}||ADT^{event}|E{number}|P|2.5||||||UNICODE UTF-8\r"
            f"EVN||{when}\rPID|1||{b}^^^{ns}^PI||^^^^^^U{tail}\r".encode()))

    def word(self, server, rng, links):
        """A clerk says something of two records; what contradicts another word is refused."""
        a, b = rng.sample(sorted(links), 2)
        status, answer = server.request("POST", "/pins", {
            "a": "^".join(a), "b": "^".join(b), "kind": rng.choice(["same", "different", "none"]),
            "reason": "a test"})
        self.assertIn(status, (200, 404, 409), answer)

    def live_through(self, server):
        """[(moment, messages until then, links, {regional id: its answer})]"""
        rng = random.Random(5)
        told = []
        seen = set()
        sent = 0
        with harness.Wire(server.mllp_port) as wire:
            while sent < len(self.messages):
                for message in self.messages[sent:sent + rng.randint(1, 24 if sent > 300 else 60)]:
                    self.assertIn(b"MSA|A", wire.ask(message))
                    sent += 1
                links = server.links()
                if sent > 300:
                    self.event(wire, rng, links, len(told))
                    self.word(server, rng, server.links())
                    links = server.links()
                seen.update(links.values())
                gone = sorted(seen - set(links.values()))
                asked = rng.sample(sorted(seen), min(3, len(seen))) + rng.sample(gone, min(3, len(gone)))
                answers = {i: server.get("/resolve", id=f"REGIONAL^{i}")[1] for i in asked}
                told.append((now(), sent, links, answers))
        return told

    def test_as_of_is_what_was_answered(self):
        server = self.start()
        before = now()
        told = self.live_through(server)
        server.restart()
        self.assertGreater(len(told), 12)
        self.assertEqual(self.links_at(server, before), {})
        retired = 0
        for moment, sent, links, answers in told:
            with self.subTest(messages=sent):
                self.assertEqual(self.links_at(server, moment), links)
                for regional, answer in answers.items():
                    self.assertEqual(server.get("/resolve", id=f"REGIONAL^{regional}", as_of=moment)[1], answer)
                    retired += answer.get("regional_id", regional) != regional
        for table in ("status_event WHERE status = 2", "status_event WHERE status = 3",
                      "person_event WHERE retired", "pin WHERE role = 2", "membership_event WHERE cause = 2"):
            self.assertGreater(server.number(f"SELECT count(*) FROM nayose.{table}"), 0, table)
        self.assertGreater(retired, 0)
        self.replay(told)

    def replay(self, told):
        """The last moment before anybody meddled, on a server that knows no more than that."""
        _, sent, links, _ = [t for t in told if t[1] <= 300][-1]
        server = self.start()
        path = harness.write_frames(os.path.join(self.tmp.name, "until.hl7"), self.messages[:sent])
        server.load([path])
        self.assertEqual(harness.groups(server.links()), harness.groups(links))

    def test_what_is_no_past_moment(self):
        server = self.start()
        self.assertIn("lies ahead", self.nayose(server, "links", "export", "--as-of", "2999-01-01", status=1))
        for text in ("yesterday", "2026-13-01", "2026-11-25 25:00", "2026-11-25T10:00:00X", ""):
            with self.subTest(text=text):
                self.nayose(server, "resolve", "--as-of", text, "X^1", status=2)
        self.assertEqual(server.get("/links", as_of="2026-11-25")[0], 400)


if __name__ == "__main__":
    unittest.main()
