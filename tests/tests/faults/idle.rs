//! Ten thousand connections on which nothing happens: each costs a little memory, and a fresh one is answered.

use std::process::Command;
use std::time::Instant;

use rebound_tests::process::Process;
use rebound_tests::sqlite;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::wire::{PREFACE, assert_others_go_on, connect};

/// How many there are, and how many where the system lets nobody have so many.
const CONNECTIONS: usize = 10_000;
const FEW: usize = 400;

/// What an idle connection may cost, in bytes.
const BYTES_EACH: usize = 24 * 1024;

/// Runs a program that may have so many connections.
const WIDE: &[&str] = &["bash", "-c", "ulimit -S -n $(ulimit -H -n); exec \"$@\"", "-"];

/// How many connections this process may have from now on.
fn allowed() -> usize {
    let own = std::process::id().to_string();
    let raised = Command::new("prlimit").args(["--pid", &own, &format!("--nofile={}:", CONNECTIONS + 1000)]).output();
    let hard = Command::new("bash").args(["-c", "ulimit -H -n"]).output().unwrap();
    let is_wide =
        String::from_utf8_lossy(&hard.stdout).trim().parse().is_ok_and(|files: usize| files > CONNECTIONS + 500);
    if is_wide && raised.is_ok_and(|raised| raised.status.success()) { CONNECTIONS } else { FEW }
}

/// A connection that says nothing, one that has asked over HTTP/1.1 and been answered, or one over HTTP/2 that has yet to.
async fn idle(http: &str, kind: usize) -> TcpStream {
    let mut stream = connect(http).await;
    let mut answer = [0; 1024];
    match kind % 3 {
        0 => {}
        1 => {
            stream.write_all(b"GET /livez HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
            assert!(stream.read(&mut answer).await.unwrap() > 0);
        }
        _ => {
            stream.write_all(PREFACE).await.unwrap();
            assert!(stream.read(&mut answer).await.unwrap() > 0);
        }
    }
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_idle_connections_cost_little() {
    let count = allowed();
    if count < CONNECTIONS {
        println!("only {count} connections: nobody may have ten thousand here (ulimit -H -n)");
    }
    let (folder, database) = (tempfile::tempdir().unwrap(), sqlite::database());
    let process = Process::start_under(folder.path(), &database.url, WIDE).unwrap();
    assert_others_go_on(&process.http).await;
    let before = process.memory().resident;
    let mut open = Vec::with_capacity(count);
    for number in 0..count {
        open.push(idle(if number % 2 == 0 { &process.http } else { &process.grpc }, number / 2).await);
    }
    let began = Instant::now();
    assert_others_go_on(&process.http).await;
    let took = began.elapsed();
    let grown = process.memory().resident.saturating_sub(before) * 1024;
    println!(
        "{count} idle connections: {before} KiB before, {} bytes each, a fresh one answered in {took:?}",
        grown / count
    );
    assert!(grown / count < BYTES_EACH, "{grown} bytes for {count} connections");
    drop(open);
    assert_others_go_on(&process.http).await;
}
