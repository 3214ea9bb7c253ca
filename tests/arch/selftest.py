#!/usr/bin/python3
"""A check that cannot fail checks nothing: each one is fed a good tree, which it must pass, and
that tree with one fault put in, which it must refuse naming the file.
"""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

GOOD = {
    "CMakeLists.txt": """
ny_module(base FLOOR 0 LIBS PkgConfig::XXHASH)
ny_module(net FLOOR 3 USES base LIBS ev)
ny_module(net_x FLOOR 4 USES base # a longer name that begins with another module's
          LIBS ev)
ny_program(prog FLOOR 10 USES net)
""",
    "include/nayose/base.h": "#ifndef B_H\n#define B_H\n#include <stddef.h>\nsize_t ny_b(void);\n#endif\n",
    "include/nayose/net.h": '#ifndef N_H\n#define N_H\n#include "nayose/base.h"\nint ny_n(void);\n#endif\n',
    "include/nayose/net_x_more.h": "#ifndef X_H\n#define X_H\nint ny_x(void);\n#endif\n",
    "include/nayose/tbl/rc.def": "NY_RC(1)\n",
    "src/base/base.c": '#include "nayose/base.h"\n#include "nayose/tbl/rc.def"\n\n#include <xxhash.h>\n',
    "src/net/net.c": '#include "net_priv.h"\n\n/* strcpy(a, b) in a comment\n   #include "nayose/prog.h" */\n'
                     'static const char *s = "system(x)";\n',
    "src/net/net_priv.h": '#include "nayose/net.h"\n\n#include <ev.h>\n#include <uthash.h>\n',
    "src/net_x/more.c": '#include "nayose/net_x_more.h"\n',
    "src/prog/main.c": '#include "nayose/base.h"\n#include "nayose/net.h"\n',
    "tests/unit/net/test_net.c": '#include <cmocka.h>\n\n#include "../../../src/net/net_priv.h"\n#include "nayose/net.h"\n',
    "fuzz/fuzz_net.c": '/* module: net */\n#include "nayose/net.h"\n',
    "tests/run.sh": '#!/bin/sh\necho "$1"\n',
    "README.md": "A good sentence about a network/home/thing.\n",
}

