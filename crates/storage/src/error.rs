//! What can go wrong when a database is opened or migrated. It never carries the URL, which may hold a password.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;

use rebound_domain::ErrorKind;
use sqlx::migrate::MigrateError;

use crate::database::Backend;
use crate::{fault, migrations};

/// Why the database could not be opened or brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The URL is not one that Rebound supports.
    #[error(
        "the database URL {problem}; allowed are sqlite://PATH, sqlite::memory: and \
         postgres://USER:PASSWORD@HOST/DATABASE"
    )]
    Url {
        /// What is wrong with it.
        problem: Cow<'static, str>,
    },
    /// The folder for the database file cannot be made.
    #[error("cannot make the folder {} for the database", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file that keeps replicas from migrating at once cannot be locked.
    #[error("cannot lock {} to migrate the database", .path.display())]
    Lock {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database is away; trying again helps.
    #[error("{backend} does not answer, so it cannot be prepared now")]
    Unavailable {
        /// Which kind of database.
        backend: Backend,
        /// What the database or the network said.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The database was encrypted with another master key.
    #[error("the master key is not the one that {backend} was encrypted with")]
    MasterKey {
        /// Which kind of database.
        backend: Backend,
    },
    /// The keys in the database cannot be read or written.
    #[error("the keys in {backend} cannot be used")]
    Keys {
        /// Which kind of database.
        backend: Backend,
        /// What went wrong.
        source: rebound_domain::Error,
    },
    /// A migration failed, or the schema is not one that this version of Rebound knows.
    #[error("{backend} cannot be migrated")]
    Migrate {
        /// Which kind of database.
        backend: Backend,
        /// What the database said.
        source: Box<dyn StdError + Send + Sync>,
    },
}

impl StorageError {
    /// What went wrong with the keys of the instance.
    pub(crate) fn keys(backend: Backend, error: rebound_domain::Error) -> Self {
        match error.kind {
            ErrorKind::Unavailable => Self::Unavailable { backend, source: error.into() },
            _ => Self::Keys { backend, source: error },
        }
    }

    pub(crate) fn url(problem: impl Into<Cow<'static, str>>) -> Self {
        Self::Url { problem: problem.into() }
    }

    /// Whether this version works with the schema as newer versions left it.
    pub(crate) fn check_newer(backend: Backend, names: Vec<String>) -> Result<(), Self> {
        migrations::check(names).map_err(|too_old| Self::Migrate { backend, source: too_old.into() })
    }

    pub(crate) fn migrate(backend: Backend, error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) if fault::is_away(&cause) => {
                Self::Unavailable { backend, source: cause.into() }
            }
            other => Self::Migrate { backend, source: other.into() },
        }
    }
}
