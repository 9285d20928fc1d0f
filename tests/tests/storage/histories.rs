//! Rejections: kept, changed by who saw the present state, deleted; and the ids of other systems.

use rebound_domain::ErrorKind;
use rebound_domain::context::Field;
use rebound_domain::history::{Change, Committed, Owner, Rejection, RejectionFilter, Sight, Space, UserId, Versions};

use crate::{World, assert_kind, instance};

both_databases! {
    a_rejection_comes_back_as_it_was
    everything_of_a_change_is_done_or_nothing
    a_change_needs_the_versions_that_are_there
    a_record_that_moves_to_the_person_is_gone_for_the_employer
    the_same_rejection_is_inserted_once
    a_deleted_rejection_goes_with_its_lines
    an_external_reference_belongs_to_one_rejection
    of_two_that_change_at_once_one_wins
    a_bad_change_takes_no_other_along
    changes_of_several_tenants_at_once_stay_apart
    what_is_under_way_is_done_before_the_close
    a_tenant_must_exist
    another_instance_reads_what_this_one_wrote
}

async fn a_rejection_comes_back_as_it_was(world: World) {
    let owner = world.owner("ann").await;
    let mut rejection = world.with_diary(world.new_rejection(), "Ich war traurig 😢");
    rejection.record.external_ref = Some("ats-1".to_owned());
    rejection.record.response_due_at = Some(rejection.created_at);
    rejection.record.fields = rejection.record.fields.with_count(Field::RoundsTotal, 4);
    assert_eq!(world.commit(&owner, world.insert(&owner, &rejection)).await, Committed::Done);
    assert_eq!(world.stored_rejection(&owner, rejection.id).await, Some(rejection.clone()));
    let found = world.history.rejection_by_external_ref(&owner, Space::Employer, "ats-1").await.unwrap();
    assert_eq!(found, Some(rejection.clone()));
    assert_eq!(world.rejections(&owner, Sight::Person).await, [rejection]);
    assert_eq!(world.operations(owner.tenant).await, ["test"]);
}

async fn everything_of_a_change_is_done_or_nothing(world: World) {
    let owner = world.owner("ann").await;
    let first = world.rejection(&owner).await;
    let line = world.new_entry(None);
    let change = Change { entries: vec![line.clone()], ..world.insert(&owner, &first) };
    assert_kind(world.history.commit(&owner, change).await, ErrorKind::Conflict);
    let stale = Versions { record: 7, diary: 0 };
    let change = Change { entries: vec![line], ..world.update(&owner, &first, stale) };
    assert_eq!(world.commit(&owner, change).await, Committed::Stale);
    assert_eq!(world.history.entries(&owner, None, 10).await.unwrap(), []);
    assert_eq!(world.operations(owner.tenant).await, ["test"]);
}

async fn a_change_needs_the_versions_that_are_there(world: World) {
    let owner = world.owner("ann").await;
    let first = world.rejection(&owner).await;
    let seen = first.versions;
    let second = world.with_diary(first.clone(), "it hurt");
    assert_eq!(world.commit(&owner, world.update(&owner, &second, seen)).await, Committed::Done);
    let mut third = second.clone();
    third.record.role = None;
    third.versions.record = 2;
    for stale in [seen, Versions { record: 2, diary: 1 }, Versions { record: 1, diary: 2 }] {
        assert_eq!(world.commit(&owner, world.update(&owner, &third, stale)).await, Committed::Stale);
        assert_eq!(world.stored_rejection(&owner, first.id).await, Some(second.clone()));
    }
    assert_eq!(world.commit(&owner, world.update(&owner, &third, second.versions)).await, Committed::Done);
    assert_eq!(world.stored_rejection(&owner, first.id).await, Some(third));
}

