//! The contract of the storage port: every method, on both databases, by the same tests; then what only one of the
//! databases can do to a caller.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use rebound_domain::access::{AccessStore, ApiKey, Scope, Secret, Tenant};
use rebound_domain::environment::{Clock, Entropy};
use rebound_domain::governance::GovernanceStore;
use rebound_domain::history::HistoryStore;
use rebound_domain::id::{ApiKeyId, TenantId};
use rebound_domain::limits::LimitStore;
use rebound_domain::overlays::OverlayStore;
use rebound_domain::{Error, ErrorKind};
use rebound_storage::{MasterKey, Storage};
use rebound_tests::environment::{TestClock, TestEntropy};

/// Runs each test on a fresh, migrated database of both kinds.
macro_rules! both_databases {
    ($($test:ident)+) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let database = rebound_tests::sqlite::database();
                super::$test(crate::World::new(&database.url).await).await;
            })+
        }

        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let database = rebound_tests::postgres::database().await;
                super::$test(crate::World::new(&database.url).await).await;
            })+
        }
    };
}

mod action_items;
mod audit;
mod bootstrap;
mod encryption;
mod erasure;
mod histories;
mod idempotency;
mod keys;
mod limits;
mod opening;
mod outage;
mod overlays;
mod pages;
mod people;
mod requests;
mod retention;
mod rotation;
mod settings;
mod tallies;
mod tenants;
mod tokens;

/// One instance of the service on a database, with a clock and randomness that repeat.
struct World {
    url: String,
    storage: Storage,
    access: Arc<dyn AccessStore>,
    history: Arc<dyn HistoryStore>,
    governance: Arc<dyn GovernanceStore>,
    overlays: Arc<dyn OverlayStore>,
    limits: Arc<dyn LimitStore>,
    clock: TestClock,
    entropy: TestEntropy,
}

impl World {
    async fn new(url: &str) -> Self {
        let storage = instance(url).await;
        let (access, history, governance) = (storage.access(), storage.history(), storage.governance());
        let (overlays, limits) = (storage.overlays(), storage.limits());
        let (clock, entropy) = (TestClock::default(), TestEntropy::default());
        Self { url: url.to_owned(), storage, access, history, governance, overlays, limits, clock, entropy }
    }

    /// A tenant that is not stored yet. Each is a millisecond younger than the one before.
    fn new_tenant(&self, name: &str) -> Tenant {
        self.clock.advance(SignedDuration::from_millis(1));
        let now = self.clock.now();
        Tenant { id: TenantId::generate(now, &self.entropy), name: name.to_owned(), created_at: now }
    }

    /// A key that is not stored yet, with two scopes and no end.
    fn new_key(&self, tenant: TenantId) -> ApiKey {
        self.clock.advance(SignedDuration::from_millis(1));
        let now = self.clock.now();
        ApiKey {
            id: ApiKeyId::generate(now, &self.entropy),
            tenant,
            name: "careers page".to_owned(),
            scopes: [Scope::Guidance, Scope::DiaryRead].into_iter().collect(),
            digest: Secret::generate(&self.entropy).digest(),
            created_at: now,
            expires_at: None,
            revoked_at: None,
            bound_to: None,
        }
    }

    async fn tenant(&self, name: &str) -> Tenant {
        let tenant = self.new_tenant(name);
        self.access.create_tenant(&tenant).await.expect("a tenant");
        tenant
    }

    async fn key(&self, tenant: &Tenant) -> ApiKey {
        let key = self.new_key(tenant.id);
        self.access.create_api_key(&key).await.expect("a key");
        key
    }

    async fn stored(&self, key: &ApiKey) -> Option<ApiKey> {
        self.access.api_key_by_digest(&key.digest).await.expect("an answer")
    }

    fn in_minutes(&self, minutes: i64) -> Timestamp {
        self.clock.now() + SignedDuration::from_mins(minutes)
    }
}

async fn instance(url: &str) -> Storage {
    let storage = Storage::open(url).expect("a storage");
    storage.migrate().await.expect("a schema");
    storage.unlock(master_key(1), None, fresh_entropy()).await.expect("the master key");
    storage
}

/// The master key of every test that does not say otherwise is the first.
fn master_key(number: u8) -> MasterKey {
    MasterKey::from_bytes([number; 32])
}

/// Randomness that no other instance has, as on another machine.
fn fresh_entropy() -> Arc<dyn Entropy> {
    static SEED: AtomicU64 = AtomicU64::new(1);
    Arc::new(TestEntropy::seeded(SEED.fetch_add(1, Ordering::Relaxed)))
}

#[track_caller]
fn assert_kind<T: std::fmt::Debug>(answer: Result<T, Error>, kind: ErrorKind) {
    assert_eq!(answer.expect_err("an error").kind, kind);
}
