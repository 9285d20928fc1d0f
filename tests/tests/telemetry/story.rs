//! A rejection is written, and guidance read, over REST and over gRPC: what a collector hears of it.

use opentelemetry_proto::tonic::metrics::v1::Exemplar;
use opentelemetry_proto::tonic::metrics::v1::exemplar::Value;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use rebound_tests::collector::{Protocol, Received, text, trace_of};
use rebound_tests::proto::guidance_service_client::GuidanceServiceClient;
use rebound_tests::proto::history_service_client::HistoryServiceClient;
use rebound_tests::proto::{Context, CreateRejectionRequest, GetGuidanceRequest, Kind};
use serde_json::json;

use crate::world::{CLIENT, World, call, id, is_child, is_linked, sampled};

const WRITTEN: &str = "11111111111111111111111111111111";
const READ: &str = "22222222222222222222222222222222";
const CALLED: &str = "33333333333333333333333333333333";
const ASKED: &str = "44444444444444444444444444444444";
const BATCH: &str = "55555555555555555555555555555555";

const ROUTE: &str = "POST /v1/users/{user_id}/rejections";
const METHOD: &str = "rebound.v1.HistoryService/CreateRejection";

#[tokio::test]
async fn a_story_is_heard_over_grpc() {
    told(Protocol::Grpc, "none").await;
}

#[tokio::test]
async fn a_story_is_heard_over_http() {
    told(Protocol::HttpProtobuf, "none").await;
}

#[tokio::test]
async fn a_story_is_heard_compressed_over_grpc() {
    told(Protocol::Grpc, "gzip").await;
}

#[tokio::test]
async fn a_story_is_heard_compressed_over_http() {
    told(Protocol::HttpProtobuf, "gzip").await;
}

async fn told(protocol: Protocol, compression: &str) {
    let resource = [
        ("OTEL_EXPORTER_OTLP_COMPRESSION", compression),
        ("OTEL_SERVICE_NAME", "rebound-of-a-test"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=other,deployment.environment.name=a%20test"),
    ];
    let mut world = World::start(protocol, &resource).await;
    over_rest(&world).await;
    over_grpc(&world).await;
    let received = world.collector.until(is_enough).await;
    for resource in &received.resources {
        assert_eq!(text(&resource.attributes, "service.name"), "rebound-of-a-test");
        assert_eq!(text(&resource.attributes, "deployment.environment.name"), "a test");
        assert_eq!(text(&resource.attributes, "telemetry.sdk.language"), "rust");
    }
    assert_request(received);
    assert_call(received);
    assert_batch(received);
    assert_metrics(received);
    assert_exemplars(received);
    assert_logs(received, &world.process.logged());
}

async fn over_rest(world: &World) {
    let rejection = json!({"kind": "promotion", "occurred_at": "2026-01-01T10:00:00Z"});
    let answer = world.post("/v1/users/someone/rejections", rejection.to_string(), &sampled(WRITTEN));
    let answer = answer.header("tracestate", "vendor=value").send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let told = answer.headers()["traceparent"].to_str().unwrap().to_owned();
    assert!(told.starts_with(&format!("00-{WRITTEN}-")) && told.ends_with("-01") && !told.contains(CLIENT), "{told}");
    let asked = json!({"context": {"kind": "promotion"}});
    for _ in 0..2 {
        world.posted("/v1/guidance", &asked, &sampled(READ)).await;
    }
    let lines = format!("{}\n{}\n", json!({"ref": "1", "context": {"kind": "idea"}}), json!({"context": {}}));
    let answer = world.post("/v1/guidance/batch", lines, &sampled(BATCH)).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap().lines().count(), 2);
}

