//! The door of the crate: opens the database that a URL names and hands out the ports.

use std::fmt;
use std::sync::{Arc, OnceLock};

use rebound_domain::access::AccessStore;
use rebound_domain::environment::Entropy;
use rebound_domain::governance::GovernanceStore;
use rebound_domain::history::HistoryStore;
use rebound_domain::limits::LimitStore;
use rebound_domain::overlays::OverlayStore;

use crate::access::Access;
use crate::database::{Backend, Database};
use crate::error::StorageError;
use crate::governance::{AuditLog, Governance};
use crate::history::History;
use crate::limits::Limits;
use crate::overlays::Overlays;
use crate::vault::{self, MasterKey, Vault};
use crate::{postgres, sqlite};

/// An open database. Clones share it. `Display` says which one it is, without user and password.
#[derive(Clone)]
pub struct Storage {
    database: Arc<Database>,
    vault: Arc<OnceLock<Vault>>,
    audit: Arc<AuditLog>,
    place: Arc<str>,
}

impl Storage {
    /// Opens `sqlite://PATH` (relative or absolute; folder and file are made if missing), `sqlite::memory:` (lost when
    /// closed) or `postgres://USER:PASSWORD@HOST/DATABASE`. Connects when first used, so PostgreSQL may be away.
    /// Call it inside a Tokio runtime.
    ///
    /// # Errors
    /// If the URL is not one of these, or the folder cannot be made.
    pub fn open(url: &str) -> Result<Self, StorageError> {
        let (database, place) = match url.split_once(':') {
            Some(("sqlite", path)) => sqlite::open(path)?,
            Some(("postgres" | "postgresql", _)) => postgres::open(url)?,
            Some((scheme, _)) if is_scheme(scheme) => {
                return Err(StorageError::url(format!("has the scheme `{scheme}`, which is not supported")));
            }
            _ => return Err(StorageError::url("has no scheme")),
        };
        let (database, vault) = (Arc::new(database), Arc::default());
        let audit = AuditLog::start(Arc::clone(&database), Arc::clone(&vault));
        Ok(Self { database, vault, audit, place: place.into() })
    }

    /// Brings the schema up to date. Several replicas may do so at once: one works, the others wait.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] while the database is away; any other error needs a person.
    pub async fn migrate(&self) -> Result<(), StorageError> {
        match &*self.database {
            Database::Sqlite { engine, file, .. } => sqlite::migrate(engine, file.clone()).await,
            Database::Postgres { engine, .. } => postgres::migrate(engine).await,
        }
    }

    /// Opens what is encrypted. Call it once, after [`Storage::migrate`]; until then histories and settings are out of
    /// reach. At the very first start this makes the keys of the instance. While the master key is replaced,
    /// `previous` is the one before, and what it encrypted stays readable.
    ///
    /// # Errors
    /// [`StorageError::MasterKey`] if the database was encrypted with neither; [`StorageError::Unavailable`] while the
    /// database is away.
    pub async fn unlock(
        &self,
        master: MasterKey,
        previous: Option<MasterKey>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<(), StorageError> {
        let vault = vault::unlock(&self.database, master, previous, entropy).await?;
        // Whoever comes second has the same keys.
        drop(self.vault.set(vault));
        Ok(())
    }

    /// Encrypts every key with the current master key that the previous one encrypted; answers how many people's keys
    /// that were. Replicas that have both go on meanwhile. After it the previous master key is not needed any more.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] while the database is away; what was done stays done, so try again.
    pub async fn rotate_master_key(&self) -> Result<u64, StorageError> {
        let rotated = match vault::unlocked(&self.vault) {
            Ok(vault) => vault::rotate(&self.database, vault).await,
            Err(error) => Err(error),
        };
        rotated.map_err(|error| StorageError::keys(self.backend(), error))
    }

    /// The key that previews are sealed with: the same on every replica, and after the master key was replaced.
    ///
    /// # Errors
    /// If the storage was not unlocked.
    pub fn preview_key(&self) -> Result<[u8; 32], StorageError> {
        let vault = vault::unlocked(&self.vault).map_err(|error| StorageError::keys(self.backend(), error))?;
        Ok(vault.preview_key())
    }

    /// The port for histories.
    #[must_use]
    pub fn history(&self) -> Arc<dyn HistoryStore> {
        Arc::new(History {
            database: Arc::clone(&self.database),
            vault: Arc::clone(&self.vault),
            audit: Arc::clone(&self.audit),
        })
    }

    /// The port for settings, the audit log and receipts.
    #[must_use]
    pub fn governance(&self) -> Arc<dyn GovernanceStore> {
        Arc::new(Governance {
            database: Arc::clone(&self.database),
            vault: Arc::clone(&self.vault),
            audit: Arc::clone(&self.audit),
        })
    }

    /// The port for overlays.
    #[must_use]
    pub fn overlays(&self) -> Arc<dyn OverlayStore> {
        Arc::new(Overlays { database: Arc::clone(&self.database), vault: Arc::clone(&self.vault) })
    }

    /// The port for usage and the limits of tenants.
    #[must_use]
    pub fn limits(&self) -> Arc<dyn LimitStore> {
        Arc::new(Limits { database: Arc::clone(&self.database), vault: Arc::clone(&self.vault) })
    }

    /// The port for tenants and API keys.
    #[must_use]
    pub fn access(&self) -> Arc<dyn AccessStore> {
        Arc::new(Access(Arc::clone(&self.database)))
    }

    /// Which kind of database it is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.database.backend()
    }

    /// Writes down what was noted, waits for running steps and closes all connections. Every step after that is `Unavailable`.
    pub async fn close(&self) {
        // While the database is away, what was noted is lost with this process.
        drop(self.audit.flush().await);
        self.database.close().await;
    }
}

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.backend(), self.place)
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Storage({self})")
    }
}

/// Whether `text` may be repeated in an error: a scheme (RFC 3986, 3.1), and no part of a misplaced secret.
fn is_scheme(text: &str) -> bool {
    text.len() <= 16 && text.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'+' | b'-' | b'.'))
}
