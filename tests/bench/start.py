#!/usr/bin/env python3
"""./dev bench start: from ./dev run on a built tree to the first healthy row, and how a killed shim
is noticed. Bars: 10 s to the first row; thresholds x interval + 2 s; 40 MB with one server."""
import argparse
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from rows import Rows

EVERY_S = 2
FAILURES, SUCCESSES = 3, 2


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Run:
    """One ./dev run in a folder of its own."""

    def __init__(self, state, port):
        self.state, self.port = pathlib.Path(state), port
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            ["./dev", "run", "--state", str(state), "--port", str(port)],
            stdout=subprocess.DEVNULL, start_new_session=True)

    def api(self, path):
        token = (self.state / "admin.token").read_text().strip()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}",
                                         headers={"Authorization": "Bearer " + token})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.read().decode()

    def server(self):
        return json.loads(self.api("/api/v1/fleet/servers"))["items"][0]

    def wait(self, condition, patience=90):
        """Seconds until the condition holds."""
        start = time.monotonic()
        while time.monotonic() - start < patience:
            try:
                if condition():
                    return time.monotonic() - start
            except (OSError, ValueError, IndexError, KeyError):
                pass
            time.sleep(0.01)
        raise SystemExit(f"not so after {patience} s: {condition}")

    def healthy_rows(self):
        """Counted in PostgreSQL itself."""
        folder = (self.state / "postgres").resolve()
        sql = "SELECT count(*) FROM server_health_checks WHERE state = 'h'"
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        command = as_postgres + ["psql", "-h", str(folder), "-U", "muster", "-Atc", sql]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/")
        return int(done.stdout or 0) if done.returncode == 0 else 0

    def pid(self, program):
        """Of the program that this run started."""
        for line in subprocess.check_output(["ps", "-eo", "pid,args"], text=True).splitlines():
            if f"/{program} --config {self.state}" in line:
                return int(line.split()[0])
        raise KeyError(program)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=30)


def resident_mb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) / 1024


def quicken(state):
    """Shorter intervals for the second run, so that the thresholds pass in seconds."""
    entry = state / "etc/probes.d/10-health.yaml"
    text = re.sub(r"every: \S+", f"every: {EVERY_S}s", entry.read_text())
    entry.write_text(re.sub(r"timeout: \S+", "timeout: 1s", text))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--json")
    arguments = parser.parse_args()
    rows = Rows()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o711)
        state = pathlib.Path(folder) / "state"
        run = Run(state, free_port())
        try:
            run.wait(lambda: run.healthy_rows() > 0)
            rows.add("./dev run to the first healthy row in PostgreSQL",
                     time.monotonic() - run.started, "s", most=10)
            rows.add("musterd resident with one server", resident_mb(run.pid("musterd")), "MB",
                     most=40)
            measure_outage(run, state, rows)
        finally:
            run.stop()
        again = Run(state, run.port)
        try:
            again.wait(lambda: again.api("/-/ready"))
            rows.add("second ./dev run until ready", time.monotonic() - again.started, "s", most=10)
            rows.add("healthy rows that the second run finds", again.healthy_rows(), "rows", least=1)
        finally:
            again.stop()
    rows.write(arguments.json)
    return rows.exit_code()


def measure_outage(run, state, rows):
    quicken(state)
    os.kill(run.pid("musterd"), signal.SIGHUP)
    shim = run.pid("muster-shim")
    run.wait(lambda: "muster_config_last_reload_success_timestamp_seconds 0\n" not in
             run.api("/metrics"))
    os.kill(shim, signal.SIGSTOP)  # ./dev run would end with it; a stopped one answers nothing
    down = run.wait(lambda: run.server()["health_status"] in ("critical", "unreachable"))
    rows.add(f"stopped shim noticed, every {EVERY_S} s", down, "s", most=FAILURES * EVERY_S + 2)
    os.kill(shim, signal.SIGCONT)
    back = run.wait(lambda: run.server()["health_status"] == "healthy")
    rows.add(f"its return noticed, every {EVERY_S} s", back, "s", most=SUCCESSES * EVERY_S + 2)
    rows.add("muster-shim resident", resident_mb(shim), "MB", most=15)


if __name__ == "__main__":
    sys.exit(main())
