//! Which traces are kept: as the client decided, unless the variables say otherwise.

use rebound_tests::collector::{Protocol, Received, trace_of};
use serde_json::json;

use crate::world::{CLIENT, World, sampled};

const KEPT: &str = "11111111111111111111111111111111";
const OTHER: &str = "22222222222222222222222222222222";

/// Has a request answered that its client does not keep, and then one that it keeps.
async fn both(world: &World) {
    let asked = json!({"context": {"kind": "idea"}});
    let lost = world.post("/v1/guidance", asked.to_string(), &format!("00-{OTHER}-{CLIENT}-00"));
    let answer = lost.send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers().get("traceparent")), (200, None));
    world.posted("/v1/guidance", &asked, &sampled(KEPT)).await;
}

fn has(received: &Received, trace: &str) -> bool {
    received.find(trace, "POST /v1/guidance").is_some()
}

#[tokio::test]
async fn the_decision_of_the_client_holds() {
    let mut world = World::start(Protocol::HttpProtobuf, &[]).await;
    both(&world).await;
    let received = world.collector.until(|received| has(received, KEPT) && received.logs.len() >= 3).await;
    assert!(received.spans.iter().all(|span| trace_of(&span.trace_id) != OTHER));
    // Its line names the trace all the same.
    let mut lines = received.logs.iter().filter(|(scope, _)| scope == "rebound::access");
    let line = lines.find(|(_, record)| trace_of(&record.trace_id) == OTHER).expect("a line");
    assert!(line.1.span_id.is_empty());
}

#[tokio::test]
async fn a_ratio_decides_where_the_client_does_not() {
    // The low half of an id counts: the first trace is below a tenth of all, the second is above.
    let ratio = [("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0.1")];
    let mut world = World::start(Protocol::Grpc, &ratio).await;
    let asked = json!({"context": {"kind": "idea"}});
    world.posted("/v1/guidance", &asked, &sampled(OTHER)).await;
    world.posted("/v1/guidance", &asked, &format!("00-{KEPT}-{CLIENT}-00")).await;
    let received = world.collector.until(|received| has(received, KEPT)).await;
    assert!(!has(received, OTHER));
}

#[tokio::test]
async fn nothing_is_continued_where_no_propagator_is() {
    let mut world = World::start(Protocol::Grpc, &[("OTEL_PROPAGATORS", "none")]).await;
    world.posted("/v1/guidance", &json!({"context": {"kind": "idea"}}), &sampled(KEPT)).await;
    let is_there = |received: &Received| received.spans.iter().any(|span| span.name == "POST /v1/guidance");
    let received = world.collector.until(is_there).await;
    let span = received.spans.iter().find(|span| span.name == "POST /v1/guidance").unwrap();
    assert!(trace_of(&span.trace_id) != KEPT && span.parent_span_id.is_empty());
}

#[tokio::test]
async fn what_is_not_to_be_sent_is_not() {
    let quiet = [("OTEL_TRACES_EXPORTER", "none"), ("OTEL_METRICS_EXPORTER", "none")];
    let mut world = World::start(Protocol::Grpc, &quiet).await;
    let asked = json!({"context": {"kind": "idea"}});
    let answer = world.post("/v1/guidance", asked.to_string(), &sampled(KEPT)).send().await.unwrap();
    assert_eq!(answer.headers().get("traceparent"), None);
    let is_there = |received: &Received| received.logs.iter().any(|(_, record)| trace_of(&record.trace_id) == KEPT);
    let received = world.collector.until(is_there).await;
    assert!(received.spans.is_empty() && received.metrics.is_empty());
    let (_, log) = tokio::task::spawn_blocking(move || world.process.end()).await.unwrap();
    assert!(log.lines().any(|line| line.contains("rebound::access") && line.contains(KEPT)), "{log}");
}
