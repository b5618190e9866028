#!/usr/bin/env python3
"""./dev bench probes: what a check costs and how punctual it is, musterd and its PostgreSQL counted.

--only NAME runs one scenario; --long gives the fleet of 100,000 its ten minutes."""
import argparse
import sys
import time

from fleet import Musterd, Simfleet, quantile, resident_kb, total
from rows import Rows

ADDRESS = ("'127.' || 1 + i / 62500 || '.' || (i % 62500) / 250 || '.' || 1 + i % 250")


def probe(name, every_ms, affects=True, timeout_ms=None):
    plugin = "http_health" if affects else "metrics_pull"
    timeout = timeout_ms or min(every_ms, 5000)
    return (f"  - {{name: {name}, plugin: {plugin}, every: {every_ms}ms, timeout: {timeout}ms, "
            f"affects_health: {str(affects).lower()}}}\n")


class Scenario:
    """A fleet of `count` servers behind one simfleet, registered and being probed."""

    def __init__(self, build, count, probes, fleet_options=(), scheme="http", extra=""):
        self.fleet = Simfleet(build, *fleet_options)
        self.daemon = Musterd(build, probes, extra)
        port = self.fleet.tls_port if scheme == "https" else self.fleet.port
        self.daemon.start()
        self.daemon.register(count, f"'{scheme}://' || {ADDRESS} || ':{port}'")
        self.daemon.stop()

    def __enter__(self):
        self.daemon.start()
        return self

    def __exit__(self, *_):
        self.daemon.remove()
        self.fleet.stop()

    def measure(self, warm_up, seconds):
        """What happened and what it cost between two readings."""
        time.sleep(warm_up)
        before, (daemon0, database0), fleet0 = self.daemon.metrics(), self.daemon.cpu(), self.fleet.cpu()
        start = time.monotonic()
        time.sleep(seconds)
        after, (daemon1, database1), fleet1 = self.daemon.metrics(), self.daemon.cpu(), self.fleet.cpu()
        took = time.monotonic() - start
        gain = lambda name: total(after, name) - total(before, name)
        checks = gain("muster_check_results_total")
        return {
            "rate": checks / took,
            "daemon": (daemon1 - daemon0) / checks * 1000,
            "database": (database1 - database0) / checks * 1000,
            "fleet": (fleet1 - fleet0) / checks * 1000,
            "skipped": gain("muster_slots_skipped_total"),
            "failed": checks - (after['muster_check_results_total{reason="none"}'] -
                                before['muster_check_results_total{reason="none"}']),
            "rows": gain("muster_writer_rows_total"),
            "p50": quantile(before, after, "muster_check_lateness_seconds", 0.5),
            "p99": quantile(before, after, "muster_check_lateness_seconds", 0.99),
            "max": after["muster_check_lateness_max_seconds"],
            "rss": resident_kb(self.daemon.process.pid),
        }


def report(rows, name, found, most_cpu=None, most_p99=None, least_rate=None):
    cpu = found["daemon"] + found["database"]
    rows.add(f"{name}: checks with a result", found["rate"], "1/s", least=least_rate)
    rows.add(f"{name}: CPU, musterd and PostgreSQL", cpu, "s/1000 checks", most=most_cpu)
    rows.add(f"{name}: of it musterd", found["daemon"], "s/1000 checks")
    rows.add(f"{name}: of it PostgreSQL", found["database"], "s/1000 checks")
    rows.add(f"{name}: the answering fleet", found["fleet"], "s/1000 checks")
    rows.add(f"{name}: lateness p50", found["p50"] * 1000, "ms")
    rows.add(f"{name}: lateness p99", found["p99"] * 1000, "ms", most=most_p99)
    rows.add(f"{name}: lateness max since the start", found["max"] * 1000, "ms")
    rows.add(f"{name}: slots skipped", found["skipped"], "slots", most=0)
    rows.add(f"{name}: failed checks", found["failed"], "checks", most=0)
    rows.add(f"{name}: musterd resident", found["rss"] / 1024, "MB")


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
    options = ("--tls-port", "0", "--ca-file", "/tmp/muster-bench-ca.pem")
    with Scenario(build, 1000, probe("health", 3333), options, "https",
                  "  ca_file: /tmp/muster-bench-ca.pem\n") as scenario:
        tls = scenario.measure(8, 30)
    report(rows, "HTTPS, 1,000 servers at 300/s", tls, most_p99=250)
    cpu = lambda found: found["daemon"] + found["database"]
    rows.add("HTTPS against HTTP, CPU", cpu(tls) / cpu(plain), "ratio", most=1.5)


SCENARIOS = {"low": low, "middle": middle, "high": high, "large": large, "tls": encrypted}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--json")
    parser.add_argument("--only", choices=SCENARIOS)
    parser.add_argument("--long", action="store_true")
    arguments = parser.parse_args()
    rows = Rows()
    for name, scenario in SCENARIOS.items():
        if arguments.only in (None, name):
            scenario(arguments.build, rows, arguments)
    rows.write(arguments.json)
    return rows.exit_code()


if __name__ == "__main__":
    sys.exit(main())
