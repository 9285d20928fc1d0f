//! The port for tenants and API keys, on both databases. It decides no rule; the schema and the domain do.

mod rows;
mod step;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use rebound_domain::Result;
use rebound_domain::access::{AccessRequest, AccessStep, AccessStore, ApiKey, KeptAnswer, KeyDigest, Tenant};
use rebound_domain::id::{ApiKeyId, TenantId};
use sqlx::{query, query_as};
use uuid::Uuid;

use self::rows::{ApiKeyRow, TenantRow};
pub(crate) use self::step::{keep, kept_or_gone};
use crate::database::Database;
use crate::moment::Moment;
use crate::row::Inconsistency;

/// Tenants and API keys.
pub(crate) struct Access(pub(crate) Arc<Database>);

#[async_trait]
impl AccessStore for Access {
    async fn bootstrap(&self, tenant: &Tenant, key: &ApiKey) -> Result<bool> {
        step::bootstrap(&self.0, tenant, key).await
    }

    async fn apply(&self, step: AccessStep<'_>, request: Option<&AccessRequest>) -> Result<Option<KeptAnswer>> {
        step::apply(&self.0, step, request).await
    }

    async fn kept_answer(&self, tenant: TenantId, digest: &[u8; 32], now: Timestamp) -> Result<Option<KeptAnswer>> {
        step::kept_answer(&self.0, tenant, digest, now).await
    }

    async fn tenant_by_name(&self, name: &str) -> Result<Option<Tenant>> {
        let row: Option<TenantRow> = on_database!(self.0, read, "SELECT tenants", async |connection| {
            let statement = query_as("SELECT id, name, created_at FROM tenants WHERE name = $1");
            Ok(statement.bind(name).fetch_optional(connection).await?)
        })?;
        optional(row)
    }

    async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>> {
        let row: Option<TenantRow> = on_database!(self.0, read, "SELECT tenants", async |connection| {
            let statement = query_as("SELECT id, name, created_at FROM tenants WHERE id = $1");
            Ok(statement.bind(Uuid::from(id)).fetch_optional(connection).await?)
        })?;
        optional(row)
    }

    async fn tenants(&self, after: Option<TenantId>, limit: u32) -> Result<Vec<Tenant>> {
        let rows: Vec<TenantRow> = on_database!(self.0, read, "SELECT tenants", async |connection| {
            let statement = query_as("SELECT id, name, created_at FROM tenants WHERE id > $1 ORDER BY id LIMIT $2");
            Ok(statement.bind(start(after)).bind(i64::from(limit)).fetch_all(connection).await?)
        })?;
        all(rows)
    }

    async fn api_key(&self, tenant: TenantId, id: ApiKeyId) -> Result<Option<ApiKey>> {
        let row: Option<ApiKeyRow> = on_database!(self.0, read, "SELECT api_keys", async |connection| {
            let statement = query_as(
                "SELECT tenant_id, id, name, scopes, digest, created_at, expires_at, revoked_at, bound_to
                 FROM api_keys WHERE tenant_id = $1 AND id = $2",
            );
            Ok(statement.bind(Uuid::from(tenant)).bind(Uuid::from(id)).fetch_optional(connection).await?)
        })?;
        optional(row)
    }

    async fn api_keys(&self, tenant: TenantId, after: Option<ApiKeyId>, limit: u32) -> Result<Vec<ApiKey>> {
        let rows: Vec<ApiKeyRow> = on_database!(self.0, read, "SELECT api_keys", async |connection| {
            let statement = query_as(
                "SELECT tenant_id, id, name, scopes, digest, created_at, expires_at, revoked_at, bound_to
                 FROM api_keys WHERE tenant_id = $1 AND id > $2 AND bound_to IS NULL ORDER BY id LIMIT $3",
            );
            let statement = statement.bind(Uuid::from(tenant)).bind(start(after)).bind(i64::from(limit));
            Ok(statement.fetch_all(connection).await?)
        })?;
        all(rows)
    }

    async fn api_key_by_digest(&self, digest: &KeyDigest) -> Result<Option<ApiKey>> {
        let row: Option<ApiKeyRow> = on_database!(self.0, read, "SELECT api_keys", async |connection| {
            let statement = query_as(
                "SELECT tenant_id, id, name, scopes, digest, created_at, expires_at, revoked_at, bound_to
                 FROM api_keys WHERE digest = $1",
            );
            Ok(statement.bind(digest.as_bytes().as_slice()).fetch_optional(connection).await?)
        })?;
        optional(row)
    }

    async fn revoke_api_key(&self, tenant: TenantId, id: ApiKeyId, at: Timestamp) -> Result<Option<ApiKey>> {
        let row: Option<ApiKeyRow> = on_database!(self.0, write, "UPDATE api_keys", async |connection| {
            let statement = query_as(
                "UPDATE api_keys SET revoked_at = CASE WHEN revoked_at < $3 THEN revoked_at ELSE $3 END
                 WHERE tenant_id = $1 AND id = $2
                 RETURNING tenant_id, id, name, scopes, digest, created_at, expires_at, revoked_at, bound_to",
            );
            let statement = statement.bind(Uuid::from(tenant)).bind(Uuid::from(id)).bind(Moment::from(at));
            Ok(statement.fetch_optional(connection).await?)
        })?;
        optional(row)
    }

    async fn ping(&self) -> Result<()> {
        on_database!(self.0, read, "SELECT 1", async |connection| {
            query("SELECT 1").execute(connection).await?;
            Ok(())
        })
    }
}

/// The id after which a page starts. The nil UUID sorts before every id.
fn start(after: Option<impl Into<Uuid>>) -> Uuid {
    after.map_or(Uuid::nil(), Into::into)
}

fn optional<T: TryFrom<R, Error = Inconsistency>, R>(row: Option<R>) -> Result<Option<T>> {
    Ok(row.map(T::try_from).transpose()?)
}

fn all<T: TryFrom<R, Error = Inconsistency>, R>(rows: Vec<R>) -> Result<Vec<T>> {
    Ok(rows.into_iter().map(T::try_from).collect::<Result<_, _>>()?)
}
