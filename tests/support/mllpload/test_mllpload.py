#!/usr/bin/env python3
"""Test of nayose-mllpload against a small server: usage: test_mllpload.py PROGRAM"""
import http.server
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PROGRAM = sys.argv[1]


class Server:
    """Answers every frame; remembers the control ids in order of arrival."""

    def __init__(self, answer=None, drop_after=None, port=0):
        self.answer = answer or (lambda fields: "AA")
        self.drop_after = drop_after  # closes every connection after so many messages, once
        self.seen = []
        self.lock = threading.Lock()
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", port))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def serve(self, conn):
        data = b""
        with conn:
            while True:
                try:
                    more = conn.recv(65536)
                except OSError:
                    return
                if not more:
                    return
                data += more
                while b"\x1c\r" in data:
                    frame, data = data.split(b"\x1c\r", 1)
                    if not self.reply(conn, frame):
                        return

    def reply(self, conn, frame):
        assert frame[:1] == b"\x0b"
        fields = frame[1:].split(b"\r")[0].decode().split("|")
        with self.lock:
            self.seen.append(fields[9])
            if self.drop_after is not None and len(self.seen) == self.drop_after:
                self.drop_after = None
                return False
        code = self.answer(fields)
        text = f"\x0bMSH|^~\\&|A|B|C|D|20260101||ACK|1|P|2.5\rMSA|{code}|{fields[9]}\r"
        if fields[8].startswith("QBP"):
            text += "QAK|tag|" + ("OK" if b"|0001" in frame else "NF") + "\r"
        half = len(text) // 2  # in two pieces: answers need not come whole
        conn.sendall(text[:half].encode())
        conn.sendall(text[half:].encode() + b"\x1c\r")
        return True


