//! The keys of people: cached, read, and compared with what a row says.

use std::sync::Arc;

use rebound_domain::{Error, ErrorKind, Result};
use sqlx::query_as;
use uuid::Uuid;

use super::rows::Owned;
use crate::database::Database;
use crate::moment::Moment;
use crate::vault::{PersonKeys, Reference, Vault, WrappedKeys};

row! {
    /// The keys in a row of `people`.
    PersonRow {
        key_id: Uuid,
        record_key: Vec<u8>,
        diary_key: Option<Vec<u8>>,
        master_key_id: Vec<u8>,
        restricted_at: Option<Moment>,
    }
}

/// What there is of a person.
pub(super) enum Person {
    /// Nothing.
    Unknown,
    /// Records that a legal hold keeps, closed to everybody.
    Restricted,
    /// A history.
    Known(Arc<PersonKeys>),
}

/// The person as the database has them now.
pub(super) async fn load(database: &Database, vault: &Vault, owner: Reference) -> Result<Person> {
    let row: Option<PersonRow> = on_database!(database, read, "SELECT people", async |connection| {
        let statement = query_as(
            "SELECT key_id, record_key, diary_key, master_key_id, restricted_at FROM people
             WHERE tenant_id = $1 AND user_ref = $2",
        );
        Ok(statement.bind(owner.tenant).bind(owner.user.as_slice()).fetch_optional(connection).await?)
    })?;
    Ok(match row {
        None => Person::Unknown,
        Some(row) if row.restricted_at.is_some() => Person::Restricted,
        Some(row) => {
            let wrapped = WrappedKeys { record: row.record_key, diary: row.diary_key };
            Person::Known(vault.unwrap(owner, row.key_id, &wrapped, &row.master_key_id)?)
        }
    })
}

/// Opens rows of a person with the keys that the rows say the person has. Nothing is left of one who was erased
/// between two looks.
pub(super) async fn open<R: Owned>(
    database: &Database,
    vault: &Vault,
    owner: Reference,
    rows: Vec<R>,
) -> Result<Vec<R::Value>> {
    let Some(key_id) = rows.first().and_then(Owned::key_id) else { return Ok(Vec::new()) };
    let cached = vault.cached(owner).filter(|keys| keys.key_id == key_id);
    let keys = match cached {
        Some(keys) => keys,
        None => match load(database, vault, owner).await? {
            Person::Known(keys) if keys.key_id == key_id => keys,
            _ => return Ok(Vec::new()),
        },
    };
    rows.into_iter().map(|row| row.open(&keys)).collect()
}

/// The answer to a write for a person whose records are held.
pub(super) fn restricted() -> Error {
    Error::new(
        ErrorKind::LegalHold,
        "This user was erased, and a legal hold keeps the employer's records. Until it ends, nothing can be added.",
    )
}
