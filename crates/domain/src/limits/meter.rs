//! What a request costs, and who pays: a key and its tenant. All of it is a few atomic steps on memory that hangs beside
//! the remembered key, so that nothing is looked up and nobody waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use super::bucket::{Bucket, Left, Rate, seconds};
use super::day::{DAY_SECONDS, Days, day_of};
use super::standing::{Line, Standing};
use super::{InstanceLimits, Policy, TenantLimits};
use crate::environment::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::id::TenantId;

/// How soon a bulk call may be tried again that came while too many were under way.
const BULK_RETRY: Duration = Duration::from_secs(1);

/// What a tenant used, and what it may.
#[derive(Debug)]
pub(super) struct TenantMeter {
    pub(super) tenant: TenantId,
    pub(super) days: Days,
    /// How many processes count for it.
    pub(super) replicas: AtomicU32,
    bucket: Bucket,
    key_per_minute: AtomicU32,
    per_minute: AtomicU32,
    per_day: AtomicU64,
    bulk_calls: AtomicU32,
    max_bulk_calls: u32,
}

impl TenantMeter {
    pub(super) fn new(tenant: TenantId, instance: InstanceLimits) -> Self {
        let meter = Self {
            tenant,
            days: Days::default(),
            replicas: AtomicU32::new(1),
            bucket: Bucket::default(),
            key_per_minute: AtomicU32::default(),
            per_minute: AtomicU32::default(),
            per_day: AtomicU64::default(),
            bulk_calls: AtomicU32::default(),
            max_bulk_calls: instance.bulk_calls,
        };
        meter.allow(TenantLimits::default().over(instance));
        meter
    }

    /// Sets what is allowed from now on.
    pub(super) fn allow(&self, limits: InstanceLimits) {
        self.key_per_minute.store(limits.key_per_minute, Ordering::Relaxed);
        self.per_minute.store(limits.tenant_per_minute, Ordering::Relaxed);
        self.per_day.store(limits.tenant_per_day, Ordering::Relaxed);
    }
}

/// What one key used, and what it and its tenant may.
pub struct Meter {
    bucket: Bucket,
    tenant: Arc<TenantMeter>,
    clock: Arc<dyn Clock>,
}

/// What became of a request that was to be paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// What is left.
    pub standing: Standing,
    refused: Option<Refused>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Refused {
    policy: Policy,
    quota: u64,
    retry_after: Duration,
}

impl Charge {
    /// Lets through what was paid for.
    ///
    /// # Errors
    /// `RateLimited` or `QuotaExceeded`, with the time after which a retry helps.
    pub fn accept(&self) -> Result<()> {
        self.refused.map_or(Ok(()), |refused| Err(refused.into()))
    }
}

impl From<Refused> for Error {
    fn from(Refused { policy, quota, retry_after }: Refused) -> Self {
        let after = retry_after.as_secs();
        let (kind, detail) = match policy {
            Policy::Key => {
                let what = format!("This key may ask {quota} times a minute. Try again in {after} s.");
                (ErrorKind::RateLimited, what)
            }
            Policy::Tenant => {
                let what = format!("The keys of this tenant may ask {quota} times a minute. Try again in {after} s.");
                (ErrorKind::RateLimited, what)
            }
            Policy::Bulk => {
                let what = format!("This tenant may have {quota} bulk calls under way. Try again when one has ended.");
                (ErrorKind::RateLimited, what)
            }
            Policy::Daily => {
                let what = format!("The {quota} requests of this tenant for today (UTC) are used up.");
                (ErrorKind::QuotaExceeded, what)
            }
        };
        Self::limited(kind, detail, policy, retry_after)
    }
}

impl Meter {
    /// A key that has asked for nothing yet.
    pub(super) fn new(tenant: Arc<TenantMeter>, clock: Arc<dyn Clock>) -> Self {
        Self { bucket: Bucket::default(), tenant, clock }
    }

    /// Pays for one request, or one item of a bulk call, at this moment.
    #[must_use]
    pub fn charge(&self) -> Charge {
        self.charge_at(self.clock.now())
    }

    /// Pays for one request. What is refused costs nothing.
    pub(crate) fn charge_at(&self, at: Timestamp) -> Charge {
        self.charge_for(1, at)
    }

