//! Ties a short-lived key to one user, without keeping who it is.

use uuid::Uuid;

use crate::history::UserId;
use crate::id::ApiKeyId;

/// A digest of a key's id and a user's id. Equality takes the same time wherever two of them differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserBinding(blake3::Hash);

impl UserBinding {
    /// The binding of a key to a user.
    #[must_use]
    pub fn of(key: ApiKeyId, user: &UserId) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("rebound 2026 binding of a key to a user");
        hasher.update(Uuid::from(key).as_bytes()).update(user.as_str().as_bytes());
        Self(hasher.finalize())
    }

    /// The bytes, to be stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

impl From<[u8; 32]> for UserBinding {
    fn from(bytes: [u8; 32]) -> Self {
        Self(blake3::Hash::from_bytes(bytes))
    }
}
