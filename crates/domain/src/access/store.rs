//! The port behind which tenants and keys are kept. One method is one business step, atomic by itself.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{ApiKey, KeyDigest, Tenant};
use crate::error::Result;
use crate::id::{ApiKeyId, TenantId};

/// A step that changes something and may be asked for again.
#[derive(Debug, Clone, Copy)]
pub enum AccessStep<'a> {
    /// Adds a tenant. `Conflict` if the name is taken.
    CreateTenant(&'a Tenant),
    /// Adds a key. `NotFound` if its tenant does not exist, `Conflict` if a key with the same text does.
    CreateApiKey(&'a ApiKey),
    /// Replaces a key: adds `successor` with the scopes and name that the caller copied from it, and lets the old one
    /// expire at `old_expires_at` (or earlier, if it would anyway). `NotFound` if the tenant has no such key, `Conflict`
    /// if it is revoked.
    RotateApiKey {
        /// The key to be replaced.
        old: ApiKeyId,
        /// What replaces it.
        successor: &'a ApiKey,
        /// Until when both are accepted.
        old_expires_at: Timestamp,
    },
}

/// What is kept of a request, so that it can be asked for again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRequest {
    /// The tenant of the key that it came with.
    pub tenant: TenantId,
    /// A digest of that key's text and the client's idempotency key, by which it is found.
    pub digest: [u8; 32],
    /// The answer to it.
    pub kept: KeptAnswer,
    /// When it came.
    pub created_at: Timestamp,
    /// From when on it is forgotten.
    pub expires_at: Timestamp,
}

/// An answer that only the client who asked can have opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// A keyed digest of what was asked.
    pub asked: [u8; 32],
    /// The answer, sealed.
    pub sealed: Vec<u8>,
}

/// Keeps tenants and API keys. Every method fails with `Unavailable` while the database is away.
#[async_trait]
pub trait AccessStore: Send + Sync + 'static {
    /// Makes the first tenant and its key if there is no tenant yet; answers whether it did. Of several callers
    /// at once, exactly one gets `true`.
    async fn bootstrap(&self, tenant: &Tenant, key: &ApiKey) -> Result<bool>;

    /// Takes a step. With a request, both are one commit; if that request was kept before and has not ended at its
    /// `created_at`, nothing is done and what was kept is answered.
    async fn apply(&self, step: AccessStep<'_>, request: Option<&AccessRequest>) -> Result<Option<KeptAnswer>>;

    /// What was kept of a request of the tenant, unless it has ended at `now`.
    async fn kept_answer(&self, tenant: TenantId, digest: &[u8; 32], now: Timestamp) -> Result<Option<KeptAnswer>>;

    /// [`AccessStep::CreateTenant`], once.
    async fn create_tenant(&self, tenant: &Tenant) -> Result<()> {
        self.apply(AccessStep::CreateTenant(tenant), None).await.map(drop)
    }

    /// A tenant by its name.
    async fn tenant_by_name(&self, name: &str) -> Result<Option<Tenant>>;

    /// A tenant by its id.
    async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>>;

    /// Up to `limit` tenants in order of id, those after `after`.
    async fn tenants(&self, after: Option<TenantId>, limit: u32) -> Result<Vec<Tenant>>;

    /// [`AccessStep::CreateApiKey`], once.
    async fn create_api_key(&self, key: &ApiKey) -> Result<()> {
        self.apply(AccessStep::CreateApiKey(key), None).await.map(drop)
    }

    /// A key of the tenant, whatever its state.
    async fn api_key(&self, tenant: TenantId, id: ApiKeyId) -> Result<Option<ApiKey>>;

    /// Up to `limit` keys of a tenant in order of id, those after `after`: revoked and expired ones included,
    /// those that are bound to one user left out.
    async fn api_keys(&self, tenant: TenantId, after: Option<ApiKeyId>, limit: u32) -> Result<Vec<ApiKey>>;

    /// The key with this digest, whatever its state.
    async fn api_key_by_digest(&self, digest: &KeyDigest) -> Result<Option<ApiKey>>;

    /// Revokes a key from `at` on; a key that is already revoked keeps its earlier moment. Answers the key as it
    /// is then, `None` if the tenant has no such key.
    async fn revoke_api_key(&self, tenant: TenantId, id: ApiKeyId, at: Timestamp) -> Result<Option<ApiKey>>;

    /// [`AccessStep::RotateApiKey`], once.
    async fn rotate_api_key(&self, old: ApiKeyId, successor: &ApiKey, old_expires_at: Timestamp) -> Result<()> {
        self.apply(AccessStep::RotateApiKey { old, successor, old_expires_at }, None).await.map(drop)
    }

    /// Answers if the database does.
    async fn ping(&self) -> Result<()>;
}
