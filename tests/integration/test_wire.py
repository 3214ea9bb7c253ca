#!/usr/bin/python3
"""What goes over the wire, read by wireshark's dissectors: no malformed packet, every field named.

A proxy stands between python3-hl7's client and the server and writes a capture of what passed (an
interface can be watched by root only). Skips, and says so, where tshark is absent.
In: NAYOSE_BIN, the directory of nayosed and nayose.
"""
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

import hl7.client

import harness

PORT = 2575
LINK_RAW = 101  # packets begin with the IP header


class Capture:
    """Two ends of one TCP connection as a pcap file of IPv4 packets."""

    def __init__(self, path):
        self.out = open(path, "wb")
        self.out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, LINK_RAW))
        self.sent = {"client": 1, "server": 1}
        self.count = 0

    def packet(self, end, data, flags=0x18):
        other = "server" if end == "client" else "client"
        ports = (40000, PORT) if end == "client" else (PORT, 40000)
        tcp = struct.pack(">HHIIBBHHH", *ports, self.sent[end], self.sent[other], 0x50, flags, 65535,
                          0, 0)
        hosts = (b"\x7f\x00\x00\x02", b"\x7f\x00\x00\x01")
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp) + len(data), self.count, 0, 64, 6, 0,
                         *(hosts if end == "client" else hosts[::-1]))
        whole = ip + tcp + data
        self.out.write(struct.pack("<IIII", 1793500000 + self.count, 0, len(whole), len(whole)))
        self.out.write(whole)
        self.sent[end] += len(data)
        self.count += 1

    def close(self):
        self.out.close()


class Proxy(threading.Thread):
    """Takes one connection, passes everything on, and writes it down."""

    def __init__(self, server_port, capture):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.server = socket.create_connection(("127.0.0.1", server_port))
        self.capture = capture
        self.lock = threading.Lock()

    def pump(self, source, sink, end):
        while data := source.recv(1400):
            with self.lock:
                self.capture.packet(end, data)
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)

    def run(self):
        client, _ = self.listener.accept()
        back = threading.Thread(target=self.pump, args=(self.server, client, "server"), daemon=True)
        back.start()
        self.pump(client, self.server, "client")
        back.join()
        for s in (client, self.server, self.listener):
            s.close()


def header(kind, control, version="2.5"):
    return (f"MSH|^~\\&|HIS|F01|NAYOSE|REGION|20261101120000||{kind}|{control}|P|{version}"
            "||||||UNICODE UTF-8")


PID = ("PID|1||{}^^^F01^PI||高橋^優子^^^^^L^I~タカハシ^ユウコ^^^^^L^P||19590501|F|||^^山形市旅篭町2-3-25"
       "^^9900047^JPN^H||^PRN^PH^^^^0236301234")

EXCHANGES = [  # message, its acknowledgement code, both as wireshark names them
    ((header("ADT^A04^ADT_A01", "1"), "EVN||20261101120000", PID.format("1"), "PV1||O"),
     "AA", "ADT (A04)", "ACK (A04)"),
    ((header("ADT^A01", "2", "2.3.1"), "EVN||20261101120000", PID.format("2"), "PV1||I"),
     "AA", "ADT (A01)", "ACK (A01)"),
    ((header("ADT^A04^ADT_A01", "3"), "EVN||20261101120000", PID.format(""), "PV1||O"),
     "AE", "ADT (A04)", "ACK (A04)"),
    ((header("QBP^Q23^QBP_Q21", "4"), "QPD|IHE PIX Query|T4|1^^^F01", "RCP|I"),
     "AA", "QBP (Q23)", "RSP (K23)"),
    ((header("QBP^Q23^QBP_Q21", "5"), "QPD|IHE PIX Query|T5|9^^^F01", "RCP|I"),
     "AE", "QBP (Q23)", "RSP (K23)"),
    ((header("QBP^Q99", "6"),), "AR", "QBP (Q99)", "ACK (Q99)"),
    ((header("QBP^Q22^QBP_Q21", "8"), "QPD|IHE PDQ Query|T8|@PID.5.1^高橋", "RCP|I|10^RD"),
     "AA", "QBP (Q22)", "RSP (K22)"),
    ((header("ADT^A40^ADT_A39", "7"), "EVN||20261101120000", PID.format("1"), "MRG|2^^^F01^PI"),
     "AA", "ADT (A40)", "ACK (A40)"),
]


@unittest.skipIf(shutil.which("tshark") is None, "tshark is not installed")
class Wire(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server().start()
        cls.addClassCleanup(cls.server.close)
        cls.server.add_domain("F01", "1.2.392.100495.20.3.51.1", "病院")

    def converse(self, path):
        capture = Capture(path)
        proxy = Proxy(self.server.mllp_port, capture)
        proxy.start()
        with hl7.client.MLLPClient("127.0.0.1", proxy.port) as client:
            client.socket.settimeout(30)
            for lines, code, _, _ in EXCHANGES:
                answer = client.send_message("\r".join(lines) + "\r").decode()
                self.assertIn(f"\rMSA|{code}|{lines[0].split('|')[9]}", answer)
        proxy.join(30)
        capture.close()

    def test_dissected(self):
        with tempfile.TemporaryDirectory(prefix="ny-wire.") as tmp:
            path = os.path.join(tmp, "exchange.pcap")
            self.converse(path)
            run = subprocess.run(
                ["tshark", "-r", path, "-d", f"tcp.port=={PORT},hl7", "-T", "fields",
                 "-e", "_ws.col.Protocol", "-e", "_ws.col.Info", "-e", "_ws.malformed",
                 "-e", "hl7.malformed", "-e", "_ws.expert.message"],
                capture_output=True, encoding="utf-8", timeout=60, check=True)
        seen = [line.rstrip("\t").split("\t") for line in run.stdout.splitlines()]
        self.assertEqual(seen, [["HL7", kind] for _, _, *kinds in EXCHANGES for kind in kinds])


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
