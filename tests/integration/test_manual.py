#!/usr/bin/python3
"""What the programs tell of themselves: --help, the manual pages and the completion say what the verb
table and the option tables say. And how nayose behaves on a terminal. Needs no server.

In: NAYOSE_BIN, the directory of nayosed and nayose; the pages lie in ../manual of it.
"""
import http.server
import os
import pathlib
import pty
import re
import shutil
import socketserver
import subprocess
import tempfile
import threading
import unittest

import harness

BIN = pathlib.Path(harness.BIN)
MANUAL = BIN.parent / "manual"
VERBS = pathlib.Path(harness.ROOT, "src", "nayose", "tbl", "verbs.def")
OPTIONS = pathlib.Path(harness.ROOT, "src", "conf", "tbl", "options.def")
ENV = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "NAYOSE_"))}
ENV.update(LANG="C.UTF-8")


def run(*command, **options):
    return subprocess.run([str(c) for c in command], env=ENV, capture_output=True, text=True, timeout=60,
                          check=False, **options)


def table():
    """{verb: summary} as the verb table has it."""
    rows = re.findall(r'^NY_VERB\("([^"]+)",[^"]*(?:"[^"]*"), "((?:[^"\\]|\\.)*)"', VERBS.read_text(),
                      re.MULTILINE)
    return dict(rows)


def rows():
    """{verb: {option: argument}}; the empty verb: what every call takes."""
    found = {}
    for line in run(BIN / "nayose", "--print-options").stdout.splitlines():
        verb, option, argument = line.split("|", 2)
        options = found.setdefault(verb, {})
        if option:
            options[option] = argument
    return found


def man_sections(page):
    """{heading: {option: argument}} of a page's source."""
    found, current = {}, {}
    for line in page.read_text().splitlines():
        plain = re.sub(r"\\f[A-Z]", "", line).replace(r"\-", "-").replace(r"\(ha", "^")
        if line.startswith((".SH ", ".SS ")):
            current = found.setdefault(plain[4:], {})
        option = re.match(r"(?:-\S, )?(--[a-z0-9-]+)(?:=(.*))?$", plain)
        if option:
            current[option[1]] = option[2] or ""
    return found


