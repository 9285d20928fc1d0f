//! The store is away, or the catalog is a newer one: what was published keeps answering as far as it can.

use std::sync::Arc;

use jiff::SignedDuration;
use rebound_domain::access::Scope;
use rebound_domain::environment::{Clock as _, Entropy};
use rebound_domain::governance::AuditEvent;
use rebound_domain::id::{ApiKeyId, AuditEventId, TenantId};
use rebound_domain::overlays::{Content, KEPT_VERSIONS, NewOverlayVersion, OverlayVersion, Published};
use rebound_storage::{MasterKey, Storage};
use rebound_tests::environment::TestEntropy;
use rebound_tests::keys::add_key;
use rebound_tests::postgres;
use rebound_tests::proxy::Proxy;
use rebound_tests::service::{TestService, json};
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{ITEM, guidance, pointers, publish_item, put, put_in, request, step, thanks, titled};

/// Publishes versions behind the service's back, as an older release has left them.
async fn planted(service: &TestService, content: &Value, versions: std::ops::RangeInclusive<i64>) {
    let storage = Storage::open(&service.database_url).unwrap();
    let entropy: Arc<dyn Entropy> = Arc::new(TestEntropy::seeded(7));
    storage.unlock(MasterKey::parse(&"5a".repeat(32)).unwrap(), None, Arc::clone(&entropy)).await.unwrap();
    let (tenant, key) = service.first_key().await;
    let (tenant, key): (TenantId, ApiKeyId) = (tenant.parse().unwrap(), key.parse().unwrap());
    let content: Content = serde_json::from_value(content.clone()).unwrap();
    let at = service.clock.now();
    for version in versions {
        let (id, operation) = (AuditEventId::generate(at, &*entropy), "publishOverlays".to_owned());
        let audit = AuditEvent { id, tenant, at, key, operation, user: None, resource: None };
        let version = OverlayVersion {
            version,
            note: None,
            created_at: at,
            key,
            catalog_version: "2026.10.0".to_owned(),
            restored_from: None,
            items: i64::try_from(content.len()).unwrap(),
        };
        let version = NewOverlayVersion { tenant, version, content: content.clone() };
        assert_eq!(storage.overlays().publish(&version, None, audit).await.unwrap(), Published::Done);
    }
    storage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_store_is_away_what_was_published_keeps_answering() {
    let database = postgres::database().await;
    let (proxy, url) = Proxy::to_url(&database.url).await;
    let service = TestService::start_on(&url).await;
    publish_item(&service, ITEM, &titled("Say thanks")).await;
    assert_eq!(step(&guidance(&service, &thanks()).await, "thank-the-person")["title"], "Say thanks");
    let key = add_key(&service, None, &[Scope::Guidance, Scope::Admin]).await;
    let ask = async |method: Method, path: &str, body: Option<&Value>| {
        json(request(&service, method, path, &key, body)).await
    };
    // The key is seen two seconds after the overlay, so there is a while in which it is still believed.
    service.clock.advance(SignedDuration::from_secs(2));
    assert_eq!(ask(Method::GET, "/v1/catalog-versions", None).await.0, 200);
    proxy.cut();
    service.clock.advance(SignedDuration::from_secs(2));

    let (status, after) = ask(Method::POST, "/v1/guidance", Some(&thanks())).await;
    assert_eq!((status, &step(&after, "thank-the-person")["title"]), (200, &json!("Say thanks")));
    let (status, problem) = ask(Method::PUT, "/v1/overlays/en/tip.take-time-first", Some(&titled("Rest first"))).await;
    assert_eq!((status, &problem["code"]), (503, &json!("unavailable")));
    let (status, _) = ask(Method::POST, "/v1/overlays/publish", Some(&json!({}))).await;
    assert_eq!(status, 503);

    proxy.restore();
    let (status, put) = ask(Method::PUT, "/v1/overlays/en/tip.take-time-first", Some(&titled("Rest first"))).await;
    assert_eq!(status, 200, "{put}");
    let (status, version) = ask(Method::POST, "/v1/overlays/publish", Some(&json!({}))).await;
    assert_eq!((status, &version["version"]), (201, &json!(2)), "it goes on by itself");
    assert_eq!(ask(Method::POST, "/v1/guidance", Some(&thanks())).await.1["overlay"], json!({ "version": 2 }));
}

#[tokio::test]
async fn after_an_upgrade_what_no_longer_fits_is_left_out_and_told_and_the_rest_answers() {
    let service = TestService::start().await;
    let published = json!({
        "en": {
            "tip.thank-the-person": titled("Say thanks"),
            "tip.gone-since": titled("Words about what is gone"),
            "tip.take-time-first": { "text": { "subtitle": "A word that tips had" } },
            "tip.take-a-short-walk": { "weather": "dry" },
            "tip.ten-slow-breaths": { "actions": [{ "type": "prompt", "id": "gone-since" }] },
        },
        "tlh": { "tip.thank-the-person": titled("qatlho'") },
    });
    planted(&service, &published, 1..=1).await;
    let answer = guidance(&service, &thanks()).await;
    assert_eq!(answer["overlay"], json!({ "version": 1 }));
    assert_eq!(step(&answer, "thank-the-person")["title"], "Say thanks", "what fits is served");
    let (_, tip) = json(service.get("/v1/tips/take-time-first")).await;
    assert_eq!((&tip["title"], tip.get("overridden")), (&json!("Take a little time first"), None));
    assert_eq!(json(service.get("/v1/tips/gone-since")).await.0, 404);
    let (_, versions) = json(service.get("/v1/overlays/versions")).await;
    let left_out = versions["versions"][0]["left_out"].as_array().unwrap();
    let mut places: Vec<_> = left_out.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    places.sort_unstable();
    let expected = [
        "/en/tip.gone-since/item",
        "/en/tip.take-a-short-walk/weather",
        "/en/tip.take-time-first/text/subtitle",
        "/en/tip.ten-slow-breaths/actions",
        "/tlh/tip.thank-the-person/locale",
    ];
    assert_eq!(places, expected, "{left_out:?}");
    let (status, put) = put(&service, "tip.take-time-first", &titled("Rest first")).await;
    assert_eq!(status, 200, "the draft is as free as ever: {put}");
}

#[tokio::test]
async fn the_newest_hundred_versions_are_kept() {
    let service = TestService::start().await;
    planted(&service, &json!({ "en": { ITEM: titled("Say thanks") } }), 1..=KEPT_VERSIONS + 2).await;
    let (_, first) = json(service.get("/v1/overlays/versions?page_size=200")).await;
    let numbers: Vec<_> =
        first["versions"].as_array().unwrap().iter().map(|version| version["version"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (3..=KEPT_VERSIONS + 2).rev().collect::<Vec<_>>());
    let back = async |version: i64| json(service.post("/v1/overlays/rollback", &json!({ "version": version }))).await;
    for gone in [1, 2] {
        let (status, problem) = back(gone).await;
        assert_eq!((status, pointers(&problem)), (422, vec!["/version"]), "{problem}");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("allowed: 0, and 3 to 102"), "{problem}");
    }
    assert_eq!(back(3).await.1["restored_from"], 3);
    assert_eq!(back(3).await.0, 422, "it was the oldest");
    assert_eq!(back(0).await.0, 201);
    assert_eq!(guidance(&service, &thanks()).await.get("overlay"), None);
}

#[tokio::test]
async fn what_is_found_in_the_words_of_a_region_is_told_at_its_own_place() {
    let service = TestService::start().await;
    assert_eq!(put(&service, ITEM, &titled("Say thanks")).await.0, 200);
    let (status, problem) = put_in(&service, "en-GB", ITEM, &json!({ "text": { "titel": "Do say thanks" } })).await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/text/titel"]), "{problem}");
    let (status, problem) = put_in(&service, "en-GB", ITEM, &titled("You will get an offer")).await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/text/title"]), "{problem}");
    let (status, answer) = put_in(&service, "en-GB", ITEM, &titled("Do say thanks!")).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["warnings"][0]["pointer"], "/text/title");
    let (_, preview) = json(service.post("/v1/overlays/preview", &thanks())).await;
    let expected =
        json!([{ "pointer": "/en-GB/tip.thank-the-person/text/title", "detail": "has an exclamation mark" }]);
    assert_eq!((&preview["warnings"], &preview["errors"]), (&expected, &json!([])));
    let (_, english) = json(service.get(&format!("/v1/overlays/en/{ITEM}"))).await;
    assert_eq!(english["warnings"], json!([]), "the words of the language itself are in order");
}
