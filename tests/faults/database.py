"""PostgreSQL refuses, hangs, is slow or is another one: nothing is lost or doubled, checks stay
punctual, and the log and the database have peace."""
import os
import pathlib
import signal
import subprocess
import threading
import time
import urllib.request

from fleet import children, quantile
from scene import Cluster, Scene, SmallDisk, wait_for

RATE = 200
FAILURES = "muster_writer_failures_total"
REFUSED_CONNECTIONS = "too many connections for role"


def failed_lines(scene, sign):
    log = scene.daemon.log()
    return sum(1 for line in log.splitlines() if "storage.write_failed" in line and sign in line)


def end_sessions(scene):
    scene.postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                       "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")


def write_again(rows, scene, name):
    """How long it takes until results come to the database again."""
    began, before = time.monotonic(), scene.stored()[0]
    wait_for(lambda: scene.stored()[0] > before, "results in the database")
    rows.add(f"{name}: until it writes again", time.monotonic() - began, "s", most=5)


def refused(rows, scene, name, sign, begin, end, seconds=4):
    """For some seconds after the first failure; `sign` is in the line of the log that tells of it."""
    scene.daemon.start()
    wait_for(lambda: scene.stored()[0] > RATE, "the first results")
    before = scene.daemon.metrics()[FAILURES]
    begin()
    wait_for(lambda: failed_lines(scene, sign) > 0, f"a failure with {sign}")
    time.sleep(seconds)
    rows.add(f"{name}: failures", scene.daemon.metrics()[FAILURES] - before, "", least=3)
    rows.add(f"{name}: lines that the log has of it", failed_lines(scene, sign), "lines", most=1)
    end()
    write_again(rows, scene, name)
    scene.check_drained(rows, name)


def full_database(build, rows):
    """53100: this month's checks lie on a small disk, and something else fills it."""
    if os.getuid() != 0:
        print("full database: left out, because only root can mount a small disk")
        return
    with Scene(build, servers=RATE, every_ms=1000) as scene:
        small = scene.postgres.folder / "small"
        with SmallDisk(small, 16 << 20, owner="postgres"):
            scene.postgres.sql(f"CREATE TABLESPACE small LOCATION '{small}'")
            for partition in scene.postgres.sql(
                    "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = "
                    "'server_health_checks'::regclass").split():
                scene.postgres.sql(f"ALTER TABLE {partition} SET TABLESPACE small")
            filler = small / "filler"
            refused(rows, scene, "database's disk full", "sqlstate=53100",
                    lambda: subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=4k"],
                                           stderr=subprocess.DEVNULL),
                    filler.unlink)
            scene.postgres.stop("fast")


def read_only(build, rows):
    """25006, as after a failover; new sessions are refused by libpq, which wants to write."""
    setting = "ALTER SYSTEM {} default_transaction_read_only"

    def switch(statement):
        scene.postgres.sql(statement)
        scene.postgres.sql("SELECT pg_reload_conf()")
    with Scene(build, servers=RATE, every_ms=1000) as scene:
        refused(rows, scene, "database read-only", "sqlstate=25006",
                lambda: switch(setting.format("SET") + " = on"),
                lambda: switch(setting.format("RESET")))


def denied(build, rows):
    """42501: somebody has revoked what the writer needs."""
    grant = "INSERT ON server_health_checks {} muster_ingest"
    with Scene(build, servers=RATE, every_ms=1000) as scene:
        refused(rows, scene, "writing denied", "sqlstate=42501",
                lambda: scene.postgres.sql("REVOKE " + grant.format("FROM")),
                lambda: scene.postgres.sql("GRANT " + grant.format("TO")))


def no_connections(build, rows, seconds=8):
    """53300, on a user who is no superuser, because those are let in."""
    with Scene(build, servers=RATE, every_ms=1000) as scene:
        scene.postgres.sql("CREATE ROLE watcher LOGIN; "
                           "GRANT muster_owner, muster_ingest, muster_api TO watcher")
        configuration = scene.daemon.folder / "muster.yaml"
        configuration.write_text(configuration.read_text().replace("user=muster", "user=watcher"))
        log = scene.postgres.folder / "log"

        def begin():
            window.append(time.monotonic())
            scene.postgres.sql("ALTER ROLE watcher CONNECTION LIMIT 0")
            end_sessions(scene)

        def end():
            scene.postgres.sql("ALTER ROLE watcher CONNECTION LIMIT -1")
            window.append(time.monotonic())
        name, window = "no more connections", []
        refused(rows, scene, name, REFUSED_CONNECTIONS, begin, end, seconds)
        tries = log.read_text().count(REFUSED_CONNECTIONS)
        rows.add(f"{name}: tries to connect", tries, "", least=2)
        rows.add(f"{name}: tries a second", tries / (window[1] - window[0]), "1/s", most=1)


class Stopped:
    """The postmaster and its backends stand still; the kernel goes on to acknowledge."""

    def __init__(self, postgres):
        postmaster = postgres.postmaster()
        self.pids = [postmaster] + children(postmaster)

    def __enter__(self):
        for pid in self.pids:
            os.kill(pid, signal.SIGSTOP)
        return self

    def __exit__(self, *_):
        for pid in reversed(self.pids):
            os.kill(pid, signal.SIGCONT)


