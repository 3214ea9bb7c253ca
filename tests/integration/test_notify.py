#!/usr/bin/python3
"""ITI-10: consumers are told of every change of the identifiers that they may see, in order, until
they say that they have it. Whatever happened, a consumer that follows what it is told ends with the
sets that `nayose links export` writes."""
import http.server
import json
import os
import pwd
import queue
import re
import shutil
import ssl
import subprocess
import tempfile
import time
import unittest

import harness
import messages_v3
from harness import nayose
from receiver import Receiver, ids_of
from receiver_v3 import acknowledgement, serve
from test_holds import GIVEN, message, person

CROWD = 500
FEW = 200


class Notify(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.tmp.cleanup)
        cls.server = harness.Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.configure("[notify]\nack_timeout = 1s\nretry_min = 1s\nretry_max = 1s\n")
        cls.server.start()
        for i, source in ((1, "F01"), (2, "F02"), (3, "F03"), (4, "F01")):
            cls.server.add_domain(f"F0{i}", f"1.2.392.1.{i}", source_facility=source)
        cls.watcher = Receiver().open()  # told of everything from the first patient on
        cls.addClassCleanup(cls.watcher.close)
        cls.add("watcher", cls.watcher)

    @classmethod
    def add(cls, name, receiver, *options):
        run = nayose(cls.server, "consumer", "set", name, "--address", f"127.0.0.1:{receiver.port}",
                     "--application", "KARTE", "--facility", "PORTAL", *options)
        assert run.returncode == 0, run.stderr

    def consumer(self, answer=None, *options, listening=True):
        """A consumer of this test alone."""
        receiver = Receiver(answer).open()
        self.addCleanup(receiver.close)
        if not listening:
            receiver.close()
        self.add(self.id().rpartition(".")[2], receiver, *options)
        self.addCleanup(nayose, self.server, "consumer", "set", self.id().rpartition(".")[2],
                        "--enabled", "no")
        return receiver

    def tearDown(self):
        self.drained("watcher")
        links = self.server.links()
        self.assertEqual(self.watcher.groups(links), harness.groups(links))

    def numbers(self, name):
        run = nayose(self.server, "consumer", "list", "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        return next(c for c in json.loads(run.stdout)["consumers"] if c["name"] == name)

    def drained(self, name, parked=0):
        harness.wait_until(lambda: self.numbers(name)["waiting"] == 0, f"{name} is not told", 30)
        self.assertEqual(self.numbers(name)["parked"], parked)

    # ---- what is told ----

    def test_what_is_told(self):
        taro = {"given": GIVEN[1], "birth": "19500213", "sex": "M", "phone": "0542001111"}
        hanako = {"family": ("佐藤", "サトウ"), "given": GIVEN[0], "birth": "19841124", "sex": "F",
                  "phone": "0542002222"}
        consumer = self.consumer(None, "--domains", "F01,F02")
        self.server.feed([message("F01", "T1", 1, **taro)])
        self.server.feed([message("F02", "T2", 2, **taro)])
        self.server.feed([message("F03", "T3", 3, **taro)])  # not of interest
        self.server.feed([message("F02", "T2", 4, **taro)])  # nothing new
        self.server.feed([message("F02", "T2", 5, event="A23", **taro)])
        self.server.feed([message("F01", "H1", 6, **hanako)])
        told = consumer.wait(4)
        self.assertEqual([sorted(ids_of(m)) for m in told], [
            [("F01", "T1")], [("F01", "T1"), ("F02", "T2")], [("F01", "T1")], [("F01", "H1")]])
        m = told[1]
        self.assertEqual([str(m.segment("MSH")[i]) for i in (3, 5, 6, 9, 11, 12)],
                         ["NAYOSE", "KARTE", "PORTAL", "ADT^A31^ADT_A05", "P", "2.5"])
        self.assertEqual(str(m.segment("PID")[3]), "T1^^^F01&1.2.392.1.1&ISO~T2^^^F02&1.2.392.1.2&ISO")
        self.assertEqual((str(m.segment("PID")[5]), str(m.segment("PV1")[2])), (" ", "N"))
        self.assertTrue(str(m.segment("EVN")[2]))

    def test_links_that_break_are_told_of_twice(self):
        consumer = self.consumer(None, "--domains", "F01,F04")
        self.server.feed([person("F01", 701), self.link("A24", 1000)])
        self.server.feed([person("F01", 701).replace(b"^^^F01", b"^^^F04").replace(b"F01-", b"F04-")])
        self.assertEqual(len(ids_of(consumer.wait(2)[1])), 2)
        self.server.feed([self.link("A37", 2000)])
        told = consumer.wait(4)[2:]
        self.assertEqual(sorted(ids_of(m) for m in told), [[("F01", "P701")], [("F04", "P701")]])
        self.server.feed([self.link("A24", 3000)])
        self.assertEqual(sorted(ids_of(consumer.wait(5)[4])), [("F01", "P701"), ("F04", "P701")])

    @staticmethod
    def link(event, when):
        at = f"2026030112{when // 60 % 60:02}{when % 60:02}"
        return ("\r".join([
            f"MSH|^~\\&|HIS|F01|NAYOSE|R|{at}||ADT^{event}|L-{when}|P|2.5", f"EVN||{at}",
            "PID|||P701^^^F01", "PID|||P701^^^F04"]) + "\r").encode()

    # ---- whatever the cause ----

    def test_a_merge_is_told_of(self):
        consumer = self.consumer(None, "--domains", "F01,F02")
        self.server.feed([person(f, k) for f, k in (("F01", 721), ("F01", 722), ("F02", 722))])
        self.assertEqual(sorted(ids_of(consumer.wait(3)[2])), [("F01", "P722"), ("F02", "P722")])
        merge = ("\r".join([
            "MSH|^~\\&|HIS|F01|NAYOSE|R|20260302||ADT^A40^ADT_A39|M-721|P|2.5", "EVN||20260302",
            "PID|||P721^^^F01", "MRG|P722^^^F01"]) + "\r").encode()
        self.server.feed([merge])  # the retired id is in no set; who was linked with it is with the survivor
        self.assertEqual(sorted(ids_of(consumer.wait(4)[-1])), [("F01", "P721"), ("F02", "P722")])
        self.assertNotIn(("F01", "P722"), [i for m in consumer.messages[3:] for i in ids_of(m)])

    def test_a_release_is_told_of(self):
        taro = {"given": GIVEN[1], "birth": "19510213", "sex": "M", "phone": "0542001131"}
        hanako = {"family": ("佐藤", "サトウ"), "given": GIVEN[0], "birth": "19851124", "sex": "F",
                  "phone": "0542002232"}
        self.server.feed([message("F01", "R1", 1, **taro), message("F02", "R2", 2, **taro)])
        consumer = self.consumer()
        self.server.feed([message("F01", "R1", 3, **hanako), message("F03", "R3", 4, **hanako)])
        self.assertEqual([ids_of(m)[0] for m in consumer.wait(1)], [("F03", "R3")])  # R1 is held
        run = nayose(self.server, "hold", "release", "F01^R1", "--reason", "asked")
        self.assertEqual(run.returncode, 0, run.stderr)
        told = [{i for i in ids_of(m) if i[0] != "NAYOSE"} for m in consumer.wait(3)[1:]]
        self.assertIn({("F02", "R2")}, [t & {("F01", "R1"), ("F02", "R2"), ("F03", "R3")} for t in told])
        self.assertIn({("F01", "R1"), ("F03", "R3")},
                      [t & {("F01", "R1"), ("F02", "R2"), ("F03", "R3")} for t in told])

    def test_a_clerks_word_is_told_of(self):
        self.server.feed([person("F01", 741), person("F02", 741)])
        consumer = self.consumer(None, "--domains", "F01,F02")
        both = [("F01", "P741"), ("F02", "P741")]
        self.assertEqual(nayose(self.server, "unlink", "F01^P741", "F02^P741", "--dry-run").returncode, 0)
        for verb, expected in (("unlink", [[i] for i in both]), ("pin withdraw", [both])):
            before = len(consumer.messages)
            run = nayose(self.server, *verb.split(), "F01^P741", "F02^P741", "--reason", "asked")
            self.assertEqual(run.returncode, 0, run.stderr)
            told = consumer.wait(before + len(expected))[before:]
            self.assertEqual(sorted(sorted(ids_of(m)) for m in told), expected)

    def test_a_new_version_is_told_of(self):
        self.server.feed([person("F01", 751), person("F02", 751)])
        consumer = self.consumer(None, "--domains", "F01,F02")
        self.server.put_version(102, 60 * 1024)  # nobody is alike enough
        for version, expected in ((102, [[("F01", "P751")], [("F02", "P751")]]),
                                  (1, [[("F01", "P751"), ("F02", "P751")]])):
            for verb in ("stage", "activate") if version != 1 else ("activate",):
                run = nayose(self.server, "model", verb, str(version))
                self.assertEqual(run.returncode, 0, run.stderr)
            self.drained(self.id().rpartition(".")[2])
            links = self.server.links()
            told = {}
            for m in consumer.messages:
                told.update({i: sorted(ids_of(m)) for i in ids_of(m)})
            self.assertEqual(sorted({tuple(told[i]) for i in (("F01", "P751"), ("F02", "P751"))}),
                             [tuple(e) for e in expected])
            self.assertEqual(links["F01", "P751"] == links["F02", "P751"], version == 1)

    # ---- who comes later ----

    def test_who_comes_later_is_told_of_everybody(self):
        name = self.id().rpartition(".")[2]
        self.server.feed([person("F01", k) for k in range(7000, 7000 + CROWD + 10)])  # more than one step
        consumer = self.consumer()
        live = os.path.join(self.tmp.name, "live.hl7")
        harness.write_frames(live, [person("F03", k) for k in range(7000, 7000 + FEW)])
        feeding = subprocess.Popen([os.path.join(harness.BIN, "nayose"), "load", "hl7", live],
                                   env=dict(os.environ, NAYOSE_SERVER=self.server.admin_path),
                                   stdout=subprocess.DEVNULL)
        run = nayose(self.server, "consumer", "resync", name)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertGreaterEqual(int(run.stdout.split()[0]), CROWD + 10)
        self.assertEqual(feeding.wait(60), 0)
        self.drained(name)
        links = self.server.links()
        self.assertEqual(consumer.groups(links), harness.groups(links))
        numbers = [int(str(m.segment("MSH")[10])[1:]) for m in consumer.messages]
        self.assertEqual(numbers, sorted(numbers))

    def test_only_a_consumer_can_be_told(self):
        self.assertEqual(nayose(self.server, "consumer", "resync", "nobody").returncode, 1)
        name = self.id().rpartition(".")[2]
        consumer = self.consumer()
        nayose(self.server, "consumer", "set", name, "--enabled", "no")
        self.assertEqual(nayose(self.server, "consumer", "resync", name).returncode, 1)
        self.assertEqual(consumer.messages, [])

    # ---- answers ----

    def test_what_is_refused_is_parked(self):
        name = self.id().rpartition(".")[2]
        refused = {("F01", "P802")}
        consumer = self.consumer(lambda m: m.create_ack("AE" if refused & set(ids_of(m)) else "AA"))
        self.server.feed([person("F01", k) for k in (801, 802, 803)])
        consumer.wait(3)
        self.drained(name, parked=1)
        self.assertEqual([ids_of(m)[0][1] for m in consumer.messages], ["P801", "P802", "P803"])
        parked = json.loads(nayose(self.server, "notify", "list", "--parked", "--json").stdout)["notices"]
        self.assertEqual([(n["consumer"], n["state"], n["answer"]) for n in parked],
                         [(name, "parked", "AE")])
        gauge = f'nayose_notifications_parked{{consumer="{name}"}} 1'
        self.assertIn(gauge, self.server.get("/metrics")[1].decode())
        refused.clear()  # the consumer was repaired
        number = str(parked[0]["number"])
        self.assertEqual(nayose(self.server, "notify", "retry", number).returncode, 0)
        self.assertEqual(ids_of(consumer.wait(4)[-1])[0], ("F01", "P802"))
        self.drained(name)
        self.assertEqual(nayose(self.server, "notify", "retry", number).returncode, 1)

    def test_news_of_a_patient_take_the_place_of_what_was_parked(self):
        name = self.id().rpartition(".")[2]
        consumer = self.consumer(
            lambda m: m.create_ack("AE" if ids_of(m) == [("F01", "P811")] else "AA"),
            "--domains", "F01,F02")
        self.server.feed([person("F01", 811)])
        consumer.wait(1)
        self.drained(name, parked=1)
        self.server.feed([person("F02", 811)])
        self.assertEqual(len(ids_of(consumer.wait(2)[-1])), 2)
        self.drained(name)

    def test_parked_ones_can_be_dropped(self):
        name = self.id().rpartition(".")[2]
        consumer = self.consumer(lambda m: m.create_ack("AR"), "--domains", "F01")
        self.server.feed([person("F01", 821)])
        consumer.wait(1)
        self.drained(name, parked=1)
        parked = json.loads(nayose(self.server, "notify", "list", "--parked", "--json").stdout)["notices"]
        run = nayose(self.server, "notify", "drop", str(parked[0]["number"]), "--reason", "told by phone")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.drained(name)
        self.assertEqual(self.server.number(
            "SELECT count(*) FROM nayose.audit_event WHERE decision = 'notify drop' "
            "AND reason = 'told by phone'"), 1)

    def test_an_answer_to_another_message_is_none(self):
        wrong = []

        def answer(m):
            ack = m.create_ack()
            if not wrong:
                wrong.append(str(m.segment("MSH")[10]))
                ack.segment("MSA")[2] = "N0"
            return ack

        consumer = self.consumer(answer, "--domains", "F01")
        self.server.feed([person("F01", k) for k in (831, 832)])
        told = [str(m.segment("MSH")[10]) for m in consumer.wait(3)]
        self.assertEqual(told[0], told[1])
        self.assertLess(int(told[1][1:]), int(told[2][1:]))
        self.drained(self.id().rpartition(".")[2])

    def test_silence_is_no_answer(self):
        heard = []
        consumer = self.consumer(lambda m: m.create_ack() if heard else heard.append(1),
                                 "--domains", "F01")
        self.server.feed([person("F01", 841)])
        told = [str(m.segment("MSH")[10]) for m in consumer.wait(2)]
        self.assertEqual(told[0], told[1])

    # ---- consumers and servers that are away ----

    def test_who_was_away_hears_everything_in_order(self):
        name = self.id().rpartition(".")[2]

        def timed(facility, first):
            begin = time.monotonic()
            self.server.feed([person(facility, k) for k in range(first, first + CROWD)])
            return time.monotonic() - begin

        alone = timed("F01", 2000)
        consumer = self.consumer(None, "--domains", "F01,F02", listening=False)
        away = timed("F02", 4000)
        self.assertLess(away, 2 * alone + 1, "a consumer that is away slows the feed")
        self.assertGreaterEqual(self.numbers(name)["waiting"], CROWD)
        consumer.open()
        told = [ids_of(m)[0][1] for m in consumer.wait(CROWD)]
        self.assertEqual(told, [f"P{k}" for k in range(4000, 4000 + CROWD)])
        self.drained(name)

    def test_a_server_that_is_killed_loses_nothing(self):
        name = self.id().rpartition(".")[2]
        consumer = self.consumer(None, "--domains", "F01,F03", listening=False)
        self.server.feed([person("F03", k) for k in range(6000, 6000 + FEW)])
        consumer.open()
        consumer.wait(FEW // 10)
        self.server.kill()
        self.server.resume()
        self.drained(name)
        numbers = [int(str(m.segment("MSH")[10])[1:]) for m in consumer.messages]
        again = len(numbers) - len(set(numbers))
        self.assertEqual({ids_of(m)[0][1] for m in consumer.messages},
                         {f"P{k}" for k in range(6000, 6000 + FEW)})
        self.assertEqual(sorted(set(numbers)), list(dict.fromkeys(numbers)), "out of order")
        self.assertLess(again, FEW, "everything is told again")


CONF = """
[tls out]
certificate = {certs}/client.pem
key = {certs}/client.key
ca = {certs}/ca.pem

[notify]
tls = out
retry_min = 1
retry_max = 1
"""


class Portal(http.server.BaseHTTPRequestHandler):
    """A PIXV3 consumer that takes everything, and notes who told it what."""
    told = queue.Queue()

    def do_POST(self):
        message = messages_v3.body(self.rfile.read(int(self.headers["Content-Length"])))
        subject = dict(rdn[0] for rdn in self.connection.getpeercert()["subject"])
        number = message.find(messages_v3.HL7 + "id").get("extension")
        answer = messages_v3.envelope(acknowledgement(number))
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        Portal.told.put((subject["commonName"], self.path, messages_v3.ids(message)))

    def log_message(self, *args):
        pass


class NotifyOverTls(unittest.TestCase):
    def context(self, certs, name, authority="ca"):
        """Of a consumer with that certificate, who trusts whom authority has signed."""
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=os.path.join(certs, f"{authority}.pem"))
        tls.verify_mode = ssl.CERT_REQUIRED
        tls.load_cert_chain(os.path.join(certs, f"{name}.pem"), os.path.join(certs, f"{name}.key"))
        return tls

    def portal(self, name, tls):
        """A consumer of HL7 V3 over HTTPS."""
        port = serve(self, Portal, tls)
        run = nayose(self.server, "consumer", "set", name, "--address", f"127.0.0.1:{port}",
                     "--path", "/pixconsumer", "--application", "2.999.5", "--facility", "2.999.6")
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_consumers_are_told_over_tls(self):
        certs = tempfile.mkdtemp(prefix="ny-certs.")
        self.addCleanup(shutil.rmtree, certs)
        os.chmod(certs, 0o755)  # the server's user has to get in
        subprocess.run([os.path.join(harness.ROOT, "tests", "support", "certificates.sh"), certs],
                       check=True)
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(os.path.join(certs, "client.key"), user.pw_uid, user.pw_gid)
        self.server = harness.Server()
        self.addCleanup(self.server.close)
        self.server.configure(CONF.format(certs=certs))
        self.server.start()
        self.server.add_domain("F01", "1.2.392.1.1")
        receivers = {}
        for name in ("server", "stranger"):  # one of our authority, one of another
            receivers[name] = Receiver(None, self.context(certs, name)).open()
            self.addCleanup(receivers[name].close)
            run = nayose(self.server, "consumer", "set", name, "--address",
                         f"127.0.0.1:{receivers[name].port}")
            self.assertEqual(run.returncode, 0, run.stderr)
        self.portal("portal", self.context(certs, "server"))
        self.portal("strange portal", self.context(certs, "stranger"))
        self.portal("who does not trust us", self.context(certs, "server", "other-ca"))
        self.server.feed([person("F01", 1)])
        self.assertEqual(ids_of(receivers["server"].wait(1)[0])[0], ("F01", "P1"))
        who, path, told = Portal.told.get(timeout=60)
        self.assertEqual((who, path), ("client", "/pixconsumer"))  # both ends have shown a certificate
        self.assertIn(("1.2.392.1.1", "P1"), told)
        self.wait_tried(3)
        self.assertEqual(receivers["stranger"].messages, [], "told to whom nobody trusts")
        self.assertTrue(Portal.told.empty(), "told to whom nobody trusts, or who trusts nobody")
        expected = {"server": 0, "portal": 0, "stranger": 1, "strange portal": 1, "who does not trust us": 1}
        harness.wait_until(lambda: {c["name"]: c["waiting"] for c in json.loads(
            nayose(self.server, "consumer", "list", "--json").stdout)["consumers"]} == expected, "others wait")
        self.assertEqual(self.server.sql("SELECT DISTINCT transaction, user_id FROM nayose.audit_event "
                                         "WHERE kind = 'notify' ORDER BY transaction"),
                         [["ITI-10", "server"], ["ITI-46", "portal"]])

    def wait_tried(self, consumers):
        """Until each of so many was tried in vain."""
        log = os.path.join(os.path.dirname(self.server.admin_path), "nayosed.log")

        def tried():
            with open(log, encoding="utf-8") as f:
                return set(re.findall(r"event=notify_failed (consumer=\d+)", f.read()))

        harness.wait_until(lambda: len(tried()) >= consumers, "not everybody was tried")


if __name__ == "__main__":
    unittest.main()
