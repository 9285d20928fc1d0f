//! The sandbox: a tenant with people who do not exist and with keys that everybody knows, so that the API can be tried
//! before anything is configured. It must never get into a database that holds anything else.

mod deeds;
mod keys;
mod people;
mod rehearsal;
mod seed;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use jiff::Timestamp;
use rebound_domain::access::{AccessStore, Tenant};
use rebound_domain::catalog::Catalogs;
use rebound_domain::id::{InvalidId, TenantId};
use rebound_storage::Storage;

use crate::app::Environment;
use crate::config::Settings;
use keys::Role;
use people::People;
use seed::Seed;

/// Where the sandbox is unless a database is named: gone with the process.
pub(crate) const IN_MEMORY: &str = "sqlite::memory:";

/// The id of the tenant, by which a sandbox is known. It is the one in the examples of the documentation.
const TENANT: &str = "tnt_01kdyasxa8fmws4wtwf4v2bvqq";

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The database is somebody's.
    #[error("the database holds a tenant other than the sandbox; name an empty one, or none: then it is in memory")]
    Occupied,
    /// The database is a sandbox, and was to be used as another one.
    #[error("the database is a sandbox, whose keys everybody knows; add --sandbox, or name another database")]
    Public,
    /// The database refused.
    #[error("the sandbox cannot be made: {0}")]
    Store(#[from] rebound_domain::Error),
    /// The store is not ready for it.
    #[error("the sandbox cannot be made: {0}")]
    Storage(#[from] rebound_storage::StorageError),
    /// A person cannot have done this.
    #[error("the sandbox cannot be made: step {step} of {person}: {source}")]
    Step {
        /// Whose step.
        person: String,
        /// Which one, counted from 1.
        step: usize,
        /// Why.
        source: Box<rebound_domain::Error>,
    },
    /// The files of the sandbox are not what they should be.
    #[error("the files of the sandbox: {0}")]
    Data(#[from] toml::de::Error),
    /// An id in them is none.
    #[error("the files of the sandbox: {0}")]
    Id(#[from] InvalidId),
}

/// Makes the sandbox if the database is empty, and leaves the one that is there as it is. What a start left half done is
/// made anew: the keys of the two sides come last, so that who has one finds everybody.
///
/// # Errors
/// `Occupied` if the database holds anything else.
pub(crate) async fn prepare(
    storage: &Storage,
    catalogs: &Arc<Catalogs>,
    environment: &Environment,
) -> Result<(), SandboxError> {
    let access = storage.access();
    let now = environment.clock.now();
    let tenant = Tenant { id: TENANT.parse()?, name: "sandbox".to_owned(), created_at: now };
    let is_fresh = access.bootstrap(&tenant, &Role::Admin.key(tenant.id, now)?).await?;
    if !is_fresh && access.tenant(tenant.id).await?.is_none() {
        return Err(SandboxError::Occupied);
    }
    if access.api_key(tenant.id, Role::Employer.id()?).await?.is_some() {
        return Ok(());
    }
    let seed = Seed::new(storage, catalogs, environment, tenant.id)?;
    seed.plant(&People::read()?, is_fresh).await?;
    hand_out(&*access, tenant.id, now).await
}

async fn hand_out(access: &dyn AccessStore, tenant: TenantId, now: Timestamp) -> Result<(), SandboxError> {
    for role in [Role::App, Role::Employer] {
        if access.api_key(tenant, role.id()?).await?.is_none() {
            access.create_api_key(&role.key(tenant, now)?).await?;
        }
    }
    Ok(())
}

/// Keeps a service that is no sandbox from answering to keys that everybody knows.
///
/// # Errors
/// `Public` if the database is a sandbox.
pub(crate) async fn refuse(access: &dyn AccessStore) -> Result<(), SandboxError> {
    match access.tenant(TENANT.parse()?).await? {
        Some(_) => Err(SandboxError::Public),
        None => Ok(()),
    }
}

/// Says it where somebody else could reach the sandbox.
pub(crate) fn warn_of_others(addrs: [SocketAddr; 2]) {
    for addr in addrs.iter().filter(|addr| !addr.ip().is_loopback()) {
        tracing::warn!(%addr, "others can reach the sandbox, and everybody knows its keys");
    }
}

/// What somebody who tries it needs: keys, people, addresses.
///
/// # Errors
/// If the files of the sandbox are not what they should be.
pub(crate) fn greeting(settings: &Settings, http: SocketAddr, grpc: SocketAddr) -> Result<String, SandboxError> {
    let mut text = String::from("A sandbox. Everybody knows these keys:\n");
    // Writing to a string does not fail.
    for role in Role::ALL {
        let _ = writeln!(text, "  {:<8}  {:<40}  {}", role.name(), role.secret_text(), role.scopes());
    }
    text.push_str("None of these people exists:\n");
    for person in &People::read()?.people {
        let _ = writeln!(text, "  {}  {}: {}", person.id, person.name, person.story);
    }
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    let _ = writeln!(text, "REST at {scheme}://{http}/docs/, gRPC at {grpc}.");
    let kept = if settings.database_url == IN_MEMORY { "Nothing is left when it stops." } else { "It is kept." };
    let _ = writeln!(text, "{kept}");
    Ok(text)
}
