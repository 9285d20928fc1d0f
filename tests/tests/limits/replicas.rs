//! Two replicas share what a tenant may, and a store that is away is no reason to refuse anybody.

use jiff::SignedDuration;
use rebound_server::config::Layer;
use rebound_tests::proxy::Proxy;
use rebound_tests::service::{TestService, json};
use rebound_tests::{postgres, sqlite};
use serde_json::json;

use crate::{PATH, rates, told};

async fn both(url: &str, layer: &Layer) -> [TestService; 2] {
    [TestService::start_on_as(url, layer.clone(), 1).await, TestService::start_on_as(url, layer.clone(), 2).await]
}

/// How many may still come at once, by the first limit that is told of.
fn left((_, state): (u16, String)) -> String {
    state.split(';').nth(1).unwrap().to_owned()
}

/// What each replica does by itself every second.
async fn rounds(replicas: &[TestService]) {
    for _ in 0..2 {
        for replica in replicas {
            replica.app.limits.round().await.unwrap();
            // Whoever is asked nothing has nothing to share.
            assert_eq!(told(replica.get(PATH)).await.0, 200);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_is_one_for_all_replicas() {
    let (on_file, on_server) = (sqlite::database(), postgres::database().await);
    let layer = Layer { tenant_daily_quota: Some(9), ..rates(0, 0) };
    for url in [&on_file.url, &on_server.url] {
        let replicas = both(url, &layer).await;
        for _ in 0..2 {
            told(replicas[0].get(PATH)).await;
        }
        // Six until here. A replica that was asked and had its round knows what all have written.
        rounds(&replicas).await;
        replicas[0].app.limits.round().await.unwrap();
        told(replicas[1].get(PATH)).await;
        replicas[1].app.limits.round().await.unwrap();
        assert_eq!(left(told(replicas[1].get(PATH)).await), "r=1");
        replicas[1].app.limits.round().await.unwrap();
        assert_eq!(told(replicas[0].get(PATH)).await.0, 200);
        replicas[0].app.limits.round().await.unwrap();
        let (status, problem) = json(replicas[0].get(PATH)).await;
        assert_eq!((status, &problem["code"]), (429, &json!("quota_exceeded")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_is_divided_among_those_who_answer_and_whole_when_one_is_gone() {
    let database = sqlite::database();
    let replicas = both(&database.url, &rates(600, 0)).await;
    assert_eq!(left(told(replicas[0].get(PATH)).await), "r=599");
    assert_eq!(left(told(replicas[1].get(PATH)).await), "r=599");
    rounds(&replicas).await;
    for replica in &replicas {
        replica.clock.advance(SignedDuration::from_secs(10));
        replica.app.limits.round().await.unwrap();
        assert_eq!(left(told(replica.get(PATH)).await), "r=299");
    }
    let [first, second] = replicas;
    assert!(second.app.shutdown().await);
    first.clock.advance(SignedDuration::from_secs(16));
    told(first.get(PATH)).await;
    first.app.limits.round().await.unwrap();
    // Whether one more was taken at half the rate depends on who was first to look.
    assert!(["r=597", "r=598"].contains(&&*left(told(first.get(PATH)).await)));
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_that_an_operator_changes_act_on_every_replica() {
    let (on_file, on_server) = (sqlite::database(), postgres::database().await);
    for url in [&on_file.url, &on_server.url] {
        let replicas = both(url, &rates(0, 600)).await;
        let (tenant, _) = replicas[0].first_key().await;
        rounds(&replicas).await;
        let body = json!({ "requests_per_minute": 0, "daily_quota": 20 }).to_string();
        let put = replicas[0].put_json(&format!("/v1/tenants/{tenant}/limits"), body);
        assert_eq!(json(put).await, (200, json!({ "requests_per_minute": 0, "daily_quota": 20 })));
        assert!(told(replicas[0].get(PATH)).await.1.starts_with("\"daily\""), "at once where it was changed");
        assert_eq!(told(replicas[1].get(PATH)).await.0, 200);
        replicas[1].app.limits.round().await.unwrap();
        assert!(told(replicas[1].get(PATH)).await.1.starts_with("\"daily\""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_refused_because_the_store_is_away_and_nothing_is_lost() {
    let server = postgres::database().await;
    let (proxy, url) = Proxy::to_url(&server.url).await;
    let service = TestService::start_on_as(&url, Layer { tenant_daily_quota: Some(100), ..rates(0, 0) }, 1).await;
    let (tenant, _) = service.first_key().await;
    assert_eq!(told(service.get(PATH)).await.0, 200);
    service.app.limits.round().await.unwrap();
    proxy.cut();
    for _ in 0..5 {
        assert_eq!(told(service.get(PATH)).await.0, 200);
    }
    service.app.limits.round().await.unwrap_err();
    assert_eq!(told(service.get(PATH)).await.0, 200);
    proxy.restore();
    service.app.limits.round().await.unwrap();
    let storage = rebound_storage::Storage::open(&server.url).unwrap();
    assert_eq!(storage.limits().used(tenant.parse().unwrap(), 20_455).await.unwrap(), 7);
    storage.close().await;
}
