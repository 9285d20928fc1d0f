//! A catalog with an overlay is made once for all who ask at once, on a thread of its own, and holds up nobody else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rebound_domain::catalog::{Catalog, Catalogs};
use rebound_domain::environment::{Clock, Entropy, Threads};
use rebound_domain::governance::AuditEvent;
use rebound_domain::id::TenantId;
use rebound_domain::overlays::{Content, NewOverlayVersion, OverlayStore, OverlayVersion, TenantCatalogs};
use rebound_storage::{MasterKey, Storage};
use rebound_tests::environment::{TestClock, TestEntropy};
use rebound_tests::sqlite;
use serde_json::json;
use tokio::sync::Semaphore;

/// Work that waits until it may begin. It is counted.
struct Held {
    begun: AtomicUsize,
    may_begin: Semaphore,
}

struct Work(Arc<Held>);

/// Does the work of whoever waits for it when it may.
impl Threads for Work {
    fn run<'life, 'done>(
        &'life self,
        work: Box<dyn FnOnce() + Send>,
    ) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + 'done>>
    where
        'life: 'done,
        Self: 'done,
    {
        self.0.begun.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {
            self.0.may_begin.acquire().await.unwrap().forget();
            tokio::task::spawn_blocking(work).await.unwrap();
        })
    }
}

/// A tenant that has published a title of its own.
async fn publisher(store: &dyn OverlayStore, storage: &Storage, clock: &TestClock, name: &str) -> TenantId {
    let (now, entropy) = (clock.now(), TestEntropy::seeded(name.len() as u64));
    let id = TenantId::generate(now, &entropy);
    let tenant = rebound_domain::access::Tenant { id, name: name.to_owned(), created_at: now };
    storage.access().create_tenant(&tenant).await.unwrap();
    let mut content = Content::default();
    let patch = json!({"text": {"title": format!("Words of {name}")}});
    content.insert("en", "tip.take-time-first", patch.as_object().unwrap().clone());
    let key = rebound_domain::id::ApiKeyId::generate(now, &entropy);
    let version = OverlayVersion {
        version: 1,
        note: None,
        created_at: now,
        key,
        catalog_version: String::new(),
        restored_from: None,
        items: 1,
    };
    let audit = AuditEvent {
        id: rebound_domain::id::AuditEventId::generate(now, &entropy),
        tenant: id,
        at: now,
        key,
        operation: "publishOverlays".to_owned(),
        user: None,
        resource: None,
    };
    store.publish(&NewOverlayVersion { tenant: id, version, content }, None, audit).await.unwrap();
    id
}

fn title(catalogs: &Catalogs) -> String {
    let tip = catalogs.current().tips.get("take-time-first").unwrap();
    tip.text(rebound_domain::catalog::LocaleIndex::default()).title.clone()
}

#[tokio::test]
async fn of_many_who_ask_at_once_one_makes_the_catalog_and_others_go_on() {
    let database = sqlite::database();
    let storage = Storage::open(&database.url).unwrap();
    storage.migrate().await.unwrap();
    let entropy: Arc<dyn Entropy> = Arc::new(TestEntropy::default());
    storage.unlock(MasterKey::from_bytes([1; 32]), None, entropy).await.unwrap();
    let (clock, store) = (Arc::new(TestClock::default()), storage.overlays());
    let held = Arc::new(Held { begun: AtomicUsize::new(0), may_begin: Semaphore::new(0) });
    let plain = Arc::new(Catalogs::from(Catalog::embedded().unwrap()));
    let clock_of_all = Arc::clone(&clock) as Arc<dyn Clock>;
    let work = Arc::new(Work(Arc::clone(&held)));
    let catalogs = Arc::new(TenantCatalogs::new(plain, Arc::clone(&store), clock_of_all, work));
    let busy = publisher(&*store, &storage, &clock, "busy").await;
    let other = publisher(&*store, &storage, &clock, "another").await;

    let asks = |tenant| {
        let catalogs = Arc::clone(&catalogs);
        tokio::spawn(async move { title(&catalogs.of(tenant).await.unwrap()) })
    };
    let waiting: Vec<_> = (0..20).map(|_| asks(busy)).collect();
    let of_other = asks(other);
    let nobody = TenantId::generate(clock.now(), &TestEntropy::seeded(99));
    let plain = catalogs.of(nobody).await.unwrap();
    assert_eq!(title(&plain), "Take a little time first", "who has no overlay waits for nobody");
    held.may_begin.add_permits(2);
    for asked in waiting {
        assert_eq!(asked.await.unwrap(), "Words of busy");
    }
    assert_eq!(of_other.await.unwrap(), "Words of another");
    assert_eq!(held.begun.load(Ordering::SeqCst), 2, "once for each of the two tenants");
    storage.close().await;
}
