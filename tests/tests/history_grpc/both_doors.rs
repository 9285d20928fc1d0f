//! What is done over one API is known over the other: the same keys, the same repetitions, the same tags and tokens, and
//! the same words for what is wrong.

use rebound_tests::proto::{
    AdvanceRejectionRequest, Context, CreateActionItemRequest, CreateContactRequest, CreateFeedbackRequest,
    CreateReflectionRequest, CreateRejectionRequest, CreateUserTokenRequest, GetRejectionRequest,
    ListRejectionsRequest, ReflectionAnswer, SetOutcomeRequest, Theme,
};
use rebound_tests::service::{KEY, TestService, json};
use serde_json::{Value, json};
use tonic::Status;
use tonic_types::StatusExt as _;

use crate::{House, USER, declined, moment, refusal, with};

/// The answer of REST to a POST below the person, with an idempotency key of its own.
async fn post(service: &TestService, path: &str, key: &str, body: &Value) -> (u16, Value) {
    let request = service.post(&format!("/v1/users/{USER}{path}"), body);
    json(request.header("idempotency-key", key)).await
}

fn declined_as_json() -> Value {
    json!({
        "kind": "job_application", "stage": "interview", "still_interested": false, "organization": "Example AG",
        "occurred_at": "2025-12-31T09:30:00.25+01:00",
    })
}

#[tokio::test]
async fn a_request_repeated_over_the_other_api_gets_the_same_answer() {
    let mut house = House::open().await;
    let (status, first) = post(&house.service, "/rejections", "one", &declined_as_json()).await;
    assert_eq!(status, 201, "{first}");
    let asked = CreateRejectionRequest { request_id: Some("one".into()), ..declined() };
    let again = house.client.create_rejection(with(KEY, asked.clone())).await.unwrap().into_inner();
    let id = again.rejection.unwrap().id;
    assert_eq!((json!(id), again.is_new), (first["id"].clone(), true));
    let other = CreateRejectionRequest { organization: None, ..asked };
    let refused = house.client.create_rejection(with(KEY, other)).await.unwrap_err();
    assert_eq!(refusal(&refused).1, "IDEMPOTENCY_KEY_REUSED");

    let below = format!("/rejections/{id}");
    let contact = CreateContactRequest {
        user_id: USER.into(),
        id: id.clone(),
        purpose: 1,
        channel: 2,
        sent_at: moment("2026-01-01T09:00:00Z"),
        request_id: Some("contact".into()),
    };
    let made = house.client.create_contact(with(KEY, contact)).await.unwrap().into_inner().contact.unwrap();
    let body = json!({ "purpose": "thank_you", "channel": "phone", "sent_at": "2026-01-01T09:00:00Z" });
    let (status, again) = post(&house.service, &format!("{below}/contacts"), "contact", &body).await;
    assert_eq!((status, &again["id"]), (201, &json!(made.id)));

    let feedback = CreateFeedbackRequest {
        user_id: USER.into(),
        id: id.clone(),
        text: Some("More examples.".into()),
        themes: vec![Theme::Examples.into(), Theme::Cv.into()],
        request_id: Some("feedback".into()),
        ..CreateFeedbackRequest::default()
    };
    let made = house.client.create_feedback(with(KEY, feedback)).await.unwrap().into_inner().feedback_item.unwrap();
    let body = json!({ "text": "More examples.", "themes": ["examples", "cv"] });
    let (status, again) = post(&house.service, &format!("{below}/feedback"), "feedback", &body).await;
    assert_eq!((status, &again["id"]), (201, &json!(made.id)));

    let body = json!({ "answers": [{ "prompt": "changes-to-make", "text": "More calm." }] });
    let (_, first) = post(&house.service, &format!("{below}/reflections"), "reflection", &body).await;
    let reflects = CreateReflectionRequest {
        user_id: USER.into(),
        id,
        answers: vec![ReflectionAnswer { prompt: "changes-to-make".into(), text: "More calm.".into() }],
        request_id: Some("reflection".into()),
        ..CreateReflectionRequest::default()
    };
    let again = house.client.create_reflection(with(KEY, reflects)).await.unwrap().into_inner().reflection.unwrap();
    assert_eq!(first["id"], json!(again.id));

    let (_, first) = post(&house.service, "/action-items", "item", &json!({ "title": "Rest", "theme": "cv" })).await;
    let item = CreateActionItemRequest {
        user_id: USER.into(),
        title: Some("Rest".into()),
        theme: Theme::Cv.into(),
        request_id: Some("item".into()),
        ..CreateActionItemRequest::default()
    };
    let again = house.client.create_action_item(with(KEY, item)).await.unwrap().into_inner().action_item.unwrap();
    assert_eq!(first["id"], json!(again.id));
}

