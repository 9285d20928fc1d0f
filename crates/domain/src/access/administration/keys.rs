//! The keys of a tenant: who may make them, with which scopes, and how they are replaced and taken away.

use jiff::Timestamp;

use super::kept::Repeatable;
use super::{Administration, NewApiKey, Rotation};
use crate::access::{AccessStep, ApiKey, Caller, IssuedKey, RequestSeal, Scope, Scopes};
use crate::error::{Error, ErrorKind, FieldError, Result};
use crate::id::ApiKeyId;

impl Administration {
    /// Up to `limit` keys of a tenant in order of id, those after `after`; without those that are bound to one user.
    ///
    /// # Errors
    /// `PermissionDenied` without one of the scopes `admin` and `operator`, `NotFound` for a tenant that is not the
    /// caller's to administer.
    pub async fn api_keys(
        &self,
        caller: &Caller,
        tenant: &str,
        after: Option<ApiKeyId>,
        limit: u32,
    ) -> Result<Vec<ApiKey>> {
        let tenant = self.administered(caller, tenant).await?;
        self.store.api_keys(tenant, after, limit).await
    }

    /// Makes a key.
    ///
    /// # Errors
    /// As for [`Administration::api_keys`]; `Invalid`; `PermissionDenied` for a scope that the caller may not hand out;
    /// `IdempotencyKeyReused`.
    pub async fn create_api_key(
        &self,
        caller: &Caller,
        tenant: &str,
        command: &NewApiKey,
        seal: Option<&RequestSeal>,
    ) -> Result<IssuedKey> {
        const OPERATION: &str = "createApiKey";
        let tenant = self.administered(caller, tenant).await?;
        let request = Repeatable::new(caller, OPERATION, &tenant.to_string(), command, seal)?;
        if let Some(issued) = self.replayed(request).await? {
            return Ok(issued);
        }
        let now = self.clock.now();
        let (name, scopes) = command.checked(now)?;
        may_hand_out(caller, scopes)?;
        // Databases keep microseconds: what is answered is what is kept.
        let expires_at = command.expires_at.map(|at| Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at));
        let issued = IssuedKey::fresh(tenant, name, scopes, expires_at, now, &*self.entropy);
        let done = self.once(request, AccessStep::CreateApiKey(&issued.key), issued.clone()).await?;
        if done.is_new {
            self.note(caller, tenant, OPERATION, issued.key.id.to_string()).await;
        }
        Ok(done.value)
    }

    /// Replaces a key by a fresh one with the same name and scopes; the old one is accepted for a while longer.
    ///
    /// # Errors
    /// As for [`Administration::create_api_key`]; `NotFound` if the tenant has no such key, `Conflict` if it is revoked.
    pub async fn rotate_api_key(
        &self,
        caller: &Caller,
        tenant: &str,
        id: &str,
        command: Rotation,
        seal: Option<&RequestSeal>,
    ) -> Result<IssuedKey> {
        const OPERATION: &str = "rotateApiKey";
        let tenant = self.administered(caller, tenant).await?;
        let id: ApiKeyId = id.parse().map_err(|_| no_key())?;
        let request = Repeatable::new(caller, OPERATION, &format!("{tenant} {id}"), &command, seal)?;
        if let Some(issued) = self.replayed(request).await? {
            return Ok(issued);
        }
        let overlap = command.checked()?;
        let old = self.store.api_key(tenant, id).await?.ok_or_else(no_key)?;
        may_hand_out(caller, old.scopes)?;
        let now = self.clock.now();
        let issued = IssuedKey::successor(&old, now, &*self.entropy).ok_or_else(no_key)?;
        let too_late = |_| Error::invalid(vec![FieldError::new("/overlap_seconds", "allowed: less")]);
        let old_expires_at = now.checked_add(overlap).map_err(too_late)?;
        let step = AccessStep::RotateApiKey { old: id, successor: &issued.key, old_expires_at };
        let done = self.once(request, step, issued.clone()).await?;
        if done.is_new {
            self.note(caller, tenant, OPERATION, id.to_string()).await;
        }
        Ok(done.value)
    }

    /// Revokes a key; one that is revoked stays as it is. Every replica refuses it within five seconds.
    ///
    /// # Errors
    /// As for [`Administration::api_keys`]; `NotFound` if the tenant has no such key.
    pub async fn revoke_api_key(&self, caller: &Caller, tenant: &str, id: &str) -> Result<ApiKey> {
        let tenant = self.administered(caller, tenant).await?;
        let id: ApiKeyId = id.parse().map_err(|_| no_key())?;
        let now = self.clock.now();
        let key = self.store.revoke_api_key(tenant, id, now).await?.ok_or_else(no_key)?;
        if key.revoked_at == Some(now) {
            self.note(caller, tenant, "revokeApiKey", id.to_string()).await;
        }
        Ok(key)
    }
}

/// An operator hands out every scope, an administrator those of its own key.
fn may_hand_out(caller: &Caller, scopes: Scopes) -> Result<()> {
    if caller.scopes.contains(Scope::Operator) {
        return Ok(());
    }
    let Some(scope) = scopes.iter().find(|scope| !caller.scopes.contains(*scope)) else { return Ok(()) };
    let detail = format!("Your key lacks the scope `{scope}`, so it cannot hand it out.");
    Err(Error::new(ErrorKind::PermissionDenied, detail))
}

fn no_key() -> Error {
    Error::new(ErrorKind::NotFound, "This tenant has no key with this id.")
}
