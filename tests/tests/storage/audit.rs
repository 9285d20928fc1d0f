//! The audit log: noted without waiting, found again by person, key and time, and only by its tenant.

use std::time::Duration;

use rebound_domain::governance::{AuditEvent, AuditFilter};
use rebound_domain::history::{Owner, UserId};
use tokio::time::{Instant, timeout};

use crate::{World, instance};

both_databases! {
    what_is_noted_is_written_by_itself_within_a_second
    a_flush_writes_what_was_noted
    closing_writes_what_was_noted
    many_lines_come_in_pages_newest_first
    lines_are_found_by_person_key_and_time
}

async fn page(world: &World, owner: &Owner, filter: &AuditFilter) -> Vec<AuditEvent> {
    world.governance.audit_events(owner.tenant, filter, None, 1_000).await.expect("a page")
}

/// As a page shows it that was not asked for one person: a digest cannot be turned back.
fn without_user(event: &AuditEvent) -> AuditEvent {
    AuditEvent { user: None, ..event.clone() }
}

async fn what_is_noted_is_written_by_itself_within_a_second(world: World) {
    let owner = world.owner("ann").await;
    let event = world.event(&owner, "get_rejection");
    let noted = Instant::now();
    world.governance.note(event.clone());
    let written = timeout(Duration::from_secs(10), async {
        loop {
            let events = page(&world, &owner, &AuditFilter::default()).await;
            if !events.is_empty() {
                return events;
            }
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(written.await.expect("a line"), [without_user(&event)]);
    assert!(noted.elapsed() < Duration::from_secs(2), "{:?}", noted.elapsed());
}

async fn a_flush_writes_what_was_noted(world: World) {
    let owner = world.owner("ann").await;
    for number in 0..600 {
        let event = world.event(&owner, "list_rejections");
        world.governance.note(AuditEvent { resource: Some(format!("rej_{number}")), ..event });
    }
    world.governance.flush().await.unwrap();
    let events = page(&world, &owner, &AuditFilter::default()).await;
    let resources: Vec<String> = events.into_iter().rev().filter_map(|event| event.resource).collect();
    assert_eq!(resources, (0..600).map(|number| format!("rej_{number}")).collect::<Vec<_>>());
    world.governance.flush().await.unwrap();
}

async fn closing_writes_what_was_noted(world: World) {
    let owner = world.owner("ann").await;
    let event = world.event(&owner, "get_rejection");
    world.governance.note(event.clone());
    world.storage.close().await;
    let again = instance(&world.url).await.governance();
    let events = again.audit_events(owner.tenant, &AuditFilter::default(), None, 10).await.unwrap();
    assert_eq!(events, [without_user(&event)]);
}

async fn many_lines_come_in_pages_newest_first(world: World) {
    let owner = world.owner("ann").await;
    let other = world.owner("bob").await;
    let mut events: Vec<AuditEvent> = (0..5).map(|_| world.event(&owner, "get_rejection")).collect();
    events.iter().cloned().for_each(|event| world.governance.note(event));
    world.governance.note(world.event(&other, "get_rejection"));
    world.governance.flush().await.unwrap();
    events.reverse();
    let shown: Vec<AuditEvent> = events.iter().map(without_user).collect();
    let filter = AuditFilter::default();
    let page = async |after: Option<&AuditEvent>| {
        let after = after.map(|event| event.id);
        world.governance.audit_events(owner.tenant, &filter, after, 2).await.unwrap()
    };
    assert_eq!(page(None).await, shown[..2]);
    assert_eq!(page(Some(&shown[1])).await, shown[2..4]);
    assert_eq!(page(Some(&shown[3])).await, shown[4..]);
    assert_eq!(page(Some(&shown[4])).await, []);
}

async fn lines_are_found_by_person_key_and_time(world: World) {
    let ann = world.owner("ann").await;
    let bob = Owner { user: UserId::new("bob").unwrap(), ..ann.clone() };
    let events = [world.event(&ann, "one"), world.event(&bob, "two"), world.event(&ann, "three")];
    events.iter().cloned().for_each(|event| world.governance.note(event));
    world.governance.flush().await.unwrap();
    let [one, two, three] = &events;
    let of_ann = AuditFilter { user: Some(ann.user.clone()), ..AuditFilter::default() };
    assert_eq!(page(&world, &ann, &of_ann).await, [three.clone(), one.clone()]);
    let by_key = AuditFilter { key: Some(two.key), ..AuditFilter::default() };
    assert_eq!(page(&world, &ann, &by_key).await, [without_user(two)]);
    let since = AuditFilter { since: Some(two.at), ..AuditFilter::default() };
    assert_eq!(page(&world, &ann, &since).await, [without_user(three), without_user(two)]);
    let until = AuditFilter { until: Some(two.at), ..AuditFilter::default() };
    assert_eq!(page(&world, &ann, &until).await, [without_user(one)]);
    let both = AuditFilter { key: Some(two.key), ..of_ann };
    assert_eq!(page(&world, &ann, &both).await, []);
}
