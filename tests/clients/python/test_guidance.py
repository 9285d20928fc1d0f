"""What to do after a rejection: one situation, many at once, and only when something changed."""

from ndjson import batch
from rebound_client import AuthenticatedClient
from rebound_client.api.guidance import get_guidance, get_guidance_by_query
from rebound_client.models import Action, Context, Guidance, GuidanceRequest, Problem

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
    request = GuidanceRequest(context=CONTEXT, limit=2).to_dict()
    items = [{"ref": f"person-{place}", **request} for place in range(1000)]
    wrong = {"ref": "wrong", "context": {"kind": "lottery"}}

    refs = []
    for line in batch(client, "/v1/guidance/batch", [*items, wrong]):
        refs.append(line["ref"])
        if "error" in line:
            problem = Problem.from_dict(line["error"])
            assert problem.errors and problem.errors[0].pointer == "/context/kind"
        else:
            assert len(Guidance.from_dict(line["guidance"]).steps) == 2

    assert refs == [item["ref"] for item in [*items, wrong]]
