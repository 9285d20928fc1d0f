//! What a tenant sees and sets: settings, which every replica follows within seconds, the audit log, receipts.

use std::sync::Arc;

use jiff::Timestamp;
use quick_cache::sync::Cache;

use super::{AuditEvent, AuditFilter, BulkConfirmation, ErasureReceipt, GovernanceStore, TenantSettings};
use crate::access::{Caller, FRESH_FOR, Scope};
use crate::environment::{Clock, Entropy, is_fresh};
use crate::error::{Error, ErrorKind, Result};
use crate::history::UserId;
use crate::id::{AuditEventId, ErasureReceiptId, TenantId};
use crate::precondition;

/// The scopes that let somebody read a receipt: it holds no personal data.
pub const RECEIPT_SCOPES: &[Scope] = &[Scope::Admin, Scope::DiaryRead, Scope::DiaryWrite];

/// How many tenants' settings are remembered.
const REMEMBERED_TENANTS: usize = 10_000;

/// Settings, audit log and receipts of tenants.
pub struct Governance {
    store: Arc<dyn GovernanceStore>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    seen: Cache<TenantId, (Arc<TenantSettings>, Timestamp)>,
}

impl Governance {
    /// Governance over `store`.
    pub fn new(store: Arc<dyn GovernanceStore>, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { store, clock, entropy, seen: Cache::new(REMEMBERED_TENANTS) }
    }

    /// The settings of a tenant, at most [`FRESH_FOR`] old.
    pub async fn settings(&self, tenant: TenantId) -> Result<Arc<TenantSettings>> {
        let now = self.clock.now();
        if let Some((settings, at)) = self.seen.get(&tenant)
            && is_fresh(at, now, FRESH_FOR)
        {
            return Ok(settings);
        }
        let settings = Arc::new(self.store.settings(tenant).await?);
        self.seen.insert(tenant, (Arc::clone(&settings), now));
        Ok(settings)
    }

    /// Whether a tenant wants batches of fragments to be previewed; while the database is away, as it was last seen.
    ///
    /// # Errors
    /// `Unavailable` if the database is away and nothing is known of the tenant.
    pub async fn bulk_confirmation(&self, tenant: TenantId) -> Result<BulkConfirmation> {
        let settings = match self.settings(tenant).await {
            Err(error) if error.kind == ErrorKind::Unavailable => self.seen.get(&tenant).ok_or(error)?.0,
            settings => settings?,
        };
        Ok(settings.bulk_confirmation())
    }

    /// The settings of a tenant as they are at this moment, for those who are about to change them
    /// or to delete what they may hold.
    pub async fn present_settings(&self, tenant: TenantId) -> Result<Arc<TenantSettings>> {
        self.seen.remove(&tenant);
        self.settings(tenant).await
    }

    /// Replaces the settings of the caller's tenant.
    ///
    /// # Errors
    /// `Invalid` with what is not allowed; `Stale` if `if_match` has no tag of the present state.
    pub async fn put_settings(
        &self,
        caller: &Caller,
        mut settings: TenantSettings,
        if_match: Option<&str>,
    ) -> Result<TenantSettings> {
        let errors = settings.errors(self.clock.now());
        if !errors.is_empty() {
            return Err(Error::invalid(errors));
        }
        let stale = || Error::new(ErrorKind::Stale, "The settings have changed since you read them. Read them again.");
        loop {
            let present = self.store.settings(caller.tenant).await?;
            if !precondition::holds(if_match, &present.tag()) {
                return Err(stale());
            }
            settings.version = present.version + 1;
            let audit = self.event(caller, "putTenantSettings", None, None);
            if self.store.put_settings(caller.tenant, &settings, present.version, audit).await? {
                self.seen.remove(&caller.tenant);
                return Ok(settings);
            }
        }
    }

    /// A line of the audit log.
    #[must_use]
    pub fn event(
        &self,
        caller: &Caller,
        operation: &str,
        user: Option<&UserId>,
        resource: Option<String>,
    ) -> AuditEvent {
        let at = self.clock.now();
        AuditEvent {
            id: AuditEventId::generate(at, &*self.entropy),
            tenant: caller.tenant,
            at,
            key: caller.key,
            operation: operation.to_owned(),
            user: user.cloned(),
            resource,
        }
    }

    /// Notes that something was read.
    pub fn note_read(&self, caller: &Caller, operation: &str, user: Option<&UserId>, resource: Option<String>) {
        self.store.note(self.event(caller, operation, user, resource));
    }

    /// Notes that something was changed, and waits until that is written. While the database is away the note is kept:
    /// what it tells of has happened, so it is no reason to refuse.
    pub async fn note_change(&self, event: AuditEvent) {
        self.store.note(event);
        drop(self.store.flush().await);
    }

    /// Up to `limit` lines of the audit log of the caller's tenant, newest first, what was noted a moment ago included.
    pub async fn audit_events(
        &self,
        caller: &Caller,
        filter: &AuditFilter,
        after: Option<AuditEventId>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>> {
        self.store.flush().await?;
        self.store.audit_events(caller.tenant, filter, after, limit).await
    }

    /// A receipt, and whether its seal is genuine.
    ///
    /// # Errors
    /// `NotFound` if the tenant has no such receipt.
    pub async fn receipt(&self, caller: &Caller, id: ErasureReceiptId) -> Result<(ErasureReceipt, bool)> {
        let receipt = self.store.receipt(caller.tenant, id).await?;
        receipt.ok_or_else(|| Error::new(ErrorKind::NotFound, "There is no erasure receipt with this id."))
    }
}
