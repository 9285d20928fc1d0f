//! Who may call: tenants, API keys with scopes, and the check of a key. A key's text is never kept; its digest is.

mod authenticator;
mod binding;
mod scope;
mod secret;
mod store;

use jiff::Timestamp;

pub use authenticator::{Authenticator, FRESH_FOR};
pub use binding::UserBinding;
pub use scope::{Scope, Scopes, UnknownScope};
pub use secret::{BOOTSTRAP_KEY_LENGTH, KeyDigest, Secret, WeakSecret};
pub use store::AccessStore;

use crate::history::UserId;
use crate::id::{ApiKeyId, TenantId};

/// The longest name of a tenant or key, in characters.
pub const NAME_LENGTH: usize = 100;

/// A customer of the instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// A name, unique in the instance, of at most [`NAME_LENGTH`] characters.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An API key as it is kept: everything but its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id, safe to show and to log.
    pub id: ApiKeyId,
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// What the tenant calls it, at most [`NAME_LENGTH`] characters.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// Digest of its text, by which it is found.
    pub digest: KeyDigest,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused; `None`: never.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked; from then on it is refused.
    pub revoked_at: Option<Timestamp>,
    /// The one user that it may act for; `None`: every user of the tenant.
    pub bound_to: Option<UserBinding>,
}

impl ApiKey {
    /// Whether the key may be used at `now`.
    #[must_use]
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none_or(|at| at > now) && self.expires_at.is_none_or(|at| at > now)
    }
}

/// Who is calling: what a valid key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The tenant on whose behalf the call is made.
    pub tenant: TenantId,
    /// The key that was used.
    pub key: ApiKeyId,
    /// What the key may do.
    pub scopes: Scopes,
    /// The one user that the key may act for; `None`: every user of the tenant.
    pub bound_to: Option<UserBinding>,
}

impl Caller {
    /// Whether the key may act for this user of its tenant.
    #[must_use]
    pub fn may_act_for(&self, user: &UserId) -> bool {
        self.bound_to.is_none_or(|bound| bound == UserBinding::of(self.key, user))
    }

    /// Whether the key has one of these scopes.
    #[must_use]
    pub fn has_any(&self, scopes: &[Scope]) -> bool {
        scopes.iter().any(|scope| self.scopes.contains(*scope))
    }
}
