//! Bulk calls that are confirmed pay as a whole where they can: what somebody looked at is not answered in part.

use futures_util::StreamExt as _;
use jiff::SignedDuration;
use rebound_tests::proto::batch_render_fragments_response::Result as Content;
use rebound_tests::proto::fragment_service_client::FragmentServiceClient;
use rebound_tests::proto::{BatchRenderFragmentsRequest, BatchRenderFragmentsResponse, Context, Kind};
use rebound_tests::service::{TestService, json, reason, with_key};
use serde_json::{Value, json};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::{metric, rates, sent, told};

const PATH: &str = "/v1/fragments/batch";
const NDJSON: &str = "application/x-ndjson";

fn body(count: usize) -> String {
    let line = |number: usize| json!({ "ref": number.to_string(), "context": { "kind": "idea" } }).to_string() + "\n";
    (0..count).map(line).collect()
}

async fn lines(service: &TestService, query: &str, body: String) -> Vec<Value> {
    let answer = sent(service.post_bytes(&format!("{PATH}{query}"), NDJSON, body)).await;
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn token(service: &TestService, body: String) -> String {
    let answers = lines(service, "?dry_run=true", body).await;
    format!("?confirm_token={}", answers.last().unwrap()["summary"]["confirm_token"].as_str().unwrap())
}

/// What is left of the rate of the key, once that many seconds are over.
async fn left(service: &TestService) -> String {
    let (_, state) = told(service.get(crate::PATH)).await;
    state.split(';').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn what_fits_is_answered_as_a_whole_or_not_at_all() {
    let service = TestService::start_with_settings(rates(6, 0)).await;
    let token = token(&service, body(5)).await;
    // One is left, which the request itself takes.
    let confirmed = || service.post_bytes(&format!("{PATH}{token}"), NDJSON, body(5));
    let (status, problem) = json(confirmed()).await;
    assert_eq!((status, &problem["code"], &problem["limit"]), (429, &json!("rate_limited"), &json!("key")));
    assert!(metric(&service, "rebound_limited_total{api=\"rest\",reason=\"key\"} 1").await);
    service.clock.advance(SignedDuration::from_secs(60));
    let answers = lines(&service, &token, body(5)).await;
    assert_eq!(answers.len(), 6, "a fragment, and five that name it");
    assert!(answers.iter().all(|answer| answer.get("error").is_none()), "{answers:?}");
    assert_eq!(left(&service).await, "r=0", "each line has paid once");
}

#[tokio::test]
async fn what_never_fits_is_answered_as_far_as_it_can_be_paid_for() {
    let service = TestService::start_with_settings(rates(4, 0)).await;
    // More than can come in a minute are previewed while there is no limit.
    let (tenant, _) = service.first_key().await;
    let set = async |limits: Value| {
        let put = service.put_json(&format!("/v1/tenants/{tenant}/limits"), limits.to_string());
        assert_eq!(sent(put).await.status(), 200);
    };
    set(json!({ "key_requests_per_minute": 0 })).await;
    let token = token(&service, body(9)).await;
    set(json!({})).await;
    // What was asked before there was no limit is forgotten.
    service.clock.advance(SignedDuration::from_secs(60));
    let answers = lines(&service, &token, body(9)).await;
    assert_eq!(answers.len(), 10);
    let refused: Vec<_> = answers.iter().filter(|answer| answer.get("error").is_some()).collect();
    assert_eq!(refused.len(), 5, "{answers:?}");
    assert_eq!((&refused[0]["ref"], &refused[0]["error"]["code"]), (&json!("4"), &json!("rate_limited")));
}

#[tokio::test]
async fn a_trial_that_a_limit_cut_short_cannot_be_confirmed() {
    let service = TestService::start_with_settings(rates(2, 0)).await;
    let answers = lines(&service, "?dry_run=true", body(3)).await;
    assert_eq!(answers.last().unwrap()["summary"].get("confirm_token"), None);
    service.clock.advance(SignedDuration::from_secs(60));
    let (answers, _) = call(&service, messages(3, true, None)).await;
    assert_eq!(summary_token(&answers), "");
}

fn messages(count: usize, dry_run: bool, confirm_token: Option<&str>) -> Vec<BatchRenderFragmentsRequest> {
    let message = |number: usize| BatchRenderFragmentsRequest {
        r#ref: number.to_string(),
        context: Some(Context { kind: Kind::Idea.into(), ..Context::default() }),
        dry_run: dry_run && number == 0,
        confirm_token: confirm_token.filter(|_| number == 0).map(str::to_owned),
        ..BatchRenderFragmentsRequest::default()
    };
    (0..count).map(message).collect()
}

async fn call(
    service: &TestService,
    messages: Vec<BatchRenderFragmentsRequest>,
) -> (Vec<BatchRenderFragmentsResponse>, Option<Status>) {
    let mut client = FragmentServiceClient::new(service.channel().await);
    let answers = client.batch_render_fragments(with_key(tokio_stream::iter(messages))).await.unwrap().into_inner();
    let (mut good, mut end) = (Vec::new(), None);
    for answer in answers.collect::<Vec<_>>().await {
        match answer {
            Ok(answer) => good.push(answer),
            Err(status) => end = Some(status),
        }
    }
    (good, end)
}

fn summary_token(answers: &[BatchRenderFragmentsResponse]) -> String {
    match answers.last().unwrap().result.as_ref().unwrap() {
        Content::Summary(summary) => summary.confirm_token.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn over_grpc_too_it_is_all_or_nothing() {
    let service = TestService::start_with_settings(rates(6, 0)).await;
    let token = summary_token(&call(&service, messages(5, true, None)).await.0);
    let (answers, status) = call(&service, messages(5, false, Some(&token))).await;
    let status = status.unwrap();
    assert_eq!((answers.len(), status.code(), &*reason(&status)), (0, Code::ResourceExhausted, "RATE_LIMITED"));
    assert!(status.get_details_retry_info().is_some());
    assert!(metric(&service, "rebound_limited_total{api=\"grpc\",reason=\"key\"} 1").await);
    service.clock.advance(SignedDuration::from_secs(60));
    let (answers, status) = call(&service, messages(5, false, Some(&token))).await;
    assert!(status.is_none(), "{status:?}");
    assert_eq!(answers.len(), 6);
    assert!(!answers.iter().any(|answer| matches!(answer.result, Some(Content::Error(_)))), "{answers:?}");
    assert_eq!(left(&service).await, "r=0", "each message has paid once");
}
