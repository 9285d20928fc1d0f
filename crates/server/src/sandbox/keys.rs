//! The keys of the sandbox, one for each role. They are no secret, and say so.

use jiff::Timestamp;
use rebound_domain::access::{ApiKey, Caller, KeyDigest, Scope, Scopes};
use rebound_domain::id::{ApiKeyId, InvalidId, TenantId};
use serde::Deserialize;

/// Who calls.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    /// The employer's side, such as an applicant tracking system.
    Employer,
    /// The back-end of an app that a person uses.
    #[default]
    App,
    /// Everything, as the first key of an instance.
    Admin,
}

impl Role {
    pub(super) const ALL: [Self; 3] = [Self::Employer, Self::App, Self::Admin];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Employer => "employer",
            Self::App => "app",
            Self::Admin => "admin",
        }
    }

    /// The text of the key.
    pub(super) const fn secret_text(self) -> &'static str {
        match self {
            Self::Employer => "rbk_sandbox_employer_that_everybody_knows",
            Self::App => "rbk_sandbox_app_that_everybody_knows",
            Self::Admin => "rbk_sandbox_admin_that_everybody_knows",
        }
    }

    /// The id of the key. The first is the one in the examples of the documentation.
    pub(super) fn id(self) -> Result<ApiKeyId, InvalidId> {
        match self {
            Self::Employer => "key_01kdyasxa8fmws4wtwf4v2bvqr",
            Self::App => "key_01kdyasxa8fmws4wtwf4v2bvqs",
            Self::Admin => "key_01kdyasxa8fmws4wtwf4v2bvqt",
        }
        .parse()
    }

    pub(super) fn scopes(self) -> Scopes {
        let scopes: &[Scope] = match self {
            Self::Employer => &[Scope::Guidance, Scope::RejectionsRead, Scope::RejectionsWrite],
            Self::App => &[Scope::Guidance, Scope::DiaryRead, Scope::DiaryWrite],
            Self::Admin => &Scope::ALL,
        };
        scopes.iter().copied().collect()
    }

    pub(super) fn key(self, tenant: TenantId, now: Timestamp) -> Result<ApiKey, InvalidId> {
        Ok(ApiKey {
            id: self.id()?,
            tenant,
            name: self.name().to_owned(),
            scopes: self.scopes(),
            digest: KeyDigest::of(self.secret_text()),
            created_at: now,
            expires_at: None,
            revoked_at: None,
            bound_to: None,
        })
    }

    pub(super) fn caller(self, tenant: TenantId) -> Result<Caller, InvalidId> {
        Ok(Caller { tenant, key: self.id()?, scopes: self.scopes(), bound_to: None })
    }
}
