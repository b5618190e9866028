"""A long history for ./dev bench storage: written straight into the partitions, in the order in which
a fleet would have written it, by SQL that nobody measures."""
import datetime
import threading

SERVERS = 10_000
CHECKS_A_SERVER = 10_000  # three and a half days at one each 30 s
EVERY_S = 30
DAYS = 90  # of hourly metrics
AT_ONCE = 1_000_000  # checks of one statement

BULK = ("fsync = off\nfull_page_writes = off\nautovacuum = off\nwal_level = minimal\n"
        "max_wal_senders = 0\nshared_buffers = 1GB\nmax_wal_size = 8GB\nmaintenance_work_mem = 512MB\n")
ASKED = "shared_buffers = 1GB\n"  # as musterd's own PostgreSQL has from 8 GB of memory on


def month_of(time):
    return time.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month(month):
    return month_of(month + datetime.timedelta(days=31))


class History:
    """`checks` health checks of so many servers that each has some days of them, up to `SERVERS`, and
    90 days of hourly metrics of the same servers. All of it ends at `end`."""

    def __init__(self, postgres, checks):
        self.postgres, self.checks = postgres, checks
        self.servers = max(1, min(SERVERS, checks // CHECKS_A_SERVER))
        now = datetime.datetime.now(datetime.timezone.utc)
        self.end = now.replace(minute=0, second=0, microsecond=0)

    def make(self):
        """The two tables beside each other: one core each."""
        self.postgres.restart(BULK)
        works = [threading.Thread(target=work) for work in (self.make_checks, self.make_metrics)]
        for work in works:
            work.start()
        for work in works:
            work.join()
        self.make_marks()
        self.postgres.sql("CHECKPOINT")
        self.postgres.restart(ASKED)

    def cover(self, table, begin):
        """Partitions of the past, which musterd does not make."""
        month = month_of(begin)
        while month < self.end:
            self.postgres.sql(
                f"CREATE TABLE IF NOT EXISTS muster_part.{table}_{month:%Y_%m} PARTITION OF {table} "
                f"FOR VALUES FROM ('{month}') TO ('{next_month(month)}')")
            month = next_month(month)

    def make_checks(self):
        """The i-th check of all. Servers take turns in a mixed order, as their phases make them do,
        so the checks of one lie each on another page; one in twenty has something to say."""
        step = EVERY_S / self.servers
        begin = self.end - datetime.timedelta(seconds=step * self.checks)
        self.cover("server_health_checks", begin)
        self.postgres.sql("INSERT INTO probes (name) VALUES ('health') ON CONFLICT DO NOTHING")
        self.postgres.sql(
            "INSERT INTO check_details (org_id, detail_hash, message, components) "
            "SELECT 1, i, 'disk ' || i || ' nearly full', '{\"disk\": \"warning\"}' "
            "FROM generate_series(1, 50) AS i")
        for first in range(0, self.checks, AT_ONCE):
            last = min(first + AT_ONCE, self.checks) - 1
            self.postgres.sql(
                "INSERT INTO server_health_checks (ts, detail_hash, org_id, server_key, duration_us, "
                "first_byte_us, transfer_us, probe_id, http_status, reason, status, state) "
                f"SELECT timestamptz '{begin}' + i * interval '{step} s', "
                "CASE WHEN i % 20 = 0 THEN 1 + i / 20 % 50 END, "
                f"1, 1 + i * 7919 % {self.servers}, 800 + i * 7919 % 5000, 700 + i * 7919 % 5000, 40, "
                f"1, 200, 0, 'o', 'h' FROM generate_series({first}::bigint, {last}) AS i")
        self.postgres.sql("VACUUM ANALYZE server_health_checks, check_details")

    def make_metrics(self):
        """Days with the hours of each server together, as they lie once a day is rolled up, and hour
        by hour behind the last whole day; no column is empty."""
        begin = self.end - datetime.timedelta(days=DAYS)
        self.cover("server_metrics_1h", begin)
        midnight = begin.replace(hour=0)
        columns = self.postgres.sql(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'server_metrics_1h'::regclass "
            "AND attnum > 0 AND attname NOT IN ('ts', 'org_id', 'server_key', 'samples') "
            "AND attname NOT LIKE '%\\_n'").split()  # null: as many as `samples`
        values = ", ".join(f"s % 100 + {i}" for i in range(len(columns)))
        for day in range(DAYS + 1):
            self.postgres.sql(
                f"INSERT INTO server_metrics_1h (ts, org_id, server_key, samples, {', '.join(columns)}) "
                f"SELECT h, 1, s, 60, {values} FROM generate_series("
                f"greatest(timestamptz '{begin}', '{midnight}'::timestamptz + interval '{day} days'), "
                f"least(timestamptz '{self.end}', '{midnight}'::timestamptz + interval '{day + 1} days') "
                f"- interval '1 hour', '1 hour') AS h, generate_series(1, {self.servers}) AS s "
                f"ORDER BY {'h, s' if day == DAYS else 's, h'}")
        self.postgres.sql("VACUUM ANALYZE server_metrics_1h")

    def make_marks(self):
        """All of it is rolled up: there is nothing left to do for musterd."""
        self.postgres.sql(
            "INSERT INTO rollup_mark (rollup, upto) "
            f"SELECT kind || level, date_trunc(unit, timestamptz '{self.end}', 'UTC') "
            "FROM unnest('{health,metrics,custom}'::text[]) AS kind, "
            "(VALUES ('_5m', 'hour'), ('_1h', 'hour'), ('_1d', 'day')) AS l (level, unit) "
            f"UNION ALL SELECT 'facts', '{self.end}' "
            "ON CONFLICT (rollup) DO UPDATE SET upto = excluded.upto")
