//! Keys that were just made, with their text. Nothing here keeps a text.

use jiff::Timestamp;

use super::{ApiKey, Scopes, Secret};
use crate::environment::Entropy;
use crate::id::{ApiKeyId, TenantId};

/// A key with its text, which is shown this once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedKey {
    /// The key.
    pub key: ApiKey,
    /// Its text.
    pub secret: Secret,
}

impl IssuedKey {
    /// A fresh key of a tenant.
    pub fn fresh(
        tenant: TenantId,
        name: String,
        scopes: Scopes,
        expires_at: Option<Timestamp>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Self {
        let id = ApiKeyId::generate(now, entropy);
        let secret = Secret::generate(entropy);
        let digest = secret.digest();
        let key =
            ApiKey { id, tenant, name, scopes, digest, created_at: now, expires_at, revoked_at: None, bound_to: None };
        Self { key, secret }
    }

    /// A fresh key that may do what `old` may, for ever. A key that is bound to one user has no successor: it would not
    /// be bound.
    pub fn successor(old: &ApiKey, now: Timestamp, entropy: &dyn Entropy) -> Option<Self> {
        old.bound_to.is_none().then(|| Self::fresh(old.tenant, old.name.clone(), old.scopes, None, now, entropy))
    }
}
