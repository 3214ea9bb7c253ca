#!/usr/bin/env python3
"""Test of nayose-population and evaluate.py: usage: test_population.py GENERATOR EVALUATE"""
import collections
import csv
import hashlib
import itertools
import os
import re
import subprocess
import sys
import tempfile
import unittest

GENERATOR, EVALUATE = sys.argv[1:3]
PEOPLE = 12000
FACILITIES = 12


def generate(out, *more, people=PEOPLE, seed=11):
    subprocess.run([GENERATOR, "--people", str(people), "--facilities", str(FACILITIES), "--seed",
                    str(seed), "--out", out, *more], check=True, stdout=subprocess.DEVNULL)
    return out


# A character of the vendors' rows behind any number of others, inside ESC $ B.
VENDOR_BYTES = re.compile(rb"(\x1b\$B(?:[\x21-\x78][\x21-\x7e])*)[\x79-\x7c][\x21-\x7e]")


def digest(folder):
    h = hashlib.sha256()
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as f:
            h.update(name.encode() + f.read())
    return h.hexdigest()


def frames(path):
    with open(path, "rb") as f:
        data = f.read()
    parts = data.split(b"\x1c\r")
    assert parts.pop() == b"", "bytes after the last frame"
    for part in parts:
        assert part[:1] == b"\x0b" and b"\x0b" not in part[1:] and b"\n" not in part
        yield part[1:]


class Message:
    def __init__(self, raw):
        header = raw.split(b"\r", 1)[0].split(b"|")
        self.charset = header[17].decode()
        self.codec = {"~ISO IR87": "iso2022_jp", "~ISO IR13~ISO IR87": "iso2022_jp_ext",
                      "UNICODE UTF-8": "utf-8"}[self.charset]
        # Strict: not valid is a failure. Rows 89 to 92 are no JIS X 0208, whatever vendors say.
        self.vendor = 0
        found = self.codec != "utf-8"
        while found:
            raw, found = VENDOR_BYTES.subn(rb'\1".', raw)
            self.vendor += found
        self.text = raw.decode(self.codec)
        self.header = header
        self.segments = {}
        for line in self.text.rstrip("\r").split("\r"):
            fields = line.split("|")
            self.segments[fields[0]] = fields

    def pid(self, n):
        fields = self.segments["PID"]
        return fields[n] if n < len(fields) else ""


def check_digit(number):
    total = 0
    for i, digit in enumerate(reversed(number[:-1])):
        product = int(digit) * (2 if i % 2 == 0 else 1)
        total += product // 10 + product % 10
    return str((10 - total % 10) % 10)


