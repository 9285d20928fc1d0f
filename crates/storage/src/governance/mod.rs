//! The port for settings, the audit log and receipts, on both databases.

mod audit_log;
mod retain;

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use jiff::Timestamp;
use rebound_domain::governance::{AuditEvent, AuditFilter, ErasureReceipt, Expired, GovernanceStore, TenantSettings};
use rebound_domain::id::{AuditEventId, ErasureReceiptId, TenantId};
use rebound_domain::{Error, Result};
use sqlx::{query_as, query_scalar};
use uuid::Uuid;

pub(crate) use self::audit_log::AuditLog;
use crate::database::Database;
use crate::engine::within;
use crate::history::audit;
use crate::plan::{Ended, Missed, Plan, Text, Value};
use crate::vault::{Vault, unlocked};

/// Settings, audit log and receipts.
pub(crate) struct Governance {
    pub(crate) database: Arc<Database>,
    pub(crate) vault: Arc<OnceLock<Vault>>,
    pub(crate) audit: Arc<AuditLog>,
}

const SETTINGS: &str = "tenant_settings.body";

const INSERT_SETTINGS: Text = Text::Insert("tenant_settings (tenant_id, version, body)", "ON CONFLICT DO NOTHING");

const UPDATE_SETTINGS: Text =
    Text::Update("tenant_settings SET version = $2, body = $3", "tenant_id = $1 AND version = $4");

#[async_trait]
impl GovernanceStore for Governance {
    async fn settings(&self, tenant: TenantId) -> Result<TenantSettings> {
        let (key, place) = unlocked(&self.vault)?.tenant(tenant, SETTINGS);
        let row: Option<(i64, Vec<u8>)> =
            on_database!(self.database, read, "SELECT tenant_settings", async |connection| {
                let statement = query_as("SELECT version, body FROM tenant_settings WHERE tenant_id = $1");
                Ok(statement.bind(Uuid::from(tenant)).fetch_optional(connection).await?)
            })?;
        let Some((version, body)) = row else { return Ok(TenantSettings::default()) };
        let settings: TenantSettings = key.open_document(place, body)?;
        Ok(TenantSettings { version, ..settings })
    }

    async fn put_settings(
        &self,
        tenant: TenantId,
        settings: &TenantSettings,
        version: i64,
        event: AuditEvent,
    ) -> Result<bool> {
        let vault = unlocked(&self.vault)?;
        let (key, place) = vault.tenant(tenant, SETTINGS);
        let body = key.seal_document(vault.entropy(), place, settings)?;
        let mut values =
            vec![Value::Uuid(Some(tenant.into())), Value::Integer(Some(settings.version)), Value::Bytes(Some(body))];
        let mut plan = Plan::default();
        if version == 0 {
            plan.must(INSERT_SETTINGS, values, Missed::Version);
        } else {
            values.push(Value::Integer(Some(version)));
            plan.must(UPDATE_SETTINGS, values, Missed::Version);
        }
        audit(&mut plan, vault, &event);
        Ok(self.database.apply(plan).await? == Ended::Done)
    }

    fn note(&self, event: AuditEvent) {
        self.audit.note(event);
    }

    async fn flush(&self) -> Result<()> {
        within(self.audit.flush()).await
    }

    async fn audit_events(
        &self,
        tenant: TenantId,
        filter: &AuditFilter,
        after: Option<AuditEventId>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>> {
        self.audit.page(tenant, filter, after, limit).await
    }

    async fn receipt(&self, tenant: TenantId, id: ErasureReceiptId) -> Result<Option<(ErasureReceipt, bool)>> {
        let vault = unlocked(&self.vault)?;
        let body: Option<String> = on_database!(self.database, read, "SELECT erasure_receipts", async |connection| {
            let statement = query_scalar("SELECT body FROM erasure_receipts WHERE tenant_id = $1 AND id = $2");
            Ok(statement.bind(Uuid::from(tenant)).bind(Uuid::from(id)).fetch_optional(connection).await?)
        })?;
        let Some(body) = body else { return Ok(None) };
        let receipt: ErasureReceipt = serde_json::from_str(&body).map_err(Error::internal)?;
        let seal = vault.receipt_seal(&receipt);
        // The comparison of two hashes takes the same time wherever they differ.
        let is_genuine = blake3::Hash::from_hex(&receipt.seal).is_ok_and(|stated| stated == seal);
        Ok(Some((receipt, is_genuine)))
    }

    async fn retain(&self, now: Timestamp, batch: u32) -> Result<Expired> {
        retain::retain(&self.database, unlocked(&self.vault)?, now, batch).await
    }
}
