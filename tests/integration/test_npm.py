#!/usr/bin/python3
"""HL7 clients from npm, written by others, feed and query a real server; a server from npm is told of
changes (ITI-10).

The packages are pinned with their hashes (npm/package-lock.json) and installed once, beside the builds.
Where node or the packages are not to be had the tests skip and say so.
In: NAYOSE_BIN, the directory of nayosed and nayose.
"""
import filecmp
import json
import os
import shutil
import socket
import subprocess
import sys
import unittest

import harness
from harness import nayose
from messages_v3 import PIX, body, conversation, said, xmllint

HERE = os.path.dirname(os.path.realpath(__file__))
PACKAGES = os.path.join(os.path.realpath(harness.BIN), "..", "..", "npm")
CLIENTS = ("@medplum/hl7", "node-hl7-client", "simple-hl7")
SERVER = None


def install():
    """The packages below PACKAGES; why not, when they cannot be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "node and npm are not installed"
    lock = os.path.join(HERE, "npm", "package-lock.json")
    installed = os.path.join(PACKAGES, "installed.json")  # what is there whole
    if os.path.exists(installed) and filecmp.cmp(lock, installed, shallow=False):
        return None
    os.makedirs(PACKAGES, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(HERE, "npm", name), PACKAGES)
    run = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
                          "--fetch-retries", "1"],
                         cwd=PACKAGES, capture_output=True, text=True, timeout=120, check=False)
    if run.returncode != 0:
        return "npm ci: " + run.stderr.strip().rpartition("\n")[2]
    shutil.copy(lock, installed)
    return None


def setUpModule():
    global SERVER
    why_not = install()
    if why_not is not None:
        raise unittest.SkipTest(why_not)
    SERVER = harness.Server()
    SERVER.configure("[notify]\nretry_min = 1s\nretry_max = 1s\n")
    SERVER.start()
    for i, name in enumerate(("F01", "F02"), 1):
        SERVER.add_domain(name, f"1.2.392.100495.20.3.51.{i}", f"病院{i}")


def tearDownModule():
    SERVER.close()


def run_node(script, messages, *arguments):
    """What a script beside this one says of messages, with the packages at hand."""
    env = dict(os.environ, NODE_PATH=os.path.join(PACKAGES, "node_modules"))
    run = subprocess.run(["node", os.path.join(HERE, "npm", script), *arguments],
                         input=json.dumps(messages), capture_output=True, encoding="utf-8", env=env,
                         timeout=60, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"{script} {arguments}: {run.stderr}")
    return json.loads(run.stdout)


def converse(client, messages):
    """What an npm client understood of the answers: a dict of code, control, text for each."""
    return run_node("clients.cjs", messages, client, str(SERVER.mllp_port))


def header(facility, kind, control):
    return (f"MSH|^~\\&|HIS|{facility}|NAYOSE|REGION|20261101120000||{kind}|{control}|P|2.5"
            "||||||UNICODE UTF-8")


def admit(facility, control, patient, name, birth="19590501", sex="F"):
    return "\r".join((header(facility, "ADT^A04^ADT_A01", control), "EVN||20261101120000",
                      f"PID|1||{patient}^^^{facility}^PI||{name}||{birth}|{sex}|||^^山形市旅篭町2-3-25"
                      "^^9900047^JPN^H||^PRN^PH^^^^0236301234", "PV1||O")) + "\r"


def ask(control, patient, facility):
    return "\r".join((header(facility, "QBP^Q23^QBP_Q21", control),
                      f"QPD|IHE PIX Query|T{control}|{patient}^^^{facility}", "RCP|I")) + "\r"


class Npm(unittest.TestCase):
    def converse_with(self, client, tag):
        a, b = f"{tag}A", f"{tag}B"
        given = {"1": ("優子", "ﾕｳｺ"), "2": ("直美", "ナオミ"), "3": ("久美", "クミ")}[tag]
        answers = converse(client, [
            admit("F01", f"{tag}-1", a, f"高橋^{given[0]}^^^^^L^I~タカハシ^{given[1]}^^^^^L^P"),
            admit("F02", f"{tag}-2", b, f"髙橋^{given[0]}^^^^^L^I~ﾀｶﾊｼ^{given[1]}^^^^^L^P"),
            ask(f"{tag}-3", a, "F01"),
            admit("F01", f"{tag}-4", "", "高橋^優子^^^^^L^I"),
            ask(f"{tag}-5", "nobody", "F01"),
        ])
        self.assertEqual([(x["code"], x["control"]) for x in answers],
                         [("AA", f"{tag}-1"), ("AA", f"{tag}-2"), ("AA", f"{tag}-3"),
                          ("AE", f"{tag}-4"), ("AE", f"{tag}-5")])
        self.assertIn(f"{b}^^^F02", answers[2]["text"])
        self.assertIn("PID^1^3", answers[3]["text"])
        self.assertIn("|204", answers[4]["text"])
        links = SERVER.links()
        self.assertEqual(links["F01", a], links["F02", b])

    def test_medplum_hl7(self):
        self.converse_with(CLIENTS[0], "1")

    def test_node_hl7_client(self):
        self.converse_with(CLIENTS[1], "2")

    def test_simple_hl7(self):
        self.converse_with(CLIENTS[2], "3")

    def test_soap(self):
        """npm's soap reads our WSDL and adds, revises, merges, asks, pages and cancels in HL7 v3."""
        steps = conversation("N", ("渡辺", "ワタナベ"), 1927)
        answers = run_node("soap.cjs", [step[:3] for step in steps], f"http://127.0.0.1:{SERVER.http_port}")
        said_by_step = [(step[1], said(body(a["raw"]))) for step, a in zip(steps, answers)]
        self.assertEqual(said_by_step, [(step[1], step[3]) for step in steps])
        self.assertEqual([a["ack"] for a in answers], [step[3].split()[0] for step in steps])
        xmllint([body(a["raw"]) for a in answers])

    def test_soap_reads_a_fault(self):
        answers = run_node("soap.cjs", [[PIX, "PIXManager_PRPA_IN201309UV02", '<x xmlns="urn:x"/>']],
                           f"http://127.0.0.1:{SERVER.http_port}")
        self.assertEqual(answers, [{"fault": "env:Sender"}])


