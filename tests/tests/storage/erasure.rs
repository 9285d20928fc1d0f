//! A person is erased: nothing is left but a receipt, or, under a legal hold, records that nobody can open.

use std::io::{BufRead, BufReader, Write as _};
use std::process::{Command, Stdio};

use rebound_domain::ErrorKind;
use rebound_domain::governance::AuditFilter;
use rebound_domain::history::{
    Change, Committed, Erased, Idempotency, Owner, Rejection, RejectionFilter, Shown, Sight, Space, UserId, Write,
};

use rebound_tests::postgres;

use crate::people::shown_for;
use crate::{World, assert_kind, instance};

both_databases! {
    nothing_of_an_erased_person_is_left
    a_receipt_shows_whether_it_is_genuine
    under_a_hold_the_records_stay_closed_to_everybody
    a_hold_without_records_keeps_nothing
    a_held_person_can_be_erased_when_the_hold_has_ended
    an_erased_person_may_come_back_as_somebody_new
    an_instance_that_still_has_the_keys_writes_nothing_for_the_old_person
    what_was_shown_to_an_erased_person_is_not_kept_for_who_comes_after
    an_instance_that_still_has_the_keys_sees_the_restriction
    what_is_written_while_a_person_is_erased_is_gone_or_new
}

/// A person with one of everything.
async fn somebody(world: &World) -> (Owner, Rejection) {
    let owner = world.owner("ann").await;
    let mut shared = world.with_diary(world.new_rejection(), "it hurt");
    shared.record.external_ref = Some("ats-1".to_owned());
    let own = Rejection { space: Space::Person, ..world.new_rejection() };
    let expires_at = world.in_minutes(60);
    let change = Change {
        action_item: Some(Write::Insert(world.new_action_item())),
        entries: vec![world.new_entry(Some(shared.id)), world.new_entry(None)],
        shown: Some((shared.id, Shown([("a-tip".to_owned(), shown_for(&shared))].into()))),
        idempotency: Some((Idempotency { key: 1, request: 1, expires_at }, b"answer".to_vec())),
        ..world.insert(&owner, &shared)
    };
    assert_eq!(world.commit(&owner, change).await, Committed::Done);
    assert_eq!(world.commit(&owner, world.insert(&owner, &own)).await, Committed::Done);
    world.token(&owner).await;
    world.governance.note(world.event(&owner, "get_rejection"));
    (owner, shared)
}

async fn assert_gone(world: &World, owner: &Owner, rejection: &Rejection) {
    let (history, now) = (&world.history, rejection.created_at);
    assert_eq!(world.stored_rejection(owner, rejection.id).await, None);
    assert_eq!(history.rejection_by_external_ref(owner, Space::Employer, "ats-1").await.unwrap(), None);
    for sight in [Sight::Employer, Sight::Person] {
        assert_eq!(world.rejections(owner, sight).await, []);
    }
    assert_eq!(history.action_items(owner, None, 10).await.unwrap(), []);
    assert_eq!(history.entries(owner, None, 10).await.unwrap(), []);
    assert_eq!(history.shown(owner).await.unwrap(), Shown::default());
    let idempotency = Idempotency { key: 1, request: 1, expires_at: world.in_minutes(60) };
    assert_eq!(history.replay(owner, &idempotency, now).await.unwrap(), None);
    assert_eq!(world.access.api_keys(owner.tenant, None, 10).await.unwrap(), []);
    let of_user = AuditFilter { user: Some(owner.user.clone()), ..AuditFilter::default() };
    assert_eq!(world.governance.audit_events(owner.tenant, &of_user, None, 10).await.unwrap(), []);
}

async fn nothing_of_an_erased_person_is_left(world: World) {
    let (owner, rejection) = somebody(&world).await;
    let neighbour = Owner { user: UserId::new("bob").unwrap(), ..owner.clone() };
    let other = world.rejection(&neighbour).await;
    let receipt = world.erase(&owner, false).await;
    let erased = Erased { rejections: 2, action_items: 1, entries: 2, keys_and_answers: 2, held: 0 };
    assert_eq!(receipt.erased, erased);
    assert_gone(&world, &owner, &rejection).await;
    let operations = ["test", "test", "create_token", "get_rejection", "test", "erase_user"];
    assert_eq!(world.operations(owner.tenant).await, operations);
    assert_eq!(world.stored_rejection(&neighbour, other.id).await, Some(other));
    assert_eq!(world.erase(&owner, false).await.erased, Erased::default());
}

