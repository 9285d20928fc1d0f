//! What somebody learns who has the database and not the master key: nothing that anybody wrote, and not who it is.

use std::error::Error as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use rebound_domain::access::AccessStep;
use rebound_domain::governance::{LegalHold, TenantSettings};
use rebound_domain::history::{
    ActionItem, Change, Committed, Idempotency, Owner, Rejection, Shown, Sight, Space, UserId, Write,
};
use rebound_domain::limits::{TenantLimits, Used};
use rebound_storage::{Storage, StorageError};
use rebound_tests::{postgres, sqlite};
use tokio::task::JoinSet;

use crate::people::shown_for;
use crate::{World, fresh_entropy, master_key};

both_databases! {
    another_master_key_opens_nothing
    a_new_master_key_takes_over_while_both_are_there
    replicas_that_start_at_once_share_one_pepper
    until_it_is_unlocked_a_storage_keeps_its_secrets
}

/// A storage with these keys, or why there is none.
async fn with_keys(url: &str, master: u8, previous: Option<u8>) -> Result<Storage, StorageError> {
    let storage = Storage::open(url)?;
    storage.migrate().await?;
    storage.unlock(master_key(master), previous.map(master_key), fresh_entropy()).await?;
    Ok(storage)
}

async fn another_master_key_opens_nothing(world: World) {
    let error = with_keys(&world.url, 2, Some(3)).await.unwrap_err();
    assert!(matches!(error, StorageError::MasterKey { .. }), "{error}");
    assert!(error.to_string().starts_with("the master key is not the one that"), "{error}");
}

async fn a_new_master_key_takes_over_while_both_are_there(world: World) {
    let tenant = world.tenant("acme").await.id;
    let mut people = Vec::new();
    // More than one batch of keys.
    for number in 0..120 {
        let user = UserId::new(format!("user-{number}")).unwrap();
        let owner = Owner { tenant, user };
        people.push((owner.clone(), world.rejection(&owner).await));
    }
    let held = Owner { tenant, user: UserId::new("held").unwrap() };
    world.rejection(&held).await;
    world.erase(&held, true).await;
    let settings = TenantSettings { version: 1, ..TenantSettings::default() };
    assert!(world.put_settings(tenant, &settings, 0).await);

    let (rotating, serving) =
        (with_keys(&world.url, 2, Some(1)).await.unwrap(), with_keys(&world.url, 1, Some(2)).await.unwrap());
    let (owner, rejection) = &people[0];
    assert_eq!(rotating.history().rejection(owner, rejection.id).await.unwrap().as_ref(), Some(rejection));
    assert_eq!(rotating.rotate_master_key().await.unwrap(), 121);
    assert_eq!(rotating.rotate_master_key().await.unwrap(), 0);
    // One with both keys goes on, one that began before too, and one with the new key alone.
    let only_new = with_keys(&world.url, 2, None).await.unwrap();
    for storage in [&serving, &rotating, &only_new] {
        for (owner, rejection) in &people {
            let stored = storage.history().rejection(owner, rejection.id).await.unwrap();
            assert_eq!(stored.as_ref(), Some(rejection));
        }
        assert_eq!(storage.governance().settings(tenant).await.unwrap(), settings);
        let change = world.insert(owner, &world.new_rejection());
        assert_eq!(storage.history().commit(owner, change).await.unwrap(), Committed::Done);
    }
    assert!(matches!(with_keys(&world.url, 1, None).await, Err(StorageError::MasterKey { .. })));
    let receipt = only_new.history().erase(&held, world.receipt(&held), false, world.event(&held, "erase")).await;
    assert_eq!(receipt.unwrap().erased.rejections, 1);
}

