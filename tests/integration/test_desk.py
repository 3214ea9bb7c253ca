#!/usr/bin/python3
"""nayose review on a terminal of 80 × 24, driven by a robot (tmux): a hundred cases decided by two
clerks at once with one key each, none lost, none held twice; everything undone again. The second
clerk is another user where the tests run as root."""
import os
import re
import shutil
import subprocess
import time
import unittest

import harness
from test_review import CASES, Cases

TMUX = shutil.which("tmux")


class Screen:
    """A desk in a terminal of its own."""

    def __init__(self, test, name, lang="C.UTF-8", user="", more=""):
        self.test = test
        become = f"setpriv --reuid={user} --clear-groups " if user else ""
        self.tmux = [TMUX, "-S", os.path.join(test.tmp.name, "tmux"), "-f", "/dev/null", "-u"]
        self.name = name
        env = {**os.environ, "LANG": lang, "LC_ALL": lang, "NAYOSE_SERVER": test.server.admin_path}
        subprocess.run(self.tmux + ["new-session", "-d", "-x", "80", "-y", "24", "-s", name,
                                    f"LANG={lang} LC_ALL= LC_MESSAGES={lang} LC_CTYPE=C.UTF-8 "
                                    f"NAYOSE_SERVER='{test.server.admin_path}' {more} "
                                    f"{become}'{os.path.join(harness.BIN, 'nayose')}' review; "
                                    "echo END; cat"], env=env, check=True)

    def text(self, *how):
        return subprocess.run(self.tmux + ["capture-pane", "-p", *how, "-t", self.name], check=True,
                              stdout=subprocess.PIPE, encoding="utf-8").stdout

    def press(self, *keys):
        subprocess.run(self.tmux + ["send-keys", "-t", self.name, *keys], check=True)

    def until(self, what):
        """The screen once it shows the pattern."""
        end = time.monotonic() + 60
        while True:
            text = self.text()
            if re.search(what, text, re.M):
                return text
            if time.monotonic() > end:
                self.test.fail(f"{what} does not come:\n{text}")
            time.sleep(0.01)

    def leave(self):
        self.press("q")
        self.until("END")

    def case(self, decided, last=None):
        """The two of the case on the screen after so many decisions, None when no case waits. The
        message that tells of the last decision is drawn below, so the case is the new one by then."""
        told = re.escape(f"{last[0]} ⇔ {last[1]}") if last else ""
        text = self.until(rf"(?s)(decided {decided}\b|判断済み {decided} 件).*"
                          rf"(^ +F01\S+ +F01| DAYS | 日数 ).*{told}")
        m = re.search(r"^ +(F01\^\S+) +(F01\^\S+)$", text, re.M)
        return m and m.groups()


