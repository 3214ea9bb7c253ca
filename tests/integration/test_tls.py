#!/usr/bin/python3
"""TLS as hospitals will meet it: who is let in and how, with openssl's own client, python3-hl7 and
Python's ssl; certificates that change under a running server; and what a peer may not do to it.
"""
import asyncio
import hashlib
import http.client
import os
import pwd
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

import hl7
import hl7.mllp

import harness
import messages_v3
from harness import nayose

OID = "1.2.392.100495.20.3.51.12210100018"
CONF = """
[tls jp]
certificate = {certs}/server.pem
key = {certs}/server.key
ca = {certs}/ca.pem
peers = {certs}/peers.pem

[tls ihe]
profile = ihe
certificate = {certs}/live.pem
key = {certs}/live.key
ca = {certs}/ca.pem
crl = {certs}/crl.pem
handshake_timeout = 1

[listener mllp-jp]
port = {jp}
tls = jp
in_flight = 4

[listener mllp-ihe]
port = {ihe}
tls = ihe

[listener https]
type = http
port = {https}
tls = jp

[listener https-f01]
type = http
port = {https_f01}
tls = jp
facility = F01

[listener hasty]
port = {hasty}
partial_timeout = 1
acknowledge = enhanced
facility = F01
"""

NUMBER = iter(range(1, 1000))
CIPHERS_12 = ("DHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
              "DHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384")
OLD = ("-cipher", "ALL:@SECLEVEL=0")

