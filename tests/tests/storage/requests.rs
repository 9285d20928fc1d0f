//! Requests of administrators that come twice: one effect, kept with its answer, until the answer ends.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rebound_domain::ErrorKind;
use rebound_domain::access::{AccessRequest, AccessStep, KeptAnswer};
use rebound_domain::environment::Clock;
use rebound_domain::id::TenantId;

use crate::{World, assert_kind};

both_databases! {
    a_step_is_taken_once_for_a_request
    a_step_that_fails_keeps_nothing
    an_answer_is_forgotten_when_it_ends
    what_has_ended_is_taken_away
    the_same_digest_of_another_tenant_is_another_request
    of_fifty_at_once_one_takes_the_step
    a_key_is_found_by_its_id_within_its_tenant
}

impl World {
    /// A request that comes now, with an answer that says which one it is.
    pub(crate) fn request(&self, tenant: TenantId, digest: u8, answer: &str) -> AccessRequest {
        let created_at = self.clock.now();
        let kept = KeptAnswer { asked: [9; 32], sealed: answer.as_bytes().to_vec() };
        AccessRequest { tenant, digest: [digest; 32], kept, created_at, expires_at: self.in_minutes(60) }
    }

    async fn kept(&self, tenant: TenantId, digest: u8, now: Timestamp) -> Option<KeptAnswer> {
        self.access.kept_answer(tenant, &[digest; 32], now).await.unwrap()
    }
}

async fn a_step_is_taken_once_for_a_request(world: World) {
    let acme = world.tenant("acme").await;
    let old = world.key(&acme).await;
    let (tenant, key, successor) = (world.new_tenant("fresh"), world.new_key(acme.id), world.new_key(acme.id));
    let ends = world.in_minutes(5);
    let rotated = AccessStep::RotateApiKey { old: old.id, successor: &successor, old_expires_at: ends };
    let steps = [AccessStep::CreateTenant(&tenant), AccessStep::CreateApiKey(&key), rotated];
    let (other_tenant, other_key) = (world.new_tenant("other"), world.new_key(acme.id));
    let again = AccessStep::RotateApiKey { old: old.id, successor: &other_key, old_expires_at: world.in_minutes(1) };
    let others = [AccessStep::CreateTenant(&other_tenant), AccessStep::CreateApiKey(&other_key), again];
    for ((step, other), digest) in steps.into_iter().zip(others).zip(1..) {
        let first = world.request(acme.id, digest, "first");
        assert_eq!(world.access.apply(step, Some(&first)).await.unwrap(), None);
        let second = world.request(acme.id, digest, "second");
        assert_eq!(world.access.apply(other, Some(&second)).await.unwrap(), Some(first.kept.clone()));
        assert_eq!(world.kept(acme.id, digest, world.clock.now()).await, Some(first.kept));
    }
    assert_eq!(world.access.tenant(tenant.id).await.unwrap(), Some(tenant));
    assert_eq!(world.access.tenant(other_tenant.id).await.unwrap(), None);
    assert_eq!(world.stored(&key).await, Some(key));
    assert_eq!(world.stored(&successor).await, Some(successor));
    assert_eq!(world.stored(&other_key).await, None);
    assert_eq!(world.stored(&old).await.unwrap().expires_at, Some(ends), "ended by the first alone");
}

async fn a_step_that_fails_keeps_nothing(world: World) {
    let acme = world.tenant("acme").await;
    let taken = world.new_tenant("acme");
    let request = world.request(acme.id, 1, "never");
    let failed = world.access.apply(AccessStep::CreateTenant(&taken), Some(&request)).await;
    assert_kind(failed, ErrorKind::Conflict);
    let (unknown, successor) = (world.new_key(acme.id), world.new_key(acme.id));
    let old_expires_at = world.in_minutes(1);
    let step = AccessStep::RotateApiKey { old: unknown.id, successor: &successor, old_expires_at };
    assert_kind(world.access.apply(step, Some(&request)).await, ErrorKind::NotFound);
    assert_eq!(world.kept(acme.id, 1, world.clock.now()).await, None);
    let key = world.new_key(acme.id);
    assert_eq!(world.access.apply(AccessStep::CreateApiKey(&key), Some(&request)).await.unwrap(), None);
}