    /// Pays for so many together. What is refused costs nothing.
    fn charge_for(&self, count: u32, at: Timestamp) -> Charge {
        let tenant = &*self.tenant;
        // Nanoseconds fit until the year 2262.
        let now = i64::try_from(at.as_nanosecond()).unwrap_or(i64::MAX / 2);
        let (day, second) = (day_of(at), at.as_second().rem_euclid(DAY_SECONDS));
        let (key_quota, tenant_quota) =
            (tenant.key_per_minute.load(Ordering::Relaxed), tenant.per_minute.load(Ordering::Relaxed));
        let quota = tenant.per_day.load(Ordering::Relaxed);
        let replicas = tenant.replicas.load(Ordering::Relaxed);
        let (key_rate, tenant_rate) = (Rate::shared(key_quota, replicas), Rate::shared(tenant_quota, replicas));
        let tomorrow = u64::try_from(DAY_SECONDS - second).unwrap_or_default();

        let refused =
            self.take(count, (day, quota), now, key_rate, tenant_rate).err().map(|(policy, missing)| match policy {
                Policy::Daily => Refused { policy, quota, retry_after: Duration::from_secs(tomorrow) },
                _ => Refused {
                    policy,
                    quota: if policy == Policy::Key { key_quota } else { tenant_quota }.into(),
                    retry_after: Duration::from_secs(u64::try_from(seconds(missing).max(1)).unwrap_or(1)),
                },
            });
        let line = |quota: u32, bucket: &Bucket, rate: Rate| {
            let Left { remaining, reset_seconds } = bucket.left(rate, now);
            Line { quota: quota.into(), remaining, reset_seconds }
        };
        let standing = Standing {
            key: key_rate.map(|rate| line(key_quota, &self.bucket, rate)),
            tenant: tenant_rate.map(|rate| line(tenant_quota, &tenant.bucket, rate)),
            daily: (quota > 0).then(|| Line {
                quota,
                remaining: quota.saturating_sub(tenant.days.used(day)),
                reset_seconds: tomorrow,
            }),
        };
        Charge { standing, refused }
    }

    /// Takes so many from everything, or nothing from anything; then answers what there was too little left of, and in how
    /// many nanoseconds there is enough.
    fn take(
        &self,
        count: u32,
        (day, quota): (i64, u64),
        now: i64,
        key_rate: Option<Rate>,
        tenant_rate: Option<Rate>,
    ) -> Result<(), (Policy, i64)> {
        let TenantMeter { days, bucket, .. } = &*self.tenant;
        days.take(day, count, quota).map_err(|_| (Policy::Daily, 0))?;
        if let Some(Err(missing)) = key_rate.map(|rate| self.bucket.take(rate, count, now)) {
            days.give_back(day, count);
            return Err((Policy::Key, missing));
        }
        if let Some(Err(missing)) = tenant_rate.map(|rate| bucket.take(rate, count, now)) {
            days.give_back(day, count);
            if let Some(rate) = key_rate {
                self.bucket.give_back(rate, count);
            }
            return Err((Policy::Tenant, missing));
        }
        Ok(())
    }

    /// Whether so many can ever be paid for at once, as things are.
    fn has_room_for(&self, count: u32) -> bool {
        let tenant = &*self.tenant;
        let replicas = tenant.replicas.load(Ordering::Relaxed);
        let quota = tenant.per_day.load(Ordering::Relaxed);
        let mut rates = [&tenant.key_per_minute, &tenant.per_minute]
            .into_iter()
            .filter_map(|quota| Rate::shared(quota.load(Ordering::Relaxed), replicas));
        (quota == 0 || u64::from(count) <= quota) && rates.all(|rate| rate.has_room_for(count))
    }

    /// Begins a bulk call of the tenant.
    ///
    /// # Errors
    /// `RateLimited` if as many as are allowed are under way.
    pub fn begin_bulk_call(self: Arc<Self>) -> Result<BulkCall> {
        let (before, allowed) = (self.tenant.bulk_calls.fetch_add(1, Ordering::Relaxed), self.tenant.max_bulk_calls);
        let call = BulkCall { meter: self, paid: 1 };
        if allowed > 0 && before >= allowed {
            return Err(Refused { policy: Policy::Bulk, quota: allowed.into(), retry_after: BULK_RETRY }.into());
        }
        Ok(call)
    }
}

/// A bulk call that is under way, until it is dropped.
pub struct BulkCall {
    meter: Arc<Meter>,
    /// For how many items that are yet to come.
    paid: u32,
}

impl BulkCall {
    /// Pays for the next item. The call has paid for the first one, so that what a first item says of all the others is
    /// never lost.
    ///
    /// # Errors
    /// `RateLimited` or `QuotaExceeded`: this item is not to be answered; the next one may be.
    pub fn pay(&mut self) -> Result<()> {
        match self.paid.checked_sub(1) {
            Some(paid) => self.paid = paid,
            None => self.meter.charge().accept()?,
        }
        Ok(())
    }

    /// Pays for so many items before the first of them is answered, so that a limit refuses all of them or none. What is
    /// more than could ever be paid for at once is left to [`Self::pay`].
    ///
    /// # Errors
    /// `RateLimited` or `QuotaExceeded`; then nothing is paid.
    pub fn pay_ahead(&mut self, items: u32) -> Result<()> {
        let unpaid = items.saturating_sub(self.paid);
        // The request itself has paid for one.
        if unpaid > 0 && self.meter.has_room_for(unpaid) {
            self.meter.charge_for(unpaid, self.meter.clock.now()).accept()?;
            self.paid += unpaid;
        }
        Ok(())
    }
}

impl Drop for BulkCall {
    fn drop(&mut self) {
        self.meter.tenant.bulk_calls.fetch_sub(1, Ordering::Relaxed);
    }
}
