"""Where the service is and with which key."""

import os
from collections.abc import Iterator

import pytest
from rebound_client import AuthenticatedClient


@pytest.fixture(scope="session")
def client() -> Iterator[AuthenticatedClient]:
    """One client for all calls: it keeps its connections open."""
    with AuthenticatedClient(base_url=os.environ["REBOUND_URL"], token=os.environ["REBOUND_API_KEY"]) as client:
        yield client
