//! The process is killed while many write. What was acknowledged is there once and whole, and what was not answered can
//! be asked again.

use std::path::Path;

use rebound_tests::process::Process;
use rebound_tests::{postgres, sqlite};

use crate::books::assert_balanced;
use crate::rounds::rounds;
use crate::writer::{Load, acknowledged, everybody};

async fn killed_again_and_again(folder: &Path, database_url: &str) {
    let mut writers = everybody();
    let mut process = Process::start(folder, database_url);
    let (mut kills, mut unanswered) = (0, 0);
    for round in rounds() {
        let mut load = Load::start(writers, &process.http);
        // Never at the same place of the sequence of writes.
        load.more(60 + round * 37 % 100).await;
        process.kill();
        writers = load.end().await;
        kills += 1;
        unanswered += writers.iter().filter(|writer| writer.open.is_some()).count();
        process = Process::start(folder, database_url);
        for writer in &mut writers {
            writer.settle(&process.http).await;
        }
        assert_balanced(&process.http, &writers).await;
    }
    println!("{kills} kills, {} writes, {unanswered} of them unanswered at first", acknowledged(&writers));
    assert!(unanswered >= kills, "a kill meets writes under way");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_loses_nothing_and_doubles_nothing_on_sqlite() {
    let (folder, database) = (tempfile::tempdir().unwrap(), sqlite::database());
    killed_again_and_again(folder.path(), &database.url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_loses_nothing_and_doubles_nothing_on_postgres() {
    let (folder, database) = (tempfile::tempdir().unwrap(), postgres::database().await);
    killed_again_and_again(folder.path(), &database.url).await;
}
