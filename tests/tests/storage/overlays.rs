//! Overlays: a draft is replaced by who saw the present one, a version is made once and never changes.

use std::sync::Arc;

use rebound_domain::environment::Clock as _;
use rebound_domain::governance::AuditEvent;
use rebound_domain::id::TenantId;
use rebound_domain::overlays::{
    Content, Draft, DraftItem, KEPT_VERSIONS, NewOverlayVersion, OverlayVersion, Patch, Published,
};

use crate::{World, instance};

both_databases! {
    a_draft_is_empty_until_it_is_put
    a_draft_needs_the_revision_that_is_there
    a_version_is_made_once_and_never_changes
    versions_come_newest_first_by_the_page
    a_version_is_made_once_for_a_request
    of_twenty_at_once_one_makes_the_version
    the_newest_hundred_versions_are_kept
    overlays_of_another_tenant_are_out_of_reach
}

const ITEM: &str = "tip.thank-the-person";

fn patch(title: &str) -> Patch {
    let patch = serde_json::json!({"text": {"title": title, "body": "Zeilen\nmit \u{1F40C} und \u{0}"}, "priority": 7});
    patch.as_object().unwrap().clone()
}

fn content(title: &str) -> Content {
    let mut content = Content::default();
    content.insert("en", ITEM, patch(title));
    content.insert("en-GB", ITEM, patch(title));
    content
}

impl World {
    fn editing(&self, tenant: TenantId, operation: &str) -> AuditEvent {
        let owner =
            rebound_domain::history::Owner { tenant, user: rebound_domain::history::UserId::new("nobody").unwrap() };
        AuditEvent { user: None, ..self.event(&owner, operation) }
    }

    fn draft(&self, revision: i64, title: &str) -> Draft {
        let mut draft = Draft { revision, ..Draft::default() };
        let kept = DraftItem { revision, updated_at: self.clock.now(), patch: patch(title) };
        draft.items.insert("en", ITEM, kept);
        draft
    }

    async fn put_draft(&self, tenant: TenantId, draft: &Draft, revision: i64) -> bool {
        self.overlays.put_draft(tenant, draft, revision, self.editing(tenant, "put_overlay")).await.expect("an answer")
    }

    /// A version that is not stored yet.
    fn new_version(&self, tenant: TenantId, version: i64, title: &str) -> NewOverlayVersion {
        let version = OverlayVersion {
            version,
            note: Some(format!("note {version}")),
            created_at: self.clock.now(),
            key: self.new_key(tenant).id,
            catalog_version: "2026.11.0".to_owned(),
            restored_from: (version > 1).then_some(version - 1),
            items: 2,
        };
        NewOverlayVersion { tenant, version, content: content(title) }
    }

    async fn publish(&self, new: &NewOverlayVersion) -> Published {
        let event = self.editing(new.tenant, "publish_overlays");
        self.overlays.publish(new, None, event).await.expect("an answer")
    }

    /// A draft and a version, so that their tables have something.
    pub(crate) async fn plant_overlay(&self, tenant: TenantId) {
        assert!(self.put_draft(tenant, &self.draft(1, "a title"), 0).await);
        assert_eq!(self.publish(&self.new_version(tenant, 1, "a title")).await, Published::Done);
    }
}

async fn a_draft_is_empty_until_it_is_put(world: World) {
    let tenant = world.tenant("acme").await.id;
    assert_eq!(world.overlays.draft(tenant).await.unwrap(), Draft::default());
    let draft = world.draft(1, "one");
    assert!(world.put_draft(tenant, &draft, 0).await);
    assert_eq!(world.overlays.draft(tenant).await.unwrap(), draft);
    assert_eq!(instance(&world.url).await.overlays().draft(tenant).await.unwrap(), draft);
}

async fn a_draft_needs_the_revision_that_is_there(world: World) {
    let tenant = world.tenant("acme").await.id;
    let [one, two] = [world.draft(1, "one"), world.draft(2, "two")];
    assert!(!world.put_draft(tenant, &two, 1).await, "there is none yet");
    assert!(world.put_draft(tenant, &one, 0).await);
    assert!(!world.put_draft(tenant, &two, 0).await, "there is one already");
    assert!(world.put_draft(tenant, &two, 1).await);
    assert!(!world.put_draft(tenant, &one, 1).await);
    assert_eq!(world.overlays.draft(tenant).await.unwrap(), two);
    assert_eq!(world.operations(tenant).await, ["put_overlay", "put_overlay"], "what was not done is not told");
}

async fn a_version_is_made_once_and_never_changes(world: World) {
    let tenant = world.tenant("acme").await.id;
    assert_eq!(world.overlays.newest(tenant).await.unwrap(), None);
    assert_eq!(world.overlays.content(tenant, 1).await.unwrap(), None);
    let (one, other) = (world.new_version(tenant, 1, "one"), world.new_version(tenant, 1, "other"));
    assert_eq!(world.publish(&one).await, Published::Done);
    assert_eq!(world.publish(&other).await, Published::Taken);
    assert_eq!(world.overlays.newest(tenant).await.unwrap(), Some((1, 2)));
    assert_eq!(world.overlays.content(tenant, 1).await.unwrap(), Some(one.content));
    assert_eq!(world.overlays.versions(tenant, None, 9).await.unwrap(), [one.version]);
    assert_eq!(world.operations(tenant).await, ["publish_overlays"]);
}

