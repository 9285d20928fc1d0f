//! Rows of tenants and API keys, and how they become domain values.

use rebound_domain::access::{ApiKey, KeptAnswer, KeyDigest, Tenant, UserBinding};
use rebound_domain::id::{ApiKeyId, TenantId};
use uuid::Uuid;

use crate::moment::Moment;
use crate::row::Inconsistency;

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
        bound_to: Option<Vec<u8>>,
    }
}

row! {
    /// A row of `access_requests`, as far as it is read.
    KeptAnswerRow {
        tenant_id: Uuid,
        asked: Vec<u8>,
        answer: Vec<u8>,
    }
}

impl TryFrom<KeptAnswerRow> for KeptAnswer {
    type Error = Inconsistency;

    fn try_from(row: KeptAnswerRow) -> Result<Self, Inconsistency> {
        let asked = <[u8; 32]>::try_from(row.asked.as_slice());
        let asked = asked.map_err(|error| Inconsistency {
            table: "access_requests",
            column: "asked",
            id: row.tenant_id,
            source: error.into(),
        })?;
        Ok(Self { asked, sealed: row.answer })
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
        let bound_to = row.bound_to.map(|bytes| <[u8; 32]>::try_from(bytes.as_slice())).transpose();
        let bound_to = bound_to.map_err(|error| Inconsistency {
            table: "api_keys",
            column: "bound_to",
            id,
            source: error.into(),
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
            bound_to: bound_to.map(UserBinding::from),
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
            bound_to: None,
        };
        assert!(ApiKey::try_from(row("guidance", 32)).is_ok());
        for (row, column) in [(row("flying", 32), "scopes"), (row("guidance", 31), "digest")] {
            let error = ApiKey::try_from(row).expect_err("an inconsistency").to_string();
            let expected = format!("inconsistent data: column `{column}` of table `api_keys`, row {}", Uuid::max());
            assert_eq!(error, expected);
        }
    }
}
