#!/usr/bin/python3
"""The floor plan, read from the ny_module and ny_program lines of CMakeLists.txt, held against
every #include:

  - a module includes faces of the modules it USES, and USES names lower floors only
  - a private header (src/<module>/…) stays inside its module (with its unit tests and its fuzz
    targets); a table (.def) is data and open to all of tests/
  - a library's header needs the library among the module's LIBS; faces include none
  - a header on no list here is refused, so that a new library is a decision
  - each face compiles alone

A face is include/nayose/<module>.h or <module>_<anything>.h, <module> being the longest that fits;
include/nayose/tbl/*.def belong to a module in the same way, else to base.
"""
import os
import re
import subprocess

import ctext
import tree

# Header (or its directory) -> name among LIBS; None: needs none.
LIBRARIES = {
    "ev.h": "ev", "http_parser.h": "http_parser", "libpq-fe.h": "PkgConfig::PQ",
    "postgres_ext.h": "PkgConfig::PQ", "openssl/": "PkgConfig::CRYPTO|PkgConfig::SSL",
    "xxhash.h": "PkgConfig::XXHASH", "unicode/": "PkgConfig::ICU", "ini.h": "PkgConfig::INIH",
    "jansson.h": "PkgConfig::JANSSON", "curl/": "PkgConfig::CURL",
    "libsmartcols.h": "PkgConfig::SMARTCOLS", "curses.h": "PkgConfig::NCURSESW", "systemd/": "PkgConfig::SYSTEMD",
    "libxml/": "PkgConfig::LIBXML2", "seccomp.h": "PkgConfig::SECCOMP",
    "uthash.h": None, "utlist.h": None, "utarray.h": None,
}
TEST_LIBRARIES = {"cmocka.h", "sanitizer/asan_interface.h"}
LIBC = set("""
argp.h arpa/inet.h assert.h byteswap.h ctype.h dirent.h endian.h errno.h fcntl.h fnmatch.h ftw.h
getopt.h glob.h grp.h iconv.h ifaddrs.h inttypes.h langinfo.h libgen.h limits.h locale.h malloc.h math.h net/if.h
netdb.h netinet/in.h netinet/tcp.h poll.h pthread.h pwd.h regex.h sched.h search.h setjmp.h signal.h
spawn.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdio_ext.h stdlib.h
stdnoreturn.h string.h strings.h syslog.h termios.h threads.h time.h unistd.h wchar.h wctype.h
sanitizer/asan_interface.h
""".split())
LIBC_DIRS = ("sys/", "linux/", "bits/")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
CALL = re.compile(r"^\s*ny_(module|program)\(\s*(\w+)\s+FLOOR\s+(\d+)([^)]*)\)", re.MULTILINE)


class Module:
    def __init__(self, kind, name, floor, rest):
        self.is_program = kind == "program"
        self.name, self.floor = name, int(floor)
        self.uses, self.libs = [], []
        into = None
        for word in rest.split():
            if word in ("USES", "LIBS"):
                into = self.uses if word == "USES" else self.libs
            elif into is not None:
                into.append(word)


def read_plan(root):
    text = tree.read(root, "CMakeLists.txt").decode()
    text = re.sub(r"#[^\n]*", "", text)
    modules = [Module(*m.groups()) for m in CALL.finditer(text)]
    return {m.name: m for m in modules}


def closure(plan, names):
    """The modules named and everything below them."""
    seen, todo = set(), list(names)
    while todo:
        name = todo.pop()
        if name in plan and name not in seen:
            seen.add(name)
            todo += plan[name].uses
    return seen


def plan_problems(plan):
    for m in plan.values():
        for u in m.uses:
            if u not in plan:
                yield f"CMakeLists.txt: {m.name} uses {u}, which is no module"
            elif plan[u].floor >= m.floor:
                yield (f"CMakeLists.txt: {m.name} (floor {m.floor}) may not use {u} "
                       f"(floor {plan[u].floor})")


def owner_of_face(plan, header):
    """The module of nayose/<header>, None when it is nobody's."""
    base = os.path.splitext(os.path.basename(header))[0]
    fits = [m for m in plan if not plan[m].is_program and (base == m or base.startswith(m + "_"))]
    if fits:
        return max(fits, key=len)
    return "base" if header.startswith("nayose/tbl/") else None


