"""The spool's disk is full, or fails: musterd stays up, tells, goes on, and is durable again."""
import os
import time
import uuid

from fleet import resident_kb
from scene import Scene, SmallDisk, wait_for
from segments import records, with_id


def check_all_stored(rows, scene, name):
    """The disk may fail as long as the database takes what comes."""
    scene.check_drained(rows, name)
    rows.add(f"{name}: results in memory alone", scene.kept()[1], "results", least=1)


def failing_calls(build, rows, name, *strace):
    """EIO from some calls: the segment is given up, what was not safe goes on in memory."""
    with Scene(build, servers=300, every_ms=1000) as scene:
        scene.daemon.under = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", *strace]
        for number in range(1, 40):
            scene.daemon.under += ["-P", str(scene.daemon.spool() / f"{number:016}.segment")]
        scene.daemon.start()
        wait_for(lambda: scene.daemon.metrics()["muster_spool_failures_total"] >= 5, "failures")
        wait_for(lambda: scene.daemon.metrics()["muster_spool_durable"] == 1, "the disk to work again")
        check_all_stored(rows, scene, name)


def failing_fdatasync(build, rows):
    failing_calls(build, rows, "fdatasync fails", "trace=fdatasync", "-e",
                  "inject=fdatasync:error=EIO:when=10+7")


def failing_write(build, rows):
    failing_calls(build, rows, "write fails", "trace=write", "-e", "inject=write:error=EIO:when=10+7")


def missing_segment(build, rows):
    """Somebody takes a segment away that waits: it costs its results, and nothing else waits for it."""
    name = "a segment is missing"
    with Scene(build, servers=500, every_ms=1000, sections="writer: {queue: 2000}\n") as scene:
        scene.daemon.start()
        wait_for(lambda: scene.stored()[0] > 500, "the first results")
        scene.postgres.stop()
        wait_for(lambda: scene.waiting() > 0, "results that wait on disk")
        gone = min(scene.daemon.spool().glob("*.segment"))
        in_it = sum(1 for _ in records(gone))
        gone.unlink()
        scene.postgres.start()
        began = time.monotonic()
        wait_for(lambda: scene.waiting() == 0, "the rest to be stored")
        rows.add(f"{name}: until the rest is stored", time.monotonic() - began, "s", most=10)
        rows.add(f"{name}: counted", scene.daemon.metrics()["muster_spool_damages_total"], "", most=1, least=1)
        scene.drain()
        (safe, _), (stored, twice) = scene.kept(), scene.stored()
        rows.add(f"{name}: lost", safe - stored, "results", most=in_it, least=1)
        rows.add(f"{name}: in the database more than once", twice, "results", most=0)


def backlog_at_start(build, rows, copies):
    """A spool full of segments, copies of one under ids of their own."""
    name = f"{copies} segments at the start"
    with Scene(build, servers=1000, every_ms=1000, sections="spool: {size: 16GiB}\n") as scene:
        scene.daemon.start()
        wait_for(lambda: scene.stored()[0] > 3000, "the first results")
        for _ in range(20):  # being asked takes memory as well
            scene.waiting()
        usual = resident_kb(scene.daemon.pid())
        scene.postgres.stop()
        before = scene.daemon.metrics()["muster_spool_rows_total"]
        wait_for(lambda: scene.daemon.metrics()["muster_spool_rows_total"] > before + 5000, "a segment")
        scene.daemon.kill()
        segment = max(scene.daemon.spool().glob("*.segment"))
        content, in_it = segment.read_bytes(), sum(1 for _ in records(segment))
        number = int(segment.name.split(".")[0])
        for copy in range(1, copies + 1):
            path = scene.daemon.spool() / f"{number + copy:016}.segment"
            path.write_bytes(with_id(content, uuid.uuid4().bytes))
        scene.postgres.start()
        stored = scene.stored()[0]
        scene.daemon.start()
        most, began = 0, time.monotonic()
        while scene.waiting() > 0:
            most = max(most, resident_kb(scene.daemon.pid()))
            time.sleep(0.1)
        took = time.monotonic() - began
        scene.drain()
        rows.add(f"{name}: results stored", scene.stored()[0] - stored, "results", least=in_it * copies)
        rows.add(f"{name}: a second", in_it * copies / took, "1/s")
        rows.add(f"{name}: musterd resident, more than usual", (most - usual) / 1024, "MB", most=64)


def full_disk(build, rows):
    if os.getuid() != 0:
        print("full disk: left out, because only root can mount a small one")
        return
    with Scene(build, servers=1000, every_ms=1000) as scene:
        with SmallDisk(scene.daemon.spool(), 2 << 20):
            scene.daemon.start()
            wait_for(lambda: scene.stored()[0] > 3000, "the first results")
            scene.postgres.stop()
            wait_for(lambda: scene.daemon.metrics()["muster_spool_durable"] == 0, "a full disk", 120)
            scene.postgres.start()
            began = time.monotonic()
            wait_for(lambda: scene.daemon.metrics()["muster_spool_durable"] == 1, "room again")
            rows.add("full disk: until it is durable again", time.monotonic() - began, "s", most=5)
            check_all_stored(rows, scene, "full disk")
