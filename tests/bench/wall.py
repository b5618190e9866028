#!/usr/bin/env python3
"""./dev bench wall: what it costs to run a plugin in a process of its own: runs a second of a trivial
one on one core, daemon and plugin together, and how much later a result comes."""
import argparse
import subprocess
import sys

from rows import Rows

ROUNDS = 3
PLUGIN = "tests/plugins/misbehaving.so"  # which behaves when its target is called "plain"


def measure(build, where, open_runs, count):
    """Runs a second; median and p99 of the milliseconds of a run at 1,000 a second."""
    found = []
    for _ in range(ROUNDS):
        done = subprocess.run(
            [f"{build}/bin/wall_load", f"{build}/{PLUGIN}", f"{build}/bin/muster-probe-host", where,
             str(open_runs), str(count)], check=True, capture_output=True, text=True)
        found.append([float(figure) for figure in done.stdout.split()])
    rate, middle, p99 = (sorted(figures)[ROUNDS // 2] for figures in zip(*found))
    return rate, middle / 1000, p99 / 1000


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--build", required=True)
    arguments.add_argument("--json")
    arguments.add_argument("--open", type=int, default=200, help="runs open at a time")
    arguments.add_argument("--runs", type=int, default=200_000)
    chosen = arguments.parse_args()
    rows = Rows()
    here = measure(chosen.build, "in_process", chosen.open, chosen.runs)
    there = measure(chosen.build, "process", chosen.open, chosen.runs)
    rows.add("in the same process, one core", here[0], "runs/s")
    rows.add("behind the wall, both ends on one core", there[0], "runs/s", least=20_000)
    rows.add("a run in the same process, median", here[1], "ms")
    rows.add("a run behind the wall, median", there[1], "ms")
    rows.add("a run behind the wall, p99", there[2], "ms")
    rows.add("added by the wall, p99", there[2] - here[2], "ms", most=2)
    rows.write(chosen.json)
    return rows.exit_code()


if __name__ == "__main__":
    sys.exit(main())
