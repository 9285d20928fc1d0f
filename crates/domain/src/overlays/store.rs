//! The port behind which drafts and published versions are kept. One method is one business step, atomic by itself.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::content::{Content, Patch, PerItem};
use crate::access::{AccessRequest, KeptAnswer};
use crate::error::Result;
use crate::governance::AuditEvent;
use crate::id::{ApiKeyId, TenantId};

/// How many versions of a tenant are kept: the newest ones, of which the first answers.
pub const KEPT_VERSIONS: i64 = 100;

/// What a tenant is working on.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Counts the changes; 0 while there was none.
    pub revision: i64,
    /// The items.
    pub items: PerItem<DraftItem>,
}

/// An item of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftItem {
    /// The revision of the draft that brought it.
    pub revision: i64,
    /// When it was put.
    pub updated_at: Timestamp,
    /// What is laid over the catalog.
    pub patch: Patch,
}

/// A published overlay, without what is in it. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverlayVersion {
    /// Its number, from 1.
    pub version: i64,
    /// What its author says of it.
    pub note: Option<String>,
    /// When it was published.
    pub created_at: Timestamp,
    /// The key that it was published with.
    pub key: ApiKeyId,
    /// The version of the catalog that it was checked with.
    pub catalog_version: String,
    /// The version whose content it has again; 0: that of the catalog alone.
    pub restored_from: Option<i64>,
    /// How many items it has; 0: it is the catalog alone.
    pub items: i64,
}

/// What is to be published.
#[derive(Debug, Clone)]
pub struct NewOverlayVersion {
    /// The tenant.
    pub tenant: TenantId,
    /// The version; the first one that is free.
    pub version: OverlayVersion,
    /// What is in it.
    pub content: Content,
}

/// How publishing ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// It is done.
    Done,
    /// Nothing was done: the request came before, and this was answered.
    Kept(KeptAnswer),
    /// Nothing was done: somebody else published under this number.
    Taken,
}

/// Keeps the overlays of tenants. Every method fails with `Unavailable` while the database is away.
#[async_trait]
pub trait OverlayStore: Send + Sync + 'static {
    /// The draft of a tenant.
    async fn draft(&self, tenant: TenantId) -> Result<Draft>;

    /// Replaces the draft of a tenant, if it still has `revision`; answers whether it had.
    async fn put_draft(&self, tenant: TenantId, draft: &Draft, revision: i64, audit: AuditEvent) -> Result<bool>;

    /// The number of the newest version of a tenant, and how many items it has; `None` if none was published.
    async fn newest(&self, tenant: TenantId) -> Result<Option<(i64, i64)>>;

    /// What is in a version of a tenant.
    async fn content(&self, tenant: TenantId, version: i64) -> Result<Option<Content>>;

    /// Up to `limit` versions of a tenant, newest first, those before `before`.
    async fn versions(&self, tenant: TenantId, before: Option<i64>, limit: u32) -> Result<Vec<OverlayVersion>>;

    /// Publishes a version, and forgets what is older than the newest [`KEPT_VERSIONS`]. With a request, all of it is one
    /// commit.
    async fn publish(
        &self,
        version: &NewOverlayVersion,
        request: Option<&AccessRequest>,
        audit: AuditEvent,
    ) -> Result<Published>;
}