def ask_in_vain(scene):
    """A request that needs the database."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{scene.daemon.port}/-/ready", timeout=30).close()
    except OSError:
        pass


def hanging(build, rows, seconds=3):
    name = "database hangs"
    with Scene(build, servers=RATE, every_ms=1000) as scene:
        scene.daemon.start()
        wait_for(lambda: scene.stored()[0] > RATE, "the first results")
        before = scene.daemon.metrics()
        with Stopped(scene.postgres):
            asked = threading.Thread(target=ask_in_vain, args=[scene])
            asked.start()  # and still hangs when musterd is to end
            began = time.monotonic()
            wait_for(lambda: scene.daemon.metrics()[FAILURES] > before[FAILURES], "a failure")
            rows.add(f"{name}: until it is noticed", time.monotonic() - began, "s", most=5)
            time.sleep(seconds)
            after = scene.daemon.metrics()
            began = time.monotonic()
            os.kill(scene.daemon.pid(), signal.SIGTERM)
            ended = scene.daemon.process.wait(timeout=60)
            rows.add(f"{name}: until SIGTERM has ended musterd", time.monotonic() - began, "s", most=10)
            asked.join()
        rows.add(f"{name}: exit status", ended, "", most=0, least=0)
        late = quantile(before, after, "muster_check_lateness_seconds", 0.99)
        rows.add(f"{name}: lateness p99 meanwhile", late * 1000, "ms", most=1000)
        safe, in_memory = scene.kept()
        rows.add(f"{name}: results in memory alone", in_memory, "results", most=0)
        scene.daemon.start()
        scene.check_drained(rows, name, safe)


def slow(build, rows):
    """Each row takes milliseconds, so that what waits takes longer than a statement may."""
    name = "database slow"
    with Scene(build, servers=RATE, every_ms=1000) as scene:
        scene.daemon.start()
        wait_for(lambda: scene.stored()[0] > RATE, "the first results")
        scene.postgres.sql(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_sleep(0.004); RETURN NEW; END'")
        scene.postgres.stop()
        waiting = lambda: (scene.daemon.metrics()["muster_spool_rows_total"] -
                           scene.daemon.metrics()[
                               'muster_writer_rows_total{table="server_health_checks"}'])
        wait_for(lambda: waiting() > 8 * RATE, "a backlog")
        scene.postgres.start()
        scene.postgres.sql("BEGIN; LOCK server_health_checks; CREATE TRIGGER slow BEFORE INSERT ON "
                           "server_health_checks FOR EACH ROW EXECUTE FUNCTION slow(); COMMIT")
        before = scene.stored()[0]
        wait_for(lambda: failed_lines(scene, "57014") > 0 or scene.stored()[0] > before + 8 * RATE,
                 "a timeout")
        rows.add(f"{name}: timeouts in the log", failed_lines(scene, "57014"), "lines", least=1, most=1)
        began, before = time.monotonic(), scene.stored()[0]
        wait_for(lambda: scene.stored()[0] > before, "results all the same")
        rows.add(f"{name}: until results are stored all the same", time.monotonic() - began, "s", most=20)
        scene.postgres.sql("BEGIN; LOCK server_health_checks; "  # first, in the order of the writer
                           "DROP TRIGGER slow ON server_health_checks; COMMIT")
        scene.check_drained(rows, name)


class Standby:
    """A copy of a PostgreSQL that follows it; each commit waits for both."""

    def __init__(self, primary):
        self.postgres = Cluster()
        primary.run("pg_basebackup", "-h", primary.folder, "-U", "muster", "-D", self.postgres.data,
                    "-R", "-X", "stream", "-c", "fast")
        (self.postgres.data / "more.conf").write_text(
            f"unix_socket_directories = '{self.postgres.folder}'\n")
        self.postgres.start()
        primary.restart("synchronous_standby_names = '*'\n")
        wait_for(lambda: primary.sql("SELECT count(*) FROM pg_stat_replication "
                                     "WHERE sync_state = 'sync'") == "1", "replication")

    def promote(self):
        self.postgres.run("pg_ctl", "-D", self.postgres.data, "-w", "promote")


def failover(build, rows):
    name = "failover to a standby"
    with Scene(build, servers=RATE, every_ms=1000) as scene:
        standby = Standby(scene.postgres)
        configuration = scene.daemon.folder / "muster.yaml"
        both = f"host={scene.postgres.folder},{standby.postgres.folder}"
        configuration.write_text(configuration.read_text().replace(f"host={scene.postgres.folder}", both))
        scene.daemon.start()
        wait_for(lambda: scene.stored()[0] > 2 * RATE, "the first results")
        scene.postgres.kill()
        primary, scene.postgres = scene.postgres, standby.postgres
        try:
            before = scene.stored()[0]
            standby.promote()
            began = time.monotonic()
            wait_for(lambda: scene.stored()[0] > before, "results in the standby")
            rows.add(f"{name}: results it had before", before, "results", least=RATE)
            rows.add(f"{name}: until it is written to", time.monotonic() - began, "s", most=5)
            scene.check_drained(rows, name)
        finally:
            primary.remove()
