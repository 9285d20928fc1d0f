"""Batches take and answer one JSON object a line, which OpenAPI cannot say: they go over the connection of the client."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from rebound_client import AuthenticatedClient


def batch(client: AuthenticatedClient, path: str, items: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Sends all items, then yields each answer as soon as it is there. Not for requests of more than 4 MiB: the service
    reads on only while its answers are read."""
    body = "".join(json.dumps(item) + "\n" for item in items).encode()
    headers = {"Content-Type": "application/x-ndjson"}
    with client.get_httpx_client().stream("POST", path, content=body, headers=headers) as answer:
        answer.raise_for_status()
        for line in answer.iter_lines():
            yield json.loads(line)
