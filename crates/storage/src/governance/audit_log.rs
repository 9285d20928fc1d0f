//! The audit log: lines that wait in memory and are written together, and pages of it.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use rebound_domain::governance::{AuditEvent, AuditFilter};
use rebound_domain::history::{Owner, UserId};
use rebound_domain::id::{AuditEventId, TenantId};
use rebound_domain::{Error, Result};
use sqlx::{AssertSqlSafe, PgConnection, SqliteConnection, query, query_as};
use tokio::sync::{Mutex as AsyncMutex, Notify};
use tokio::time::timeout;
use uuid::Uuid;

use crate::database::Database;
use crate::fault::Fault;
use crate::moment::Moment;
use crate::plan::places;
use crate::span::Summary;
use crate::time::{FIRST, LAST};
use crate::vault::{Vault, unlocked};

/// How long a line waits for others.
const WRITE_WITHIN: Duration = Duration::from_millis(500);

/// How many lines are written without waiting for more, and at most in one statement.
const BATCH: usize = 256;

/// How many lines may wait. With more, nothing is read any more: what cannot be noted must not happen.
const ROOM: usize = 20_000;

/// Notes lines and writes them down.
pub(crate) struct AuditLog {
    database: Arc<Database>,
    vault: Arc<OnceLock<Vault>>,
    waiting: Mutex<Vec<AuditRow>>,
    writing: AsyncMutex<()>,
    signals: Arc<Signals>,
}

/// What the task that writes waits for.
#[derive(Default)]
struct Signals {
    /// A first line came, or the log ended.
    begun: Notify,
    /// Enough lines came to write at once, or the log ended.
    enough: Notify,
}

row! {
    /// A row of `audit_events`.
    AuditRow {
        tenant_id: Uuid,
        id: Uuid,
        at: Moment,
        key_id: Uuid,
        operation: String,
        user_ref: Option<Vec<u8>>,
        resource: Option<String>,
    }
}

impl AuditLog {
    /// A log, and the task that writes what it notes. Needs a Tokio runtime.
    pub(crate) fn start(database: Arc<Database>, vault: Arc<OnceLock<Vault>>) -> Arc<Self> {
        let signals = Arc::<Signals>::default();
        let waiting = Mutex::default();
        let log = Arc::new(Self { database, vault, waiting, writing: AsyncMutex::default(), signals: signals.clone() });
        let owner = Arc::downgrade(&log);
        tokio::spawn(async move {
            loop {
                signals.begun.notified().await;
                // Neither answer matters: time is up, or there are enough.
                drop(timeout(WRITE_WITHIN, signals.enough.notified()).await);
                let Some(log) = owner.upgrade() else { return };
                if log.flush().await.is_err() {
                    signals.begun.notify_one();
                }
            }
        });
        log
    }

    /// Notes a line.
    pub(crate) fn note(&self, event: AuditEvent) {
        let row = row(self.vault.get(), event);
        let mut waiting = self.waiting();
        waiting.push(row);
        // Told once, for who is told while a batch is being written would write the few lines that are left at once.
        if waiting.len() == BATCH {
            self.signals.enough.notify_one();
        }
        self.signals.begun.notify_one();
    }

    /// Refuses to go on while too much waits to be written.
    pub(crate) fn room(&self) -> Result<()> {
        if self.waiting().len() < ROOM {
            return Ok(());
        }
        Err(Error::unavailable(Duration::from_secs(1), "the audit log cannot be written"))
    }

