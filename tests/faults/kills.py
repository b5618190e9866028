"""kill -9, again and again: of musterd at random instants and at chosen system calls, and of
PostgreSQL. Every result that was safe on disk is in the database once, and so is every one after it
that was whole; nothing else."""
import random
import time

from scene import Scene, wait_for
from segments import records

DEBUG = "log: {level: debug}\n"
FLAPPING = ("--rule", "127.1.0.0/26=flapping:2")


def safe_and_whole(daemon):
    """Results whose being safe was announced, and those written behind them before the kill."""
    safe = daemon.synced()
    whole = 0
    for path in daemon.spool().glob("*.segment"):
        whole += sum(1 for _ in records(path, safe.get(path.name, (0, 0))[1]))
    return sum(rows for rows, _ in safe.values()), whole


def forget_whole(daemon):
    """The next start reads them: they count as announced from here on."""
    with open(daemon.folder / "log", "a") as log:
        safe = daemon.synced()
        for path in daemon.spool().glob("*.segment"):
            ends = [end for end, _, _ in records(path, safe.get(path.name, (0, 0))[1])]
            if ends:
                log.write(f"spool.synced segment={path.name} rows=0 end={ends[-1]}\n")


def check_all_stored(rows, scene, name, unannounced):
    """A last run stores what the others left, and sees enough of each server to judge it."""
    scene.daemon.start()
    wait_for(lambda: scene.daemon.metrics()["muster_spool_rows_total"] > 4 * scene.servers,
             "four checks of each server")
    scene.drain()
    safe = sum(rows for rows, _ in scene.daemon.synced().values())
    stored, twice = scene.stored()
    rows.add(f"{name}: results that were safe on disk", safe, "results", least=1)
    rows.add(f"{name}: of them and the whole ones behind them, lost", safe + unannounced - stored,
             "results", most=0, least=0)
    rows.add(f"{name}: in the database more than once", twice, "results", most=0)
    scene.check_events(rows, name)


def musterd_at_random(build, rows, rounds, seed=1):
    chance = random.Random(seed)
    with Scene(build, servers=500, every_ms=1000, sections=DEBUG, rules=FLAPPING) as scene:
        unannounced = 0
        for _ in range(rounds):
            scene.daemon.start(wait=False)
            time.sleep(chance.uniform(0.2, 2.5))  # the instant is the test
            scene.daemon.kill()
            unannounced += safe_and_whole(scene.daemon)[1]
            forget_whole(scene.daemon)
        check_all_stored(rows, scene, f"musterd killed {rounds} times", unannounced)


def musterd_at_system_calls(build, rows, rounds, seed=2):
    """At the entry of the n-th write, fdatasync or unlink, by strace."""
    chance = random.Random(seed)
    with Scene(build, servers=500, every_ms=1000, sections=DEBUG + "spool: {sync_every: 20ms}\n",
               rules=FLAPPING) as scene:
        unannounced = died = 0
        for _ in range(rounds):
            call, most = chance.choice([("fdatasync", 60), ("write", 400), ("unlink", 3),
                                        ("sendto", 200)])
            died += scene.daemon.die_at_call(call, chance.randint(1, most), chance.uniform(1, 3))
            scene.daemon.kill()
            unannounced += safe_and_whole(scene.daemon)[1]
            forget_whole(scene.daemon)
        name = f"musterd killed at {rounds} system calls"
        rows.add(f"{name}: that it came to", died, "calls", least=1)
        check_all_stored(rows, scene, name, unannounced)


def musterd_before_the_database_knows(build, rows):
    """That all servers have fallen lies on disk alone; the next start goes on from there."""
    with Scene(build, servers=200, every_ms=1000, sections=DEBUG) as scene:
        scene.daemon.start()
        wait_for(lambda: scene.changes() == 200, "servers that are well")
        scene.postgres.stop()
        scene.fleet.stop()
        wait_for(lambda: scene.daemon.log().count("to=unreachable") == 200, "servers that are not")
        then = scene.daemon.synced()
        wait_for(lambda: scene.daemon.synced() != then, "the last of them on disk")
        scene.daemon.kill()
        unannounced = safe_and_whole(scene.daemon)[1]
        forget_whole(scene.daemon)
        scene.postgres.start()
        name = "musterd killed while the database is away"
        check_all_stored(rows, scene, name, unannounced)
        rows.add(f"{name}: that servers have fallen, told", scene.changes() - 200, "events", most=200,
                 least=200)


def postgres_at_random(build, rows, rounds, seed=3):
    chance = random.Random(seed)
    with Scene(build, servers=500, every_ms=1000, rules=FLAPPING) as scene:
        scene.daemon.start()
        wait_for(lambda: scene.changes() > 50, "servers that flap")
        for _ in range(rounds):
            time.sleep(chance.uniform(0.1, 1.5))  # the instant is the test
            scene.postgres.kill()
            scene.postgres.start()
        name = f"PostgreSQL killed {rounds} times"
        began = time.monotonic()
        before = scene.stored()[0]
        wait_for(lambda: scene.stored()[0] > before, "results after the last restart")
        rows.add(f"{name}: until it writes again", time.monotonic() - began, "s", most=5)
        scene.check_drained(rows, name)
        scene.check_events(rows, name)
