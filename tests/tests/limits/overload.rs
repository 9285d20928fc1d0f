//! What is more than can be taken on at once is refused at once, and probes are not.

use std::sync::Arc;
use std::time::Duration;

use rebound_server::config::Layer;
use rebound_tests::proto::GetGuidanceRequest;
use rebound_tests::proto::guidance_service_client::GuidanceServiceClient;
use rebound_tests::service::{KEY, TestService, reason, with_key};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::{PATH, metric, sent};

/// A backlog is seen, and seen to be over, within seconds; this is no bound on how long that takes.
const AT_LAST: Duration = Duration::from_mins(2);

/// A request of which the last byte has yet to be sent.
async fn unfinished(service: &TestService) -> TcpStream {
    let body = "{\"context\":{\"kind\":\"idea\"}}";
    let head = format!(
        "POST /v1/guidance HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {KEY}\r\nexpect: 100-continue\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(service.app.http_addr).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    // The service asks for the body when it has begun to answer.
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(&body.as_bytes()[..body.len() - 1]).await.unwrap();
    stream
}

#[tokio::test]
async fn what_is_over_the_limit_is_refused_at_once() {
    let service = TestService::start_with_settings(Layer { max_requests: Some(1), ..Layer::default() }).await;
    assert!(metric(&service, "rebound_limited_total{api=\"rest\",reason=\"overloaded\"} 0").await);
    let mut first = unfinished(&service).await;
    let refused = sent(service.get(PATH)).await;
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].as_bytes()), (503, &b"1"[..]));
    let problem: serde_json::Value = refused.json().await.unwrap();
    assert_eq!((problem["code"].as_str(), problem["retry_after_seconds"].as_u64()), (Some("overloaded"), Some(1)));
    assert!(metric(&service, "rebound_limited_total{api=\"rest\",reason=\"overloaded\"} 1").await);
    for path in ["/livez", "/readyz", "/metrics", "/openapi.json", "/docs/"] {
        assert_eq!(sent(service.get_without_key(path)).await.status(), 200, "{path}");
    }
    first.write_all(b"}").await.unwrap();
    let mut answer = [0; 15];
    first.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    assert_eq!(sent(service.get(PATH)).await.status(), 200);
}

#[tokio::test]
async fn each_door_has_a_limit_of_its_own() {
    let service = TestService::start_with_settings(Layer { max_requests: Some(1), ..Layer::default() }).await;
    let _first = unfinished(&service).await;
    let mut client = GuidanceServiceClient::new(service.channel().await);
    let status = client.get_guidance(with_key(GetGuidanceRequest::default())).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument, "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_waits_too_long_for_the_processor_is_refused() {
    // The clock of the service stands still, so that a rate would be used up for good.
    let settings = Layer { max_wait_ms: Some(1), key_requests_per_minute: Some(0), ..Layer::default() };
    let settings = Layer { tenant_requests_per_minute: Some(0), ..settings };
    let service = Arc::new(TestService::start_with_settings(settings).await);
    let mut client = GuidanceServiceClient::new(service.channel().await);
    assert_eq!(sent(service.get(PATH)).await.status(), 200);
    // So many clients, each of which asks again as soon as it is answered, that some always wait.
    let (stop, is_stopped) = tokio::sync::watch::channel(false);
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..256 {
        let (service, is_stopped) = (Arc::clone(&service), is_stopped.clone());
        clients.spawn(async move {
            let mut refused = 0;
            while !*is_stopped.borrow() {
                refused += u32::from(sent(service.get(PATH)).await.status() == 503);
            }
            refused
        });
    }
    let refused = timeout(AT_LAST, async {
        loop {
            if let Err(status) = client.get_guidance(with_key(GetGuidanceRequest::default())).await
                && status.code() == Code::Unavailable
            {
                return status;
            }
        }
    });
    let refused = refused.await.expect("a refusal of what waits");
    assert_eq!(reason(&refused), "OVERLOADED");
    assert_eq!(refused.get_details_retry_info().unwrap().retry_delay.unwrap().as_secs(), 1);
    assert_eq!(sent(service.get_without_key("/readyz")).await.status(), 200);
    stop.send(true).unwrap();
    let mut all = 0;
    while let Some(refused) = clients.join_next().await {
        all += refused.unwrap();
    }
    assert!(all > 0, "both doors heed it");
    let recovered = timeout(AT_LAST, async {
        loop {
            match sent(service.get(PATH)).await.status().as_u16() {
                503 => {}
                status => return status,
            }
        }
    });
    assert_eq!(recovered.await.expect("it goes on by itself"), 200);
}
