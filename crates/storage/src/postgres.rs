//! How PostgreSQL is reached and migrated.

use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, Postgres, SqlSafeStr, SqlStr};
use tokio::time::timeout;

use crate::database::{Backend, Database};
use crate::engine::{CONNECT_WITHIN, Engine, Kind, Outage};
use crate::error::StorageError;
use crate::{fault, migrations};

/// Connections of one replica. Steps are short, so that few suffice.
const CONNECTIONS: u32 = 10;

/// A connection that was idle for longer is tested before use: the server may have restarted meanwhile. So is
/// one that was last used before another one failed. Under load none is, which saves a round trip for each step.
const TEST_AFTER: Duration = Duration::from_secs(1);

/// How long that test may take before a fresh connection is opened instead.
const TEST_WITHIN: Duration = Duration::from_millis(300);

impl Kind for Postgres {
    fn begin() -> SqlStr {
        "BEGIN".into_sql_str()
    }

    /// Closes it at once: returning it would mean to wait for a server that may be gone.
    fn abandon(connection: PoolConnection<Self>) {
        drop(connection.detach());
    }
}

/// Prepares the connections; none is opened yet. Answers also where the database is, fit for logs.
pub(crate) fn open(url: &str) -> Result<(Database, String), StorageError> {
    let options: PgConnectOptions =
        url.parse().map_err(|_| StorageError::url("is not one that PostgreSQL can read"))?;
    let options = match options.get_application_name() {
        Some(_) => options,
        None => options.application_name("rebound"),
    };
    let place = place(&options);
    let outage = Arc::<Outage>::default();
    let seen = Arc::clone(&outage);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(CONNECT_WITHIN)
        .test_before_acquire(false)
        .before_acquire(move |connection, idle| {
            let is_fresh = idle.idle_for < TEST_AFTER && !seen.came_after_use(idle.idle_for);
            Box::pin(async move {
                if is_fresh {
                    return Ok(true);
                }
                timeout(TEST_WITHIN, connection.ping()).await.map_err(|_| sqlx::Error::PoolTimedOut)?.map(|()| true)
            })
        })
        // PgBouncer refuses connections that set `extra_float_digits`, and no column holds a float.
        .connect_lazy_with(options.extra_float_digits(None));
    Ok((Database::Postgres(Engine { readers: pool.clone(), writers: pool, outage }), place))
}

/// Migrates under an advisory lock of the database, on a connection of its own: however it ends, the lock ends with it.
pub(crate) async fn migrate(engine: &Engine<Postgres>) -> Result<(), StorageError> {
    let away = |source: sqlx::Error| StorageError::Unavailable { backend: Backend::Postgres, source: source.into() };
    let refused = |source: sqlx::Error| StorageError::Migrate { backend: Backend::Postgres, source: source.into() };
    let acquired = engine.writers.acquire().await;
    let mut connection =
        acquired.map_err(|error| if fault::is_away(&error) { away(error) } else { refused(error) })?.detach();
    migrations::run(&migrations::postgres(), &mut connection)
        .await
        .map_err(|error| StorageError::migrate(Backend::Postgres, error))?;
    connection.close().await.map_err(away)
}

/// Host, port and database, or the folder of the socket; never user or password.
fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_default();
    match options.get_socket() {
        Some(socket) => format!("{}/{database}", socket.display()),
        None => format!("{}:{}/{database}", options.get_host(), options.get_port()),
    }
}
