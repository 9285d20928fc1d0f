"""The real program as a process, started in a folder of its own on ports that nobody has, and gone at the end."""

import contextlib
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request


class DidNotStart(Exception):
    """With what the program said."""


class Service:
    """A running `rebound serve` with a key of all scopes; on SQLite, unless the settings say otherwise."""

    def __init__(self, program, **more):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="rebound-deploy."))
        self.key = more.get("REBOUND_BOOTSTRAP_KEY") or "rbk_" + secrets.token_hex(24)
        settings = {
            "REBOUND_HTTP_ADDR": "127.0.0.1:0",
            "REBOUND_GRPC_ADDR": "127.0.0.1:0",
            "REBOUND_BOOTSTRAP_KEY": self.key,
            "REBOUND_LOG_FORMAT": "json",
        }
        known = {name: value for name, value in os.environ.items() if not name.startswith(("REBOUND_", "OTEL_"))}
        self.process = subprocess.Popen(
            [os.path.abspath(program), "serve"], cwd=self.home, env=known | settings | more, stderr=subprocess.PIPE, text=True
        )
        self.said = []
        for line in self.process.stderr:
            self.said.append(line)
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                if event.get("message") == "ready":
                    self.http = "http://" + event["http_addr"]
                    self.grpc = "http://" + event["grpc_addr"]
                    break
        else:
            self.process.wait()
            shutil.rmtree(self.home, ignore_errors=True)
            raise DidNotStart("".join(self.said))
        # A pipe that nobody reads would stop the program.
        self.reader = threading.Thread(target=self.said.extend, args=(self.process.stderr,), daemon=True)
        self.reader.start()

    def ask(self, path, body=None, key=None, kind="application/json", base=None, method=None):
        """The status and the text of an answer."""
        headers = {"content-type": kind}
        if key:
            headers["authorization"] = f"Bearer {key}"
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        request = urllib.request.Request((base or self.http) + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.reader.join()
        self.process.stderr.close()
        shutil.rmtree(self.home, ignore_errors=True)
