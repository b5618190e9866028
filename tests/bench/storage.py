#!/usr/bin/env python3
"""./dev bench storage: what it costs to bring results into PostgreSQL, how large they are there, and
how long the questions of the API take on a long history.

--rows N brings in so many results by each way; --history N makes a history of so many checks, which
takes a third of a kilobyte of disk each. 0 leaves either out."""
import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "faults"))
from fleet import children, cpu_seconds  # noqa: E402
from history import SERVERS, History  # noqa: E402
from questions import ask_everything  # noqa: E402
from rows import Rows  # noqa: E402
from scene import Postgres, Watch  # noqa: E402

ROUNDS = 3
CHECKS = "server_health_checks"


def median(values):
    return sorted(values)[len(values) // 2]


def postgres_cpu(postgres):
    postmaster = postgres.postmaster()
    return cpu_seconds([postmaster] + children(postmaster))


def empty(postgres):
    """As it was when the fleet had not been asked yet."""
    postgres.sql(f"TRUNCATE {CHECKS}, spool_segments")
    postgres.sql("UPDATE managed_servers SET last_seen_at = NULL")
    postgres.sql("VACUUM ANALYZE managed_servers")
    postgres.sql("CHECKPOINT")


def load(build, postgres, how, count):
    """Seconds, and CPU seconds of the writing threads and of PostgreSQL, for `count` results."""
    empty(postgres)
    before = postgres_cpu(postgres)
    done = subprocess.run(
        [f"{build}/bin/storage_load", postgres.url, how, str(count), str(int(time.time()))],
        check=True, capture_output=True, text=True)
    seconds, cpu = map(float, done.stdout.split())
    return seconds, cpu, postgres_cpu(postgres) - before


def load_by_psql(postgres, file):
    empty(postgres)
    began = time.monotonic()
    postgres.sql(f"\\copy {CHECKS} FROM '{file}' WITH (FORMAT binary)")
    return time.monotonic() - began


def loading(build, postgres, rows, count):
    """The three ways in turn, because the speed of a machine drifts."""
    raw, ours, psql = [], [], []
    file = postgres.folder / "checks.copy"
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="muster-bench-spool-") as spool:
            ours.append(load(build, postgres, spool, count))
        sizes = bytes_a_row(postgres)
        postgres.sql(f"COPY (SELECT * FROM {CHECKS} ORDER BY ts) TO '{file}' WITH (FORMAT binary)")
        raw.append(load(build, postgres, "copy", count))
        psql.append(load_by_psql(postgres, file))
    rate = lambda found: count / median([seconds for seconds, _, _ in found])
    cost = lambda found: median([mine + theirs for _, mine, theirs in found]) / count * 1e6
    rows.add(f"plain binary COPY of {count:,} results", rate(raw), "rows/s")
    rows.add("psql \\copy of the same rows, binary", count / median(psql), "rows/s")
    rows.add("plain binary COPY: CPU, client and PostgreSQL", cost(raw), "us/row")
    rows.add(f"spool and writer, {count:,} results", rate(ours), "rows/s")
    rows.add("spool and writer: CPU, their threads and PostgreSQL", cost(ours), "us/row")
    rows.add("spool and writer: CPU of their threads",
             median([mine for _, mine, _ in ours]) / count * 1e6, "us/row")
    rows.add("spool and writer against plain COPY, rows/s", rate(ours) / rate(raw), "ratio", least=0.6)
    rows.add("spool and writer against plain COPY, CPU", cost(ours) / cost(raw), "ratio", most=1.3)
    rows.add("a health check of the flood: heap and indexes", sum(sizes), "bytes")


def sizes_of_history(postgres, rows):
    """Ten thousand checks of each server, in the order of time: as after days, when it no longer
    matters how full the flood left the pages of an index that holds three servers each."""
    heap, indexes = bytes_a_row(postgres)
    rows.add("a health check: heap", heap, "bytes")
    rows.add("a health check: indexes", indexes, "bytes")
    rows.add("a health check: together", heap + indexes, "bytes", most=130)


def bytes_a_row(postgres):
    return tuple(map(float, postgres.sql(f"""
        WITH parts AS (SELECT relid FROM pg_partition_tree('{CHECKS}') WHERE isleaf)
        SELECT sum(pg_relation_size(relid)) / count, sum(pg_indexes_size(relid)) / count
        FROM parts, (SELECT count(*)::float8 FROM {CHECKS}) AS c GROUP BY count""").split("|")))


def measure_loading(chosen, rows):
    postgres = Postgres()
    try:
        daemon = Watch(chosen.build, postgres, "")
        daemon.start()
        daemon.register(SERVERS, "'http://127.0.0.1:1'")
        daemon.remove()
        loading(chosen.build, postgres, rows, chosen.rows)
    finally:
        postgres.remove()


def measure_history(chosen, rows):
    postgres = Postgres()
    daemon = Watch(chosen.build, postgres, "")
    try:
        daemon.start()
        daemon.register(SERVERS, "'http://127.0.0.1:1'")
        daemon.stop()
        history = History(postgres, chosen.history)
        history.make()
        sizes_of_history(postgres, rows)
        daemon.start()
        ask_everything(rows, daemon, history)
    finally:
        daemon.remove()
        postgres.remove()


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--build", required=True)
    arguments.add_argument("--json")
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--history", type=int, default=100_000_000)
    chosen = arguments.parse_args()
    rows = Rows()
    if chosen.rows:
        measure_loading(chosen, rows)
    if chosen.history:
        measure_history(chosen, rows)
    rows.write(chosen.json)
    return rows.exit_code()


if __name__ == "__main__":
    sys.exit(main())
