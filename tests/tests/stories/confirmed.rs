//! A batch that is previewed, confirmed and then rendered: what differs from what somebody looked at is never answered.

use futures_util::{StreamExt as _, stream};
use jiff::SignedDuration;
use rebound_domain::access::Scope;
use rebound_tests::keys::{add_key, add_tenant};
use rebound_tests::proto::batch_render_fragments_response::Result as Content;
use rebound_tests::proto::fragment_service_client::FragmentServiceClient;
use rebound_tests::proto::{BatchRenderFragmentsRequest, BatchRenderFragmentsResponse};
use rebound_tests::service::{KEY, TestService, json, reason, with_key};
use rebound_tests::{archive, situations, sqlite};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tonic::{Code, Request, Status};

use crate::fragments_as_json::item;

const PATH: &str = "/v1/fragments/batch";

/// Every situation, and one that is wrong.
fn sent() -> Vec<Value> {
    let line = |(number, situation): (usize, &situations::Situation)| json!({ "ref": number.to_string(), "context": situation.context, "formats": ["text"] });
    let mut lines: Vec<_> = situations::all().iter().enumerate().map(line).collect();
    lines.insert(1, json!({ "ref": "wrong", "context": {} }));
    lines
}

fn body(lines: &[Value]) -> String {
    lines.iter().flat_map(|line| [line.to_string(), "\n".to_owned()]).collect()
}

fn post(service: &TestService, query: &str, body: String) -> RequestBuilder {
    service.post_bytes(&format!("{PATH}{query}"), "application/x-ndjson", body)
}

