"""Batches take and answer one JSON object a line, which OpenAPI cannot say: they go over the connection of the client. The
models of the lines are generated."""

import json
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rebound_client import AuthenticatedClient
from rebound_client.models import (
    FragmentBatchDefaults,
    FragmentBatchItem,
    FragmentBatchResult,
    GuidanceBatchItem,
    GuidanceBatchResult,
)

Item = GuidanceBatchItem | FragmentBatchDefaults | FragmentBatchItem
Result = TypeVar("Result", GuidanceBatchResult, FragmentBatchResult)


def batch(client: AuthenticatedClient, path: str, items: Iterable[Item], result: type[Result]) -> Iterator[Result]:
    """Sends all items, then yields each line of the answer as soon as it is there. Not for requests of more than 4 MiB: the
    service reads on only while its answers are read."""
    body = "".join(json.dumps(item.to_dict()) + "\n" for item in items).encode()
    headers = {"Content-Type": "application/x-ndjson"}
    with client.get_httpx_client().stream("POST", path, content=body, headers=headers) as answer:
        answer.raise_for_status()
        for line in answer.iter_lines():
            yield result.from_dict(json.loads(line))
