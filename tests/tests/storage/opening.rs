//! Opening, migrating and closing a database.

use rebound_domain::ErrorKind;
use rebound_storage::{Backend, Storage};
use rebound_tests::{postgres, sqlite};
use tokio::task::JoinSet;

use crate::{World, assert_kind};

both_databases! {
    a_closed_storage_is_unavailable
    a_migrated_database_can_be_migrated_again
}

async fn a_closed_storage_is_unavailable(world: World) {
    world.storage.close().await;
    assert_kind(world.access.ping().await, ErrorKind::Unavailable);
}

async fn a_migrated_database_can_be_migrated_again(world: World) {
    let tenant = world.tenant("acme").await;
    world.storage.migrate().await.unwrap();
    assert_eq!(world.access.tenants(None, 1).await.unwrap(), [tenant]);
}

/// Replicas start on a fresh database at the same moment.
async fn all_migrate(url: &str) {
    let mut replicas = JoinSet::new();
    for _ in 0..8 {
        let storage = Storage::open(url).unwrap();
        replicas.spawn(async move { storage.migrate().await.map(|()| storage) });
    }
    for storage in replicas.join_all().await {
        assert_eq!(storage.unwrap().access().tenants(None, 1).await.unwrap(), []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_migrate_a_fresh_sqlite_file_at_once() {
    all_migrate(&sqlite::database().url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_migrate_a_fresh_postgres_database_at_once() {
    all_migrate(&postgres::database().await.url).await;
}

#[tokio::test]
async fn sqlite_in_memory_keeps_what_it_is_given_until_it_is_closed() {
    let world = World::new("sqlite::memory:").await;
    assert_eq!(world.storage.to_string(), "SQLite at memory");
    let tenant = world.tenant("acme").await;
    assert_eq!(world.access.tenants(None, 1).await.unwrap(), [tenant]);
}

#[tokio::test]
async fn urls_that_are_not_supported_are_refused_without_their_password() {
    for url in ["mysql://root:hunter2@host/db", "hunter2", "", "sqlite://", "postgres://me:hunter2@[host/db"] {
        let error = Storage::open(url).unwrap_err().to_string();
        assert!(error.contains("sqlite://PATH"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
    let storage = Storage::open("postgresql://me:hunter2@localhost:6543/rebound").unwrap();
    assert_eq!(storage.backend(), Backend::Postgres);
    assert_eq!(format!("{storage:?}"), "Storage(PostgreSQL at localhost:6543/rebound)");
}