async fn over_grpc(world: &World) {
    let channel = world.channel().await;
    let context = Context { kind: Kind::Promotion.into(), ..Context::default() };
    let asked = CreateRejectionRequest {
        user_id: "somebody".to_owned(),
        context: Some(context.clone()),
        occurred_at: Some(prost_types::Timestamp { seconds: 1_767_000_000, nanos: 0 }),
        ..CreateRejectionRequest::default()
    };
    let mut client = HistoryServiceClient::new(channel.clone());
    let answer = client.create_rejection(call(asked, &sampled(CALLED))).await.unwrap();
    assert!(answer.metadata().get("traceparent").unwrap().to_str().unwrap().starts_with(&format!("00-{CALLED}-")));
    let asked = GetGuidanceRequest { context: Some(context), ..GetGuidanceRequest::default() };
    GuidanceServiceClient::new(channel).get_guidance(call(asked, &sampled(ASKED))).await.unwrap();
}

fn is_enough(received: &Received) -> bool {
    let of = |trace: &str| received.spans.iter().filter(|span| trace_of(&span.trace_id) == trace).count();
    let has_groups = received.spans.iter().filter(|span| span.name == "group commit").count() >= 2;
    let is_counted = |metric: &str| received.metrics.iter().any(|known| known.name == metric);
    let lines = received.logs.iter().filter(|(scope, _)| scope == "rebound::access").count();
    has_groups
        && received.find(WRITTEN, ROUTE).is_some()
        && of(READ) >= 4
        && received.find(CALLED, METHOD).is_some()
        && of(ASKED) >= 2
        && received.find(BATCH, "answer batch").is_some()
        && received.spans.iter().filter(|span| span.name == "batch item").count() == 2
        && is_counted("rebound_grpc_requests_total")
        && is_counted("rebound_telemetry_sent_total")
        && [("http", WRITTEN), ("grpc", CALLED)].iter().all(|(api, trace)| exemplar(received, api, trace).is_some())
        && lines >= 6
}

/// One request travels from the client through the API to the database in one trace.
fn assert_request(received: &Received) {
    let span = received.span(WRITTEN, ROUTE);
    assert_eq!((id_of_parent(span), span.kind()), (CLIENT.to_owned(), SpanKind::Server));
    assert_eq!(span.trace_state, "vendor=value");
    for (name, value) in [
        ("http.request.method", "POST"),
        ("http.route", "/v1/users/{user_id}/rejections"),
        ("http.response.status_code", "201"),
        ("url.scheme", "http"),
        ("server.address", "127.0.0.1"),
        ("network.protocol.version", "1.1"),
        ("error.type", ""),
    ] {
        assert_eq!(text(&span.attributes, name), value, "{name}");
    }
    assert_eq!(span.status.as_ref().map_or(0, |status| status.code), 0);
    assert_write(received, span);

    let chosen = |hit: &str| {
        let named = received.spans.iter().filter(|span| span.name == "choose guidance");
        named
            .filter(|span| trace_of(&span.trace_id) == READ && text(&span.attributes, "rebound.memo.hit") == hit)
            .count()
    };
    assert_eq!((chosen("false"), chosen("true")), (1, 1));
}

fn assert_call(received: &Received) {
    let span = received.span(CALLED, METHOD);
    assert_eq!((id_of_parent(span), span.kind()), (CLIENT.to_owned(), SpanKind::Server));
    for (name, value) in [
        ("rpc.system", "grpc"),
        ("rpc.service", "rebound.v1.HistoryService"),
        ("rpc.method", "CreateRejection"),
        ("rpc.grpc.status_code", "0"),
        ("network.protocol.version", "2"),
    ] {
        assert_eq!(text(&span.attributes, name), value, "{name}");
    }
    assert_write(received, span);
    let choice = received.span(ASKED, "choose guidance");
    assert!(is_child(choice, received.span(ASKED, "rebound.v1.GuidanceService/GetGuidance")));
}

