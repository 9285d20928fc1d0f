//! What a client sends, and what a person wrote, is in no signal: not in a span, a metric or a log record.

use rebound_tests::collector::Protocol;
use rebound_tests::proto::guidance_service_client::GuidanceServiceClient;
use rebound_tests::proto::history_service_client::HistoryServiceClient;
use rebound_tests::proto::{Context, CreateRejectionRequest, GetGuidanceRequest, Kind};
use rebound_tests::service::KEY;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::world::{World, call, sampled};

/// Stands in everything that a client may send.
const MARKER: &str = "zebra-crossing-at-midnight";

const TRACE: &str = "77777777777777777777777777777777";

#[tokio::test]
async fn nothing_of_a_person_or_a_key_is_in_any_signal() {
    let much = [
        ("REBOUND_LOG", "trace"),
        ("OTEL_TRACES_SAMPLER", "always_on"),
        ("OTEL_BLRP_MAX_QUEUE_SIZE", "1000000"),
        ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "2000"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20secret-of-the-collector"),
    ];
    let mut world = World::start(Protocol::HttpProtobuf, &much).await;
    for request in requests(&world).await {
        request.header("traceparent", sampled(TRACE)).send().await.unwrap();
    }
    over_grpc(&world).await;
    let route = "DELETE /v1/users/{user_id}";
    let is_all = |received: &rebound_tests::collector::Received| {
        received.find(TRACE, route).is_some() && received.find(TRACE, "check draft").is_some()
    };
    world.collector.until(is_all).await;
    let World { mut collector, process, .. } = world;
    let (ended, log) = tokio::task::spawn_blocking(move || process.end()).await.unwrap();
    assert!(ended.success());
    let received = collector.rest();
    assert!(received.spans.len() > 30 && received.logs.len() > 30 && received.metrics.len() > 5);
    for secret in [MARKER, KEY, "secret-of-the-collector"] {
        let is_in = received.bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!is_in, "{secret} is in a signal");
        let lines: Vec<_> = log.lines().filter(|line| line.contains(secret)).collect();
        assert!(lines.is_empty(), "{lines:#?}");
    }
}

/// Requests that plant the marker everywhere.
async fn requests(world: &World) -> Vec<RequestBuilder> {
    let client = reqwest::Client::new();
    let request = |method: Method, path: &str| client.request(method, format!("{}{path}", world.process.http));
    let base = format!("/v1/users/{MARKER}");
    let record = json!({
        "kind": "job_application", "conversation": "held", "phase": "processing", "organization": MARKER,
        "role": MARKER, "external_ref": MARKER, "occurred_at": "2026-01-02T10:00:00Z",
    });
    let rejection = world.posted(&format!("{base}/rejections"), &record, &sampled(TRACE)).await;
    let below = format!("{base}/rejections/{}", rejection["id"].as_str().unwrap());
    let posts = [
        (format!("{below}/feedback"), json!({"received_at": "2026-01-02T12:00:00Z", "text": MARKER})),
        (format!("{base}/action-items"), json!({"title": MARKER})),
        (
            "/v1/replies".to_owned(),
            json!({
                "template": "thank-you", "context": {"kind": "job_application", "conversation_with": ["hiring_manager"]},
                "variables": {"recipient_name": MARKER, "sender_name": MARKER, "role": MARKER},
            }),
        ),
        ("/v1/replies".to_owned(), json!({"template": MARKER, "context": {"kind": MARKER}})),
        ("/v1/drafts/check".to_owned(), json!({"profile": "candidate_reply", "text": format!("You {MARKER} idiots!")})),
        ("/v1/fragments".to_owned(), json!({"context": {"kind": "idea"}, "brand": {"name": MARKER}})),
        ("/v1/guidance".to_owned(), json!({"context": {"kind": MARKER}})),
        ("/v1/guidance/batch".to_owned(), json!({"ref": MARKER, "context": {"kind": "idea"}})),
        ("/v1/overlays/publish".to_owned(), json!({"note": MARKER})),
    ];
    let overlay = request(Method::PUT, "/v1/overlays/en/tip.thank-the-person");
    let mut all = vec![overlay.json(&json!({"text": {"title": MARKER}})).bearer_auth(KEY)];
    all.extend(posts.iter().map(|(path, body)| {
        let kind = if path.ends_with("batch") { "application/x-ndjson" } else { "application/json" };
        request(Method::POST, path).bearer_auth(KEY).header("content-type", kind).body(body.to_string())
    }));
    all.extend([
        request(Method::GET, &format!("/v1/guidance?kind={MARKER}")).bearer_auth(KEY),
        request(Method::GET, &format!("/{MARKER}?{MARKER}")).bearer_auth(MARKER).header("user-agent", MARKER),
        request(Method::GET, "/v1/tips").bearer_auth(KEY).header("host", MARKER).header("cookie", MARKER),
        request(Method::from_bytes(MARKER.as_bytes()).unwrap(), "/v1/tips").bearer_auth(KEY),
        request(Method::GET, &below).bearer_auth(KEY),
        request(Method::GET, &format!("{base}/export")).bearer_auth(KEY),
        request(Method::DELETE, &base).bearer_auth(KEY),
    ]);
    all
}

async fn over_grpc(world: &World) {
    let channel = world.channel().await;
    let asked = CreateRejectionRequest {
        user_id: MARKER.to_owned(),
        context: Some(Context { kind: Kind::Idea.into(), ..Context::default() }),
        organization: Some(MARKER.to_owned()),
        occurred_at: Some(prost_types::Timestamp { seconds: 1_767_000_000, nanos: 0 }),
        ..CreateRejectionRequest::default()
    };
    HistoryServiceClient::new(channel.clone()).create_rejection(call(asked, &sampled(TRACE))).await.unwrap();
    let mut asked = call(GetGuidanceRequest { locale: Some(MARKER.to_owned()), ..Default::default() }, &sampled(TRACE));
    asked.metadata_mut().insert("note", MARKER.parse().unwrap());
    GuidanceServiceClient::new(channel).get_guidance(asked).await.unwrap_err();
}
