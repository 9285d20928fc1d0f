//! What limits refused, and the toll of a bulk call, whose items are refused one by one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{BulkCall, OVERLOADED, Policy};
use crate::access::Admitted;
use crate::error::{Error, Result};

/// What can be refused for, in the words of metrics and the log.
const LIMITS: [&str; Policy::ALL.len() + 1] =
    [Policy::Key.name(), Policy::Tenant.name(), Policy::Daily.name(), Policy::Bulk.name(), OVERLOADED];

/// How many requests, and items of bulk calls, one API refused because too much was asked.
#[derive(Debug, Default)]
pub struct Refusals([AtomicU64; LIMITS.len()]);

impl Refusals {
    /// Counts an error if it comes from a limit; answers the name of that.
    pub fn count(&self, error: &Error) -> Option<&'static str> {
        let limit = error.limited_by()?;
        let place = LIMITS.iter().position(|name| *name == limit)?;
        self.0.get(place)?.fetch_add(1, Ordering::Relaxed);
        Some(limit)
    }

    /// How many there were, by the limit.
    pub fn counted(&self) -> impl Iterator<Item = (&'static str, u64)> {
        LIMITS.into_iter().zip(&self.0).map(|(limit, count)| (limit, count.load(Ordering::Relaxed)))
    }
}

/// Pays for the items of one bulk call, and counts those that are refused.
pub struct Toll {
    call: BulkCall,
    refusals: Arc<Refusals>,
}

impl Toll {
    /// Begins a bulk call.
    ///
    /// # Errors
    /// `RateLimited` if the tenant has too many under way.
    pub fn begin(admitted: &Admitted, refusals: &Arc<Refusals>) -> Result<Self> {
        Ok(Self { call: admitted.meter().begin_bulk_call()?, refusals: Arc::clone(refusals) })
    }

    /// Pays for the next item.
    ///
    /// # Errors
    /// What limit speaks against it.
    pub fn pay(&mut self) -> Result<()> {
        self.call.pay().inspect_err(|error| self.count(error))
    }

    /// Counts an error that ends the call, if it comes from a limit.
    pub fn count(&self, error: &Error) {
        self.refusals.count(error);
    }

    /// Pays for so many items, the first one included, before any of them is answered. An error is counted where
    /// it ends the call.
    ///
    /// # Errors
    /// What limit speaks against all of them together, if waiting helps; then nothing is paid.
    pub fn pay_ahead(&mut self, items: u32) -> Result<()> {
        self.call.pay_ahead(items)
    }
}