class Place:
    """Where a file stands: who owns it, which faces, libraries and private headers are open to it."""

    def __init__(self, plan, path, text):
        parts = path.split("/")
        self.owner, self.faces, self.libs = None, None, None
        self.inside = set() # modules whose private headers are open to it
        self.is_face = path.startswith("include/nayose/")
        self.is_test = parts[0] in ("tests", "fuzz")
        if parts[0] == "src" and len(parts) > 2:
            self.owner = parts[1]
        elif self.is_face:
            self.owner = owner_of_face(plan, path[len("include/"):])
        elif path.startswith("tests/unit/") and len(parts) > 3:
            self.owner = parts[2]
        elif parts[0] == "fuzz":
            head = re.search(r"module: ([a-z0-9 ]+)", text.split("\n")[0])
            self.inside = set(head.group(1).split() if head else [])
            self.faces = closure(plan, self.inside)
        self.inside |= {self.owner}
        if self.owner in plan:
            m = plan[self.owner]
            wide = m.is_program or self.is_test
            self.faces = closure(plan, m.uses) if wide else set(m.uses)
            self.faces = self.faces | {self.owner}
            self.libs = [] if self.is_face else m.libs


def library_problem(place, header):
    if header in LIBC or header.startswith(LIBC_DIRS):
        return None
    if header in TEST_LIBRARIES and place.is_test:
        return None
    for known, lib in LIBRARIES.items():
        if header == known or (known.endswith("/") and header.startswith(known)):
            if lib is None or place.libs is None:
                return None
            if place.is_face:
                return f"a face includes no library header: <{header}>"
            if not set(lib.split("|")) & set(place.libs):
                return f"<{header}> needs {lib} among the LIBS of {place.owner}"
            return None
    return f"<{header}> is on no list of tests/arch/includes.py"


def face_problem(plan, place, header):
    owner = owner_of_face(plan, header)
    if owner is None:
        return f"{header} belongs to no module"
    if place.faces is None or owner in place.faces:
        return None
    mine = plan[place.owner] if place.owner in plan else None
    if mine is not None and plan[owner].floor >= mine.floor:
        return f"upward: {mine.name} (floor {mine.floor}) includes {header} (floor {plan[owner].floor})"
    return f"{header}: {owner} is not among what {place.owner or 'this target'} USES"


def private_problem(root, place, path, header, sources):
    if place.is_test and header.endswith(".def"):
        return None
    here = os.path.normpath(os.path.join(os.path.dirname(path), header))
    for full in (here, os.path.normpath("src/" + header), os.path.normpath(header)):
        if os.path.isfile(os.path.join(root, full)):
            if full.startswith("src/") and full.split("/")[1] not in place.inside:
                return f"{full} is private to {full.split('/')[1]}"
            return None
    name = os.path.basename(header)
    owners = {s.split("/")[1] for s in sources if os.path.basename(s) == name}
    if owners and not place.inside & owners:
        return f"{name} is private to {', '.join(sorted(owners))}"
    return None # generated, or the compiler says what is wrong


def check_file(root, plan, path, sources):
    text = tree.read(root, path).decode("utf-8", "replace")
    place = Place(plan, path, text)
    if place.owner is not None and place.owner not in plan:
        yield f"{path}: {place.owner} is no module of CMakeLists.txt"
        return
    if place.is_face and place.owner is None:
        yield f"{path}: this face belongs to no module"
        return
    clean = ctext.without_comments(text)
    for m in INCLUDE.finditer(clean):
        mark, header = m.groups()
        if header.startswith("nayose/"):
            problem = face_problem(plan, place, header)
        elif mark == "<":
            problem = library_problem(place, header)
        else:
            problem = private_problem(root, place, path, header, sources)
        if problem:
            yield f"{path}:{clean.count(chr(10), 0, m.start(2)) + 1}: {problem}"


def compiles_alone(root, path):
    run = subprocess.run(
        [os.environ.get("CC", "gcc"), "-std=c17", "-D_GNU_SOURCE", "-Wall", "-Werror",
         "-fsyntax-only", "-Iinclude", "-include", path, "-x", "c", "/dev/null"],
        cwd=root, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        return f"{path} does not compile alone:\n{run.stderr.strip()}"
    return None


def check(root):
    plan = read_plan(root)
    if not plan:
        return ["CMakeLists.txt: no ny_module lines found"]
    problems = list(plan_problems(plan))
    names = tree.files(root)
    sources = [n for n in names if n.startswith("src/") and n.endswith((".h", ".def"))]
    for path in names:
        if path.endswith((".c", ".h", ".def")) and path.split("/")[0] in (
                "src", "include", "tests", "fuzz"):
            problems += check_file(root, plan, path, sources)
        if path.startswith("include/nayose/") and path.endswith(".h"):
            problems += filter(None, [compiles_alone(root, path)])
    return problems


if __name__ == "__main__":
    tree.finish(check(tree.root_argument()))
