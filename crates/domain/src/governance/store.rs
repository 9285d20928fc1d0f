//! The port behind which settings, the audit log and receipts are kept.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{AuditEvent, AuditFilter, ErasureReceipt, TenantSettings};
use crate::error::Result;
use crate::id::{AuditEventId, ErasureReceiptId, TenantId};

/// What a round of retention took away.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    /// Employer-side rejections.
    pub records: u64,
    /// Diaries, and rejections that only a person had recorded.
    pub diaries: u64,
    /// Lines of audit logs.
    pub audit_events: u64,
    /// Answers kept for repetitions, and tokens that have ended.
    pub answers_and_tokens: u64,
}

/// Keeps settings, audit log and receipts. Every method fails with `Unavailable` while the database is away.
#[async_trait]
pub trait GovernanceStore: Send + Sync + 'static {
    /// The settings of a tenant; those that come by themselves if none were set.
    async fn settings(&self, tenant: TenantId) -> Result<TenantSettings>;

    /// Replaces the settings of a tenant, if they still have `version`; answers whether they had.
    async fn put_settings(
        &self,
        tenant: TenantId,
        settings: &TenantSettings,
        version: i64,
        audit: AuditEvent,
    ) -> Result<bool>;

    /// Notes in the audit log that something was read. Written within a second, together with others; does not wait.
    fn note(&self, event: AuditEvent);

    /// Writes down what was noted.
    async fn flush(&self) -> Result<()>;

    /// Up to `limit` lines of a tenant's audit log, newest first, those before `after`.
    async fn audit_events(
        &self,
        tenant: TenantId,
        filter: &AuditFilter,
        after: Option<AuditEventId>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>>;

    /// A receipt of the tenant, and whether its seal is genuine.
    async fn receipt(&self, tenant: TenantId, id: ErasureReceiptId) -> Result<Option<(ErasureReceipt, bool)>>;

    /// Takes away what is older than the tenants' settings allow, up to `batch` rows of each class; held records stay.
    /// Call it again until nothing is left.
    async fn retain(&self, now: Timestamp, batch: u32) -> Result<Expired>;
}
