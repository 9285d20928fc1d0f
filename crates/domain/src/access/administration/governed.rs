//! Settings and audit log of the caller's own tenant.

use std::sync::Arc;

use super::{Administration, require};
use crate::access::{Caller, Scope};
use crate::error::Result;
use crate::governance::{AuditEvent, AuditFilter, DEFAULT_SUPPORT_LINK, TenantSettings};
use crate::id::AuditEventId;

impl Administration {
    /// The settings as they are at this moment.
    ///
    /// # Errors
    /// `PermissionDenied` without the scope `admin`.
    pub async fn settings(&self, caller: &Caller) -> Result<Arc<TenantSettings>> {
        require(caller, &[Scope::Admin])?;
        self.governance.present_settings(caller.tenant).await
    }

    /// Replaces the settings as a whole. The link that comes by itself counts as absent, so that settings which were
    /// read and written back follow it.
    ///
    /// # Errors
    /// `PermissionDenied` without the scope `admin`, `Invalid`, `Stale` if `if_match` names another state.
    pub async fn put_settings(
        &self,
        caller: &Caller,
        mut settings: TenantSettings,
        if_match: Option<&str>,
    ) -> Result<TenantSettings> {
        require(caller, &[Scope::Admin])?;
        settings.support_link.take_if(|link| link == DEFAULT_SUPPORT_LINK);
        self.governance.put_settings(caller, settings, if_match).await
    }

    /// Up to `limit` lines of the audit log, newest first, those before `after`.
    ///
    /// # Errors
    /// `PermissionDenied` without the scope `admin`.
    pub async fn audit_events(
        &self,
        caller: &Caller,
        filter: &AuditFilter,
        after: Option<AuditEventId>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>> {
        require(caller, &[Scope::Admin])?;
        self.governance.audit_events(caller, filter, after, limit).await
    }
}
