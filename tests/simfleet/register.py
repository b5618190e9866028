#!/usr/bin/env python3
"""Registers simulated servers with musterd, or brings those of an earlier run up to date:

    register.py --api http://127.0.0.1:8470/api/v1/fleet --token-file admin.token --servers 1000
                --port P --closed-port P --silent-port P

The ports are those of muster-simfleet. --servers 0 removes all that an earlier run registered."""
import argparse
import concurrent.futures
import http.client
import json
import pathlib
import sys
import threading
import urllib.parse

TAG = "simulated"
AT_ONCE = 8

# Of 100 servers so many do this; the rest are healthy. In the path it decides for one server.
FAULTS = [(3, "/sim/degraded"), (2, "/sim/slow:400"), (1, "/sim/unhealthy"), (1, "/sim/flapping:90"),
          (1, "/sim/hang"), (1, "closed"), (1, "silent")]
SILENT = ("/sim/hang", "silent")
PLANS = [plan for share, plan in FAULTS for _ in range(share)]
ROLES = ["web", "api", "worker", "cache", "database"]
REGIONS = ["eu-west", "eu-central", "us-east", "ap-south"]
ENVIRONMENTS = ["production", "production", "production", "staging", "development"]


class Api:
    """A connection for each thread, kept alive."""

    def __init__(self, url, token):
        parts = urllib.parse.urlsplit(url)
        self.host, self.path = parts.netloc, parts.path
        self.headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
        self.local = threading.local()

    def call(self, method, path, body=None):
        text = None if body is None else json.dumps(body)
        for attempt in (1, 2):  # a kept connection may turn out to be dead
            try:
                return self.send(method, path, text)
            except (http.client.HTTPException, OSError):
                self.local.connection = None
                if attempt == 2:
                    raise

    def send(self, method, path, text):
        if getattr(self.local, "connection", None) is None:
            self.local.connection = http.client.HTTPConnection(self.host, timeout=60)
        self.local.connection.request(method, self.path + path, text, self.headers)
        answer = self.local.connection.getresponse()
        body = answer.read().decode()
        if answer.status >= 300:
            raise SystemExit(f"register.py: {method} {path}: {answer.status} {body}")
        return json.loads(body) if body else None


def registered(api):
    """By name, those that an earlier run registered."""
    servers, cursor = {}, ""
    while cursor is not None:
        page = api.call("GET", f"/servers?tag={TAG}&limit=500" + cursor)
        servers.update((server["name"], server) for server in page["items"])
        following = page["next_cursor"]
        cursor = following and "&cursor=" + urllib.parse.quote(following)
    return servers


def plan_of(number):
    place = number * 37 % 100  # so that the first ten are a mixture too
    return PLANS[place] if place < len(PLANS) else ""


def server_of(number, ports):
    plan = plan_of(number)
    port = ports.get(plan, ports["open"])
    address = f"127.{10 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"
    return {"name": f"sim-{number:04}", "hostname": address,
            "api_url": f"http://{address}:{port}" + (plan if plan.startswith("/") else ""),
            "region": REGIONS[number % len(REGIONS)],
            "environment": ENVIRONMENTS[number % len(ENVIRONMENTS)],
            "tags": [TAG, ROLES[number % len(ROLES)]]}


def bring_up_to_date(api, server, known, silent):
    if known is None and silent:
        # Registering waits for a first check, which here would take its whole timeout.
        made = api.call("POST", "/servers", server | {"status": "disabled"})
        api.call("PATCH", "/servers/" + made["id"], {"status": "active"})
    elif known is None:
        api.call("POST", "/servers", server)
    elif known["api_url"] != server["api_url"]:
        api.call("PATCH", "/servers/" + known["id"], server)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--api", required=True)
    parser.add_argument("--token-file", type=pathlib.Path, required=True)
    parser.add_argument("--servers", type=int, required=True)
    for port in ("--port", "--closed-port", "--silent-port"):
        parser.add_argument(port, type=int, default=0)
    options = parser.parse_args()
    api = Api(options.api, options.token_file.read_text().strip())
    ports = {"open": options.port, "closed": options.closed_port, "silent": options.silent_port}
    known = registered(api)
    wanted = [server_of(number, ports) for number in range(1, options.servers + 1)]
    names = {server["name"] for server in wanted}
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        work = [pool.submit(bring_up_to_date, api, server, known.get(server["name"]),
                            plan_of(number) in SILENT)
                for number, server in enumerate(wanted, 1)]
        work += [pool.submit(api.call, "DELETE", "/servers/" + server["id"])
                 for name, server in known.items() if name not in names]
        for one in work:
            one.result()


if __name__ == "__main__":
    sys.exit(main())
