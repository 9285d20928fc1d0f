//! A collector that is away, or that never answers: requests are answered all the same, and the service ends in time.

use std::future::pending;
use std::time::Duration;

use rebound_tests::process::Process;
use rebound_tests::service::KEY;
use rebound_tests::sqlite;
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// What the end may take at most: a second to drain is set, and the rest is for a machine that is busy.
const END_WITHIN: Duration = Duration::from_secs(20);

/// How many requests are made: more than there is room for.
const REQUESTS: usize = 60;

/// Has requests answered with a collector there, until something is lost in this way.
async fn lost(url: &str, protocol: &str, reason: &str) {
    let (folder, database) = (tempfile::tempdir().unwrap(), sqlite::database());
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", url),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "60000"),
        ("OTEL_BSP_SCHEDULE_DELAY", "20"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "8"),
        ("OTEL_BSP_EXPORT_TIMEOUT", if reason == "not_taken" { "50" } else { "60000" }),
        ("REBOUND_DRAIN_SECONDS", "1"),
    ];
    let process = Process::start_in(folder.path(), &database.url, &variables);
    let client = reqwest::Client::new();
    let line = format!("rebound_telemetry_dropped_total{{reason=\"{reason}\",signal=\"traces\"}}");
    let mut is_lost = false;
    for number in 0.. {
        let asked = client.get(format!("{}/v1/guidance?kind=idea", process.http)).bearer_auth(KEY);
        assert_eq!(asked.send().await.unwrap().status(), 200);
        let metrics = client.get(format!("{}/metrics", process.http)).send().await.unwrap().text().await.unwrap();
        is_lost |= metrics.lines().any(|known| known.starts_with(&line) && !known.ends_with(" 0"));
        if is_lost && number > REQUESTS {
            break;
        }
    }
    let ended = timeout(END_WITHIN, spawn_blocking(move || process.end())).await;
    let (status, log) = ended.expect("an end in time").unwrap();
    assert!(status.success(), "{log}");
    if reason == "not_taken" {
        let told = log.lines().filter(|line| line.contains("does not take it") && line.contains("\"traces\""));
        assert_eq!(told.count(), 1, "{log}");
    }
}

/// A port at which nobody listens.
async fn nobody() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Somebody who takes connections and never says anything.
async fn somebody_silent() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            kept.push(stream);
        }
        pending::<()>().await;
    });
    url
}

#[tokio::test]
async fn a_collector_that_is_away_over_http() {
    lost(&nobody().await, "http/protobuf", "not_taken").await;
}

#[tokio::test]
async fn a_collector_that_is_away_over_grpc() {
    lost(&nobody().await, "grpc", "not_taken").await;
}

#[tokio::test]
async fn a_collector_that_never_answers_over_http() {
    lost(&somebody_silent().await, "http/protobuf", "no_room").await;
}

#[tokio::test]
async fn a_collector_that_never_answers_over_grpc() {
    lost(&somebody_silent().await, "grpc", "no_room").await;
}
