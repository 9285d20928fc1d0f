"""What happened to a person, kept under an id of the app's own, until it is all erased."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from rebound_client import AuthenticatedClient
from rebound_client.api.history import (
    create_contact,
    create_feedback,
    create_rejection,
    erase_user,
    export_user,
    get_erasure_receipt,
    get_rejection,
    get_rejection_guidance,
    list_rejections,
    update_rejection,
)
from rebound_client.models import (
    Contact,
    ErasureReceipt,
    FeedbackItem,
    NewContact,
    NewFeedback,
    NewRejection,
    PersonalGuidance,
    Problem,
    Rejection,
    RejectionList,
    RejectionPatch,
    UserExport,
)
from rebound_client.types import UNSET


def days_ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def test_from_the_rejection_to_what_it_led_to(client: AuthenticatedClient) -> None:
    user = str(uuid4())
    body = NewRejection(kind="promotion", conversation_with=["manager"], occurred_at=days_ago(3), phase="processing")

    # The key makes a second try harmless, as after a lost connection.
    key = str(uuid4())
    first = create_rejection.sync_detailed(user, client=client, body=body, idempotency_key=key)
    again = create_rejection.sync(user, client=client, body=body, idempotency_key=key)
    rejection = first.parsed
    assert first.status_code == 201
    assert isinstance(rejection, Rejection) and isinstance(again, Rejection)
    assert again.id == rejection.id

    guidance = get_rejection_guidance.sync(user, rejection.id, client=client)
    assert isinstance(guidance, PersonalGuidance) and guidance.steps

    thanks = NewContact(purpose="thank_you", channel="email", sent_at=days_ago(2))
    contact = create_contact.sync(user, rejection.id, client=client, body=thanks)
    assert isinstance(contact, Contact) and contact.purpose == "thank_you"
    refused = create_contact.sync(user, rejection.id, client=client, body=thanks)
    assert isinstance(refused, Problem) and refused.status == 409

    received = NewFeedback(received_at=days_ago(1), text="Great energy. We missed concrete examples.")
    feedback = create_feedback.sync(user, rejection.id, client=client, body=received)
    assert isinstance(feedback, FeedbackItem) and feedback.text == received.text

    kept = get_rejection.sync(user, rejection.id, client=client)
    assert isinstance(kept, Rejection) and kept.contacts and kept.feedback_items
    assert [it.id for it in kept.contacts] == [contact.id]
    assert [it.id for it in kept.feedback_items] == [feedback.id]


def test_a_change_only_if_nobody_else_changed_it_meanwhile(client: AuthenticatedClient) -> None:
    user = str(uuid4())
    body = NewRejection(kind="job_application", stage="interview", occurred_at=days_ago(5))
    rejection = create_rejection.sync(user, client=client, body=body)
    assert isinstance(rejection, Rejection)

    tag = get_rejection.sync_detailed(user, rejection.id, client=client).headers["etag"]
    patch = RejectionPatch(stage=None, role="Data Analyst")
    changed = update_rejection.sync(user, rejection.id, client=client, body=patch, if_match=tag)
    assert isinstance(changed, Rejection)
    assert changed.role == "Data Analyst"
    assert changed.stage is UNSET, "None takes away"

    stale = update_rejection.sync(user, rejection.id, client=client, body=RejectionPatch(role="Engineer"), if_match=tag)
    assert isinstance(stale, Problem) and stale.status == 412
    kept = get_rejection.sync_detailed(user, rejection.id, client=client, if_none_match=tag)
    assert kept.status_code == 200, "it has changed"


def test_all_of_them_page_by_page(client: AuthenticatedClient) -> None:
    user = str(uuid4())
    for days in [5, 4, 3, 2, 1]:
        create_rejection.sync(user, client=client, body=NewRejection(kind="idea", occurred_at=days_ago(days)))

    pages: list[list[Rejection]] = []
    token = ""
    while not pages or token:
        page = list_rejections.sync(user, client=client, page_size=2, page_token=token)
        assert isinstance(page, RejectionList)
        pages.append(page.rejections)
        token = page.next_page_token

    assert [len(page) for page in pages] == [2, 2, 1]
    times = [rejection.occurred_at for page in pages for rejection in page]
    assert times == sorted(times, reverse=True), "the newest comes first"


def test_everything_that_is_kept_and_nothing_any_more(client: AuthenticatedClient) -> None:
    user = str(uuid4())
    body = NewRejection(kind="program_admission", organization="Example School", occurred_at=days_ago(9))
    create_rejection.sync(user, client=client, body=body)

    everything = export_user.sync(user, client=client)
    assert isinstance(everything, UserExport) and everything.user_id == user
    assert [rejection.organization for rejection in everything.rejections] == ["Example School"]

    receipt = erase_user.sync(user, client=client)
    assert isinstance(receipt, ErasureReceipt) and receipt.erased.rejections == 1
    later = get_erasure_receipt.sync(receipt.id, client=client)
    assert isinstance(later, ErasureReceipt) and later.genuine
    left = list_rejections.sync(user, client=client)
    assert left == RejectionList(rejections=[], next_page_token="")
