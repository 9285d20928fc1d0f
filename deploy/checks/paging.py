"""Somebody is paged: Prometheus with these rules reads the real program, Alertmanager with this configuration sends what
fires to a webhook. While all is well only the watchdog arrives; when the program has ended, the page does.

    python paging.py PROGRAM PROMETHEUS ALERTMANAGER

Waits are cut from minutes to seconds; rules, routes and the webhook are those of deploy/observability.
"""

import contextlib
import http.server
import json
import pathlib
import queue
import re
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import urllib.request

import metrics
from service import Service

OBSERVABILITY = pathlib.Path(__file__).resolve().parent.parent / "observability"
PATIENCE_SECONDS = 60


def free_ports(count):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


@contextlib.contextmanager
def webhook():
    """Where Alertmanager sends to, and the queue of alerts that came."""
    arrived = queue.Queue()

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            for alert in json.loads(self.rfile.read(int(self.headers["content-length"])))["alerts"]:
                arrived.put(alert)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", arrived
    finally:
        server.shutdown()


@contextlib.contextmanager
def running(*command):
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def written(home, service, hook, prometheus_port, alertmanager_port):
    """The files of deploy/observability with the addresses of here and short waits."""
    (home / "rules").mkdir()
    for file in (OBSERVABILITY / "rules").glob("*.yml"):
        (home / "rules" / file.name).write_text(re.sub(r"for: \d+[mh]", "for: 5s", file.read_text()))
    text = (OBSERVABILITY / "prometheus.yml").read_text()
    text = re.sub(r"_interval: 15s", "_interval: 1s", text).replace("scrape_timeout: 5s", "scrape_timeout: 1s")
    text = text.replace('["rebound-a:9464", "rebound-b:9464"]', json.dumps([service.http.removeprefix("http://")]))
    text = text.replace("alertmanager:9093", f"127.0.0.1:{alertmanager_port}").replace("127.0.0.1:9090", f"127.0.0.1:{prometheus_port}")
    (home / "prometheus.yml").write_text(text)
    text = (OBSERVABILITY / "alertmanager.yml").read_text()
    text = re.sub(r"url_file: [^,}]*", f"url: {hook}", text)
    text = re.sub(r"group_wait: \d+s", "group_wait: 1s", text).replace("group_interval: 5m", "group_interval: 1s")
    (home / "alertmanager.yml").write_text(text)


def until(arrived, name):
    """The first alert of this name; and the names of those that came before it."""
    before = set()
    while True:
        alert = arrived.get(timeout=PATIENCE_SECONDS)
        if alert["labels"]["alertname"] == name:
            return alert, before
        before.add(alert["labels"]["alertname"])


def ask(port, expression):
    """What Prometheus says to an expression; it fails if it says that it cannot be evaluated."""
    query = urllib.parse.urlencode({"query": expression})
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/query?{query}", timeout=20) as answer:
        return json.load(answer)["data"]["result"]


def main(program, prometheus, alertmanager):
    ports = free_ports(2)
    with tempfile.TemporaryDirectory() as folder, webhook() as (hook, arrived), Service(program) as service:
        home = pathlib.Path(folder)
        metrics.scrape(service)
        written(home, service, hook, *ports)
        with (
            running(
                alertmanager, f"--config.file={home}/alertmanager.yml", f"--storage.path={home}/alerts",
                f"--web.listen-address=127.0.0.1:{ports[1]}", "--cluster.listen-address=",
            ),
            running(
                prometheus, f"--config.file={home}/prometheus.yml", f"--storage.tsdb.path={home}/metrics",
                f"--web.listen-address=127.0.0.1:{ports[0]}", "--rules.alert.resend-delay=1s",
            ),
        ):  # fmt: skip
            watchdog, before = until(arrived, "ReboundWatchdog")
            assert watchdog["labels"]["severity"] == "none" and not before, before
            for _, expression, _ in metrics.panels():
                ask(ports[0], expression)
            service.process.terminate()
            page, before = until(arrived, "ReboundDown")
            assert page["labels"]["severity"] == "page" and page["status"] == "firing", page
            assert page["annotations"]["runbook_url"].endswith("/deploy/runbook.md#rebounddown"), page
            assert before <= {"ReboundWatchdog", "ReboundReplicaDown"}, before
    print("The watchdog came while all was well, each panel got an answer, and the page came when the program had ended.")


if __name__ == "__main__":
    main(*sys.argv[1:])
