//! Keys: made, used, replaced, revoked, and never handed out beyond what the caller may.

use jiff::SignedDuration;
use rebound_domain::access::Scope;
use rebound_tests::keys::{add_key, add_tenant};
use rebound_tests::service::{TestService, json};
use reqwest::Method;
use serde_json::{Value, json};

use super::{FIRST, get, own_keys, post, refused, request, status};

const GUIDANCE: &str = "/v1/guidance?kind=idea";

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

#[tokio::test]
async fn a_key_is_made_used_and_listed_without_its_text() {
    let service = TestService::start().await;
    let keys = own_keys(&service).await;
    let body = json!({ "name": "careers page", "scopes": ["diary:read", "guidance", "guidance"], "expires_at": "2026-01-02T04:04:05.1234567+01:00" });
    let (created, key) = post(&service, &keys, FIRST, &json!({ "name": "x", "scopes": ["guidance"] })).await;
    assert_eq!((created, key.get("expires_at")), (201, None));
    service.clock.advance(SignedDuration::from_secs(-1));
    let (_, key) = post(&service, &keys, FIRST, &body).await;
    assert_eq!(key["scopes"], json!(["guidance", "diary:read"]));
    assert_eq!(key["expires_at"], "2026-01-02T03:04:05.123456Z");
    assert_eq!(key["created_at"], "2026-01-02T03:04:04Z");
    assert_eq!(status(&service, GUIDANCE, text(&key, "secret")).await, 200);
    let list = get(&service, &keys).await;
    let listed = list["api_keys"].as_array().unwrap().iter().find(|listed| listed["id"] == key["id"]).unwrap();
    let mut without = key.clone();
    without.as_object_mut().unwrap().remove("secret");
    assert_eq!(*listed, without);
    service.clock.advance(SignedDuration::from_secs(2));
    assert_eq!(status(&service, GUIDANCE, text(&key, "secret")).await, 401, "it has expired");
}

#[tokio::test]
async fn a_key_is_replaced_while_the_old_one_lives_on() {
    let service = TestService::start().await;
    let keys = own_keys(&service).await;
    let (_, old) = post(&service, &keys, FIRST, &json!({ "name": "app", "scopes": ["guidance"] })).await;
    let rotate = format!("{keys}/{}/rotate", text(&old, "id"));
    let (rotated, fresh) = post(&service, &rotate, FIRST, &json!({ "overlap_seconds": 60 })).await;
    assert_eq!((rotated, &fresh["name"], &fresh["scopes"]), (201, &json!("app"), &json!(["guidance"])));
    assert_ne!((&fresh["id"], &fresh["secret"]), (&old["id"], &old["secret"]));
    service.clock.advance(SignedDuration::from_secs(59));
    assert_eq!(status(&service, GUIDANCE, text(&old, "secret")).await, 200);
    service.clock.advance(SignedDuration::from_secs(5));
    assert_eq!(status(&service, GUIDANCE, text(&old, "secret")).await, 401);
    assert_eq!(status(&service, GUIDANCE, text(&fresh, "secret")).await, 200);
    // Without a body the old key lives on for a day.
    let again = format!("{keys}/{}/rotate", text(&fresh, "id"));
    let (rotated, _) = json(request(&service, Method::POST, &again, FIRST, None)).await;
    assert_eq!(rotated, 201);
    assert_eq!(post(&service, &again, FIRST, &json!(null)).await.0, 201, "as the document says");
    service.clock.advance(SignedDuration::from_hours(23));
    assert_eq!(status(&service, GUIDANCE, text(&fresh, "secret")).await, 200);
    service.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(status(&service, GUIDANCE, text(&fresh, "secret")).await, 401);
    for overlap in [json!(-1), json!(31_536_001), json!("1"), json!(1.5)] {
        let answer = post(&service, &again, FIRST, &json!({ "overlap_seconds": overlap })).await;
        assert_eq!(refused(&answer), (422, "invalid_request", "/overlap_seconds"), "{overlap}");
    }
}

#[tokio::test]
async fn a_revoked_key_is_refused_and_stays_revoked() {
    let service = TestService::start().await;
    let keys = own_keys(&service).await;
    let (_, key) = post(&service, &keys, FIRST, &json!({ "name": "app", "scopes": ["guidance"] })).await;
    let path = format!("{keys}/{}", text(&key, "id"));
    assert_eq!(status(&service, GUIDANCE, text(&key, "secret")).await, 200);
    let revoke = async || json(request(&service, Method::POST, &format!("{path}/revoke"), FIRST, None)).await;
    let (revoked, first) = revoke().await;
    assert_eq!((revoked, &first["revoked_at"], first.get("secret")), (200, &json!("2026-01-02T03:04:05Z"), None));
    service.clock.advance(SignedDuration::from_secs(5));
    assert_eq!(status(&service, GUIDANCE, text(&key, "secret")).await, 401);
    assert_eq!(revoke().await, (200, first));
    let answer = post(&service, &format!("{path}/rotate"), FIRST, &json!({})).await;
    assert_eq!(refused(&answer), (409, "conflict", ""));
    for unknown in ["key_01kdyasxa8fmws4wtwf4v2bvqr", "app"] {
        let answer = json(request(&service, Method::POST, &format!("{keys}/{unknown}/revoke"), FIRST, None)).await;
        assert_eq!(refused(&answer), (404, "not_found", ""));
    }
}