@unittest.skipIf(TMUX is None, "tmux is not installed")
class Desk(Cases):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(lambda: subprocess.run(
            [TMUX, "-S", os.path.join(cls.tmp.name, "tmux"), "kill-server"], check=False,
            stderr=subprocess.DEVNULL))
        cls.other = "nobody" if os.getuid() == 0 and shutil.which("setpriv") else ""
        os.chmod(cls.server.admin_path, 0o666)

    def test_two_clerks_decide_a_hundred_cases_and_undo_them(self):
        before = harness.groups(self.server.links())
        asked = {pair for pair, _, _ in harness.questions(self.server)}
        self.assertEqual(len(asked), CASES)
        newest = self.server.number("SELECT coalesce(max(id), 0) FROM nayose.review_decision")
        desks = [Screen(self, "one"), Screen(self, "two", "ja_JP.UTF-8", self.other)]
        seen = set()
        cases = [desk.case(0) for desk in desks]
        for n in range(CASES // 2):
            self.assertNotIn(None, cases)
            self.assertNotEqual(cases[0], cases[1], "one case on two desks")
            self.assertFalse(seen & set(cases), "a case came twice")
            seen |= set(cases)
            for k, desk in enumerate(desks):
                desk.press("sd"[(n + k) % 2])
            cases = [desk.case(n + 1, last) for desk, last in zip(desks, cases)]
        self.assertEqual(len(seen), CASES)
        self.assertEqual(self.waiting(), 0)
        self.assertEqual(self.server.number(
            "SELECT count(*) FROM nayose.review_decision WHERE decision IN (1, 2) AND undone_at IS NULL "
            f"AND id > {newest}"), CASES)
        self.assertEqual(self.server.number(
            f"SELECT count(DISTINCT who) FROM nayose.review_decision WHERE id > {newest}"),
            2 if self.other else 1)
        # Each takes back what was his, and nothing else.
        for left in range(CASES // 2 - 1, -1, -1):
            desks[0].press("u")
            desks[0].until(rf"decided {left}\b")
        for left in range(CASES // 2 - 1, -1, -1):
            desks[1].press("u")
            desks[1].until(rf"判断済み {left} 件")
        for desk in desks:
            desk.leave()
        self.assertEqual(harness.groups(self.server.links()), before)
        self.assertEqual({pair for pair, _, _ in harness.questions(self.server)}, asked)
        self.assertEqual(self.server.get("/reviews")[1]["reviews"][0]["held_by"], None)

    def test_the_list_can_be_narrowed(self):
        desk = Screen(self, "three")
        desk.case(0)
        desk.press("f")
        desk.until("hospital, reason or parked")
        desk.press("overlay", "Enter")
        desk.until("(?s)No case waits.*only: overlay")
        desk.press("f")
        desk.until("hospital, reason or parked")
        desk.press("F01", "Enter")
        desk.until(r"(?s)>.*F01\^A\d+ +F01\^B\d+.*only: F01")
        desk.press("Down", "Enter")
        desk.until("(?s)if same +\\[ F01")
        desk.press("n")
        desk.until("note:")
        desk.press("髙い", "Enter")
        desk.until("(?s)so far .*note 髙い.*noted: F01")
        desk.leave()
        self.assertEqual(self.server.get("/review/log")[1]["decisions"][0]["note"], "髙い")

    def test_a_decision_that_something_newer_stands_on_is_not_undone(self):
        desk = Screen(self, "four")
        pair = desk.case(0)
        desk.press("s")
        desk.case(1, pair)
        a, b = pair
        status, answer = self.server.request("POST", "/pins", {
            "a": a, "b": b, "kind": "none", "reason": "taken back by a colleague"})
        self.assertEqual(status, 200, answer)
        desk.press("u")
        desk.until("(?s)decided 1.*something newer was said of the two")
        desk.leave()

    def test_keys_typed_ahead_decide_nothing(self):
        """They were meant for a case that was not on the screen yet."""
        waiting = self.waiting()
        desk = Screen(self, "five")
        pair = desk.case(0)
        desk.press("d", "d", "d")
        desk.case(1, pair)
        desk.press("i")
        desk.until("(?s)decided 1.* DAYS ")
        self.assertEqual(self.waiting(), waiting - 1)
        desk.press("u")
        desk.until("undone")
        desk.leave()
        self.assertEqual(self.waiting(), waiting)

    def test_colours_are_left_out_where_nobody_wants_them(self):
        """An empty NO_COLOR says nothing."""
        for name, more, coloured in (("six", "NO_COLOR=1", False), ("seven", "NO_COLOR=", True),
                                     ("eight", "", True)):
            desk = Screen(self, name, more="env -u NO_COLOR " + more)
            desk.case(0)
            self.assertEqual(bool(re.search("\x1b\\[(\\d+;)*3[0-7]m", desk.text("-e"))), coloured, name)
            desk.leave()

    def test_the_history_of_a_case_can_be_looked_at(self):
        desk = Screen(self, "nine")
        desk.case(0)
        desk.press("h")
        desk.until(r"(?s)^name +2026-0[23]-\d\d \S+ 花子.*^ +\S+ ハナコ")
        self.assertNotIn("if same", desk.text())
        desk.press("h")
        desk.until("if same")
        desk.leave()


if __name__ == "__main__":
    unittest.main()