async fn a_record_that_moves_to_the_person_is_gone_for_the_employer(world: World) {
    let owner = world.owner("ann").await;
    let first = world.rejection(&owner).await;
    let mut moved = Rejection { space: Space::Person, ..first.clone() };
    moved.versions.record += 1;
    assert_eq!(world.commit(&owner, world.update(&owner, &moved, first.versions)).await, Committed::Done);
    assert_eq!(world.stored_rejection(&owner, first.id).await, Some(moved.clone()));
    let all = RejectionFilter::default();
    let seen = async |sight| world.history.rejections(&owner, sight, &all, None, 10).await.unwrap();
    assert_eq!((seen(Sight::Employer).await, seen(Sight::Person).await), (vec![], vec![moved]));
}

async fn the_same_rejection_is_inserted_once(world: World) {
    let owner = world.owner("ann").await;
    let first = world.rejection(&owner).await;
    let error = world.history.commit(&owner, world.insert(&owner, &first)).await.unwrap_err();
    assert_eq!((error.kind, &*error.detail), (ErrorKind::Conflict, "This rejection exists already."));
}

async fn a_deleted_rejection_goes_with_its_lines(world: World) {
    let owner = world.owner("ann").await;
    let (gone, stays) = (world.new_rejection(), world.new_rejection());
    for rejection in [&gone, &stays] {
        let entries = vec![world.new_entry(Some(rejection.id))];
        world.commit(&owner, Change { entries, ..world.insert(&owner, rejection) }).await;
    }
    let stale = Versions { record: 2, diary: 0 };
    for (versions, is_done) in [(stale, false), (gone.versions, true), (gone.versions, false)] {
        let event = world.event(&owner, "delete_rejection");
        assert_eq!(world.history.delete_rejection(&owner, gone.id, versions, event).await.unwrap(), is_done);
        assert_eq!(world.history.entries(&owner, None, 10).await.unwrap().len(), if versions == stale { 2 } else { 1 });
    }
    assert_eq!(world.rejections(&owner, Sight::Person).await, [stays]);
    assert_eq!(world.operations(owner.tenant).await, ["test", "test", "delete_rejection"]);
}

async fn an_external_reference_belongs_to_one_rejection(world: World) {
    let owner = world.owner("ann").await;
    let other = Owner { user: UserId::new("bob").unwrap(), ..owner.clone() };
    let elsewhere = Owner { tenant: world.tenant("elsewhere").await.id, ..owner.clone() };
    let with_reference = || {
        let mut rejection = world.new_rejection();
        rejection.record.external_ref = Some("ats-1".to_owned());
        rejection
    };
    let first = with_reference();
    assert_eq!(world.commit(&owner, world.insert(&owner, &first)).await, Committed::Done);
    assert_eq!(world.commit(&owner, world.insert(&owner, &with_reference())).await, Committed::ExternalRefTaken);
    let error = world.history.commit(&other, world.insert(&other, &with_reference())).await.unwrap_err();
    assert_eq!((error.kind, &*error.detail), (ErrorKind::Conflict, "Another user has this external reference."));
    assert_eq!(world.commit(&elsewhere, world.insert(&elsewhere, &with_reference())).await, Committed::Done);
    let mut second = world.rejection(&owner).await;
    second.record.external_ref = Some("ats-1".to_owned());
    let update = world.update(&owner, &second, second.versions);
    assert_eq!(world.commit(&owner, update).await, Committed::ExternalRefTaken);
    assert_eq!(world.rejections(&other, Sight::Person).await, []);
    assert_eq!(world.history.rejection_by_external_ref(&owner, Space::Employer, "ats-1").await.unwrap(), Some(first));
}

async fn of_two_that_change_at_once_one_wins(world: World) {
    let owner = world.owner("ann").await;
    let first = world.rejection(&owner).await;
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..10 {
        let mut next = first.clone();
        next.record.role = Some(format!("role {number}"));
        next.versions.record = 2;
        let change = world.update(&owner, &next, first.versions);
        let (history, owner) = (world.history.clone(), owner.clone());
        callers.spawn(async move { history.commit(&owner, change).await.unwrap() });
    }
    let answers = callers.join_all().await;
    assert_eq!(answers.iter().filter(|answer| **answer == Committed::Done).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == Committed::Stale).count(), 9);
}

