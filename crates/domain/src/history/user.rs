//! The person whose history it is, by an id that only the tenant understands.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, FieldError, Result};
use crate::id::TenantId;

/// The longest id of a user, in characters.
pub const USER_ID_LENGTH: usize = 128;

/// The tenant's own id of a person: 1 to 128 visible ASCII characters. `Debug` hides it: it may be an address.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(String);

impl UserId {
    /// The id that a caller sent.
    ///
    /// # Errors
    /// `Invalid`, pointing at `/user_id`.
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        let usable = (1..=USER_ID_LENGTH).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if usable {
            return Ok(Self(text));
        }
        let detail = "must be an id of your own; allowed: 1 to 128 visible ASCII characters without spaces";
        Err(Error::invalid(vec![FieldError::new("/user_id", detail)]))
    }

    /// The id as the tenant writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserId(…)")
    }
}

/// A person of a tenant: what every statement about a history is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner {
    /// The tenant.
    pub tenant: TenantId,
    /// The person.
    pub user: UserId,
}
