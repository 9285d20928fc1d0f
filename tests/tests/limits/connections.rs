//! Clients that are slow, or too many.

use rebound_server::config::Layer;
use rebound_tests::process::Process;
use rebound_tests::service::{KEY, TestService};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::{PATH, sent};

#[tokio::test]
async fn one_connection_too_many_is_closed_at_once() {
    let service = TestService::start_with_settings(Layer { max_connections: Some(1), ..Layer::default() }).await;
    let mut first = TcpStream::connect(service.app.http_addr).await.unwrap();
    first.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = [0; 15];
    first.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    let mut second = TcpStream::connect(service.app.http_addr).await.unwrap();
    assert_eq!(second.read(&mut answer).await.unwrap_or_default(), 0);
    drop(first);
    // As soon as the service has seen the first one go.
    while service.get_without_key("/livez").send().await.is_err() {}
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_cut_off() {
    let service = TestService::start_with_settings(Layer { stall_seconds: Some(1), ..Layer::default() }).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    let mut stream = socket.connect(service.app.http_addr).await.unwrap();
    let head = format!(
        "POST /v1/guidance/batch HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {KEY}\r\n\
         content-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let line = "{\"context\":{\"kind\":\"idea\"}}\n".repeat(100);
    let chunk = format!("{:x}\r\n{line}\r\n", line.len());
    // It sends and never reads: at some point nothing is read of what it sends, and then it is cut off.
    while stream.write_all(chunk.as_bytes()).await.is_ok() {}
    assert_eq!(sent(service.get_without_key("/livez")).await.status(), 200);
}

#[tokio::test]
async fn a_head_or_a_body_that_does_not_come_is_not_waited_for() {
    let service = TestService::start().await;
    let mut head = TcpStream::connect(service.app.http_addr).await.unwrap();
    head.write_all(b"GET /livez HTTP/1.1\r\nhost: ").await.unwrap();
    let mut body = TcpStream::connect(service.app.http_addr).await.unwrap();
    let begun = format!(
        "POST /v1/guidance HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {KEY}\r\n\
         content-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
    );
    body.write_all(begun.as_bytes()).await.unwrap();
    let mut later = TcpStream::connect(service.app.http_addr).await.unwrap();
    for _ in 0..2 {
        later.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        assert!(later.read(&mut [0; 1024]).await.unwrap() > 0);
    }
    later.write_all(b"GET /livez HTTP/1.1\r\nhost: ").await.unwrap();
    // All end within ten seconds, which is what this test takes.
    let (mut said, mut answered, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    let _: (Result<_, _>, Result<_, _>, Result<_, _>) =
        tokio::join!(head.read_to_end(&mut said), body.read_to_end(&mut answered), later.read_to_end(&mut rest),);
    assert!(said.is_empty() || said.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&said));
    let answered = String::from_utf8(answered).unwrap();
    assert!(answered.starts_with("HTTP/1.1 504"), "{answered}");
    assert!(answered.contains("deadline_exceeded"), "{answered}");
}

#[tokio::test]
async fn who_does_not_say_what_it_speaks_is_not_waited_for() {
    let service = TestService::start().await;
    let mut ends = Vec::new();
    for addr in [service.app.http_addr, service.app.grpc_addr] {
        for begun in [&b""[..], b"P", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r"] {
            let mut stream = TcpStream::connect(addr).await.unwrap();
            stream.write_all(begun).await.unwrap();
            ends.push(async move { stream.read_to_end(&mut Vec::new()).await });
        }
    }
    // All end within ten seconds, which is what this test takes.
    futures_util::future::join_all(ends).await;
}

#[tokio::test]
async fn a_stop_does_not_wait_for_who_does_not_begin() {
    let service = TestService::start().await;
    let mut streams = Vec::new();
    for begun in [&b""[..], b"PRI * HTTP/2.0"] {
        let mut stream = TcpStream::connect(service.app.http_addr).await.unwrap();
        stream.write_all(begun).await.unwrap();
        streams.push(stream);
    }
    assert_eq!(sent(service.get_without_key("/livez")).await.status(), 200);
    let TestService { app, .. } = service;
    let begun = std::time::Instant::now();
    assert!(app.shutdown().await, "every request has ended");
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn who_sends_nothing_of_a_batch_is_cut_off() {
    let service = TestService::start_with_settings(Layer { stall_seconds: Some(1), ..Layer::default() }).await;
    batch_cut_off(&service).await;
}

/// Begins a batch, and sends nothing more until it is broken off.
async fn batch_cut_off(service: &TestService) {
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel::<Result<&str, std::io::Error>>();
    let body = reqwest::Body::wrap_stream(tokio_stream::wrappers::UnboundedReceiverStream::new(receiver));
    sender.send(Ok("{\"context\":{\"kind\":\"idea\"}}\n")).unwrap();
    let mut answers = sent(service.post_bytes("/v1/guidance/batch", "application/x-ndjson", body)).await;
    assert!(answers.chunk().await.unwrap().is_some());
    assert!(answers.chunk().await.is_err(), "it breaks off without an end");
}

#[tokio::test]
async fn each_head_has_its_own_time_to_come() {
    // A batch that is cut off after six seconds is the clock.
    let service = TestService::start_with_settings(Layer { stall_seconds: Some(6), ..Layer::default() }).await;
    let mut stream = TcpStream::connect(service.app.http_addr).await.unwrap();
    let mut answer = [0; 1024];
    for _ in 0..2 {
        stream.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        assert!(stream.read(&mut answer).await.unwrap() > 0);
        // Of the ten seconds for the next head, six are gone then.
        batch_cut_off(&service).await;
    }
    stream.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let length = stream.read(&mut answer).await.unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 200 OK"), "after more than ten seconds on the connection");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let service = TestService::start().await;
    let newer = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    for (client, bytes, status) in [
        (reqwest::Client::new(), 60_000, 200),
        (reqwest::Client::new(), 70_000, 431),
        (newer.clone(), 10_000, 200),
        (newer, 20_000, 431),
    ] {
        let request = client.get(format!("{}/livez", service.http)).header("x-large", "x".repeat(bytes));
        assert_eq!(request.send().await.unwrap().status(), status, "{bytes}");
    }
}

#[tokio::test]
async fn the_log_names_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let settings = "key_requests_per_minute = 1\nmax_requests = 1\n";
    std::fs::write(folder.path().join("rebound.toml"), settings).unwrap();
    let process = Process::start(folder.path(), "sqlite://rebound.db");
    let ask =
        async || reqwest::Client::new().get(format!("{}{PATH}", process.http)).bearer_auth(KEY).send().await.unwrap();
    assert_eq!(ask().await.status(), 200);
    assert_eq!(ask().await.status(), 429);
    let (_, logged) = tokio::task::spawn_blocking(move || process.end()).await.unwrap();
    let lines: Vec<_> = logged.lines().filter(|line| line.contains("\"limited\":\"key\"")).collect();
    assert!(lines.len() == 1 && lines[0].contains("\"status\":429"), "{logged}");
}
