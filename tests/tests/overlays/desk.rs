//! What an editor of a tenant does, as short as a story needs it.

use rebound_tests::service::{KEY, TestService, json};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

/// A tip that everybody gets who is asked by [`THANKS`].
pub(crate) const ITEM: &str = "tip.thank-the-person";

/// A situation in which thanks are due.
pub(crate) fn thanks() -> Value {
    json!({"context": {"kind": "job_application", "stage": "interview", "conversation": "held", "phase": "acting"}})
}

/// A request of whoever has `key`.
pub(crate) fn request(
    service: &TestService,
    method: Method,
    path: &str,
    key: &str,
    body: Option<&Value>,
) -> RequestBuilder {
    let request = Client::new().request(method, format!("{}{path}", service.http)).bearer_auth(key);
    match body {
        Some(body) => request.header("content-type", "application/json").body(body.to_string()),
        None => request,
    }
}

/// Puts an item into the draft of the first tenant; answers what comes back.
pub(crate) async fn put(service: &TestService, item: &str, patch: &Value) -> (u16, Value) {
    put_in(service, "en", item, patch).await
}

/// The same in a locale.
pub(crate) async fn put_in(service: &TestService, locale: &str, item: &str, patch: &Value) -> (u16, Value) {
    json(request(service, Method::PUT, &format!("/v1/overlays/{locale}/{item}"), KEY, Some(patch))).await
}

/// Publishes the draft of the first tenant; answers the version.
pub(crate) async fn publish(service: &TestService) -> Value {
    let (status, version) = json(service.post("/v1/overlays/publish", &json!({}))).await;
    assert_eq!(status, 201, "{version}");
    version
}

/// Puts an item and publishes it.
pub(crate) async fn publish_item(service: &TestService, item: &str, patch: &Value) -> Value {
    let (status, answer) = put(service, item, patch).await;
    assert_eq!(status, 200, "{answer}");
    publish(service).await
}

/// The step of a tip in guidance; null if it is not there.
pub(crate) fn step<'a>(guidance: &'a Value, tip: &str) -> &'a Value {
    let steps = guidance["steps"].as_array().unwrap_or_else(|| panic!("guidance: {guidance}"));
    steps.iter().find(|step| step["tip"] == tip).unwrap_or(&Value::Null)
}

/// The guidance for a situation with the first key.
pub(crate) async fn guidance(service: &TestService, asked: &Value) -> Value {
    let (status, guidance) = json(service.post("/v1/guidance", asked)).await;
    assert_eq!(status, 200, "{guidance}");
    guidance
}

/// The pointers of a refusal.
pub(crate) fn pointers(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect()
}

/// A patch of the title alone.
pub(crate) fn titled(title: &str) -> Value {
    json!({ "text": { "title": title } })
}
