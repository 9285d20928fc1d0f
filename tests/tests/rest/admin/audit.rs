//! The audit log: every change by its operation, newest first, found again by key and time.

use jiff::SignedDuration;
use rebound_domain::access::Scope;
use rebound_tests::keys::{add_key, add_tenant};
use rebound_tests::service::{TestService, json};
use reqwest::Method;
use serde_json::{Value, json};

use super::{FIRST, get, own_keys, post, refused, request, status};

const PATH: &str = "/v1/audit-events";

fn operations(page: &Value) -> Vec<&str> {
    page["audit_events"].as_array().unwrap().iter().map(|event| event["operation"].as_str().unwrap()).collect()
}

/// One change of each kind, a minute apart.
async fn changes(service: &TestService) -> [String; 3] {
    let keys = own_keys(service).await;
    let (_, tenant) = post(service, "/v1/tenants", FIRST, &json!({ "name": "acme" })).await;
    service.clock.advance(SignedDuration::from_mins(1));
    let (_, key) = post(service, &keys, FIRST, &json!({ "name": "app", "scopes": ["guidance"] })).await;
    service.clock.advance(SignedDuration::from_mins(1));
    let path = format!("{keys}/{}", key["id"].as_str().unwrap());
    let (_, fresh) = post(service, &format!("{path}/rotate"), FIRST, &json!({})).await;
    service.clock.advance(SignedDuration::from_mins(1));
    for _ in 0..2 {
        request(service, Method::POST, &format!("{path}/revoke"), FIRST, None).send().await.unwrap();
        service.clock.advance(SignedDuration::from_mins(1));
    }
    request(service, Method::PUT, "/v1/tenant-settings", FIRST, Some(&json!({}))).send().await.unwrap();
    [tenant, key, fresh].map(|made| made["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn every_change_is_noted() {
    let service = TestService::start().await;
    let [tenant, key, _] = changes(&service).await;
    let page = get(&service, PATH).await;
    let expected = ["putTenantSettings", "revokeApiKey", "rotateApiKey", "createApiKey", "createTenant"];
    assert_eq!(operations(&page), expected);
    let events = page["audit_events"].as_array().unwrap();
    assert_eq!(events[0].get("resource_id"), None);
    for (event, resource) in events[1..].iter().zip([&key, &key, &key, &tenant]) {
        assert_eq!(event["resource_id"], **resource);
    }
    assert_eq!(events[4]["at"], "2026-01-02T03:04:05Z");
    assert!(events[4]["id"].as_str().unwrap().starts_with("aud_"));
    assert!(events[4]["key_id"].as_str().unwrap().starts_with("key_"));
}

#[tokio::test]
async fn lines_are_found_by_page_time_and_key() {
    let service = TestService::start().await;
    changes(&service).await;
    let first = get(&service, &format!("{PATH}?page_size=3")).await;
    let token = first["next_page_token"].as_str().unwrap();
    let second = get(&service, &format!("{PATH}?page_size=3&page_token={token}")).await;
    assert_eq!(operations(&second), ["createApiKey", "createTenant"]);
    assert_eq!(second["next_page_token"], "");
    let window = format!("{PATH}?since=2026-01-02T03:05:05Z&until=2026-01-02T03:06:05Z");
    assert_eq!(operations(&get(&service, &window).await), ["createApiKey"]);
    let other_filter = json(service.get(&format!("{window}&page_token={token}"))).await;
    assert_eq!(refused(&other_filter), (422, "invalid_request", "/page_token"));
    let key = first["audit_events"][0]["key_id"].as_str().unwrap();
    assert_eq!(operations(&get(&service, &format!("{PATH}?key_id={key}")).await).len(), 5);
    let nobody = get(&service, &format!("{PATH}?key_id=key_01kdyasxa8fmws4wtwf4v2bvqr")).await;
    assert_eq!(operations(&nobody), [""; 0]);
    assert_eq!(operations(&get(&service, &format!("{PATH}?user_id=anna")).await), [""; 0]);
    for (query, pointer) in [
        ("key_id=7", "/key_id"),
        ("since=today", "/since"),
        ("since=2026-01-02%2003:05Z", "/since"),
        ("until=", "/until"),
        ("user_id=with%20space", "/user_id"),
        ("since=2026-01-02T03:05:05Z&since=2026-01-02T03:05:05Z", "/since"),
        ("page_size=many", "/page_size"),
        ("kind=idea", "/kind"),
    ] {
        let answer = json(service.get(&format!("{PATH}?{query}"))).await;
        assert_eq!(refused(&answer), (422, "invalid_request", pointer), "{query}");
    }
}

#[tokio::test]
async fn what_an_operator_does_to_a_tenant_is_in_that_tenants_log() {
    let service = TestService::start().await;
    let other = add_tenant(&service, "other").await;
    let theirs = add_key(&service, Some(other), &[Scope::Admin]).await;
    let operator = add_key(&service, None, &[Scope::Operator]).await;
    let body = json!({ "name": "app", "scopes": ["guidance"] });
    let (_, key) = post(&service, &format!("/v1/tenants/{other}/api-keys"), &operator, &body).await;
    let (_, log) = json(service.get_without_key(PATH).bearer_auth(&theirs)).await;
    assert_eq!(operations(&log), ["createApiKey"]);
    assert_eq!(log["audit_events"][0]["resource_id"], key["id"]);
    assert_eq!(operations(&get(&service, PATH).await), [""; 0]);
    assert_eq!(status(&service, PATH, &operator).await, 403);
}
