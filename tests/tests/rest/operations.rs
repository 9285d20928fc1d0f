//! What an operator reads without a key, and what every answer carries.

use rebound_domain::environment::Clock as _;
use rebound_tests::service::{TestService, json};
use serde_json::{Value, json};

#[tokio::test]
async fn probes_metrics_and_documents_need_no_key() {
    let service = TestService::start().await;
    for path in ["/livez", "/readyz"] {
        assert_eq!(service.get_without_key(path).send().await.unwrap().text().await.unwrap(), "ok");
    }
    let (_, document) = json(service.get_without_key("/openapi.json")).await;
    assert_eq!(document["openapi"], "3.1.0");
    let page = service.get_without_key("/docs/").send().await.unwrap();
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'self'"));
    let html = page.text().await.unwrap();
    assert!(html.contains("swagger-ui"));
    assert!(!html.contains("http://") && !html.contains("https://"), "the page works offline");
}

#[tokio::test]
async fn metrics_count_requests_and_the_memo() {
    let service = TestService::start().await;
    let request = json!({ "context": { "kind": "idea" } });
    for _ in 0..3 {
        json(service.post("/v1/guidance", &request)).await;
    }
    json(service.get("/v1/guidance?kind=moon")).await;
    let metrics = service.get_without_key("/metrics").send().await.unwrap().text().await.unwrap();
    for line in [
        "rebound_http_requests_total{method=\"POST\",route=\"/v1/guidance\",status=\"200\"} 3",
        "rebound_http_requests_total{method=\"GET\",route=\"/v1/guidance\",status=\"422\"} 1",
        "rebound_http_request_duration_seconds_count{method=\"POST\",route=\"/v1/guidance\"} 3",
        "rebound_memo_hits_total{api=\"rest\"} 2",
        "rebound_memo_misses_total{api=\"rest\"} 1",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
    assert!(!metrics.contains("moon"));
}

#[tokio::test]
async fn metrics_say_what_the_process_takes_of_the_machine() {
    let service = TestService::start().await;
    let metrics = service.get_without_key("/metrics").send().await.unwrap().text().await.unwrap();
    let value = |name: &str| -> f64 {
        let line = metrics.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("{name} is missing:\n{metrics}")).parse().unwrap()
    };
    let started = value("process_start_time_seconds") - service.clock.now().as_duration().as_secs_f64();
    assert!(started.abs() < 1e-3, "{started} after the clock");
    if cfg!(target_os = "linux") {
        assert!(value("process_resident_memory_bytes") > 1e6, "{metrics}");
        assert!(value("process_cpu_seconds_total") > 0.0, "{metrics}");
        let (open, most) = (value("process_open_fds"), value("process_max_fds"));
        assert!(3.0 < open && open < most, "{open} of {most}");
    }
}

#[tokio::test]
async fn a_shutdown_lets_a_request_that_was_accepted_end() {
    let service = TestService::start().await;
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel::<Result<String, std::io::Error>>();
    let body = reqwest::Body::wrap_stream(tokio_stream::wrappers::UnboundedReceiverStream::new(receiver));
    let line = format!("{}\n", json!({ "context": { "kind": "idea" } }));
    sender.send(Ok(line.clone())).unwrap();
    let request = service.post_bytes("/v1/guidance/batch", "application/x-ndjson", body);
    let mut answers = request.send().await.unwrap();
    assert!(answers.chunk().await.unwrap().is_some());
    let (address, stopping) = (service.http.clone(), tokio::spawn(service.app.shutdown()));
    while reqwest::Client::new().get(format!("{address}/livez")).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
    sender.send(Ok(line)).unwrap();
    drop(sender);
    assert!(answers.chunk().await.unwrap().is_some());
    assert!(answers.chunk().await.unwrap().is_none());
    assert!(stopping.await.unwrap(), "everything ended in time");
}

#[tokio::test]
async fn every_answer_carries_a_request_id() {
    let service = TestService::start().await;
    let answer = service.get("/livez").header("x-request-id", "mine-1").send().await.unwrap();
    assert_eq!(answer.headers()["x-request-id"], "mine-1");
    let answer = service.get("/v1/moon").header("x-request-id", "mine-2").send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["instance"], "mine-2");
    let unusable = "x".repeat(129);
    for given in ["", "with space", &unusable] {
        let answer = service.get("/livez").header("x-request-id", given).send().await.unwrap();
        assert!(answer.headers()["x-request-id"].to_str().unwrap().starts_with("req_"), "{given}");
    }
    let (one, two) = (service.get("/livez").send().await.unwrap(), service.get("/livez").send().await.unwrap());
    assert_ne!(one.headers()["x-request-id"], two.headers()["x-request-id"]);
}
