"""kill -9 of musterd while it takes old partitions to files. Wherever that happens, the rows are in one
place, all of them: the partition, the same table detached, or, only when neither is left, the file.
At the end every file brings back the rows that were there before."""
import collections
import hashlib
import itertools
import pathlib
import random
import re
import subprocess
import tempfile
import time

from scene import Postgres, Watch, wait_for

TABLE = "server_health_checks"
ROWS = 20_000
AS_OWNER = "SET ROLE muster_owner; "
CALLS = ("sendto", "write", "fsync", "rename")
PART = ".csv.zst.part"  # the file that is being written
BEGIN = "INSERT INTO partition_archive"
SIGNS = {"detaching": BEGIN, "detached": "state = 'detached'", "copied": "state = 'copied'",
         "verified": "\\10verified", "dropped": "\\7dropped"}  # in the statement that makes it so
STATES = list(SIGNS)[:-1]  # in which a kill is worth most


class Archiving:
    """A musterd whose retention wants whatever is of long ago, and a database of such partitions."""

    def __init__(self, build):
        self.postgres = Postgres()
        self.daemon = Watch(build, self.postgres, "")
        self.contents = {}  # {month: rows and their hash}
        self.daemon.start()
        wait_for(lambda: self.sql("SELECT count(*) FROM rollup_mark WHERE rollup = 'health_5m'") == "1"
                 or self.no_facts(), "rollups")
        self.daemon.stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.daemon.discard()
        self.postgres.remove()

    def no_facts(self):
        """Retention waits for rollups, which begin with the oldest row; there is none to wait for."""
        self.sql("INSERT INTO rollup_mark VALUES ('health_5m', now()) ON CONFLICT DO NOTHING")
        return True

    def sql(self, text):
        return self.postgres.sql(AS_OWNER + text)

    def content(self, table):
        return self.sql(f"SELECT count(*), sum(hashtextextended(t::text, 0)::numeric) FROM {table} AS t")

    def add_partition(self):
        """A month of long ago, each time another; its name."""
        number = len(self.contents)
        year, month = 2000 + number // 11, 1 + number % 11
        name = f"{TABLE}_{year}_{month:02}"
        first, end = f"{year}-{month:02}-01Z", f"{year}-{month + 1:02}-01Z"
        self.sql(
            f"CREATE TABLE muster_part.{name} PARTITION OF {TABLE} FOR VALUES FROM ('{first}') "
            f"TO ('{end}'); INSERT INTO {TABLE} (ts, detail_hash, org_id, server_key, duration_us, "
            f"probe_id, reason, status, state) SELECT timestamptz '{first}' + i * interval '1 min', i, "
            f"1, i % 7, {number} + i * 7919 % 100000, 1, 0, 'o', 'h' "
            f"FROM generate_series(1, {ROWS}) AS i")
        self.contents[name] = self.content(f"muster_part.{name}")
        return name

    def part_of(self, name):
        """The file that is written for it."""
        year, month = map(int, name.split("_")[-2:])
        first, end = f"{year}{month:02}01T000000Z", f"{year}{month + 1:02}01T000000Z"
        return str(self.daemon.state / "archive" / f"{TABLE}.{first}.{end}{PART}")

    def newest(self):
        return list(self.contents)[-1]

    def unfinished(self):
        return int(self.sql("SELECT count(*) FROM partition_archive WHERE state = 'dropped'")
                   ) < len(self.contents)

    def finish(self):
        """An undisturbed musterd ends what was begun, and stops."""
        self.daemon.start()
        wait_for(lambda: not self.unfinished(), "all to be archived")
        self.daemon.stop()
        self.daemon.under = []

    def tables(self, name):
        return self.sql("SELECT coalesce(to_regclass(p || '." + name + "')::text, '') "
                        "FROM unnest('{muster_part,muster_archive}'::text[]) AS p").split()

    def archive(self, name):
        """State, file and its SHA-256; None: nobody has begun."""
        known = self.sql("SELECT state, coalesce(path, ''), coalesce(sha256, '') "
                         f"FROM partition_archive WHERE partition LIKE '%.{name}'")
        return known.split("|") if known else None

    def is_whole(self, name):
        """All its rows in one place. The file counts only when the table is gone."""
        tables, archive = self.tables(name), self.archive(name)
        if tables:
            return len(tables) == 1 and self.content(tables[0]) == self.contents[name]
        if not archive or archive[0] != "dropped" or not pathlib.Path(archive[1]).is_file():
            return False
        return hashlib.sha256(pathlib.Path(archive[1]).read_bytes()).hexdigest() == archive[2]

    def state(self, name):
        return (self.archive(name) or ["attached"])[0]

    def is_dropped(self, name):
        return self.state(name) == "dropped"

    def kill(self):
        """What PostgreSQL was still doing for it ends as well."""
        self.daemon.kill()
        wait_for(lambda: self.postgres.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' "
            "AND pid <> pg_backend_pid()") == "0", "the end of its statements")

    def restore(self, name):
        """Whether the file brings the rows back as they were."""
        done = subprocess.run(
            [self.daemon.build / "bin/musterd", "partitions", "restore", self.archive(name)[1],
             "--config", self.daemon.folder / "muster.yaml"], capture_output=True, text=True)
        if done.returncode != 0:
            print(done.stderr)
            return False
        return self.content(f"muster_part.{name}") == self.contents[name]


