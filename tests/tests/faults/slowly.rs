//! Clients that send so slowly that they hold what others need: they are given up after a while, and meanwhile others are
//! answered.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use rebound_tests::process::Process;
use rebound_tests::service::KEY;
use rebound_tests::sqlite;
use tokio::io::AsyncWriteExt as _;
use tokio::time::interval;

use crate::wire::{assert_others_go_on, connect, until_closed};

/// How many of them there are, for each kind.
const CLIENTS: usize = 100;

/// How long a head or the body of a single request may take, and leeway for a machine that does much else.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(10);
const LEEWAY: Duration = Duration::from_secs(5);

/// A client that sends a beginning, then a byte now and then for as long as it is let, and how long that was.
async fn slow(http: &str, beginning: String) -> (Duration, String) {
    let mut stream = connect(http).await;
    stream.write_all(beginning.as_bytes()).await.unwrap();
    let (began, mut bytes) = (Instant::now(), interval(Duration::from_millis(500)));
    let (mut reader, mut writer) = stream.into_split();
    let dripping = async {
        loop {
            bytes.tick().await;
            if writer.write_all(b"a").await.is_err() {
                return;
            }
        }
    };
    let mut said = Vec::new();
    tokio::select! {
        _ = tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut said) => {}
        () = dripping => {}
    }
    (began.elapsed(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_heads_and_bodies_are_given_up() {
    let (folder, database) = (tempfile::tempdir().unwrap(), sqlite::database());
    let process = Process::start(folder.path(), &database.url);
    let head = "GET /v1/guidance?kind=idea HTTP/1.1\r\nhost: a\r\nx-slow: ".to_owned();
    let body = format!(
        "POST /v1/guidance HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {KEY}\r\ncontent-type: application/json\r\n\
         content-length: 1000\r\n\r\n{{"
    );
    let heads = join_all((0..CLIENTS).map(|_| slow(&process.http, head.clone())));
    let bodies = join_all((0..CLIENTS).map(|_| slow(&process.http, body.clone())));
    let (heads, bodies, ()) = tokio::join!(heads, bodies, assert_others_go_on(&process.http));
    for (took, said) in heads.iter().chain(&bodies) {
        assert!(*took < GIVEN_UP_AFTER + LEEWAY, "given up after {took:?}: {said}");
    }
    assert!(bodies.iter().all(|(_, said)| said.contains(" 504 ")), "{:?}", bodies[0]);
    let longest = |all: &[(Duration, String)]| all.iter().map(|(took, _)| *took).max();
    println!("{CLIENTS} slow heads, {CLIENTS} slow bodies: {:?}, {:?} at most", longest(&heads), longest(&bodies));
    assert_others_go_on(&process.http).await;
    // And nothing of them is left.
    let end = until_closed(connect(&process.http).await, std::iter::once(b"\r\n\x00\r\n\r\n".to_vec())).await;
    assert!(end.sent > 0);
}
