#!/usr/bin/python3
"""The files of the project, for all checks: what git knows or would add, else (no repository, a
test's tree) everything outside build/ and var/.

    tree.py ROOT KIND...    prints paths relative to ROOT; KIND: c, sh, text, or nothing for all
"""
import os
import subprocess
import sys

SKIP = {".git", "build", "var", "__pycache__"}
C_NAMES = (".c", ".h")


def _from_git(root):
    # safe.directory: in CI the clone often belongs to another user than the one who tests it.
    run = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z",
         "--cached", "--others", "--exclude-standard"],
        capture_output=True, check=True)
    return sorted(set(run.stdout.decode().split("\0")) - {""})


def _from_disk(root):
    found = []
    for here, dirs, names in os.walk(root):
        dirs[:] = sorted(d for d in dirs if d not in SKIP)
        found += [os.path.relpath(os.path.join(here, n), root) for n in names]
    return sorted(found)


def files(root):
    """All project files, relative to root; deleted ones and links left out."""
    names = _from_git(root) if os.path.exists(os.path.join(root, ".git")) else _from_disk(root)
    full = ((n, os.path.join(root, n)) for n in names)
    return [n for n, f in full if os.path.isfile(f) and not os.path.islink(f)]


def read(root, name):
    with open(os.path.join(root, name), "rb") as f:
        return f.read()


def is_c(name):
    return name.endswith(C_NAMES)


def is_shell(root, name):
    if name.endswith(".sh"):
        return True
    head = read(root, name)[:40].split(b"\n")[0]
    return head.startswith(b"#!") and head.endswith((b"/sh", b" sh", b"bash"))


def is_text(root, name):
    return b"\0" not in read(root, name)[:8000]


def of_kind(root, kind):
    tests = {"c": is_c, "sh": lambda n: is_shell(root, n), "text": lambda n: is_text(root, n)}
    return [n for n in files(root) if kind is None or tests[kind](n)]


def root_argument():
    """The tree to check: the first argument, else the one this script lives in."""
    if len(sys.argv) > 1:
        return os.path.abspath(sys.argv[1])
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def finish(problems):
    """Prints one problem a line and leaves with 1, or 0 when there are none."""
    for p in problems:
        print(p)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    for wanted in sys.argv[2:] or [None]:
        for path in of_kind(root_argument(), wanted):
            print(path)