# name, listener, certificate, options of openssl s_client, why it is refused (None: it is not)
MEETINGS = [
    ("TLS 1.3, jp-high", "jp", "client", ("-tls1_3",), None),
    ("TLS 1.3, ihe", "ihe", "client", ("-tls1_3",), None),
    *[(f"TLS 1.2, {c}", "ihe", "client", ("-tls1_2", "-cipher", c), None) for c in CIPHERS_12],
    ("a certificate trusted as it is", "jp", "lone", (), None),
    ("TLS 1.2, jp-high", "jp", "client", ("-tls1_2",), "unsupported protocol"),
    ("TLS 1.1, ihe", "ihe", "client", ("-tls1_1", *OLD), "unsupported protocol"),
    ("TLS 1.1, jp-high", "jp", "client", ("-tls1_1", *OLD), "unsupported protocol"),
    ("cipher without ephemeral key", "ihe", "client", ("-tls1_2", "-cipher", "AES128-GCM-SHA256"),
     "no shared cipher"),
    ("cipher in CBC mode", "ihe", "client", ("-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA384"),
     "no shared cipher"),
    ("cipher not on the list, jp-high", "jp", "client",
     ("-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256"), "no shared cipher"),
    ("no certificate, 1.3", "jp", None, (), "peer did not return a certificate"),
    ("no certificate, 1.2", "ihe", None, ("-tls1_2",), "peer did not return a certificate"),
    ("another authority", "jp", "stranger", (), "unable to get local issuer certificate"),
    ("another authority, 1.2", "ihe", "stranger", ("-tls1_2",),
     "unable to get local issuer certificate"),
    ("expired", "jp", "expired", (), "certificate has expired"),
    ("revoked", "ihe", "revoked", (), "certificate revoked"),
    ("signed by itself, not a peer here", "ihe", "lone", (), "self-signed certificate"),
    ("RSA of 1024 bits", "ihe", "weak", OLD, "EE certificate key too weak"),
    ("RSA of 1024 bits, though a peer", "jp", "weak", OLD, "EE certificate key too weak"),
]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def message(control, patient="1", name="山田^太郎"):
    return "\r".join([
        f"MSH|^~\\&|HIS|F01|NAYOSE|REGION|20260101120000||ADT^A28^ADT_A05|{control}|P|2.5||||||UNICODE UTF-8",
        "EVN||20260101120000",
        f"PID|1||{patient}^^^F01&{OID}&ISO^PI||{name}^^^^^L^I||19800101|M", ""]).encode()


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server()
        cls.certs = tempfile.mkdtemp(prefix="ny-certs.")
        os.chmod(cls.certs, 0o755)  # the server's user has to get in
        subprocess.run([os.path.join(harness.ROOT, "tests", "support", "certificates.sh"), cls.certs],
                       check=True)
        with open(os.path.join(cls.certs, "peers.pem"), "w", encoding="ascii") as f:
            for name in ("lone", "weak"):
                with open(os.path.join(cls.certs, name + ".pem"), encoding="ascii") as one:
                    f.write(one.read())
        cls.ports = {name: free_port() for name in ("jp", "ihe", "https", "https_f01", "hasty")}
        cls.renew("rsa")
        for name in ("server.key", "expired.key"):
            cls.give_to_server(name)
        cls.server.configure(CONF.format(certs=cls.certs, **cls.ports))
        try:
            cls.server.start()
            cls.server.wait_ready()
            cls.server.add_domain("F01", OID, "A")
        except BaseException:
            cls.server.close()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        shutil.rmtree(cls.certs)

    @classmethod
    def give_to_server(cls, name):
        """A key must belong to whom the server runs as."""
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(os.path.join(cls.certs, name), user.pw_uid, user.pw_gid)

    @classmethod
    def renew(cls, name, key=None):
        """Puts another certificate (and key) where the server of [tls ihe] looks for its own."""
        for source, suffix in ((name, ".pem"), (key or name, ".key")):
            target = os.path.join(cls.certs, "live" + suffix)
            shutil.copy(os.path.join(cls.certs, source + suffix), target)
            os.chmod(target, 0o600 if suffix == ".key" else 0o644)
        cls.give_to_server("live.key")

    def path(self, name):
        return os.path.join(self.certs, name)

    def context(self, name="client"):
        c = ssl.create_default_context(cafile=self.path("ca.pem"))
        if name is not None:
            c.load_cert_chain(self.path(name + ".pem"), self.path(name + ".key"))
        c.check_hostname = False
        return c

    def wire(self, listener, name="client"):
        return harness.Wire(self.ports[listener], self.context(name))

    def metric(self, name):
        status, text = self.server.get("/metrics")
        self.assertEqual(status, 200)
        found = re.search(rf"^nayose_{name} (\d+)$", text.decode(), re.MULTILINE)
        self.assertIsNotNone(found, name)
        return int(found.group(1))

    def met(self):
        return self.metric("tls_handshakes_total"), self.metric("tls_refused_total")

    def log(self):
        with open(os.path.join(os.path.dirname(self.server.admin_path), "nayosed.log"),
                  encoding="utf-8") as f:
            return f.read()

    def wait_log(self, text, since):
        end = time.monotonic() + 10
        while text not in self.log()[since:]:
            self.assertLess(time.monotonic(), end, f"no {text} in the log: {self.log()[since:]}")
            time.sleep(0.02)

    def hang_up(self, *expected):
        since = len(self.log())
        os.kill(self.server.pid, signal.SIGHUP)
        for text in expected:
            self.wait_log(text, since)

    def meet(self, listener, certificate, options):
        """What the server has counted, and said, of one visit."""
        before, since = self.met(), len(self.log())
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{self.ports[listener]}", "-CAfile",
                   self.path("ca.pem"), *options]
        if certificate is not None:
            command += ["-cert", self.path(certificate + ".pem"), "-key",
                        self.path(certificate + ".key")]
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=20, check=False)
        end = time.monotonic() + 10
        while sum(self.met()) == sum(before):
            self.assertLess(time.monotonic(), end, "the server has not met anybody")
            time.sleep(0.02)
        after = self.met()
        return after[0] - before[0], after[1] - before[1], self.log()[since:]

    def alerts(self):
        """Those of node authentication: [reason, certificate, how often]."""
        return self.server.sql(
            "SELECT reason, certificate, sum(hits) FROM nayose.audit_event WHERE kind = 'alert' AND action = 'E' "
            "AND outcome = 8 AND decision = 'node authentication' AND peer_addr = '127.0.0.1' "
            "AND chain <> '' GROUP BY reason, certificate")

    def test_refused_handshakes_are_security_alerts(self):
        """Here at the first time; what is repeated as a number, when the server stops (or each hour)."""
        for certificate, options in (("expired", ()), (None, ()), ("stranger", ()), ("client", ("-tls1_2",))):
            for _ in range(3):
                self.meet("jp", certificate, options)
        expired = self.openssl_x509("expired", "-fingerprint", "-sha256").partition("=")[2]
        shown = "sha256:" + expired.replace(":", "").lower()
        before = {(reason, certificate) for reason, certificate, _ in self.alerts()}
        for reason, certificate in (("TLS handshake: the certificate shown: certificate has expired", shown),
                                    ("TLS handshake: peer did not return a certificate", ""),
                                    ("TLS handshake: unsupported protocol", "")):
            self.assertIn((reason, certificate), before)
        with socket.create_connection(("127.0.0.1", self.server.mllp_port), timeout=20) as s:
            for _ in range(3):  # the third one closes the connection
                s.sendall(harness.FRAME_BEGIN + b"GET / HTTP/1.1" + harness.FRAME_END)
            self.assertEqual(s.recv(1), b"")
        refused = self.metric("tls_refused_total")
        self.server.restart()
        self.server.wait_ready()
        after = {(reason, certificate): int(n) for reason, certificate, n in self.alerts()}
        self.assertEqual(set(after), before)
        self.assertEqual(sum(after.values()), refused)
        self.assertEqual(self.server.sql(
            "SELECT outcome, peer_addr, reason, hits FROM nayose.audit_event WHERE kind = 'alert' "
            "AND decision = 'unreadable message' ORDER BY seq"),
            [["4", "127.0.0.1", "no MSH", "1"], ["4", "127.0.0.1", "no MSH", "2"]])
        events = [row[0] for row in self.server.sql(
            "SELECT decision FROM nayose.audit_event WHERE kind = 'server' ORDER BY seq")]
        self.assertEqual([e for e in events if e != "reload"], ["start", "stop", "start"])
        for chain, in self.server.sql("SELECT DISTINCT chain FROM nayose.audit_event"):
            self.assertEqual(self.server.sql(f"SELECT * FROM nayose.audit_verify('{chain}')"), [])

    def test_who_is_let_in(self):
        for name, listener, certificate, options, why in MEETINGS:
            with self.subTest(name):
                done, refused, log = self.meet(listener, certificate, options)
                if why is None:
                    self.assertEqual((done, refused), (1, 0), log)
                else:
                    self.assertEqual((done, refused), (0, 1), log)
                    self.assertIn(why, log)

    def test_a_feed_in_one_piece_is_answered_in_order(self):
        with self.wire("jp") as w:
            w.sock.sendall(b"".join(
                harness.FRAME_BEGIN + message(f"P{i}", f"p{i}") + harness.FRAME_END
                for i in range(20)))
            answers = [w.frame() for _ in range(20)]
        self.assertEqual([harness.field(a, "MSA", 2) for a in answers], [f"P{i}" for i in range(20)])
        self.assertEqual({harness.field(a, "MSA", 1) for a in answers}, {"AA"})

    def test_large_messages_cross_many_records(self):
        with self.wire("ihe") as w:
            answer = w.ask(message("BIG", "big") + b"ZZZ|" + b"x" * 1000000 + b"\r")
            self.assertEqual(harness.field(answer, "MSA", 1), "AA")

    def test_python_hl7_feeds_over_tls(self):
        async def talk():
            reader, writer = await hl7.mllp.open_hl7_connection(
                "127.0.0.1", self.ports["ihe"], ssl=self.context(), encoding="utf-8")
            writer.writemessage(hl7.parse(message("PY", "py").decode()))
            await writer.drain()
            answer = await asyncio.wait_for(reader.readmessage(), 20)
            writer.close()
            return str(answer)

        self.assertEqual(harness.field(asyncio.run(talk()).encode(), "MSA", 1), "AA")

    def test_https(self):
        conn = http.client.HTTPSConnection("127.0.0.1", self.ports["https"], timeout=20,
                                           context=self.context())
        for _ in range(2):
            conn.request("GET", "/livez")
            reply = conn.getresponse()
            self.assertEqual((reply.status, reply.read()), (200, b"ok\n"))
        conn.close()
        stranger = http.client.HTTPSConnection("127.0.0.1", self.ports["https"], timeout=20,
                                               context=self.context(None))
        with self.assertRaises(OSError):
            stranger.request("GET", "/livez")
            stranger.getresponse()
        stranger.close()

    def test_certificates_change_under_a_live_connection(self):
        def shown(wire):
            return ssl.DER_cert_to_PEM_cert(wire.sock.getpeercert(True))

        def pem(name):
            with open(self.path(name + ".pem"), encoding="ascii") as f:
                return f.read()

        try:
            with self.wire("ihe") as old:
                self.assertEqual(shown(old), pem("rsa"))
                self.renew("renewed", key="rsa")
                self.hang_up("event=tls_reload_failed tls=ihe", "does not belong to certificate")
                with self.wire("ihe") as w:
                    self.assertEqual(shown(w), pem("rsa"))
                self.renew("expired")
                self.hang_up("our certificate has expired on ")
                self.renew("renewed")
                self.hang_up("event=tls_reloaded tls=ihe", "event=reloaded")
                with self.wire("ihe") as w:
                    self.assertEqual(shown(w), pem("renewed"))
                    self.assertEqual(harness.field(w.ask(message("NEW", "new")), "MSA", 1), "AA")
                self.assertEqual(harness.field(old.ask(message("OLD", "old")), "MSA", 1), "AA")
        finally:
            self.renew("rsa")
            self.hang_up("event=tls_reloaded tls=ihe")

    def test_a_file_with_a_mistake_changes_nothing(self):
        path = os.path.join(os.path.dirname(self.server.admin_path), "nayosed.conf")
        with open(path, encoding="utf-8") as f:
            good = f.read()
        try:
            with open(path, "w", encoding="utf-8") as f:
                f.write(good + "\n[mach]\n")
            self.hang_up("event=reload_failed", "unknown section [mach]")
        finally:
            with open(path, "w", encoding="utf-8") as f:
                f.write(good)
        self.assertEqual(self.meet("jp", "client", ())[:2], (1, 0))

    def test_slow_handshakes_are_dropped(self):
        refused = self.metric("tls_refused_total")
        with socket.create_connection(("127.0.0.1", self.ports["ihe"]), timeout=20) as s:
            began = time.monotonic()
            try:
                for byte in b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(60):
                    s.sendall(bytes([byte]))
                    time.sleep(0.1)
            except OSError:
                pass
            self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(self.metric("tls_refused_total"), refused + 1)

    def test_half_a_frame_is_not_waited_for(self):
        with harness.Wire(self.ports["hasty"]) as w:
            began = time.monotonic()
            w.sock.sendall(harness.FRAME_BEGIN + b"MSH|")
            self.assertTrue(w.closes())
            self.assertLess(0.9, time.monotonic() - began)
            self.assertLess(time.monotonic() - began, 5)
        with harness.Wire(self.ports["hasty"]) as w:  # silence between frames is something else
            self.assertEqual(harness.field(w.ask(message("H1", "h")), "MSA", 1), "AA")
            time.sleep(1.5)
            self.assertEqual(harness.field(w.ask(message("H2", "h")), "MSA", 1), "AA")

    def test_enhanced_mode_answers_twice(self):
        asks = message("E1", "e").replace(b"|2.5|||||", b"|2.5|||AL|AL|", 1)
        with harness.Wire(self.ports["hasty"]) as w:
            first, second = w.ask(asks), w.frame()
            again, repeated = w.ask(asks), w.frame()  # the same message: not taken twice
        self.assertEqual([harness.field(a, "MSA", 1) for a in (first, second, again, repeated)],
                         ["CA", "AA", "CA", "AA"])
        self.assertNotEqual(harness.field(first, "MSH", 9), harness.field(second, "MSH", 9))
        self.assertEqual(second, repeated)

    def test_a_connection_speaks_for_its_facility_alone(self):
        other = message("F1", "f").replace(b"|F01|", b"|F02|", 1)
        with harness.Wire(self.ports["hasty"]) as w:
            answer = w.ask(other)
            self.assertEqual(harness.field(answer, "MSA", 1), "AR")
            self.assertEqual(harness.field(answer, "ERR", 2), "MSH^1^4")
            self.assertIn("another facility", harness.field(answer, "ERR", 8))
            self.assertEqual(harness.field(w.ask(message("F1", "f")), "MSA", 1), "AA")

    # ---- certificates of sources ----

    def openssl_x509(self, name, *options):
        return subprocess.run(["openssl", "x509", "-in", self.path(name + ".pem"), "-noout", *options],
                              stdout=subprocess.PIPE, text=True, check=True).stdout.strip()

    def key_digest(self, name):
        pem = self.openssl_x509(name, "-pubkey")
        der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=pem.encode(),
                             stdout=subprocess.PIPE, check=True).stdout
        return hashlib.sha256(der).hexdigest()

    def bind(self, source, *certificates, verb="source", code=0):
        run = nayose(self.server, verb, "set", source,
                     *[word for c in certificates for word in ("--certificate", c)])
        self.assertEqual(run.returncode, code, run.stderr)
        return run.stderr

    def curl(self, listener, certificate, path, body):
        """The codes of an answer by curl with a certificate."""
        run = subprocess.run(
            ["curl", "-sS", "--cacert", self.path("ca.pem"), "--cert", self.path(certificate + ".pem"),
             "--key", self.path(certificate + ".key"), "-H", "Content-Type: application/soap+xml",
             "--resolve", f"server.example.org:{self.ports[listener]}:127.0.0.1", "--data-binary", "@-",
             f"https://server.example.org:{self.ports[listener]}{path}"],
            input=body, stdout=subprocess.PIPE, check=True)
        return re.findall(r'<(?:typeCode|queryResponseCode|code) code="(C[AER]|A[AER]|NS\d+|OK|NF|QE)"',
                          run.stdout.decode())

    def test_certificates_speak_for_their_sources_alone(self):
        oid = {"F11": OID + "1", "F12": OID + "2"}
        arc = {facility: root.removeprefix(messages_v3.OID) for facility, root in oid.items()}

        def add(facility):
            act = messages_v3.person(arc[facility], "v")
            return messages_v3.envelope(messages_v3.message("PRPA_IN201301UV02", arc[facility], act))

        def asked(facility):
            act = messages_v3.pix_query(arc[facility], "v")
            return messages_v3.envelope(messages_v3.message("PRPA_IN201309UV02", arc[facility], act))

        for facility, root in oid.items():
            self.server.add_domain(facility, root)
        names = self.openssl_x509("lone", "-subject", "-issuer", "-nameopt", "RFC2253")
        self.bind("^F11", "spki:" + self.key_digest("renewed"))
        self.bind("^F12", "00" * 32, names.replace("\n", ";"))
        self.bind("PORTAL^F12", self.openssl_x509("rsa", "-fingerprint", "-sha256").partition("=")[2], verb="requester")
        self.assertIn("fingerprint", self.bind("^F11", "renewed.pem", code=1))
        feed, ask = "ADT^A28^ADT_A05", "QBP^Q23^QBP_Q21"

        def said(certificate, facility, kind=feed, application="HIS", listener="jp"):
            text = message(f"C{next(NUMBER)}", "c").replace(b"|HIS|F01|", f"|{application}|{facility}|".encode(), 1)
            text = text.replace(b"^^^F01&" + OID.encode(), f"^^^{facility}&{oid.get(facility, OID)}".encode(), 1)
            if kind == ask:
                text = text.partition(b"EVN|")[0].replace(feed.encode(), ask.encode()) + (
                    f"QPD|IHE PIX Query|T|c^^^{facility}\rRCP|I\r").encode()
            with self.wire(listener, certificate) as w:
                answer = w.ask(text)
            return harness.field(answer, "MSA", 1), harness.field(answer, "ERR", 2)

        fine, foreign = ("AA", None), ("AR", "MSH^1^4")
        for expected, *meeting in (
                (fine, "renewed", "F11"), (foreign, "renewed", "F12"), (foreign, "renewed", "F01"),
                (fine, "lone", "F12"), (foreign, "lone", "F11"),
                (foreign, "client", "F11"), (foreign, "client", "F12"), (fine, "client", "F01"),
                (foreign, "rsa", "F12", feed, "PORTAL"), (foreign, "rsa", "F12", ask, "HIS"),
                (foreign, "lone", "F11", ask), (foreign, "lone", "F12", ask, "PORTAL")):
            self.assertEqual(said(*meeting), expected, meeting)
        for facility, certificate, application in (
                ("F11", "renewed", "HIS"), ("F12", "lone", "HIS"), ("F12", "rsa", "PORTAL")):
            self.assertIn(said(certificate, facility, ask, application)[0], ("AA", "AE"))
        # HL7 V3, by the same rules
        for expected, certificate, facility, listener in (
                (["CA"], "renewed", "F11", "https"), (["CR", "NS260"], "lone", "F11", "https"),
                (["CA"], "lone", "F12", "https"), (["CR", "NS260"], "client", "F12", "https"),
                (["CR", "NS260"], "renewed", "F11", "https_f01")):
            self.assertEqual(self.curl(listener, certificate, "/pixmanager", add(facility)),
                             expected, (certificate, facility))
        self.assertEqual(self.curl("https", "renewed", "/pixmanager", asked("F11"))[0], "AA")
        self.assertEqual(self.curl("https", "lone", "/pixmanager", asked("F11"))[:2],
                         ["AE", "NS260"])
        self.assertEqual(self.curl("https_f01", "client", "/pixmanager", asked("F11"))[:2],
                         ["AE", "NS260"])
        # the admin's own way in, and a plain connection of this host, go by what the message says
        with harness.Wire(self.server.mllp_port) as w:
            text = message("PLAIN", "p").replace(b"F01", b"F11").replace(OID.encode(), oid["F11"].encode())
            self.assertEqual(harness.field(w.ask(text), "MSA", 1), "AA")
        denied = self.server.sql("SELECT kind, count(*) FROM nayose.audit_event WHERE outcome = 8 AND "
                                 "(message_id LIKE 'C%' OR message_id LIKE '1.2.3.4^%') GROUP BY kind ORDER BY kind")
        self.assertEqual(denied, [["feed", "9"], ["query", "5"]])
        self.bind("^F11", "")
        self.assertEqual(said("renewed", "F01"), fine)  # nobody's again
        self.assertEqual(said("client", "F11"), fine)

    def memory(self):
        with open(f"/proc/{self.server.pid}/status", encoding="ascii") as f:
            return int(re.search(r"^VmRSS:\s+(\d+)", f.read(), re.MULTILINE).group(1))

    def fail_handshakes(self, n):
        """Half of them speak no TLS, half come without a certificate."""
        refused = self.metric("tls_refused_total")
        anonymous = self.context(None)
        for i in range(n):
            with socket.create_connection(("127.0.0.1", self.ports["jp"]), timeout=20) as s:
                try:
                    if i % 2:
                        s.sendall(message("X"))
                        s.recv(1)
                    else:
                        with anonymous.wrap_socket(s) as t:
                            t.recv(1)
                except OSError:
                    pass
        self.assertEqual(self.metric("tls_refused_total"), refused + n)

    @unittest.skipIf("asan" in harness.BIN, "the sanitizer keeps freed memory")
    def test_failed_handshakes_leave_nothing_behind(self):
        self.fail_handshakes(200)
        before = self.memory()
        self.fail_handshakes(1000)
        self.assertLess(self.memory() - before, 1024, "KiB more after 1000 failed handshakes")

    def check_config(self, **names):
        """Status and text of --check-config with other files in [tls x]."""
        files = {"certificate": "server.pem", "key": "server.key", "ca": "ca.pem", **names}
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as f:
            f.write("[tls x]\n" + "".join(f"{k} = {self.path(v)}\n" for k, v in files.items()))
            f.flush()
            done = subprocess.run([os.path.join(harness.BIN, "nayosed"), "--config", f.name,
                                   "--check-config"], capture_output=True, text=True, check=False)
            return done.returncode, (done.stdout + done.stderr).replace(f.name, "FILE")

    def test_check_config_reads_the_certificates(self):
        self.assertEqual(self.check_config(), (0, "FILE: no errors\n"))
        self.assertEqual(self.check_config(key="client.key"), (
            1, f"nayosed: [tls x] key {self.path('client.key')} does not belong to certificate "
               f"{self.path('server.pem')}\n"))
        end = subprocess.run(["openssl", "x509", "-in", self.path("expired.pem"), "-noout", "-enddate",
                              "-dateopt", "iso_8601"], capture_output=True, text=True, check=True)
        day = end.stdout.split("=")[1][:10]
        self.assertEqual(self.check_config(certificate="expired.pem", key="expired.key"), (
            1, f"nayosed: [tls x] our certificate has expired on {day}\n"))

    def test_metrics_say_when_a_certificate_ends(self):
        end = subprocess.run(["openssl", "x509", "-in", self.path("server.pem"), "-noout", "-enddate"],
                             capture_output=True, text=True, check=True)
        self.assertEqual(self.metric(r'tls_certificate_not_after_seconds\{tls="jp"\}'),
                         ssl.cert_time_to_seconds(end.stdout.strip().split("=")[1]))

    def test_keys_do_not_show(self):
        with open(self.path("server.key"), encoding="ascii") as f:
            lines = [line.strip() for line in f if "-" not in line]
        log = self.log()
        self.assertNotIn("PRIVATE", log)
        for line in lines:
            self.assertNotIn(line, log)


if __name__ == "__main__":
    unittest.main()
