//! The files of `/migrations`, compiled in. `sqlx::migrate!` would do the same, but its macros build SQLite and both
//! drivers a second time for the compiler, so the files are listed here and a test compares the list with the folders.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};

macro_rules! migrations {
    ($($version:literal $name:literal)+) => {
        const SQLITE: &[(i64, &str, &str)] =
            &[$(($version, $name, include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")))),+];
        const POSTGRES: &[(i64, &str, &str)] =
            &[$(($version, $name, include_str!(concat!("../../../migrations/postgres/", $name, ".sql")))),+];
    };
}

migrations! {
    1 "0001_access"
    2 "0002_history"
    3 "0003_access_requests"
    4 "0004_overlays"
    5 "0005_limits"
}

/// The migrations of SQLite.
pub(crate) fn sqlite() -> Migrator {
    migrator(SQLITE)
}

/// The migrations of PostgreSQL.
pub(crate) fn postgres() -> Migrator {
    migrator(POSTGRES)
}

/// Applies what `connection` lacks. (`Migrator::run` would do, but its future cannot be spawned: it is not `Send` for
/// every lifetime. This is the way around it that sqlx offers.)
pub(crate) async fn run<C: Migrate>(migrator: &Migrator, connection: &mut C) -> Result<(), MigrateError> {
    migrator.run_direct(None, connection, false).await
}

/// The number of the last one.
const NEWEST: usize = SQLITE.len();

/// The names of all migrations that a database has had.
pub(crate) const NAMES: &str = "SELECT description FROM _sqlx_migrations ORDER BY version";

/// A newer version of Rebound took something out of the schema that this one needs.
#[derive(Debug, thiserror::Error)]
#[error(
    "a newer version has applied `{name}`, so that only versions can be started that carry migration {needs}; the last \
     one of this version is {NEWEST}"
)]
pub(crate) struct TooOld {
    name: String,
    needs: usize,
}

/// Whether this version works with what newer ones did to the schema. They add to it, so it does, unless the name of a
/// migration ends with `_needs_` and the number of one that this version does not carry.
pub(crate) fn check(names: Vec<String>) -> Result<(), TooOld> {
    let needs = |name: &str| name.rsplit_once("_needs_").and_then(|(_, number)| number.parse::<usize>().ok());
    let too_new = names.into_iter().find_map(|name| Some((needs(&name).filter(|needs| *needs > NEWEST)?, name)));
    too_new.map_or(Ok(()), |(needs, name)| Err(TooOld { name, needs }))
}

fn migrator(files: &'static [(i64, &'static str, &'static str)]) -> Migrator {
    let migration = |&(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    let mut migrator = Migrator::with_migrations(files.iter().map(migration).collect());
    // Those of newer versions, which this one was rolled back from.
    migrator.set_ignore_missing(true);
    migrator
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_is_listed_under_its_number() {
        for (folder, listed) in [("sqlite", SQLITE), ("postgres", POSTGRES)] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(folder);
            let mut files: Vec<String> = std::fs::read_dir(&path)
                .expect("the folder of migrations")
                .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
                .collect();
            files.sort();
            let names: Vec<String> = listed.iter().map(|(_, name, _)| format!("{name}.sql")).collect();
            assert_eq!(files, names, "{}", path.display());
            for (index, (version, name, _)) in (1i64..).zip(listed) {
                assert_eq!(*version, index, "{name}");
                assert!(name.starts_with(&format!("{version:04}_")), "{name}");
            }
        }
    }
}
