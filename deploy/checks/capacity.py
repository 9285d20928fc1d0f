"""Measures what the capacity model of deploy/runbook.md is made of: processor time of the service and of the database for
a call of each kind, bytes that stay, bytes of WAL, and memory. Processor time, not speed: a busy machine changes it little.

    REBOUND_TEST_POSTGRES_SETTINGS='-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c shared_buffers=256MB' \
        tests/postgres run python3 deploy/checks/capacity.py target/dist/rebound
"""

import concurrent.futures
import http.client
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

from service import Service

CALLS, PEOPLE, CLIENTS = 8_000, 400, 16
TICKS = os.sysconf("SC_CLK_TCK")
TEXT = "I stayed calm and asked what they need. Next time I will bring three examples of my work, and practise before."
CONTEXT = {"kind": "job_application", "stage": "interview", "conversation_with": ["interviewer"], "rounds_completed": 2}
REJECTION = CONTEXT | {"organization": "Example", "role": "Data Analyst", "reasons": ["skill_gap"], "occurred_at": "2026-11-20T10:00:00Z"}


def processor_seconds(process):
    """Of a process, its children, and those of them that have ended."""
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    seconds = sum(int(field) for field in fields[11:15]) / TICKS
    for child in pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split():
        try:
            seconds += processor_seconds(child)
        except FileNotFoundError:
            continue
    return seconds


def resident_mib(process):
    return int(pathlib.Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


class Postgres:
    def __init__(self, url):
        self.url = url
        self.process = int(self.ask("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)"))

    def ask(self, statement):
        return subprocess.run(["psql", "-XqAt", "-d", self.url, "-c", statement], capture_output=True, text=True, check=True).stdout.strip()

    def figures(self):
        tables = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        wal = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')"
        return processor_seconds(self.process), int(self.ask(tables)), int(self.ask(wal))


class Bench:
    def __init__(self, service, database):
        self.service, self.database, self.own = service, database, threading.local()

    def call(self, method, path, body=None):
        if not hasattr(self.own, "connection"):
            self.own.connection = http.client.HTTPConnection(self.service.http.removeprefix("http://"))
        headers = {"authorization": f"Bearer {self.service.key}", "content-type": "application/json"}
        self.own.connection.request(method, path, body and json.dumps(body), headers)
        answer = self.own.connection.getresponse()
        text = answer.read()
        assert answer.status < 300, text
        return json.loads(text)

    def figures(self):
        time.sleep(1)  # The audit log is written within a second.
        return processor_seconds(self.service.process.pid), *(self.database.figures() if self.database else ())

    def step(self, name, calls):
        before, began = self.figures(), time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(lambda arguments: self.call(*arguments), calls))
        took = time.monotonic() - began
        used = [(now - then) / len(calls) for now, then in zip(self.figures(), before)]
        line = f"{name:32} {len(calls) / took:6.0f}/s  service {used[0] * 1e6:4.0f} us"
        if self.database:
            line += f"  PostgreSQL {used[1] * 1e6:4.0f} us  stays {used[2]:5.0f} B  WAL {used[3]:5.0f} B"
        print(f"{line}  {resident_mib(self.service.process.pid):5.1f} MiB", flush=True)


def run(program, database, **settings):
    with Service(program, **settings) as service:
        bench = Bench(service, database)
        time.sleep(3)
        print(f"{'PostgreSQL' if database else 'SQLite'}: idle {resident_mib(service.process.pid):.1f} MiB")
        users = [f"/v1/users/p{number % PEOPLE}/rejections" for number in range(CALLS)]
        bench.step("first rejection of a person", [("POST", user, REJECTION) for user in users[:PEOPLE]])
        bench.step("rejection", [("POST", user, REJECTION) for user in users])
        bench.step("page of 20", [("GET", f"{user}?page_size=20") for user in users])
        pages = [(user, bench.call("GET", f"{user}?page_size=5")["rejections"]) for user in users[:PEOPLE]]
        some = [f"{user}/{rejection['id']}" for user, rejections in pages for rejection in rejections]
        bench.step("its guidance", [("GET", f"{one}/guidance") for one in some])
        answers = {"answers": [{"prompt": "what-went-well", "text": TEXT}]}
        bench.step("reflection, 110 characters", [("POST", f"{one}/reflections", answers) for one in some])
        bench.step("feedback, 110 characters", [("POST", f"{one}/feedback", {"text": TEXT, "themes": ["examples"]}) for one in some])
        contexts = [CONTEXT | {"rounds_completed": number % 97, "rounds_total": 100 + number // 97} for number in range(CALLS)]
        bench.step("guidance, each a new context", [("POST", "/v1/guidance", {"context": it}) for it in contexts])
        brands = [{"name": "Example", "signoff": f"Team {number}"} for number in range(CALLS)]
        bench.step("fragment, each a new sign-off", [("POST", "/v1/fragments", {"context": CONTEXT, "brand": it}) for it in brands])


def main(program):
    url = os.environ["REBOUND_TEST_POSTGRES_URL"]
    run(program, Postgres(url), REBOUND_DATABASE_URL=url)
    run(program, None)


if __name__ == "__main__":
    main(*sys.argv[1:])
