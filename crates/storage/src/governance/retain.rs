//! Takes away what is older than tenants allow. It knows when; what a hold protects stays.

use jiff::{SignedDuration, Timestamp};
use rebound_domain::Result;
use rebound_domain::governance::{Expired, TenantSettings};
use rebound_domain::id::TenantId;
use sqlx::{query, query_as};
use uuid::Uuid;

use super::SETTINGS;
use crate::database::Database;
use crate::moment::Moment;
use crate::time::FIRST;
use crate::vault::Vault;

/// How long a token that has ended is kept.
const TOKENS_FOR: SignedDuration = SignedDuration::from_hours(24);

/// How many tenants' settings are read at once.
const PAGE: i64 = 100;

/// Rejections whose end has come, with their lines of the timeline. The `$where` has `$2` for the moment.
macro_rules! delete_rejections {
    ($database:expr, $tenant:expr, $moment:expr, $batch:expr, $where:literal) => {
        on_database!($database, transaction, "DELETE rejections", async |connection| {
            let ended = query_as::<_, (Vec<u8>, Uuid)>(concat!(
                "DELETE FROM rejections WHERE tenant_id = $1 AND (user_ref, id) IN
                    (SELECT user_ref, id FROM rejections WHERE tenant_id = $1 AND ",
                $where,
                " LIMIT $3) RETURNING user_ref, id"
            ));
            let ended = ended.bind($tenant).bind($moment).bind($batch).fetch_all(&mut *connection).await?;
            for (user_ref, id) in &ended {
                query("DELETE FROM entries WHERE tenant_id = $1 AND user_ref = $2 AND rejection_id = $3")
                    .bind($tenant)
                    .bind(user_ref.as_slice())
                    .bind(id)
                    .execute(&mut *connection)
                    .await?;
            }
            Ok(ended.len() as u64)
        })?
    };
}

/// One statement with a tenant, a moment and a limit; answers how many rows it touched.
macro_rules! touched {
    ($database:expr, $tenant:expr, $moment:expr, $batch:expr, $summary:expr, $sql:expr) => {
        on_database!($database, write, $summary, async |connection| {
            let statement = query($sql).bind($tenant).bind($moment).bind($batch);
            Ok(statement.execute(connection).await?.rows_affected())
        })?
    };
}

const EMPTY_DIARIES: &str = "
    UPDATE rejections SET diary = NULL, diary_version = diary_version + 1, diary_changed_at = NULL
    WHERE tenant_id = $1 AND (user_ref, id) IN
        (SELECT user_ref, id FROM rejections WHERE tenant_id = $1 AND space = 0 AND diary_changed_at < $2 LIMIT $3)";

const DELETE_ENTRIES: &str = "
    DELETE FROM entries WHERE tenant_id = $1 AND (user_ref, at, id) IN
        (SELECT user_ref, at, id FROM entries WHERE tenant_id = $1 AND at < $2 LIMIT $3)";

const DELETE_ACTION_ITEMS: &str = "
    DELETE FROM action_items WHERE tenant_id = $1 AND (user_ref, id) IN
        (SELECT user_ref, id FROM action_items WHERE tenant_id = $1 AND updated_at < $2 LIMIT $3)";

const DELETE_AUDIT_EVENTS: &str = "
    DELETE FROM audit_events WHERE tenant_id = $1 AND id IN
        (SELECT id FROM audit_events WHERE tenant_id = $1 AND at < $2 LIMIT $3)";

/// People whose records were held and are gone now.
const DELETE_RELEASED: &str = "
    DELETE FROM people WHERE tenant_id = $1 AND restricted_at < $2 AND user_ref IN
        (SELECT p.user_ref FROM people p WHERE p.tenant_id = $1 AND p.restricted_at IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM rejections r WHERE r.tenant_id = $1 AND r.user_ref = p.user_ref) LIMIT $3)";