#[tokio::test]
async fn tags_and_page_tokens_are_the_same() {
    let mut house = House::open().await;
    let id = house.recorded().await.id;
    house.recorded().await;
    let get = GetRejectionRequest { user_id: USER.into(), id: id.clone() };
    let tag = house.client.get_rejection(with(KEY, get)).await.unwrap().into_inner().rejection.unwrap().etag;
    let answer = house.service.get(&format!("/v1/users/{USER}/rejections/{id}")).send().await.unwrap();
    assert_eq!(answer.headers()["etag"], tag);
    let asked =
        ListRejectionsRequest { user_id: USER.into(), kind: 1, page_size: 1, ..ListRejectionsRequest::default() };
    let first = house.client.list_rejections(with(KEY, asked)).await.unwrap().into_inner();
    let token = first.next_page_token;
    let path = format!("/v1/users/{USER}/rejections?kind=job_application&page_size=1&page_token={token}");
    let (status, second) = json(house.service.get(&path)).await;
    assert_eq!((status, &second["next_page_token"]), (200, &json!("")), "{second}");
    assert_ne!(second["rejections"][0]["id"], json!(first.rejections[0].id));
}

/// Asserts that both refuse for the same reason and with the same words about the same places.
#[track_caller]
fn assert_alike(by_grpc: &Status, by_rest: &Value) {
    let path = |pointer: &str| {
        let parts = pointer.split('/').skip(1).map(|part| match part.parse::<usize>() {
            Ok(index) => format!("[{index}]"),
            Err(_) => format!(".{part}"),
        });
        parts.collect::<String>().trim_start_matches('.').to_owned()
    };
    let errors = by_rest["errors"].as_array().into_iter().flatten();
    let texts =
        |error: &Value| (path(error["pointer"].as_str().unwrap()), error["detail"].as_str().unwrap().to_owned());
    let by_rest_errors: Vec<_> = errors.map(texts).collect();
    let details = by_grpc.get_error_details();
    let violations = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    let by_grpc_errors: Vec<_> = violations.into_iter().map(|one| (one.field, one.description)).collect();
    assert_eq!(by_grpc_errors, by_rest_errors, "{by_rest}");
    assert_eq!(refusal(by_grpc).1, by_rest["code"].as_str().unwrap().to_uppercase());
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_same_words() {
    let mut house = House::open().await;
    let id = house.recorded().await.id;
    let below = format!("/rejections/{id}");
    let service = &house.service;
    let client = &mut house.client;

    let wrong = CreateRejectionRequest {
        user_id: USER.into(),
        context: Some(Context { kind: 1, days_since: Some(3), ..Context::default() }),
        ..CreateRejectionRequest::default()
    };
    let by_grpc = client.create_rejection(with(KEY, wrong.clone())).await.unwrap_err();
    let body = json!({ "kind": "job_application", "days_since": 3 });
    assert_alike(&by_grpc, &post(service, "/rejections", "a", &body).await.1);
    let wrong = CreateRejectionRequest { context: None, role: Some(" ".into()), decided_by: 3, ..wrong };
    let by_grpc = client.create_rejection(with(KEY, wrong)).await.unwrap_err();
    let body = json!({ "role": " ", "decided_by": "nobody" });
    assert_alike(&by_grpc, &post(service, "/rejections", "b", &body).await.1);

    let wrong = CreateContactRequest { user_id: USER.into(), id: id.clone(), ..CreateContactRequest::default() };
    let by_grpc = client.create_contact(with(KEY, wrong)).await.unwrap_err();
    assert_alike(&by_grpc, &post(service, &format!("{below}/contacts"), "c", &json!({})).await.1);

    let wrong =
        AdvanceRejectionRequest { user_id: USER.into(), id: id.clone(), to: 5, ..AdvanceRejectionRequest::default() };
    let by_grpc = client.advance_rejection(with(KEY, wrong)).await.unwrap_err();
    let by_rest = json(service.post(&format!("/v1/users/{USER}{below}/advance"), &json!({ "to": "recovered" }))).await;
    assert_alike(&by_grpc, &by_rest.1);

    let wrong = SetOutcomeRequest {
        user_id: USER.into(),
        id: id.clone(),
        result: 1,
        linked_rejection: Some("none".into()),
        ..SetOutcomeRequest::default()
    };
    let by_grpc = client.set_outcome(with(KEY, wrong)).await.unwrap_err();
    let body = json!({ "result": "reversed", "linked_rejection": "none" });
    let by_rest = json(service.post(&format!("/v1/users/{USER}{below}/outcome"), &body)).await;
    assert_alike(&by_grpc, &by_rest.1);

    let scopes = vec!["diary:read".to_owned(), "everything".to_owned()];
    let wrong = CreateUserTokenRequest { user_id: USER.into(), scopes, ttl_seconds: Some(60), request_id: None };
    let by_grpc = client.create_user_token(with(KEY, wrong)).await.unwrap_err();
    let body = json!({ "scopes": ["diary:read", "everything"], "ttl_seconds": 60 });
    let by_rest = json(service.post(&format!("/v1/users/{USER}/tokens"), &body)).await;
    assert_alike(&by_grpc, &by_rest.1);
}
