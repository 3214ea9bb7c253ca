"""What the integration tests share: a private server, its admin interface, the tools beside it.

The programs are found by NAYOSE_BIN (default build/dev/bin). A server lives in a directory of its
own below the temporary directory and is gone afterwards, database and all.
"""
import collections
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
BIN = os.environ.get("NAYOSE_BIN") or os.path.join(ROOT, "build", "dev", "bin")
EVALUATE = os.path.join(ROOT, "tests", "support", "evaluate.py")

ROWS_END = "-- no more rows"

FRAME_BEGIN = b"\x0b"
FRAME_END = b"\x1c\r"

# One line of shell comes in, one line of facts goes out.
SHELL = r"""
. "$NY_ROOT/tests/support/server.sh"
while IFS= read -r line; do
    eval "$line" </dev/null
    printf 'done %s %s %s %s %s %s\n' "$?" "${NAYOSE_MLLP:--}" "${NAYOSE_SERVER:--}" \
        "${PGHOST:--}" "${SERVER_PID:-0}" "${NAYOSE_HTTP:--}"
done
"""


class UnixHttp(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Server:
    """nayosed and its PostgreSQL. fsync=False loses nothing unless PostgreSQL itself is killed."""

    def __init__(self, fsync=False):
        self.dir = tempfile.mkdtemp(prefix="ny-it.")
        os.chmod(self.dir, 0o755)  # PostgreSQL's user has to get in
        env = dict(os.environ, NY_ROOT=ROOT, NAYOSE_BIN=BIN)
        env.pop("PG_FAST", None)
        if not fsync:
            env["PG_FAST"] = "1"
        self.shell = subprocess.Popen(["sh", "-c", SHELL], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True, env=env)
        self.mllp_port = self.http_port = self.admin_path = self.pg_host = None
        self.pid = 0
        self.psql = None  # of sql()
        self.psql_lock = threading.Lock()

    def _do(self, line):
        self.shell.stdin.write(line + "\n")
        self.shell.stdin.flush()
        words = self.shell.stdout.readline().split()
        if not words:
            raise RuntimeError("the shell of the server has gone")
        self.pid = int(words[5])
        self.pg_host = words[4]
        self.admin_path = words[3]
        self.mllp_port = int(words[2].rpartition(":")[2]) if words[2] != "-" else None
        self.http_port = int(words[6].rpartition(":")[2]) if words[6] != "-" else None
        if words[1] != "0":
            raise RuntimeError(f"{line}: status {words[1]}")

    def configure(self, sections):
        """Sections of nayosed.conf beside those that every test has; before start() or resume()."""
        path = self.dir + ".conf"  # the directory itself must be empty for the server
        with open(path, "w", encoding="utf-8") as f:
            f.write(sections)
        self._do(f'export NAYOSE_CONF_EXTRA="{path}"')

    def start(self):
        self._psql_end()
        self._do(f'server_start "{self.dir}"')  # the ready line is a promise: no waiting here
        return self

    def wait_ready(self, seconds=30):
        """Until /readyz says so: the database is there and this server leads."""
        wait_until(self.is_ready, f"not ready after {seconds} s", seconds)

    def stop(self):
        self._psql_end()
        self._do(f'server_stop "{self.dir}"')

    def kill(self):
        """SIGKILL for nayosed; PostgreSQL goes on."""
        self._do(f'server_kill "{self.dir}"')

    def resume(self):
        """nayosed again, beside the PostgreSQL that went on."""
        self._do(f'server_resume "{self.dir}"')

    def restart(self):
        """nayosed ends and starts again; PostgreSQL goes on."""
        self._do('server_end_child; [ "$SERVER_STATUS" -eq 0 ]')
        self.resume()

    def pg_crash(self):
        self._psql_end()
        self._do('pg_as "$PG_BIN/pg_ctl" -D "$PG_HOME/pg" -m immediate -w stop >/dev/null')

    def pg_recover(self):
        self._do('pg_as "$PG_BIN/pg_ctl" -D "$PG_HOME/pg" -l "$PG_HOME/pg.log" -w start'
                 ' >/dev/null 9>&-')

    def close(self):
        """Stops and removes everything; an error of the stop is raised after the cleaning."""
        if self.shell.poll() is not None:
            return
        try:
            if self.pg_host not in (None, "-"):
                self.stop()
        finally:
            try:
                if self.pg_host not in (None, "-"):
                    self._do(f'server_wipe "{self.dir}"')
            finally:
                self.shell.stdin.close()
                self.shell.wait()
                self.shell.stdout.close()
                shutil.rmtree(self.dir, ignore_errors=True)
                pathlib.Path(self.dir + ".conf").unlink(missing_ok=True)

    def is_alive(self):
        try:
            with open(f"/proc/{self.pid}/stat", encoding="ascii") as f:
                return f.read().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            return False

    # ---- admin interface ----

    def request(self, method, path, body=None):
        """Status and body (parsed when it is JSON)."""
        conn = UnixHttp(self.admin_path)
        try:
            if isinstance(body, dict):
                body = json.dumps(body, ensure_ascii=False).encode()
            conn.request(method, path, body=body)
            reply = conn.getresponse()
            data = reply.read()
            if (reply.getheader("Content-Type") or "").startswith("application/json"):
                data = json.loads(data)
            return reply.status, data
        finally:
            conn.close()

    def get(self, path, **params):
        query = urllib.parse.urlencode(params)
        return self.request("GET", path + ("?" + query if query else ""))

    def is_ready(self):
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def add_domain(self, namespace, oid, name="", **source):
        """source: source_application, source_facility."""
        status, answer = self.request(
            "POST", "/domains", {"namespace": namespace, "oid": oid, "name": name, **source})
        if status != 201:
            raise RuntimeError(f"{namespace}: {answer}")

    def add_domains(self, path):
        """Registers the facilities of a population's domains.txt: lines of namespace, OID, name."""
        with open(path, encoding="utf-8") as f:
            for line in f:
                namespace, oid, name = line.rstrip("\n").split(" ", 2)
                self.add_domain(namespace, oid, name)

    def links(self):
        """{(namespace, local id): regional ID}; a record that is listed twice raises."""
        found = {}
        after = {}
        while True:
            status, page = self.get("/links", **after)
            if status != 200:
                raise RuntimeError(page)
            for row in page["links"]:
                key = row["domain"], row["local_id"]
                if key in found:
                    raise RuntimeError(f"{key} is listed twice")
                found[key] = row["regional_id"]
            if page["next"] is None:
                return found
            after = {"after_ns": page["next"]["ns"], "after_id": page["next"]["id"]}

    # ---- database ----

    def put_version(self, version, tau):
        """A version like the first one with another threshold, as if it had been trained."""
        self.sql(
            "INSERT INTO nayose.model (version, body, state, made_from) SELECT "
            f"{version}, regexp_replace(regexp_replace(body, 'setting version 1', "
            f"'setting version {version}'), 'setting tau_b1024 [0-9]+', 'setting tau_b1024 {tau}'), "
            "4, 1 FROM nayose.model WHERE version = 1")

    def sql(self, text):
        """The rows of a statement, each a list of texts."""
        with self.psql_lock:
            if self.psql is None:
                self.psql = subprocess.Popen(
                    ["psql", "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", self.pg_host, "-U",
                     "nayose", "-d", "nayose"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self.psql.stdin.write(f"{text}\n;\n\\echo {ROWS_END}\n")
            self.psql.stdin.flush()
            rows = []
            for line in self.psql.stdout:
                if line.rstrip("\n") == ROWS_END:
                    return rows
                rows.append(line.rstrip("\n").split("\t"))
            self._psql_end()
        raise RuntimeError(f"psql ended: {text}")

    def _psql_end(self):
        """The session of sql(), before PostgreSQL ends, or after it failed."""
        if self.psql is not None:
            self.psql.stdin.close()
            self.psql.wait()
            self.psql.stdout.close()
            self.psql = None

    def number(self, text):
        return int(self.sql(text)[0][0])

    def run_psql(self, script):
        """A script for psql, backslash commands and all, run as whoever runs the test."""
        subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-h", self.pg_host, "-U", "nayose",
                        "-d", "nayose"], input=script, text=True, check=True,
                       stdout=subprocess.DEVNULL)

    def postmaster(self):
        """The process id of PostgreSQL."""
        with open(os.path.join(os.path.dirname(self.admin_path), "pg", "postmaster.pid"),
                  encoding="ascii") as f:
            return int(f.readline())

    def pg_bin(self):
        """Where the programs of the running PostgreSQL are."""
        return os.path.dirname(os.path.realpath(f"/proc/{self.postmaster()}/exe"))

    def wait_settled(self):
        """Until a change of model version is through."""
        while self.number("SELECT count(*) FROM nayose.model_rollout") > 0:
            time.sleep(.1)

    # ---- feeding ----

    def load_command(self, files, *options):
        return [os.path.join(BIN, "nayose-mllpload"), "--port", str(self.mllp_port), *options,
                *files]

    def load(self, files, *options):
        """Sends files of frames; the driver's counts."""
        run = subprocess.run(self.load_command(files, *options), stdout=subprocess.PIPE, text=True,
                             check=False)
        if not run.stdout:
            raise RuntimeError("nayose-mllpload said nothing")
        return json.loads(run.stdout)

    def feed(self, messages):
        """Sends messages in their order; each must be accepted."""
        with tempfile.NamedTemporaryFile(prefix="ny-it.", suffix=".hl7") as f:
            stats = self.load([write_frames(f.name, messages)])
        if stats["aa"] != len(messages):
            raise AssertionError(stats)


class Wire:
    """A connection that sends anything and reads frames."""

    def __init__(self, port, tls=None):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=30)
        if tls is not None:
            self.sock = tls.wrap_socket(self.sock)
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def frame(self):
        """The next answer without its framing; None when the server closes."""
        while FRAME_END not in self.rest:
            try:
                more = self.sock.recv(65536)
            except ConnectionResetError:
                return None
            if not more:
                return None
            self.rest += more
        answer, self.rest = self.rest.split(FRAME_END, 1)
        return answer.lstrip(FRAME_BEGIN)

    def ask(self, body):
        self.sock.sendall(FRAME_BEGIN + body + FRAME_END)
        return self.frame()

    def closes(self):
        return self.frame() is None


