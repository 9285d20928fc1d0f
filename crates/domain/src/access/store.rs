//! The port behind which tenants and keys are kept. One method is one business step, atomic by itself.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{ApiKey, KeyDigest, Tenant};
use crate::error::Result;
use crate::id::{ApiKeyId, TenantId};

/// Keeps tenants and API keys. Every method fails with `Unavailable` while the database is away.
#[async_trait]
pub trait AccessStore: Send + Sync + 'static {
    /// Makes the first tenant and its key if there is no tenant yet; answers whether it did. Of several callers
    /// at once, exactly one gets `true`.
    async fn bootstrap(&self, tenant: &Tenant, key: &ApiKey) -> Result<bool>;

    /// Adds a tenant. `Conflict` if the name is taken.
    async fn create_tenant(&self, tenant: &Tenant) -> Result<()>;

    /// A tenant by its name.
    async fn tenant_by_name(&self, name: &str) -> Result<Option<Tenant>>;

    /// A tenant by its id.
    async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>>;

    /// Up to `limit` tenants in order of id, those after `after`.
    async fn tenants(&self, after: Option<TenantId>, limit: u32) -> Result<Vec<Tenant>>;

    /// Adds a key. `NotFound` if its tenant does not exist, `Conflict` if a key with the same text does.
    async fn create_api_key(&self, key: &ApiKey) -> Result<()>;

    /// Up to `limit` keys of a tenant in order of id, those after `after`, revoked and expired ones included.
    async fn api_keys(&self, tenant: TenantId, after: Option<ApiKeyId>, limit: u32) -> Result<Vec<ApiKey>>;

    /// The key with this digest, whatever its state.
    async fn api_key_by_digest(&self, digest: &KeyDigest) -> Result<Option<ApiKey>>;

    /// Revokes a key from `at` on; a key that is already revoked keeps its earlier moment. Answers the key as it
    /// is then, `None` if the tenant has no such key.
    async fn revoke_api_key(&self, tenant: TenantId, id: ApiKeyId, at: Timestamp) -> Result<Option<ApiKey>>;

    /// Replaces a key: adds `successor` with the scopes and name that the caller copied from it, and lets the old
    /// one expire at `old_expires_at` (or earlier, if it would anyway). `NotFound` if the tenant has no such key,
    /// `Conflict` if it is revoked.
    async fn rotate_api_key(&self, old: ApiKeyId, successor: &ApiKey, old_expires_at: Timestamp) -> Result<()>;

    /// Answers if the database does.
    async fn ping(&self) -> Result<()>;
}
