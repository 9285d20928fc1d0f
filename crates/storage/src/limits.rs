//! The port for usage and the limits of tenants, on both databases. Many tenants are one statement.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use jiff::Timestamp;
use rebound_domain::Result;
use rebound_domain::governance::AuditEvent;
use rebound_domain::id::TenantId;
use rebound_domain::limits::{LimitStore, Shared, TenantLimits, Used};
use sqlx::{QueryBuilder, query, query_scalar};
use uuid::Uuid;

use crate::database::Database;
use crate::history::audit;
use crate::moment::Moment;
use crate::plan::{Plan, Text, Value};
use crate::vault::{Vault, unlocked};

/// How many tenants one statement is about.
const CHUNK: usize = 500;

const PUT_LIMITS: Text = Text::Insert(
    "tenant_limits (tenant_id, key_requests_per_minute, requests_per_minute, daily_quota)",
    "ON CONFLICT (tenant_id) DO UPDATE SET key_requests_per_minute = excluded.key_requests_per_minute,
     requests_per_minute = excluded.requests_per_minute, daily_quota = excluded.daily_quota",
);

/// Usage and limits.
pub(crate) struct Limits {
    pub(crate) database: Arc<Database>,
    pub(crate) vault: Arc<OnceLock<Vault>>,
}

#[async_trait]
impl LimitStore for Limits {
    async fn record(&self, replica: Uuid, at: Timestamp, alive_since: Timestamp, used: &[Used]) -> Result<Vec<Shared>> {
        let mut shared = Vec::with_capacity(used.len());
        for chunk in used.chunks(CHUNK) {
            self.write(replica, at, chunk).await?;
            shared.extend(self.read(alive_since, chunk).await?);
        }
        Ok(shared)
    }

    async fn used(&self, tenant: TenantId, day: i64) -> Result<u64> {
        let used: i64 = on_database!(self.database, read, "SELECT tenant_usage", async |connection| {
            let statement = query_scalar(
                "SELECT CAST(COALESCE(SUM(used), 0) AS bigint) FROM tenant_usage WHERE tenant_id = $1 AND day = $2",
            );
            Ok(statement.bind(Uuid::from(tenant)).bind(day).fetch_one(connection).await?)
        })?;
        Ok(used.unsigned_abs())
    }

    async fn limits(&self, tenants: &[TenantId]) -> Result<Vec<(TenantId, TenantLimits)>> {
        let mut limits = Vec::new();
        for chunk in tenants.chunks(CHUNK) {
            let rows: Vec<(Uuid, Option<i64>, Option<i64>, Option<i64>)> =
                on_database!(self.database, read, "SELECT tenant_limits", async |connection| {
                    let mut sql = QueryBuilder::new(
                        "SELECT tenant_id, key_requests_per_minute, requests_per_minute, daily_quota
                         FROM tenant_limits WHERE tenant_id IN (",
                    );
                    let mut ids = sql.separated(", ");
                    for tenant in chunk {
                        ids.push_bind(Uuid::from(*tenant));
                    }
                    sql.push(")");
                    Ok(sql.build_query_as().persistent(false).fetch_all(connection).await?)
                })?;
            limits.extend(rows.into_iter().map(|(tenant, of_key, rate, quota)| {
                // The schema keeps them from being negative; who is above the range has no limit to speak of.
                let rate_of = |rate: i64| u32::try_from(rate).unwrap_or(u32::MAX);
                let limits = TenantLimits {
                    key_requests_per_minute: of_key.map(rate_of),
                    requests_per_minute: rate.map(rate_of),
                    daily_quota: quota.map(i64::unsigned_abs),
                };
                (TenantId::from(tenant), limits)
            }));
        }
        Ok(limits)
    }

    async fn put_limits(&self, tenant: TenantId, limits: TenantLimits, event: AuditEvent) -> Result<()> {
        let TenantLimits { key_requests_per_minute, requests_per_minute, daily_quota } = limits;
        let mut plan = Plan::default();
        let values = vec![
            Value::Uuid(Some(tenant.into())),
            Value::Integer(key_requests_per_minute.map(i64::from)),
            Value::Integer(requests_per_minute.map(i64::from)),
            Value::Integer(daily_quota.map(u64::cast_signed)),
        ];
        plan.then(PUT_LIMITS, values);
        audit(&mut plan, unlocked(&self.vault)?, &event);
        self.database.apply(plan).await?;
        Ok(())
    }

    async fn forget(&self, before: i64) -> Result<()> {
        on_database!(self.database, write, "DELETE tenant_usage", async |connection| {
            query("DELETE FROM tenant_usage WHERE day < $1").bind(before).execute(connection).await?;
            Ok(())
        })
    }
}

impl Limits {
    async fn write(&self, replica: Uuid, at: Timestamp, used: &[Used]) -> Result<()> {
        on_database!(self.database, write, "INSERT tenant_usage", async |connection| {
            let mut sql = QueryBuilder::new("INSERT INTO tenant_usage (tenant_id, day, replica, used, seen_at) ");
            sql.push_values(used, |mut row, used| {
                row.push_bind(Uuid::from(used.tenant))
                    .push_bind(used.day)
                    .push_bind(replica)
                    .push_bind(used.own.cast_signed())
                    .push_bind(Moment::from(at));
            });
            sql.push(
                " ON CONFLICT (tenant_id, day, replica) DO UPDATE SET used = excluded.used, seen_at = excluded.seen_at",
            );
            sql.build().persistent(false).execute(connection).await?;
            Ok(())
        })
    }

    async fn read(&self, alive_since: Timestamp, used: &[Used]) -> Result<Vec<Shared>> {
        let first = used.iter().map(|used| used.day).min().unwrap_or_default();
        let rows: Vec<(Uuid, i64, i64, i64)> =
            on_database!(self.database, read, "SELECT tenant_usage", async |connection| {
                let mut sql =
                    QueryBuilder::new("SELECT tenant_id, day, CAST(SUM(used) AS bigint), COUNT(CASE WHEN seen_at >= ");
                sql.push_bind(Moment::from(alive_since)).push(" THEN 1 END) FROM tenant_usage WHERE day >= ");
                sql.push_bind(first).push(" AND tenant_id IN (");
                let mut ids = sql.separated(", ");
                for used in used {
                    ids.push_bind(Uuid::from(used.tenant));
                }
                sql.push(") GROUP BY tenant_id, day");
                Ok(sql.build_query_as().persistent(false).fetch_all(connection).await?)
            })?;
        let shared = |(tenant, day, total, replicas): (Uuid, i64, i64, i64)| Shared {
            tenant: tenant.into(),
            day,
            total: total.unsigned_abs(),
            replicas: u32::try_from(replicas).unwrap_or(u32::MAX),
        };
        Ok(rows.into_iter().map(shared).collect())
    }
}
