"""Advice inside of an e-mail that an employer sends."""

from ndjson import batch
from rebound_client import AuthenticatedClient
from rebound_client.api.fragments import render_fragment
from rebound_client.models import (
    Context,
    Fragment,
    FragmentRequest,
    FragmentRequestBrandType0,
    FragmentRequestBrandType0LinkType0,
    FragmentRequestMergeTagsType0,
)
from rebound_client.types import UNSET

REQUEST = FragmentRequest(
    context=Context(kind="job_application", conversation_with=["interviewer"]),
    max_tips=2,
    formats=["html", "text"],
    brand=FragmentRequestBrandType0(
        name="Example Ltd",
        signoff="With thanks, {{CANDIDATE_FIRST_NAME}}",
        link=FragmentRequestBrandType0LinkType0(text="Open roles", url="https://example.com/jobs"),
    ),
    merge_tags=FragmentRequestMergeTagsType0(dialect="greenhouse", keep=["{{CANDIDATE_FIRST_NAME}}"]),
)


def test_a_fragment_in_the_employers_voice_as_html_and_as_text(client: AuthenticatedClient) -> None:
    fragment = render_fragment.sync(client=client, body=REQUEST)

    assert isinstance(fragment, Fragment)
    assert len(fragment.steps) == 2
    assert fragment.html and fragment.html.startswith('<div lang="en" dir="ltr"')
    assert 'href="https://example.com/jobs"' in fragment.html
    assert fragment.text and "With thanks, {{CANDIDATE_FIRST_NAME}}" in fragment.text
    assert fragment.markdown is UNSET, "nobody asked for it"
    assert fragment.bytes_.html_quoted_printable and fragment.bytes_.html_quoted_printable <= 6144


def test_everybody_who_was_turned_down_each_different_fragment_comes_once(client: AuthenticatedClient) -> None:
    request = REQUEST.to_dict()
    people = [
        {"ref": f"candidate-{place}", **request, "context": {**request["context"], "stage": stage}}
        for place in range(500)
        for stage in [("interview", "final_interview")[place % 2]]
    ]

    html: dict[str, str] = {}
    sent: dict[str, str] = {}
    for line in batch(client, "/v1/fragments/batch", people):
        if "fragment" in line:
            html[line["fragment"]["id"]] = line["fragment"]["html"]
        else:
            assert "error" not in line
            sent[line["ref"]] = html[line["fragment_id"]]

    assert len(sent) == 500
    assert len(html) <= 2
    assert sent["candidate-1"] == sent["candidate-499"]