async fn an_answer_is_forgotten_when_it_ends(world: World) {
    let acme = world.tenant("acme").await;
    let (key, next) = (world.new_key(acme.id), world.new_key(acme.id));
    let request = world.request(acme.id, 1, "first");
    world.access.apply(AccessStep::CreateApiKey(&key), Some(&request)).await.unwrap();
    world.clock.advance(SignedDuration::from_mins(60));
    let now = world.clock.now();
    let just_before = now - SignedDuration::from_micros(1);
    assert_eq!(world.kept(acme.id, 1, just_before).await, Some(request.kept));
    assert_eq!(world.kept(acme.id, 1, now).await, None);
    let anew = world.request(acme.id, 1, "anew");
    assert_eq!(world.access.apply(AccessStep::CreateApiKey(&next), Some(&anew)).await.unwrap(), None);
    assert_eq!(world.kept(acme.id, 1, now).await, Some(anew.kept));
    assert_eq!(world.stored(&next).await, Some(next));
}

async fn what_has_ended_is_taken_away(world: World) {
    let acme = world.tenant("acme").await;
    for digest in 1..=3 {
        let request = world.request(acme.id, digest, "an answer");
        let key = world.new_key(acme.id);
        world.access.apply(AccessStep::CreateApiKey(&key), Some(&request)).await.unwrap();
        world.clock.advance(SignedDuration::from_mins(1));
    }
    let end_of_second = world.clock.now() + SignedDuration::from_mins(58);
    let mut taken = 0;
    for _ in 0..3 {
        taken += world.governance.retain(end_of_second, 1).await.unwrap().answers_and_tokens;
    }
    assert_eq!(taken, 2);
    let start = world.clock.now() - SignedDuration::from_mins(3);
    let kept = [1, 2, 3].map(|digest| world.kept(acme.id, digest, start));
    let [first, second, third] = kept;
    assert_eq!((first.await, second.await, third.await.is_some()), (None, None, true));
}

async fn the_same_digest_of_another_tenant_is_another_request(world: World) {
    let (one, other) = (world.tenant("one").await, world.tenant("other").await);
    for tenant in [&one, &other] {
        let (key, request) = (world.new_key(tenant.id), world.request(tenant.id, 1, &tenant.name));
        assert_eq!(world.access.apply(AccessStep::CreateApiKey(&key), Some(&request)).await.unwrap(), None);
        assert_eq!(world.kept(tenant.id, 1, world.clock.now()).await, Some(request.kept));
    }
}

async fn of_fifty_at_once_one_takes_the_step(world: World) {
    let world = Arc::new(world);
    let acme = world.tenant("acme").await;
    let tries: Vec<_> = (0..50)
        .map(|number| {
            let (world, key) = (Arc::clone(&world), world.new_key(acme.id));
            let request = world.request(acme.id, 1, &format!("answer {number}"));
            tokio::spawn(async move {
                let kept = world.access.apply(AccessStep::CreateApiKey(&key), Some(&request)).await.unwrap();
                (kept.is_none(), kept.unwrap_or(request.kept))
            })
        })
        .collect();
    let (mut effects, mut answers) = (0, Vec::new());
    for attempt in tries {
        let (is_first, answer) = attempt.await.unwrap();
        effects += usize::from(is_first);
        answers.push(answer);
    }
    answers.dedup();
    assert_eq!((effects, answers.len()), (1, 1));
    assert_eq!(world.access.api_keys(acme.id, None, 100).await.unwrap().len(), 1);
}

async fn a_key_is_found_by_its_id_within_its_tenant(world: World) {
    let (mine, other) = (world.tenant("mine").await, world.tenant("other").await);
    let key = world.key(&mine).await;
    assert_eq!(world.access.api_key(mine.id, key.id).await.unwrap(), Some(key.clone()));
    assert_eq!(world.access.api_key(other.id, key.id).await.unwrap(), None);
}
