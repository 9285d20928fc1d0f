//! Erases a person: rows, keys, tokens, kept answers, and the link from the audit log, in one transaction.

use rebound_domain::governance::{AuditEvent, ErasureReceipt};
use rebound_domain::history::{Erased, Owner};
use rebound_domain::{Error, Result};
use sqlx::query;
use uuid::Uuid;

use crate::database::Database;
use crate::moment::Moment;
use crate::vault::Vault;

/// The order matters: the person's row comes first, so that writes that run end before it and later ones find nothing.
const HOLD: &str = "UPDATE people SET restricted_at = restricted_at WHERE tenant_id = $1 AND user_ref = $2";
const ENTRIES: &str = "DELETE FROM entries WHERE tenant_id = $1 AND user_ref = $2";
const ACTION_ITEMS: &str = "DELETE FROM action_items WHERE tenant_id = $1 AND user_ref = $2";
const ANSWERS: &str = "DELETE FROM idempotency WHERE tenant_id = $1 AND user_ref = $2";
const TOKENS: &str = "DELETE FROM api_keys WHERE tenant_id = $1 AND user_ref = $2";
const AUDIT_LINKS: &str = "UPDATE audit_events SET user_ref = NULL WHERE tenant_id = $1 AND user_ref = $2";
const REJECTIONS: &str = "DELETE FROM rejections WHERE tenant_id = $1 AND user_ref = $2 AND space >= $3";
const DIARIES: &str = "
    UPDATE rejections SET diary = NULL, diary_changed_at = NULL WHERE tenant_id = $1 AND user_ref = $2";
const PERSON: &str = "DELETE FROM people WHERE tenant_id = $1 AND user_ref = $2";
const RESTRICT: &str = "
    UPDATE people SET diary_key = NULL, shown = NULL, restricted_at = COALESCE(restricted_at, $3)
    WHERE tenant_id = $1 AND user_ref = $2";

/// Runs a statement about the person; answers how many rows it touched.
macro_rules! touched {
    ($connection:expr, $who:expr, $sql:expr $(, $more:expr)*) => {
        query($sql).bind($who.tenant).bind($who.user.as_slice())$(.bind($more))*
            .execute(&mut *$connection).await?.rows_affected()
    };
}

pub(super) async fn erase(
    database: &Database,
    vault: &Vault,
    owner: &Owner,
    receipt: ErasureReceipt,
    hold: bool,
    audit: AuditEvent,
) -> Result<ErasureReceipt> {
    let who = vault.reference(owner);
    let receipt = on_database!(database, transaction, "DELETE people", async |connection| {
        touched!(connection, who, HOLD);
        let mut erased = Erased {
            entries: touched!(connection, who, ENTRIES),
            action_items: touched!(connection, who, ACTION_ITEMS),
            keys_and_answers: touched!(connection, who, ANSWERS) + touched!(connection, who, TOKENS),
            // With a hold, those of the person's space alone.
            rejections: touched!(connection, who, REJECTIONS, i64::from(hold)),
            held: 0,
        };
        touched!(connection, who, AUDIT_LINKS);
        if hold {
            erased.held = touched!(connection, who, DIARIES);
        }
        if erased.held > 0 {
            touched!(connection, who, RESTRICT, Moment::from(receipt.erased_at));
        } else {
            touched!(connection, who, PERSON);
        }
        let mut receipt = ErasureReceipt { erased, ..receipt.clone() };
        receipt.seal = vault.receipt_seal(&receipt).to_hex().to_string();
        let body = serde_json::to_string(&receipt).map_err(Error::internal)?;
        let statement = query("INSERT INTO erasure_receipts (tenant_id, id, body) VALUES ($1, $2, $3)");
        statement.bind(who.tenant).bind(Uuid::from(receipt.id)).bind(body).execute(&mut *connection).await?;
        // Without the person: the log must not say again who it was.
        let statement = query(
            "INSERT INTO audit_events (tenant_id, id, at, key_id, operation, resource) VALUES ($1, $2, $3, $4, $5, $6)",
        );
        let statement = statement.bind(who.tenant).bind(Uuid::from(audit.id)).bind(Moment::from(audit.at));
        let statement = statement.bind(Uuid::from(audit.key)).bind(audit.operation.as_str());
        statement.bind(audit.resource.as_deref()).execute(connection).await?;
        Ok(receipt)
    });
    vault.forget(who);
    let receipt = receipt?;
    database.tidy().await;
    Ok(receipt)
}