#[tokio::test]
async fn an_administrator_hands_out_no_more_than_it_has() {
    let service = TestService::start().await;
    let keys = own_keys(&service).await;
    let admin = add_key(&service, None, &[Scope::Admin, Scope::Guidance]).await;
    let operator = add_key(&service, None, &[Scope::Operator]).await;
    let body = |scopes: &[&str]| json!({ "name": "app", "scopes": scopes });
    assert_eq!(post(&service, &keys, &admin, &body(&["guidance", "admin"])).await.0, 201);
    for scope in ["diary:read", "operator"] {
        let answer = post(&service, &keys, &admin, &body(&["guidance", scope])).await;
        assert_eq!(refused(&answer), (403, "permission_denied", ""));
        assert!(answer.1["detail"].as_str().unwrap().contains(&format!("`{scope}`")));
        let (made, wide) = post(&service, &keys, &operator, &body(&[scope])).await;
        assert_eq!(made, 201, "an operator hands out any");
        let answer = post(&service, &format!("{keys}/{}/rotate", text(&wide, "id")), &admin, &json!({})).await;
        assert_eq!(refused(&answer), (403, "permission_denied", ""), "nor gets hold of one by replacing it");
    }
    let guidance = add_key(&service, None, &[Scope::Guidance]).await;
    assert_eq!(status(&service, &keys, &guidance).await, 403);
}

#[tokio::test]
async fn another_tenant_is_an_operators_alone() {
    let service = TestService::start().await;
    let other = add_tenant(&service, "other").await;
    let admin = add_key(&service, None, &[Scope::Admin]).await;
    let others = add_key(&service, Some(other), &[Scope::Admin]).await;
    let operator = add_key(&service, None, &[Scope::Operator]).await;
    let (mine, theirs) = (own_keys(&service).await, format!("/v1/tenants/{other}/api-keys"));
    let (_, made) = post(&service, &theirs, &operator, &json!({ "name": "app", "scopes": ["guidance"] })).await;
    let id = text(&made, "id");
    for (path, key, expected) in [(&mine, &admin, 200), (&theirs, &admin, 404), (&mine, &others, 404)] {
        assert_eq!(status(&service, path, key).await, expected, "{path}");
    }
    assert_eq!(status(&service, &theirs, &others).await, 200);
    assert_eq!(status(&service, "/v1/tenants/tnt_01kdyasxa8fmws4wtwf4v2bvqq/api-keys", &operator).await, 404);
    for path in [theirs.clone(), format!("{theirs}/{id}/rotate"), format!("{theirs}/{id}/revoke")] {
        let answer = post(&service, &path, &admin, &json!({ "name": "a", "scopes": ["admin"] })).await;
        assert_eq!(answer.0, if path.ends_with("rotate") { 422 } else { 404 }, "{path}");
    }
    // A key of another tenant is none of this one, whatever the path says.
    let answer = json(request(&service, Method::POST, &format!("{mine}/{id}/revoke"), &operator, None)).await;
    assert_eq!(refused(&answer), (404, "not_found", ""));
    assert_eq!(status(&service, GUIDANCE, text(&made, "secret")).await, 200);
}

#[tokio::test]
async fn what_is_wrong_with_a_key_is_named() {
    let service = TestService::start().await;
    let keys = own_keys(&service).await;
    for (body, pointer) in [
        (json!({ "scopes": ["guidance"] }), "/name"),
        (json!({ "name": "a" }), "/scopes"),
        (json!({ "name": "a", "scopes": [] }), "/scopes"),
        (json!({ "name": "a", "scopes": "guidance" }), "/scopes"),
        (json!({ "name": "a", "scopes": ["guidance", "flying"] }), "/scopes/1"),
        (json!({ "name": "a", "scopes": ["guidance", 7] }), "/scopes/1"),
        (json!({ "name": "a", "scopes": ["guidance"], "expires_at": "tomorrow" }), "/expires_at"),
        (json!({ "name": "a", "scopes": ["guidance"], "expires_at": "2026-01-02T03:04:05Z" }), "/expires_at"),
        (json!({ "name": "a", "scopes": ["guidance"], "secret": "mine" }), "/secret"),
    ] {
        let answer = post(&service, &keys, FIRST, &body).await;
        assert_eq!(refused(&answer), (422, "invalid_request", pointer), "{body}");
    }
    assert_eq!(get(&service, &keys).await["api_keys"].as_array().unwrap().len(), 1, "nothing was made");
}
