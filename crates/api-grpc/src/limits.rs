//! Limits at the door of gRPC: what is let in, and what a call is told of them in metadata.

use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use rebound_domain::access::Admitted;
use rebound_domain::limits::{Gate, Standing, Toll, UnderWay};
use rebound_domain::{Error, Result};

use crate::method::Method;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Lets a call in that is begun now. Health and reflection always are.
pub(crate) fn enter(gate: &Gate, method: Method, now: Instant) -> Result<Option<UnderWay<'_>>> {
    if method.scopes().is_empty() { Ok(None) } else { gate.enter(now).map(Some) }
}

/// Begins a bulk call.
///
/// # Errors
/// `RateLimited` if the tenant has too many under way.
pub(crate) fn begin(gate: &Gate, admitted: Option<&Admitted>) -> Result<Toll> {
    let admitted = admitted.ok_or_else(|| Error::internal("a bulk method that needs no key"))?;
    Toll::begin(admitted, gate.refusals())
}

/// Writes what is left of the limits.
pub(crate) fn write(standing: &Standing, metadata: &mut HeaderMap) {
    if !standing.is_limited() {
        return;
    }
    let mut text = Vec::with_capacity(192);
    standing.write_policy(&mut text);
    let policy_length = text.len();
    standing.write_state(&mut text);
    let mut policy = Bytes::from(text);
    let state = policy.split_off(policy_length);
    for (name, value) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, state)] {
        if let Ok(value) = HeaderValue::from_maybe_shared(value) {
            metadata.insert(name, value);
        }
    }
}
