//! How much a key and a tenant may ask: rates over a minute, a quota of the day (UTC), bulk calls at a time. What is
//! counted lives in memory and is written and shared in the background; no request waits for it.

mod bucket;
mod day;
mod gate;
mod meter;
mod service;
mod standing;
mod store;
mod toll;

use serde::{Deserialize, Serialize};

pub use gate::{Backlog, Gate, UnderWay};
use meter::BulkCall;
pub use meter::{Charge, Meter};
pub use service::{ALIVE_FOR, Limits, Usage};
pub use standing::Standing;
pub use store::{LimitStore, Shared, Used};
pub use toll::{Refusals, Toll};

use crate::error::FieldError;

/// What a client must be told of the limits, in one name: a policy of the headers, a metric, a line of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The requests of a key in a minute.
    Key,
    /// The requests of a tenant in a minute.
    Tenant,
    /// The requests of a tenant in a day.
    Daily,
    /// The bulk calls of a tenant at a time.
    Bulk,
}

impl Policy {
    /// Every policy.
    pub const ALL: [Self; 4] = [Self::Key, Self::Tenant, Self::Daily, Self::Bulk];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Tenant => "tenant",
            Self::Daily => "daily",
            Self::Bulk => "bulk",
        }
    }
}

/// What is said instead of a policy where more is asked at once than can be answered soon.
pub(crate) const OVERLOADED: &str = "overloaded";

/// What the instance allows whom nothing else is said of. 0: no limit.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct InstanceLimits {
    /// Requests of one key in a minute.
    pub key_per_minute: u32,
    /// Requests of all keys of a tenant in a minute.
    pub tenant_per_minute: u32,
    /// Requests of a tenant in a day (UTC).
    pub tenant_per_day: u64,
    /// Bulk calls of a tenant at a time, on each replica.
    pub bulk_calls: u32,
}

/// What the operator allows one tenant. Absent: what the instance allows; 0: no limit.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TenantLimits {
    /// Requests of each key in a minute.
    pub key_requests_per_minute: Option<u32>,
    /// Requests of all keys together in a minute.
    pub requests_per_minute: Option<u32>,
    /// Requests in a day (UTC).
    pub daily_quota: Option<u64>,
}

/// The highest rate that can be set, in requests per minute.
pub const MAX_PER_MINUTE: u32 = 100_000_000;

/// The highest quota that can be set.
pub const MAX_QUOTA: u64 = 1_000_000_000_000;

impl TenantLimits {
    /// Limits as somebody sent them.
    ///
    /// # Errors
    /// Every number that is out of range.
    pub fn checked(
        key_requests_per_minute: Option<i64>,
        requests_per_minute: Option<i64>,
        daily_quota: Option<i64>,
    ) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut rate = |name: &str, number: Option<i64>| {
            let rate = u32::try_from(number?).ok().filter(|rate| *rate <= MAX_PER_MINUTE);
            if rate.is_none() {
                errors.push(FieldError::new(format!("/{name}"), format!("allowed: 0 (no limit) to {MAX_PER_MINUTE}")));
            }
            rate
        };
        let key_requests_per_minute = rate("key_requests_per_minute", key_requests_per_minute);
        let requests_per_minute = rate("requests_per_minute", requests_per_minute);
        let quota = daily_quota.map(|number| u64::try_from(number).ok().filter(|quota| *quota <= MAX_QUOTA));
        if quota == Some(None) {
            errors.push(FieldError::new("/daily_quota", format!("allowed: 0 (no limit) to {MAX_QUOTA}")));
        }
        let limits = Self { key_requests_per_minute, requests_per_minute, daily_quota: quota.flatten() };
        if errors.is_empty() { Ok(limits) } else { Err(errors) }
    }

    /// What is in force with them.
    #[must_use]
    pub fn over(self, instance: InstanceLimits) -> InstanceLimits {
        InstanceLimits {
            key_per_minute: self.key_requests_per_minute.unwrap_or(instance.key_per_minute),
            tenant_per_minute: self.requests_per_minute.unwrap_or(instance.tenant_per_minute),
            tenant_per_day: self.daily_quota.unwrap_or(instance.tenant_per_day),
            ..instance
        }
    }
}
