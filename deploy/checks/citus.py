"""Runs the real program on a Citus cluster as deploy/runbook.md says it, and tells it what several tenants do at the same
time: everything that writes to a history, reads of it, and what administrators do. Then it looks where the rows are.

    python citus.py PROGRAM URL      URL: an empty database of the coordinator, with the extension and its workers
"""

import concurrent.futures
import contextlib
import json
import pathlib
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request

from service import Service

DISTRIBUTE = pathlib.Path(__file__).resolve().parent.parent / "citus/distribute.sql"
TENANTS = 6
SCOPES = ["guidance", "rejections:read", "rejections:write", "diary:read", "diary:write", "admin"]
NOW = "2026-11-20T10:00:00Z"
HOLD = {"reason": "Case 7", "until": "2030-01-01T00:00:00Z"}
# After how many seconds the other replica knows what a tenant set, at the latest.
SEEN_WITHIN = 5
OVERLAY = {"text": {"title": "Rest first"}}


class Refused(AssertionError):
    """An answer that was not the expected one."""


def sql(url, *arguments):
    command = ["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1", f"--dbname={url}"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class Tenant:
    """A tenant with a key of its own, who asks now one replica and now the other."""

    def __init__(self, services, number):
        self.services, self.number, self.asked, self.again = services, number, 0, 0
        made = self.ask(201, "POST", "/v1/tenants", {"name": f"tenant {number}"}, key=services[0].key)
        self.keys = f"/v1/tenants/{made['id']}/api-keys"
        self.limits = f"/v1/tenants/{made['id']}/limits"
        first = self.ask(201, "POST", self.keys, {"name": "back-end", "scopes": SCOPES}, key=services[0].key)
        self.key, self.key_id = first["secret"], first["id"]

    def ask(self, status, method, path, body=None, key=None, **headers):
        self.asked += 1
        service = self.services[self.asked % len(self.services)]
        headers = {"idempotency-key": secrets.token_hex(8)} | {name.replace("_", "-"): value for name, value in headers.items()}
        headers |= {"authorization": f"Bearer {key or self.key}", "content-type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(service.http + path, data, headers, method=method)
        for _ in range(10):
            try:
                answer = urllib.request.urlopen(request, timeout=30)
            except urllib.error.HTTPError as error:
                answer = error
            with answer:
                text = answer.read().decode()
            if answer.status == status:
                return json.loads(text) if text else None
            if answer.status != 503:
                break
            # Refused for now, as any client may be, and safe to repeat.
            self.again += 1
            time.sleep(int(answer.headers["retry-after"]))
        raise Refused(f"tenant {self.number}: {method} {path}: {answer.status} instead of {status}: {text}")

    def pages(self, path, name):
        """All items of a list, three a page."""
        items, token = [], ""
        while True:
            page = self.ask(200, "GET", f"{path}?page_size=3&page_token={token}")
            items += page[name]
            token = page["next_page_token"]
            if not token:
                return items

    def history(self, user):
        """What one person goes through; the same user ids exist in every tenant."""
        users = f"/v1/users/{user}"
        body = {"kind": "job_application", "stage": "interview", "conversation_with": ["interviewer"], "reasons": ["skill_gap"], "occurred_at": NOW}
        first = self.ask(201, "POST", f"{users}/rejections", body, idempotency_key=f"{user}-1")
        assert self.ask(201, "POST", f"{users}/rejections", body, idempotency_key=f"{user}-1") == first
        self.ask(422, "POST", f"{users}/rejections", body | {"stage": "offer"}, idempotency_key=f"{user}-1")
        known = body | {"external_ref": f"ats-{user}"}
        second = self.ask(201, "POST", f"{users}/rejections", known)
        assert self.ask(200, "POST", f"{users}/rejections", known | {"stage": "offer"})["id"] == second["id"]
        self.ask(409, "POST", f"/v1/users/{user}-other/rejections", known)
        one = f"{users}/rejections/{first['id']}"
        for to in ("shock", "processing", "reflecting"):
            self.ask(200, "POST", f"{one}/advance", {"to": to})
        thanks = {"purpose": "thank_you", "channel": "email", "sent_at": NOW}
        self.ask(201, "POST", f"{one}/contacts", thanks)
        self.ask(409, "POST", f"{one}/contacts", thanks)
        feedback = self.ask(201, "POST", f"{one}/feedback", {"text": "We missed concrete examples.", "themes": ["examples"]})
        self.ask(201, "POST", f"{one}/reflections", {"answers": [{"prompt": "what-went-well", "text": "I stayed calm."}]})
        self.ask(200, "POST", f"{one}/advance", {"to": "acting"})
        item = self.ask(201, "POST", f"{users}/action-items", {"title": "Collect examples", "rejection_id": first["id"], "feedback_id": feedback["id"]})
        self.ask(200, "PATCH", f"{users}/action-items/{item['id']}", {"status": "done"})
        assert self.ask(200, "GET", f"{one}/guidance")["steps"]
        self.ask(200, "POST", f"{one}/outcome", {"result": "closed"})
        self.ask(200, "PATCH", one, {"role": "Data Analyst"})
        token = self.ask(201, "POST", f"{users}/tokens", {"scopes": ["guidance", "diary:read"], "ttl_seconds": 600})
        assert self.ask(200, "GET", one, key=token["secret"])["id"] == first["id"]
        for what in ("timeline", "insights?window=365d", "development-plan", "export"):
            self.ask(200, "GET", f"{users}/{what}")
        self.ask(200, "GET", one)
        self.ask(412, "DELETE", one, if_match='"1"')
        return one

    def administration(self):
        limits = {"requests_per_minute": 100_000}
        assert self.ask(200, "PUT", self.limits, limits, key=self.services[0].key)["requests_per_minute"] == 100_000
        self.ask(200, "PUT", "/v1/tenant-settings", {"retention": {"record_days": 30}})
        self.ask(200, "PUT", "/v1/overlays/en/tip.take-time-first", OVERLAY)
        self.ask(201, "POST", "/v1/overlays/publish", {"note": "first"}, idempotency_key="publish")
        self.ask(201, "POST", "/v1/overlays/rollback", {"version": 0})
        assert len(self.pages("/v1/overlays/versions", "versions")) == 2
        other = self.ask(201, "POST", self.keys, {"name": "other", "scopes": ["guidance"]}, idempotency_key="key")
        assert self.ask(201, "POST", self.keys, {"name": "other", "scopes": ["guidance"]}, idempotency_key="key") == other
        rotated = self.ask(201, "POST", f"{self.keys}/{other['id']}/rotate", {"overlap_seconds": 3600})
        self.ask(200, "POST", f"{self.keys}/{rotated['id']}/revoke")
        assert len(self.pages(self.keys, "api_keys")) == 3
        assert self.ask(200, "GET", "/v1/aggregates?window=90d")["kinds"]["groups"] is not None

    def story(self):
        self.administration()
        users = [f"user-{number}" for number in range(4)]
        with concurrent.futures.ThreadPoolExecutor(8) as several:
            ones = list(several.map(self.history, users))
            # Of one person many writes at once, which share statements.
            writes = [several.submit(self.ask, 201, "POST", "/v1/users/busy/rejections", {"kind": "idea", "occurred_at": NOW}) for _ in range(40)]
            made = {write.result()["id"] for write in writes}
        assert {it["id"] for it in self.pages("/v1/users/busy/rejections", "rejections")} == made
        self.ask(204, "DELETE", ones[0])
        receipt = self.ask(200, "DELETE", f"/v1/users/{users[1]}")
        assert receipt["erased"]["rejections"] == 2, receipt
        assert self.ask(200, "GET", f"/v1/erasure-receipts/{receipt['id']}")["id"] == receipt["id"]
        self.ask(200, "PUT", "/v1/tenant-settings", {"legal_hold": HOLD})
        time.sleep(SEEN_WITHIN)
        receipt = self.ask(200, "DELETE", f"/v1/users/{users[2]}")
        assert receipt["erased"]["held"] == 2, receipt
        self.ask(409, "POST", f"/v1/users/{users[2]}/rejections", {"kind": "idea", "occurred_at": NOW})
        assert len(self.pages("/v1/audit-events", "audit_events")) > 100


def replicas(program, url, **keys):
    both = contextlib.ExitStack()
    try:
        return both, [both.enter_context(Service(program, REBOUND_DATABASE_URL=url, **keys)) for _ in range(2)]
    except BaseException:
        both.close()
        raise


def main(program, url):
    keys = {"REBOUND_BOOTSTRAP_KEY": "rbk_" + secrets.token_hex(24), "REBOUND_MASTER_KEY": secrets.token_hex(32)}
    known = {"REBOUND_DATABASE_URL": url, "PATH": "/usr/bin:/bin"}
    subprocess.run([program, "migrate"], env=known, check=True)
    distribute = ("--single-transaction", f"--file={DISTRIBUTE}")
    sql(url, *distribute)
    assert sql(url, *distribute) == "", "what is distributed stays as it is"
    both, services = replicas(program, url, **keys)
    with both, concurrent.futures.ThreadPoolExecutor(TENANTS) as several:
        tenants = [Tenant(services, number) for number in range(TENANTS)]
        list(several.map(Tenant.story, tenants))
    both, services = replicas(program, url, **keys)
    with both:
        for tenant in tenants:
            tenant.services = services
            assert len(tenant.pages("/v1/users/user-3/rejections", "rejections")) == 2, "it is there after a restart"
    faults = [line for service in services for line in service.said if '"ERROR"' in line]
    assert not faults, faults
    nodes = sql(url, "--command", "SELECT count(DISTINCT (nodename, nodeport)) FROM citus_shards WHERE table_name = 'rejections'::regclass")
    version = sql(url, "--command", "SELECT split_part(citus_version(), ' on ', 1) || ', PostgreSQL ' || current_setting('server_version')")
    asked, again = (sum(getattr(tenant, count) for tenant in tenants) for count in ("asked", "again"))
    print(f"{version}: {TENANTS} tenants on {nodes} nodes, two replicas, {asked} requests answered as on one PostgreSQL, {again} of them when repeated after 503.")


if __name__ == "__main__":
    main(*sys.argv[1:])
