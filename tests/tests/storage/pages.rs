//! Pages of rejections: newest first, each rejection once, filtered, and for each side only what it may see.

use jiff::{SignedDuration, Timestamp};
use rebound_domain::context::Field;
use rebound_domain::history::{Diary, Owner, Rejection, RejectionFilter, Sight, Space};

use crate::World;

both_databases! {
    pages_are_newest_first_and_have_each_rejection_once
    a_page_has_only_what_the_filter_says
    the_employers_side_sees_its_records_without_the_diary
}

async fn page(
    world: &World,
    owner: &Owner,
    filter: &RejectionFilter,
    after: Option<&Rejection>,
    limit: u32,
) -> Vec<Rejection> {
    let after = after.map(|rejection| (rejection.record.occurred_at, rejection.id));
    world.history.rejections(owner, Sight::Person, filter, after, limit).await.expect("a page")
}

/// Rejections of which two and two happened at the same moment, newest first; inserted in another order.
async fn some(world: &World, owner: &Owner) -> Vec<Rejection> {
    let mut rejections: Vec<Rejection> = (0..7).map(|_| world.new_rejection()).collect();
    for pair in [1, 4] {
        rejections[pair + 1].record.occurred_at = rejections[pair].record.occurred_at;
    }
    for index in [3, 6, 0, 5, 2, 1, 4] {
        world.commit(owner, world.insert(owner, &rejections[index])).await;
    }
    rejections.reverse();
    rejections
}

async fn pages_are_newest_first_and_have_each_rejection_once(world: World) {
    let owner = world.owner("ann").await;
    let rejections = some(&world, &owner).await;
    let everything = RejectionFilter::default();
    for size in 1..=8 {
        let mut seen: Vec<Rejection> = Vec::new();
        loop {
            let page = page(&world, &owner, &everything, seen.last(), size).await;
            if page.is_empty() {
                break;
            }
            seen.extend(page);
        }
        assert_eq!(seen, rejections, "pages of {size}");
    }
}

async fn a_page_has_only_what_the_filter_says(world: World) {
    let owner = world.owner("ann").await;
    let mut rejections = some(&world, &owner).await;
    let mut idea = world.new_rejection();
    idea.record.fields = idea.record.fields.with(Field::Kind, "idea").without(Field::Stage);
    world.commit(&owner, world.insert(&owner, &idea)).await;
    let kind = |name| RejectionFilter { kind: Field::Kind.value_index(name), ..RejectionFilter::default() };
    let stage = |name| RejectionFilter { stage: Field::Stage.value_index(name), ..RejectionFilter::default() };
    assert_eq!(page(&world, &owner, &kind("idea"), None, 10).await, std::slice::from_ref(&idea));
    assert_eq!(page(&world, &owner, &kind("promotion"), None, 10).await, []);
    assert_eq!(page(&world, &owner, &stage("interview"), None, 10).await, rejections);
    assert_eq!(page(&world, &owner, &stage("interview"), Some(&rejections[4]), 10).await, rejections[5..]);
    let (from, to): (Timestamp, Timestamp) = (rejections[5].record.occurred_at, rejections[3].record.occurred_at);
    let between = RejectionFilter { since: Some(from), until: Some(to), ..RejectionFilter::default() };
    assert_eq!(page(&world, &owner, &between, None, 10).await, rejections[4..6]);
    rejections.insert(0, idea);
    assert_eq!(page(&world, &owner, &RejectionFilter::default(), None, 10).await, rejections);
    let early: Timestamp = "0001-01-01T00:00:00Z".parse().unwrap();
    let since_ever = RejectionFilter { since: Some(early), until: Some(Timestamp::MAX), ..RejectionFilter::default() };
    assert_eq!(page(&world, &owner, &since_ever, None, 10).await, rejections);
}

async fn the_employers_side_sees_its_records_without_the_diary(world: World) {
    let owner = world.owner("ann").await;
    let shared = world.with_diary(world.new_rejection(), "it hurt");
    world.clock.advance(SignedDuration::from_secs(1));
    let own = Rejection { space: Space::Person, ..world.with_diary(world.new_rejection(), "nobody knows") };
    for rejection in [&shared, &own] {
        world.commit(&owner, world.insert(&owner, rejection)).await;
    }
    assert_eq!(world.rejections(&owner, Sight::Person).await, [own, shared.clone()]);
    assert_eq!(world.rejections(&owner, Sight::Employer).await, [Rejection { diary: Diary::default(), ..shared }]);
}
