//! Counts over all people of a tenant.

use rebound_domain::context::Field;
use rebound_domain::environment::Clock;
use rebound_domain::history::{Owner, Rejection, Space, Tally, UserId};

use crate::World;

both_databases! {
    tallies_count_rejections_and_people
    tallies_leave_out_what_is_private_restricted_early_or_of_others
}

/// The rejections and people of one group.
fn count(tallies: &[Tally], field: Field, value: Option<&str>) -> (u64, u64) {
    let value = value.map(|name| field.value_index(name).unwrap());
    let mut found = tallies.iter().filter(|tally| tally.field == field && tally.value == value);
    let count = found.next().map_or((0, 0), |tally| (tally.rejections, tally.people));
    assert_eq!(found.next(), None);
    count
}

async fn tallies_count_rejections_and_people(world: World) {
    let ann = world.owner("ann").await;
    let bob = Owner { user: UserId::new("bob").unwrap(), ..ann.clone() };
    let since = world.clock.now();
    let mut with_reasons = world.new_rejection();
    let fields = r#"{"kind": "idea", "reasons": ["not_given", "timing", "lacks_volunteering"]}"#;
    with_reasons.record.fields = serde_json::from_str(fields).unwrap();
    world.commit(&bob, world.insert(&bob, &with_reasons)).await;
    for owner in [&ann, &ann, &bob] {
        world.rejection(owner).await;
    }
    let tallies = world.history.tallies(ann.tenant, since).await.unwrap();
    assert_eq!(count(&tallies, Field::Kind, Some("job_application")), (3, 2));
    assert_eq!(count(&tallies, Field::Kind, Some("idea")), (1, 1));
    assert_eq!(count(&tallies, Field::Kind, None), (0, 0));
    assert_eq!(count(&tallies, Field::Stage, Some("interview")), (3, 2));
    assert_eq!(count(&tallies, Field::Stage, None), (1, 1));
    assert_eq!(count(&tallies, Field::Reasons, None), (3, 2));
    for reason in ["not_given", "timing", "lacks_volunteering"] {
        assert_eq!(count(&tallies, Field::Reasons, Some(reason)), (1, 1), "{reason}");
    }
    assert_eq!(tallies.len(), 8);
}

async fn tallies_leave_out_what_is_private_restricted_early_or_of_others(world: World) {
    let ann = world.owner("ann").await;
    let held = Owner { user: UserId::new("held").unwrap(), ..ann.clone() };
    let elsewhere = world.owner("bob").await;
    world.rejection(&ann).await;
    let since = world.new_rejection().created_at;
    let own = Rejection { space: Space::Person, ..world.new_rejection() };
    world.commit(&ann, world.insert(&ann, &own)).await;
    world.rejection(&held).await;
    world.rejection(&elsewhere).await;
    world.erase(&held, true).await;
    assert_eq!(world.history.tallies(ann.tenant, since).await.unwrap(), []);
    world.rejection(&ann).await;
    let tallies = world.history.tallies(ann.tenant, since).await.unwrap();
    assert_eq!(tallies.iter().map(|tally| (tally.rejections, tally.people)).collect::<Vec<_>>(), [(1, 1); 3]);
}
