//! Which of the two databases is open, and the macro that runs a step on either.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use sqlx::{Postgres, Sqlite};

use crate::engine::Engine;
use crate::one_statement;
use crate::plan::{Ended, Plan};
use crate::queue::Queue;
use crate::span::Summary;

/// Runs a step, `async |connection| { … }`, on whichever database is open: it is written once and compiled for both.
/// The mode is a method of [`Engine`]: `read`, `write` or `transaction`. The summary names the operation and its table for
/// those who follow requests.
macro_rules! on_database {
    ($database:expr, $mode:ident, $summary:expr, $step:expr) => {
        match &*$database {
            $crate::database::Database::Sqlite { engine, .. } => {
                engine.$mode($crate::span::Summary::Of($summary), $step).await
            }
            $crate::database::Database::Postgres { engine, .. } => {
                engine.$mode($crate::span::Summary::Of($summary), $step).await
            }
        }
    };
}

/// The kinds of database that Rebound runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Backend {
    /// A file, or memory.
    Sqlite,
    /// A server.
    Postgres,
}

impl Backend {
    /// Its name, for logs and people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The open database.
pub(crate) enum Database {
    /// SQLite, and its file unless it is in memory.
    Sqlite { engine: Arc<Engine<Sqlite>>, writer: Queue, file: Option<PathBuf> },
    /// PostgreSQL.
    Postgres { engine: Arc<Engine<Postgres>>, writer: Queue },
}

impl Database {
    pub(crate) const fn backend(&self) -> Backend {
        match self {
            Self::Sqlite { .. } => Backend::Sqlite,
            Self::Postgres { .. } => Backend::Postgres,
        }
    }

    /// After something was erased: also takes it out of SQLite's log, as far as nobody reads there.
    pub(crate) async fn tidy(&self) {
        if let Self::Sqlite { engine, .. } = self {
            let emptied = engine.write(Summary::Of("PRAGMA wal_checkpoint"), async |connection| {
                sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(connection).await?;
                Ok(())
            });
            // The next checkpoint does it otherwise.
            drop(emptied.await);
        }
    }

    /// Waits for running steps and closes all connections.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { engine, writer, .. } => {
                writer.close().await;
                engine.close().await;
            }
            Self::Postgres { engine, writer } => {
                writer.close().await;
                engine.close().await;
            }
        }
    }

    /// Runs a plan: all of it or nothing.
    pub(crate) async fn apply(&self, plan: Plan) -> rebound_domain::Result<Ended> {
        match self {
            Self::Sqlite { writer, .. } => writer.apply::<Sqlite>(plan).await,
            Self::Postgres { writer, .. } if plan.is_mergeable() => writer.apply::<Postgres>(plan).await,
            Self::Postgres { engine, .. } if one_statement::is_possible(&plan) => {
                engine.write(Summary::Plan(&plan), async |connection| one_statement::run(connection, &plan).await).await
            }
            Self::Postgres { engine, .. } => engine.apply(&plan).await,
        }
    }
}