# check, file, its content, what the answer must hold. "+" puts the text at the end of the good file.
BAD = [
    ("includes.py", "src/base/base.c", '+#include "nayose/net.h"\n', "upward"),
    ("includes.py", "src/base/base.c", "+#include <ev.h>\n", "ev among the LIBS"),
    ("includes.py", "src/base/base.c", "+#  include   <unknown.h>\n", "on no list"),
    ("includes.py", "src/net_x/more.c", '+#include "nayose/net.h"\n', "not among what net_x USES"),
    ("includes.py", "src/prog/main.c", '+#include "../net/net_priv.h"\n', "private to net"),
    ("includes.py", "src/prog/main.c", '+#include "net_priv.h"\n', "private to net"),
    ("includes.py", "tests/unit/base/test_b.c", '#include "../../../src/net/net_priv.h"\n', "private"),
    ("includes.py", "tests/unit/base/test_b.c", '#include "nayose/net.h"\n', "upward"),
    ("includes.py", "fuzz/fuzz_net.c", '+#include "nayose/net_x_more.h"\n', "not among"),
    ("includes.py", "include/nayose/net.h", "+#include <ev.h>\n", "no library header"),
    ("includes.py", "include/nayose/stray.h", "int ny_s(void);\n", "belongs to no module"),
    ("includes.py", "include/nayose/net_more.h", "size_t ny_m(void);\n", "does not compile alone"),
    ("includes.py", "include/nayose/tbl/net_x_a.def", '#include "nayose/net.h"\n', "not among"),
    ("includes.py", "src/attic/a.c", "int x;\n", "no module"),
    ("includes.py", "CMakeLists.txt", "+ny_module(low FLOOR 2 USES net)\n", "low (floor 2)"),
    ("includes.py", "CMakeLists.txt", "+ny_module(lost FLOOR 2 USES nowhere)\n", "nowhere"),
    ("includes.py", "CMakeLists.txt", "project(x)\n", "no ny_module"),
    ("banned.py", "src/net/a.c", "void f(char *a){ strcpy(a, a); }\n", "strcpy is banned"),
    ("banned.py", "src/net/a.c", "int f(void){ return system (\"x\"); }\n", "system is banned"),
    ("banned.py", "src/net/a.h", "/* why */ int x = atoi(s); // atoi\n", "a.h:1: atoi"),
    ("banned.py", "tests/unit/net/a.c", "int x = ('\"', sscanf(s, \"%d\", &x));\n", "sscanf"),
    ("banned.py", "src/net/a.c", "/* NY_ALLOW(strtok): */\nchar *t = strtok(a, b);\n", "a.c:2"),
    ("words.py", "README.md", "+look into /wo" + "rk/main for it\n", "README.md:2"),
    ("words.py", "src/net/a.c", "/* see ../sha" + "red/spec */\n", "a.c:1"),
    ("words.py", "tests/run.sh", "+curl https://py" + "pi.org/x\n", "run.sh:3"),
    ("format.sh", "src/net/a.c", "int  f( void );\n", "a.c:1"),
    ("shell.sh", "tests/a.sh", "#!/bin/sh\necho $1\n", "SC2086"),
    ("shell.sh", "tests/a.sh", "#!/bin/sh\nif true; then\n", "end of file"),
    ("shell.sh", "run", "#!/usr/bin/env bash\ncd $HOME/x\n", "run line 2"),
    ("spelling.sh", "README.md", "+A wrong reci" + "eve.\n", "README.md:2"),
    ("packages.sh", "list", "gcc build\ngcc run\n", "listed twice: gcc"),
    ("packages.sh", "list", "gcc build\ncmake build\n", "not sorted"),
    ("packages.sh", "list", "gcc everywhere\n", "not a line"),
    ("packages.sh", "list", "no-such-package-at-all build\n", "is not installed"),
    ("unit.sh", "a.service", "[Service]\nExecStart=/usr/bin/nayosed\n", "UNSAFE"),
]

# Allowed, though it looks like a fault.
ALSO_GOOD = [
    ("includes.py", "tests/support/t.c", '#include "../../src/net/tbl/a.def"\n'),
    ("banned.py", "src/net/a.c", "/* NY_ALLOW(rand): shape only */\nint x = rand();\n"),
    ("banned.py", "src/net/a.c", "int x = s.system(1) + p->rand() + my_rand() + gmtime_r(a, b);\n"),
    ("packages.sh", "list", "# comment\n\ncmake build\ngcc   build\n"),
]

TAKES_FILE = {"packages.sh", "unit.sh"}


def write(root, name, content):
    path = os.path.join(root, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if content.startswith("+"):
        mode, content = "a", content[1:]
    else:
        mode = "w"
    with open(path, mode, encoding="utf-8") as f:
        f.write(content)
    return path


def run(check, name=None, content=None):
    """Runs a check on the good tree with one file changed: (exit status, output)."""
    with tempfile.TemporaryDirectory() as root:
        for n, c in GOOD.items():
            write(root, n, c)
        target = root
        if name is not None:
            changed = write(root, name, content)
            if check in TAKES_FILE:
                target = changed
        done = subprocess.run([os.path.join(HERE, check), target], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        return done.returncode, done.stdout


def main():
    failed = 0
    runs = [(c, None, None, None) for c in sorted({b[0] for b in BAD} - TAKES_FILE)]
    runs += [good + (None,) for good in ALSO_GOOD] + BAD
    for check, name, content, expected in runs:
        status, out = run(check, name, content)
        if expected is None:
            ok = status == 0
        else:
            ok = status not in (0, 77) and expected in out and "Traceback" not in out
        if not ok:
            failed += 1
            print(f"FAILED {check} {name} {content!r}: status {status}, expected {expected!r} in:")
            print(out)
    print(f"{len(runs)} cases, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
