#!/usr/bin/python3
"""Banned functions (style: strings and cursors) in every C file; comments and strings don't count.

An exception needs a reason on the same line or the line above:  /* NY_ALLOW(strtod): because … */
"""
import re

import ctext
import tree

WHY = {
    "no bound": "strcpy strcat sprintf vsprintf gets stpcpy",
    "bound misread, terminator or padding surprises": "strncpy strncat",
    "hidden state": "strtok localtime gmtime asctime ctime rand srand",
    "no error, locale, overflow: ny_str_to_*": "atoi atol atoll atof",
    "no error, overflow: parse with ny_str cursors":
        "scanf fscanf sscanf vscanf vfscanf vsscanf",
    "stack without a cap": "alloca",
    "runs a shell": "system popen",
}
REASON = {name: why for why, names in WHY.items() for name in names.split()}
CALL = re.compile(r"(?<![\w.])(?<!->)(" + "|".join(REASON) + r")\s*\(")


def allowed(lines, number, name):
    note = re.compile(r"NY_ALLOW\(" + name + r"\): \w")
    return any(note.search(line) for line in lines[max(0, number - 1):number + 1])


def check(root):
    problems = []
    for path in tree.of_kind(root, "c"):
        text = tree.read(root, path).decode("utf-8", "replace")
        lines = text.split("\n")
        for number, line in enumerate(ctext.code_only(text).split("\n")):
            for m in CALL.finditer(line):
                if not allowed(lines, number, m.group(1)):
                    problems.append(
                        f"{path}:{number + 1}: {m.group(1)} is banned ({REASON[m.group(1)]})")
    return problems


if __name__ == "__main__":
    tree.finish(check(tree.root_argument()))
