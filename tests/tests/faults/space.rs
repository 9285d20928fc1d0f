//! SQLite without space, and without leave to write: what cannot be kept is refused for the moment, and nothing is half
//! done; or the start says which file it is about.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rebound_tests::process::Process;
use rebound_tests::service::{KEY, json};
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::books::assert_balanced;
use crate::writer::{Load, Writer, acknowledged, everybody, refused};

/// Runs a program that may not write a file beyond so many KiB, and is told so instead of being ended for it.
const SHORT: &[&str] = &["bash", "-c", "trap '' XFSZ; ulimit -S -f 700; exec \"$@\"", "-"];

/// Runs a program on a file system of its own with little space, at `data` in its folder; nobody else sees it but
/// through the process.
const TIGHT: &[&str] =
    &["unshare", "--mount", "--map-root-user", "sh", "-c", "mount -t tmpfs -o size=3m none data && exec \"$@\"", "-"];

/// Runs a program that may do no more than its user, even if that is root.
const HUMBLE: &[&str] =
    &["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search", "--"];

/// What clients are promised while nothing can be written, and leave for a machine that does much else.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// Writes until there is no space, then until each writer was refused a few times, and again when there is.
async fn out_of_space(folder: &Path, process: &Process, more_space: impl FnOnce()) -> Vec<Writer> {
    let mut load = Load::start(everybody(), &process.http);
    load.refusals(3).await;
    for path in ["/livez", "/v1/users/person-0/rejections"] {
        let began = Instant::now();
        let answer = Client::new().get(format!("{}{path}", process.http)).bearer_auth(KEY).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}: what is there can be read");
        assert!(began.elapsed() < ANSWER_WITHIN);
    }
    more_space();
    load.more(60).await;
    let mut writers = load.end().await;
    for writer in &mut writers {
        assert!(writer.longest < ANSWER_WITHIN, "{:?}", writer.longest);
        writer.settle(&process.http).await;
    }
    assert_balanced(&process.http, &writers).await;
    println!("{} writes, {} refusals in {}", acknowledged(&writers), refused(&writers), folder.display());
    writers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_may_not_grow_refuses_writes_until_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let url = "sqlite://data/rebound.db";
    let process = Process::start_under(folder.path(), url, SHORT).unwrap();
    let writers = out_of_space(folder.path(), &process, || {
        let id = process.id().to_string();
        assert!(Command::new("prlimit").args(["--pid", &id, "--fsize=unlimited"]).status().unwrap().success());
    });
    let writers = writers.await;
    // And what was told is on the disk.
    process.kill();
    let again = Process::start(folder.path(), url);
    assert_balanced(&again.http, &writers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_writes_until_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    let probe = Command::new(TIGHT[0]).args(&TIGHT[1..]).arg("true").current_dir(folder.path()).output().unwrap();
    if !probe.status.success() {
        println!("no file system of one's own may be mounted here; the test of a limited file stands for this one");
        return;
    }
    let process = Process::start_under(folder.path(), "sqlite://data/rebound.db", TIGHT).unwrap();
    out_of_space(folder.path(), &process, || {
        let id = process.id().to_string();
        let remount = ["--target", &id, "--user", "--mount", "mount", "-o", "remount,size=64m"];
        let data = folder.path().join("data");
        assert!(Command::new("nsenter").args(remount).arg(data).status().unwrap().success());
    })
    .await;
}

/// A database with one rejection, of which nothing runs any more, with modes for its folder and its file.
async fn closed(folder_mode: u32, file_mode: u32) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), "sqlite://data/rebound.db");
    assert_eq!(create(&process).await.0, 201);
    assert!(process.terminate().success());
    let data = folder.path().join("data");
    fs::set_permissions(data.join("rebound.db"), fs::Permissions::from_mode(file_mode)).unwrap();
    fs::set_permissions(data, fs::Permissions::from_mode(folder_mode)).unwrap();
    folder
}

async fn create(process: &Process) -> (u16, Value) {
    let body = json!({"kind": "idea", "occurred_at": "2025-12-02T03:04:05Z"});
    let url = format!("{}/v1/users/ann/rejections", process.http);
    json(Client::new().post(url).bearer_auth(KEY).json(&body)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_may_not_be_written_is_named_at_the_start() {
    for (folder_mode, file_mode) in [(0o755, 0o444), (0o555, 0o644), (0o555, 0o444)] {
        let folder = closed(folder_mode, file_mode).await;
        let refused = Process::start_under(folder.path(), "sqlite://data/rebound.db", HUMBLE);
        let said = refused.err().expect("a start that is refused");
        assert!(said.contains("data/rebound.db"), "{folder_mode:o} {file_mode:o}: {said}");
        assert!(said.contains("readonly") || said.contains("Permission denied"), "{said}");
        // With leave to write, all is as it was.
        let data = folder.path().join("data");
        fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
        for file in fs::read_dir(&data).unwrap() {
            fs::set_permissions(file.unwrap().path(), fs::Permissions::from_mode(0o644)).unwrap();
        }
        let process = Process::start_under(folder.path(), "sqlite://data/rebound.db", HUMBLE).unwrap();
        assert_eq!(create(&process).await.0, 201);
        let path = format!("{}/v1/users/ann/rejections", process.http);
        let (_, list) = json(Client::new().get(path).bearer_auth(KEY)).await;
        assert_eq!(list["rejections"].as_array().unwrap().len(), 2);
    }
}