async fn replicas_that_start_at_once_share_one_pepper(world: World) {
    // This world has a pepper already, so the others start on a database of their own.
    let (files, server);
    let url = match world.storage.backend() {
        rebound_storage::Backend::Sqlite => {
            files = sqlite::database();
            &files.url
        }
        rebound_storage::Backend::Postgres => {
            server = postgres::database().await;
            &server.url
        }
    };
    let mut replicas = JoinSet::new();
    for _ in 0..8 {
        let url = url.clone();
        replicas.spawn(async move { with_keys(&url, 1, None).await.unwrap() });
    }
    let replicas = replicas.join_all().await;
    let tenant = world.new_tenant("acme");
    replicas[0].access().create_tenant(&tenant).await.unwrap();
    let owner = Owner { tenant: tenant.id, user: UserId::new("ann").unwrap() };
    let rejection = world.new_rejection();
    let change = world.insert(&owner, &rejection);
    assert_eq!(replicas[0].history().commit(&owner, change).await.unwrap(), Committed::Done);
    for replica in &replicas {
        assert_eq!(replica.history().rejection(&owner, rejection.id).await.unwrap().as_ref(), Some(&rejection));
    }
}

async fn until_it_is_unlocked_a_storage_keeps_its_secrets(world: World) {
    let owner = world.owner("ann").await;
    let rejection = world.rejection(&owner).await;
    let locked = Storage::open(&world.url).unwrap();
    let error = locked.history().rejection(&owner, rejection.id).await.unwrap_err();
    assert_eq!(error.kind, rebound_domain::ErrorKind::Internal);
    assert!(locked.rotate_master_key().await.is_err());
    assert_eq!(locked.access().tenants(None, 10).await.unwrap().len(), 1);
}

/// Every kind of text that a person or an employer can write, each with a mark that is found nowhere else.
const MARKS: [&str; 12] = [
    "mark-user",
    "mark-organization",
    "mark-role",
    "mark-external",
    "mark-diary",
    "mark-action",
    "mark-note",
    "mark-entry",
    "mark-answer",
    "mark-shown",
    "mark-hold",
    "mark-private",
];

/// Plants every mark, for two people; answers the one to be erased.
async fn plant(world: &World) -> Owner {
    let user = |id: &str| UserId::new(id).unwrap();
    let stays = Owner { tenant: world.tenant("acme").await.id, user: user("mark-user") };
    let gone = Owner { user: user("mark-user-2"), ..stays.clone() };
    for owner in [&stays, &gone] {
        let mut rejection = world.with_diary(world.new_rejection(), "mark-diary");
        rejection.record.organization = Some("mark-organization".to_owned());
        rejection.record.role = Some("mark-role".to_owned());
        rejection.record.external_ref = Some(format!("mark-external {}", owner.user.as_str()));
        let (title, note) = ("mark-action".to_owned(), Some("mark-note".to_owned()));
        let item = ActionItem { title, note, ..world.new_action_item() };
        let mut entry = world.new_entry(Some(rejection.id));
        entry.detail = Some("mark-entry".to_owned());
        let key = u128::from(owner.user.as_str().len() as u64);
        let idempotency = Idempotency { key, request: 1, expires_at: world.in_minutes(60) };
        let change = Change {
            action_item: Some(Write::Insert(item)),
            entries: vec![entry],
            shown: Some((rejection.id, Shown([("mark-shown".to_owned(), shown_for(&rejection))].into()))),
            idempotency: Some((idempotency, b"mark-answer".to_vec())),
            ..world.insert(owner, &rejection)
        };
        assert_eq!(world.commit(owner, change).await, Committed::Done);
        let mut own = Rejection { space: Space::Person, ..world.new_rejection() };
        own.record.role = Some("mark-private".to_owned());
        world.commit(owner, world.insert(owner, &own)).await;
        world.token(owner).await;
        world.governance.note(world.event(owner, "get_rejection"));
    }
    let (key, request) = (world.new_key(stays.tenant), world.request(stays.tenant, 1, "sealed by the domain"));
    assert_eq!(world.access.apply(AccessStep::CreateApiKey(&key), Some(&request)).await.unwrap(), None);
    world.record(uuid::Uuid::from_u128(1), &[Used { tenant: stays.tenant, day: 7, own: 1 }]).await;
    world.put_limits(stays.tenant, TenantLimits { daily_quota: Some(1), ..TenantLimits::default() }).await;
    let until = world.in_minutes(60);
    let legal_hold = Some(LegalHold { reason: "mark-hold".to_owned(), until });
    let settings = TenantSettings { legal_hold, version: 1, ..TenantSettings::default() };
    assert!(world.put_settings(stays.tenant, &settings, 0).await);
    world.plant_overlay(stays.tenant).await;
    assert_eq!(world.rejections(&stays, Sight::Person).await.len(), 2);
    world.governance.flush().await.unwrap();
    gone
}

