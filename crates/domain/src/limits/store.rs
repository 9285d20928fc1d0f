//! The port behind which usage and the limits of tenants are kept.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::TenantLimits;
use crate::error::Result;
use crate::governance::AuditEvent;
use crate::id::TenantId;

/// What one process counted for a tenant on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// The tenant.
    pub tenant: TenantId,
    /// The day, counted from 1970-01-01 (UTC).
    pub day: i64,
    /// How many requests, since the process began to count on this day.
    pub own: u64,
}

/// What all processes counted for a tenant on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// The tenant.
    pub tenant: TenantId,
    /// The day.
    pub day: i64,
    /// How many requests.
    pub total: u64,
    /// How many processes counted for it lately.
    pub replicas: u32,
}

/// Keeps usage and limits. Every method fails with `Unavailable` while the database is away.
#[async_trait]
pub trait LimitStore: Send + Sync + 'static {
    /// Writes down what this process counted, in place of what it wrote before, so that doing it twice changes nothing;
    /// answers what all of them counted on the same days. `replica` tells this process from others, `alive_since` who
    /// counts as one that is there.
    async fn record(&self, replica: Uuid, at: Timestamp, alive_since: Timestamp, used: &[Used]) -> Result<Vec<Shared>>;

    /// How many requests all processes counted for a tenant on a day.
    async fn used(&self, tenant: TenantId, day: i64) -> Result<u64>;

    /// The limits of those of these tenants that have any of their own.
    async fn limits(&self, tenants: &[TenantId]) -> Result<Vec<(TenantId, TenantLimits)>>;

    /// Replaces the limits of a tenant.
    async fn put_limits(&self, tenant: TenantId, limits: TenantLimits, audit: AuditEvent) -> Result<()>;

    /// Forgets what was used before a day.
    async fn forget(&self, before: i64) -> Result<()>;
}