async fn text(request: RequestBuilder) -> String {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

/// The summary of a trial.
async fn trial(service: &TestService, body: String) -> Value {
    let text = text(post(service, "?dry_run=true", body)).await;
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    last["summary"].clone()
}

async fn token(service: &TestService, body: String) -> String {
    format!("?confirm_token={}", trial(service, body).await["confirm_token"].as_str().unwrap())
}

/// The code of what refuses a request.
async fn refused(request: RequestBuilder) -> (u16, String) {
    let (status, problem) = json(request).await;
    (status, problem["code"].as_str().unwrap().to_owned())
}

/// What gRPC answers, and how the call ends.
async fn call(
    service: &TestService,
    key: &str,
    requests: Vec<BatchRenderFragmentsRequest>,
) -> (Vec<BatchRenderFragmentsResponse>, Option<Status>) {
    let mut grpc = FragmentServiceClient::new(service.channel().await);
    let mut request = Request::new(stream::iter(requests));
    request.metadata_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
    let answers: Vec<_> = match grpc.batch_render_fragments(request).await {
        Ok(answers) => answers.into_inner().collect().await,
        Err(status) => vec![Err(status)],
    };
    let (answers, errors): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    (answers.into_iter().map(Result::unwrap).collect(), errors.into_iter().find_map(Result::err))
}

fn messages(lines: &[Value], dry_run: bool, confirm_token: Option<&str>) -> Vec<BatchRenderFragmentsRequest> {
    let mut messages: Vec<_> = lines.iter().map(item).collect();
    messages[0].dry_run = dry_run;
    messages[0].confirm_token = confirm_token.map(str::to_owned);
    messages
}

async fn token_of_grpc(service: &TestService, lines: &[Value]) -> String {
    let (answers, _) = call(service, KEY, messages(lines, true, None)).await;
    match answers.last().unwrap().result.as_ref().unwrap() {
        Content::Summary(summary) => summary.confirm_token.clone(),
        other => panic!("{other:?}"),
    }
}

/// The code of what ends a call of gRPC that answered nothing.
async fn refused_by_grpc(
    service: &TestService,
    key: &str,
    requests: Vec<BatchRenderFragmentsRequest>,
) -> (Code, String) {
    let (answers, status) = call(service, key, requests).await;
    assert_eq!(answers, [], "nothing was rendered");
    let status = status.expect("an error");
    (status.code(), reason(&status))
}

#[tokio::test]
async fn what_was_previewed_and_is_confirmed_is_answered_as_ever() {
    let service = TestService::start().await;
    let plain = text(post(&service, "", body(&sent()))).await;
    let summary = trial(&service, body(&sent())).await;
    assert_eq!(summary["expires_at"], "2026-01-02T03:34:05Z");
    let confirmed = token(&service, body(&sent())).await;
    service.clock.advance(SignedDuration::from_secs(30 * 60 - 1));
    assert_eq!(text(post(&service, &confirmed, body(&sent()))).await, plain);
    assert_eq!(text(post(&service, &confirmed, body(&sent()))).await, plain, "nothing is used up");
    let long = format!("{}{}\n{}", body(&sent()), "x".repeat(70_000), body(&sent()));
    let plain_long = text(post(&service, "", long.clone())).await;
    assert!(plain_long.contains("too_large"));
    let confirmed_long = token(&service, long.clone()).await;
    assert_eq!(text(post(&service, &confirmed_long, long)).await, plain_long, "what was wrong is wrong again");
    let with_other_ends = body(&sent()).replace('\n', "\n\n");
    assert_eq!(text(post(&service, &confirmed, with_other_ends.trim_end().to_owned())).await, plain);

    let plain = call(&service, KEY, messages(&sent(), false, None)).await.0;
    let confirmed = token_of_grpc(&service, &sent()).await;
    assert_eq!(call(&service, KEY, messages(&sent(), false, Some(&confirmed))).await.0, plain);
}

#[tokio::test]
async fn other_items_than_those_that_were_previewed_are_not_answered() {
    let service = TestService::start().await;
    let (by_rest, by_grpc) = (token(&service, body(&sent())).await, token_of_grpc(&service, &sent()).await);
    let mut cases = Vec::new();
    let mut changed = |change: fn(&mut Vec<Value>)| {
        let mut lines = sent();
        change(&mut lines);
        cases.push(lines);
    };
    changed(|lines| lines.swap(2, 3));
    changed(|lines| lines[4]["context"]["phase"] = json!("shock"));
    changed(|lines| lines[0]["ref"] = json!("another"));
    changed(|lines| lines.push(json!({ "context": { "kind": "idea" } })));
    changed(|lines| lines.truncate(2));
    for lines in cases {
        let found = refused(post(&service, &by_rest, body(&lines))).await;
        assert_eq!(found, (412, "preview_of_other_items".to_owned()), "{lines:?}");
        let found = refused_by_grpc(&service, KEY, messages(&lines, false, Some(&by_grpc))).await;
        assert_eq!(found, (Code::Aborted, "PREVIEW_OF_OTHER_ITEMS".to_owned()), "{lines:?}");
    }
    // The line that is cut off would be read as the one that was previewed.
    let long = body(&sent()) + &" ".repeat(70_000) + "x\n";
    assert_eq!(refused(post(&service, &by_rest, long)).await.1, "preview_of_other_items");
    assert_eq!(refused(post(&service, &by_rest, String::new())).await.1, "preview_of_other_items");
}

#[tokio::test]
async fn a_preview_that_no_longer_holds_is_not_confirmed_and_says_why() {
    let service = TestService::start().await;
    let (by_rest, by_grpc) = (token(&service, body(&sent())).await, token_of_grpc(&service, &sent()).await);
    let rest = async || post(&service, &by_rest, body(&sent()));
    let grpc = async |key: &str| refused_by_grpc(&service, key, messages(&sent(), false, Some(&by_grpc))).await.1;

    let french = rest().await.header("accept-language", "fr");
    assert_eq!(refused(french).await, (412, "preview_of_other_options".to_owned()));
    let tenant = add_tenant(&service, "another").await;
    let other = add_key(&service, Some(tenant), &[Scope::Guidance]).await;
    let theirs = Client::new().request(Method::POST, format!("{}{PATH}{by_rest}", service.http)).bearer_auth(&other);
    let theirs = theirs.header("content-type", "application/x-ndjson").body(body(&sent()));
    assert_eq!(refused(theirs).await, (412, "preview_of_another_tenant".to_owned()));
    assert_eq!(grpc(&other).await, "PREVIEW_OF_ANOTHER_TENANT");

    let put = Client::new().put(format!("{}/v1/overlays/en/tip.take-time-first", service.http)).bearer_auth(KEY);
    assert_eq!(put.json(&json!({ "text": { "title": "Take your time" } })).send().await.unwrap().status(), 200);
    assert_eq!(rest().await.send().await.unwrap().status(), 200, "a draft changes nothing");
    assert_eq!(service.post("/v1/overlays/publish", &json!({})).send().await.unwrap().status(), 201);
    assert_eq!(refused(rest().await).await, (412, "preview_of_other_overlays".to_owned()));
    assert_eq!(grpc(KEY).await, "PREVIEW_OF_OTHER_OVERLAYS");
    assert_eq!(service.post("/v1/overlays/rollback", &json!({ "version": 0 })).send().await.unwrap().status(), 201);
    assert_eq!(rest().await.send().await.unwrap().status(), 200, "the same as it was");

    service.clock.advance(SignedDuration::from_mins(30));
    assert_eq!(refused(rest().await).await, (412, "preview_expired".to_owned()));
    assert_eq!(grpc(KEY).await, "PREVIEW_EXPIRED");
}

#[tokio::test]
async fn a_token_is_good_on_every_replica_and_not_with_another_catalog() {
    let database = sqlite::database();
    let service = TestService::start_on(&database.url).await;
    let confirmed = token(&service, body(&sent())).await;
    let replica = TestService::start_replica(&database.url, 2).await;
    assert_eq!(post(&replica, &confirmed, body(&sent())).send().await.unwrap().status(), 200);
    let folder = tempfile::tempdir().unwrap();
    archive::with_older(folder.path());
    let upgraded = TestService::start_on_with_archive(&database.url, folder.path()).await;
    let refused = refused(post(&upgraded, &confirmed, body(&sent()))).await;
    assert_eq!(refused, (412, "preview_of_another_catalog".to_owned()));
}

#[tokio::test]
async fn what_is_no_token_is_refused_before_anything_is_read() {
    let service = TestService::start().await;
    let good = trial(&service, body(&sent())).await["confirm_token"].as_str().unwrap().to_owned();
    let last = if good.ends_with('0') { "1" } else { "0" };
    let forged = good[..good.len() - 1].to_owned() + last;
    // The moment until which it is good stands in the first digits.
    let longer = format!("f{}", &good[1..]);
    for wrong in ["", "x", &good[2..], &forged, &longer, &"é".repeat(good.len() / 2)] {
        let (status, problem) = json(post(&service, &format!("?confirm_token={wrong}"), body(&sent()))).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/confirm_token")), "{wrong}");
        let found = refused_by_grpc(&service, KEY, messages(&sent(), false, Some(wrong))).await;
        assert_eq!(found, (Code::InvalidArgument, "INVALID_REQUEST".to_owned()), "{wrong}");
    }
    let both = refused(post(&service, &format!("?dry_run=true&confirm_token={good}"), body(&sent()))).await;
    assert_eq!(both, (422, "invalid_request".to_owned()));
    assert_eq!(refused_by_grpc(&service, KEY, messages(&sent(), true, Some(&good))).await.0, Code::InvalidArgument);
    let mut late = messages(&sent(), false, None);
    late[2].confirm_token = Some(good);
    let (answers, status) = call(&service, KEY, late).await;
    assert!(status.is_none() && answers.iter().any(|answer| format!("{answer:?}").contains("/confirm_token")));
}

#[tokio::test]
async fn what_is_too_much_to_be_held_back_gets_no_token() {
    let service = TestService::start().await;
    let line = json!({ "ref": "r".repeat(200), "context": { "kind": "idea" }, "locale": " ".repeat(60_000) });
    let large = body(&vec![line; 140]);
    let summary = trial(&service, large.clone()).await;
    assert_eq!((summary.get("confirm_token"), summary.get("expires_at")), (None, None));
    let small = token(&service, body(&sent())).await;
    assert_eq!(refused(post(&service, &small, large)).await, (413, "too_large".to_owned()));
}

#[tokio::test]
async fn a_tenant_may_ask_for_a_preview_before_anything_is_rendered() {
    let service = TestService::start().await;
    let put = async |settings: Value| {
        let put = Client::new().put(format!("{}/v1/tenant-settings", service.http)).bearer_auth(KEY);
        json(put.json(&settings)).await
    };
    let (status, problem) = put(json!({ "bulk_confirmation": "perhaps" })).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/bulk_confirmation")));
    let (status, settings) = put(json!({ "bulk_confirmation": "required" })).await;
    assert_eq!((status, &settings["bulk_confirmation"]), (200, &json!("required")));

    let without = refused(post(&service, "", body(&sent()))).await;
    assert_eq!(without, (409, "confirmation_required".to_owned()));
    let without = refused_by_grpc(&service, KEY, messages(&sent(), false, None)).await;
    assert_eq!(without, (Code::FailedPrecondition, "CONFIRMATION_REQUIRED".to_owned()));
    let confirmed = token(&service, body(&sent())).await;
    assert_eq!(post(&service, &confirmed, body(&sent())).send().await.unwrap().status(), 200);
    let confirmed = token_of_grpc(&service, &sent()).await;
    assert!(call(&service, KEY, messages(&sent(), false, Some(&confirmed))).await.1.is_none());
    let mut grpc = FragmentServiceClient::new(service.channel().await);
    let one = rebound_tests::proto::RenderFragmentRequest { context: item(&sent()[0]).context, ..Default::default() };
    assert!(grpc.render_fragment(with_key(one)).await.is_ok(), "one alone needs none");

    assert_eq!(put(json!({ "bulk_confirmation": "optional" })).await.0, 200);
    assert_eq!(post(&service, "", body(&sent())).send().await.unwrap().status(), 200);
}
