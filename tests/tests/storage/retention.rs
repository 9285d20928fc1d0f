//! What tenants do not want to keep goes when its time has come; what a hold protects stays.

use jiff::{SignedDuration, Timestamp};
use rebound_domain::access::ApiKey;
use rebound_domain::environment::Clock;
use rebound_domain::governance::{AuditFilter, Expired, LegalHold, Retention, TenantSettings};
use rebound_domain::history::{Change, Committed, Diary, Idempotency, Owner, Rejection, Sight, Space, Write};

use crate::World;

both_databases! {
    without_settings_everything_stays
    records_go_after_their_days
    diaries_go_after_their_days
    a_diary_that_was_changed_stays_longer
    lines_of_the_audit_log_go_after_their_days
    answers_and_tokens_go_by_themselves
    a_hold_keeps_records_and_not_diaries
    a_person_who_was_held_goes_when_the_hold_has_ended
    a_round_takes_no_more_than_its_batch
}

const RECORDS: Retention = Retention { record_days: Some(30), diary_days: None, audit_days: None };
const DIARIES: Retention = Retention { record_days: None, diary_days: Some(30), audit_days: None };

impl World {
    fn pass_days(&self, days: i64) -> Timestamp {
        self.clock.advance(SignedDuration::from_hours(24 * days));
        self.clock.now()
    }

    async fn keep(&self, owner: &Owner, retention: Retention, held_until: Option<Timestamp>) {
        let legal_hold = held_until.map(|until| LegalHold { reason: "case 12".to_owned(), until });
        let version = self.governance.settings(owner.tenant).await.unwrap().version;
        let settings = TenantSettings { retention, legal_hold, version: version + 1, ..TenantSettings::default() };
        assert!(self.put_settings(owner.tenant, &settings, version).await);
    }

    async fn retain(&self) -> Expired {
        let expired = self.governance.retain(self.clock.now(), 100).await.expect("a round");
        let rest = self.governance.retain(self.clock.now(), 100).await.expect("a round");
        assert_eq!(rest, Expired::default(), "a second round finds nothing");
        expired
    }

    /// A rejection of each space, with a diary and a line, and an action item.
    async fn written(&self, owner: &Owner) -> [Rejection; 2] {
        let shared = self.with_diary(self.new_rejection(), "it hurt");
        let own = Rejection { space: Space::Person, ..self.new_rejection() };
        for rejection in [&shared, &own] {
            let change = Change {
                entries: vec![self.new_entry(Some(rejection.id))],
                action_item: Some(Write::Insert(self.new_action_item())),
                ..self.insert(owner, rejection)
            };
            assert_eq!(self.commit(owner, change).await, Committed::Done);
        }
        [shared, own]
    }

    async fn lines(&self, owner: &Owner) -> usize {
        self.history.entries(owner, None, 100).await.unwrap().len()
    }

    async fn items(&self, owner: &Owner) -> usize {
        self.history.action_items(owner, None, 100).await.unwrap().len()
    }
}

async fn without_settings_everything_stays(world: World) {
    let owner = world.owner("ann").await;
    let [shared, own] = world.written(&owner).await;
    world.pass_days(36_500);
    assert_eq!(world.retain().await, Expired::default());
    world.keep(&owner, Retention::default(), None).await;
    assert_eq!(world.retain().await, Expired::default());
    assert_eq!(world.rejections(&owner, Sight::Person).await, [own, shared]);
}

async fn records_go_after_their_days(world: World) {
    let owner = world.owner("ann").await;
    let other = world.owner("bob").await;
    world.keep(&owner, RECORDS, None).await;
    let [_, own] = world.written(&owner).await;
    let elsewhere = world.written(&other).await;
    world.pass_days(29);
    assert_eq!(world.retain().await, Expired::default());
    let young = world.rejection(&owner).await;
    world.pass_days(1);
    assert_eq!(world.retain().await, Expired { records: 1, ..Expired::default() });
    assert_eq!(world.rejections(&owner, Sight::Person).await, [young, own]);
    assert_eq!((world.lines(&owner).await, world.items(&owner).await), (1, 2));
    assert_eq!(world.rejections(&other, Sight::Person).await.len(), elsewhere.len());
}

async fn diaries_go_after_their_days(world: World) {
    let owner = world.owner("ann").await;
    let other = world.owner("bob").await;
    world.keep(&owner, DIARIES, None).await;
    let [shared, _] = world.written(&owner).await;
    world.written(&other).await;
    world.pass_days(29);
    assert_eq!(world.retain().await, Expired::default());
    world.pass_days(2);
    // A rejection, a diary, a line that went with neither, and two action items.
    assert_eq!(world.retain().await.diaries, 5);
    let left = world.rejections(&owner, Sight::Person).await;
    let mut emptied = Rejection { diary: Diary::default(), ..shared };
    emptied.versions.diary += 1;
    assert_eq!(left, [emptied]);
    assert_eq!((world.lines(&owner).await, world.items(&owner).await), (0, 0));
    assert_eq!((world.lines(&other).await, world.items(&other).await), (2, 2));
    assert_eq!(world.rejections(&other, Sight::Person).await.len(), 2);
}

