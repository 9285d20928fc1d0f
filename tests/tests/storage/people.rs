//! What the tests of histories are about: people with rejections, diaries, action items; and that nobody reads or
//! writes what is another person's.

use jiff::SignedDuration;
use rebound_domain::context::{Field, Fields};
use rebound_domain::environment::Clock;
use rebound_domain::feedback::PlanGroup;
use rebound_domain::governance::{AuditEvent, AuditFilter, ErasureReceipt};
use rebound_domain::history::{
    ActionItem, ActionStatus, Change, Committed, DecidedBy, Diary, Entry, EntryType, Erased, Owner, Record, Rejection,
    RejectionFilter, Shown, Sight, Space, UserId, Versions, Write,
};
use rebound_domain::history::{Reflection, ReflectionAnswer};
use rebound_domain::id::{
    ActionItemId, ApiKeyId, AuditEventId, EntryId, ErasureReceiptId, ReflectionId, RejectionId, TenantId,
};

use crate::World;

impl World {
    pub(crate) async fn owner(&self, user: &str) -> Owner {
        Owner { tenant: self.tenant(&format!("tenant of {user}")).await.id, user: UserId::new(user).unwrap() }
    }

    /// A line of the audit log about the person, now.
    pub(crate) fn event(&self, owner: &Owner, operation: &str) -> AuditEvent {
        self.clock.advance(SignedDuration::from_millis(1));
        let now = self.clock.now();
        AuditEvent {
            id: AuditEventId::generate(now, &self.entropy),
            tenant: owner.tenant,
            at: now,
            key: ApiKeyId::generate(now, &self.entropy),
            operation: operation.to_owned(),
            user: Some(owner.user.clone()),
            resource: None,
        }
    }

    /// A rejection that is not stored yet, of the employer's side, without a diary; each a millisecond later.
    pub(crate) fn new_rejection(&self) -> Rejection {
        self.clock.advance(SignedDuration::from_millis(1));
        let now = self.clock.now();
        Rejection {
            id: RejectionId::generate(now, &self.entropy),
            space: Space::Employer,
            record: Record {
                fields: Fields::default().with(Field::Kind, "job_application").with(Field::Stage, "interview"),
                organization: Some("Acme".to_owned()),
                role: Some("Welder".to_owned()),
                occurred_at: now,
                external_ref: None,
                decided_by: DecidedBy::Them,
                response_due_at: None,
                conclusion: None,
            },
            diary: Diary::default(),
            versions: Versions { record: 1, diary: 0 },
            created_at: now,
            updated_at: now,
        }
    }

    /// The same with a text that the person wrote.
    pub(crate) fn with_diary(&self, rejection: Rejection, text: &str) -> Rejection {
        let now = self.clock.now();
        let id = ReflectionId::generate(now, &self.entropy);
        let answers = vec![ReflectionAnswer { prompt: "how-i-felt".to_owned(), text: text.to_owned() }];
        let diary = Diary {
            reflections: vec![Reflection { id, written_at: now, revisit_at: None, answers }],
            ..Diary::default()
        };
        let versions = Versions { diary: rejection.versions.diary + 1, ..rejection.versions };
        Rejection { diary, versions, ..rejection }
    }

