//! The first tenant and its key: once, however many ask at once.

use rebound_domain::ErrorKind;
use rebound_domain::access::{ApiKey, Tenant};
use tokio::task::JoinSet;

use crate::{World, assert_kind, instance};

both_databases! {
    bootstrap_happens_once
    bootstrap_does_nothing_where_a_tenant_exists
    a_bootstrap_that_fails_leaves_nothing
    of_many_bootstraps_at_once_one_wins
}

async fn bootstrap_happens_once(world: World) {
    let tenant = world.new_tenant("first");
    let key = world.new_key(tenant.id);
    assert!(world.access.bootstrap(&tenant, &key).await.unwrap());
    assert!(!world.access.bootstrap(&tenant, &key).await.unwrap());
    let other = world.new_tenant("second");
    let other_key = world.new_key(other.id);
    assert!(!world.access.bootstrap(&other, &other_key).await.unwrap());
    assert_eq!(world.access.tenants(None, 10).await.unwrap(), [tenant]);
    assert_eq!((world.stored(&key).await, world.stored(&other_key).await), (Some(key), None));
}

async fn bootstrap_does_nothing_where_a_tenant_exists(world: World) {
    let tenant = world.tenant("acme").await;
    let late = world.new_tenant("late");
    assert!(!world.access.bootstrap(&late, &world.new_key(late.id)).await.unwrap());
    assert_eq!(world.access.tenants(None, 10).await.unwrap(), [tenant]);
}

async fn a_bootstrap_that_fails_leaves_nothing(world: World) {
    let (tenant, stranger) = (world.new_tenant("first"), world.new_tenant("nobody"));
    assert_kind(world.access.bootstrap(&tenant, &world.new_key(stranger.id)).await, ErrorKind::NotFound);
    assert_eq!(world.access.tenants(None, 10).await.unwrap(), []);
    assert!(world.access.bootstrap(&tenant, &world.new_key(tenant.id)).await.unwrap());
}

async fn of_many_bootstraps_at_once_one_wins(world: World) {
    let other = instance(&world.url).await;
    let mut callers = JoinSet::new();
    for number in 0..8 {
        let access = if number % 2 == 0 { world.storage.access() } else { other.access() };
        let tenant = world.new_tenant(&format!("tenant {number}"));
        let key = world.new_key(tenant.id);
        callers.spawn(async move { access.bootstrap(&tenant, &key).await.unwrap().then_some((tenant, key)) });
    }
    let winners: Vec<(Tenant, ApiKey)> = callers.join_all().await.into_iter().flatten().collect();
    let [(tenant, key)] = winners.as_slice() else { panic!("{} winners", winners.len()) };
    assert_eq!(world.access.tenants(None, 10).await.unwrap(), std::slice::from_ref(tenant));
    assert_eq!(world.access.api_keys(tenant.id, None, 10).await.unwrap(), std::slice::from_ref(key));
}
