"""What to do after a rejection: one situation, many at once, and only when something changed."""

from ndjson import batch
from rebound_client import AuthenticatedClient
from rebound_client.api.guidance import get_guidance, get_guidance_by_query
from rebound_client.models import (
    Action,
    Context,
    Guidance,
    GuidanceBatchItem,
    GuidanceBatchResult,
    GuidanceRequest,
)

CONTEXT = Context(
    kind="job_application",
    stage="interview",
    rounds_completed=3,
    rounds_total=4,
    conversation_with=["interviewer"],
    phase="shock",
)


def test_the_next_steps_in_their_order_each_with_its_reason_and_its_sources(client: AuthenticatedClient) -> None:
    guidance = get_guidance.sync(client=client, body=GuidanceRequest(context=CONTEXT, locale="en-GB"))

    assert isinstance(guidance, Guidance)
    first = guidance.steps[0]
    assert first.phase == "recover"
    assert "phase=processing|shock|unknown" in first.why
    assert all(source.article and source.atom for source in first.sources)
    assert guidance.locale.resolved == "en"
    thanks = next(step for step in guidance.steps if step.tip == "thank-the-person")
    assert thanks.actions == [Action(type_="reply", id="thank-you")]


def test_what_was_withheld_and_why(client: AuthenticatedClient) -> None:
    final = Context(kind="promotion", decision="final")
    guidance = get_guidance.sync(client=client, body=GuidanceRequest(context=final, explain=True))

    assert isinstance(guidance, Guidance) and guidance.withheld
    withheld = next(it for it in guidance.withheld if it.tip == "ask-to-reconsider")
    assert withheld.because == ["decision=final"]


def test_only_the_members_that_are_shown(client: AuthenticatedClient) -> None:
    # The models want all members, so what is cut down is read without them.
    answer = client.get_httpx_client().post(
        "/v1/guidance",
        params={"fields": "steps(tip,title)"},
        json=GuidanceRequest(context=CONTEXT).to_dict(),
    )

    assert list(answer.json()) == ["steps"]
    assert all(list(step) == ["tip", "title"] for step in answer.json()["steps"])


def test_again_only_if_it_changed(client: AuthenticatedClient) -> None:
    first = get_guidance_by_query.sync_detailed(client=client, kind="idea", conversation_with=["manager", "committee"])
    again = get_guidance_by_query.sync_detailed(
        client=client,
        kind="idea",
        conversation_with=["manager", "committee"],
        if_none_match=first.headers["etag"],
    )

    assert isinstance(first.parsed, Guidance)
    assert again.status_code == 304


def test_a_thousand_situations_in_one_call_read_as_they_are_answered(client: AuthenticatedClient) -> None:
    items = [GuidanceBatchItem(ref=f"person-{place}", context=CONTEXT, limit=2) for place in range(1000)]
    more_than_there_were = Context(kind="job_application", rounds_completed=5, rounds_total=4)
    items.append(GuidanceBatchItem(ref="wrong", context=more_than_there_were))

    refs = []
    for line in batch(client, "/v1/guidance/batch", items, GuidanceBatchResult):
        refs.append(line.ref)
        if isinstance(line.guidance, Guidance):
            assert len(line.guidance.steps) == 2
        else:
            assert line.error and line.error.errors
            assert line.error.errors[0].pointer == "/context/rounds_completed"

    assert refs == [item.ref for item in items]
