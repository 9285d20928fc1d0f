//! What is refused, with the fields that are wrong: named as in REST, and with what is allowed.

use prost_types::Timestamp;
use rebound_tests::proto::{
    Context, CreateActionItemRequest, CreateContactRequest, CreateFeedbackRequest, CreateReflectionRequest,
    CreateRejectionRequest, CreateUserTokenRequest, GetErasureReceiptRequest, GetRejectionRequest,
    ListRejectionsRequest, ReflectionAnswer, SetOutcomeRequest, UpdateActionItemRequest, UpdateFeedbackRequest,
    UpdateRejectionRequest,
};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::{House, USER, assert_refused, declined, with};

const INVALID: (Code, &str) = (Code::InvalidArgument, "INVALID_REQUEST");
const NOT_FOUND: (Code, &str) = (Code::NotFound, "NOT_FOUND");

#[tokio::test]
async fn every_wrong_field_of_a_rejection_is_named() {
    let mut house = House::open().await;
    let occurred_at = |seconds, nanos| Some(Timestamp { seconds, nanos });
    let context = |context: Context| CreateRejectionRequest { context: Some(context), ..declined() };
    let idea = Context { kind: 3, ..Context::default() };
    for (wrong, fields) in [
        (CreateRejectionRequest { occurred_at: occurred_at(0, -1), ..declined() }, &["occurred_at"][..]),
        (CreateRejectionRequest { occurred_at: occurred_at(0, 1_000_000_000), ..declined() }, &["occurred_at"]),
        (CreateRejectionRequest { occurred_at: occurred_at(i64::MAX, 0), ..declined() }, &["occurred_at"]),
        (CreateRejectionRequest { occurred_at: occurred_at(4_000_000_000, 0), ..declined() }, &["occurred_at"]),
        (CreateRejectionRequest { occurred_at: None, ..declined() }, &["occurred_at"]),
        (CreateRejectionRequest { decided_by: 4, ..declined() }, &["decided_by"]),
        (CreateRejectionRequest { organization: Some(String::new()), ..declined() }, &["organization"]),
        (CreateRejectionRequest { request_id: Some(String::new()), ..declined() }, &["request_id"]),
        (CreateRejectionRequest { user_id: "two words".into(), ..declined() }, &["user_id"]),
        (CreateRejectionRequest { context: None, ..declined() }, &["kind"]),
        (context(Context { days_since: Some(3), ..idea.clone() }), &["days_since"]),
        (context(Context { kind: 99, stage: -1, ..Context::default() }), &["kind", "stage"]),
        (context(Context { reasons: vec![1, 0], ..idea }), &["reasons[1]"]),
    ] {
        let refused = house.client.create_rejection(with(&house.employer, wrong)).await;
        assert_refused(refused, INVALID.0, INVALID.1, fields);
    }
    let wrong = CreateRejectionRequest { decided_by: -3, ..declined() };
    let status = house.client.create_rejection(with(&house.employer, wrong)).await.unwrap_err();
    let violations = status.get_details_bad_request().unwrap().field_violations;
    assert_eq!(violations[0].description, "not an allowed value; allowed: them, me, nobody");
}

#[tokio::test]
async fn ids_that_lead_nowhere_are_not_found_and_references_are_wrong_fields() {
    let mut house = House::open().await;
    let id = house.recorded().await.id;
    let person = house.person.clone();
    let client = &mut house.client;
    for wrong in ["", "rej_1", "act_01h455vb4pex5vsknk084sn02q", "rej_01h455vb4pex5vsknk084sn02q"] {
        let get = GetRejectionRequest { user_id: USER.into(), id: wrong.into() };
        assert_refused(client.get_rejection(with(&person, get)).await, NOT_FOUND.0, NOT_FOUND.1, &[]);
    }
    let update = UpdateFeedbackRequest { user_id: USER.into(), id: id.clone(), ..UpdateFeedbackRequest::default() };
    assert_refused(client.update_feedback(with(&person, update)).await, NOT_FOUND.0, NOT_FOUND.1, &[]);
    let update = UpdateActionItemRequest { user_id: USER.into(), ..UpdateActionItemRequest::default() };
    assert_refused(client.update_action_item(with(&person, update)).await, NOT_FOUND.0, NOT_FOUND.1, &[]);
    let receipt = GetErasureReceiptRequest { id: "era_01h455vb4pex5vsknk084sn02q".into() };
    assert_refused(client.get_erasure_receipt(with(&person, receipt)).await, NOT_FOUND.0, NOT_FOUND.1, &[]);

    let ends = |linked: &str| SetOutcomeRequest {
        user_id: USER.into(),
        id: id.clone(),
        result: 1,
        linked_rejection: Some(linked.into()),
        ..SetOutcomeRequest::default()
    };
    for linked in ["none", &id] {
        let refused = client.set_outcome(with(&person, ends(linked))).await;
        assert_refused(refused, INVALID.0, INVALID.1, &["linked_rejection"]);
    }
    let makes = CreateActionItemRequest {
        user_id: USER.into(),
        rejection_id: Some("rej_1".into()),
        feedback_id: Some(id.clone()),
        theme: 99,
        ..CreateActionItemRequest::default()
    };
    let refused = client.create_action_item(with(&person, makes)).await;
    assert_refused(refused, INVALID.0, INVALID.1, &["theme", "rejection_id", "feedback_id"]);
}

