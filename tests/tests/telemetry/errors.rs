//! What is the server's fault, and only that, has the status error.

use opentelemetry_proto::tonic::trace::v1::Status;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use rebound_tests::collector::{Collector, Protocol, Received, text};
use rebound_tests::postgres;
use rebound_tests::process::Process;
use rebound_tests::proxy::Proxy;
use serde_json::json;

use crate::world::{World, is_child, sampled};

const REFUSED: &str = "11111111111111111111111111111111";
const FAILED: &str = "22222222222222222222222222222222";
const PATH: &str = "/v1/users/someone/rejections";
const ROUTE: &str = "POST /v1/users/{user_id}/rejections";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_failure_of_ours_is_an_error() {
    let database = postgres::database().await;
    let (proxy, url) = Proxy::to_url(&database.url).await;
    let (collector, folder) = (Collector::start(Protocol::Grpc).await, tempfile::tempdir().unwrap());
    let process = Process::start_in(folder.path(), &url, &collector.variables());
    let mut world = World::of(collector, process);
    let wrong = world.post(PATH, json!({"kind": "moon"}).to_string(), &sampled(REFUSED)).send().await.unwrap();
    assert_eq!(wrong.status(), 422);
    proxy.cut();
    let record = json!({"kind": "idea", "occurred_at": "2026-01-01T10:00:00Z"}).to_string();
    let failed = world.post(PATH, record, &sampled(FAILED)).send().await.unwrap();
    assert_eq!(failed.status(), 503);
    let both = |received: &Received| [REFUSED, FAILED].iter().all(|trace| received.find(trace, ROUTE).is_some());
    let received = world.collector.until(both).await;

    let refused = received.span(REFUSED, ROUTE);
    assert_eq!(refused.status.as_ref().map(Status::code), Some(StatusCode::Unset));
    assert_eq!(text(&refused.attributes, "http.response.status_code"), "422");
    let failed = received.span(FAILED, ROUTE);
    assert_eq!(failed.status.as_ref().map(Status::code), Some(StatusCode::Error));
    assert_eq!(text(&failed.attributes, "error.type"), "503");
    let step = received.spans.iter().find(|span| is_child(span, failed)).expect("what failed");
    assert_eq!(step.status.as_ref().map(Status::code), Some(StatusCode::Error));
    assert_eq!(text(&step.attributes, "db.system.name"), "postgresql");
    assert_eq!(text(&step.attributes, "error.type"), "unavailable");
}
