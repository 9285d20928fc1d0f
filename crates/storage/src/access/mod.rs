//! The port for tenants and API keys, on both databases. It decides no rule; the schema and the domain do.

mod rows;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use rebound_domain::access::{AccessStore, ApiKey, KeyDigest, Tenant};
use rebound_domain::id::{ApiKeyId, TenantId};
use rebound_domain::{Error, ErrorKind, Result};
use sqlx::{query, query_as, query_scalar};
use uuid::Uuid;

use self::rows::{ApiKeyRow, TenantRow};
use crate::database::Database;
use crate::moment::Moment;
use crate::row::Inconsistency;

/// Tenants and API keys.
pub(crate) struct Access(pub(crate) Arc<Database>);

const INSERT_API_KEY: &str = "
    INSERT INTO api_keys (tenant_id, id, name, scopes, digest, created_at, expires_at, revoked_at, bound_to, user_ref)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Binds a key to [`INSERT_API_KEY`].
macro_rules! insert_api_key {
    ($key:expr, $user_ref:expr) => {
        query(INSERT_API_KEY)
            .bind(Uuid::from($key.tenant))
            .bind(Uuid::from($key.id))
            .bind($key.name.as_str())
            .bind($key.scopes.to_string())
            .bind($key.digest.as_bytes().as_slice())
            .bind(Moment::from($key.created_at))
            .bind($key.expires_at.map(Moment::from))
            .bind($key.revoked_at.map(Moment::from))
            .bind($key.bound_to.as_ref().map(|bound| bound.as_bytes().as_slice()))
            .bind($user_ref)
    };
}

#[async_trait]
impl AccessStore for Access {
    async fn bootstrap(&self, tenant: &Tenant, key: &ApiKey) -> Result<bool> {
        on_database!(self.0, transaction, async |connection| {
            // Of several callers that see no tenant, one gets the unique `founding`; the others wait for its commit.
            let founded = query(
                "INSERT INTO tenants (id, name, created_at, founding)
                 SELECT $1, $2, $3, TRUE WHERE NOT EXISTS (SELECT 1 FROM tenants)
                 ON CONFLICT DO NOTHING",
            )
            .bind(Uuid::from(tenant.id))
            .bind(tenant.name.as_str())
            .bind(Moment::from(tenant.created_at))
            .execute(&mut *connection)
            .await?
            .rows_affected();
            if founded == 0 {
                return Ok(false);
            }
            insert_api_key!(key, None::<Vec<u8>>).execute(connection).await?;
            Ok(true)
        })
    }

    async fn create_tenant(&self, tenant: &Tenant) -> Result<()> {
        on_database!(self.0, write, async |connection| {
            query("INSERT INTO tenants (id, name, created_at) VALUES ($1, $2, $3)")
                .bind(Uuid::from(tenant.id))
                .bind(tenant.name.as_str())
                .bind(Moment::from(tenant.created_at))
                .execute(connection)
                .await?;
            Ok(())
        })
    }

    async fn tenant_by_name(&self, name: &str) -> Result<Option<Tenant>> {
        let row: Option<TenantRow> = on_database!(self.0, read, async |connection| {
            let statement = query_as("SELECT id, name, created_at FROM tenants WHERE name = $1");
            Ok(statement.bind(name).fetch_optional(connection).await?)
        })?;
        optional(row)
    }

    async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>> {
        let row: Option<TenantRow> = on_database!(self.0, read, async |connection| {
            let statement = query_as("SELECT id, name, created_at FROM tenants WHERE id = $1");
            Ok(statement.bind(Uuid::from(id)).fetch_optional(connection).await?)
        })?;
        optional(row)
    }

    async fn tenants(&self, after: Option<TenantId>, limit: u32) -> Result<Vec<Tenant>> {
        let rows: Vec<TenantRow> = on_database!(self.0, read, async |connection| {
            let statement = query_as("SELECT id, name, created_at FROM tenants WHERE id > $1 ORDER BY id LIMIT $2");
            Ok(statement.bind(start(after)).bind(i64::from(limit)).fetch_all(connection).await?)
        })?;
        all(rows)
    }

