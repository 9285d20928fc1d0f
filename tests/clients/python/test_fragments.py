"""Advice inside of an e-mail that an employer sends."""

from ndjson import Item, batch
from rebound_client import AuthenticatedClient
from rebound_client.api.fragments import render_fragment
from rebound_client.models import (
    Brand,
    BrandLink,
    Context,
    Fragment,
    FragmentBatchDefaults,
    FragmentBatchItem,
    FragmentBatchResult,
    FragmentDefaults,
    FragmentFormat,
    FragmentRequest,
    MergeTags,
    NamedFragment,
    Stage,
)
from rebound_client.types import UNSET

FORMATS: list[FragmentFormat] = ["html", "text"]
BRAND = Brand(
    name="Example Ltd",
    signoff="With thanks, {{CANDIDATE_FIRST_NAME}}",
    link=BrandLink(text="Open roles", url="https://example.com/jobs"),
)
MERGE_TAGS = MergeTags(dialect="greenhouse", keep=["{{CANDIDATE_FIRST_NAME}}"])


def test_a_fragment_in_the_employers_voice_as_html_and_as_text(client: AuthenticatedClient) -> None:
    context = Context(kind="job_application", conversation_with=["interviewer"])
    request = FragmentRequest(context=context, max_tips=2, formats=FORMATS, brand=BRAND, merge_tags=MERGE_TAGS)
    fragment = render_fragment.sync(client=client, body=request)

    assert isinstance(fragment, Fragment)
    assert len(fragment.steps) == 2
    assert fragment.html and fragment.html.startswith('<div lang="en" dir="ltr"')
    assert 'href="https://example.com/jobs"' in fragment.html
    assert fragment.text and "With thanks, {{CANDIDATE_FIRST_NAME}}" in fragment.text
    assert fragment.markdown is UNSET, "nobody asked for it"
    assert fragment.bytes_.html_quoted_printable and fragment.bytes_.html_quoted_printable <= 6144


def test_everybody_who_was_turned_down_each_different_fragment_comes_once(client: AuthenticatedClient) -> None:
    stages: list[Stage] = ["interview", "final_interview"]
    defaults = FragmentDefaults(max_tips=2, formats=FORMATS, brand=BRAND, merge_tags=MERGE_TAGS)
    people = [
        FragmentBatchItem(ref=f"candidate-{place}", context=Context(kind="job_application", stage=stages[place % 2]))
        for place in range(500)
    ]

    html: dict[str, str] = {}
    sent: dict[str, str] = {}
    items: list[Item] = [FragmentBatchDefaults(defaults=defaults), *people]
    for line in batch(client, "/v1/fragments/batch", items, FragmentBatchResult):
        if isinstance(line.fragment, NamedFragment):
            html[line.fragment.id] = str(line.fragment.html)
        else:
            assert line.error is UNSET
            sent[str(line.ref)] = html[str(line.fragment_id)]

    assert len(sent) == 500
    assert len(html) <= 2
    assert sent["candidate-1"] == sent["candidate-499"]
