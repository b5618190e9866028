#!/usr/bin/env python3
"""./dev bench api: the REST API over a fleet that is being probed all the while: requests a second
and latency (wrk), import, streams of events, slow clients (slowhttptest), and what all of that does
to the probes."""
import argparse
import contextlib
import http.client
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import threading
import time

from fleet import Musterd, Simfleet, quantile, wait_for
from rows import Rows

HERE = pathlib.Path(__file__).parent
FLEET = "/api/v1/fleet"
PROBES = ("  - {name: health, plugin: http_health, every: 30s, timeout: 5s}\n"
          "  - {name: metrics, plugin: metrics_pull, every: 60s, timeout: 5s, affects_health: false}\n")
SLOW_CLIENTS = 2_000
# They come from one address, which usually may not have so many connections.
ROOM = f", max_connections: {2 * SLOW_CLIENTS}, max_connections_per_address: {SLOW_CLIENTS + 100}"
MILLISECONDS = {"us": 1e-3, "ms": 1, "s": 1e3}


class Client:
    """The API as one program uses it."""

    def __init__(self, daemon):
        self.port = daemon.port
        self.token = (daemon.state / "admin.token").read_text().strip()

    def ask(self, method, path, body=None, headers=(), source="127.0.0.1"):
        """Milliseconds, status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120,
                                                source_address=(source, 0))
        began = time.perf_counter()
        connection.request(method, FLEET + path, body,
                           {"Authorization": "Bearer " + self.token, **dict(headers)})
        answer = connection.getresponse()
        text = answer.read()
        took = (time.perf_counter() - began) * 1000
        connection.close()
        return took, answer.status, answer.headers, text

    def must(self, *wanted, **more):
        took, status, headers, text = self.ask(*wanted, **more)
        if status >= 300:
            raise SystemExit(f"{wanted[:2]}: {status} {text[:500]}")
        return took, headers, text


def lift_quota(client):
    """The benchmark is one organization, and asks more than an organization usually may."""
    organization = json.loads(client.must("GET", "/organizations")[2])["items"][0]["id"]
    client.must("PATCH", f"/organizations/{organization}",
                '{"quotas":{"requests_per_minute":1000000000}}',
                {"Content-Type": "application/json"})
    # The quota is the organization's, so a token of it asks from here on.
    made = client.must("POST", "/tokens", '{"name":"bench","role":"admin"}',
                       {"Content-Type": "application/json"})
    client.token = json.loads(made[2])["token"]


def import_fleet(client, count, port):
    lines = []
    for i in range(count):
        address = f"127.{1 + i // 62500}.{i % 62500 // 250}.{1 + i % 250}"
        lines.append(json.dumps({
            "name": f"node-{i:05}", "api_url": f"http://{address}:{port}",
            "region": f"region-{i % 5}", "environment": "production" if i % 10 else "staging",
            "tags": [f"rack-{i % 40}", "linux"]}))
    took, _, text = client.must("POST", "/servers/import", "\n".join(lines) + "\n",
                                {"Content-Type": "application/x-ndjson"})
    created = json.loads(text)["created"]
    if created != count:
        raise SystemExit(f"{created} of {count} servers imported: {text[:500]}")
    return took / 1000


def wrk(client, path, connections, seconds, headers=(), script=None, ids=None):
    """Requests a second and the p99 in milliseconds; answers that are no 2xx or 3xx end it."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s",
               "-H", "Authorization: Bearer " + client.token]
    for header in headers:
        command += ["-H", header]
    if script:
        command += ["-s", str(HERE / script)]
    done = subprocess.run(command + [f"http://127.0.0.1:{client.port}{FLEET}{path}"], check=True,
                          capture_output=True, text=True, env={**os.environ, "MUSTER_IDS": str(ids)})
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise SystemExit(f"{path}: {done.stdout}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout).group(1))
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", done.stdout).groups()
    return rate, float(value) * MILLISECONDS[unit]


class Listeners:
    """Clients of the stream of events, all read by one thread."""

    def __init__(self, client, count):
        self.sockets, self.heard, self.ended = [], [0] * count, False
        for number in range(count):
            stream = socket.create_connection(("127.0.0.1", client.port),
                                              source_address=(f"127.0.0.{2 + number % 8}", 0))
            stream.sendall(f"GET {FLEET}/events/stream HTTP/1.1\r\nHost: bench\r\n"
                           f"Authorization: Bearer {client.token}\r\n\r\n".encode())
            stream.settimeout(0.001)
            self.sockets.append(stream)
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        while not self.ended:
            time.sleep(0.05)
            for number, stream in enumerate(self.sockets):
                with contextlib.suppress(TimeoutError, BlockingIOError):
                    self.heard[number] += stream.recv(1 << 16).count(b"event: health_changed")

    def stop(self):
        self.ended = True
        self.thread.join()
        for stream in self.sockets:
            stream.close()


def change_one(daemon):
    daemon.sql("INSERT INTO fleet_events (at, org_id, server_key, server_id, kind, from_state, to_state)"
               " SELECT now(), org_id, server_key, id, 'health_changed', 'healthy', 'critical'"
               " FROM managed_servers ORDER BY server_key LIMIT 1")


def measure_streams(rows, daemon, client, ids, seconds):
    _, before = wrk(client, "/servers", 16, seconds, script="random_server.lua", ids=ids)
    listeners = Listeners(client, 200)
    try:
        time.sleep(2)
        rate, after = wrk(client, "/servers", 16, seconds, script="random_server.lua", ids=ids)
        heard = list(listeners.heard)
        began = time.monotonic()
        change_one(daemon)
        wait_for(lambda: all(now > then for now, then in zip(listeners.heard, heard)),
                 "an event at 200 listeners", 10)
        took = time.monotonic() - began
    finally:
        listeners.stop()
    rows.add("GET one server beside 200 streams, 16 connections", rate, "req/s", least=8_000)
    rows.add("GET one server beside 200 streams, p99 (without them "
             f"{before:.1f} ms)", after, "ms", most=10)
    rows.add("an event at all of 200 streams", took, "s", most=2)


def lateness(daemon, seconds):
    """The p99 of how late probes began, in milliseconds."""
    before = daemon.metrics()
    time.sleep(seconds)
    return quantile(before, daemon.metrics(), "muster_check_lateness_seconds", 0.99) * 1000


def measure_lateness(rows, daemon, client, ids, seconds):
    quiet = lateness(daemon, seconds)
    load = threading.Thread(target=wrk, args=(client, "/servers", 16, seconds + 4),
                            kwargs={"script": "random_server.lua", "ids": ids})
    load.start()
    time.sleep(2)
    loaded = lateness(daemon, seconds)
    load.join()
    rows.add("probes' lateness, p99, without API load", quiet, "ms")
    rows.add("probes' lateness, p99, under full API load", loaded, "ms")
    rows.add("added by the API", loaded - quiet, "ms", most=50)


def slow_clients(client, mode):
    """2,000 connections of slowhttptest for 15 s, or as long as the daemon lets them: H slow headers,
    B slow bodies, X slow readers. Those that it opened are in what it prints."""
    more = {"H": [], "B": ["-f", "application/json"],
            "X": ["-w", "10", "-y", "20", "-n", "5", "-z", "32", "-k", "3"]}
    path = f"{FLEET}/session" if mode == "B" else "/docs"
    return subprocess.Popen(
        ["slowhttptest", f"-{mode}", "-c", str(SLOW_CLIENTS), "-r", "1000", "-l", "15", "-i", "5",
         "-p", "3", "-u", f"http://127.0.0.1:{client.port}{path}", *more[mode]],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def measure_slow_clients(rows, client, mode, name):
    """What another client, of another address, meets meanwhile."""
    attack = slow_clients(client, mode)
    took = []
    try:
        while attack.poll() is None:
            took.append(client.must("GET", "/summary", source="127.0.0.2")[0])
            time.sleep(0.02)
    finally:
        attack.terminate()
        said = attack.communicate()[0]
    held = max(map(int, re.findall(r"connected:\D*?(\d+)\s*$", without_colours(said), re.M)))
    took.sort()
    rows.add(f"slow clients ({name}) held at a time", held, "", least=0.95 * SLOW_CLIENTS)
    rows.add(f"beside them ({name}), p99 of GET summary", took[int(len(took) * 0.99)], "ms", most=1000)


def without_colours(text):
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)


def measure_reads(rows, client, ids, seconds):
    rate, p99 = wrk(client, "/servers", 16, seconds, script="random_server.lua", ids=ids)
    rows.add("GET one server, 16 connections", rate, "req/s", least=8_000)
    rows.add("GET one server, p99", p99, "ms", most=10)
    for connections in (4, 16):
        rate, p99 = wrk(client, "/servers?limit=100", connections, seconds)
        rows.add(f"GET a page of 100 servers, {connections} connections", rate, "req/s")
        rows.add(f"GET a page of 100 servers, {connections} connections, p99", p99, "ms", most=20)
    for path in ("/summary", "/overview"):
        rate, p99 = wrk(client, path, 16, seconds, headers=["Accept-Encoding: gzip"])
        rows.add(f"GET {path}, 16 connections", rate, "req/s")
        rows.add(f"GET {path}, p99", p99, "ms", most=5)
    size = len(client.must("GET", "/overview", None, {"Accept-Encoding": "gzip"})[2])
    rows.add("the overview, gzip", size / 1000, "kB", most=40)


def settle(daemon, count):
    """Until every server has been checked once."""
    wait_for(lambda: daemon.metrics().get('muster_check_results_total{reason="none"}', 0) > 2 * count,
             "the first checks", 120)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--build", required=True)
    arguments.add_argument("--json")
    arguments.add_argument("--servers", type=int, default=10_000)
    arguments.add_argument("--seconds", type=int, default=10, help="of each measurement")
    chosen = arguments.parse_args()
    fleet, daemon = Simfleet(chosen.build), Musterd(chosen.build, PROBES, api=ROOM)
    rows = Rows()
    try:
        daemon.start()
        client = Client(daemon)
        lift_quota(client)
        rows.add(f"import of {chosen.servers} servers", import_fleet(client, chosen.servers, fleet.port),
                 "s", most=5)
        settle(daemon, chosen.servers)
        ids = daemon.folder / "ids"
        ids.write_text(daemon.sql("SELECT id FROM managed_servers") + "\n")
        measure_reads(rows, client, ids, chosen.seconds)
        measure_streams(rows, daemon, client, ids, chosen.seconds)
        measure_lateness(rows, daemon, client, ids, 3 * chosen.seconds)
        for mode, name in (("H", "headers"), ("B", "bodies"), ("X", "reading")):
            measure_slow_clients(rows, client, mode, name)
    finally:
        daemon.remove()
        fleet.stop()
    rows.write(chosen.json)
    return rows.exit_code()


if __name__ == "__main__":
    sys.exit(main())
