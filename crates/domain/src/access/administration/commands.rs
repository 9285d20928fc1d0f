//! What a caller asks of the administration, as both APIs read it; checked here, so that both refuse the same.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::access::{NAME_ALLOWED, Scope, Scopes, is_name};
use crate::error::{Error, FieldError, Result};

/// How long a key that was replaced is still accepted, unless the caller says otherwise.
pub const DEFAULT_OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// The longest overlap, in seconds: a year.
const MAX_OVERLAP_SECONDS: i64 = 365 * 24 * 60 * 60;

/// A tenant to be made.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct NewTenant {
    /// A name that no other tenant has. Required.
    pub name: Option<String>,
}

/// A key to be made.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct NewApiKey {
    /// What it is for. Required.
    pub name: Option<String>,
    /// Names of what it may do; at least one.
    pub scopes: Vec<String>,
    /// From when on it is refused; absent: never.
    pub expires_at: Option<Timestamp>,
}

/// How a key is to be replaced.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rotation {
    /// For how many seconds the old key is still accepted; absent: [`DEFAULT_OVERLAP`].
    pub overlap_seconds: Option<i64>,
}

impl NewTenant {
    /// The name.
    pub(super) fn checked(&self) -> Result<String> {
        let mut errors = Vec::new();
        let name = name(self.name.as_deref(), &mut errors);
        if errors.is_empty() { Ok(name) } else { Err(Error::invalid(errors)) }
    }
}

impl NewApiKey {
    /// The name and the scopes.
    pub(super) fn checked(&self, now: Timestamp) -> Result<(String, Scopes)> {
        let mut errors = Vec::new();
        let name = name(self.name.as_deref(), &mut errors);
        let allowed = Scope::ALL.map(Scope::name).join(", ");
        if self.scopes.is_empty() {
            errors.push(FieldError::new("/scopes", format!("required; allowed: a list of {allowed}")));
        }
        let mut scopes = Vec::new();
        for (index, text) in self.scopes.iter().enumerate() {
            match text.parse::<Scope>() {
                Ok(scope) => scopes.push(scope),
                Err(_) => errors.push(FieldError::new(format!("/scopes/{index}"), format!("allowed: {allowed}"))),
            }
        }
        if self.expires_at.is_some_and(|at| at <= now) {
            errors.push(FieldError::new("/expires_at", "allowed: a moment that is still to come"));
        }
        if errors.is_empty() { Ok((name, scopes.into_iter().collect())) } else { Err(Error::invalid(errors)) }
    }
}

impl Rotation {
    /// How long the old key is still accepted.
    pub(super) fn checked(self) -> Result<SignedDuration> {
        match self.overlap_seconds {
            None => Ok(DEFAULT_OVERLAP),
            Some(seconds) if (0..=MAX_OVERLAP_SECONDS).contains(&seconds) => Ok(SignedDuration::from_secs(seconds)),
            Some(_) => {
                let detail = format!("allowed: 0 to {MAX_OVERLAP_SECONDS} seconds");
                Err(Error::invalid(vec![FieldError::new("/overlap_seconds", detail)]))
            }
        }
    }
}

fn name(text: Option<&str>, errors: &mut Vec<FieldError>) -> String {
    match text {
        Some(text) if is_name(text) => return text.to_owned(),
        Some(_) => errors.push(FieldError::new("/name", NAME_ALLOWED)),
        None => errors.push(FieldError::new("/name", format!("required; {NAME_ALLOWED}"))),
    }
    String::new()
}
