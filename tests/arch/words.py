#!/usr/bin/python3
"""Words that belong to somebody's machine and not into the project: absolute paths of a desk, and
hosts that packages are fetched from (a build takes Debian packages by apt, nothing else).

The patterns are put together from pieces so that this file passes its own check.
"""
import re

import tree

PATHS = ["/wo" + "rk/", "/ho" + "me/\\w", "/Us" + "ers/\\w", "/tmp/na" + "yose/", "/tmp/b" + "-", "\\.\\./sha" + "red"]
HOSTS = ["py" + "pi\\.org", "pythonho" + "sted\\.org", "registry\\.np" + "mjs", "crates\\." + "io",
         "proxy\\.go" + "lang\\.org", "gh" + "cr\\.io", "qu" + "ay\\.io", "docker\\." + "io",
         "deb\\.deb" + "ian\\.org", "conda\\.ana" + "conda", "arti" + "factory"]
# A path starts a word: "network/x" and "https://example.org/home/…" are something else.
WORD = re.compile("(?<![\\w.:/])(?:" + "|".join(PATHS) + ")|(?:" + "|".join(HOSTS) + ")")


def check(root):
    problems = []
    for path in tree.of_kind(root, "text"):
        for number, line in enumerate(tree.read(root, path).decode("utf-8", "replace").split("\n")):
            m = WORD.search(line)
            if m:
                problems.append(f"{path}:{number + 1}: {m.group(0)} does not belong here")
    return problems


if __name__ == "__main__":
    tree.finish(check(tree.root_argument()))
