"""Scenarios of ./dev bench probes in which something stands against musterd: dead servers, a start
with a large fleet; and the one that compares it with the server that answers."""
import time

from fleet import Nginx, Simfleet, total, wait_for
from scenario import ADDRESS, Scenario, probe, report

MOST_FILES = 20_000  # open files that musterd may have: twice as many as there are servers
MOST_START_S = 3  # from the process to the first probe
HANGING = "127.100.0.0/16"


def spread_over(second_byte):
    """SQL over i: addresses of a /16 whose hosts are servers."""
    return f"'127.{second_byte}.' || (i / 250) % 250 || '.' || 1 + i % 250"


def bad_urls(fleet):
    """Of ten servers three hang, one refuses, one is a black hole, five are well."""
    return (f"'http://' || CASE WHEN i % 10 < 3 THEN {spread_over(100)} || ':{fleet.port}'"
            f" WHEN i % 10 = 3 THEN {spread_over(101)} || ':{fleet.closed_port}'"
            f" WHEN i % 10 = 4 THEN {spread_over(102)} || ':{fleet.silent_port}'"
            f" ELSE {spread_over(103)} || ':{fleet.port}' END")


# Of servers by whether they are well: how many, how many whose state is not what it should be, and
# how many changes to a state that none of them ever should have had.
VERDICTS = """
WITH fleet AS (
  SELECT server_key, health_status, api_url LIKE 'http://127.103.%' AS well FROM managed_servers)
SELECT count(*) FILTER (WHERE well), count(*) FILTER (WHERE NOT well),
       count(*) FILTER (WHERE well AND health_status <> 'healthy'),
       count(*) FILTER (WHERE NOT well AND health_status <> 'unreachable'),
       (SELECT count(*) FROM fleet_events JOIN fleet USING (server_key)
        WHERE to_state <> CASE WHEN well THEN 'healthy' ELSE 'unreachable' END)
FROM fleet"""


def bad(build, rows, arguments):
    count = arguments.servers or 10_000
    fleet = Simfleet(build, "--rule", HANGING + "=hang", "--closed-port", "0", "--silent-port", "0")
    with Scenario(build, count, probe("health", 10_000, timeout_ms=5000), fleet, bad_urls(fleet),
                  most_files=MOST_FILES) as scenario:
        found = scenario.measure(0, 300 if arguments.long else 60)
        metrics = scenario.daemon.metrics()
        well, ill, wrong_well, wrong_ill, wrong_changes = map(
            int, scenario.daemon.sql(VERDICTS).split("|"))
    name = f"{count:,} servers, half of them dead"
    rows.add(f"{name}: checks with a result", found["rate"], "1/s")
    rows.add(f"{name}: CPU, musterd and PostgreSQL", found["daemon"] + found["database"],
             "s/1000 checks")
    rows.add(f"{name}: lateness p50", found["p50"] * 1000, "ms")
    rows.add(f"{name}: lateness p99", found["p99"] * 1000, "ms", most=250)
    rows.add(f"{name}: lateness max", found["max"] * 1000, "ms")
    rows.add(f"{name}: slots skipped for overload",
             metrics['muster_slots_skipped_total{reason="overload"}'], "slots", most=0)
    rows.add(f"{name}: own faults", metrics['muster_check_results_total{reason="self_overload"}'],
             "checks", most=0)
    rows.add(f"{name}: of {well:,} healthy ones not healthy", wrong_well, "servers", most=0)
    rows.add(f"{name}: of {ill:,} dead ones not unreachable", wrong_ill, "servers", most=0)
    rows.add(f"{name}: other changes of state", wrong_changes, "changes", most=0)
    rows.add(f"{name}: musterd resident", found["rss"] / 1024, "MB")


# By the rows of the history, which hold when each check began.
STARTS = """
WITH starts AS (SELECT server_key, ts FROM server_health_checks),
     seconds AS (SELECT floor(extract(epoch FROM ts - (SELECT min(ts) FROM starts))) AS second,
                        count(*) AS checks FROM starts GROUP BY 1),
     firsts AS (SELECT server_key, min(ts) AS ts FROM starts GROUP BY 1)
SELECT (SELECT extract(epoch FROM min(ts)) FROM firsts), (SELECT count(*) FROM firsts),
       (SELECT extract(epoch FROM max(ts)) FROM firsts),
       (SELECT max(checks) FROM seconds)"""


def start(build, rows, arguments):
    count, interval = arguments.servers or 100_000, 30
    with Scenario(build, count, probe("health", interval * 1000)) as scenario:
        began = time.time() - (time.monotonic() - scenario.daemon.started)
        time.sleep(2 * interval)
        # A batch gathers for a second; what is older has to be stored.
        wait_for(lambda: scenario.daemon.metrics()["muster_writer_queued_rows"] < 2 * count / interval,
                 "the writer to be done")
        first, asked, last_first, peak = map(float, scenario.daemon.sql(STARTS).split("|"))
        metrics = scenario.daemon.metrics()
    name = f"start with {count:,} servers"
    rows.add(f"{name}: first probe after", first - began, "s", most=MOST_START_S)
    rows.add(f"{name}: servers asked", asked, "servers", least=count)
    rows.add(f"{name}: from the first probe to the last server's first", last_first - first, "s",
             most=interval)
    rows.add(f"{name}: most checks begun in one second, against the mean", peak * interval / count,
             "ratio", most=1.2)
    rows.add(f"{name}: latest check", metrics["muster_check_lateness_max_seconds"] * 1000, "ms")
    rows.add(f"{name}: slots skipped", total(metrics, "muster_slots_skipped_total"), "slots", most=0)


def against_nginx(build, rows, arguments):
    count = arguments.servers or 5000
    nginx = Nginx()
    url = f"'http://' || {ADDRESS} || ':{nginx.port}'"
    with Scenario(build, count, probe("health", 1000), nginx, url) as scenario:
        found = scenario.measure(8, 40)
    name = f"{count:,} servers at {count:,}/s, nginx answers"
    report(rows, name, found, most_p99=250)
    rows.add(f"{name}: musterd and PostgreSQL against nginx, CPU",
             (found["daemon"] + found["database"]) / found["fleet"], "ratio")
