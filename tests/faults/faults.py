#!/usr/bin/env python3
"""Faults, played for real: faults.py --build DIR [--long] [--only NAME] [--json FILE].

The short form is part of the tests and proves that nothing is lost or doubled; the long form is
./dev bench faults: more kills, ten minutes without a database, and bars on times."""
import argparse
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "bench")]
import archiving  # noqa: E402
import away  # noqa: E402
import database  # noqa: E402
import disk  # noqa: E402
import kills  # noqa: E402
from rows import Rows  # noqa: E402



def partition_load(build, rows, form):
    """The test program plays it; its short form is in CTest as faults.PartitionLoadTest."""
    done = subprocess.run([f"{build}/bin/tests/faults", "PartitionLoadTest"],
                          env=os.environ | {"MUSTER_FAULTS": form})
    rows.add("partitions come and go under load: failed", done.returncode, "", most=0, least=0)


SHORT = {
    "kill-musterd": lambda build, rows: kills.musterd_at_random(build, rows, 5),
    "kill-at-calls": lambda build, rows: kills.musterd_at_system_calls(build, rows, 5),
    "kill-behind": kills.musterd_before_the_database_knows,
    "kill-postgres": lambda build, rows: kills.postgres_at_random(build, rows, 3),
    "away": lambda build, rows: away.database_away(
        build, rows, 1000, 10, sections="writer: {queue: 4000}\n"),
    "kill-archiving": lambda build, rows: archiving.killed_while_archiving(build, rows, 12),
    "fdatasync": disk.failing_fdatasync,
    "write": disk.failing_write,
    "full-disk": disk.full_disk,
    "missing-segment": disk.missing_segment,
    "backlog": lambda build, rows: disk.backlog_at_start(build, rows, 40),
    "database-full": database.full_database,
    "database-read-only": database.read_only,
    "database-denied": database.denied,
    "database-no-connections": database.no_connections,
    "database-hangs": database.hanging,
    "database-slow": database.slow,
    "failover": database.failover,
    "partition-load": lambda build, rows: partition_load(build, rows, "short"),
}
LONG = SHORT | {
    "kill-musterd": lambda build, rows: kills.musterd_at_random(build, rows, 200),
    "kill-at-calls": lambda build, rows: kills.musterd_at_system_calls(build, rows, 100),
    "kill-postgres": lambda build, rows: kills.postgres_at_random(build, rows, 50),
    "away": lambda build, rows: away.database_away(build, rows, 5000, 600, bars=True),
    "kill-archiving": lambda build, rows: archiving.killed_while_archiving(build, rows, 100),
    "backlog": lambda build, rows: disk.backlog_at_start(build, rows, 2000),
    "partition-load": lambda build, rows: partition_load(build, rows, "long"),
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--build", required=True)
    arguments.add_argument("--long", action="store_true")
    arguments.add_argument("--only", choices=SHORT)
    arguments.add_argument("--json")
    chosen = arguments.parse_args()
    rows = Rows()
    faults = LONG if chosen.long else SHORT
    for name in [chosen.only] if chosen.only else faults:
        faults[name](chosen.build, rows)
    rows.write(chosen.json)
    return rows.exit_code()


if __name__ == "__main__":
    sys.exit(main())
