"""Words for the person: a reply, and a draft looked over before it is sent."""

from rebound_client import AuthenticatedClient
from rebound_client.api.catalog import get_tip
from rebound_client.api.drafts import check_draft
from rebound_client.api.replies import compose_reply, list_reply_templates
from rebound_client.models import (
    CheckDraftRequest,
    Context,
    DraftReport,
    Problem,
    Reply,
    ReplyRequest,
    ReplyTemplateList,
    ReplyVariables,
    Tip,
)


def test_a_thank_you_ready_to_be_sent(client: AuthenticatedClient) -> None:
    request = ReplyRequest(
        template="thank-you",
        tone="warm",
        length="short",
        context=Context(kind="job_application", conversation_with=["hiring_manager"], rounds_completed=3),
        variables=ReplyVariables.from_dict(
            {"recipient_name": "Robin Lee", "sender_name": "Kim Novak", "role": "Data Analyst"}
        ),
    )
    reply = compose_reply.sync(client=client, body=request)

    assert isinstance(reply, Reply)
    assert reply.text and reply.text.startswith("Hi Robin Lee,\n")
    assert reply.mailto and reply.mailto.startswith("mailto:")
    assert reply.missing == []


def test_no_thank_you_where_nobody_talked_with_the_person_but_a_better_step(client: AuthenticatedClient) -> None:
    context = Context(kind="job_application", conversation="none")
    problem = compose_reply.sync(client=client, body=ReplyRequest(template="thank-you", context=context))

    assert isinstance(problem, Problem)
    assert (problem.code, problem.rule) == ("reply_not_advised", "C1")
    better = get_tip.sync(str(problem.instead), client=client)
    assert isinstance(better, Tip) and better.title


def test_which_replies_there_are_and_what_each_takes(client: AuthenticatedClient) -> None:
    templates = list_reply_templates.sync(client=client)

    assert isinstance(templates, ReplyTemplateList)
    thanks = next(it for it in templates.reply_templates if it.id == "thank-you")
    assert "recipient_name" in [variable.name for variable in thanks.variables]


def test_a_draft_that_had_better_wait_until_tomorrow(client: AuthenticatedClient) -> None:
    text = "Thanks for nothing. You people are idiots."
    report = check_draft.sync(client=client, body=CheckDraftRequest(profile="candidate_reply", text=text))

    assert isinstance(report, DraftReport)
    assert (report.verdict, report.cool_off_hours) == ("hold", 24)
    hostile = next(finding for finding in report.findings if finding.code == "hostility")
    assert "idiots" in text[hostile.start : hostile.end]