class Tables(unittest.TestCase):
    def test_every_verb_is_told(self):
        self.assertGreater(len(table()), 30)
        self.assertEqual(set(table()), set(rows()) - {""})

    def test_help(self):
        common = rows()[""]
        for verb, options in rows().items():
            if not verb:
                continue
            with self.subTest(verb=verb):
                done = run(BIN / "nayose", *verb.split(), "--help")
                self.assertEqual(done.returncode, 0)
                told = dict(re.findall(r"^ +(?:-\S, )?(--[a-z0-9-]+)(?:=(\S+))?", done.stdout, re.MULTILINE))
                expected = {o: a for o, a in (common | options).items() if not o.startswith("--print-")}
                self.assertEqual(told, {o: a.split(" ")[0] for o, a in expected.items()})
                self.assertIn("Example:\n  nayose " + verb, done.stdout)

    def test_manual_page(self):
        sections = man_sections(MANUAL / "nayose.1")
        self.assertEqual(sections["OPTIONS"], rows()[""])
        verbs = {h: o for h, o in sections.items() if h.startswith("nayose ")}
        for verb, options in rows().items():
            if verb:
                with self.subTest(verb=verb):
                    page = [o for h, o in verbs.items() if re.fullmatch(f"nayose {verb}( [^a-z].*)?", h)]
                    self.assertEqual(page, [options])
        text = (MANUAL / "nayose.1").read_text()
        for summary in table().values():
            self.assertIn(summary.split(";")[0].split("'")[0].split("-")[0].split("^")[0], text)

    def test_the_pages_are_those_of_the_programs(self):
        for page, program, option in (("nayose.1", "nayose", "--print-man"),
                                      ("nayosed.8", "nayosed", "--print-man"),
                                      ("nayosed.conf.5", "nayosed", "--print-man-conf"),
                                      ("nayosed.conf", "nayosed", "--print-config-sample")):
            with self.subTest(page=page):
                self.assertEqual((MANUAL / page).read_text(), run(BIN / program, option).stdout)

    def test_server_page(self):
        told = re.findall(r"^ +(?:-\S, )?(--[a-z0-9-]+)", run(BIN / "nayosed", "--help").stdout, re.MULTILINE)
        page = man_sections(MANUAL / "nayosed.8")["OPTIONS"]
        self.assertEqual(set(told) - {"--help", "--usage", "--version"}, set(page))

    def test_every_option_of_the_configuration(self):
        page = (MANUAL / "nayosed.conf.5").read_text()
        keys = re.findall(r"^NY_OPT\((\w+), (\w+),", OPTIONS.read_text(), re.MULTILINE)
        self.assertGreater(len(keys), 40)
        for section, key in keys:
            with self.subTest(section=section, key=key):
                part = page[page.index(f".SS [{section}"):]
                self.assertIn(f"\n\\fB{key}\\fR\n", part.split(".SS", 2)[1])

    @unittest.skipUnless(shutil.which("man") and shutil.which("nroff"), "man is not here")
    def test_pages_render(self):
        for page in ("nayose.1", "nayosed.8", "nayosed.conf.5"):
            with self.subTest(page=page):
                done = subprocess.run(["man", "--warnings", "-l", str(MANUAL / page)],
                                      env=dict(ENV, LC_ALL="C.UTF-8", MANWIDTH="80"), capture_output=True,
                                      text=True, timeout=60, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertGreater(len(done.stdout), 1000)


class Completion(unittest.TestCase):
    def complete(self, *words, cwd=None):
        script = f'source "{MANUAL}/nayose.bash"\nCOMP_WORDS=(nayose "$@")\nCOMP_CWORD=$#\n_nayose\n' \
                 'printf "%s\\n" "${COMPREPLY[@]}"\n'
        done = run("bash", "-c", script, "bash", *words, cwd=cwd)
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def test_first_and_second_words(self):
        firsts = {verb.split()[0] for verb in table()}
        self.assertEqual(self.complete(""), firsts)
        for first in firsts:
            seconds = {verb.split()[1] for verb in table() if verb.split()[0] == first and " " in verb}
            if seconds:
                self.assertEqual(self.complete(first, ""), seconds)

    def test_options_of_every_verb(self):
        common = rows()[""]
        for verb, options in rows().items():
            with self.subTest(verb=verb):
                self.assertEqual(self.complete(*verb.split(), "--"),
                                 {o + "=" * bool(a) for o, a in (common | options).items()})

    def test_arguments(self):
        self.assertEqual(self.complete("links", "export", "--format", "=", "c"), {"csv"})
        self.assertEqual(self.complete("source", "set", "A^B", "--undecodable", "="), {"refuse", "replace"})
        self.assertEqual(self.complete("-s", "/x", "domain", ""), {"add", "list"})
        self.assertEqual(self.complete("--server", "=", "/x", "domain", ""), {"add", "list"})
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "adt.hl7").touch()
            pathlib.Path(folder, "storage").mkdir()
            self.assertEqual(self.complete("load", "hl7", "a", cwd=folder), {"adt.hl7"})
            self.assertEqual(self.complete("load", "ssmix2", "", cwd=folder), {"storage"})
            self.assertEqual(self.complete("load", "ssmix2", "--report", "=", "ad", cwd=folder), {"adt.hl7"})


DOMAINS = b'{"domains": [%s]}' % b", ".join(
    b'{"namespace": "F%03d", "oid": "1.2.%d", "name": "x"}' % (i, i) for i in range(200))


class Stand(http.server.BaseHTTPRequestHandler):
    """Answers every question with two hundred domains."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(DOMAINS)))
        self.end_headers()
        self.wfile.write(DOMAINS)

    def log_message(self, *_):
        pass


class Terminal(unittest.TestCase):
    def setUp(self):
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Stand)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.folder = tempfile.mkdtemp(prefix="nayose-terminal-")
        self.addCleanup(shutil.rmtree, self.folder)

    def on_terminal(self, **variables):
        """What a terminal of 24 lines gets to see of a listing."""
        ours, theirs = pty.openpty()
        child = subprocess.Popen(
            [str(BIN / "nayose"), "-s", f"http://127.0.0.1:{self.server.server_address[1]}", "domain", "list"],
            env=dict(ENV, TERM="xterm", **variables), stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        seen = b""
        while True:
            try:
                block = os.read(ours, 65536)
            except OSError:
                break
            if not block:
                break
            seen += block
        os.close(ours)
        self.assertEqual(child.wait(60), 0)
        return seen.decode()

    def test_a_listing_goes_through_the_pager(self):
        pager = pathlib.Path(self.folder, "pager")
        seen = self.on_terminal(NAYOSE_PAGER=f"tee {pager} | tail -1", PAGER="false")
        self.assertEqual(pager.read_text().count("\n"), 201)
        self.assertNotIn("F000", seen)
        self.assertIn("F199", seen)

    def test_no_pager_when_none_is_wanted(self):
        self.assertEqual(self.on_terminal(PAGER="cat").count("\n"), 201)

    def test_a_file_gets_no_pager(self):
        done = subprocess.run(
            [str(BIN / "nayose"), "-s", f"http://127.0.0.1:{self.server.server_address[1]}", "domain", "list"],
            env=dict(ENV, NAYOSE_PAGER="tail -1"), capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout.count("\n")), (0, 201))


if __name__ == "__main__":
    unittest.main(verbosity=2)
