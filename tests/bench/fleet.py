"""A simulated fleet, a musterd that watches it, and what both of them cost."""
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children(pid):
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child)] + children(int(child))
    return found


def cpu_seconds(pids):
    """User and system time of the processes and of the children that they have waited for."""
    total = 0
    for pid in pids:
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(int(field) for field in fields[11:15])
    return total / CLOCK_TICKS


def resident_kb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1))


def wait_for(condition, what, patience=60):
    """Until the condition holds; an OSError is as good as no."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.02)
    raise SystemExit(f"waited {patience} s in vain for {what}")


class Simfleet:
    def __init__(self, build, *options):
        self.process = subprocess.Popen([f"{build}/bin/muster-simfleet", "--port", "0", *options],
                                        stdout=subprocess.PIPE, text=True)
        words = self.process.stdout.readline().split()
        self.port, self.tls_port, self.closed_port, self.silent_port = map(int, words[3::2])

    def cpu(self):
        return cpu_seconds([self.process.pid])

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)


class Nginx:
    """One worker that answers /health of every 127.x.y.z with the document of the simulated fleet."""

    DOCUMENT = ('{"status":"healthy","database":{"status":"healthy","latency_ms":1.2,"connections":14},'
                '"redis":{"status":"healthy","latency_ms":0.3},"services":{"api":"healthy",'
                '"worker":"healthy","scheduler":"healthy"},"version":"1.4.2","uptime_seconds":86400}')

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="muster-bench-nginx-"))
        os.chmod(self.folder, 0o755)
        self.port = free_port()
        (self.folder / "health").write_text(self.DOCUMENT)
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        bodies = " ".join(f"{kind}_temp_path {self.folder}/tmp;" for kind in
                          ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.folder / "nginx.conf").write_text(
            f"worker_processes 1; daemon off; pid {self.folder}/pid; worker_rlimit_nofile {files};\n"
            f"events {{ worker_connections {files - 1000}; }}\n"
            "http { access_log off; sendfile on; tcp_nopush on; tcp_nodelay on;"
            " keepalive_timeout 120s; keepalive_requests 1000000;\n"
            " open_file_cache max=100 inactive=600s; open_file_cache_valid 600s;"
            f" types {{ }} default_type application/json; {bodies}\n"
            f" server {{ listen 0.0.0.0:{self.port} backlog=16384; root {self.folder}; }} }}\n")
        self.process = subprocess.Popen(["nginx", "-c", self.folder / "nginx.conf",
                                         "-e", self.folder / "log"])
        wait_for(lambda: socket.create_connection(("127.0.0.1", self.port), 5).close() or True,
                 "nginx")

    def cpu(self):
        return cpu_seconds([self.process.pid] + children(self.process.pid))

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)
        shutil.rmtree(self.folder, ignore_errors=True)


class Musterd:
    """A daemon in a folder of its own, with its PostgreSQL."""

    def __init__(self, build, probes, extra="", most_files=None, sections="", api=""):
        self.most_files = most_files  # limit of open files, which it could otherwise raise itself
        self.build = pathlib.Path(build).resolve()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="muster-bench-"))
        os.chmod(self.folder, 0o711)
        self.state = self.folder / "state"
        self.port = free_port()
        (self.folder / "muster.yaml").write_text(
            f"state_dir: {self.state}\n"
            f"plugins: {{directory: {self.build}/plugins}}\n"
            f"api: {{port: {self.port}, metrics_anonymous: true{api}}}\n"
            f"probing:\n  allow_networks: [127.0.0.0/8]\n  canaries: {{targets: []}}\n{extra}"
            f"{sections}probes:\n{probes}")
        self.process = None

    def start(self, wait=True):
        log = open(self.folder / "log", "a")
        self.started = time.monotonic()
        self.process = subprocess.Popen(self.command(), stderr=log, preexec_fn=self.limit_files)
        if wait:
            self.wait_until_ready()

    def command(self):
        return [self.build / "bin/musterd", "--config", self.folder / "muster.yaml"]

    def pid(self):
        return self.process.pid

    def limit_files(self):
        if self.most_files:
            most = min(self.most_files, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    def wait_until_ready(self, patience=120):
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise SystemExit("musterd ended: " + (self.folder / "log").read_text()[-2000:])
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5):
                    return
            except OSError:
                time.sleep(0.02)
        raise SystemExit("musterd is not ready")

    def stop(self):
        if self.process and self.process.poll() is None:
            os.kill(self.pid(), signal.SIGTERM)
            self.process.wait(timeout=60)

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def sql(self, text):
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        return subprocess.run(
            as_postgres + ["psql", "-h", str(self.state / "postgres"), "-U", "muster", "-d", "muster",
                           "-v", "ON_ERROR_STOP=1", "-qAt", "-c", text],
            capture_output=True, text=True, check=True, cwd="/").stdout.strip()

    def register(self, count, url):
        """Straight into the database; `url` is SQL over i, from 0."""
        self.sql(
            "INSERT INTO managed_servers (id, org_id, name, hostname, api_url, region, environment)"
            f" SELECT gen_random_uuid(), (SELECT min(org_id) FROM organizations), 'node-' || i,"
            f" 'node-' || i, {url}, 'eu', 'bench' FROM generate_series(0, {count - 1}) AS i;"
            " ANALYZE managed_servers")

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=30) as answer:
            return parse(answer.read().decode())

    def cpu(self):
        """Of the daemon and of its PostgreSQL, apart."""
        return cpu_seconds([self.process.pid]), cpu_seconds(children(self.process.pid))


def parse(page):
    """{"name{labels}": value}, without the gauges of single servers."""
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1])
            for line in page.splitlines()
            if not line.startswith(("#", "muster_server_health{"))}


def total(metrics, name):
    return sum(value for key, value in metrics.items() if key.split("{")[0] == name)


def quantile(before, after, name, q):
    """The upper bound of the bucket that holds the quantile of what came between."""
    buckets = []
    for key, value in after.items():
        if key.startswith(name + "_bucket"):
            bound = float(re.search(r'le="([^"]+)"', key).group(1))
            buckets.append((bound, value - before.get(key, 0)))
    buckets.sort()
    rank = q * buckets[-1][1]
    return next(bound for bound, count in buckets if count >= rank)
