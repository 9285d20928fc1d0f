//! How SQLite is opened and migrated: one connection that writes, several that read, every commit synced to the disk.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection as _, SqlSafeStr, SqlStr, Sqlite};
use tokio::task::spawn_blocking;

use crate::connections::Connections;
use crate::database::{Backend, Database};
use crate::engine::{CONNECT_WITHIN, Engine, Kind};
use crate::error::StorageError;
use crate::{group, migrations};

/// Connections that only read. SQLite has one writer at a time, so one connection that writes suffices.
const READERS: u32 = 4;

/// How much of the file a connection remembers at most, as SQLite wants it: negative, in KiB.
const CACHE_KIB: &str = "-8192";

impl Kind for Sqlite {
    const SYSTEM: &'static str = "sqlite";

    /// A file does not go away, and a database in memory ends with its connection.
    const TEST_AFTER: Option<Duration> = None;
    const UNUSED_FOR: Option<Duration> = None;

    /// Takes the write lock at once. A transaction that first reads could not wait for it later.
    fn begin() -> SqlStr {
        "BEGIN IMMEDIATE".into_sql_str()
    }
}

/// Prepares the connections to what follows `sqlite:` in a URL; no file is made yet, but its folder. Answers also
/// where the database is, fit for logs.
pub(crate) fn open(path: &str) -> Result<(Database, String), StorageError> {
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() {
        return Err(StorageError::url("names no file"));
    }
    if path.contains('?') {
        return Err(StorageError::url("has parameters, which Rebound sets by itself for SQLite"));
    }
    let options: SqliteConnectOptions =
        format!("sqlite://{path}").parse().map_err(|_| StorageError::url("is not one that SQLite can read"))?;
    let options = options
        .foreign_keys(true)
        .busy_timeout(CONNECT_WITHIN)
        .pragma("secure_delete", "on")
        // What a savepoint would undo; otherwise a file, made and removed for every large group.
        .pragma("temp_store", "memory")
        .pragma("cache_size", CACHE_KIB);
    if path == ":memory:" {
        let connections = Connections::new(options, 1, Arc::default());
        let engine = Engine { readers: Arc::clone(&connections), writers: connections, outage: Arc::default() };
        return Ok((database(engine, None), "memory".to_owned()));
    }
    let file = options.get_filename().to_path_buf();
    make_folder(&file)?;
    let options =
        options.create_if_missing(true).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let engine = Engine {
        readers: Connections::new(options.clone().pragma("query_only", "on"), READERS, Arc::default()),
        writers: Connections::new(options, 1, Arc::default()),
        outage: Arc::default(),
    };
    let place = file.display().to_string();
    Ok((database(engine, Some(file)), place))
}

fn database(engine: Engine<Sqlite>, file: Option<PathBuf>) -> Database {
    let engine = Arc::new(engine);
    Database::Sqlite { writer: group::start(&engine), engine, file }
}

fn make_folder(file: &Path) -> Result<(), StorageError> {
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    fs::create_dir_all(folder).map_err(|source| StorageError::Folder { path: folder.to_path_buf(), source })
}

/// Migrates under a lock on a file beside the database. The first connection is opened under it too, because two
/// that switch a fresh file to WAL at once disturb each other.
pub(crate) async fn migrate(engine: &Engine<Sqlite>, file: Option<PathBuf>) -> Result<(), StorageError> {
    let lock = match file {
        Some(file) => Some(lock_beside(file).await?),
        None => None,
    };
    let migrated = async {
        let mut lease = engine.writers.acquire().await?;
        let connection = lease.connection()?;
        migrations::run(&migrations::sqlite(), &mut *connection).await?;
        // SQLite opens a file that may not be written for reading alone, and says so no sooner than at a write.
        let mut attempt = connection.begin_with(Sqlite::begin()).await?;
        sqlx::query("PRAGMA user_version = 0").execute(&mut *attempt).await?;
        attempt.rollback().await?;
        Ok(sqlx::query_scalar(migrations::NAMES).fetch_all(connection).await?)
    };
    let migrated = migrated.await.map_err(|error| StorageError::migrate(Backend::Sqlite, error));
    drop(lock);
    StorageError::check_newer(Backend::Sqlite, migrated?)
}

/// Waits for the exclusive lock; dropping the file gives it back.
async fn lock_beside(database: PathBuf) -> Result<File, StorageError> {
    let mut name = database.into_os_string();
    name.push(".migrate-lock");
    let path = PathBuf::from(name);
    let waiting = {
        let path = path.clone();
        spawn_blocking(move || {
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
            file.lock()?;
            Ok(file)
        })
    };
    waiting.await.map_err(io::Error::other).flatten().map_err(|source| StorageError::Lock { path, source })
}