async fn versions_come_newest_first_by_the_page(world: World) {
    let tenant = world.tenant("acme").await.id;
    for version in 1..=5 {
        assert_eq!(world.publish(&world.new_version(tenant, version, "same")).await, Published::Done);
    }
    let numbers = async |before, limit| {
        let versions = world.overlays.versions(tenant, before, limit).await.unwrap();
        versions.into_iter().map(|version| version.version).collect::<Vec<_>>()
    };
    assert_eq!(numbers(None, 2).await, [5, 4]);
    assert_eq!(numbers(Some(4), 2).await, [3, 2]);
    assert_eq!(numbers(Some(2), 2).await, [1]);
    assert!(numbers(Some(1), 2).await.is_empty());
}

async fn a_version_is_made_once_for_a_request(world: World) {
    let tenant = world.tenant("acme").await.id;
    let (first, second) = (world.request(tenant, 1, "first"), world.request(tenant, 1, "second"));
    let [one, two] = [1, 2].map(|version| world.new_version(tenant, version, "same"));
    let publish = async |new, request| {
        let event = world.editing(tenant, "publish_overlays");
        world.overlays.publish(new, Some(request), event).await.unwrap()
    };
    assert_eq!(publish(&one, &first).await, Published::Done);
    assert_eq!(publish(&two, &second).await, Published::Kept(first.kept.clone()));
    assert_eq!(world.overlays.newest(tenant).await.unwrap(), Some((1, 2)));
    let third = world.request(tenant, 2, "third");
    assert_eq!(publish(&one, &third).await, Published::Taken);
    let kept = world.access.kept_answer(tenant, &third.digest, world.clock.now()).await.unwrap();
    assert_eq!(kept, None, "nothing is kept of what was not done");
    assert_eq!(publish(&two, &third).await, Published::Done);
    assert_eq!(world.operations(tenant).await.len(), 2);
}

async fn of_twenty_at_once_one_makes_the_version(world: World) {
    let tenant = world.tenant("acme").await.id;
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let (overlays, event) = (Arc::clone(&world.overlays), world.editing(tenant, "publish_overlays"));
            let new = world.new_version(tenant, 1, &format!("title {number}"));
            tokio::spawn(async move { overlays.publish(&new, None, event).await.unwrap() })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += usize::from(task.await.unwrap() == Published::Done);
    }
    assert_eq!(done, 1);
    assert_eq!(world.operations(tenant).await.len(), 1);
}

async fn the_newest_hundred_versions_are_kept(world: World) {
    let (tenant, other) = (world.tenant("acme").await.id, world.tenant("other").await.id);
    world.plant_overlay(other).await;
    for version in 1..=KEPT_VERSIONS + 1 {
        assert_eq!(world.publish(&world.new_version(tenant, version, "same")).await, Published::Done);
    }
    let versions = world.overlays.versions(tenant, None, 200).await.unwrap();
    let numbers: Vec<_> = versions.into_iter().map(|version| version.version).collect();
    assert_eq!(numbers, (2..=KEPT_VERSIONS + 1).rev().collect::<Vec<_>>());
    assert_eq!(world.overlays.content(tenant, 1).await.unwrap(), None);
    assert_eq!(world.overlays.newest(tenant).await.unwrap(), Some((KEPT_VERSIONS + 1, 2)));
    let taken = world.publish(&world.new_version(tenant, KEPT_VERSIONS + 1, "other")).await;
    assert_eq!(taken, Published::Taken);
    assert!(world.overlays.content(tenant, 2).await.unwrap().is_some(), "what was not done drops nothing");
    assert!(world.overlays.content(other, 1).await.unwrap().is_some(), "numbers are a tenant's own");
}

async fn overlays_of_another_tenant_are_out_of_reach(world: World) {
    let (one, other) = (world.tenant("one").await.id, world.tenant("other").await.id);
    world.plant_overlay(one).await;
    assert_eq!(world.overlays.draft(other).await.unwrap(), Draft::default());
    assert_eq!(world.overlays.newest(other).await.unwrap(), None);
    assert_eq!(world.overlays.content(other, 1).await.unwrap(), None);
    assert_eq!(world.overlays.versions(other, None, 9).await.unwrap(), []);
    assert!(!world.put_draft(other, &world.draft(2, "mine"), 1).await);
    assert_eq!(
        world.publish(&world.new_version(other, 1, "mine")).await,
        Published::Done,
        "numbers are a tenant's own"
    );
    let unknown = world.new_tenant("unknown").id;
    let event = world.editing(unknown, "publish_overlays");
    let refused = world.overlays.publish(&world.new_version(unknown, 1, "x"), None, event).await;
    assert_eq!(refused.unwrap_err().kind, rebound_domain::ErrorKind::NotFound);
}
