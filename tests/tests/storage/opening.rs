//! Opening, migrating and closing a database.

use std::error::Error as _;

use rebound_domain::ErrorKind;
use rebound_storage::{Backend, Storage, StorageError};
use rebound_tests::{postgres, sql, sqlite};
use tokio::task::JoinSet;

use crate::{World, assert_kind, instance};

both_databases! {
    a_closed_storage_is_unavailable
    a_migrated_database_can_be_migrated_again
    a_database_that_a_newer_version_has_migrated_can_be_used
    a_database_from_which_a_newer_version_took_what_is_needed_is_refused
    a_migration_that_ended_half_way_stops_the_start
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

/// What a newer version does to the schema: it adds to it, and notes that it did.
fn migrate_as_newer(url: &str, name: &str, success: bool) {
    let bytes = if url.starts_with("sqlite") { "x'00'" } else { r"'\x00'" };
    sql::run(
        url,
        &format!(
            "CREATE TABLE from_the_future (id integer NOT NULL);
             ALTER TABLE tenants ADD COLUMN from_the_future integer;
             INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9000, '{name}', {success}, {bytes}, 0)"
        ),
    );
}

async fn a_database_that_a_newer_version_has_migrated_can_be_used(world: World) {
    let tenant = world.tenant("acme").await;
    migrate_as_newer(&world.url, "9000_from_the_future_needs_0002", true);
    let access = instance(&world.url).await.access();
    let another = world.new_tenant("another");
    access.create_tenant(&another).await.unwrap();
    assert_eq!(access.tenants(None, 10).await.unwrap(), [tenant, another]);
}

async fn a_database_from_which_a_newer_version_took_what_is_needed_is_refused(world: World) {
    migrate_as_newer(&world.url, "9000_without_something_needs_8999", true);
    let refused = Storage::open(&world.url).unwrap().migrate().await.unwrap_err();
    let reason = refused.source().expect("a reason").to_string();
    assert!(matches!(refused, StorageError::Migrate { .. }), "{refused}");
    assert!(reason.contains("`9000_without_something_needs_8999`") && reason.contains("migration 8999;"), "{reason}");
}

async fn a_migration_that_ended_half_way_stops_the_start(world: World) {
    migrate_as_newer(&world.url, "9000_from_the_future", false);
    let refused = Storage::open(&world.url).unwrap().migrate().await.unwrap_err();
    assert!(refused.source().expect("a reason").to_string().contains("9000"), "{refused:?}");
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
