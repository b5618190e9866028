"""The database is away for a while: nothing is lost, memory stays bounded, checks stay punctual, and
what waits is stored faster than new results come."""
import time

from fleet import quantile, resident_kb
from scene import Scene, wait_for


def lateness(scene, seconds):
    before = scene.daemon.metrics()
    time.sleep(seconds)
    return quantile(before, scene.daemon.metrics(), "muster_check_lateness_seconds", 0.99)


def watch_memory(scene, seconds):
    most, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        most = max(most, resident_kb(scene.daemon.process.pid))
        time.sleep(0.5)
    return most


def on_the_way(metrics):
    """Results that are safe on disk and not in the database, as far as a scrape can tell."""
    return (metrics["muster_spool_rows_total"] -
            metrics['muster_writer_rows_total{table="server_health_checks"}'])


def database_away(build, rows, rate, seconds, bars=False, sections=""):
    """`bars`: the machine is ours alone, so that times mean something."""
    with Scene(build, servers=rate, every_ms=1000, sections=sections) as scene:
        scene.daemon.start()
        wait_for(lambda: scene.stored()[0] > 3 * rate, "the first results")
        punctual = lateness(scene, 5)
        usual = resident_kb(scene.daemon.process.pid)

        scene.postgres.stop()
        before = scene.daemon.metrics()
        most = watch_memory(scene, seconds)
        after = scene.daemon.metrics()
        waiting = on_the_way(after)

        scene.postgres.start()
        began, then = time.monotonic(), after["muster_spool_rows_total"]
        now = scene.daemon.metrics()
        while on_the_way(now) > 2 * rate:  # a batch gathers for a second
            most = max(most, resident_kb(scene.daemon.process.pid))
            time.sleep(0.1)
            now = scene.daemon.metrics()
        took = time.monotonic() - began
        drained = (waiting - on_the_way(now) + now["muster_spool_rows_total"] - then) / took
        alone = (waiting - on_the_way(now)) / took
        draining = quantile(after, now, "muster_check_lateness_seconds", 0.99)
        scene.drain()
        (safe, _), (stored, twice) = scene.kept(), scene.stored()

    name = f"database away for {seconds} s at {rate:,}/s"
    late = quantile(before, after, "muster_check_lateness_seconds", 0.99)
    rows.add(f"{name}: results waiting at its end", waiting, "results", least=rate * seconds * 0.9)
    rows.add(f"{name}: lost", safe - stored, "results", most=0, least=0)
    rows.add(f"{name}: in the database more than once", twice, "results", most=0)
    rows.add(f"{name}: musterd resident, more than before", (most - usual) / 1024, "MB", most=64)
    rows.add(f"{name}: stored when it was back", drained, "1/s", least=5 * rate if bars else None)
    rows.add(f"{name}: of that, what had waited", alone, "1/s")
    rows.add(f"{name}: until all of it was", took, "s")
    rows.add(f"{name}: lateness p99 before", punctual * 1000, "ms")
    rows.add(f"{name}: lateness p99 meanwhile", late * 1000, "ms", most=250 if bars else None)
    rows.add(f"{name}: lateness p99 while it drains", draining * 1000, "ms",
             most=250 if bars else None)
