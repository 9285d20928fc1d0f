//! Opens the vault of a database, makes the pepper at the very first start, and changes the master key.

use std::sync::Arc;

use rebound_domain::environment::Entropy;
use rebound_domain::{Error, Result};
use sqlx::{query, query_as};
use uuid::Uuid;

use super::master::MasterKey;
use super::person::{unwrap, wrap};
use super::reference::Reference;
use super::seal::DataKey;
use super::{Vault, WrappedKeys, known};
use crate::database::Database;
use crate::error::StorageError;
use crate::fault::Fault;

/// Where the pepper belongs: to the instance, so to no tenant.
const INSTANCE: Reference = Reference::of_tenant(Uuid::nil());
const PEPPER: &str = "instance.pepper";

/// How many people get their keys encrypted anew in one step.
const BATCH: i64 = 100;

row! {
    /// The row of `instance`.
    InstanceRow {
        pepper: Vec<u8>,
        master_key_id: Vec<u8>,
    }
}

row! {
    /// A row of `people` with keys to be encrypted anew.
    KeysRow {
        tenant_id: Uuid,
        user_ref: Vec<u8>,
        key_id: Uuid,
        record_key: Vec<u8>,
        diary_key: Option<Vec<u8>>,
        master_key_id: Vec<u8>,
    }
}

/// Opens the vault with the master key, or with the previous one while keys are still encrypted with it.
pub(crate) async fn unlock(
    database: &Database,
    master: MasterKey,
    previous: Option<MasterKey>,
    entropy: Arc<dyn Entropy>,
) -> Result<Vault, StorageError> {
    let backend = database.backend();
    let row = instance(database, &master, &*entropy).await.map_err(|error| StorageError::keys(backend, error))?;
    let key = known(&master, previous.as_ref(), &row.master_key_id).ok_or(StorageError::MasterKey { backend })?;
    let pepper = unwrap(key, INSTANCE, PEPPER, &row.pepper);
    let pepper = pepper.map_err(|broken| StorageError::keys(backend, Error::internal(broken)))?;
    Ok(Vault::new(master, previous, entropy, &pepper))
}

/// The row of `instance`. Of several replicas that start on a fresh database one makes it.
async fn instance(database: &Database, master: &MasterKey, entropy: &dyn Entropy) -> Result<InstanceRow> {
    if let Some(row) = stored_instance(database).await? {
        return Ok(row);
    }
    let pepper = wrap(master, entropy, INSTANCE, PEPPER, &DataKey::generate(entropy)).map_err(Error::internal)?;
    let made = on_database!(database, write, "INSERT instance", async |connection| {
        let statement = "INSERT INTO instance (id, pepper, master_key_id) VALUES (1, $1, $2) ON CONFLICT DO NOTHING";
        query(statement).bind(pepper.as_slice()).bind(master.id().as_slice()).execute(connection).await?;
        Ok(())
    });
    made?;
    stored_instance(database).await?.ok_or_else(|| Error::internal("table `instance` has no row"))
}

async fn stored_instance(database: &Database) -> Result<Option<InstanceRow>> {
    on_database!(database, read, "SELECT instance", async |connection| {
        let statement = query_as("SELECT pepper, master_key_id FROM instance WHERE id = 1");
        Ok(statement.fetch_optional(connection).await?)
    })
}

/// Encrypts with the current master key what another one did; answers how many people's keys that were. Nothing else
/// changes, so that replicas with both keys go on meanwhile.
pub(crate) async fn rotate(database: &Database, vault: &Vault) -> Result<u64> {
    let mut rotated = 0;
    loop {
        match rotate_people(database, vault).await? {
            0 => break,
            people => rotated += people,
        }
    }
    // Last, so that a process with the old key alone is told as long as possible that it has a right one.
    let current = vault.master.id();
    let row = stored_instance(database).await?.ok_or_else(|| Error::internal("table `instance` has no row"))?;
    if row.master_key_id != current {
        let key = vault.master(&row.master_key_id)?;
        let pepper = unwrap(key, INSTANCE, PEPPER, &row.pepper).map_err(Error::internal)?;
        let pepper = wrap(&vault.master, vault.entropy(), INSTANCE, PEPPER, &pepper).map_err(Error::internal)?;
        on_database!(database, write, "UPDATE instance", async |connection| {
            let statement = query("UPDATE instance SET pepper = $1, master_key_id = $2 WHERE id = 1");
            statement.bind(pepper.as_slice()).bind(current.as_slice()).execute(connection).await?;
            Ok(())
        })?;
    }
    Ok(rotated)
}

async fn rotate_people(database: &Database, vault: &Vault) -> Result<u64> {
    let current = vault.master.id();
    on_database!(database, transaction, "UPDATE people", async |connection| {
        let rows = query_as(
            "SELECT tenant_id, user_ref, key_id, record_key, diary_key, master_key_id FROM people
             WHERE master_key_id <> $1 ORDER BY tenant_id, user_ref LIMIT $2",
        );
        let rows: Vec<KeysRow> = rows.bind(current.as_slice()).bind(BATCH).fetch_all(&mut *connection).await?;
        let mut rotated = 0;
        for row in rows {
            let owner = owner(&row)?;
            let wrapped = WrappedKeys { record: row.record_key, diary: row.diary_key };
            let wrapped = vault.rewrap(owner, &wrapped, &row.master_key_id)?;
            let statement = query(
                "UPDATE people SET record_key = $4, diary_key = $5, master_key_id = $6
                 WHERE tenant_id = $1 AND user_ref = $2 AND key_id = $3 AND (diary_key IS NULL) = ($5 IS NULL)",
            );
            let statement = statement.bind(owner.tenant).bind(owner.user.as_slice()).bind(row.key_id);
            let statement = statement.bind(wrapped.record).bind(wrapped.diary).bind(current.as_slice());
            rotated += statement.execute(&mut *connection).await?.rows_affected().max(1);
        }
        Ok(rotated)
    })
}

fn owner(row: &KeysRow) -> Result<Reference, Fault> {
    let user = <[u8; 32]>::try_from(row.user_ref.as_slice());
    let user = user.map_err(|error| Fault::from(Error::internal(error)))?;
    Ok(Reference { tenant: row.tenant_id, user })
}