fn assert_no_mark(place: &str, bytes: &[u8]) {
    assert!(!bytes.is_empty(), "{place} has something");
    for mark in MARKS {
        let found = bytes.windows(mark.len()).any(|window| window.eq_ignore_ascii_case(mark.as_bytes()));
        assert!(!found, "{mark} stands in {place}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_text_and_no_user_stands_in_the_files_of_sqlite() {
    let database = sqlite::database();
    let world = World::new(&database.url).await;
    let path = PathBuf::from(database.url.strip_prefix("sqlite://").unwrap());
    let log = path.with_extension("db-wal");
    let gone = plant(&world).await;
    for file in [&path, &log] {
        assert_no_mark(&file.display().to_string(), &fs::read(file).unwrap());
    }
    world.erase(&gone, true).await;
    assert!(fs::read(&log).unwrap().is_empty(), "the log is emptied of what was erased");
    assert_no_mark(&path.display().to_string(), &fs::read(&path).unwrap());
}

/// What a statement answers, run past Rebound.
fn psql(url: &str, sql: &str) -> Vec<u8> {
    let output = Command::new("psql").args(["--no-psqlrc", "-At", "--dbname", url, "-c", sql]).output();
    let output = output.expect("psql");
    assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_writes_to_the_database_can_neither_make_a_receipt_nor_swap_rows() {
    let database = postgres::database().await;
    let world = World::new(&database.url).await;
    let owner = world.owner("ann").await;
    let [one, other] = [world.rejection(&owner).await, world.rejection(&owner).await];
    psql(&database.url, "UPDATE rejections r SET record = o.record FROM rejections o WHERE r.id <> o.id");
    for id in [one.id, other.id] {
        let error = world.history.rejection(&owner, id).await.unwrap_err();
        assert_eq!(error.kind, rebound_domain::ErrorKind::Internal);
        assert!(error.source().is_some_and(|source| source.to_string().contains("rejections.record")), "{error:?}");
    }
    let receipt = world.erase(&owner, false).await;
    psql(&database.url, "UPDATE erasure_receipts SET body = replace(body, '\"rejections\":2', '\"rejections\":3')");
    let (changed, is_genuine) = world.governance.receipt(owner.tenant, receipt.id).await.unwrap().unwrap();
    assert_eq!((changed.erased.rejections, is_genuine), (3, false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_text_and_no_user_stands_in_the_tables_of_postgres() {
    let database = postgres::database().await;
    let world = World::new(&database.url).await;
    let gone = plant(&world).await;
    world.erase(&gone, true).await;
    // As text, and each column of bytes once more as the text that its bytes may be.
    let dump = |sql: &str| psql(&database.url, sql);
    let tables = String::from_utf8(dump("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).unwrap();
    assert!(tables.lines().count() >= 13, "{tables}");
    for table in tables.lines() {
        assert_no_mark(table, &dump(&format!("SELECT '{table}', t.* FROM {table} t")));
        let columns = format!(
            "SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' AND data_type = 'bytea'"
        );
        for column in String::from_utf8(dump(&columns)).unwrap().lines() {
            let place = format!("{table}.{column}");
            let text = format!("SELECT '{place}', encode({column}, 'escape') FROM {table}");
            assert_no_mark(&place, &dump(&text));
        }
    }
}
