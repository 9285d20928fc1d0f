//! Single calls of one tenant, alone and while another tenant runs bulk calls without a pause.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::Bench;
use super::batch::CONTEXTS;
use crate::Result;
use crate::client::http1::{Connection, request};
use crate::fragment::{Situation, brand};
use crate::report::{figure, percentile};
use crate::service::Service;
use crate::situation::{body, line, next_number};

const POST: &str = "POST /v1/guidance HTTP/1.1\r\ncontent-type: application/json";

/// How many bulk calls the other tenant has under way.
const BULK_CALLS: usize = 4;

/// Measures both kinds of bulk calls.
pub(super) async fn measure(bench: &Bench<'_>) -> Result<()> {
    let service = bench.service("fairness").await?.0;
    let key = second_tenant(&service).await?;
    let single = request(POST, &key, &body());
    let limit = Duration::from_secs_f64(bench.options.seconds * f64::from(bench.options.rounds));
    let alone = calls(service.http, &single, limit).await?;
    print("alone", &alone, "");
    let mut guidance = String::new();
    (0..CONTEXTS).for_each(|number| line(&mut guidance, number));
    for (name, path, lines) in
        [("guidance", "/v1/guidance/batch", guidance), ("fragments", "/v1/fragments/batch", fragments()?)]
    {
        let bulk = Bulk::start(&service, path, &lines);
        let beside = calls(service.http, &single, limit).await?;
        let ended = bulk.ended.load(Ordering::Relaxed);
        drop(bulk);
        print(&format!("beside {BULK_CALLS} bulk calls, {name}"), &beside, &format!("({ended} bulk calls ended)"));
    }
    Ok(())
}

fn print(name: &str, calls: &[u32], more: &str) {
    let (half, most) = (percentile(calls, 0.5), percentile(calls, 0.99));
    figure(&format!("single calls {name}"), &format!("p50 {half:.2} ms, p99 {most:.2} ms {more}"), "");
}

/// A key of a tenant of its own.
async fn second_tenant(service: &Service) -> Result<String> {
    let mut connection = Connection::open(service.http).await?;
    let mut created = async |path: &str, body: Value| {
        let head = format!("POST {path} HTTP/1.1\r\ncontent-type: application/json");
        let answer = connection.exchange(&request(&head, &service.key, &body.to_string())).await?;
        Result::Ok(serde_json::from_slice::<Value>(answer.body)?)
    };
    let tenant = created("/v1/tenants", json!({ "name": "another" })).await?;
    let id = tenant["id"].as_str().ok_or("no tenant")?;
    let key = json!({ "name": "single calls", "scopes": ["guidance"] });
    let key = created(&format!("/v1/tenants/{id}/api-keys"), key).await?;
    Ok(key["secret"].as_str().ok_or("no key")?.to_owned())
}

/// How long calls take that come one after the other, in microseconds.
async fn calls(server: SocketAddr, request: &[u8], limit: Duration) -> Result<Vec<u32>> {
    let mut connection = Connection::open(server).await?;
    let (begin, mut calls) = (Instant::now(), Vec::new());
    while begin.elapsed() < limit {
        let started = Instant::now();
        let status = connection.exchange(request).await?.status;
        calls.push(u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX));
        if status != 200 {
            return Err(format!("fairness: {status}").into());
        }
    }
    Ok(calls)
}

/// Lines with a sign-off each, so that every fragment is a new one.
fn fragments() -> Result<String> {
    let mut lines = String::new();
    for number in 0..CONTEXTS {
        let context = Situation::of(number).json();
        writeln!(lines, r#"{{"ref":"{number}","context":{context},"brand":{}}}"#, brand(next_number()))?;
    }
    Ok(lines)
}

/// Bulk calls, one after the other, until it is dropped.
struct Bulk {
    ended: Arc<AtomicU64>,
    _calls: JoinSet<std::io::Result<()>>,
}

impl Bulk {
    fn start(service: &Service, path: &str, lines: &str) -> Self {
        let head = format!("POST {path} HTTP/1.1\r\ncontent-type: application/x-ndjson\r\nconnection: close");
        let request: Arc<[u8]> = request(&head, &service.key, lines).into();
        let ended = Arc::<AtomicU64>::default();
        let mut calls = JoinSet::new();
        for _ in 0..BULK_CALLS {
            let (request, ended, server) = (Arc::clone(&request), Arc::clone(&ended), service.http);
            calls.spawn(async move {
                loop {
                    bulk(server, &request).await?;
                    ended.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        Self { ended, _calls: calls }
    }
}

async fn bulk(server: SocketAddr, request: &[u8]) -> std::io::Result<()> {
    let (mut reader, mut writer) = TcpStream::connect(server).await?.into_split();
    let mut buffer = vec![0; 256 * 1024];
    let sent = async { writer.write_all(request).await };
    let read = async {
        while reader.read(&mut buffer).await? > 0 {}
        Ok(())
    };
    let (sent, read): (std::io::Result<()>, std::io::Result<()>) = tokio::join!(sent, read);
    sent.and(read)
}
