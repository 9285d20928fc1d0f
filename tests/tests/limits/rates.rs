//! So many requests in a minute, for a key and for a tenant.

use jiff::SignedDuration;
use rebound_domain::access::Scope;
use rebound_tests::keys::{add_key, add_tenant};
use rebound_tests::service::{TestService, json};
use serde_json::{Value, json};

use crate::{PATH, metric, rates, sent, told};

#[tokio::test]
async fn every_answer_to_a_valid_key_tells_what_is_left() {
    let service = TestService::start_with_settings(rates(60, 600)).await;
    let tag = sent(service.get(PATH)).await.headers()["etag"].clone();
    let unchanged = service.get(PATH).header("if-none-match", tag);
    let unread = service.post("/v1/guidance", &json!({ "context": { "kind": "moon" } }));
    let requests = [
        (200, service.get("/v1/tips")),
        (304, unchanged),
        (404, service.get("/v1/tips/none")),
        (422, unread),
        (200, service.get("/v1/guidance?kind=idea&fields=catalog_version")),
    ];
    let mut left = 59;
    for (status, request) in requests {
        let answer = sent(request).await;
        assert_eq!(answer.status(), status);
        left -= 1;
        assert_eq!(answer.headers()["ratelimit-policy"], "\"key\";q=60;w=60, \"tenant\";q=600;w=60");
        let expected = format!("\"key\";r={left};t={}, \"tenant\";r={};t=1", 60 - left, left + 540);
        assert_eq!(answer.headers()["ratelimit"], expected);
    }
    for path in ["/livez", "/v1/guidance?kind=idea", "/none"] {
        assert!(!sent(service.get_without_key(path)).await.headers().contains_key("ratelimit"), "{path}");
    }
    let lacking = add_key(&service, None, &[Scope::Admin]).await;
    let (status, state) = told(service.get_without_key(PATH).bearer_auth(lacking)).await;
    assert_eq!((status, &*state), (403, "\"key\";r=59;t=1, \"tenant\";r=593;t=1"));
}

#[tokio::test]
async fn who_asks_too_often_is_refused_until_there_is_room() {
    let service = TestService::start_with_settings(rates(3, 0)).await;
    for left in [2, 1, 0] {
        assert_eq!(told(service.get(PATH)).await, (200, format!("\"key\";r={left};t={}", (3 - left) * 20)));
    }
    service.clock.advance(SignedDuration::from_millis(500));
    let refused = sent(service.get(PATH)).await;
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (429, "20"));
    assert_eq!(refused.headers()["ratelimit"], "\"key\";r=0;t=60");
    let id = refused.headers()["x-request-id"].to_str().unwrap().to_owned();
    let expected = json!({
        "type": "urn:rebound:problem:rate_limited",
        "title": "Too many requests",
        "status": 429,
        "detail": "This key may ask 3 times a minute. Try again in 20 s.",
        "instance": id,
        "code": "rate_limited",
        "retry_after_seconds": 20,
        "limit": "key",
    });
    assert_eq!(refused.json::<Value>().await.unwrap(), expected);
    // What is refused costs nothing, and the time that was named is enough.
    service.clock.advance(SignedDuration::from_secs(20));
    assert_eq!(told(service.get(PATH)).await.0, 200);
    assert_eq!(told(service.get(PATH)).await.0, 429);
    // What needs no key is answered all the same.
    assert_eq!(told(service.get_without_key("/livez")).await.0, 200);
    assert!(metric(&service, "rebound_limited_total{api=\"rest\",reason=\"key\"} 2").await);
}

#[tokio::test]
async fn the_keys_of_a_tenant_share_its_rate_and_no_other_tenant_feels_it() {
    let service = TestService::start_with_settings(rates(0, 4)).await;
    let second = add_key(&service, None, &[Scope::Guidance]).await;
    for _ in 0..2 {
        assert_eq!(told(service.get(PATH)).await.0, 200);
        assert_eq!(told(service.get_without_key(PATH).bearer_auth(&second)).await.0, 200);
    }
    let (status, problem) = json(service.get_without_key(PATH).bearer_auth(&second)).await;
    assert_eq!((status, &problem["code"], &problem["limit"]), (429, &json!("rate_limited"), &json!("tenant")));
    let other = add_tenant(&service, "another").await;
    let others = add_key(&service, Some(other), &[Scope::Guidance]).await;
    assert_eq!(told(service.get_without_key(PATH).bearer_auth(&others)).await, (200, "\"tenant\";r=3;t=15".to_owned()));
}

#[tokio::test]
async fn what_the_tenant_lacks_is_not_taken_from_the_key() {
    let service = TestService::start_with_settings(rates(5, 2)).await;
    for _ in 0..6 {
        told(service.get(PATH)).await;
    }
    assert_eq!(told(service.get(PATH)).await, (429, "\"key\";r=3;t=24, \"tenant\";r=0;t=60".to_owned()));
}

#[tokio::test]
async fn without_limits_nothing_is_said_of_them() {
    let service = TestService::start_with_settings(rates(0, 0)).await;
    let answer = sent(service.get(PATH)).await;
    assert!(!answer.headers().contains_key("ratelimit") && !answer.headers().contains_key("ratelimit-policy"));
}

#[tokio::test]
async fn a_key_that_is_read_anew_goes_on_where_it_was() {
    let service = TestService::start_with_settings(rates(600, 0)).await;
    for _ in 0..100 {
        told(service.get(PATH)).await;
    }
    // Longer than what the store said of a key is believed.
    service.clock.advance(SignedDuration::from_secs(4));
    assert_eq!(told(service.get(PATH)).await, (200, "\"key\";r=539;t=7".to_owned()));
}
