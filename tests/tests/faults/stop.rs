//! The process is asked to stop while many write, as in every roll-out: what it accepted it answers, and what it did not
//! answer it did not do.

use std::path::Path;

use rebound_tests::process::Process;
use rebound_tests::{postgres, sqlite};

use crate::books::{assert_balanced, assert_nothing_unheard};
use crate::rounds::rounds;
use crate::writer::{Load, acknowledged, everybody};

async fn stopped_again_and_again(folder: &Path, database_url: &str) {
    let mut writers = everybody();
    let mut process = Process::start(folder, database_url);
    let (mut stops, mut unanswered) = (0, 0);
    for round in rounds() {
        let mut load = Load::start(writers, &process.http);
        load.more(50 + round * 29 % 70).await;
        let ended = tokio::task::spawn_blocking(move || process.terminate()).await.unwrap();
        assert!(ended.success(), "{ended}");
        writers = load.end().await;
        stops += 1;
        unanswered += writers.iter().filter(|writer| writer.open.is_some()).count();
        process = Process::start(folder, database_url);
        assert_nothing_unheard(&process.http, &writers).await;
        for writer in &mut writers {
            writer.settle(&process.http).await;
        }
        assert_balanced(&process.http, &writers).await;
    }
    println!("{stops} stops, {} writes, {unanswered} not accepted", acknowledged(&writers));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_answers_what_was_accepted_on_sqlite() {
    let (folder, database) = (tempfile::tempdir().unwrap(), sqlite::database());
    stopped_again_and_again(folder.path(), &database.url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_answers_what_was_accepted_on_postgres() {
    let (folder, database) = (tempfile::tempdir().unwrap(), postgres::database().await);
    stopped_again_and_again(folder.path(), &database.url).await;
}
