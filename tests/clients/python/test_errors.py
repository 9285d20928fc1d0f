"""What goes wrong is a value with a type: a problem document (RFC 9457)."""

from typing import Any

import pytest
from rebound_client import AuthenticatedClient
from rebound_client.api.catalog import get_tip
from rebound_client.api.guidance import get_guidance
from rebound_client.api.history import get_rejection
from rebound_client.models import Context, GuidanceRequest, Problem


def test_every_mistake_of_an_input_each_with_its_place_and_what_is_allowed_there(client: AuthenticatedClient) -> None:
    # Not what the types allow; it came from elsewhere.
    context: Any = {"kind": "lottery", "rounds_completed": 5, "rounds_total": 4}
    problem = get_guidance.sync(client=client, body=GuidanceRequest(context=Context(**context)))

    assert isinstance(problem, Problem) and problem.errors
    assert (problem.status, problem.code) == (422, "invalid_request")
    details = {error.pointer: error.detail for error in problem.errors}
    assert sorted(details) == ["/context/kind", "/context/rounds_completed"]
    assert "allowed: job_application" in details["/context/kind"]


def test_something_that_is_not_there(client: AuthenticatedClient) -> None:
    tip = get_tip.sync("no-such-tip", client=client)
    assert isinstance(tip, Problem) and tip.status == 404

    rejection = get_rejection.sync("emp-1042", "rej_01h45ytscbebyvny4gc8cr8ma2", client=client)
    assert isinstance(rejection, Problem) and rejection.code == "not_found"


def test_a_key_that_is_not_valid_and_the_request_id_to_ask_about(client: AuthenticatedClient) -> None:
    body = GuidanceRequest(context=Context(kind="other"))
    with AuthenticatedClient(base_url=str(client.get_httpx_client().base_url), token="rbk_wrong") as stranger:
        answer = get_guidance.sync_detailed(client=stranger, body=body)

    assert isinstance(answer.parsed, Problem)
    assert (answer.parsed.status, answer.parsed.code) == (401, "unauthenticated")
    assert answer.parsed.instance == answer.headers["x-request-id"]


@pytest.mark.parametrize("version", ["1999.1.0", "soon"])
def test_a_catalog_that_is_not_carried(client: AuthenticatedClient, version: str) -> None:
    body = GuidanceRequest(context=Context(kind="other"), catalog_version=version)
    problem = get_guidance.sync(client=client, body=body)

    assert isinstance(problem, Problem) and problem.errors
    assert [error.pointer for error in problem.errors] == ["/catalog_version"]
