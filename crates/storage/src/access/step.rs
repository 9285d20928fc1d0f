//! Steps that change tenants and keys, and the requests that they are done for: one commit, or nothing of it.

use std::time::Duration;

use jiff::Timestamp;
use rebound_domain::access::{AccessRequest, AccessStep, ApiKey, KeptAnswer, Tenant};
use rebound_domain::id::{ApiKeyId, TenantId};
use rebound_domain::{Error, ErrorKind, Result};
use sqlx::{query_as, query_scalar};
use uuid::Uuid;

use super::rows::KeptAnswerRow;
use crate::database::Database;
use crate::moment::Moment;
use crate::plan::{Ended, Missed, Plan, Text, Value};
use crate::row::Inconsistency;

/// Of several callers that see no tenant, one gets the unique `founding`; the others wait for its commit.
const FOUND_TENANT: &str = "
    INSERT INTO tenants (id, name, created_at, founding)
    SELECT $1, $2, $3, TRUE WHERE NOT EXISTS (SELECT 1 FROM tenants)
    ON CONFLICT DO NOTHING";

const INSERT_TENANT: &str = "INSERT INTO tenants (id, name, created_at) VALUES ($1, $2, $3)";

const INSERT_API_KEY: &str = "
    INSERT INTO api_keys (tenant_id, id, name, scopes, digest, created_at, expires_at, revoked_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Ends a key. The successor of one that is bound to a user would not be bound, so there is none.
const END_API_KEY: &str = "
    UPDATE api_keys SET expires_at = CASE WHEN expires_at < $3 THEN expires_at ELSE $3 END
    WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL AND bound_to IS NULL";

const FORGET_REQUEST: &str = "DELETE FROM access_requests WHERE tenant_id = $1 AND digest = $2 AND expires_at <= $3";

const INSERT_REQUEST: &str = "
    INSERT INTO access_requests (tenant_id, digest, asked, answer, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, digest) DO NOTHING";

/// Takes a step. See the port.
pub(super) async fn apply(
    database: &Database,
    step: AccessStep<'_>,
    request: Option<&AccessRequest>,
) -> Result<Option<KeptAnswer>> {
    let mut plan = Plan::default();
    if let Some(request) = request {
        keep(&mut plan, request);
    }
    match step {
        AccessStep::CreateTenant(tenant) => plan.then(Text::Plain(INSERT_TENANT), tenant_values(tenant)),
        AccessStep::CreateApiKey(key) => plan.then(Text::Plain(INSERT_API_KEY), key_values(key)),
        AccessStep::RotateApiKey { old, successor, old_expires_at } => {
            let ids = [successor.tenant.into(), old.into()].map(|id| Value::Uuid(Some(id)));
            let values = ids.into_iter().chain([moment(old_expires_at)]).collect();
            plan.must(Text::Plain(END_API_KEY), values, Missed::Version);
            plan.then(Text::Plain(INSERT_API_KEY), key_values(successor));
        }
    }
    match (database.apply(plan).await?, request, step) {
        (Ended::Missed(Missed::Idempotency), Some(request), _) => kept_or_gone(database, request).await.map(Some),
        (Ended::Missed(_), _, AccessStep::RotateApiKey { old, successor, .. }) => {
            Err(not_rotated(database, successor.tenant, old).await?)
        }
        _ => Ok(None),
    }
}

/// Makes the first tenant with its key; answers whether there was none before.
pub(super) async fn bootstrap(database: &Database, tenant: &Tenant, key: &ApiKey) -> Result<bool> {
    let mut plan = Plan::default();
    plan.must(Text::Plain(FOUND_TENANT), tenant_values(tenant), Missed::Version);
    plan.then(Text::Plain(INSERT_API_KEY), key_values(key));
    Ok(database.apply(plan).await? == Ended::Done)
}

/// What was kept of a request.
pub(super) async fn kept_answer(
    database: &Database,
    tenant: TenantId,
    digest: &[u8; 32],
    now: Timestamp,
) -> Result<Option<KeptAnswer>> {
    let row: Option<KeptAnswerRow> = on_database!(database, read, "SELECT access_requests", async |connection| {
        let statement = query_as(
            "SELECT tenant_id, asked, answer FROM access_requests
             WHERE tenant_id = $1 AND digest = $2 AND expires_at > $3",
        );
        let statement = statement.bind(Uuid::from(tenant)).bind(digest.as_slice()).bind(Moment::from(now));
        Ok(statement.fetch_optional(connection).await?)
    })?;
    Ok(row.map(KeptAnswer::try_from).transpose().map_err(|error: Inconsistency| error)?)
}

/// What was kept of a request that came before.
pub(crate) async fn kept_or_gone(database: &Database, request: &AccessRequest) -> Result<KeptAnswer> {
    let kept = kept_answer(database, request.tenant, &request.digest, request.created_at).await?;
    // It ended, or went with its tenant, since the plan ran: the next try finds it gone.
    kept.ok_or_else(|| Error::unavailable(Duration::from_secs(1), "a kept answer went away while it was asked for"))
}

/// Keeps a request with a change. First comes what may turn out to be done already.
pub(crate) fn keep(plan: &mut Plan, request: &AccessRequest) {
    let AccessRequest { tenant, digest, kept, created_at, expires_at } = request;
    let name = || [Value::Uuid(Some((*tenant).into())), bytes(digest)];
    plan.then(Text::Plain(FORGET_REQUEST), name().into_iter().chain([moment(*created_at)]).collect());
    let rest = [bytes(&kept.asked), bytes(&kept.sealed), moment(*created_at), moment(*expires_at)];
    plan.must(Text::Plain(INSERT_REQUEST), name().into_iter().chain(rest).collect(), Missed::Idempotency);
}

async fn not_rotated(database: &Database, tenant: TenantId, old: ApiKeyId) -> Result<Error> {
    let revoked = on_database!(database, read, "SELECT api_keys", async |connection| {
        let statement = query_scalar::<_, i64>(
            "SELECT COUNT(*) FROM api_keys WHERE tenant_id = $1 AND id = $2 AND bound_to IS NULL",
        );
        Ok(statement.bind(Uuid::from(tenant)).bind(Uuid::from(old)).fetch_one(connection).await? > 0)
    })?;
    Ok(if revoked {
        Error::new(ErrorKind::Conflict, "This API key is revoked.")
    } else {
        Error::new(ErrorKind::NotFound, "There is no such API key.")
    })
}

fn tenant_values(tenant: &Tenant) -> Vec<Value> {
    let Tenant { id, name, created_at } = tenant;
    vec![Value::Uuid(Some((*id).into())), Value::Text(Some(name.clone())), moment(*created_at)]
}

fn key_values(key: &ApiKey) -> Vec<Value> {
    vec![
        Value::Uuid(Some(key.tenant.into())),
        Value::Uuid(Some(key.id.into())),
        Value::Text(Some(key.name.clone())),
        Value::Text(Some(key.scopes.to_string())),
        bytes(key.digest.as_bytes()),
        moment(key.created_at),
        Value::Moment(key.expires_at.map(Into::into)),
        Value::Moment(key.revoked_at.map(Into::into)),
    ]
}

fn bytes(bytes: &[u8]) -> Value {
    Value::Bytes(Some(bytes.to_vec()))
}

fn moment(at: Timestamp) -> Value {
    Value::Moment(Some(at.into()))
}
