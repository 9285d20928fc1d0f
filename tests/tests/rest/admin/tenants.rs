//! Tenants: made, found, listed, and only by operators.

use rebound_domain::access::Scope;
use rebound_tests::keys::add_key;
use rebound_tests::service::{TestService, json};
use reqwest::Method;
use serde_json::json;

use super::{FIRST, get, header, post, refused, request, status};

#[tokio::test]
async fn a_tenant_is_made_and_found() {
    let service = TestService::start().await;
    let answer = service.post("/v1/tenants", &json!({ "name": "Übung & Söhne" })).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), header(&answer, "cache-control")), (201, "private, no-store"));
    let location = header(&answer, "location").to_owned();
    let made: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(made["name"], "Übung & Söhne");
    assert_eq!(made["created_at"], "2026-01-02T03:04:05Z");
    assert_eq!(location, format!("/v1/tenants/{}", made["id"].as_str().unwrap()));
    assert_eq!(get(&service, &location).await, made);
    let taken = post(&service, "/v1/tenants", FIRST, &json!({ "name": "Übung & Söhne" })).await;
    assert_eq!(refused(&taken), (409, "conflict", ""));
    for unknown in ["/v1/tenants/tnt_01kdyasxa8fmws4wtwf4v2bvqq", "/v1/tenants/acme", "/v1/tenants/%ff"] {
        assert_eq!(status(&service, unknown, FIRST).await, 404, "{unknown}");
    }
}

#[tokio::test]
async fn tenants_come_in_pages() {
    let service = TestService::start().await;
    for name in ["b", "a", "c"] {
        service.clock.advance(jiff::SignedDuration::from_millis(1));
        post(&service, "/v1/tenants", FIRST, &json!({ "name": name })).await;
    }
    let (mut names, mut token) = (Vec::new(), String::new());
    loop {
        let page = get(&service, &format!("/v1/tenants?page_size=2&page_token={token}")).await;
        names.extend(page["tenants"].as_array().unwrap().iter().map(|tenant| tenant["name"].clone()));
        token = page["next_page_token"].as_str().unwrap().to_owned();
        if token.is_empty() {
            break;
        }
        assert_eq!(page["tenants"].as_array().unwrap().len(), 2);
    }
    assert_eq!(names, ["default", "b", "a", "c"]);
    let other_list = super::own_keys(&service).await;
    let page = get(&service, "/v1/tenants?page_size=1").await;
    let token = page["next_page_token"].as_str().unwrap();
    let answer = json(service.get(&format!("{other_list}?page_token={token}"))).await;
    assert_eq!(refused(&answer), (422, "invalid_request", "/page_token"));
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let service = TestService::start().await;
    let long = "x".repeat(101);
    for (body, pointer) in [
        (json!({}), "/name"),
        (json!({ "name": null }), "/name"),
        (json!({ "name": 7 }), "/name"),
        (json!({ "name": " " }), "/name"),
        (json!({ "name": "a\u{0}b" }), "/name"),
        (json!({ "name": long }), "/name"),
        (json!({ "name": "a", "owner": "b" }), "/owner"),
        (json!(["a"]), ""),
    ] {
        let answer = post(&service, "/v1/tenants", FIRST, &body).await;
        assert_eq!(refused(&answer), (422, "invalid_request", pointer), "{body}");
    }
    let twice = service.post_bytes("/v1/tenants", "application/json", r#"{"name":"a","name":"b"}"#);
    assert_eq!(refused(&json(twice).await), (422, "invalid_request", "/name"));
    let unknown = json(service.get("/v1/tenants?limit=2")).await;
    assert_eq!(refused(&unknown), (422, "invalid_request", "/limit"));
    let tenants = get(&service, "/v1/tenants").await;
    assert_eq!(tenants["tenants"].as_array().unwrap().len(), 1, "nothing was made");
}

#[tokio::test]
async fn only_operators_see_tenants() {
    let service = TestService::start().await;
    let admin = add_key(&service, None, &[Scope::Admin, Scope::DiaryWrite]).await;
    let operator = add_key(&service, None, &[Scope::Operator]).await;
    let tenant = get(&service, "/v1/tenants").await["tenants"][0]["id"].as_str().unwrap().to_owned();
    for path in ["/v1/tenants".to_owned(), format!("/v1/tenants/{tenant}")] {
        assert_eq!(status(&service, &path, &operator).await, 200);
        assert_eq!(status(&service, &path, &admin).await, 403);
    }
    let body = json!({ "name": "mine" });
    let answer = json(request(&service, Method::POST, "/v1/tenants", &admin, Some(&body))).await;
    assert_eq!(refused(&answer), (403, "permission_denied", ""));
}
