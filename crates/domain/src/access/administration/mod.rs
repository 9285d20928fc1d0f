//! What operators and administrators may do: tenants, their keys, their settings and their audit log. Each step checks
//! who asks, decides by the rules, and writes once.

mod commands;
mod governed;
mod kept;
mod keys;
mod limits;

use std::sync::Arc;

pub use commands::{DEFAULT_OVERLAP, NewApiKey, NewTenant, Rotation};

pub(crate) use self::kept::{Answer, Repeatable};
use super::{AccessStep, AccessStore, Caller, RequestSeal, Scope, Tenant};
use crate::environment::{Clock, Entropy};
use crate::error::{Error, ErrorKind, Result};
use crate::governance::{AuditEvent, Governance};
use crate::id::TenantId;
use crate::limits::Limits;

/// Administers tenants and their keys.
pub struct Administration {
    /// Where they are kept.
    pub store: Arc<dyn AccessStore>,
    /// Settings and audit log of the tenants.
    pub governance: Arc<Governance>,
    /// What tenants may ask.
    pub limits: Arc<Limits>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness for ids and keys.
    pub entropy: Arc<dyn Entropy>,
}

impl Administration {
    /// Up to `limit` tenants in order of id, those after `after`.
    ///
    /// # Errors
    /// `PermissionDenied` without the scope `operator`.
    pub async fn tenants(&self, caller: &Caller, after: Option<TenantId>, limit: u32) -> Result<Vec<Tenant>> {
        require(caller, &[Scope::Operator])?;
        self.store.tenants(after, limit).await
    }

    /// A tenant by its id.
    ///
    /// # Errors
    /// `PermissionDenied` without the scope `operator`, `NotFound`.
    pub async fn tenant(&self, caller: &Caller, id: &str) -> Result<Tenant> {
        require(caller, &[Scope::Operator])?;
        let id = id.parse().map_err(|_| no_tenant())?;
        self.store.tenant(id).await?.ok_or_else(no_tenant)
    }

    /// Makes a tenant.
    ///
    /// # Errors
    /// `PermissionDenied` without the scope `operator`, `Invalid`, `Conflict` if the name is taken,
    /// `IdempotencyKeyReused`.
    pub async fn create_tenant(
        &self,
        caller: &Caller,
        command: &NewTenant,
        seal: Option<&RequestSeal>,
    ) -> Result<Tenant> {
        const OPERATION: &str = "createTenant";
        require(caller, &[Scope::Operator])?;
        let request = Repeatable::new(caller, OPERATION, "", command, seal)?;
        if let Some(tenant) = self.replayed(request).await? {
            return Ok(tenant);
        }
        let name = command.checked()?;
        let now = self.clock.now();
        let tenant = Tenant { id: TenantId::generate(now, &*self.entropy), name, created_at: now };
        let done = self.once(request, AccessStep::CreateTenant(&tenant), tenant.clone()).await?;
        if done.is_new {
            self.note(caller, caller.tenant, OPERATION, done.value.id.to_string()).await;
        }
        Ok(done.value)
    }

    /// The tenant whose keys the caller wants to administer.
    ///
    /// # Errors
    /// `PermissionDenied` without one of the scopes `admin` and `operator`; `NotFound` if there is no such tenant, or if
    /// it is another one than the caller's and the caller is no operator.
    async fn administered(&self, caller: &Caller, id: &str) -> Result<TenantId> {
        require(caller, &[Scope::Admin, Scope::Operator])?;
        let id = id.parse().map_err(|_| no_tenant())?;
        if id == caller.tenant {
            return Ok(id);
        }
        if !caller.scopes.contains(Scope::Operator) {
            return Err(no_tenant());
        }
        Ok(self.store.tenant(id).await?.ok_or_else(no_tenant)?.id)
    }

    /// Notes a change in the audit log of the tenant that it concerns.
    async fn note(&self, caller: &Caller, tenant: TenantId, operation: &str, resource: String) {
        let event = self.governance.event(caller, operation, None, Some(resource));
        self.governance.note_change(AuditEvent { tenant, ..event }).await;
    }
}

/// Lets through callers with one of these scopes; never a key that is bound to one user.
pub(crate) fn require(caller: &Caller, scopes: &[Scope]) -> Result<()> {
    if caller.bound_to.is_some() {
        let detail = "A key that is bound to one user cannot administer anything.";
        return Err(Error::new(ErrorKind::PermissionDenied, detail));
    }
    caller.require_any(scopes)
}

fn no_tenant() -> Error {
    Error::new(ErrorKind::NotFound, "There is no tenant with this id.")
}
