//! Settings: shown as they come, replaced as a whole, and not over the head of somebody else.

use rebound_domain::access::Scope;
use rebound_tests::keys::{add_key, add_tenant};
use rebound_tests::service::{TestService, json};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{FIRST, get, header, refused, request, status};

const PATH: &str = "/v1/tenant-settings";
const DEFAULT_LINK: &str = "https://findahelpline.com/";

fn put(service: &TestService, body: &Value) -> RequestBuilder {
    request(service, Method::PUT, PATH, FIRST, Some(body))
}

#[tokio::test]
async fn settings_are_replaced_as_a_whole() {
    let service = TestService::start().await;
    assert_eq!(get(&service, PATH).await, json!({ "support_link": DEFAULT_LINK, "retention": {} }));
    let whole = json!({
        "support_link": "https://help.example/",
        "feedback_policy": "refuses",
        "retention": { "record_days": 365, "diary_days": 30, "audit_days": 36500 },
        "legal_hold": { "reason": "Case 7", "until": "2027-01-01T00:00:00Z" },
    });
    assert_eq!(json(put(&service, &whole)).await, (200, whole.clone()));
    assert_eq!(get(&service, PATH).await, whole);
    let part = json!({ "feedback_policy": "gives", "retention": { "record_days": null }, "legal_hold": null });
    let expected = json!({ "support_link": DEFAULT_LINK, "feedback_policy": "gives", "retention": {} });
    assert_eq!(json(put(&service, &part)).await, (200, expected.clone()));
    assert_eq!(get(&service, PATH).await, expected);
}

#[tokio::test]
async fn settings_that_have_changed_are_not_overwritten() {
    let service = TestService::start().await;
    let read = service.get(PATH).send().await.unwrap();
    let tag = header(&read, "etag").to_owned();
    assert!(tag.starts_with('"'), "a strong tag");
    let unchanged = service.get(PATH).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(unchanged.status(), 304);
    let written = put(&service, &json!({})).header("if-match", &tag).send().await.unwrap();
    assert_eq!(written.status(), 200);
    assert_ne!(header(&written, "etag"), tag);
    let again = service.get(PATH).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!((again.status().as_u16(), header(&again, "etag")), (200, header(&written, "etag")));
    let stale = json(put(&service, &json!({})).header("if-match", &tag)).await;
    assert_eq!(refused(&stale), (412, "precondition_failed", ""));
    let one_of = format!("{tag}, {}", header(&again, "etag"));
    assert_eq!(put(&service, &json!({})).header("if-match", one_of).send().await.unwrap().status(), 200);
    assert_eq!(put(&service, &json!({})).header("if-match", "*").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn what_is_wrong_with_settings_is_named() {
    let service = TestService::start().await;
    for (body, pointer) in [
        (json!({ "support_link": "http://help.example/" }), "/support_link"),
        (json!({ "support_link": 7 }), "/support_link"),
        (json!({ "feedback_policy": "maybe" }), "/feedback_policy"),
        (json!({ "retention": { "record_days": 0 } }), "/retention/record_days"),
        (json!({ "retention": { "diary_days": -1 } }), "/retention/diary_days"),
        (json!({ "retention": { "audit_days": 36_501 } }), "/retention/audit_days"),
        (json!({ "retention": { "days": 1 } }), "/retention/days"),
        (json!({ "retention": 30 }), "/retention"),
        (json!({ "legal_hold": { "until": "2027-01-01T00:00:00Z" } }), "/legal_hold/reason"),
        (json!({ "legal_hold": { "reason": "Case 7" } }), "/legal_hold/until"),
        (json!({ "legal_hold": { "reason": "Case 7", "until": "soon" } }), "/legal_hold/until"),
        (json!({ "legal_hold": { "reason": "Case 7", "until": "2026-01-01T00:00:00Z" } }), "/legal_hold/until"),
        (json!({ "version": 9 }), "/version"),
    ] {
        assert_eq!(refused(&json(put(&service, &body)).await), (422, "invalid_request", pointer), "{body}");
    }
    let (_, problem) = json(put(&service, &json!({ "legal_hold": {} }))).await;
    for (error, pointer) in
        problem["errors"].as_array().unwrap().iter().zip(["/legal_hold/reason", "/legal_hold/until"])
    {
        assert_eq!(error["pointer"], pointer);
        assert!(error["detail"].as_str().unwrap().starts_with("required; "), "{error}");
    }
    assert_eq!(get(&service, PATH).await, json!({ "support_link": DEFAULT_LINK, "retention": {} }));
}

#[tokio::test]
async fn settings_are_of_the_administrators_own_tenant() {
    let service = TestService::start().await;
    let other = add_tenant(&service, "other").await;
    let others = add_key(&service, Some(other), &[Scope::Admin]).await;
    let operator = add_key(&service, None, &[Scope::Operator]).await;
    put(&service, &json!({ "feedback_policy": "gives" })).send().await.unwrap();
    let (_, theirs) = json(service.get_without_key(PATH).bearer_auth(&others)).await;
    assert_eq!(theirs.get("feedback_policy"), None);
    assert_eq!(status(&service, PATH, &operator).await, 403);
    let body = json!({});
    let answer = json(request(&service, Method::PUT, PATH, &operator, Some(&body))).await;
    assert_eq!(refused(&answer), (403, "permission_denied", ""));
}
