#!/usr/bin/env python3
"""Runs every curl of README.md's "A first session" and "The API" against a musterd and servers that
muster-simfleet plays: readme_examples.py README.md BUILD_DIR

Each block is run by bash as it stands; only what belongs to the reader's own fleet is put in its
place. An example fails whose HTTP status is 400 or more, or that does not end well."""
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "bench"))
from fleet import Musterd, Simfleet  # noqa: E402

SECTIONS = ("A first session", "The API")
PROBES = ("  - {name: health, plugin: http_health, every: 30s, timeout: 5s}\n"
          "  - {name: metrics, plugin: metrics_pull, every: 60s, timeout: 5s, affects_health: false}\n")

# Stands in for curl: notes the HTTP status and how curl ended, and shows the answer. A stream ends
# only when we end it, which is 28.
CURL = """
curl() {
  local ended=0 status patience=30
  [[ $* == *events/stream* ]] && patience=2
  status=$(command curl -sS -o answer -w '%{http_code}' --max-time $patience "$@") || ended=$?
  [[ $ended = 28 && $patience = 2 ]] && ended=0
  echo "$status $ended $*" >>examples
  cat answer
}
"""


def section(text, title):
    return re.search(rf"^## {title}$(.*?)(?=^## )", text, re.M | re.S)[1]


def blocks(text):
    """The indented blocks that stand on their own, without their indentation."""
    for block in re.findall(r"(?:^\n)((?:^    .*\n)+)", text, re.M):
        yield re.sub("^    ", "", block, flags=re.M)


class Scene:
    """A daemon as `./dev run` leaves it, and things for the placeholders to name."""

    def __init__(self, build):
        self.fleet, self.daemon = Simfleet(build), Musterd(build, PROBES)

    def start(self):
        self.daemon.start()
        self.api = f"http://127.0.0.1:{self.daemon.port}/api/v1/fleet"
        self.folder = self.daemon.folder / "reader"
        self.folder.mkdir()
        (self.folder / ".run").symlink_to(self.daemon.state)
        self.token = (self.daemon.state / "admin.token").read_text().strip()
        self.server = self.make("/servers", name="web-1", api_url=self.address("127.0.0.8"))
        self.make("/servers", name="web-2", api_url=self.address("127.0.0.9"))
        # Between its waves for as long as the examples take.
        self.operation = self.make("/operations", action="health_check", targets={"all": True},
                                   waves=["1", "100%"], pause_between_seconds=3600,
                                   max_errors="100%")
        self.write_files()

    def address(self, host):
        return f"http://{host}:{self.fleet.port}"

    def make(self, path, **fields):
        request = urllib.request.Request(self.api + path, json.dumps(fields).encode(), {
            "Authorization": "Bearer " + self.token, "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)["id"]
        except urllib.error.HTTPError as refusal:
            raise SystemExit(f"{path} {fields}: {refusal.read().decode()}") from refusal

    def write_files(self):
        """Those that the examples name: a fleet, an authority, a client's certificate and key."""
        (self.folder / "fleet.ndjson").write_text("".join(
            json.dumps({"name": f"node-{i}", "api_url": self.address(f"127.0.1.{i + 1}")}) + "\n"
            for i in range(20)))
        for certificate, key in (("ca.pem", "ca.key"), ("client.pem", "client.key")):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj",
                            "/CN=example", "-keyout", key, "-out", certificate],
                           cwd=self.folder, check=True, capture_output=True)

    def substituted(self, text):
        """What is the reader's own becomes ours; each of it must be there."""
        yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
        for pattern, ours in (
                (r"127\.0\.0\.1:8470", f"127.0.0.1:{self.daemon.port}"),
                (r"http://10\.0\.0\.7:8471", self.address("127.0.0.7")),
                (r'"expected_targets": 120', '"expected_targets": 1'),
                (r"servers/ID", f"servers/{self.server}"),
                (r"operations/ID", f"operations/{self.operation}"),
                (r"20\d\d-\d\d-\d\dT00:00:00Z", yesterday.strftime("%Y-%m-%dT%H:%M:%SZ"))):
            text, count = re.subn(pattern, ours, text)
            if not count:
                raise SystemExit(f"no example has {pattern} any more")
        return text

    def run(self, script):
        """What bash says, and of each curl its status, how it ended and its words."""
        (self.folder / "examples").write_text("")
        done = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", script], cwd=self.folder,
                              capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
        lines = (self.folder / "examples").read_text()
        return done, re.findall(r"^(\d{3}) (\d+) (.*(?:\n(?!\d{3} \d+ ).*)*)", lines, re.M)

    def close(self):
        self.daemon.remove()
        self.fleet.stop()


def broken(wanted, done, seen):
    """What is wrong with the examples of a block, if anything."""
    if done.returncode != 0:
        return f"bash ended with {done.returncode}: {done.stderr}"
    if len(seen) != wanted:
        return f"{len(seen)} of {wanted} calls were made"
    bad = [example for example in seen if int(example[0]) not in range(200, 400) or example[1] != "0"]
    return "\n".join(f"HTTP {status}, curl {ended}: {words}" for status, ended, words in bad)


def main():
    readme = pathlib.Path(sys.argv[1]).read_text()
    scene = Scene(sys.argv[2])
    failed = count = 0
    try:
        scene.start()
        text = scene.substituted("".join(section(readme, title) for title in SECTIONS))
        all_blocks = list(blocks(text))
        before = CURL + next(block for block in all_blocks if block.startswith("api="))
        for block in all_blocks:
            wanted = len(re.findall(r"^curl ", block, re.M))
            count += wanted
            done, seen = scene.run(before + (block if wanted else ""))
            if wrong := broken(wanted, done, seen):
                failed += 1
                print(f"{block}-> {wrong}\n{done.stderr}{done.stdout[:4000]}\n", flush=True)
    finally:
        scene.close()
    print(f"{count} examples, {failed} blocks are broken")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