async fn a_bad_change_takes_no_other_along(world: World) {
    let owner = world.owner("ann").await;
    let first = world.rejection(&owner).await;
    let stale = Versions { record: 9, diary: 9 };
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..90 {
        let change = match number % 3 {
            0 => world.insert(&owner, &world.new_rejection()),
            1 => world.insert(&owner, &first),
            _ => Change { entries: vec![world.new_entry(None)], ..world.update(&owner, &first, stale) },
        };
        let (history, owner) = (world.history.clone(), owner.clone());
        callers.spawn(async move { (number % 3, history.commit(&owner, change).await) });
    }
    for (kind, answer) in callers.join_all().await {
        match kind {
            0 => assert_eq!(answer.unwrap(), Committed::Done),
            1 => assert_kind(answer, ErrorKind::Conflict),
            _ => assert_eq!(answer.unwrap(), Committed::Stale),
        }
    }
    assert_eq!(world.rejections(&owner, Sight::Person).await.len(), 31);
    assert_eq!(world.history.entries(&owner, None, 100).await.unwrap(), []);
    assert_eq!(world.operations(owner.tenant).await.len(), 31);
}

async fn changes_of_several_tenants_at_once_stay_apart(world: World) {
    let ann = world.owner("ann").await;
    let mut owners = vec![ann.clone()];
    for name in ["elsewhere", "far away"] {
        owners.push(Owner { tenant: world.tenant(name).await.id, ..ann.clone() });
    }
    // One tenant has made its person before, so that shapes differ too.
    let mut expected = vec![vec![world.rejection(&ann).await.id], Vec::new(), Vec::new()];
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..60 {
        let owner = owners[number % 3].clone();
        let rejection = world.new_rejection();
        expected[number % 3].push(rejection.id);
        let (change, history) = (world.insert(&owner, &rejection), world.history.clone());
        callers.spawn(async move { history.commit(&owner, change).await.unwrap() });
    }
    assert!(callers.join_all().await.iter().all(|answer| *answer == Committed::Done));
    for (owner, mut expected) in owners.iter().zip(expected) {
        let mut found: Vec<_> = world.rejections(owner, Sight::Person).await.iter().map(|it| it.id).collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
}

async fn what_is_under_way_is_done_before_the_close(world: World) {
    let owner = world.owner("ann").await;
    world.rejection(&owner).await;
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let change = world.insert(&owner, &world.new_rejection());
        let (history, owner) = (world.history.clone(), owner.clone());
        callers.spawn(async move { history.commit(&owner, change).await });
    }
    tokio::task::yield_now().await;
    world.storage.close().await;
    let answers = callers.join_all().await;
    let done = answers.iter().filter(|answer| answer.is_ok()).count();
    for error in answers.into_iter().filter_map(Result::err) {
        assert_eq!(error.kind, ErrorKind::Unavailable);
    }
    let again = instance(&world.url).await.history();
    let filter = rebound_domain::history::RejectionFilter::default();
    assert_eq!(again.rejections(&owner, Sight::Person, &filter, None, 100).await.unwrap().len(), done + 1);
}

async fn a_tenant_must_exist(world: World) {
    let owner = Owner { tenant: world.new_tenant("nobody").id, user: UserId::new("ann").unwrap() };
    let change = world.insert(&owner, &world.new_rejection());
    assert_kind(world.history.commit(&owner, change).await, ErrorKind::NotFound);
}

async fn another_instance_reads_what_this_one_wrote(world: World) {
    let owner = world.owner("ann").await;
    let rejection = world.rejection(&owner).await;
    let other = instance(&world.url).await;
    assert_eq!(other.history().rejection(&owner, rejection.id).await.unwrap(), Some(rejection));
}
