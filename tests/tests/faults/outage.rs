//! PostgreSQL goes away while many write: it crashes, or the line to it is cut, falls silent or slow. Answers come in time,
//! and when it is back the service is too, by itself.

use std::process::Output;
use std::time::{Duration, Instant};

use rebound_tests::postgres::{self, TestServer};
use rebound_tests::process::Process;
use rebound_tests::program;
use rebound_tests::proxy::Proxy;
use reqwest::{Client, Response};

use crate::books::assert_balanced;
use crate::rounds::rounds;
use crate::writer::{Load, acknowledged, everybody, refused};

/// What clients are promised while the database is away.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// What they are promised when it is back.
const RECOVER_WITHIN: Duration = Duration::from_secs(5);

/// A machine that does much else needs this longer than it is promised.
const LEEWAY: Duration = Duration::from_secs(1);

async fn probe(http: &str, path: &str) -> (Response, Duration) {
    let began = Instant::now();
    let answer = Client::new().get(format!("{http}{path}")).send().await.expect("an answer");
    (answer, began.elapsed())
}

/// Asserts what an orchestrator sees while the database is away.
async fn assert_away(http: &str) {
    let (alive, took) = probe(http, "/livez").await;
    assert!(alive.status() == 200 && took < LEEWAY, "{} after {took:?}", alive.status());
    let (ready, took) = probe(http, "/readyz").await;
    assert!(took < ANSWER_WITHIN + LEEWAY, "{took:?}");
    assert_eq!((ready.status().as_u16(), ready.headers().contains_key("retry-after")), (503, true));
    let checked = healthcheck(http);
    assert_eq!(checked.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&checked.stderr).contains("not ready: HTTP/1.1 503"), "{checked:?}");
}

/// What the health check of an image says.
fn healthcheck(http: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let addr = http.strip_prefix("http://").unwrap();
    program::run(folder.path(), &["--http-addr", addr, "healthcheck"], "")
}

/// Asks until the service is ready, and answers how long that took.
async fn recovery(http: &str) -> Duration {
    let began = Instant::now();
    while probe(http, "/readyz").await.0.status() != 200 {
        assert!(began.elapsed() < RECOVER_WITHIN, "not ready {RECOVER_WITHIN:?} after PostgreSQL was back");
    }
    began.elapsed()
}

/// Takes PostgreSQL away and brings it back, several times under load.
async fn outages(database_url: &str, mut leave: impl FnMut(usize), mut come_back: impl FnMut()) {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), database_url);
    let (mut writers, mut recoveries) = (everybody(), Vec::new());
    for round in rounds() {
        let mut load = Load::start(writers, &process.http);
        load.more(50).await;
        leave(round);
        // Every one of them is told that it cannot be, twice.
        load.refusals(2).await;
        assert_away(&process.http).await;
        come_back();
        let ready = recovery(&process.http).await;
        let began = Instant::now();
        load.more(50).await;
        recoveries.push((ready, began.elapsed()));
        assert!(began.elapsed() < RECOVER_WITHIN, "{recoveries:?}");
        writers = load.end().await;
        assert!(writers.iter().all(|writer| writer.open.is_none()), "every request was answered");
        for writer in &mut writers {
            writer.settle(&process.http).await;
        }
        assert_balanced(&process.http, &writers).await;
    }
    let longest = writers.iter().map(|writer| writer.longest).max().unwrap_or_default();
    let (done, refused) = (acknowledged(&writers), refused(&writers));
    println!("{done} writes, {refused} refusals, longest {longest:?}, recoveries {recoveries:?}");
    assert!(longest < ANSWER_WITHIN + LEEWAY, "{longest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_crashes_and_returns_costs_nobody_a_write() {
    let server = std::sync::Mutex::new(TestServer::start().await);
    let url = server.lock().unwrap().url.clone();
    outages(&url, |_| server.lock().unwrap().stop(), || server.lock().unwrap().restart()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_to_postgres_that_is_cut_or_silent_costs_nobody_a_write() {
    let database = postgres::database().await;
    let (proxy, url) = Proxy::to_url(&database.url).await;
    let leave = |round| if round % 2 == 0 { proxy.cut() } else { proxy.freeze() };
    outages(&url, leave, || proxy.restore()).await;
}

/// How late each packet comes, in milliseconds: so that some steps are done in time and most are not, and so that none is.
const DELAYS_MS: [u64; 3] = [50, 300, 3_000];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_is_slow_costs_nobody_a_write() {
    let database = postgres::database().await;
    let (proxy, url) = Proxy::to_url(&database.url).await;
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), &url);
    let mut writers = everybody();
    for round in rounds() {
        let delay = Duration::from_millis(DELAYS_MS[round % DELAYS_MS.len()]);
        let (done_before, refused_before) = (acknowledged(&writers), refused(&writers));
        let mut load = Load::start(writers, &process.http);
        load.more(50).await;
        proxy.slow(delay);
        load.answers(3).await;
        let (alive, took) = probe(&process.http, "/livez").await;
        assert!(alive.status() == 200 && took < LEEWAY, "{} after {took:?}", alive.status());
        let (ready, took) = probe(&process.http, "/readyz").await;
        assert!(took < ANSWER_WITHIN + LEEWAY, "{} after {took:?}", ready.status());
        proxy.restore();
        let ready = recovery(&process.http).await;
        load.more(50).await;
        writers = load.end().await;
        for writer in &mut writers {
            writer.settle(&process.http).await;
        }
        assert_balanced(&process.http, &writers).await;
        let longest = writers.iter_mut().map(|writer| std::mem::take(&mut writer.longest)).max().unwrap_or_default();
        let (done, refused) = (acknowledged(&writers) - done_before, refused(&writers) - refused_before);
        println!("{delay:?} a packet: {done} writes, {refused} refusals, longest {longest:?}, ready after {ready:?}");
        assert!(longest < ANSWER_WITHIN + LEEWAY, "{longest:?}");
    }
}

/// How late each packet comes: each step of a request has its answer in time, and all of them together do not.
const EACH_IN_TIME: Duration = Duration::from_millis(140);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_request_with_much_to_look_up_is_not_kept_waiting_by_a_slow_postgres() {
    let database = postgres::database().await;
    let (proxy, url) = Proxy::to_url(&database.url).await;
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), &url);
    let mut writer = everybody().remove(0);
    let ask = writer.next();
    proxy.slow(EACH_IN_TIME);
    let (refused, _) = writer.ask(&process.http, &ask).await.expect("an answer");
    println!("{refused} after {:?}", writer.longest);
    assert!(refused == 503 && writer.longest < ANSWER_WITHIN + LEEWAY, "{refused} after {:?}", writer.longest);
    proxy.restore();
    recovery(&process.http).await;
    writer.open = Some(ask);
    writer.settle(&process.http).await;
    assert_balanced(&process.http, &[writer]).await;
}
