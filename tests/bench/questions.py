"""What people ask of a long history, over the API of a musterd: each question of many servers."""
import datetime
import http.client
import json
import random
import time

from fleet import children, cpu_seconds
from history import DAYS, SERVERS

ASKED = 100  # servers, in another order each time
TIMES = 6  # of which the first does not count: warm means that it was asked before


class Api:
    """One kept connection, as a dashboard has one."""

    def __init__(self, daemon):
        self.connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=60)
        self.headers = {"Authorization": "Bearer " + (daemon.state / "admin.token").read_text().strip()}

    def get(self, path):
        """Milliseconds until the last byte, and the body."""
        began = time.perf_counter()
        self.connection.request("GET", "/api/v1/fleet" + path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {body[:500]}")
        return took, json.loads(body)


class Questions:
    """Each returns milliseconds. What does not come back whole ends the benchmark."""

    def __init__(self, daemon, history):
        self.api = Api(daemon)
        day, ninety = (self.span(history.end, days) for days in (1, DAYS))
        self.health = f"/health-history?limit=500&{day}"
        self.metrics = f"/metrics?period=1h&limit={24 * DAYS}&fields=cpu_percent&{ninety}"
        self.checks_a_day = min(24 * 120, history.checks // history.servers)

    @staticmethod
    def span(end, days):
        begin = end - datetime.timedelta(days=days)
        return f"from={begin:%Y-%m-%dT%H:%M:%SZ}&to={end:%Y-%m-%dT%H:%M:%SZ}"

    def newest_checks(self, server):
        took, page = self.api.get(f"/servers/{server}{self.health}")
        self.expect(len(page["items"]), min(500, self.checks_a_day), server)
        return took

    def day_of_checks(self, server):
        took, page = self.api.get(f"/servers/{server}{self.health}")
        found = len(page["items"])
        while page["next_cursor"]:
            more, page = self.api.get(f"/servers/{server}{self.health}&cursor={page['next_cursor']}")
            took, found = took + more, found + len(page["items"])
        self.expect(found, self.checks_a_day, server)
        return took

    def ninety_days(self, server):
        took, answer = self.api.get(f"/servers/{server}{self.metrics}")
        self.expect(len(answer["items"]), 24 * DAYS, server)
        return took

    def summary(self, _):
        took, answer = self.api.get("/summary")
        self.expect(answer["servers"], SERVERS, "the fleet")
        return took

    @staticmethod
    def expect(found, wanted, server):
        if found != wanted:
            raise SystemExit(f"{server}: {found} instead of {wanted}")


def quantile(values, q):
    return sorted(values)[min(int(len(values) * q), len(values) - 1)]


class Asker:
    """Asks a question of each server in turn, and adds its rows."""

    def __init__(self, rows, daemon, servers):
        self.rows, self.daemon, self.servers = rows, daemon, servers

    def cpu(self):
        postmaster = self.daemon.postgres.postmaster()
        return cpu_seconds([self.daemon.pid(), postmaster] + children(postmaster))

    def round(self, question):
        random.shuffle(self.servers)
        return [question(server) for server in self.servers]

    def ask(self, name, question, most):
        self.round(question)
        before, took = self.cpu(), []
        for _ in range(TIMES - 1):
            took += self.round(question)
        spent = (self.cpu() - before) / len(took) * 1000
        self.rows.add(f"{name}: p50", quantile(took, 0.5), "ms")
        self.rows.add(f"{name}: p99", quantile(took, 0.99), "ms", most=most)
        self.rows.add(f"{name}: CPU, musterd and PostgreSQL", spent, "ms")


def ask_everything(rows, daemon, history):
    known = daemon.sql(
        f"SELECT id FROM managed_servers WHERE server_key <= {history.servers} ORDER BY 1").split()
    random.seed(1)
    asker = Asker(rows, daemon, random.sample(known, min(ASKED, len(known))))
    questions = Questions(daemon, history)
    checks = f"{history.checks / 1e6:g} M checks"
    asker.ask(f"fleet summary of {SERVERS:,} servers", questions.summary, 5)
    asker.ask(f"90 days of a metric at 1 h, {24 * DAYS * history.servers / 1e6:g} M rows",
              questions.ninety_days, 10)
    asker.ask(f"newest page of 24 h of health, {checks}", questions.newest_checks, 10)
    asker.ask(f"all {questions.checks_a_day:,} of 24 h of health, {checks}", questions.day_of_checks,
              None)