def wait_until(condition, otherwise, seconds=60):
    """What the condition gives as soon as that is true; otherwise: what is wrong when it stays false."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(otherwise)
        time.sleep(0.02)
    return value


def nayose(server, *args):
    """Runs the command, which speaks English whoever runs the test."""
    env = dict(os.environ, LANG="C", NAYOSE_SERVER=server.admin_path)
    env.pop("LC_ALL", None)
    return subprocess.run([os.path.join(BIN, "nayose"), *args], env=env, capture_output=True,
                          encoding="utf-8", timeout=120, check=False)


def field(answer, segment, number):
    for line in answer.decode("utf-8", "replace").split("\r"):
        fields = line.split("|")
        if fields[0] == segment:
            return fields[number] if number < len(fields) else ""
    return None


def population(directory, people, facilities=12, seed=1, *options):
    """Makes a synthetic population in directory; its message files in facility order."""
    subprocess.run([os.path.join(BIN, "nayose-population"), "--people", str(people), "--facilities",
                    str(facilities), "--seed", str(seed), "--out", directory, *options],
                   stdout=subprocess.DEVNULL, check=True)
    return sorted(os.path.join(directory, n) for n in os.listdir(directory) if n.endswith(".hl7"))


def frames(path):
    """The messages of a file, without their framing."""
    with open(path, "rb") as f:
        return [m.lstrip(FRAME_BEGIN) for m in f.read().split(FRAME_END)[:-1]]


def write_frames(path, messages):
    with open(path, "wb") as f:
        f.write(b"".join(FRAME_BEGIN + m + FRAME_END for m in messages))
    return path


def groups(links):
    """The partition that links describe: a set of frozensets, whatever the regional IDs are."""
    by_id = collections.defaultdict(list)
    for key, regional in links.items():
        by_id[regional].append(key)
    return {frozenset(members) for members in by_id.values()}


def contents(server):
    """What is known of each identity, whatever numbers the rows got."""
    return {tuple(row) for row in server.sql(
        "SELECT d.namespace, i.local_id, i.status, i.content_hash, i.event_at, i.demographics "
        "FROM nayose.identity i JOIN nayose.identity_domain d ON d.id = i.domain")}


def questions(server):
    """Open questions as pairs with their reasons; the pair has no order."""
    return {(frozenset(((r[0], r[1]), (r[2], r[3]))), r[4], r[5]) for r in server.sql(
        "SELECT da.namespace, a.local_id, db.namespace, b.local_id, r.state, r.total_b1024 "
        "FROM nayose.review r JOIN nayose.identity a ON a.id = r.a "
        "JOIN nayose.identity b ON b.id = r.b JOIN nayose.identity_domain da ON da.id = a.domain "
        "JOIN nayose.identity_domain db ON db.id = b.domain WHERE r.state < 4")}


def write_links(path, links):
    """links as the CSV that evaluate.py reads."""
    with open(path, "w", encoding="utf-8") as f:
        f.write("domain,local_id,regional_id\n")
        f.writelines(f"{ns},{local},{regional}\n" for (ns, local), regional in links.items())
    return path
