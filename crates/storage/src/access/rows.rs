//! Rows of tenants and API keys, and how they become domain values.

use rebound_domain::Error;
use rebound_domain::access::{ApiKey, KeyDigest, Tenant};
use rebound_domain::id::{ApiKeyId, TenantId};
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};
use uuid::Uuid;

use crate::moment::Moment;

/// A row with these columns, read the same way on both databases.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $($column:ident: $type:ty,)+ }) => {
        $(#[$doc])*
        pub(super) struct $name { $($column: $type,)+ }

        impl<'r, R: Row> FromRow<'r, R> for $name
        where
            &'static str: ColumnIndex<R>,
            $($type: Decode<'r, R::Database> + Type<R::Database>,)+
        {
            fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
                Ok(Self { $($column: row.try_get(stringify!($column))?,)+ })
            }
        }
    };
}

row! {
    /// A row of `tenants`.
    TenantRow {
        id: Uuid,
        name: String,
        created_at: Moment,
    }
}

row! {
    /// A row of `api_keys`.
    ApiKeyRow {
        tenant_id: Uuid,
        id: Uuid,
        name: String,
        scopes: String,
        digest: Vec<u8>,
        created_at: Moment,
        expires_at: Option<Moment>,
        revoked_at: Option<Moment>,
    }
}

/// A stored value that the domain does not accept: somebody else wrote it, or a newer version did.
#[derive(Debug, thiserror::Error)]
#[error("inconsistent data: column `{column}` of table `{table}`, row {id}")]
pub(super) struct Inconsistency {
    table: &'static str,
    column: &'static str,
    id: Uuid,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl From<Inconsistency> for Error {
    fn from(inconsistency: Inconsistency) -> Self {
        Self::internal(inconsistency)
    }
}

impl TryFrom<TenantRow> for Tenant {
    type Error = Inconsistency;

    fn try_from(row: TenantRow) -> Result<Self, Inconsistency> {
        Ok(Self { id: TenantId::from(row.id), name: row.name, created_at: row.created_at.into() })
    }
}

impl TryFrom<ApiKeyRow> for ApiKey {
    type Error = Inconsistency;

    fn try_from(row: ApiKeyRow) -> Result<Self, Inconsistency> {
        let id = row.id;
        let digest = <[u8; 32]>::try_from(row.digest.as_slice());
        let digest =
            digest.map_err(|error| Inconsistency { table: "api_keys", column: "digest", id, source: error.into() })?;
        let scopes = row.scopes.parse();
        let scopes = scopes.map_err(|error| Inconsistency {
            table: "api_keys",
            column: "scopes",
            id,
            source: Box::new(error),
        })?;
        Ok(Self {
            id: ApiKeyId::from(id),
            tenant: TenantId::from(row.tenant_id),
            name: row.name,
            scopes,
            digest: KeyDigest::from(digest),
            created_at: row.created_at.into(),
            expires_at: row.expires_at.map(Into::into),
            revoked_at: row.revoked_at.map(Into::into),
            bound_to: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inconsistency_names_table_column_and_id() {
        let row = |scopes: &str, digest: usize| ApiKeyRow {
            tenant_id: Uuid::nil(),
            id: Uuid::max(),
            name: "careers page".to_owned(),
            scopes: scopes.to_owned(),
            digest: vec![0; digest],
            created_at: Moment::from(jiff::Timestamp::UNIX_EPOCH),
            expires_at: None,
            revoked_at: None,
        };
        assert!(ApiKey::try_from(row("guidance", 32)).is_ok());
        for (row, column) in [(row("flying", 32), "scopes"), (row("guidance", 31), "digest")] {
            let error = ApiKey::try_from(row).expect_err("an inconsistency").to_string();
            let expected = format!("inconsistent data: column `{column}` of table `api_keys`, row {}", Uuid::max());
            assert_eq!(error, expected);
        }
    }
}