class V3Handler(http.server.BaseHTTPRequestHandler):
    """Accepts feeds but every tenth, and answers queries."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        number = re.search('<id root="1.2" extension="([^"]*)"', body).group(1)
        query = '<queryResponseCode code="OK"/>' if "<query/>" in body else ""
        code = "AA" if query else "CE" if number.endswith("0") else "CA"
        if number == "A-00003":
            number = "another"
        text = ('<a><id root="9" extension="own"/><acknowledgement>'
                f'<typeCode code="{code}"/><targetMessage><id root="1.2" extension="{number}"/>'
                f"</targetMessage></acknowledgement>{query}</a>").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text[:40])
        self.wfile.flush()
        self.wfile.write(text[40:])

    def log_message(self, *_):
        pass


class MllpLoad(unittest.TestCase):
    def setUp(self):
        self.tmp = tempfile.TemporaryDirectory()
        self.addCleanup(self.tmp.cleanup)

    def serve(self, **more):
        server = Server(**more)
        self.addCleanup(server.close)
        return server

    def file(self, name, count):
        path = os.path.join(self.tmp.name, name)
        with open(path, "wb") as f:
            for i in range(count):
                f.write(f"\x0bMSH|^~\\&|HIS|{name}|N|R|20260101||ADT^A28|{name}-{i:05}|P|2.5\r"
                        f"PID|1||{i}\r\x1c\r".encode())
        return path

    def run_load(self, port, *args, code=0):
        done = subprocess.run([PROGRAM, "--port", str(port), *args], stdout=subprocess.PIPE,
                              text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, done.stdout)
        return json.loads(done.stdout)

    def test_each_file_keeps_its_order(self):
        s = self.serve()
        r = self.run_load(s.port, "--connections", "3", *[self.file(n, 300) for n in "ABC"])
        self.assertEqual((r["messages"], r["aa"], r["errors"]), (900, 900, 0))
        for name in "ABC":
            mine = [i for i in s.seen if i.startswith(name)]
            self.assertEqual(mine, [f"{name}-{i:05}" for i in range(300)])
        self.assertLessEqual(r["p50_ms"], r["p99_ms"])
        self.assertLessEqual(r["p99_ms"], r["max_ms"])

    def test_spread_sends_every_message_once(self):
        s = self.serve()
        r = self.run_load(s.port, "--connections", "8", "--spread", self.file("A", 501))
        self.assertEqual(r["aa"], 501)
        self.assertEqual(sorted(s.seen), [f"A-{i:05}" for i in range(501)])

    def test_codes_are_counted(self):
        s = self.serve(answer=lambda f: {"0": "AE", "1": "AR", "2": "CA"}.get(f[9][-1], "AA"))
        acked = os.path.join(self.tmp.name, "acked")
        r = self.run_load(s.port, "--acked", acked, self.file("A", 100))
        self.assertEqual((r["aa"], r["ae"], r["ar"], r["other"]), (70, 10, 10, 10))
        with open(acked, encoding="ascii") as f:
            self.assertEqual(f.read().split(), [i for i in s.seen if i[-1] not in "012"])

    def test_wrong_control_id_is_an_error(self):
        s = self.serve(answer=lambda f: "AA|x" if f[9] == "A-00003" else "AA")
        r = self.run_load(s.port, self.file("A", 10), code=1)
        self.assertEqual((r["aa"], r["errors"], r["unanswered"]), (9, 1, 1))

    def test_limit_and_rate(self):
        s = self.serve()
        r = self.run_load(s.port, "--limit", "40", "--rate", "100", self.file("A", 100))
        self.assertEqual(r["messages"], 40)
        self.assertTrue(.38 <= r["seconds"] <= 2, r["seconds"])

    def test_lost_connection_without_reconnect(self):
        s = self.serve(drop_after=20)
        r = self.run_load(s.port, self.file("A", 50), code=1)
        self.assertEqual((r["messages"], r["errors"], r["unanswered"]), (19, 1, 1))

    def test_reconnect_repeats_the_unacknowledged_message(self):
        s = self.serve(drop_after=20)
        r = self.run_load(s.port, "--reconnect", self.file("A", 50))
        self.assertEqual((r["messages"], r["aa"], r["errors"]), (50, 50, 1))
        want = [f"A-{i:05}" for i in range(50)]
        self.assertEqual(s.seen, want[:20] + want[19:])

    def test_reconnect_waits_for_a_server_that_comes_back(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        later = threading.Timer(.7, lambda: self.serve(port=port))
        later.start()
        r = self.run_load(port, "--reconnect", self.file("A", 5))
        self.assertEqual((r["aa"], r["errors"]), (5, 1))
        later.join()

    def test_reconnect_gives_up_in_time(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        begin = time.monotonic()
        r = self.run_load(port, "--reconnect", "--timeout", "1", self.file("A", 5), code=1)
        self.assertEqual((r["messages"], r["unanswered"]), (0, 1))
        self.assertLess(time.monotonic() - begin, 5)

    def test_silent_server_is_left_after_the_timeout(self):
        def never(_):
            time.sleep(5)
            return "AA"

        s = self.serve(answer=never)
        r = self.run_load(s.port, "--timeout", "1", self.file("A", 2), code=1)
        self.assertEqual((r["messages"], r["unanswered"]), (0, 1))

    def test_pix_asks_for_a_while(self):
        ids = os.path.join(self.tmp.name, "q.txt")
        with open(ids, "w", encoding="ascii") as f:
            f.write("F01 0001\nF02 0002\n")
        s = self.serve()
        r = self.run_load(s.port, "--pix", ids, "--seconds", "1", "--connections", "4")
        self.assertGreater(r["messages"], 20)
        self.assertEqual(r["ok"] + r["nf"], r["messages"])
        self.assertLessEqual(abs(r["ok"] - r["nf"]), 1)
        self.assertTrue(.9 <= r["seconds"] <= 3)

    def http_file(self, name, count, content=""):
        path = os.path.join(self.tmp.name, name)
        with open(path, "wb") as f:
            for i in range(count):
                body = f'<m><id root="1.2" extension="{name}-{i:05}"/>{content}</m>'
                f.write(f"\x0bPOST /x HTTP/1.1\r\nHost: y\r\nContent-Length: {len(body)}\r\n\r\n"
                        f"{body}\x1c\r".encode())
        return path

    def test_http(self):
        s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), V3Handler)
        self.addCleanup(s.server_close)
        threading.Thread(target=s.serve_forever, daemon=True).start()
        self.addCleanup(s.shutdown)
        r = self.run_load(s.server_port, "--http", "--connections", "4", "--spread",
                          self.http_file("B", 100))
        self.assertEqual((r["aa"], r["ae"], r["other"], r["errors"]), (90, 10, 0, 0))
        r = self.run_load(s.server_port, "--http", self.http_file("C", 7, "<query/>"))
        self.assertEqual((r["aa"], r["ok"]), (7, 7))
        r = self.run_load(s.server_port, "--http", self.http_file("A", 5), code=1)
        self.assertEqual((r["messages"], r["unanswered"]), (4, 1))

    def test_bad_files_and_options_are_refused(self):
        empty = os.path.join(self.tmp.name, "empty")
        with open(empty, "wb"):
            pass
        for args, code in (([empty], 1), ([], 2), (["--in-flight", "2", empty], 2),
                           (["/nonexistent"], 1)):
            done = subprocess.run([PROGRAM, "--port", "1", *args], capture_output=True,
                                  check=False)
            self.assertEqual((done.returncode, done.stdout), (code, b""), args)
            self.assertNotEqual(done.stderr, b"")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