    pub(crate) fn new_action_item(&self) -> ActionItem {
        self.clock.advance(SignedDuration::from_millis(1));
        let now = self.clock.now();
        ActionItem {
            id: ActionItemId::generate(now, &self.entropy),
            title: "Practise the talk".to_owned(),
            note: None,
            group: PlanGroup::Interview,
            theme: None,
            status: ActionStatus::Open,
            rejection: None,
            feedback: None,
            due_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    pub(crate) fn new_entry(&self, rejection: Option<RejectionId>) -> Entry {
        self.clock.advance(SignedDuration::from_millis(1));
        let now = self.clock.now();
        Entry {
            id: EntryId::generate(now, &self.entropy),
            at: now,
            entry_type: EntryType::Rejection,
            rejection,
            item: None,
            detail: None,
        }
    }

    /// A change of nothing.
    pub(crate) fn change(&self, owner: &Owner) -> Change {
        Change::of(self.event(owner, "test"))
    }

    pub(crate) fn insert(&self, owner: &Owner, rejection: &Rejection) -> Change {
        Change { rejection: Some(Write::Insert(rejection.clone())), ..self.change(owner) }
    }

    pub(crate) fn update(&self, owner: &Owner, rejection: &Rejection, seen: Versions) -> Change {
        Change { rejection: Some(Write::Update(rejection.clone(), seen)), ..self.change(owner) }
    }

    pub(crate) async fn commit(&self, owner: &Owner, change: Change) -> Committed {
        self.history.commit(owner, change).await.expect("a commit")
    }

    /// A stored rejection.
    pub(crate) async fn rejection(&self, owner: &Owner) -> Rejection {
        let rejection = self.new_rejection();
        assert_eq!(self.commit(owner, self.insert(owner, &rejection)).await, Committed::Done);
        rejection
    }

    pub(crate) async fn stored_rejection(&self, owner: &Owner, id: RejectionId) -> Option<Rejection> {
        self.history.rejection(owner, id).await.expect("an answer")
    }

    /// Everything that the person, or the employer's side, sees of the rejections.
    pub(crate) async fn rejections(&self, owner: &Owner, sight: Sight) -> Vec<Rejection> {
        let filter = RejectionFilter::default();
        self.history.rejections(owner, sight, &filter, None, 1_000).await.expect("a page")
    }

    /// The operations in the audit log of a tenant, oldest first.
    pub(crate) async fn operations(&self, tenant: TenantId) -> Vec<String> {
        self.governance.flush().await.unwrap();
        let events = self.governance.audit_events(tenant, &AuditFilter::default(), None, 1_000).await.unwrap();
        events.into_iter().rev().map(|event| event.operation).collect()
    }

    /// A receipt with nothing counted yet.
    pub(crate) fn receipt(&self, owner: &Owner) -> ErasureReceipt {
        self.clock.advance(SignedDuration::from_millis(1));
        let now = self.clock.now();
        ErasureReceipt {
            id: ErasureReceiptId::generate(now, &self.entropy),
            tenant: owner.tenant,
            erased_at: now,
            erased: Erased::default(),
            seal: String::new(),
        }
    }

    pub(crate) async fn erase(&self, owner: &Owner, hold: bool) -> ErasureReceipt {
        let audit = self.event(owner, "erase_user");
        self.history.erase(owner, self.receipt(owner), hold, audit).await.expect("a receipt")
    }
}

both_databases! {
    a_person_is_out_of_reach_for_another_and_for_another_tenant
    nothing_is_known_of_a_stranger
}

async fn a_person_is_out_of_reach_for_another_and_for_another_tenant(world: World) {
    let mine = world.owner("ann").await;
    let neighbour = Owner { user: UserId::new("bob").unwrap(), ..mine.clone() };
    let namesake = Owner { tenant: world.tenant("elsewhere").await.id, ..mine.clone() };
    let mut rejection = world.new_rejection();
    rejection.record.external_ref = Some("ats-1".to_owned());
    let (item, entry) = (world.new_action_item(), world.new_entry(Some(rejection.id)));
    let shown = Shown([("a-tip".to_owned(), shown_for(&rejection))].into());
    let change = Change {
        action_item: Some(Write::Insert(item.clone())),
        entries: vec![entry],
        shown: Some((rejection.id, shown)),
        ..world.insert(&mine, &rejection)
    };
    world.commit(&mine, change).await;
    for other in [&neighbour, &namesake] {
        // They exist too, with keys of their own.
        world.rejection(other).await;
        assert_eq!(world.stored_rejection(other, rejection.id).await, None);
        assert_eq!(world.history.rejection_by_external_ref(other, Space::Employer, "ats-1").await.unwrap(), None);
        assert_eq!(world.rejections(other, Sight::Person).await.len(), 1);
        assert_eq!(world.history.action_item(other, item.id).await.unwrap(), None);
        assert_eq!(world.history.action_items(other, None, 10).await.unwrap(), []);
        assert_eq!(world.history.entries(other, None, 10).await.unwrap(), []);
        assert_eq!(world.history.shown(other).await.unwrap(), Shown::default());
        let update = world.update(other, &rejection, rejection.versions);
        assert_eq!(world.commit(other, update).await, Committed::Stale);
        let event = world.event(other, "delete_rejection");
        assert!(!world.history.delete_rejection(other, rejection.id, rejection.versions, event).await.unwrap());
        let update = Change { action_item: Some(Write::Update(item.clone(), 1)), ..world.change(other) };
        assert_eq!(world.commit(other, update).await, Committed::Stale);
        world.erase(other, false).await;
    }
    assert_eq!(world.stored_rejection(&mine, rejection.id).await, Some(rejection));
    assert_eq!(world.history.action_item(&mine, item.id).await.unwrap(), Some(item));
}

pub(crate) fn shown_for(rejection: &Rejection) -> rebound_domain::history::ShownTip {
    rebound_domain::history::ShownTip { at: rejection.created_at, rejection: rejection.id }
}

async fn nothing_is_known_of_a_stranger(world: World) {
    let owner = world.owner("nobody").await;
    assert_eq!(world.stored_rejection(&owner, world.new_rejection().id).await, None);
    assert_eq!(world.rejections(&owner, Sight::Person).await, []);
    assert_eq!(world.history.shown(&owner).await.unwrap(), Shown::default());
    let rejection = world.new_rejection();
    assert_eq!(world.commit(&owner, world.update(&owner, &rejection, rejection.versions)).await, Committed::Stale);
    let event = world.event(&owner, "delete_rejection");
    assert!(!world.history.delete_rejection(&owner, rejection.id, rejection.versions, event).await.unwrap());
    assert_eq!(world.erase(&owner, true).await.erased, Erased::default());
}
