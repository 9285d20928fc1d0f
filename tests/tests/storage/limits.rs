//! What tenants may ask, and what each process counted.

use jiff::SignedDuration;
use rebound_domain::environment::Clock as _;
use rebound_domain::governance::AuditEvent;
use rebound_domain::history::{Owner, UserId};
use rebound_domain::id::TenantId;
use rebound_domain::limits::{Shared, TenantLimits, Used};
use uuid::Uuid;

use crate::World;

both_databases! {
    what_processes_counted_adds_up_and_counts_once
    who_has_not_written_for_long_is_gone
    usage_of_other_tenants_and_days_is_apart
    days_that_are_over_are_forgotten
    limits_are_absent_until_they_are_put
    many_tenants_are_asked_of_at_once
}

const ONE: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);

impl World {
    pub(crate) async fn record(&self, replica: Uuid, used: &[Used]) -> Vec<Shared> {
        let now = self.clock.now();
        self.limits.record(replica, now, now - SignedDuration::from_secs(15), used).await.expect("an answer")
    }

    pub(crate) async fn put_limits(&self, tenant: TenantId, limits: TenantLimits) {
        let owner = Owner { tenant, user: UserId::new("nobody").unwrap() };
        let event = AuditEvent { user: None, ..self.event(&owner, "put_limits") };
        self.limits.put_limits(tenant, limits, event).await.expect("an answer");
    }
}

async fn what_processes_counted_adds_up_and_counts_once(world: World) {
    let tenant = world.tenant("acme").await.id;
    let used = |own| [Used { tenant, day: 7, own }];
    let shared = |total, replicas| [Shared { tenant, day: 7, total, replicas }];
    assert_eq!(world.record(ONE, &used(3)).await, shared(3, 1));
    assert_eq!(world.record(OTHER, &used(4)).await, shared(7, 2));
    assert_eq!(world.record(ONE, &used(5)).await, shared(9, 2));
    assert_eq!(world.record(ONE, &used(5)).await, shared(9, 2));
    assert_eq!(world.limits.used(tenant, 7).await.unwrap(), 9);
    assert!(world.record(ONE, &[]).await.is_empty());
}

async fn who_has_not_written_for_long_is_gone(world: World) {
    let tenant = world.tenant("acme").await.id;
    let used = [Used { tenant, day: 7, own: 1 }];
    world.record(ONE, &used).await;
    world.clock.advance(SignedDuration::from_secs(15));
    assert_eq!(world.record(OTHER, &used).await[0].replicas, 2);
    world.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(world.record(OTHER, &used).await[0], Shared { tenant, day: 7, total: 2, replicas: 1 });
}

async fn usage_of_other_tenants_and_days_is_apart(world: World) {
    let (one, other) = (world.tenant("one").await.id, world.tenant("other").await.id);
    let used = |tenant, day, own| Used { tenant, day, own };
    let all = [used(one, 7, 1), used(one, 8, 2), used(other, 8, 4)];
    let mut shared = world.record(ONE, &all).await;
    shared.sort_unstable_by_key(|shared| (shared.tenant, shared.day));
    assert_eq!(shared.iter().map(|shared| shared.total).collect::<Vec<_>>(), [1, 2, 4]);
    assert_eq!(world.limits.used(one, 8).await.unwrap(), 2);
    assert_eq!(world.limits.used(other, 7).await.unwrap(), 0);
}

async fn days_that_are_over_are_forgotten(world: World) {
    let tenant = world.tenant("acme").await.id;
    world.record(ONE, &[Used { tenant, day: 6, own: 1 }, Used { tenant, day: 7, own: 1 }]).await;
    world.limits.forget(7).await.unwrap();
    assert_eq!((world.limits.used(tenant, 6).await.unwrap(), world.limits.used(tenant, 7).await.unwrap()), (0, 1));
}

async fn limits_are_absent_until_they_are_put(world: World) {
    let (one, other) = (world.tenant("one").await.id, world.tenant("other").await.id);
    assert!(world.limits.limits(&[one, other]).await.unwrap().is_empty());
    let limits =
        TenantLimits { key_requests_per_minute: Some(1), requests_per_minute: Some(0), daily_quota: Some(1 << 40) };
    world.put_limits(one, limits).await;
    assert_eq!(world.limits.limits(&[other, one]).await.unwrap(), [(one, limits)]);
    world.put_limits(one, TenantLimits::default()).await;
    assert_eq!(world.limits.limits(&[one]).await.unwrap(), [(one, TenantLimits::default())]);
    assert_eq!(world.operations(one).await, ["put_limits", "put_limits"]);
}

async fn many_tenants_are_asked_of_at_once(world: World) {
    let tenant = world.tenant("acme").await.id;
    let strangers = (0..1_200u128).map(|number| TenantId::from(Uuid::from_u128(number)));
    let all: Vec<_> = strangers.chain([tenant]).collect();
    world.put_limits(tenant, TenantLimits { daily_quota: Some(1), ..TenantLimits::default() }).await;
    assert_eq!(world.limits.limits(&all).await.unwrap().len(), 1);
    let used: Vec<_> = (0..1_200).map(|day| Used { tenant, day, own: 1 }).collect();
    assert!(world.record(ONE, &used).await.len() >= 1_200);
}
