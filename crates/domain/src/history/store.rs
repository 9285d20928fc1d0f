//! The port behind which histories are kept. One method is one business step, atomic by itself. Everything that a
//! person or an employer wrote is encrypted at rest with keys of that person; the store never keeps a user's id as it is.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ActionItem, Entry, Owner, Rejection, Sight, Space, Versions};
use crate::access::ApiKey;
use crate::context::Field;
use crate::error::Result;
use crate::governance::{AuditEvent, ErasureReceipt};
use crate::id::{ActionItemId, EntryId, RejectionId, TenantId};

/// A client's idempotency key with the request that came with it, both as digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Idempotency {
    /// Of the API key's id and the client's text.
    pub key: u128,
    /// Of the operation and everything that it was asked.
    pub request: u128,
    /// From when on the key may be used anew.
    pub expires_at: Timestamp,
}

/// A value that is new, or one that replaces a state that the caller read.
#[derive(Debug, Clone)]
pub enum Write<T, V> {
    /// It is new.
    Insert(T),
    /// It replaces the state with these versions.
    Update(T, V),
}

/// All that one step writes, and all of it or nothing.
#[derive(Debug, Clone)]
pub struct Change {
    /// A rejection.
    pub rejection: Option<Write<Rejection, Versions>>,
    /// An action item.
    pub action_item: Option<Write<ActionItem, i64>>,
    /// A rejection whose lines of the timeline go.
    pub forgotten_lines: Option<RejectionId>,
    /// New lines of the timeline.
    pub entries: Vec<Entry>,
    /// A key that is bound to the person; it ends with the person's data.
    pub token: Option<ApiKey>,
    /// Which tips the person has been shown, to replace what was kept, and the rejection for which they were chosen.
    /// The step is `Stale` if the person does not have it: then they were erased since.
    pub shown: Option<(RejectionId, Shown)>,
    /// What the audit log says of it.
    pub audit: AuditEvent,
    /// The key under which the step is not done twice, and the answer to give then.
    pub idempotency: Option<(Idempotency, Vec<u8>)>,
}

impl Change {
    /// A change that writes nothing yet but its line of the audit log.
    #[must_use]
    pub const fn of(audit: AuditEvent) -> Self {
        Self {
            rejection: None,
            action_item: None,
            forgotten_lines: None,
            entries: Vec::new(),
            token: None,
            shown: None,
            audit,
            idempotency: None,
        }
    }

    /// Whether this rejection is new with it.
    #[must_use]
    pub fn inserts(&self, id: RejectionId) -> bool {
        matches!(&self.rejection, Some(Write::Insert(rejection)) if rejection.id == id)
    }
}

/// What became of a [`Change`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// It is done.
    Done,
    /// It was done before; this is the answer that was given then.
    Replayed(Vec<u8>),
    /// Somebody else changed it meanwhile, and nothing was written.
    Stale,
    /// This person has a rejection with this external reference already, and nothing was written.
    ExternalRefTaken,
}

/// When each tip was last shown to a person for the first time in a window, by the id of the tip.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shown(pub BTreeMap<String, ShownTip>);

/// When and where a tip was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownTip {
    /// When.
    pub at: Timestamp,
    /// For which rejection.
    pub rejection: RejectionId,
}

/// Which rejections of a person are asked for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct RejectionFilter {
    /// Of this kind, by its position among the values of the field.
    pub kind: Option<usize>,
    /// At this stage, by its position among the values of the field.
    pub stage: Option<usize>,
    /// That happened at this moment or later.
    pub since: Option<Timestamp>,
    /// That happened before this moment.
    pub until: Option<Timestamp>,
}

/// How many rejections of how many people there are in one group of an aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// `Kind`, `Stage` or `Reasons`.
    pub field: Field,
    /// The position among the values of the field; `None`: unknown.
    pub value: Option<usize>,
    /// How many rejections.
    pub rejections: u64,
    /// Of how many people.
    pub people: u64,
}

/// What an erasure took away.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Rejections.
    pub rejections: u64,
    /// Action items.
    pub action_items: u64,
    /// Lines of the timeline.
    pub entries: u64,
    /// Keys of the person, and answers kept for repetitions.
    pub keys_and_answers: u64,
    /// Records of the employer's side that a legal hold keeps, closed to everybody.
    pub held: u64,
}

/// Keeps histories. Every method fails with `Unavailable` while the database is away.
#[async_trait]
pub trait HistoryStore: Send + Sync + 'static {
    /// The answer that was given when this key came before and, at `now`, has not ended. `IdempotencyKeyReused` if it
    /// came with another request.
    async fn replay(&self, owner: &Owner, idempotency: &Idempotency, now: Timestamp) -> Result<Option<Vec<u8>>>;

    /// Does one step. `Conflict` if another person of the tenant has the external reference,
    /// `IdempotencyKeyReused` if its key came with another request.
    async fn commit(&self, owner: &Owner, change: Change) -> Result<Committed>;

    /// A rejection of the person.
    async fn rejection(&self, owner: &Owner, id: RejectionId) -> Result<Option<Rejection>>;

    /// The rejection of the person with this external reference. References of the two spaces are apart.
    async fn rejection_by_external_ref(
        &self,
        owner: &Owner,
        space: Space,
        external_ref: &str,
    ) -> Result<Option<Rejection>>;

    /// Up to `limit` rejections of the person that `sight` may see, newest first, those before `after`.
    async fn rejections(
        &self,
        owner: &Owner,
        sight: Sight,
        filter: &RejectionFilter,
        after: Option<(Timestamp, RejectionId)>,
        limit: u32,
    ) -> Result<Vec<Rejection>>;

    /// Removes a rejection with its lines of the timeline; answers whether it was there with these versions.
    async fn delete_rejection(
        &self,
        owner: &Owner,
        id: RejectionId,
        versions: Versions,
        audit: AuditEvent,
    ) -> Result<bool>;

    /// An action item of the person.
    async fn action_item(&self, owner: &Owner, id: ActionItemId) -> Result<Option<ActionItem>>;

    /// Up to `limit` action items of the person in order of id, those after `after`.
    async fn action_items(&self, owner: &Owner, after: Option<ActionItemId>, limit: u32) -> Result<Vec<ActionItem>>;

    /// Up to `limit` lines of the person's timeline, newest first, those before `after`.
    async fn entries(&self, owner: &Owner, after: Option<(Timestamp, EntryId)>, limit: u32) -> Result<Vec<Entry>>;

    /// Which tips the person has been shown.
    async fn shown(&self, owner: &Owner) -> Result<Shown>;

    /// Erases a person: rows, keys, tokens, kept answers, and the link from the audit log. With `hold`, records of
    /// the employer's side stay, closed to everybody. The receipt is kept; its counts are filled in and answered.
    async fn erase(
        &self,
        owner: &Owner,
        receipt: ErasureReceipt,
        hold: bool,
        audit: AuditEvent,
    ) -> Result<ErasureReceipt>;

    /// Counts the rejections that the employer's side recorded and that happened at `since` or later, over all people
    /// of a tenant, by kind, stage and reason.
    async fn tallies(&self, tenant: TenantId, since: Timestamp) -> Result<Vec<Tally>>;
}