async fn a_receipt_shows_whether_it_is_genuine(world: World) {
    let (owner, _) = somebody(&world).await;
    let receipt = world.erase(&owner, false).await;
    assert_eq!(receipt.seal.len(), 64);
    let stored = world.governance.receipt(owner.tenant, receipt.id).await.unwrap();
    assert_eq!(stored, Some((receipt.clone(), true)));
    let again = instance(&world.url).await.governance();
    assert_eq!(again.receipt(owner.tenant, receipt.id).await.unwrap(), Some((receipt.clone(), true)));
    let elsewhere = world.tenant("elsewhere").await.id;
    assert_eq!(world.governance.receipt(elsewhere, receipt.id).await.unwrap(), None);
    assert_eq!(world.governance.receipt(owner.tenant, world.receipt(&owner).id).await.unwrap(), None);
}

async fn under_a_hold_the_records_stay_closed_to_everybody(world: World) {
    let (owner, rejection) = somebody(&world).await;
    let receipt = world.erase(&owner, true).await;
    let erased = Erased { rejections: 1, action_items: 1, entries: 2, keys_and_answers: 2, held: 1 };
    assert_eq!(receipt.erased, erased);
    assert_gone(&world, &owner, &rejection).await;
    let again = world.history.commit(&owner, world.insert(&owner, &world.new_rejection())).await;
    assert_kind(again, ErrorKind::LegalHold);
    let update = world.update(&owner, &rejection, rejection.versions);
    assert_kind(world.history.commit(&owner, update).await, ErrorKind::LegalHold);
    let event = world.event(&owner, "delete_rejection");
    let deleted = world.history.delete_rejection(&owner, rejection.id, rejection.versions, event).await;
    assert_kind(deleted, ErrorKind::LegalHold);
    let change = world.adds_token(&owner, &world.new_token(&owner));
    assert_kind(world.history.commit(&owner, change).await, ErrorKind::LegalHold);
    // The record is still there: nobody else can take its reference.
    let other = Owner { user: UserId::new("bob").unwrap(), ..owner.clone() };
    let mut same = world.new_rejection();
    same.record.external_ref = Some("ats-1".to_owned());
    assert_kind(world.history.commit(&other, world.insert(&other, &same)).await, ErrorKind::Conflict);
}

async fn a_hold_without_records_keeps_nothing(world: World) {
    let owner = world.owner("ann").await;
    let own = Rejection { space: Space::Person, ..world.new_rejection() };
    world.commit(&owner, world.insert(&owner, &own)).await;
    assert_eq!(world.erase(&owner, true).await.erased, Erased { rejections: 1, ..Erased::default() });
    assert_eq!(world.commit(&owner, world.insert(&owner, &own)).await, Committed::Done);
}

async fn a_held_person_can_be_erased_when_the_hold_has_ended(world: World) {
    let (owner, rejection) = somebody(&world).await;
    world.erase(&owner, true).await;
    assert_eq!(world.erase(&owner, true).await.erased, Erased { held: 1, ..Erased::default() });
    assert_eq!(world.erase(&owner, false).await.erased, Erased { rejections: 1, ..Erased::default() });
    assert_eq!(world.commit(&owner, world.insert(&owner, &rejection)).await, Committed::Done);
}

async fn an_erased_person_may_come_back_as_somebody_new(world: World) {
    let (owner, _) = somebody(&world).await;
    world.erase(&owner, false).await;
    let back = world.rejection(&owner).await;
    assert_eq!(world.rejections(&owner, Sight::Person).await, [back]);
    assert_eq!(world.history.shown(&owner).await.unwrap(), Shown::default());
}

async fn an_instance_that_still_has_the_keys_writes_nothing_for_the_old_person(world: World) {
    let (owner, rejection) = somebody(&world).await;
    let other = instance(&world.url).await.history();
    // It has the keys now, and they are not those that come.
    assert!(other.rejection(&owner, rejection.id).await.unwrap().is_some());
    world.erase(&owner, false).await;
    assert_eq!(other.rejection(&owner, rejection.id).await.unwrap(), None);
    let update = world.update(&owner, &rejection, rejection.versions);
    assert_eq!(other.commit(&owner, update).await.unwrap(), Committed::Stale);
    let fresh = world.new_rejection();
    assert_eq!(other.commit(&owner, world.insert(&owner, &fresh)).await.unwrap(), Committed::Done);
    assert_eq!(world.rejections(&owner, Sight::Person).await, std::slice::from_ref(&fresh));
    // And again, with the person back before anybody looked.
    world.erase(&owner, false).await;
    let back = world.rejection(&owner).await;
    let filter = RejectionFilter::default();
    let seen = other.rejections(&owner, Sight::Person, &filter, None, 10).await.unwrap();
    assert_eq!(seen, std::slice::from_ref(&back));
    // It writes first this time, with keys that are no longer the person's.
    world.erase(&owner, false).await;
    let back = world.rejection(&owner).await;
    let second = world.new_rejection();
    assert_eq!(other.commit(&owner, world.insert(&owner, &second)).await.unwrap(), Committed::Done);
    assert_eq!(world.rejections(&owner, Sight::Person).await, [second, back]);
}

