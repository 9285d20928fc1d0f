//! Checks keys quickly: what the store said of a key is believed for a few seconds, so that most calls need no
//! database, and a revocation still acts within five seconds on every replica.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use quick_cache::sync::Cache;

use super::{AccessStore, ApiKey, Caller, KeyDigest};
use crate::environment::{Clock, is_fresh};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::{Charge, Limits, Meter};

/// How long an answer of the store is believed. The promise to clients is five seconds.
pub const FRESH_FOR: SignedDuration = SignedDuration::from_secs(3);

/// How many keys, known and unknown ones, are remembered.
const REMEMBERED_KEYS: usize = 10_000;

/// Turns the text of a key into the [`Caller`] that it stands for, and lets it pay for its request.
pub struct Authenticator {
    store: Arc<dyn AccessStore>,
    limits: Arc<Limits>,
    clock: Arc<dyn Clock>,
    seen: Cache<KeyDigest, Seen>,
}

#[derive(Clone)]
struct Seen {
    key: Option<Arc<Known>>,
    at: Timestamp,
}

/// A key, and what it used. The latter outlives what the store said of the former.
struct Known {
    key: ApiKey,
    meter: Arc<Meter>,
}

/// Somebody with a valid key.
pub struct Admitted {
    /// Who calls.
    pub caller: Caller,
    /// What became of the request's charge. It is for the API to refuse what was not paid for, and to tell what is left.
    pub charge: Charge,
    known: Arc<Known>,
}

impl Admitted {
    /// What pays for further items of a bulk call.
    #[must_use]
    pub fn meter(&self) -> Arc<Meter> {
        Arc::clone(&self.known.meter)
    }
}

impl Authenticator {
    /// An authenticator over `store`.
    pub fn new(store: Arc<dyn AccessStore>, limits: Arc<Limits>, clock: Arc<dyn Clock>) -> Self {
        Self { store, limits, clock, seen: Cache::new(REMEMBERED_KEYS) }
    }

    /// The caller behind the value of an `authorization` header. Every request of a valid key is charged, whether its key
    /// may do what it asks for or not.
    ///
    /// # Errors
    /// `Unauthenticated` without a valid key, `Unavailable` if the key is not remembered and the store is away.
    pub async fn authenticate(&self, authorization: Option<&[u8]>) -> Result<Admitted> {
        let Some(text) = authorization.and_then(bearer) else {
            return Err(Error::new(
                ErrorKind::Unauthenticated,
                "Send an API key as `Authorization: Bearer rbk_…` (gRPC: metadata `authorization`).",
            ));
        };
        let now = self.clock.now();
        let digest = KeyDigest::of(text);
        let known = match self.seen.get(&digest) {
            Some(seen) if is_fresh(seen.at, now, FRESH_FOR) => seen.key,
            // Boxed, so that what this needs does not make every call larger.
            _ => Box::pin(self.look_up(digest, now)).await?,
        };
        match known {
            Some(known) if known.key.is_valid_at(now) => {
                let ApiKey { tenant, id, scopes, bound_to, .. } = known.key;
                let caller = Caller { tenant, key: id, scopes, bound_to };
                Ok(Admitted { caller, charge: known.meter.charge_at(now), known })
            }
            _ => Err(Error::new(ErrorKind::Unauthenticated, "This API key is not valid, has expired or was revoked.")),
        }
    }

    /// What the store says of a key, remembered.
    async fn look_up(&self, digest: KeyDigest, now: Timestamp) -> Result<Option<Arc<Known>>> {
        let key = self.store.api_key_by_digest(&digest).await?.filter(|key| key.digest == digest);
        let known = match key {
            Some(key) => {
                let fresh = self.limits.meter(key.tenant).await;
                // Whoever was here before goes on counting.
                let before = self.seen.get(&digest).and_then(|seen| seen.key).map(|known| Arc::clone(&known.meter));
                Some(Arc::new(Known { key, meter: before.unwrap_or_else(|| Arc::new(fresh)) }))
            }
            None => None,
        };
        self.seen.insert(digest, Seen { key: known.clone(), at: now });
        Ok(known)
    }
}

/// The token of a `Bearer` credential (RFC 6750); the scheme's name in any case.
pub(super) fn bearer(value: &[u8]) -> Option<&str> {
    let (scheme, token) = value.split_at_checked("bearer ".len())?;
    let token = std::str::from_utf8(token).ok()?.trim_start_matches(' ');
    (scheme.eq_ignore_ascii_case(b"bearer ") && !token.is_empty()).then_some(token)
}