    /// Writes down what was noted before the call; what comes meanwhile waits for more. What cannot be written now waits
    /// on.
    pub(crate) async fn flush(&self) -> Result<()> {
        let _one_at_a_time = self.writing.lock().await;
        let mut left = self.waiting().len();
        while left > 0 {
            let count = left.min(BATCH);
            let rows: Vec<AuditRow> = self.waiting().drain(..count).collect();
            let batch = Batch { log: self, rows };
            batch.write().await?;
            left -= count;
        }
        Ok(())
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<AuditRow>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A page of a tenant's log, newest first.
    pub(crate) async fn page(
        &self,
        tenant: TenantId,
        filter: &AuditFilter,
        after: Option<AuditEventId>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>> {
        macro_rules! page {
            ($of_user:literal, $user:expr) => {
                on_database!(self.database, read, "SELECT audit_events", async |connection| {
                    let statement = query_as(concat!(
                        "SELECT tenant_id, id, at, key_id, operation, user_ref, resource FROM audit_events
                         WHERE tenant_id = $1 AND id < $3 AND ($4 IS NULL OR key_id = $4) AND at >= $5 AND at < $6 AND ",
                        $of_user,
                        " ORDER BY id DESC LIMIT $7"
                    ));
                    let statement = statement
                        .bind(Uuid::from(tenant))
                        .bind($user)
                        .bind(after.map_or(Uuid::max(), Uuid::from))
                        .bind(filter.key.map(Uuid::from))
                        .bind(Moment::from(filter.since.unwrap_or(FIRST)))
                        .bind(Moment::from(filter.until.unwrap_or(LAST)))
                        .bind(i64::from(limit));
                    Ok(statement.fetch_all(connection).await?)
                })?
            };
        }
        let rows: Vec<AuditRow> = match &filter.user {
            Some(user) => {
                let user = reference(unlocked(&self.vault)?, tenant, user);
                page!("user_ref = $2", user.as_slice())
            }
            None => page!("$2 IS NULL", None::<&[u8]>),
        };
        // A digest cannot be turned back; but whoever asked for one person knows who it is.
        Ok(rows.into_iter().map(|row| event(row, filter.user.clone())).collect())
    }
}

impl Drop for AuditLog {
    fn drop(&mut self) {
        self.signals.begun.notify_one();
        self.signals.enough.notify_one();
    }
}

/// Lines on their way. Unless they were written, they wait again, also when the caller went away.
struct Batch<'a> {
    log: &'a AuditLog,
    rows: Vec<AuditRow>,
}

impl Batch<'_> {
    async fn write(mut self) -> Result<()> {
        let rows = &self.rows;
        match &*self.log.database {
            Database::Sqlite { engine, .. } => {
                let step = async |connection: &mut SqliteConnection| insert_each(connection, rows).await;
                engine.write(Summary::Of(INSERT), step).await?;
            }
            Database::Postgres { engine, .. } => {
                let step = async |connection: &mut PgConnection| insert_all(connection, rows).await;
                engine.write(Summary::Of(INSERT), step).await?;
            }
        }
        self.rows.clear();
        Ok(())
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        if !self.rows.is_empty() {
            self.log.waiting().splice(..0, self.rows.drain(..));
        }
    }
}

/// What writing lines is called for those who follow requests.
const INSERT: &str = "INSERT audit_events";

/// Inserts lines on SQLite. One that is there already was written when the answer got lost.
async fn insert_each(connection: &mut SqliteConnection, rows: &[AuditRow]) -> Result<(), Fault> {
    const COLUMNS: usize = 7;
    let mut sql =
        "INSERT INTO audit_events (tenant_id, id, at, key_id, operation, user_ref, resource) VALUES ".to_owned();
    for row in 0..rows.len() {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        places(&mut sql, COLUMNS, row * COLUMNS);
        sql.push(')');
    }
    sql.push_str(" ON CONFLICT DO NOTHING");
    let statement = rows.iter().fold(query(AssertSqlSafe(sql)).persistent(false), |statement, row| {
        let statement = statement.bind(row.tenant_id).bind(row.id).bind(row.at).bind(row.key_id);
        statement.bind(row.operation.as_str()).bind(row.user_ref.as_deref()).bind(row.resource.as_deref())
    });
    statement.execute(connection).await?;
    Ok(())
}

/// Inserts lines on PostgreSQL, which would read a statement of any other length anew.
async fn insert_all(connection: &mut PgConnection, rows: &[AuditRow]) -> Result<(), Fault> {
    let statement = query(
        "INSERT INTO audit_events (tenant_id, id, at, key_id, operation, user_ref, resource)
         SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::timestamptz[], $4::uuid[], $5::text[], $6::bytea[], $7::text[])
         ON CONFLICT DO NOTHING",
    );
    let statement = statement
        .bind(rows.iter().map(|row| row.tenant_id).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.id).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.at).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.key_id).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.operation.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.user_ref.as_deref()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.resource.as_deref()).collect::<Vec<_>>());
    statement.execute(connection).await?;
    Ok(())
}

fn reference(vault: &Vault, tenant: TenantId, user: &UserId) -> Vec<u8> {
    vault.reference(&Owner { tenant, user: user.clone() }).user.to_vec()
}

fn row(vault: Option<&Vault>, event: AuditEvent) -> AuditRow {
    let user_ref = vault.zip(event.user.as_ref()).map(|(vault, user)| reference(vault, event.tenant, user));
    AuditRow {
        tenant_id: event.tenant.into(),
        id: event.id.into(),
        at: event.at.into(),
        key_id: event.key.into(),
        operation: event.operation,
        user_ref,
        resource: event.resource,
    }
}

fn event(row: AuditRow, user: Option<UserId>) -> AuditEvent {
    AuditEvent {
        id: row.id.into(),
        tenant: row.tenant_id.into(),
        at: row.at.into(),
        key: row.key_id.into(),
        operation: row.operation,
        user,
        resource: row.resource,
    }
}
