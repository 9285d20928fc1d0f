//! The audit log: who read or changed what, when; append-only, visible to the tenant, without content.

use jiff::Timestamp;

use crate::history::UserId;
use crate::id::{ApiKeyId, AuditEventId, TenantId};

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// Its id.
    pub id: AuditEventId,
    /// The tenant.
    pub tenant: TenantId,
    /// When.
    pub at: Timestamp,
    /// The key that was used.
    pub key: ApiKeyId,
    /// The operation, by its id in the OpenAPI document, such as `advanceRejection`.
    pub operation: String,
    /// Whose data it was. Kept as a digest, so it can be searched for and not read back.
    pub user: Option<UserId>,
    /// The id of the thing, if it was one.
    pub resource: Option<String>,
}

/// Which lines are asked for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct AuditFilter {
    /// About this person.
    pub user: Option<UserId>,
    /// By this key.
    pub key: Option<ApiKeyId>,
    /// At this moment or later.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

impl AuditFilter {
    /// The filter as a text that names the list of a tenant's lines, for page tokens.
    #[must_use]
    pub fn name(&self, tenant: TenantId) -> String {
        let user = self.user.as_ref().map(UserId::as_str);
        format!("audit_events {tenant} {user:?} {:?} {:?} {:?}", self.key, self.since, self.until)
    }
}