#[tokio::test]
async fn what_a_person_sends_is_checked_field_by_field() {
    let mut house = House::open().await;
    let id = house.recorded().await.id;
    let person = house.person.clone();
    let client = &mut house.client;
    let contact = CreateContactRequest { user_id: USER.into(), id: id.clone(), ..CreateContactRequest::default() };
    let refused = client.create_contact(with(&person, contact.clone())).await;
    assert_refused(refused, INVALID.0, INVALID.1, &["purpose", "channel", "sent_at"]);
    let refused =
        client.create_contact(with(&person, CreateContactRequest { purpose: 6, channel: -1, ..contact })).await;
    assert_refused(refused, INVALID.0, INVALID.1, &["purpose", "channel"]);

    let feedback = CreateFeedbackRequest { user_id: USER.into(), id: id.clone(), ..CreateFeedbackRequest::default() };
    assert_refused(client.create_feedback(with(&person, feedback.clone())).await, INVALID.0, INVALID.1, &[""]);
    let many = CreateFeedbackRequest { themes: vec![99; 10_000], ..feedback };
    let status = client.create_feedback(with(&person, many)).await.unwrap_err();
    let named = status.get_details_bad_request().unwrap().field_violations.len();
    assert!((1..=16).contains(&named), "{named} of thousands are named");

    let answer = |prompt: &str, text: &str| ReflectionAnswer { prompt: prompt.into(), text: text.into() };
    let reflects = CreateReflectionRequest {
        user_id: USER.into(),
        id: id.clone(),
        answers: vec![answer("changes-to-make", " "), answer("no-such-prompt", "Yes.")],
        ..CreateReflectionRequest::default()
    };
    let refused = client.create_reflection(with(&person, reflects)).await;
    assert_refused(refused, INVALID.0, INVALID.1, &["answers[0].text", "answers[1].prompt"]);

    let asks = CreateUserTokenRequest {
        user_id: USER.into(),
        scopes: vec!["diary:read".into(), "everything".into()],
        ttl_seconds: None,
        request_id: None,
    };
    let refused = client.create_user_token(with(&person, asks.clone())).await;
    assert_refused(refused, INVALID.0, INVALID.1, &["scopes[1]"]);
    let asks = CreateUserTokenRequest { scopes: vec!["admin".into()], ttl_seconds: Some(3_601), ..asks };
    let refused = client.create_user_token(with(&person, asks)).await;
    assert_refused(refused, INVALID.0, INVALID.1, &["scopes", "ttl_seconds"]);
    let listed =
        ListRejectionsRequest { user_id: USER.into(), kind: 99, stage: -1, ..ListRejectionsRequest::default() };
    let refused = client.list_rejections(with(&person, listed)).await;
    assert_refused(refused, INVALID.0, INVALID.1, &["kind", "stage"]);
}

#[tokio::test]
async fn only_what_is_not_set_can_be_taken_away() {
    let mut house = House::open().await;
    let id = house.recorded().await.id;
    let update = |clear: &[&str]| UpdateRejectionRequest {
        user_id: USER.into(),
        id: id.clone(),
        role: Some("Engineer".into()),
        clear: clear.iter().map(|name| (*name).to_owned()).collect(),
        ..UpdateRejectionRequest::default()
    };
    for (clear, field) in [
        (&["occurred_at"][..], "clear[0]"),
        (&["stage", "days_since"], "clear[1]"),
        (&["role"], "clear[0]"),
        (&["decided_by"], "clear[0]"),
        (&["kind"], "kind"),
    ] {
        let refused = house.client.update_rejection(with(&house.employer, update(clear))).await;
        assert_refused(refused, INVALID.0, INVALID.1, &[field]);
    }
}