class Population(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory()
        cls.folder = generate(os.path.join(cls.tmp.name, "a"))
        cls.messages = []
        for name in sorted(os.listdir(cls.folder)):
            if name.endswith(".hl7"):
                cls.messages += [Message(raw) for raw in frames(os.path.join(cls.folder, name))]
        with open(os.path.join(cls.folder, "truth.csv"), newline="", encoding="utf-8") as f:
            cls.truth = list(csv.DictReader(f))

    @classmethod
    def tearDownClass(cls):
        cls.tmp.cleanup()

    def path(self, name):
        return os.path.join(self.tmp.name, name)

    def test_one_seed_gives_one_population(self):
        again = generate(self.path("b"))
        other = generate(self.path("c"), seed=12)
        self.assertEqual(digest(self.folder), digest(again))
        self.assertNotEqual(digest(self.folder), digest(other))

    def test_every_record_has_a_message(self):
        sent = {(m.header[3].decode(), m.pid(3).split("^")[0]) for m in self.messages}
        told = {(r["domain"], r["local_id"]) for r in self.truth}
        self.assertEqual(sent, told)
        self.assertEqual(len(told), len(self.truth))
        self.assertEqual(len({r["person"] for r in self.truth}), PEOPLE)

    def test_messages_are_well_formed(self):
        ids = set()
        for m in self.messages:
            self.assertIn(m.header[8], (b"ADT^A28^ADT_A05", b"ADT^A31^ADT_A05"))
            self.assertEqual(m.header[11], b"2.5")
            self.assertEqual(m.header[19:20], [b"ISO 2022-1994"] if m.codec != "utf-8" else [])
            self.assertEqual(m.segments["PV1"][2], "N")
            self.assertRegex(m.segments["EVN"][2], r"^\d{14}$")
            self.assertEqual(m.segments["EVN"][2], m.segments["EVN"][6])
            self.assertRegex(m.pid(3), r"^\d+\^\^\^F\d\d&1\.2\.392\.100495\.20\.3\.51\."
                                       r"1(0[1-9]|[1-3][0-9]|4[0-7])[0-9]{8}&ISO\^PI$")
            self.assertNotEqual(m.pid(5), "")
            self.assertRegex(m.pid(7), r"^\d{4}(\d\d){0,2}$")
            self.assertIn(m.pid(8), "MF")
            if len(m.segments["PID"]) > 14:
                self.assertEqual(len(m.segments["PID"]), 26)
                self.assertEqual(m.pid(24), "Y")
            ids.add(m.header[9])
        self.assertEqual(len(ids), len(self.messages))

    def test_messages_come_in_order_of_time(self):
        for _, group in itertools.groupby(self.messages, key=lambda m: m.header[3]):
            times = [m.header[6] for m in group]
            self.assertEqual(times, sorted(times))

    def test_both_charsets_and_their_gaps_are_there(self):
        charsets = collections.Counter(m.charset for m in self.messages)
        self.assertGreater(min(charsets["~ISO IR87"], charsets["UNICODE UTF-8"]),
                           .3 * len(self.messages))
        self.assertGreater(charsets["~ISO IR13~ISO IR87"], .05 * len(self.messages))
        names = "".join(m.pid(5) for m in self.messages)
        for sign in "髙〓■﨑斉ﾞシょ\uE000\U000E0100":
            self.assertIn(sign, names)
        self.assertGreater(sum(m.vendor for m in self.messages), 20)

    def test_insurer_numbers_have_their_check_digit(self):
        self.assertEqual(check_digit("33120015"), "5")
        seen = 0
        for m in self.messages:
            if "IN1" in m.segments:
                number = m.segments["IN1"][3]
                self.assertRegex(number, r"^(\d{6}|\d{8})$")
                self.assertEqual(number[-1], check_digit(number), number)
                seen += 1
        self.assertGreater(seen, .7 * len(self.messages))

    def test_rates_of_the_error_model(self):
        """Rates per pair of records of one person; bounds: the model's rate with room for chance
        and for what the model leaves to judgement."""
        people = collections.defaultdict(list)
        for r in self.truth:
            people[r["person"]].append(r)
        n = collections.Counter()
        for records in people.values():
            for a, b in itertools.combinations(records, 2):
                n["pairs"] += 1
                for key in ("phone", "address_key", "insurance_key"):
                    if not a[key] or not b[key]:
                        n[key, "missing"] += 1
                    elif not set(a[key].split()) & set(b[key].split()):
                        n[key, "changed"] += 1
        for key, what, low, high in (("address_key", "changed", .09, .15),
                                     ("address_key", "missing", .07, .13),
                                     ("phone", "changed", .25, .35),
                                     ("phone", "missing", .20, .30),
                                     ("insurance_key", "changed", .15, .25),
                                     ("insurance_key", "missing", .24, .36)):
            whole = n["pairs"] - (n[key, "missing"] if what == "changed" else 0)
            rate = n[key, what] / whole
            self.assertTrue(low <= rate <= high, f"{key} {what}: {rate:.3f}")
        self.assertTrue(1.9 <= len(self.truth) / PEOPLE <= 2.5)

    def test_birth_dates_sexes_and_kana_are_wrong_at_the_models_rate(self):
        """Ten times the errors, so that a small population shows them."""
        folder = generate(self.path("e"), "--errors", "1000", people=6000)
        people = collections.defaultdict(list)
        with open(os.path.join(folder, "truth.csv"), newline="", encoding="utf-8") as f:
            person = {(r["domain"], r["local_id"]): r["person"] for r in csv.DictReader(f)
                      if r["kind"] in ("normal", "twin")}
        for i in range(FACILITIES):
            for raw in frames(os.path.join(folder, f"F{i + 1:02}.hl7")):
                m = Message(raw)
                key = (m.header[3].decode(), m.pid(3).split("^")[0])
                if key in person:
                    people[person[key]].append(m)
        pairs = births = sexes = 0
        for records in people.values():
            for a, b in itertools.combinations(records, 2):
                pairs += 1
                births += a.pid(7) != b.pid(7)
                sexes += a.pid(8) != b.pid(8)
        self.assertTrue(.030 <= births / pairs <= .058, births / pairs)
        self.assertTrue(.004 <= sexes / pairs <= .014, sexes / pairs)

    def test_no_errors_means_equal_birth_dates(self):
        folder = generate(self.path("n"), "--errors", "0", people=3000)
        person_birth = {}
        with open(os.path.join(folder, "truth.csv"), newline="", encoding="utf-8") as f:
            person = {(r["domain"], r["local_id"]): r["person"] for r in csv.DictReader(f)}
        for i in range(FACILITIES):
            for raw in frames(os.path.join(folder, f"F{i + 1:02}.hl7")):
                m = Message(raw)
                who = person[m.header[3].decode(), m.pid(3).split("^")[0]]
                value = (m.pid(7), m.pid(8), bool(m.pid(11)))
                self.assertEqual(person_birth.setdefault(who, value), value)

    def test_special_people_are_there(self):
        kinds = collections.Counter(r["kind"] for r in self.truth)
        for kind in ("normal", "twin", "foreigner", "namesake", "test", "unknown", "named_later"):
            self.assertGreater(kinds[kind], 0, kind)
        twins = {r["person"] for r in self.truth if r["twins"]}
        self.assertTrue(.002 * PEOPLE <= len(twins) <= .02 * PEOPLE, len(twins))
        folder = generate(self.path("t"), "--twins-only", people=500)
        with open(os.path.join(folder, "truth.csv"), newline="", encoding="utf-8") as f:
            twins = {r["person"]: r["twins"] for r in csv.DictReader(f) if r["twins"]}
        self.assertGreater(len(twins), 150)

    def test_mix_has_updates(self):
        folder = generate(self.path("m"), "--events", "mix", people=1000)
        events = collections.Counter(
            Message(raw).header[8] for i in range(FACILITIES)
            for raw in frames(os.path.join(folder, f"F{i + 1:02}.hl7")))
        self.assertEqual(set(events), {b"ADT^A28^ADT_A05", b"ADT^A31^ADT_A05", b"ADT^A08^ADT_A01"})

    # ---- evaluate.py ----

    def evaluate(self, group_of, *more):
        links = self.path("links.csv")
        with open(links, "w", encoding="utf-8") as f:
            f.write("domain,local_id,regional_id\n")
            for r in self.truth:
                f.write(f"{r['domain']},{r['local_id']},{group_of(r)}\n")
        done = subprocess.run([sys.executable, EVALUATE, os.path.join(self.folder, "truth.csv"),
                               links, *more], stdout=subprocess.PIPE, text=True, check=False)
        values = {}
        for line in done.stdout.splitlines():
            if not line.startswith(("FALSE:", "exempt:")):
                values[line[:29].strip()] = float(line[29:].split()[0])
        return done.returncode, values

    def test_evaluate_accepts_the_truth(self):
        code, v = self.evaluate(lambda r: r["person"], "--min-recall", "1", "--max-false", "0")
        self.assertEqual((code, v["false pairs"], v["recall of reachable pairs"]), (0, 0, 1))
        self.assertEqual(v["true pairs"], v["linked"])

    def test_evaluate_sees_joined_twins(self):
        def one_for_both(r):
            return "T" + r["twins"] if r["twins"] else r["person"]

        code, v = self.evaluate(one_for_both, "--max-twins", "0")
        self.assertEqual(code, 1)
        self.assertGreater(v["pairs of twins joined"], 0)
        self.assertEqual(v["pairs of twins joined"], v["false pairs"] + v["false pairs, exempt"])
        self.assertEqual(self.evaluate(one_for_both, "--max-false", "0")[0], 1)

    def test_evaluate_sees_missing_links(self):
        def alone(r):
            return r["domain"] + r["local_id"]

        code, v = self.evaluate(alone, "--min-recall", "0.5")
        self.assertEqual((code, v["recall of reachable pairs"], v["linked pairs"]), (1, 0, 0))
        self.assertEqual(self.evaluate(alone)[0], 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
