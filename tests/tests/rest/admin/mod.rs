//! Administration over REST: tenants, keys, settings and audit log, and who may do what.

mod audit;
mod keys;
mod repeated;
mod settings;
mod tenants;

use rebound_tests::service::{KEY, TestService, json};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

/// A request of whoever has `key`.
fn request(service: &TestService, method: Method, path: &str, key: &str, body: Option<&Value>) -> RequestBuilder {
    let request = Client::new().request(method, format!("{}{path}", service.http)).bearer_auth(key);
    match body {
        Some(body) => request.header("content-type", "application/json").body(body.to_string()),
        None => request,
    }
}

/// A POST of whoever has `key`, and what comes back.
async fn post(service: &TestService, path: &str, key: &str, body: &Value) -> (u16, Value) {
    json(request(service, Method::POST, path, key, Some(body))).await
}

/// A GET with the first key, and what comes back.
async fn get(service: &TestService, path: &str) -> Value {
    let (status, answer) = json(service.get(path)).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

/// A GET of whoever has `key`.
async fn status(service: &TestService, path: &str, key: &str) -> u16 {
    service.get_without_key(path).bearer_auth(key).send().await.unwrap().status().as_u16()
}

/// The path of the keys of the first tenant.
async fn own_keys(service: &TestService) -> String {
    let (tenant, _) = service.first_key().await;
    format!("/v1/tenants/{tenant}/api-keys")
}

/// What was refused, as status, code and the first pointer.
fn refused((status, problem): &(u16, Value)) -> (u16, &str, &str) {
    let pointer = problem["errors"][0]["pointer"].as_str().unwrap_or_default();
    (*status, problem["code"].as_str().unwrap_or_default(), pointer)
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers()[name].to_str().unwrap()
}

/// The first key, which has all scopes.
const FIRST: &str = KEY;
