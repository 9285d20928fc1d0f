//! The door of the crate: opens the database that a URL names and hands out the ports.

use std::fmt;
use std::sync::Arc;

use rebound_domain::access::AccessStore;

use crate::access::Access;
use crate::database::{Backend, Database};
use crate::error::StorageError;
use crate::{postgres, sqlite};

/// An open database. Clones share it. `Display` says which one it is, without user and password.
#[derive(Clone)]
pub struct Storage {
    database: Arc<Database>,
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
        Ok(Self { database: Arc::new(database), place: place.into() })
    }

    /// Brings the schema up to date. Several replicas may do so at once: one works, the others wait.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] while the database is away; any other error needs a person.
    pub async fn migrate(&self) -> Result<(), StorageError> {
        match &*self.database {
            Database::Sqlite { engine, file } => sqlite::migrate(engine, file.clone()).await,
            Database::Postgres(engine) => postgres::migrate(engine).await,
        }
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

    /// Waits for running steps and closes all connections. Every step after that is `Unavailable`.
    pub async fn close(&self) {
        match &*self.database {
            Database::Sqlite { engine, .. } => engine.close().await,
            Database::Postgres(engine) => engine.close().await,
        }
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
