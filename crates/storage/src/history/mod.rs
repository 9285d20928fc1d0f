//! The port for histories, on both databases. Rules of the domain are the domain's; what it is given is sealed here.

mod change;
mod commit;
mod erase;
mod people;
mod read;
mod rows;
mod statements;
mod tallies;

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use jiff::Timestamp;
use rebound_domain::Result;
use rebound_domain::governance::{AuditEvent, ErasureReceipt};
use rebound_domain::history::{
    ActionItem, Change, Committed, Entry, HistoryStore, Idempotency, Owner, Rejection, RejectionFilter, Shown, Sight,
    Space, Tally, Versions,
};
use rebound_domain::id::{ActionItemId, EntryId, RejectionId, TenantId};

pub(crate) use self::change::audit;
use crate::database::Database;
use crate::engine::within;
use crate::governance::AuditLog;
use crate::vault::{Vault, unlocked};

/// Histories.
pub(crate) struct History {
    pub(crate) database: Arc<Database>,
    pub(crate) vault: Arc<OnceLock<Vault>>,
    pub(crate) audit: Arc<AuditLog>,
}

impl History {
    fn vault(&self) -> Result<&Vault> {
        unlocked(&self.vault)
    }

    /// The vault, for somebody who reads, which is noted in the audit log.
    fn reading(&self) -> Result<&Vault> {
        self.audit.room()?;
        self.vault()
    }
}

#[async_trait]
impl HistoryStore for History {
    async fn replay(&self, owner: &Owner, idempotency: &Idempotency, now: Timestamp) -> Result<Option<Vec<u8>>> {
        let vault = self.vault()?;
        within(commit::replay(&self.database, vault, vault.reference(owner), idempotency, now)).await
    }

    async fn commit(&self, owner: &Owner, change: Change) -> Result<Committed> {
        within(commit::commit(&self.database, self.vault()?, owner, &change)).await
    }

    async fn rejection(&self, owner: &Owner, id: RejectionId) -> Result<Option<Rejection>> {
        within(read::rejection(&self.database, self.reading()?, owner, id)).await
    }

    async fn rejection_by_external_ref(
        &self,
        owner: &Owner,
        space: Space,
        external_ref: &str,
    ) -> Result<Option<Rejection>> {
        within(read::rejection_by_external_ref(&self.database, self.reading()?, owner, space, external_ref)).await
    }

    async fn rejections(
        &self,
        owner: &Owner,
        sight: Sight,
        filter: &RejectionFilter,
        after: Option<(Timestamp, RejectionId)>,
        limit: u32,
    ) -> Result<Vec<Rejection>> {
        within(read::rejections(&self.database, self.reading()?, owner, sight, filter, after, limit)).await
    }

    async fn delete_rejection(
        &self,
        owner: &Owner,
        id: RejectionId,
        versions: Versions,
        audit: AuditEvent,
    ) -> Result<bool> {
        within(commit::delete_rejection(&self.database, self.vault()?, owner, id, versions, &audit)).await
    }

    async fn action_item(&self, owner: &Owner, id: ActionItemId) -> Result<Option<ActionItem>> {
        within(read::action_item(&self.database, self.reading()?, owner, id)).await
    }

    async fn action_items(&self, owner: &Owner, after: Option<ActionItemId>, limit: u32) -> Result<Vec<ActionItem>> {
        within(read::action_items(&self.database, self.reading()?, owner, after, limit)).await
    }

    async fn entries(&self, owner: &Owner, after: Option<(Timestamp, EntryId)>, limit: u32) -> Result<Vec<Entry>> {
        within(read::entries(&self.database, self.reading()?, owner, after, limit)).await
    }

    async fn shown(&self, owner: &Owner) -> Result<Shown> {
        within(read::shown(&self.database, self.reading()?, owner)).await
    }

    async fn erase(
        &self,
        owner: &Owner,
        receipt: ErasureReceipt,
        hold: bool,
        audit: AuditEvent,
    ) -> Result<ErasureReceipt> {
        // What was noted of the person must not come after it.
        within(async {
            self.audit.flush().await?;
            erase::erase(&self.database, self.vault()?, owner, receipt, hold, audit).await
        })
        .await
    }

    async fn tallies(&self, tenant: TenantId, since: Timestamp) -> Result<Vec<Tally>> {
        tallies::tallies(&self.database, tenant, since).await
    }
}
