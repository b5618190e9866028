"""One scenario of ./dev bench probes: a fleet that answers, a musterd that asks it, what it costs."""
import time

from fleet import Musterd, Simfleet, quantile, resident_kb, total

ADDRESS = ("'127.' || 1 + i / 62500 || '.' || (i % 62500) / 250 || '.' || 1 + i % 250")


def probe(name, every_ms, affects=True, timeout_ms=None):
    plugin = "http_health" if affects else "metrics_pull"
    timeout = timeout_ms or min(every_ms, 5000)
    return (f"  - {{name: {name}, plugin: {plugin}, every: {every_ms}ms, timeout: {timeout}ms, "
            f"affects_health: {str(affects).lower()}}}\n")


class Scenario:
    """A fleet of `count` servers, registered and being probed. `fleet` answers them; `url` is SQL
    over i, from 0, and says where each of them is."""

    def __init__(self, build, count, probes, fleet=None, url=None, extra="", scheme="http",
                 most_files=None):
        self.fleet = fleet or Simfleet(build)
        self.daemon = Musterd(build, probes, extra, most_files)
        port = self.fleet.tls_port if scheme == "https" else self.fleet.port
        self.daemon.start()
        self.daemon.register(count, url or f"'{scheme}://' || {ADDRESS} || ':{port}'")
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