class Receiver:
    """node-hl7-server, in a process of its own."""

    def __init__(self):
        self.seen = set()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            ["node", os.path.join(HERE, "npm", "receiver.cjs"), str(self.port)], encoding="utf-8",
            stdout=subprocess.PIPE, env=dict(os.environ, NODE_PATH=os.path.join(PACKAGES, "node_modules")))
        if self.process.stdout.readline() != "listening\n":
            raise RuntimeError("node-hl7-server does not listen")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def told(self):
        """The next message that was not told before: its ids as NAMESPACE^ID, and itself. This server
        takes the messages that came before on a connection anew with each; the answers to those are
        another message's, so that nayose connects again and tells it once more."""
        while True:
            message = json.loads(self.process.stdout.readline())
            if message["control"] not in self.seen:
                self.seen.add(message["control"])
                pid = next(s.split("|") for s in message["text"].split("\r") if s.startswith("PID|"))
                ids = [rep.split("^") for rep in pid[3].split("~")]
                return [f"{x[3].split('&')[0]}^{x[0]}" for x in ids], message["text"]


class Told(unittest.TestCase):
    def waiting(self):
        run = nayose(SERVER, "consumer", "list", "--json")
        return json.loads(run.stdout)["consumers"][0]["waiting"]

    def test_node_hl7_server(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        run = nayose(SERVER, "consumer", "set", "node", "--address", f"127.0.0.1:{receiver.port}",
                     "--application", "KARTE", "--facility", "PORTAL", "--domains", "F01,F02")
        self.assertEqual(run.returncode, 0, run.stderr)
        name = "木村^静^^^^^L^I~キムラ^シズカ^^^^^L^P"
        feed = [admit("F01", "T-1", "TA", name, "19440606"), admit("F02", "T-2", "TB", name, "19440606")]
        with harness.Wire(SERVER.mllp_port) as wire:
            for message in feed:
                self.assertIn(b"MSA|AA|", wire.ask(message.encode()))
            for expected in (["F01^TA"], ["F01^TA", "F02^TB"]):
                ids, text = receiver.told()
                self.assertEqual(ids, expected)
                self.assertIn("||ADT^A31^ADT_A05|", text)
                self.assertIn("|| \rPV1||N", text)
            harness.wait_until(lambda: self.waiting() == 0, "node-hl7-server's AA is not understood")
            self.assertEqual(SERVER.number("SELECT count(*) FROM nayose.notification"), 0)


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
