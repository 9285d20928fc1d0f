//! What stands in the database for a person: the tenant, and a keyed digest of the user's id.

use std::fmt;

use uuid::Uuid;

/// A person as the database knows them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Reference {
    pub(crate) tenant: Uuid,
    pub(crate) user: [u8; 32],
}

impl Reference {
    /// What belongs to a tenant and to no person in particular.
    pub(crate) const fn of_tenant(tenant: Uuid) -> Self {
        Self { tenant, user: [0; 32] }
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({}, …)", self.tenant)
    }
}
