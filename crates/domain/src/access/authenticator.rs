//! Checks keys quickly: what the store said of a key is believed for a few seconds, so that most calls need no
//! database, and a revocation still acts within five seconds on every replica.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use quick_cache::sync::Cache;

use super::{AccessStore, ApiKey, Caller, KeyDigest, Scope};
use crate::environment::{Clock, is_fresh};
use crate::error::{Error, ErrorKind, Result};

/// How long an answer of the store is believed. The promise to clients is five seconds.
pub const FRESH_FOR: SignedDuration = SignedDuration::from_secs(3);

/// How many keys, known and unknown ones, are remembered.
const REMEMBERED_KEYS: usize = 10_000;

/// Turns the text of a key into the [`Caller`] that it stands for.
pub struct Authenticator {
    store: Arc<dyn AccessStore>,
    clock: Arc<dyn Clock>,
    seen: Cache<KeyDigest, Seen>,
}

#[derive(Clone)]
struct Seen {
    key: Option<Arc<ApiKey>>,
    at: Timestamp,
}

impl Authenticator {
    /// An authenticator over `store`.
    pub fn new(store: Arc<dyn AccessStore>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, seen: Cache::new(REMEMBERED_KEYS) }
    }

    /// The caller behind the value of an `authorization` header, if it may use `scope`.
    ///
    /// # Errors
    /// `Unauthenticated` without a valid key, `PermissionDenied` without the scope, `Unavailable` if the key is
    /// not remembered and the store is away.
    pub async fn authorize(&self, authorization: Option<&[u8]>, scope: Scope) -> Result<Caller> {
        self.authorize_any(authorization, &[scope]).await
    }

    /// The caller behind the value of an `authorization` header, if it may use one of `scopes`.
    ///
    /// # Errors
    /// As for [`Authenticator::authorize`].
    pub async fn authorize_any(&self, authorization: Option<&[u8]>, scopes: &[Scope]) -> Result<Caller> {
        let caller = self.caller(authorization).await?;
        caller.require_any(scopes)?;
        Ok(caller)
    }

    async fn caller(&self, authorization: Option<&[u8]>) -> Result<Caller> {
        let Some(text) = authorization.and_then(bearer) else {
            return Err(Error::new(
                ErrorKind::Unauthenticated,
                "Send an API key as `Authorization: Bearer rbk_…` (gRPC: metadata `authorization`).",
            ));
        };
        let now = self.clock.now();
        let digest = KeyDigest::of(text);
        let key = match self.seen.get(&digest) {
            Some(seen) if is_fresh(seen.at, now, FRESH_FOR) => seen.key,
            _ => {
                let key = self.store.api_key_by_digest(&digest).await?;
                let key = key.filter(|key| key.digest == digest).map(Arc::new);
                self.seen.insert(digest, Seen { key: key.clone(), at: now });
                key
            }
        };
        match key {
            Some(key) if key.is_valid_at(now) => {
                Ok(Caller { tenant: key.tenant, key: key.id, scopes: key.scopes, bound_to: key.bound_to })
            }
            _ => Err(Error::new(ErrorKind::Unauthenticated, "This API key is not valid, has expired or was revoked.")),
        }
    }
}

/// The token of a `Bearer` credential (RFC 6750); the scheme's name in any case.
pub(super) fn bearer(value: &[u8]) -> Option<&str> {
    let (scheme, token) = value.split_at_checked("bearer ".len())?;
    let token = std::str::from_utf8(token).ok()?.trim_start_matches(' ');
    (scheme.eq_ignore_ascii_case(b"bearer ") && !token.is_empty()).then_some(token)
}
