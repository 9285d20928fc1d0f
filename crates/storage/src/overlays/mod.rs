//! The port for overlays, on both databases: drafts as one document, versions that never change.

mod rows;

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use rebound_domain::governance::AuditEvent;
use rebound_domain::id::TenantId;
use rebound_domain::overlays::{
    Content, Draft, KEPT_VERSIONS, NewOverlayVersion, OverlayStore, OverlayVersion, Published,
};
use rebound_domain::{Error, Result};
use sqlx::{query_as, query_scalar};
use uuid::Uuid;

use self::rows::VersionRow;
use crate::access::{keep, kept_or_gone};
use crate::database::Database;
use crate::history::audit;
use crate::plan::{Ended, Missed, Plan, Text, Value};
use crate::row::Inconsistency;
use crate::vault::{Vault, unlocked};

/// Drafts and published versions.
pub(crate) struct Overlays {
    pub(crate) database: Arc<Database>,
    pub(crate) vault: Arc<OnceLock<Vault>>,
}

const INSERT_DRAFT: Text = Text::Insert("overlay_drafts (tenant_id, revision, items)", "ON CONFLICT DO NOTHING");

const UPDATE_DRAFT: Text =
    Text::Update("overlay_drafts SET revision = $2, items = $3", "tenant_id = $1 AND revision = $4");

const INSERT_VERSION: Text = Text::Insert(
    "overlay_versions
     (tenant_id, version, created_at, key_id, note, catalog_version, restored_from, items, content)",
    "ON CONFLICT DO NOTHING",
);

const DELETE_VERSIONS: Text = Text::Plain("DELETE FROM overlay_versions WHERE tenant_id = $1 AND version <= $2");

#[async_trait]
impl OverlayStore for Overlays {
    async fn draft(&self, tenant: TenantId) -> Result<Draft> {
        let row: Option<(i64, String)> =
            on_database!(self.database, read, "SELECT overlay_drafts", async |connection| {
                let statement = query_as("SELECT revision, items FROM overlay_drafts WHERE tenant_id = $1");
                Ok(statement.bind(Uuid::from(tenant)).fetch_optional(connection).await?)
            })?;
        let Some((revision, items)) = row else { return Ok(Draft::default()) };
        let items =
            serde_json::from_str(&items).map_err(|error| inconsistent("overlay_drafts", "items", tenant, error))?;
        Ok(Draft { revision, items })
    }

    async fn put_draft(&self, tenant: TenantId, draft: &Draft, revision: i64, event: AuditEvent) -> Result<bool> {
        let items = serde_json::to_string(&draft.items).map_err(Error::internal)?;
        let mut values =
            vec![Value::Uuid(Some(tenant.into())), Value::Integer(Some(draft.revision)), Value::Text(Some(items))];
        let mut plan = Plan::default();
        if revision == 0 {
            plan.must(INSERT_DRAFT, values, Missed::Version);
        } else {
            values.push(Value::Integer(Some(revision)));
            plan.must(UPDATE_DRAFT, values, Missed::Version);
        }
        audit(&mut plan, unlocked(&self.vault)?, &event);
        Ok(self.database.apply(plan).await? == Ended::Done)
    }

    async fn newest(&self, tenant: TenantId) -> Result<Option<(i64, i64)>> {
        on_database!(self.database, read, "SELECT overlay_versions", async |connection| {
            let statement = query_as(
                "SELECT version, items FROM overlay_versions WHERE tenant_id = $1 ORDER BY version DESC LIMIT 1",
            );
            Ok(statement.bind(Uuid::from(tenant)).fetch_optional(connection).await?)
        })
    }

    async fn content(&self, tenant: TenantId, version: i64) -> Result<Option<Content>> {
        let content: Option<String> =
            on_database!(self.database, read, "SELECT overlay_versions", async |connection| {
                let statement =
                    query_scalar("SELECT content FROM overlay_versions WHERE tenant_id = $1 AND version = $2");
                Ok(statement.bind(Uuid::from(tenant)).bind(version).fetch_optional(connection).await?)
            })?;
        let read = |content: String| serde_json::from_str(&content);
        let content = content.map(read).transpose();
        content.map_err(|error| inconsistent("overlay_versions", "content", tenant, error))
    }

    async fn versions(&self, tenant: TenantId, before: Option<i64>, limit: u32) -> Result<Vec<OverlayVersion>> {
        let rows: Vec<VersionRow> = on_database!(self.database, read, "SELECT overlay_versions", async |connection| {
            let statement = query_as(
                "SELECT version, created_at, key_id, note, catalog_version, restored_from, items
                 FROM overlay_versions WHERE tenant_id = $1 AND version < $2 ORDER BY version DESC LIMIT $3",
            );
            let statement = statement.bind(Uuid::from(tenant)).bind(before.unwrap_or(i64::MAX)).bind(i64::from(limit));
            Ok(statement.fetch_all(connection).await?)
        })?;
        Ok(rows.into_iter().map(OverlayVersion::from).collect())
    }

    async fn publish(
        &self,
        new: &NewOverlayVersion,
        request: Option<&rebound_domain::access::AccessRequest>,
        event: AuditEvent,
    ) -> Result<Published> {
        let mut plan = Plan::default();
        if let Some(request) = request {
            keep(&mut plan, request);
        }
        plan.must(INSERT_VERSION, values(new)?, Missed::Version);
        let oldest = new.version.version - KEPT_VERSIONS;
        if oldest > 0 {
            plan.then(DELETE_VERSIONS, vec![Value::Uuid(Some(new.tenant.into())), Value::Integer(Some(oldest))]);
        }
        audit(&mut plan, unlocked(&self.vault)?, &event);
        match (self.database.apply(plan).await?, request) {
            (Ended::Done, _) => Ok(Published::Done),
            (Ended::Missed(Missed::Idempotency), Some(request)) => {
                kept_or_gone(&self.database, request).await.map(Published::Kept)
            }
            (Ended::Missed(_), _) => Ok(Published::Taken),
        }
    }
}

fn values(new: &NewOverlayVersion) -> Result<Vec<Value>> {
    let OverlayVersion { version, note, created_at, key, catalog_version, restored_from, items } = new.version.clone();
    Ok(vec![
        Value::Uuid(Some(new.tenant.into())),
        Value::Integer(Some(version)),
        Value::Moment(Some(created_at.into())),
        Value::Uuid(Some(key.into())),
        Value::Text(note),
        Value::Text(Some(catalog_version)),
        Value::Integer(restored_from),
        Value::Integer(Some(items)),
        Value::Text(Some(serde_json::to_string(&new.content).map_err(Error::internal)?)),
    ])
}

fn inconsistent(table: &'static str, column: &'static str, tenant: TenantId, error: serde_json::Error) -> Error {
    Inconsistency { table, column, id: tenant.into(), source: error.into() }.into()
}
