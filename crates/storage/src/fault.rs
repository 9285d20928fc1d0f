//! Turns errors of sqlx into errors of the domain: a rule of the schema, a database that is away for a moment, or a
//! fault of ours. A client never reads what sqlx said.

use std::error::Error as StdError;
use std::time::Duration;

use rebound_domain::{Error, ErrorKind};
use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;
use sqlx::sqlite::SqliteError;

use crate::constraints;

/// After how long a caller may try again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Why a step failed. It exists so that `?` works on errors of sqlx.
#[derive(Debug)]
pub(crate) struct Fault(Error);

impl Fault {
    /// The database did not answer, for whatever reason.
    pub(crate) fn away(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Error::unavailable(RETRY_AFTER, source))
    }

    pub(crate) fn is_away(&self) -> bool {
        self.0.kind == ErrorKind::Unavailable
    }

    pub(crate) fn into_inner(self) -> Error {
        self.0
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        if is_away(&error) {
            return Self::away(error);
        }
        let violated = error.as_database_error().and_then(constraints::violated);
        Self(violated.unwrap_or_else(|| Error::internal(error)))
    }
}

/// Whether trying again later may help, with nobody doing anything.
pub(crate) fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        sqlx::Error::Database(error) => is_away_by_code(error.as_ref()),
        _ => false,
    }
}

/// Whether PostgreSQL has answered that the statement failed, so that nothing of it was done.
pub(crate) fn is_undone(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| code.starts_with("40") || !is_away_by_sqlstate(&code))
}

fn is_away_by_code(error: &dyn DatabaseError) -> bool {
    if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
        is_away_by_sqlstate(error.code())
    } else {
        error
            .try_downcast_ref::<SqliteError>()
            .and_then(|error| error.code()?.parse().ok())
            .is_some_and(is_away_by_result)
    }
}

/// PostgreSQL, appendix A: connection exceptions, transaction rollbacks (deadlock), insufficient resources, operator
/// intervention (shutdown, crash, still starting), and a server that became a read-only standby.
fn is_away_by_sqlstate(code: &str) -> bool {
    matches!(code.get(..2), Some("08" | "40" | "53" | "57")) || code == "25006"
}

/// SQLite's result codes, whose low byte is the primary one: BUSY, LOCKED, READONLY, IOERR, FULL and CANTOPEN.
fn is_away_by_result(code: u32) -> bool {
    matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_is_away() {
        for code in ["57P01", "57P03", "53300", "08006", "40P01", "25006"] {
            assert!(is_away_by_sqlstate(code), "{code}");
        }
        for code in [5, 261, 517, 6, 262, 8, 1032, 13] {
            assert!(is_away_by_result(code), "{code}");
        }
        assert!(is_away(&sqlx::Error::PoolTimedOut));
    }

    #[test]
    fn what_needs_a_person_is_not_away() {
        for code in ["42P01", "23505", "22021", "28P01"] {
            assert!(!is_away_by_sqlstate(code), "{code}");
        }
        for code in [1, 11, 19, 2067] {
            assert!(!is_away_by_result(code), "{code}");
        }
        assert!(!is_away(&sqlx::Error::RowNotFound));
    }
}