async fn a_diary_that_was_changed_stays_longer(world: World) {
    let owner = world.owner("ann").await;
    world.keep(&owner, DIARIES, None).await;
    let [shared, own] = world.written(&owner).await;
    let quiet = world.with_diary(world.new_rejection(), "quiet");
    world.commit(&owner, world.insert(&owner, &quiet)).await;
    world.pass_days(20);
    for rejection in [shared, own, quiet.clone()] {
        let seen = rejection.versions;
        let mut changed = Rejection { updated_at: world.clock.now(), ..rejection };
        changed.versions.record += 1;
        // That the employer's side changed its record is no change of the diary.
        if changed.id != quiet.id {
            changed = world.with_diary(changed, "again");
        }
        assert_eq!(world.commit(&owner, world.update(&owner, &changed, seen)).await, Committed::Done);
    }
    world.pass_days(20);
    world.retain().await;
    let left = world.rejections(&owner, Sight::Person).await;
    assert_eq!(left.iter().map(|rejection| rejection.diary.is_empty()).collect::<Vec<_>>(), [true, false, false]);
    world.pass_days(20);
    world.retain().await;
    let left = world.rejections(&owner, Sight::Person).await;
    assert_eq!(left.iter().map(|rejection| rejection.diary.is_empty()).collect::<Vec<_>>(), [true, true]);
}

async fn lines_of_the_audit_log_go_after_their_days(world: World) {
    let owner = world.owner("ann").await;
    world.rejection(&owner).await;
    world.keep(&owner, Retention { audit_days: Some(10), ..Retention::default() }, None).await;
    world.pass_days(9);
    assert_eq!(world.retain().await, Expired::default());
    world.pass_days(2);
    world.rejection(&owner).await;
    assert_eq!(world.retain().await, Expired { audit_events: 2, ..Expired::default() });
    assert_eq!(world.governance.audit_events(owner.tenant, &AuditFilter::default(), None, 9).await.unwrap().len(), 1);
}

async fn answers_and_tokens_go_by_themselves(world: World) {
    let owner = world.owner("ann").await;
    let token = world.token(&owner).await;
    let ended = ApiKey { expires_at: Some(world.clock.now()), ..world.new_key(owner.tenant) };
    world.access.create_api_key(&ended).await.unwrap();
    let expires_at = world.in_minutes(60);
    let idempotency = Idempotency { key: 1, request: 1, expires_at };
    let answer = Some((idempotency, b"answer".to_vec()));
    world.commit(&owner, Change { idempotency: answer, ..world.change(&owner) }).await;
    assert_eq!(world.retain().await, Expired::default());
    world.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(world.retain().await, Expired { answers_and_tokens: 1, ..Expired::default() });
    assert!(world.stored(&token).await.is_some());
    world.pass_days(1);
    assert_eq!(world.retain().await, Expired { answers_and_tokens: 1, ..Expired::default() });
    assert_eq!(world.stored(&token).await, None);
    assert!(world.stored(&ended).await.is_some(), "a key that is no token stays for its tenant to see");
}

async fn a_hold_keeps_records_and_not_diaries(world: World) {
    let owner = world.owner("ann").await;
    let both = Retention { diary_days: Some(30), ..RECORDS };
    world.keep(&owner, both, Some(world.in_minutes(24 * 60 * 60))).await;
    world.written(&owner).await;
    world.pass_days(40);
    let expired = world.retain().await;
    assert_eq!((expired.records, expired.diaries), (0, 5));
    assert_eq!(world.rejections(&owner, Sight::Employer).await.len(), 1);
    world.pass_days(40);
    assert_eq!(world.retain().await.records, 1);
    assert_eq!(world.rejections(&owner, Sight::Person).await, []);
}

async fn a_person_who_was_held_goes_when_the_hold_has_ended(world: World) {
    let owner = world.owner("ann").await;
    world.keep(&owner, Retention::default(), Some(world.in_minutes(24 * 60 * 60))).await;
    let rejection = world.rejection(&owner).await;
    world.erase(&owner, true).await;
    world.pass_days(59);
    assert_eq!(world.retain().await, Expired::default());
    world.pass_days(2);
    assert_eq!(world.retain().await, Expired { records: 1, ..Expired::default() });
    // Nothing is left that says who it was: the person may begin anew.
    assert_eq!(world.commit(&owner, world.insert(&owner, &rejection)).await, Committed::Done);
}

async fn a_round_takes_no_more_than_its_batch(world: World) {
    let owner = world.owner("ann").await;
    world.keep(&owner, RECORDS, None).await;
    for _ in 0..5 {
        world.rejection(&owner).await;
    }
    let now = world.pass_days(40);
    for records in [2, 2, 1, 0] {
        let expired = world.governance.retain(now, 2).await.unwrap();
        assert_eq!(expired, Expired { records, ..Expired::default() });
    }
}