/// The write of a request, and the commit that it shared with others.
fn assert_write(received: &Received, request: &Span) {
    let is_write = |span: &&Span| is_child(span, request) && span.name.contains("INSERT rejections");
    let write = received.spans.iter().find(is_write).expect("a write");
    assert_eq!(write.kind(), SpanKind::Client);
    assert_eq!(text(&write.attributes, "db.system.name"), "sqlite");
    assert_eq!(text(&write.attributes, "db.query.summary"), write.name);
    assert_eq!(text(&write.attributes, "rebound.group.size"), "1");
    let groups = received.spans.iter().filter(|span| span.name == "group commit");
    let group = groups.into_iter().find(|group| is_linked(write, group)).expect("a link to the group");
    assert!(is_linked(group, write));
    let commit = received.spans.iter().find(|span| is_child(span, group)).expect("what the group did");
    assert_eq!(text(&commit.attributes, "db.system.name"), "sqlite");

    let read = received.spans.iter().find(|span| is_child(span, request) && span.name == "SELECT people");
    let read = read.expect("the keys of the person");
    assert_eq!(text(&read.attributes, "db.operation.name"), "SELECT");
    assert_eq!(text(&read.attributes, "db.collection.name"), "people");
}

/// Items have traces of their own, linked with that of their call.
fn assert_batch(received: &Received) {
    let batch = received.span(BATCH, "answer batch");
    assert!(is_child(batch, received.span(BATCH, "POST /v1/guidance/batch")));
    assert_eq!(text(&batch.attributes, "rebound.batch.items"), "2");
    for item in received.spans.iter().filter(|span| span.name == "batch item") {
        assert!(is_linked(item, batch) && item.parent_span_id.is_empty() && item.trace_id != batch.trace_id);
    }
}

fn assert_metrics(received: &Received) {
    let requests = received.metric("rebound_http_requests_total");
    let Some(Data::Sum(sum)) = &requests.data else { panic!("{requests:?}") };
    assert!(sum.is_monotonic);
    let written = sum.data_points.iter().find(|point| text(&point.attributes, "status") == "201").unwrap();
    assert_eq!(text(&written.attributes, "route"), "/v1/users/{user_id}/rejections");
    let durations = received.metric("rebound_http_request_duration_seconds");
    assert_eq!(durations.unit, "s");
    let Some(Data::Histogram(histogram)) = &durations.data else { panic!("{durations:?}") };
    for point in &histogram.data_points {
        assert_eq!(point.bucket_counts.len(), point.explicit_bounds.len() + 1);
        assert_eq!(point.bucket_counts.iter().sum::<u64>(), point.count);
    }
}

/// A request that stands for others in a histogram is the one that its span tells of.
fn assert_exemplars(received: &Received) {
    for (api, trace, name) in [("http", WRITTEN, ROUTE), ("grpc", CALLED, METHOD)] {
        let (exemplar, span) = (exemplar(received, api, trace).unwrap(), received.span(trace, name));
        assert_eq!(exemplar.span_id, span.span_id);
        let Some(Value::AsDouble(seconds)) = exemplar.value else { panic!("{exemplar:?}") };
        assert!(seconds > 0.0 && seconds < 10.0, "{seconds}");
    }
}

/// What a collector hears is what stands in the log.
fn assert_logs(received: &Received, lines: &str) {
    let span = received.span(WRITTEN, ROUTE);
    let line = received.logs.iter().find(|(_, record)| record.span_id == span.span_id).expect("a line of the request");
    assert_eq!((line.0.as_str(), trace_of(&line.1.trace_id)), ("rebound::access", WRITTEN.to_owned()));
    assert_eq!(text(&line.1.attributes, "route"), "/v1/users/{user_id}/rejections");
    assert_eq!(text(&line.1.attributes, "status"), "201");
    let lines: Vec<serde_json::Value> = lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let same = lines.iter().find(|line| line["span_id"] == id(span)).expect("the same line");
    assert_eq!(same["trace_id"], WRITTEN);
    assert_eq!(same["request_id"], text(&line.1.attributes, "request_id"));
}

/// The request of a trace, where it stands for others in the durations of an API.
fn exemplar<'a>(received: &'a Received, api: &str, trace: &str) -> Option<&'a Exemplar> {
    let name = format!("rebound_{api}_request_duration_seconds");
    let mut all = received.exemplars.iter().filter(|(metric, _)| *metric == name).map(|(_, exemplar)| exemplar);
    all.find(|exemplar| trace_of(&exemplar.trace_id) == trace)
}

fn id_of_parent(span: &Span) -> String {
    trace_of(&span.parent_span_id)
}
