//! Streams that have no end, or say that they are larger than they are: they are answered or refused, in constant memory.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use rebound_tests::process::Process;
use rebound_tests::service::KEY;
use rebound_tests::sqlite;
use reqwest::{Body, Client, Response};
use serde_json::Value;

use crate::wire::assert_others_go_on;

/// How much is sent, in bytes.
const MUCH: usize = 100 << 20;

/// How much more memory that may take at any time, in KiB.
const MEMORY_KIB: usize = 48 * 1024;

/// A body that has a piece so often as to be [`MUCH`], after a first piece.
fn much(first: &[u8], piece: &[u8]) -> Body {
    let pieces = std::iter::once(first.to_vec()).chain(std::iter::repeat_n(piece.to_vec(), MUCH / piece.len()));
    Body::wrap_stream(stream::iter(pieces.map(Ok::<_, std::io::Error>)))
}

/// A frame of gRPC.
fn message(flag: u8, length: u32, message: &[u8]) -> Vec<u8> {
    [&[flag], &length.to_be_bytes()[..], message].concat()
}

async fn send(url: String, content_type: &str, client: &Client, body: Body) -> reqwest::Result<Response> {
    let request = client.post(url).bearer_auth(KEY).header("content-type", content_type);
    request.header("grpc-encoding", "gzip").header("te", "trailers").body(body).send().await
}

/// Counts what comes back, in bytes and lines, and keeps the last line.
async fn read(mut answer: Response) -> (usize, usize, Vec<u8>) {
    let (mut bytes, mut lines, mut last) = (0, 0, Vec::new());
    while let Some(chunk) = answer.chunk().await.unwrap() {
        bytes += chunk.len();
        lines += chunk.split(|byte| *byte == b'\n').count() - 1;
        last.extend_from_slice(&chunk[..chunk.len().min(4096)]);
        last.drain(..last.len().saturating_sub(4096));
    }
    (bytes, lines, last)
}

fn assert_bounded(name: &str, process: &Process, idle: usize) {
    let most = process.memory().most;
    println!("{name}: {} KiB more at most", most.saturating_sub(idle));
    assert!(most < idle + MEMORY_KIB, "{name}: {most} KiB of {idle} when idle");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_megabytes_over_rest_take_no_more_memory_than_a_few_lines() {
    let (folder, database) = (tempfile::tempdir().unwrap(), sqlite::database());
    let process = Process::start(folder.path(), &database.url);
    assert_others_go_on(&process.http).await;
    let (client, idle) = (Client::new(), process.memory().resident);
    let batch = async |operation: &str, body| {
        send(format!("{}/v1/{operation}/batch", process.http), "application/x-ndjson", &client, body).await.unwrap()
    };

    let (_, lines, last) = read(batch("guidance", much(b"", &[b'x'; 16 << 10])).await).await;
    let error: Value = serde_json::from_slice(&last).unwrap();
    assert_eq!((lines, error["error"]["code"].as_str()), (1, Some("too_large")), "{error}");
    assert_bounded("a line without an end", &process, idle);

    let line = format!("{{\"ref\":\"{}\",\"context\":{{\"kind\":\"idea\"}}}}{}\n", "r".repeat(200), " ".repeat(60_000));
    for operation in ["guidance", "fragments"] {
        let (bytes, lines, _) = read(batch(operation, much(b"", line.as_bytes())).await).await;
        assert!(lines >= MUCH / line.len(), "{operation}: {lines} lines of {bytes} bytes");
        assert_bounded(&format!("{operation} in {MUCH} bytes"), &process, idle);
    }

    // A single request is refused at the limit, whatever is still to come.
    let url = format!("{}/v1/guidance", process.http);
    let refused = send(url, "application/json", &client, much(b"{\"context\":\"", &[b'x'; 16 << 10])).await;
    // The service may close the connection while the client still sends, and then some clients read no answer.
    if let Ok(answer) = refused {
        assert_eq!(answer.status(), 413);
    }
    assert_others_go_on(&process.http).await;
    assert_bounded("a request without an end", &process, idle);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_lie_about_their_size_take_no_memory() {
    let (folder, database) = (tempfile::tempdir().unwrap(), sqlite::database());
    let process = Process::start(folder.path(), &database.url);
    assert_others_go_on(&process.http).await;
    let client = Client::builder().http2_prior_knowledge().build().unwrap();
    let idle = process.memory().resident;
    let call = async |method: &str, body| {
        send(format!("{}/rebound.v1.GuidanceService/{method}", process.grpc), "application/grpc", &client, body)
            .await
            .unwrap()
    };

    // Four gigabytes are announced, and a hundred megabytes of them come.
    let (bytes, ..) = read(call("BatchGetGuidance", much(&message(0, u32::MAX, b""), &[0; 16 << 10])).await).await;
    assert!((1..1000).contains(&bytes), "one error, of {bytes} bytes");
    assert_bounded("a message of four gigabytes", &process, idle);

    // Sixty-four KiB each that unpack to tens of megabytes each.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..56 {
        encoder.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    let bombs = message(1, u32::try_from(bomb.len()).unwrap(), &bomb).repeat(100);
    let (bytes, ..) = read(call("BatchGetGuidance", Body::from(bombs)).await).await;
    assert!((100..100_000).contains(&bytes), "an error for each, of {bytes} bytes in all");
    assert_bounded("100 messages that unpack to 56 MiB each", &process, idle);

    let single = call("GetGuidance", Body::from(message(1, u32::try_from(bomb.len()).unwrap(), &bomb))).await;
    assert_eq!(single.headers()["grpc-status"], "8", "RESOURCE_EXHAUSTED");
    assert_others_go_on(&process.http).await;
}
