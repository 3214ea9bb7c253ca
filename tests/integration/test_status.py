#!/usr/bin/python3
"""nayose status: what somebody has to look at, the exit status for a monitor, one screen of 80 columns in
both languages. A stand-in answers with states that a healthy server never shows; a real one is asked, too.

In: NAYOSE_BIN, the directory of nayosed and nayose.
"""
import copy
import http.server
import json
import os
import re
import socketserver
import subprocess
import threading
import unicodedata
import unittest

import harness

FINE = {
    "ready": True, "identities": 1234567, "persons": 1100000, "reviews_open": 12, "reviews_parked": 300,
    "batch_no": 9, "epoch": 4, "index_bytes": 500000000, "model_version": 3, "feed_accepted": 1234567,
    "feed_error": 12, "feed_rejected": 1, "batches": 90000, "batch_failures": 0,
    "older_records": 0,
    "feeds": [{"application": "HIS", "facility": f"F{i:02}", "last_at": "2026-11-25T01:02:03Z", "age_s": 10 * i,
               "accepted": 1000, "refused": 2, "alarm": False} for i in range(12)],
    "consumers": [{"consumer": "portal", "waiting": 0, "parked": 0, "oldest_s": None}],
    "certificates": [{"tls": "hospitals", "not_after": "2027-11-25T01:02:03Z", "days": 365}],
    "calibration": {"estimate": 2e-6, "bound": 8e-6, "target": 1e-5, "meters_agree": True},
    "database": {"replica": False, "bytes": 5 << 30, "disk_bytes": 100 << 30, "disk_free_bytes": 40 << 30,
                 "holds": 2, "review_oldest_s": 200000,
                 "standbys": [{"name": "pg2", "state": "streaming", "sync": "async", "lag_s": 0.2}]},
    "retention": {"ran_at": "2026-11-25T01:02:03Z", "age_s": 1800, "took_at": "2026-11-01T00:00:01Z",
                  "took": ["audit_event_2021_10", "message_2024_10"]},
}
TROUBLES = [
    ("not-ready", lambda s: s.update(ready=False)),
    ("meters", lambda s: s["calibration"].update(estimate=2e-5)),
    ("records-older", lambda s: s.update(older_records=1234567)),
    ("source-alarm", lambda s: s["feeds"][3].update(alarm=True)),
    ("certificate", lambda s: s["certificates"][0].update(days=29)),
    ("notification-parked", lambda s: s["consumers"][0].update(parked=1)),
    ("notification-late", lambda s: s["consumers"][0].update(waiting=5, oldest_s=901)),
    ("disk", lambda s: s["database"].update(disk_free_bytes=9 << 30)),
    ("standby-late", lambda s: s["database"]["standbys"][0].update(lag_s=61)),
    ("retention-late", lambda s: s["retention"].update(age_s=86401)),
]
ANSWER = FINE


class Stand(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def nayose(server, *args, language="C.UTF-8"):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "NAYOSE_"))}
    return subprocess.run([os.path.join(harness.BIN, "nayose"), "-s", server, *args],
                          env=dict(env, LANG=language), capture_output=True, text=True, timeout=60, check=False)


class Judged(unittest.TestCase):
    def setUp(self):
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Stand)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.url = f"http://127.0.0.1:{server.server_address[1]}"

    def answer(self, change=None):
        global ANSWER
        ANSWER = copy.deepcopy(FINE)
        if change:
            change(ANSWER)

    def test_all_is_well(self):
        self.answer()
        self.assertEqual(nayose(self.url, "status").returncode, 0)
        done = nayose(self.url, "status", "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)["problems"]), (0, []))

    def test_each_trouble_alone(self):
        for code, change in TROUBLES:
            with self.subTest(code=code):
                self.answer(change)
                done = nayose(self.url, "status", "--json")
                self.assertEqual(done.returncode, 1)
                problems = json.loads(done.stdout)["problems"]
                self.assertEqual([p["code"] for p in problems], [code])
                screen = nayose(self.url, "status")
                self.assertEqual(screen.returncode, 1)
                self.assertTrue(screen.stdout.startswith("! " + problems[0]["text"] + "\n"), screen.stdout)

    def test_one_screen_of_80_columns(self):
        self.answer(lambda s: [change(s) for _, change in TROUBLES[1:]])
        for language in ("C.UTF-8", "ja_JP.UTF-8"):
            with self.subTest(language=language):
                lines = nayose(self.url, "status", language=language).stdout.splitlines()
                self.assertLessEqual(len(lines), 30)
                for line in lines:
                    self.assertLessEqual(width(line), 80, line)

    def test_retention(self):
        for change, shown in (({}, "last took 2026-11-01: audit_event_2021_10 and more"),
                              ({"took": ["message_2024_10"]}, "last took 2026-11-01: message_2024_10"),
                              ({"took": None}, "nothing went yet"), ({"age_s": None}, "- ago")):
            with self.subTest(change=change):
                self.answer(lambda s: s["retention"].update(change))
                lines = nayose(self.url, "status").stdout.splitlines()
                self.assertRegex([x for x in lines if x.startswith("retention")][0], shown)

    def test_who_was_not_heard_comes_first(self):
        self.answer(lambda s: s["feeds"][5].update(age_s=None))
        feeds = re.findall(r"HIS\^(F\d\d)", nayose(self.url, "status").stdout)
        self.assertEqual(feeds, ["F05", "F11", "F10", "F09", "F08", "F07", "F06", "F04"])


class Real(unittest.TestCase):
    def test_a_server_that_was_fed(self):
        server = harness.Server().start()
        self.addCleanup(server.close)
        nayose(server.admin_path, "domain", "add", "--namespace", "F01", "--oid", "1.2.3", "--source", "HIS^F01")
        for id_facility, status in (("F01", "AA"), ("F99", "AE")):
            body = ("MSH|^~\\&|HIS|F01|NAYOSE|R|20261101||ADT^A08^ADT_A01|C" + id_facility + "|P|2.5\rEVN||20261101\r"
                    f"PID|1||7^^^{id_facility}^PI||YAMADA^TARO^^^^^L^A||19500101|M\r").encode()
            self.assertIn(b"MSA|" + status.encode(), server.request("POST", "/feed", body)[1])
        done = nayose(server.admin_path, "status", "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        status = json.loads(done.stdout)
        feed = status["feeds"][0]
        self.assertEqual((feed["application"], feed["accepted"], feed["refused"]), ("HIS", 1, 1))
        self.assertLess(feed["age_s"], 60)
        self.assertEqual((status["database"]["replica"], status["database"]["standbys"]), (False, []))
        self.assertGreater(status["database"]["bytes"], 1000000)
        harness.wait_until(lambda: server.get("/status")[1]["retention"]["age_s"] is not None, "retention did not run")
        self.assertNotIn("took", server.get("/status")[1]["retention"])
        server.pg_crash()
        while server.is_ready():
            server.get("/resolve", id="F01^7")
        done = nayose(server.admin_path, "status", "--json")
        self.assertEqual(done.returncode, 1)
        self.assertEqual([p["code"] for p in json.loads(done.stdout)["problems"]], ["not-ready"])
        server.pg_recover()
        server.wait_ready(60)


if __name__ == "__main__":
    unittest.main(verbosity=2)
