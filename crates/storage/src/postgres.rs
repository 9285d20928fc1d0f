//! How PostgreSQL is reached and migrated.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Postgres, SqlSafeStr, SqlStr};

use crate::connections::{Connections, Lease};
use crate::database::{Backend, Database};
use crate::engine::{Engine, Kind, Outage};
use crate::error::StorageError;
use crate::{fault, merged, migrations};

/// Connections of one replica. Steps are short, so that few suffice.
const CONNECTIONS: u32 = 10;

/// How many of them are there before the first request comes.
const WARM: usize = 4;

/// A connection that was idle for longer is tested before use: the server may have restarted meanwhile. So is
/// one that was last used before another one failed. Under load none is, which saves a round trip for each step.
const TEST_AFTER: Duration = Duration::from_secs(1);

/// For how long a connection is kept that nobody needs.
const UNUSED_FOR: Duration = Duration::from_mins(10);

impl Kind for Postgres {
    const SYSTEM: &'static str = "postgresql";

    const TEST_AFTER: Option<Duration> = Some(TEST_AFTER);
    const UNUSED_FOR: Option<Duration> = Some(UNUSED_FOR);

    /// Where the line falls silent, nobody tells the server. It would keep the rows of an open transaction locked for
    /// hours, and whoever asks again would wait for them. No step leaves it idle for as long as this.
    fn begin() -> SqlStr {
        "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '2s'".into_sql_str()
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
    // PgBouncer refuses connections that set `extra_float_digits`, and no column holds a float.
    let options = options.extra_float_digits(None);
    let outage = Arc::<Outage>::default();
    let connections = Connections::new(options, CONNECTIONS, Arc::clone(&outage));
    let engine = Arc::new(Engine { readers: Arc::clone(&connections), writers: connections, outage });
    Ok((Database::Postgres { writer: merged::start(&engine), engine }, place))
}

/// Migrates under an advisory lock of the database, on a connection of its own: however it ends, the lock ends with it.
/// Then opens connections for the first requests.
pub(crate) async fn migrate(engine: &Engine<Postgres>) -> Result<(), StorageError> {
    let away = |source: sqlx::Error| StorageError::Unavailable { backend: Backend::Postgres, source: source.into() };
    let refused = |source: sqlx::Error| StorageError::Migrate { backend: Backend::Postgres, source: source.into() };
    let acquired = engine.writers.acquire().await.and_then(Lease::detach);
    let mut connection = acquired.map_err(|error| if fault::is_away(&error) { away(error) } else { refused(error) })?;
    migrations::run(&migrations::postgres(), &mut connection)
        .await
        .map_err(|error| StorageError::migrate(Backend::Postgres, error))?;
    let names = sqlx::query_scalar(migrations::NAMES).fetch_all(&mut connection).await;
    StorageError::check_newer(Backend::Postgres, names.map_err(away)?)?;
    connection.close().await.map_err(away)?;
    engine.readers.warm(WARM).await;
    Ok(())
}

/// Host, port and database, or the folder of the socket; never user or password.
fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_default();
    match options.get_socket() {
        Some(socket) => format!("{}/{database}", socket.display()),
        None => format!("{}:{}/{database}", options.get_host(), options.get_port()),
    }
}
