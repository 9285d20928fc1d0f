//! PostgreSQL away: the answer comes in time, and all is well when it is back.

use std::time::Duration;

use rebound_domain::access::AccessStore;
use rebound_domain::{Error, ErrorKind};
use rebound_storage::{Storage, StorageError, one_request};
use rebound_tests::postgres;
use rebound_tests::proxy::Proxy;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::{World, assert_kind, instance};

/// What callers are promised while the database is away.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Asserts that the database counts as away, soon enough, and that the caller hears when to come back.
async fn assert_away(access: &dyn AccessStore) {
    let answer = timeout(ANSWER_WITHIN, access.ping()).await.expect("an answer within two seconds");
    let error = answer.expect_err("the database to be away");
    assert_eq!((error.kind, error.retry_after), (ErrorKind::Unavailable, Some(Duration::from_secs(1))));
}

#[tokio::test]
async fn a_postgres_that_nobody_started_is_unavailable() {
    let unused = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
    let storage = Storage::open(&format!("postgres://rebound@{unused}/rebound")).unwrap();
    assert_away(&*storage.access()).await;
    assert!(matches!(storage.migrate().await, Err(StorageError::Unavailable { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_went_away_is_unavailable_until_it_returns() {
    let database = postgres::database().await;
    let (proxy, url) = Proxy::to_url(&database.url).await;
    let storage = instance(&url).await;
    let access = storage.access();
    for leave in [Proxy::cut, Proxy::freeze] {
        leave(&proxy);
        assert_away(&*access).await;
        proxy.restore();
        access.ping().await.expect("PostgreSQL is back");
    }
}

/// More callers at once than there are connections, so that all of them are opened.
async fn many_pings(storage: &Storage) -> Result<Vec<()>, Error> {
    let mut callers = JoinSet::new();
    for _ in 0..20 {
        let access = storage.access();
        callers.spawn(async move { access.ping().await });
    }
    callers.join_all().await.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_connection_from_before_an_outage_is_used_after_it() {
    let database = postgres::database().await;
    let (proxy, url) = Proxy::to_url(&database.url).await;
    let storage = instance(&url).await;
    many_pings(&storage).await.expect("PostgreSQL is there");
    proxy.freeze();
    assert_away(&*storage.access()).await;
    proxy.restore();
    many_pings(&storage).await.expect("PostgreSQL is back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_that_give_up_leave_no_broken_connections() {
    let database = postgres::database().await;
    let (proxy, url) = Proxy::to_url(&database.url).await;
    let storage = instance(&url).await;
    let access = storage.access();
    many_pings(&storage).await.expect("PostgreSQL is there");
    proxy.freeze();
    for _ in 0..20 {
        timeout(Duration::from_millis(5), access.ping()).await.expect_err("no answer");
    }
    proxy.restore();
    access.ping().await.expect("PostgreSQL is back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_is_unavailable_in_time_and_then_there_again() {
    let database = postgres::database().await;
    let (proxy, url) = Proxy::to_url(&database.url).await;
    let world = World::new(&url).await;
    let owner = world.owner("ann").await;
    let first = world.rejection(&owner).await;
    for leave in [Proxy::cut, Proxy::freeze] {
        leave(&proxy);
        let change = world.insert(&owner, &world.new_rejection());
        let answer = timeout(ANSWER_WITHIN, world.history.commit(&owner, change)).await;
        assert_kind(answer.expect("an answer within two seconds"), ErrorKind::Unavailable);
        let answer = timeout(ANSWER_WITHIN, world.history.rejection(&owner, first.id)).await;
        assert_kind(answer.expect("an answer within two seconds"), ErrorKind::Unavailable);
        // What is noted meanwhile waits.
        world.governance.note(world.event(&owner, "get_rejection"));
        assert_kind(world.governance.flush().await, ErrorKind::Unavailable);
        proxy.restore();
        assert_eq!(world.stored_rejection(&owner, first.id).await.as_ref(), Some(&first));
    }
    assert_eq!(world.operations(owner.tenant).await, ["test", "get_rejection", "get_rejection"]);
}

/// Asks again and again until it is told that the database is away.
async fn pings_until_away(access: &dyn AccessStore) -> (usize, Error) {
    let mut answered = 0;
    loop {
        match access.ping().await {
            Ok(()) => answered += 1,
            Err(error) => return (answered, error),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_steps_of_one_request_share_one_limit() {
    let database = postgres::database().await;
    let (proxy, url) = Proxy::to_url(&database.url).await;
    let world = World::new(&url).await;
    many_pings(&world.storage).await.expect("PostgreSQL is there");
    proxy.slow(Duration::from_millis(200));
    let tenant = world.new_tenant("never");
    let all = one_request(async {
        let (answered, error) = pings_until_away(&*world.access).await;
        // Nothing is begun any more, so that it is sure that nothing was done.
        let refused = world.access.create_tenant(&tenant).await;
        (answered, error, refused)
    });
    let (answered, error, refused) = timeout(ANSWER_WITHIN, all).await.expect("an answer within two seconds");
    assert!((1..5).contains(&answered), "{answered}");
    assert_eq!((error.kind, error.retry_after), (ErrorKind::Unavailable, Some(Duration::from_secs(1))));
    assert_kind(refused, ErrorKind::Unavailable);
    proxy.restore();
    one_request(world.access.ping()).await.expect("another request has a limit of its own");
    assert!(world.access.tenant(tenant.id).await.unwrap().is_none());
}
