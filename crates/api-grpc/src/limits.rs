//! Limits at the door of gRPC: what is let in, what a call is told of them in metadata, and what they refused.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use prometheus::{IntCounterVec, Opts, Registry};
use rebound_domain::access::Admitted;
use rebound_domain::limits::{BulkCall, Gate, Standing, UnderWay};
use rebound_domain::{Error, Result};

use crate::method::Method;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What lets calls in, and counts those that limits refused.
pub(crate) struct Limited {
    gate: Gate,
    refused: IntCounterVec,
}

impl Limited {
    /// Registers the count. The REST API has the same family with another `api`.
    ///
    /// # Errors
    /// If it is registered already.
    pub(crate) fn register(gate: Gate, registry: &Registry) -> Result<Self, prometheus::Error> {
        let help = "Requests, and items of bulk calls, that were refused because too much was asked, by the limit.";
        let opts = Opts::new("rebound_limited_total", help).const_label("api", "grpc");
        let refused = IntCounterVec::new(opts, &["reason"])?;
        registry.register(Box::new(refused.clone()))?;
        Ok(Self { gate, refused })
    }

    /// Lets a call in. Health and reflection always are.
    pub(crate) fn enter(&self, method: Method) -> Result<Option<UnderWay<'_>>> {
        if method.scopes().is_empty() { Ok(None) } else { self.gate.enter().map(Some) }
    }

    /// Counts an error if it comes from a limit; answers the name of that.
    pub(crate) fn count(&self, error: &Error) -> Option<&'static str> {
        let reason = error.limited_by()?;
        self.refused.with_label_values(&[reason]).inc();
        Some(reason)
    }
}

/// Pays for the items of one bulk call, and counts those that are refused.
pub(crate) struct Toll {
    call: BulkCall,
    limited: Arc<Limited>,
}

impl Toll {
    /// Begins a bulk call.
    ///
    /// # Errors
    /// `RateLimited` if the tenant has too many under way.
    pub(crate) fn begin(limited: &Arc<Limited>, admitted: Option<&Admitted>) -> Result<Self> {
        let admitted = admitted.ok_or_else(|| Error::internal("a bulk method that needs no key"))?;
        Ok(Self { call: admitted.meter().begin_bulk_call()?, limited: Arc::clone(limited) })
    }

    /// Pays for the next message.
    ///
    /// # Errors
    /// What limit speaks against it.
    pub(crate) fn pay(&mut self) -> Result<()> {
        self.call.pay().inspect_err(|error| {
            self.limited.count(error);
        })
    }

    /// Pays for so many messages before any of them is answered.
    ///
    /// # Errors
    /// What limit speaks against all of them together, if waiting helps; then nothing is paid.
    pub(crate) fn pay_ahead(&mut self, messages: u32) -> Result<()> {
        self.call.pay_ahead(messages).inspect_err(|error| {
            self.limited.count(error);
        })
    }
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
