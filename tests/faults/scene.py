"""What the fault tests play on: a simulated fleet, a PostgreSQL that can be taken away, and a musterd
between them that may be killed; and the question whether every result is in the database once."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

from fleet import Musterd, Simfleet, children, wait_for
from scenario import ADDRESS, probe

AS_POSTGRES = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []


def postgres_bin():
    return max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))


class SmallDisk:
    """A tmpfs of so many bytes; only root can mount one."""

    def __init__(self, path, size_bytes, owner="root"):
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_bytes},mode=700", "none", path],
                       check=True)
        shutil.chown(path, owner, owner)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.path], check=True)


class Cluster:
    """A folder of PostgreSQL's, reached by its socket; what is in it comes from elsewhere."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="muster-faults-pg-"))
        if AS_POSTGRES:
            shutil.chown(self.folder, "postgres", "postgres")
        os.chmod(self.folder, 0o711)
        self.data = self.folder / "data"

    def run(self, program, *arguments):
        subprocess.run(AS_POSTGRES + [postgres_bin() / program, *arguments], cwd="/", check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self):
        self.run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-t", "120", "start")

    def stop(self, mode="immediate"):
        self.run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def restart(self, settings=""):
        """With these lines of configuration over the usual ones, until the next restart."""
        self.stop("fast")
        (self.data / "more.conf").write_text(settings)
        self.start()

    def postmaster(self):
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def kill(self):
        """Like a crash: the postmaster and all that it started, at once."""
        postmaster = self.postmaster()
        for pid in [postmaster] + children(postmaster):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        wait_for(lambda: not pathlib.Path(f"/proc/{postmaster}").exists(), "PostgreSQL to be gone")
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def sql(self, text, database="muster"):
        done = subprocess.run(
            AS_POSTGRES + ["psql", "-h", str(self.folder), "-U", "muster", "-d", database, "-v",
                           "ON_ERROR_STOP=1", "-qAt", "-c", text],
            capture_output=True, text=True, cwd="/")
        if done.returncode != 0:
            raise OSError(done.stderr)
        return done.stdout.strip()

    def remove(self):
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Postgres(Cluster):
    """One of its own, with fsync on."""

    def __init__(self):
        super().__init__()
        self.run("initdb", "-D", self.data, "-U", "muster", "-A", "trust", "-E", "UTF8", "--locale=C")
        with open(self.data / "postgresql.conf", "a") as conf:
            conf.write(f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\n"
                       "max_wal_size = 4GB\ncheckpoint_timeout = 15min\n"
                       "include_if_exists = 'more.conf'\n")
        self.url = f"postgresql:///muster?host={self.folder}&user=muster"
        self.start()
        self.sql("CREATE DATABASE muster", database="postgres")


class Watch(Musterd):
    """A musterd on a database of somebody else, perhaps behind another program (`under`)."""

    def __init__(self, build, postgres, probes, sections=""):
        super().__init__(build, probes, sections=f"database: {{url: '{postgres.url}'}}\n" + sections)
        self.postgres = postgres
        self.under = []

    def discard(self):
        """As it is: whoever looks into its end has done so."""
        if self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self):
        return self.under + super().command()

    def sql(self, text):
        return self.postgres.sql(text)

    def pid(self):
        return children(self.process.pid)[0] if self.under else self.process.pid

    def die_at_call(self, call, number, patience, path=None):
        """Starts it, to be killed as one of its threads enters its `number`-th `call` (on `path`);
        whether it came to so many in time. strace with --seccomp-bpf counts, but sends no signal."""
        self.under = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}",
                      "-e", f"inject={call}:signal=KILL:when={number}"] + (["-P", path] if path else [])
        self.start(wait=False)
        self.under = []
        try:
            self.process.wait(timeout=patience)
            return True
        except subprocess.TimeoutExpired:
            return False

    def kill(self):
        """At once, and without a trace of what it was doing."""
        for pid in children(self.process.pid) + [self.process.pid]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait(timeout=30)

    def spool(self):
        return self.state / "spool"

    def log(self):
        return (self.folder / "log").read_text()

    def synced(self):
        """{segment: (rows, end)}: what the log says is safe on disk, since the start of the test."""
        safe = {}
        pattern = re.compile(r"spool\.synced segment=(\S+) rows=(\d+) end=(\d+)")
        for segment, rows, end in pattern.findall(self.log()):
            before = safe.get(segment, (0, 0))
            safe[segment] = (before[0] + int(rows), int(end))
        return safe


class Scene:
    def __init__(self, build, servers, every_ms, sections="", rules=()):
        self.servers = servers
        self.fleet = Simfleet(build, *rules)
        self.postgres = Postgres()
        self.daemon = Watch(build, self.postgres, probe("health", every_ms), sections)
        self.daemon.start()
        self.daemon.register(servers, f"'http://' || {ADDRESS} || ':{self.fleet.port}'")
        self.daemon.stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.daemon.discard()
        self.postgres.remove()
        self.fleet.stop()

    def drain(self):
        """Everything that waits goes to the database; then the daemon stops."""
        wait_for(lambda: self.waiting() == 0, "the spool to be empty", patience=600)
        self.daemon.stop()
        wait_for(lambda: not list(self.daemon.spool().glob("*.segment")), "no segment to be left")

    def kept(self):
        """Results that the last run put on disk, and in memory alone; once it has stopped."""
        line = re.findall(r"spool\.stopped rows_on_disk=(\d+) rows_in_memory=(\d+)",
                          self.daemon.log())[-1]
        return int(line[0]), int(line[1])

    def check_drained(self, rows, name, before=0):
        """All that the last run kept, and `before` of earlier ones, is in the database once."""
        self.drain()
        (safe, in_memory), (stored, twice) = self.kept(), self.stored()
        rows.add(f"{name}: results that were safe on disk", before + safe, "results", least=1)
        rows.add(f"{name}: lost", before + safe + in_memory - stored, "results", most=0, least=0)
        rows.add(f"{name}: in the database more than once", twice, "results", most=0)

    def check_events(self, rows, name):
        """Each change begins where the one before it ended, and the last one is what is shown."""
        events, torn = map(int, self.postgres.sql(
            "SELECT count(*), count(*) FILTER (WHERE before <> from_state) FROM (SELECT from_state, "
            "lag(to_state) OVER (PARTITION BY server_key ORDER BY slot_ms) AS before FROM fleet_events "
            "WHERE kind = 'health_changed') AS e").split("|"))
        stale = int(self.postgres.sql(
            "SELECT count(*) FROM (SELECT DISTINCT ON (server_key) server_key, to_state FROM "
            "fleet_events WHERE kind = 'health_changed' ORDER BY server_key, slot_ms DESC) AS last "
            "JOIN managed_servers USING (server_key) WHERE health_status <> to_state"))
        rows.add(f"{name}: changes of health", events, "events", least=100)
        rows.add(f"{name}: of them lost or doubled", torn, "events", most=0)
        rows.add(f"{name}: servers shown in another state", stale, "servers", most=0)

    def waiting(self):
        """Also while what comes is left on disk, in a segment that is still written."""
        metrics = self.daemon.metrics()
        return metrics["muster_spool_behind"] + metrics["muster_spool_backlog_bytes"]

    def changes(self):
        return int(self.postgres.sql("SELECT count(*) FROM fleet_events"))

    def stored(self):
        """Results in the database, and how many of them are there once more than once."""
        all_rows, distinct = map(int, self.postgres.sql(
            "SELECT count(*), count(DISTINCT (server_key, probe_id, ts)) "
            "FROM server_health_checks").split("|"))
        return all_rows, all_rows - distinct
