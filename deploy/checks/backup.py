"""Backs up and restores as deploy/runbook.md says it, on SQLite and PostgreSQL: whoever was erased after the backup stays
erased, everybody else is as before, and without the master key nothing opens.

    python backup.py PROGRAM          with a PostgreSQL in REBOUND_TEST_POSTGRES_URL
"""

import json
import os
import pathlib
import re
import secrets
import sqlite3
import subprocess
import sys
import tempfile

from service import DidNotStart, Service

BACKUP = pathlib.Path(__file__).resolve().parent.parent / "backup"
KEYS = {"REBOUND_MASTER_KEY": secrets.token_hex(32), "REBOUND_BOOTSTRAP_KEY": "rbk_" + secrets.token_hex(24)}


def record(service, user):
    status, answer = service.ask(f"/v1/users/{user}/rejections", {"kind": "idea", "organization": "Example", "occurred_at": "2026-11-20T10:00:00Z"}, service.key)
    assert status == 201, answer
    contact = {"purpose": "feedback_request", "channel": "email", "sent_at": "2026-11-20T12:00:00Z"}
    status, answer = service.ask(f"/v1/users/{user}/rejections/{json.loads(answer)['id']}/contacts", contact, service.key)
    assert status == 201, answer


def recorded(service, user):
    status, answer = service.ask(f"/v1/users/{user}/rejections", None, service.key)
    assert status == 200, answer
    return [it["organization"] for it in json.loads(answer)["rejections"]]


class Sqlite:
    def __init__(self, folder):
        self.folder = folder
        self.url = f"sqlite://{folder}/rebound.db"
        self.restored = f"sqlite://{folder}/restored.db"

    def run(self, name, *statements):
        with sqlite3.connect(self.folder / name, isolation_level=None) as database:
            for statement in statements:
                database.execute(statement)

    def back_up(self):
        self.run("rebound.db", f"VACUUM INTO '{self.folder}/restored.db'")

    def back_up_people(self):
        self.run("people.db", f"ATTACH '{self.folder}/rebound.db' AS live", "CREATE TABLE people AS SELECT * FROM live.people")

    def restore(self):
        self.run("restored.db", "DELETE FROM people", f"ATTACH '{self.folder}/people.db' AS newest", "INSERT INTO people SELECT * FROM newest.people")
        with sqlite3.connect(self.folder / "restored.db", isolation_level=None) as database:
            database.executescript((BACKUP / "erased.sql").read_text())

    def rows(self):
        with sqlite3.connect(self.folder / "restored.db") as database:
            return database.execute("SELECT count(*) FROM rejections").fetchone()[0]


class Postgres:
    def __init__(self, folder):
        self.folder = folder
        server = os.environ["REBOUND_TEST_POSTGRES_URL"]
        self.url, self.restored = (re.sub(r"/postgres$", f"/{name}", server) for name in ("live", "restored"))
        for name in ("live", "restored"):
            self.run("psql", "--dbname", server, "--command", f"CREATE DATABASE {name}")

    def run(self, program, *arguments):
        done = subprocess.run([program, *arguments], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def back_up(self):
        self.run("pg_dump", "--format=custom", "--exclude-table-data=people", f"--file={self.folder}/rebound.dump", self.url)

    def back_up_people(self):
        self.run("pg_dump", "--format=custom", "--data-only", "--table=people", f"--file={self.folder}/people.dump", self.url)

    def restore(self):
        for name in ("rebound", "people"):
            self.run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={self.restored}", f"{self.folder}/{name}.dump")
        self.run("psql", "--set=ON_ERROR_STOP=1", "--quiet", "--dbname", self.restored, "--file", str(BACKUP / "erased.sql"))

    def rows(self):
        return int(self.run("psql", "--no-align", "--tuples-only", "--dbname", self.restored, "--command", "SELECT count(*) FROM rejections"))


def story(program, database):
    with Service(program, REBOUND_DATABASE_URL=database.url, **KEYS) as service:
        record(service, "stays")
        record(service, "leaves")
        database.back_up()
        status, answer = service.ask("/v1/users/leaves", None, service.key, method="DELETE")
        assert status == 200, answer
        record(service, "comes-later")
        database.back_up_people()
    database.restore()
    assert database.rows() == 1, database.rows()
    try:
        with Service(program, REBOUND_DATABASE_URL=database.restored, **KEYS | {"REBOUND_MASTER_KEY": "0" * 64}):
            raise AssertionError("it started with another master key")
    except DidNotStart as refused:
        assert "master key" in str(refused), refused
    with Service(program, REBOUND_DATABASE_URL=database.restored, **KEYS) as service:
        assert recorded(service, "stays") == ["Example"]
        assert recorded(service, "leaves") == []
        assert recorded(service, "comes-later") == []
        record(service, "leaves")
        record(service, "comes-later")
        assert recorded(service, "leaves") == recorded(service, "comes-later") == ["Example"]


def main(program):
    for kind in (Sqlite, Postgres):
        with tempfile.TemporaryDirectory() as folder:
            story(program, kind(pathlib.Path(folder)))
        print(f"{kind.__name__}: restored without those who were erased.")


if __name__ == "__main__":
    main(*sys.argv[1:])