def calls_of_archiving(scene):
    """{state: [(call, its number)]}: at which of the upkeep thread's calls a partition is in that
    state on its whole way: what it sends to PostgreSQL and what it does to the file, which strace
    can count alone."""
    with tempfile.NamedTemporaryFile(prefix="muster-faults-strace-") as trace:
        scene.daemon.under = ["strace", "-f", "-qq", "-y", "-s", "1000", "--seccomp-bpf", "-o", trace.name,
                              "-e", "trace=" + ",".join(CALLS)]
        name = scene.add_partition()
        scene.finish()
        lines = pathlib.Path(trace.name).read_text().splitlines()
    begin = next(line for line in lines if BEGIN in line)
    ours = [line for line in lines if line.split()[0] == begin.split()[0]]
    counts, found, state = collections.Counter(), collections.defaultdict(list), "attached"
    for line in ours:
        call = line.split()[1].split("(")[0]
        if call != "sendto" and PART not in line:
            continue
        counts[call] += 1
        if BEGIN in line or state != "attached":
            found[state].append((call, counts[call]))
        for after, sign in SIGNS.items():
            state = after if sign in line else state
    assert scene.is_dropped(name) and set(found) == {"attached", *SIGNS}, found
    return found


def die_at_random(scene, chance):
    scene.daemon.start(wait=False)
    time.sleep(chance.uniform(0.1, 1))  # the instant is the test


class Kills:
    """What the kills have met: {state: how often one left a partition in it}, how often rows were
    lost or doubled, how many kills were at the call that was meant."""

    def __init__(self, scene, chance):
        self.scene, self.chance = scene, chance
        self.calls = calls_of_archiving(scene)
        self.turns = itertools.cycle(STATES)
        self.states, self.broken, self.at_call, self.rounds = collections.Counter(), 0, 0, 0

    def kill_at_call(self):
        self.scene.finish()
        self.broken += not self.scene.is_whole(self.scene.newest())
        path = self.scene.part_of(self.scene.add_partition())
        call, number = self.chance.choice(self.calls[next(self.turns)])
        self.at_call += self.scene.daemon.die_at_call(
            call, number, patience=10, path=None if call == "sendto" else path)

    def kill(self):
        """Two of three times one partition from its beginning; else what the kill before has left."""
        self.rounds += 1
        if self.rounds % 3 == 0:
            die_at_random(self.scene, self.chance)
        else:
            self.kill_at_call()
        self.scene.kill()
        newest = self.scene.newest()
        self.states[self.scene.state(newest)] += 1
        self.broken += not self.scene.is_whole(newest)


def killed_while_archiving(build, rows, rounds, seed=4):
    with Archiving(build) as scene:
        kills = Kills(scene, random.Random(seed))
        for _ in range(rounds):
            kills.kill()
        scene.finish()
        left = scene.sql("SELECT count(*) FROM pg_class WHERE relkind = 'r' "
                         "AND relnamespace = 'muster_archive'::regnamespace")
        parts = len(list((scene.daemon.state / "archive").glob("*.part")))
        restored = sum(map(scene.restore, scene.contents))
    name = f"musterd killed {rounds} times while archiving"
    rows.add(f"{name}: at the call that was meant", kills.at_call, "kills", least=1)
    for state in ("attached", *SIGNS):
        rows.add(f"{name}: left it {state}", kills.states[state], "times")
    rows.add(f"{name}: rows lost or doubled", kills.broken, "times", most=0)
    rows.add(f"{name}: partitions archived", len(scene.contents), "partitions", least=2)
    rows.add(f"{name}: restored unequal", len(scene.contents) - restored, "partitions", most=0)
    rows.add(f"{name}: tables and halves of files left", int(left) + parts, "", most=0)