    async fn create_api_key(&self, key: &ApiKey) -> Result<()> {
        on_database!(self.0, write, async |connection| {
            insert_api_key!(key, None::<Vec<u8>>).execute(connection).await?;
            Ok(())
        })
    }

    async fn api_keys(&self, tenant: TenantId, after: Option<ApiKeyId>, limit: u32) -> Result<Vec<ApiKey>> {
        let rows: Vec<ApiKeyRow> = on_database!(self.0, read, async |connection| {
            let statement = query_as(
                "SELECT tenant_id, id, name, scopes, digest, created_at, expires_at, revoked_at, bound_to
                 FROM api_keys WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3",
            );
            let statement = statement.bind(Uuid::from(tenant)).bind(start(after)).bind(i64::from(limit));
            Ok(statement.fetch_all(connection).await?)
        })?;
        all(rows)
    }

    async fn api_key_by_digest(&self, digest: &KeyDigest) -> Result<Option<ApiKey>> {
        let row: Option<ApiKeyRow> = on_database!(self.0, read, async |connection| {
            let statement = query_as(
                "SELECT tenant_id, id, name, scopes, digest, created_at, expires_at, revoked_at, bound_to
                 FROM api_keys WHERE digest = $1",
            );
            Ok(statement.bind(digest.as_bytes().as_slice()).fetch_optional(connection).await?)
        })?;
        optional(row)
    }

    async fn revoke_api_key(&self, tenant: TenantId, id: ApiKeyId, at: Timestamp) -> Result<Option<ApiKey>> {
        let row: Option<ApiKeyRow> = on_database!(self.0, write, async |connection| {
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

    async fn rotate_api_key(&self, old: ApiKeyId, successor: &ApiKey, old_expires_at: Timestamp) -> Result<()> {
        on_database!(self.0, transaction, async |connection| {
            let (tenant, old) = (Uuid::from(successor.tenant), Uuid::from(old));
            let expired = query_as(
                "UPDATE api_keys SET expires_at = CASE WHEN expires_at < $3 THEN expires_at ELSE $3 END
                 WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL
                 RETURNING user_ref",
            );
            let expired = expired.bind(tenant).bind(old).bind(Moment::from(old_expires_at));
            let expired: Option<(Option<Vec<u8>>,)> = expired.fetch_optional(&mut *connection).await?;
            let Some((user_ref,)) = expired else {
                let revoked = query_scalar::<_, i64>("SELECT COUNT(*) FROM api_keys WHERE tenant_id = $1 AND id = $2");
                let revoked = revoked.bind(tenant).bind(old).fetch_one(connection).await? > 0;
                return Err(not_rotated(revoked).into());
            };
            insert_api_key!(successor, user_ref).execute(connection).await?;
            Ok(())
        })
    }

    async fn ping(&self) -> Result<()> {
        on_database!(self.0, read, async |connection| {
            query("SELECT 1").execute(connection).await?;
            Ok(())
        })
    }
}

/// The id after which a page starts. The nil UUID sorts before every id.
fn start(after: Option<impl Into<Uuid>>) -> Uuid {
    after.map_or(Uuid::nil(), Into::into)
}

fn not_rotated(revoked: bool) -> Error {
    if revoked {
        Error::new(ErrorKind::Conflict, "This API key is revoked.")
    } else {
        Error::new(ErrorKind::NotFound, "There is no such API key.")
    }
}

fn optional<T: TryFrom<R, Error = Inconsistency>, R>(row: Option<R>) -> Result<Option<T>> {
    Ok(row.map(T::try_from).transpose()?)
}

fn all<T: TryFrom<R, Error = Inconsistency>, R>(rows: Vec<R>) -> Result<Vec<T>> {
    Ok(rows.into_iter().map(T::try_from).collect::<Result<_, _>>()?)
}
