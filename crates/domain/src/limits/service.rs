//! The meters of all tenants that are about, and the rounds in the background that write down what they used, read what
//! other processes saw, and follow what operators allow. While the store is away, everybody goes on with what is known.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::day::{DAY_SECONDS, day_of};
use super::meter::TenantMeter;
use super::{InstanceLimits, LimitStore, Meter, Shared, TenantLimits, Used};
use crate::environment::Clock;
use crate::error::Result;
use crate::governance::AuditEvent;
use crate::id::TenantId;

/// A process that wrote within this time counts as one that is there.
pub const ALIVE_FOR: SignedDuration = SignedDuration::from_secs(15);

/// For how many days usage is kept.
const KEPT_DAYS: i64 = 31;

/// What a tenant used today (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// How many requests.
    pub used: u64,
    /// When the next day begins.
    pub resets_at: Timestamp,
    /// What is in force for the tenant.
    pub limits: InstanceLimits,
}

/// Limits of keys and tenants.
pub struct Limits {
    instance: InstanceLimits,
    store: Arc<dyn LimitStore>,
    clock: Arc<dyn Clock>,
    replica: Uuid,
    tenants: Mutex<HashMap<TenantId, Arc<TenantMeter>>>,
    tidied: Mutex<i64>,
}

impl Limits {
    /// Limits over `store`, where `process`, a random number, tells this process from others.
    pub fn new(instance: InstanceLimits, store: Arc<dyn LimitStore>, clock: Arc<dyn Clock>, process: u64) -> Self {
        let replica = Uuid::from_u64_pair(0, process);
        Self { instance, store, clock, replica, tenants: Mutex::default(), tidied: Mutex::default() }
    }

    /// The meter of a key that was not seen before. What the tenant used today and what it may is asked of the store; if
    /// that is away, a round finds out later.
    pub async fn meter(&self, tenant: TenantId) -> Meter {
        let known = self.tenants().get(&tenant).cloned();
        let meter = match known {
            Some(meter) => meter,
            None => self.made(tenant).await,
        };
        Meter::new(meter, Arc::clone(&self.clock))
    }

    async fn made(&self, tenant: TenantId) -> Arc<TenantMeter> {
        let meter = TenantMeter::new(tenant, self.instance);
        let today = day_of(self.clock.now());
        if let Ok(used) = self.store.used(tenant, today).await {
            meter.days.set_others(today, used);
        }
        if let Ok(own) = self.of_tenant(tenant).await {
            meter.allow(own.over(self.instance));
        }
        Arc::clone(self.tenants().entry(tenant).or_insert_with(|| Arc::new(meter)))
    }

    /// The limits of a tenant's own, as they are at this moment.
    pub async fn of_tenant(&self, tenant: TenantId) -> Result<TenantLimits> {
        Ok(self.store.limits(&[tenant]).await?.first().map(|(_, limits)| *limits).unwrap_or_default())
    }

    /// Replaces the limits of a tenant. This process follows at once, others within seconds.
    pub async fn put(&self, tenant: TenantId, limits: TenantLimits, audit: AuditEvent) -> Result<()> {
        self.store.put_limits(tenant, limits, audit).await?;
        if let Some(meter) = self.tenants().get(&tenant) {
            meter.allow(limits.over(self.instance));
        }
        Ok(())
    }

    /// What a tenant used today, on all replicas, and what it may at this moment. What other replicas counted in the last
    /// second may be missing.
    pub async fn usage(&self, tenant: TenantId) -> Result<Usage> {
        let now = self.clock.now();
        let today = day_of(now);
        let stored = self.store.used(tenant, today).await?;
        let known = self.tenants().get(&tenant).map(|meter| meter.days.used(today));
        let resets_at = Timestamp::from_second((today + 1) * DAY_SECONDS).unwrap_or(Timestamp::MAX);
        let limits = self.of_tenant(tenant).await?.over(self.instance);
        Ok(Usage { used: known.unwrap_or_default().max(stored), resets_at, limits })
    }

    /// One round: writes down, reads, follows. To be called every second.
    ///
    /// # Errors
    /// `Unavailable` while the store is away; nothing is lost, the next round does it.
    pub async fn round(&self) -> Result<()> {
        let now = self.clock.now();
        let today = day_of(now);
        let meters: Vec<Arc<TenantMeter>> = {
            let mut tenants = self.tenants();
            tenants.retain(|_, meter| Arc::strong_count(meter) > 1 || !meter.days.is_idle(today));
            tenants.values().cloned().collect()
        };
        let asked: Vec<(Arc<TenantMeter>, Used)> = meters
            .iter()
            .flat_map(|meter| meter.days.asked().map(move |(day, own)| (meter, day, own)))
            .map(|(meter, day, own)| (Arc::clone(meter), Used { tenant: meter.tenant, day, own }))
            .collect();
        if asked.is_empty() {
            return Ok(());
        }
        let done = self.share(now, &asked).await;
        if done.is_err() {
            for (meter, used) in &asked {
                meter.days.is_unwritten(used.day);
            }
        }
        done?;
        self.tidy(today).await
    }

    async fn share(&self, now: Timestamp, asked: &[(Arc<TenantMeter>, Used)]) -> Result<()> {
        let used: Vec<Used> = asked.iter().map(|(_, used)| *used).collect();
        let shared = self.store.record(self.replica, now, now - ALIVE_FOR, &used).await?;
        let by_day: HashMap<(TenantId, i64), Shared> =
            shared.into_iter().map(|shared| ((shared.tenant, shared.day), shared)).collect();
        let mut tenants: Vec<TenantId> = used.iter().map(|used| used.tenant).collect();
        tenants.sort_unstable();
        tenants.dedup();
        let own: HashMap<TenantId, TenantLimits> = self.store.limits(&tenants).await?.into_iter().collect();
        let today = day_of(now);
        for (meter, used) in asked {
            meter.allow(own.get(&meter.tenant).copied().unwrap_or_default().over(self.instance));
            if let Some(shared) = by_day.get(&(used.tenant, used.day)).filter(|shared| shared.day == today) {
                meter.days.set_others(used.day, shared.total.saturating_sub(used.own));
                meter.replicas.store(shared.replicas.max(1), Ordering::Relaxed);
            }
        }
        Ok(())
    }

    /// Once a day, and once a start.
    async fn tidy(&self, today: i64) -> Result<()> {
        let is_due =
            std::mem::replace(&mut *self.tidied.lock().unwrap_or_else(PoisonError::into_inner), today) != today;
        if is_due { self.store.forget(today - KEPT_DAYS).await } else { Ok(()) }
    }

    fn tenants(&self) -> MutexGuard<'_, HashMap<TenantId, Arc<TenantMeter>>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