/// A round over all tenants with settings, then over what ends by itself.
pub(super) async fn retain(database: &Database, vault: &Vault, now: Timestamp, batch: u32) -> Result<Expired> {
    let mut expired = Expired::default();
    let mut after = Uuid::nil();
    loop {
        let page: Vec<(Uuid, Vec<u8>)> = on_database!(database, read, "SELECT tenant_settings", async |connection| {
            let statement = query_as(
                "SELECT tenant_id, body FROM tenant_settings WHERE tenant_id > $1 ORDER BY tenant_id LIMIT $2",
            );
            Ok(statement.bind(after).bind(PAGE).fetch_all(connection).await?)
        })?;
        let last = page.last().map(|(tenant, _)| *tenant);
        for (tenant, body) in page {
            let (key, place) = vault.tenant(TenantId::from(tenant), SETTINGS);
            let settings: TenantSettings = key.open_document(place, body)?;
            retain_tenant(database, tenant, &settings, now, i64::from(batch), &mut expired).await?;
        }
        match last {
            Some(last) => after = last,
            None => break,
        }
    }
    expired.answers_and_tokens = answers_and_tokens(database, now, i64::from(batch)).await?;
    if expired != Expired::default() {
        database.tidy().await;
    }
    Ok(expired)
}

async fn retain_tenant(
    database: &Database,
    tenant: Uuid,
    settings: &TenantSettings,
    now: Timestamp,
    batch: i64,
    expired: &mut Expired,
) -> Result<()> {
    let retention = settings.retention;
    if !settings.is_held(now) {
        if let Some(end) = end(now, retention.record_days) {
            expired.records +=
                delete_rejections!(database, tenant, end, batch, "space = 0 AND occurred_at < $2 ORDER BY occurred_at");
        }
        // A person who was erased under a hold is erased in full when it has ended.
        let now = Moment::from(now);
        expired.records += delete_rejections!(
            database,
            tenant,
            now,
            batch,
            "user_ref IN (SELECT user_ref FROM people WHERE tenant_id = $1 AND restricted_at < $2)"
        );
        touched!(database, tenant, now, batch, "DELETE people", DELETE_RELEASED);
    }
    if let Some(end) = end(now, retention.diary_days) {
        expired.diaries += delete_rejections!(database, tenant, end, batch, "space = 1 AND diary_changed_at < $2");
        for (summary, statement) in [
            ("UPDATE rejections", EMPTY_DIARIES),
            ("DELETE entries", DELETE_ENTRIES),
            ("DELETE action_items", DELETE_ACTION_ITEMS),
        ] {
            expired.diaries += touched!(database, tenant, end, batch, summary, statement);
        }
    }
    if let Some(end) = end(now, retention.audit_days) {
        expired.audit_events += touched!(database, tenant, end, batch, "DELETE audit_events", DELETE_AUDIT_EVENTS);
    }
    Ok(())
}

/// Before which moment things have ended; `None` if they never do.
fn end(now: Timestamp, days: Option<u32>) -> Option<Moment> {
    let kept = SignedDuration::from_hours(24 * i64::from(days?));
    Some(Moment::from(now.checked_sub(kept).unwrap_or(FIRST).max(FIRST)))
}

async fn answers_and_tokens(database: &Database, now: Timestamp, batch: i64) -> Result<u64> {
    let tokens_end = Moment::from(now.checked_sub(TOKENS_FOR).unwrap_or(FIRST));
    on_database!(database, transaction, "DELETE idempotency", async |connection| {
        let answers = query(
            "DELETE FROM idempotency WHERE (tenant_id, key_digest) IN
                (SELECT tenant_id, key_digest FROM idempotency WHERE expires_at <= $1 LIMIT $2)",
        );
        let answers = answers.bind(Moment::from(now)).bind(batch).execute(&mut *connection).await?.rows_affected();
        let requests = query(
            "DELETE FROM access_requests WHERE (tenant_id, digest) IN
                (SELECT tenant_id, digest FROM access_requests WHERE expires_at <= $1 LIMIT $2)",
        );
        let requests = requests.bind(Moment::from(now)).bind(batch).execute(&mut *connection).await?.rows_affected();
        let tokens = query(
            "DELETE FROM api_keys WHERE (tenant_id, id) IN
                (SELECT tenant_id, id FROM api_keys WHERE bound_to IS NOT NULL AND expires_at < $1 LIMIT $2)",
        );
        let tokens = tokens.bind(tokens_end).bind(batch).execute(connection).await?.rows_affected();
        Ok(answers + requests + tokens)
    })
}
