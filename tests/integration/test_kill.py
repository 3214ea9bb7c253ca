#!/usr/bin/python3
"""Power cuts. nayosed is killed in the middle of a load, then PostgreSQL is: every acknowledged
message is there afterwards, none twice, and the groups are those of an undisturbed load."""
import json
import os
import socket
import subprocess
import tempfile
import time
import unittest

import harness

PEOPLE = int(os.environ.get("NAYOSE_IT_PEOPLE", "1500"))


class Kill(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.tmp.cleanup)
        cls.files = harness.population(cls.tmp.name, PEOPLE, 12, 3)
        cls.domains = os.path.join(cls.tmp.name, "domains.txt")
        cls.count = sum(len(harness.frames(f)) for f in cls.files)
        server = harness.Server()
        cls.addClassCleanup(server.close)
        server.start().add_domains(cls.domains)
        server.load(cls.files, "--connections", "12")
        cls.undisturbed = harness.groups(server.links())
        server.close()

    def begin(self, fsync):
        self.server = harness.Server(fsync)
        self.addCleanup(self.server.close)
        self.server.start().add_domains(self.domains)
        self.acked = os.path.join(self.tmp.name, f"acked-{self.id()}")
        self.driver = None

    def send(self, *options):
        """Starts the load and gives control back while it runs."""
        self.driver = subprocess.Popen(
            self.server.load_command(self.files, "--connections", "12", "--acked", self.acked,
                                     *options), stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.driver.stdout.close)

    def acked_ids(self):
        """Every control id that got its AA; one may stand twice when it was sent again."""
        try:
            with open(self.acked, encoding="ascii") as f:
                return f.read().split()
        except FileNotFoundError:
            return []

    def wait_acked(self, number):
        end = time.monotonic() + 30
        while len(set(self.acked_ids())) < number:
            self.assertLess(time.monotonic(), end, "the load does not get on")
            self.assertIsNone(self.driver.poll(), "the load ended too early")
            time.sleep(0.01)

    def finish(self):
        out, _ = self.driver.communicate(timeout=60)
        return json.loads(out)

    def check_log(self, acked):
        """Each acknowledged message is logged, nothing is logged twice."""
        rows = [r[0] for r in self.server.sql("SELECT control_id FROM nayose.message")]
        self.assertEqual(len(rows), len(set(rows)), "a message is there twice")
        self.assertEqual(set(acked) - set(rows), set(), "an acknowledged message is lost")

    def check_whole(self):
        """After everything was sent again: as if nothing had happened."""
        again = self.server.load(self.files, "--connections", "12")
        self.assertEqual((again["aa"], again["ae"], again["ar"]), (self.count, 0, 0), again)
        self.check_log(self.acked_ids())
        self.assertEqual(self.server.number("SELECT count(*) FROM nayose.message"), self.count)
        self.assertEqual(harness.groups(self.server.links()), self.undisturbed)
        self.check_invariants()
        chains = [r[0] for r in self.server.sql("SELECT DISTINCT chain FROM nayose.audit_event")]
        for chain in chains:
            self.assertEqual(self.server.sql(f"SELECT * FROM nayose.audit_verify('{chain}')"), [])

    def check_invariants(self):
        """What belongs together was committed together."""
        number = self.server.number
        self.assertEqual(number("SELECT count(*) FROM nayose.identity i WHERE version <> "
                                "(SELECT max(version) FROM nayose.identity_version v "
                                "WHERE v.identity = i.id)"), 0)
        self.assertEqual(number("SELECT count(*) FROM nayose.identity i WHERE person <> "
                                "(SELECT to_person FROM nayose.membership_event m "
                                "WHERE m.identity = i.id ORDER BY seq DESC LIMIT 1)"), 0)
        self.assertEqual(number("SELECT count(*) FROM nayose.message m WHERE NOT EXISTS "
                                "(SELECT FROM nayose.message_seen s "
                                "WHERE s.control_id = m.control_id)"), 0)

    def test_nayosed_is_killed(self):
        self.begin(fsync=False)
        self.send()
        for part in (5, 2):  # the second server takes over what the first one left
            self.wait_acked(self.count // part)
            self.server.kill()
            self.finish()
            acked = self.acked_ids()
            self.assertLess(len(set(acked)), self.count, "killed too late")
            self.check_log(acked)
            self.check_invariants()
            self.server.start()
            self.check_log(acked)
            self.send()
        self.finish()
        self.check_whole()

    def test_senders_that_reconnect_lose_nothing(self):
        os.environ["NAYOSE_MLLP_PORT"] = str(free_port())  # the same one after the restart
        self.addCleanup(os.environ.pop, "NAYOSE_MLLP_PORT")
        self.begin(fsync=False)
        self.send("--reconnect")
        self.wait_acked(self.count // 4)
        self.server.kill()
        self.server.start()
        stats = self.finish()
        acked = self.acked_ids()
        self.check_log(acked)
        self.assertEqual(len(set(acked)) + stats["ar"], self.count, stats)
        self.check_whole()

    def test_postgresql_is_killed(self):
        self.begin(fsync=True)
        self.send()
        self.wait_acked(self.count // 4)
        self.server.pg_crash()
        time.sleep(0.3)
        self.assertFalse(self.server.is_ready())
        self.assertEqual(self.server.get("/livez")[0], 200)
        stats = self.finish()
        # The rest of the load was refused for now, and said so: AR, nothing else.
        self.assertEqual(stats["ae"] + stats["other"], 0, stats)
        self.assertGreater(stats["ar"], 0, stats)
        self.assertEqual(stats["aa"] + stats["ar"] + stats["unanswered"], self.count, stats)
        pid = self.server.pid
        self.server.pg_recover()
        self.server.wait_ready(30)
        self.assertEqual(self.server.pid, pid)
        self.assertTrue(self.server.is_alive())
        self.check_log(self.acked_ids())
        self.check_whole()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


if __name__ == "__main__":
    unittest.main()