async fn what_was_shown_to_an_erased_person_is_not_kept_for_who_comes_after(world: World) {
    let (owner, rejection) = somebody(&world).await;
    // Tips are chosen for what was read before the erasure.
    let shown = Shown([("another-tip".to_owned(), shown_for(&rejection))].into());
    let change = || Change { shown: Some((rejection.id, shown.clone())), ..world.change(&owner) };
    assert_eq!(world.commit(&owner, change()).await, Committed::Done);
    assert_eq!(world.history.shown(&owner).await.unwrap(), shown);
    let other = instance(&world.url).await.history();
    assert!(other.rejection(&owner, rejection.id).await.unwrap().is_some());
    world.erase(&owner, false).await;
    for history in [&world.history, &other] {
        assert_eq!(history.commit(&owner, change()).await.unwrap(), Committed::Stale);
    }
    assert_eq!(world.erase(&owner, true).await.erased, Erased::default(), "nobody was made");
    // Neither when the person is back, and the keys are those of today.
    world.rejection(&owner).await;
    for history in [&world.history, &other] {
        assert_eq!(history.commit(&owner, change()).await.unwrap(), Committed::Stale);
    }
    assert_eq!(world.history.shown(&owner).await.unwrap(), Shown::default());
}

async fn an_instance_that_still_has_the_keys_sees_the_restriction(world: World) {
    let (owner, rejection) = somebody(&world).await;
    let other = instance(&world.url).await.history();
    assert!(other.rejection(&owner, rejection.id).await.unwrap().is_some());
    world.erase(&owner, true).await;
    assert_eq!(other.rejection(&owner, rejection.id).await.unwrap(), None);
    assert_kind(other.commit(&owner, world.insert(&owner, &world.new_rejection())).await, ErrorKind::LegalHold);
}

async fn what_is_written_while_a_person_is_erased_is_gone_or_new(world: World) {
    let (owner, _) = somebody(&world).await;
    let other = instance(&world.url).await.history();
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..40 {
        let history = if number % 2 == 0 { world.history.clone() } else { other.clone() };
        let (change, owner) = (world.insert(&owner, &world.new_rejection()), owner.clone());
        writers.spawn(async move { history.commit(&owner, change).await.unwrap() });
    }
    tokio::task::yield_now().await;
    let erased = world.erase(&owner, false).await.erased;
    for committed in writers.join_all().await {
        assert_eq!(committed, Committed::Done);
    }
    // Each was erased or came after it; one that is left opens with the keys that the person has now.
    let left = world.rejections(&owner, Sight::Person).await.len();
    assert_eq!(usize::try_from(erased.rejections).unwrap() + left, 42);
}

/// Somebody erases the person on another connection, and the write comes between the erasure and its commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_waits_for_an_erasure_under_way_on_postgres() {
    let database = postgres::database().await;
    let world = World::new(&database.url).await;
    let owner = world.owner("ann").await;
    world.rejection(&owner).await;
    let mut eraser = Command::new("psql")
        .args(["--no-psqlrc", "-qAt", "--dbname", &database.url])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("psql");
    let (mut input, output) = (eraser.stdin.take().unwrap(), eraser.stdout.take().unwrap());
    let mut answers = BufReader::new(output).lines();
    writeln!(input, "BEGIN; DELETE FROM people; DELETE FROM rejections; SELECT 'erased';").unwrap();
    assert_eq!(answers.next().unwrap().unwrap(), "erased");
    let rejection = world.new_rejection();
    let (history, writer, change) = (world.history.clone(), owner.clone(), world.insert(&owner, &rejection));
    let write = tokio::spawn(async move { history.commit(&writer, change).await.unwrap() });
    // Until it waits for the eraser, or was done without.
    while !write.is_finished() {
        writeln!(input, "SELECT count(*) FROM pg_locks WHERE NOT granted;").unwrap();
        if answers.next().unwrap().unwrap() != "0" {
            break;
        }
    }
    writeln!(input, "COMMIT;").unwrap();
    drop(input);
    assert_eq!(write.await.unwrap(), Committed::Done);
    assert_eq!(world.rejections(&owner, Sight::Person).await, [rejection]);
    assert!(eraser.wait().unwrap().success());
}
