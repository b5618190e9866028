"""The spool's disk is full, or fails: musterd stays up, tells, goes on, and is durable again."""
import os
import subprocess

from scene import Scene, wait_for


def check_all_stored(rows, scene, name):
    """The disk may fail as long as the database takes what comes."""
    scene.drain()
    (on_disk, in_memory), (stored, twice) = scene.kept(), scene.stored()
    rows.add(f"{name}: results safe on disk all the same", on_disk, "results", least=1)
    rows.add(f"{name}: results in memory alone", in_memory, "results", least=1)
    rows.add(f"{name}: lost", on_disk + in_memory - stored, "results", most=0, least=0)
    rows.add(f"{name}: in the database more than once", twice, "results", most=0)


def failing_fdatasync(build, rows):
    """EIO from some calls of fdatasync: the segment is given up, what was not safe goes on in memory."""
    with Scene(build, servers=300, every_ms=1000) as scene:
        scene.daemon.under = ["strace", "-f", "-qq", "-o", "/dev/null", "--seccomp-bpf", "-e",
                              "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=10+7"]
        scene.daemon.start()
        wait_for(lambda: scene.daemon.metrics()["muster_spool_failures_total"] >= 5, "failures")
        wait_for(lambda: scene.daemon.metrics()["muster_spool_durable"] == 1, "the disk to work again")
        check_all_stored(rows, scene, "fdatasync fails")


class SmallDisk:
    """A tmpfs of so many bytes where the spool is; only root can mount one."""

    def __init__(self, path, size_bytes):
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "none", path], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.path], check=True)


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
            wait_for(lambda: scene.daemon.metrics()["muster_spool_durable"] == 1, "room again")
            check_all_stored(rows, scene, "full disk")
