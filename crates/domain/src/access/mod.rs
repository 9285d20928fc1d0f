//! Who may call: tenants, API keys with scopes, the check of a key, and who may make further ones. A key's text is never
//! kept; its digest is.

mod administration;
mod authenticator;
mod binding;
mod issued;
mod request;
mod scope;
mod secret;
mod store;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use administration::{Administration, DEFAULT_OVERLAP, NewApiKey, NewTenant, Rotation};
pub(crate) use administration::{Answer, Repeatable, require as require_administrator};
pub use authenticator::{Admitted, Authenticator, FRESH_FOR};
pub use binding::UserBinding;
pub use issued::IssuedKey;
pub use request::RequestSeal;
pub use scope::{Scope, Scopes, UnknownScope};
pub use secret::{BOOTSTRAP_KEY_LENGTH, KeyDigest, Secret, WeakSecret};
pub use store::{AccessRequest, AccessStep, AccessStore, KeptAnswer};

use crate::error::{Error, ErrorKind, Result};
use crate::history::UserId;
use crate::id::{ApiKeyId, TenantId};

/// The longest name of a tenant or key, in characters.
pub const NAME_LENGTH: usize = 100;

/// What a name may be, in words.
pub const NAME_ALLOWED: &str = "allowed: 1 to 100 characters, not only spaces, none of them a control character";

/// Whether a tenant or key may have this name.
#[must_use]
pub fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= NAME_LENGTH && !text.chars().any(char::is_control)
}

/// A customer of the instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// When it was revoked, by the clock of whoever did it. It is refused at once and for ever, whatever a clock shows.
    pub revoked_at: Option<Timestamp>,
    /// The one user that it may act for; `None`: every user of the tenant.
    pub bound_to: Option<UserBinding>,
}

impl ApiKey {
    /// Whether the key may be used at `now`.
    #[must_use]
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|at| at > now)
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

    /// Lets the caller through if the key has one of these scopes.
    ///
    /// # Errors
    /// `PermissionDenied`, naming them.
    pub fn require_any(&self, scopes: &[Scope]) -> Result<()> {
        if self.has_any(scopes) {
            return Ok(());
        }
        let names: Vec<_> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
        let detail = format!("This operation needs a key with the scope {}.", names.join(" or "));
        Err(Error::new(ErrorKind::PermissionDenied, detail))
    }
}
