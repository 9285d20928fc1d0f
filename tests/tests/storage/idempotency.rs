//! A step with an idempotency key is done once, and repeated with the answer that was given.

use jiff::SignedDuration;
use rebound_domain::ErrorKind;
use rebound_domain::environment::Clock;
use rebound_domain::history::{Change, Committed, Idempotency, Owner, Sight, UserId};
use tokio::task::JoinSet;

use crate::{World, assert_kind, instance};

both_databases! {
    a_repeated_step_gets_the_first_answer
    a_key_with_another_request_is_refused
    a_key_that_has_ended_may_be_used_anew
    a_key_is_no_use_to_another_tenant
    of_fifty_equal_requests_one_does_it
    of_fifty_equal_requests_for_a_stranger_one_does_it
    of_fifty_requests_with_an_external_reference_one_does_it
    a_step_that_failed_leaves_its_key_free
}

fn key(world: &World, request: u128) -> Idempotency {
    Idempotency { key: 7, request, expires_at: world.clock.now() + SignedDuration::from_hours(24) }
}

fn once(world: &World, owner: &Owner, idempotency: Idempotency, answer: &str) -> Change {
    let rejection = world.new_rejection();
    Change { idempotency: Some((idempotency, answer.as_bytes().to_vec())), ..world.insert(owner, &rejection) }
}

fn replayed(answer: &str) -> Committed {
    Committed::Replayed(answer.as_bytes().to_vec())
}

async fn a_repeated_step_gets_the_first_answer(world: World) {
    let owner = world.owner("ann").await;
    let idempotency = key(&world, 1);
    let now = world.clock.now();
    assert_eq!(world.history.replay(&owner, &idempotency, now).await.unwrap(), None);
    assert_eq!(world.commit(&owner, once(&world, &owner, idempotency, "first")).await, Committed::Done);
    assert_eq!(world.commit(&owner, once(&world, &owner, idempotency, "second")).await, replayed("first"));
    let answer = world.history.replay(&owner, &idempotency, now).await.unwrap();
    assert_eq!(answer, Some(b"first".to_vec()));
    assert_eq!(world.rejections(&owner, Sight::Person).await.len(), 1);
    assert_eq!(world.operations(owner.tenant).await, ["test"]);
}

async fn a_key_with_another_request_is_refused(world: World) {
    let owner = world.owner("ann").await;
    let other = Owner { user: UserId::new("bob").unwrap(), ..owner.clone() };
    world.commit(&owner, once(&world, &owner, key(&world, 1), "first")).await;
    for (owner, request) in [(&owner, 2), (&other, 1)] {
        let idempotency = key(&world, request);
        let now = world.clock.now();
        let change = once(&world, owner, idempotency, "second");
        assert_kind(world.history.commit(owner, change).await, ErrorKind::IdempotencyKeyReused);
        assert_kind(world.history.replay(owner, &idempotency, now).await, ErrorKind::IdempotencyKeyReused);
    }
    assert_eq!(world.rejections(&owner, Sight::Person).await.len(), 1);
    assert_eq!(world.rejections(&other, Sight::Person).await, []);
}

async fn a_key_that_has_ended_may_be_used_anew(world: World) {
    let owner = world.owner("ann").await;
    world.commit(&owner, once(&world, &owner, key(&world, 1), "first")).await;
    world.clock.advance(SignedDuration::from_hours(24));
    let anew = key(&world, 2);
    assert_eq!(world.history.replay(&owner, &anew, world.clock.now()).await.unwrap(), None);
    assert_eq!(world.commit(&owner, once(&world, &owner, anew, "second")).await, Committed::Done);
    assert_eq!(world.commit(&owner, once(&world, &owner, anew, "third")).await, replayed("second"));
}

async fn a_key_is_no_use_to_another_tenant(world: World) {
    let owner = world.owner("ann").await;
    let other = Owner { tenant: world.tenant("elsewhere").await.id, ..owner.clone() };
    for owner in [&owner, &other] {
        assert_eq!(world.commit(owner, once(&world, owner, key(&world, 1), "first")).await, Committed::Done);
    }
}

/// Many at once, through two instances.
async fn of_many_one_does_it(world: &World, owner: &Owner, change: impl Fn() -> Change) {
    let other = instance(&world.url).await.history();
    let mut callers = JoinSet::new();
    for number in 0..50 {
        let history = if number % 2 == 0 { world.history.clone() } else { other.clone() };
        let (owner, change) = (owner.clone(), change());
        callers.spawn(async move { history.commit(&owner, change).await.unwrap() });
    }
    let answers = callers.join_all().await;
    assert_eq!(answers.iter().filter(|answer| **answer == Committed::Done).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == replayed("the answer")).count(), 49);
}

async fn of_fifty_equal_requests_one_does_it(world: World) {
    let owner = world.owner("ann").await;
    world.rejection(&owner).await;
    let idempotency = key(&world, 1);
    of_many_one_does_it(&world, &owner, || once(&world, &owner, idempotency, "the answer")).await;
    assert_eq!(world.rejections(&owner, Sight::Person).await.len(), 2);
}

async fn of_fifty_equal_requests_for_a_stranger_one_does_it(world: World) {
    let owner = world.owner("ann").await;
    let idempotency = key(&world, 1);
    of_many_one_does_it(&world, &owner, || once(&world, &owner, idempotency, "the answer")).await;
    assert_eq!(world.rejections(&owner, Sight::Person).await.len(), 1);
}

async fn of_fifty_requests_with_an_external_reference_one_does_it(world: World) {
    let owner = world.owner("ann").await;
    let idempotency = key(&world, 1);
    let change = || {
        let mut rejection = world.new_rejection();
        rejection.record.external_ref = Some("ats-1".to_owned());
        Change { idempotency: Some((idempotency, b"the answer".to_vec())), ..world.insert(&owner, &rejection) }
    };
    of_many_one_does_it(&world, &owner, change).await;
    assert_eq!(world.rejections(&owner, Sight::Person).await.len(), 1);
}

async fn a_step_that_failed_leaves_its_key_free(world: World) {
    let owner = world.owner("ann").await;
    let first = world.rejection(&owner).await;
    let idempotency = key(&world, 1);
    let with_key = |change| Change { idempotency: Some((idempotency, b"no".to_vec())), ..change };
    let twice = with_key(world.insert(&owner, &first));
    assert_kind(world.history.commit(&owner, twice).await, ErrorKind::Conflict);
    let mut stale = first.versions;
    stale.record = 9;
    let change = with_key(world.update(&owner, &first, stale));
    assert_eq!(world.commit(&owner, change).await, Committed::Stale);
    assert_eq!(world.history.replay(&owner, &idempotency, world.clock.now()).await.unwrap(), None);
    assert_eq!(world.commit(&owner, once(&world, &owner, idempotency, "yes")).await, Committed::Done);
}
