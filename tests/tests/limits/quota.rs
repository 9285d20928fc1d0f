//! So many requests in a day.

use jiff::SignedDuration;
use rebound_server::config::Layer;
use rebound_tests::service::{TestService, json};
use rebound_tests::{postgres, sqlite};
use serde_json::json;

use crate::{PATH, metric, sent, told};

/// The seconds from the first moment of the tests' clock to the end of that day.
const TO_MIDNIGHT: i64 = 75_355;

fn quota(daily: u64) -> Layer {
    Layer {
        key_requests_per_minute: Some(0),
        tenant_requests_per_minute: Some(0),
        tenant_daily_quota: Some(daily),
        ..Layer::default()
    }
}

#[tokio::test]
async fn a_quota_is_used_up_until_the_day_ends() {
    let service = TestService::start_with_settings(quota(2)).await;
    let first = sent(service.get(PATH)).await;
    assert_eq!(first.headers()["ratelimit-policy"], "\"daily\";q=2;w=86400");
    assert_eq!(first.headers()["ratelimit"], format!("\"daily\";r=1;t={TO_MIDNIGHT}"));
    assert_eq!(told(service.get(PATH)).await, (200, format!("\"daily\";r=0;t={TO_MIDNIGHT}")));
    let refused = sent(service.get(PATH)).await;
    assert_eq!(refused.headers()["retry-after"], TO_MIDNIGHT.to_string());
    let problem: serde_json::Value = refused.json().await.unwrap();
    assert_eq!(
        (&problem["status"], &problem["code"], &problem["title"], &problem["limit"], &problem["detail"]),
        (
            &json!(429),
            &json!("quota_exceeded"),
            &json!("The quota of the day is used up"),
            &json!("daily"),
            &json!("The 2 requests of this tenant for today (UTC) are used up.")
        )
    );
    assert!(metric(&service, "rebound_limited_total{api=\"rest\",reason=\"daily\"} 1").await);
    service.clock.advance(SignedDuration::from_secs(TO_MIDNIGHT - 1));
    assert_eq!(told(service.get(PATH)).await.0, 429);
    service.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(told(service.get(PATH)).await, (200, "\"daily\";r=1;t=86400".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_what_was_used() {
    let (on_file, on_server) = (sqlite::database(), postgres::database().await);
    for url in [&on_file.url, &on_server.url] {
        let service = TestService::start_on_as(url, quota(10), 1).await;
        for _ in 0..4 {
            assert_eq!(told(service.get(PATH)).await.0, 200);
        }
        assert!(service.app.shutdown().await);
        let service = TestService::start_on_as(url, quota(10), 2).await;
        assert_eq!(told(service.get(PATH)).await.1, format!("\"daily\";r=5;t={TO_MIDNIGHT}"));
        service.app.limits.round().await.unwrap();
        assert_eq!(told(service.get(PATH)).await.1, format!("\"daily\";r=4;t={TO_MIDNIGHT}"));
    }
}

#[tokio::test]
async fn what_is_left_of_a_day_is_written_after_it() {
    let service = TestService::start_with_settings(quota(10)).await;
    for _ in 0..3 {
        told(service.get(PATH)).await;
    }
    service.clock.advance(SignedDuration::from_secs(TO_MIDNIGHT));
    told(service.get(PATH)).await;
    service.app.limits.round().await.unwrap();
    let (tenant, _) = service.first_key().await;
    let storage = rebound_storage::Storage::open(&service.database_url).unwrap();
    let used = async |day| storage.limits().used(tenant.parse().unwrap(), day).await.unwrap();
    assert_eq!((used(20_455).await, used(20_456).await), (3, 1));
    storage.close().await;
}

#[tokio::test]
async fn usage_is_counted_with_and_without_a_quota() {
    let service = TestService::start_with_settings(quota(0)).await;
    let (tenant, _) = service.first_key().await;
    for _ in 0..3 {
        told(service.get(PATH)).await;
    }
    let (status, usage) = json(service.get(&format!("/v1/tenants/{tenant}/usage"))).await;
    let limits = json!({ "key_requests_per_minute": 0, "requests_per_minute": 0, "daily_quota": 0 });
    assert_eq!((status, usage), (200, json!({ "used": 4, "resets_at": "2026-01-03T00:00:00Z", "limits": limits })));
}
