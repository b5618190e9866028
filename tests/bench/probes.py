#!/usr/bin/env python3
"""./dev bench probes: what a check costs and how punctual it is, musterd and its PostgreSQL counted.

--only NAME runs one scenario; --long gives the fleet of 100,000 its ten minutes; --servers N plays
bad, start and nginx with another number of servers than their own."""
import argparse
import sys

from fleet import Simfleet
from hardships import against_nginx, bad, start
from rows import Rows
from scenario import Scenario, probe, report


def low(build, rows, _):
    with Scenario(build, 1000, probe("health", 3333)) as scenario:
        found = scenario.measure(8, 60)
    report(rows, "1,000 servers at 300/s", found, most_cpu=0.06, most_p99=250)


def middle(build, rows, _):
    with Scenario(build, 5000, probe("health", 1000)) as scenario:
        found = scenario.measure(8, 40)
    report(rows, "5,000 servers at 5,000/s", found, most_cpu=0.04, most_p99=250)


def high(build, rows, _):
    """Rises until checks are late or skipped."""
    best = None
    for rate in (10_000, 15_000, 20_000, 25_000, 30_000):
        with Scenario(build, rate // 2, probe("health", 1000) + probe("again", 1000)) as scenario:
            found = scenario.measure(8, 15)
        held = found["p99"] < 1 and found["skipped"] == 0 and found["rate"] > 0.98 * rate
        print(f"  asked {rate}/s: {found}", flush=True)
        if not held:
            break
        best = found
    report(rows, "highest rate held", best or found, most_p99=1000, least_rate=20_000)


def large(build, rows, arguments):
    count, seconds = 100_000, 600 if arguments.long else 60
    probes = probe("health", 30_000) + probe("metrics", 60_000, affects=False)
    with Scenario(build, count, probes) as scenario:
        found = scenario.measure(70, seconds)
    report(rows, "100,000 servers", found, most_p99=250)
    rows.add("100,000 servers: musterd resident a server", found["rss"] / count, "kB", most=8)


def encrypted(build, rows, _):
    plain, tls = {}, {}
    with Scenario(build, 1000, probe("health", 3333)) as scenario:
        plain = scenario.measure(8, 30)
    fleet = Simfleet(build, "--tls-port", "0", "--ca-file", "/tmp/muster-bench-ca.pem")
    with Scenario(build, 1000, probe("health", 3333), fleet, scheme="https",
                  extra="  ca_file: /tmp/muster-bench-ca.pem\n") as scenario:
        tls = scenario.measure(8, 30)
    report(rows, "HTTPS, 1,000 servers at 300/s", tls, most_p99=250)
    cpu = lambda found: found["daemon"] + found["database"]
    rows.add("HTTPS against HTTP, CPU", cpu(tls) / cpu(plain), "ratio", most=1.5)


SCENARIOS = {"low": low, "middle": middle, "high": high, "large": large, "tls": encrypted,
             "bad": bad, "start": start, "nginx": against_nginx}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--json")
    parser.add_argument("--only", choices=SCENARIOS)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--servers", type=int)
    arguments = parser.parse_args()
    rows = Rows()
    for name, scenario in SCENARIOS.items():
        if arguments.only in (None, name):
            scenario(arguments.build, rows, arguments)
    rows.write(arguments.json)
    return rows.exit_code()


if __name__ == "__main__":
    sys.exit(main())
