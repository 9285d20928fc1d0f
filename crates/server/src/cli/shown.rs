//! Tenants and keys as a person and as a program read them.

use std::process::ExitCode;

use jiff::Timestamp;
use rebound_domain::access::{ApiKey, Scope, Secret, Tenant};
use rebound_domain::environment::Clock as _;
use serde::Serialize;

use super::Failure;
use super::output::{self, BAD, FAINT, PLAIN, STRONG};
use crate::system::SystemClock;

/// A tenant.
#[derive(Serialize)]
pub(super) struct TenantView {
    id: String,
    name: String,
    created_at: String,
}

/// An API key; its text only when it was just made.
#[derive(Serialize)]
pub(super) struct KeyView {
    id: String,
    tenant: String,
    name: String,
    scopes: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    created_at: String,
    expires_at: Option<String>,
    revoked_at: Option<String>,
}

impl TenantView {
    pub(super) fn new(tenant: &Tenant) -> Self {
        let created_at = tenant.created_at.to_string();
        Self { id: tenant.id.to_string(), name: tenant.name.clone(), created_at }
    }
}

impl KeyView {
    pub(super) fn new(key: &ApiKey, secret: Option<&Secret>) -> Self {
        Self {
            id: key.id.to_string(),
            tenant: key.tenant.to_string(),
            name: key.name.clone(),
            scopes: key.scopes.iter().map(Scope::name).collect(),
            secret: secret.map(|secret| secret.reveal().to_owned()),
            created_at: key.created_at.to_string(),
            expires_at: key.expires_at.map(|at| at.to_string()),
            revoked_at: key.revoked_at.map(|at| at.to_string()),
        }
    }
}

/// Something that is shown to a person in a line or two, and to a program as JSON.
pub(super) trait Show: Serialize {
    /// The line for a person.
    fn line(&self) -> String;
}

impl Show for TenantView {
    fn line(&self) -> String {
        format!("{FAINT}{}{PLAIN}  {STRONG}{}{PLAIN}", self.id, self.name)
    }
}

impl Show for KeyView {
    fn line(&self) -> String {
        let expired = |at: &String| at.parse::<Timestamp>().is_ok_and(|at| at <= SystemClock.now());
        let state = match (&self.revoked_at, &self.expires_at) {
            (Some(at), _) => format!("{BAD}revoked {at}{PLAIN}"),
            (None, Some(at)) if expired(at) => format!("{BAD}expired {at}{PLAIN}"),
            (None, Some(at)) => format!("until {at}"),
            (None, None) => "no expiry".to_owned(),
        };
        let scopes = self.scopes.join(" ");
        let line = format!("{FAINT}{}{PLAIN}  {STRONG}{}{PLAIN}  [{scopes}]  {state}", self.id, self.name);
        match &self.secret {
            Some(secret) => format!("{line}\n{STRONG}{secret}{PLAIN}  {FAINT}shown only this once{PLAIN}"),
            None => line,
        }
    }
}

/// Shows one thing.
pub(super) fn show(json: bool, shown: &impl Show) -> Result<ExitCode, Failure> {
    if output::is_for_programs(json) { output::json(shown) } else { output::line(&shown.line()) }
}

/// Shows a list.
pub(super) fn show_all(json: bool, shown: &[impl Show]) -> Result<ExitCode, Failure> {
    if output::is_for_programs(json) {
        return output::json(&shown);
    }
    shown.iter().try_for_each(|item| output::line(&item.line()).map(drop))?;
    Ok(ExitCode::SUCCESS)
}
