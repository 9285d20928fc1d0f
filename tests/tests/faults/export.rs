//! The database goes away in the middle of an export: nobody may take what came for all there is.

use std::time::Duration;

use futures_util::StreamExt as _;
use rebound_tests::postgres;
use rebound_tests::proto::ExportUserRequest;
use rebound_tests::proto::history_service_client::HistoryServiceClient;
use rebound_tests::proxy::Proxy;
use rebound_tests::service::{KEY, TestService, json, with_key};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tonic::Code;
use tonic::transport::Endpoint;

use crate::replicas::NOW;

/// Several pages, and with their texts far more than a connection holds back.
const REJECTIONS: usize = 300;

/// How much of an answer a client takes ahead of reading, in bytes.
const WINDOW: u32 = 65_535;

/// Longer than the service waits for its database.
const END_WITHIN: Duration = Duration::from_secs(10);

/// The service behind a line that can be cut, with somebody who wrote a lot.
async fn house(database_url: &str) -> (Proxy, TestService) {
    let (proxy, url) = Proxy::to_url(database_url).await;
    let service = TestService::start_on(&url).await;
    let text = "More examples. ".repeat(600);
    let writing = futures_util::stream::iter(0..REJECTIONS).map(|number| {
        let body = json!({"kind": "idea", "occurred_at": NOW, "role": format!("role {number}")});
        let (service, text) = (&service, &text);
        async move {
            let (_, made) = json(service.post("/v1/users/ann/rejections", &body)).await;
            let path = format!("/v1/users/ann/rejections/{}/feedback", made["id"].as_str().unwrap());
            assert_eq!(json(service.post(&path, &json!({ "text": text }))).await.0, 201);
        }
    });
    writing.buffer_unordered(8).for_each(|()| async {}).await;
    (proxy, service)
}

/// Reads a body to its end; answers what came, and whether it came as a whole.
async fn rest_of(answer: reqwest::Response) -> (Vec<u8>, bool) {
    let (mut body, mut stream) = (Vec::new(), answer.bytes_stream());
    while let Some(chunk) = stream.next().await {
        let Ok(chunk) = chunk else { return (body, false) };
        body.extend_from_slice(&chunk);
    }
    (body, true)
}

/// An export over HTTP/1.1 that is cut when its beginning was read; answers all that came.
async fn cut_over_http1(service: &TestService, proxy: &Proxy) -> String {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(8 * 1024).unwrap();
    let address = service.http.strip_prefix("http://").unwrap();
    let mut connection = socket.connect(address.parse().unwrap()).await.unwrap();
    let request = format!(
        "GET /v1/users/ann/export HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {KEY}\r\n\
         accept-encoding: identity\r\nconnection: close\r\n\r\n"
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut came = vec![0; 1024];
    connection.read_exact(&mut came).await.unwrap();
    proxy.cut();
    // However the connection ends.
    let _ = connection.read_to_end(&mut came).await;
    String::from_utf8(came).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_that_breaks_off_never_looks_complete() {
    let database = postgres::database().await;
    let (proxy, service) = house(&database.url).await;
    let client = Client::builder().http2_prior_knowledge().http2_initial_stream_window_size(WINDOW).build().unwrap();
    let export = || client.get(format!("{}/v1/users/ann/export", service.http)).bearer_auth(KEY).send();

    let (body, is_whole) = rest_of(export().await.unwrap()).await;
    let whole: Value = serde_json::from_slice(&body).unwrap();
    assert!(is_whole && whole["rejections"].as_array().unwrap().len() == REJECTIONS);
    println!("{} bytes as a whole", body.len());

    let begun = export().await.unwrap();
    assert_eq!(begun.status(), 200);
    proxy.cut();
    let (body, is_whole) = tokio::time::timeout(END_WITHIN, rest_of(begun)).await.expect("an end");
    assert!(!is_whole, "HTTP/2 tells of a broken stream");
    assert!(!body.is_empty() && serde_json::from_slice::<Value>(&body).is_err(), "{} bytes", body.len());

    proxy.restore();
    let text = tokio::time::timeout(END_WITHIN, cut_over_http1(&service, &proxy)).await.expect("an end");
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200") && head.to_lowercase().contains("transfer-encoding: chunked"), "{head}");
    assert!(!body.ends_with("0\r\n\r\n") && !body.contains("\"timeline\":["), "a body without its last chunk");

    proxy.restore();
    let channel = Endpoint::from_shared(service.grpc.clone()).unwrap().initial_stream_window_size(WINDOW);
    let mut client = HistoryServiceClient::new(channel.connect().await.unwrap());
    let asked = with_key(ExportUserRequest { user_id: "ann".to_owned() });
    let mut stream = client.export_user(asked).await.unwrap().into_inner();
    assert!(stream.next().await.unwrap().is_ok());
    proxy.cut();
    let end = tokio::time::timeout(END_WITHIN, async {
        while let Some(message) = stream.next().await {
            message?;
        }
        Ok::<_, tonic::Status>(())
    });
    let status = end.await.expect("an end").expect_err("a stream that did not end well");
    assert_eq!(status.code(), Code::Unavailable);

    proxy.restore();
    assert!(rest_of(export().await.unwrap()).await.1, "and all is well again");
}
