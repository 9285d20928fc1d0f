//! What tenants may ask, set by operators alone: whoever is limited does not decide by how much.

use super::{Administration, require};
use crate::access::{Caller, Scope};
use crate::error::Result;
use crate::governance::AuditEvent;
use crate::limits::{TenantLimits, Usage};

impl Administration {
    /// The limits that a tenant has of its own, as they are at this moment.
    ///
    /// # Errors
    /// `PermissionDenied` without one of the scopes `admin` and `operator`, `NotFound`.
    pub async fn tenant_limits(&self, caller: &Caller, id: &str) -> Result<TenantLimits> {
        let tenant = self.administered(caller, id).await?;
        self.limits.of_tenant(tenant).await
    }

    /// Replaces the limits of a tenant as a whole: what is absent is as for everybody.
    ///
    /// # Errors
    /// `PermissionDenied` without the scope `operator`, `NotFound`.
    pub async fn put_tenant_limits(&self, caller: &Caller, id: &str, limits: TenantLimits) -> Result<TenantLimits> {
        require(caller, &[Scope::Operator])?;
        let tenant = self.administered(caller, id).await?;
        let audit = self.governance.event(caller, "putTenantLimits", None, Some(tenant.to_string()));
        self.limits.put(tenant, limits, AuditEvent { tenant, ..audit }).await?;
        Ok(limits)
    }

    /// What a tenant used today, and what it may.
    ///
    /// # Errors
    /// `PermissionDenied` without one of the scopes `admin` and `operator`, `NotFound`.
    pub async fn tenant_usage(&self, caller: &Caller, id: &str) -> Result<Usage> {
        let tenant = self.administered(caller, id).await?;
        self.limits.usage(tenant).await
    }
}
