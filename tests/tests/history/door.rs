//! A way into the service with one key, below one user.

use rebound_domain::access::Scope;
use rebound_tests::keys::add_key;
use rebound_tests::service::{KEY, TestService, json};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

/// When the clock of the tests begins to stand, as clients write it.
pub(crate) const NOW: &str = "2026-01-02T03:04:05Z";

/// What both sides of the employer may do.
pub(crate) const EMPLOYER: &[Scope] = &[Scope::RejectionsRead, Scope::RejectionsWrite];
/// What an app of the person may do.
pub(crate) const PERSON: &[Scope] = &[Scope::DiaryRead, Scope::DiaryWrite];

/// A way in.
#[derive(Clone)]
pub(crate) struct Door {
    http: String,
    key: String,
    user: String,
}

impl Door {
    /// With the key of all scopes.
    pub(crate) fn new(service: &TestService, user: &str) -> Self {
        Self { http: service.http.clone(), key: KEY.to_owned(), user: user.to_owned() }
    }

    /// With a key of its own.
    pub(crate) async fn with(service: &TestService, user: &str, scopes: &[Scope]) -> Self {
        Self { key: add_key(service, None, scopes).await, ..Self::new(service, user) }
    }

    /// With the text of a key that exists.
    pub(crate) fn with_key(self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self }
    }

    /// A request to a path below the user, with a body unless it is null.
    pub(crate) fn request(&self, method: Method, path: &str, body: &Value) -> RequestBuilder {
        let url = format!("{}/v1/users/{}{path}", self.http, self.user);
        let request = Client::new().request(method, url).bearer_auth(&self.key);
        if body.is_null() {
            return request;
        }
        request.header("content-type", "application/json").body(body.to_string())
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        json(self.request(Method::GET, path, &Value::Null)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        json(self.request(Method::POST, path, &body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        json(self.request(Method::PATCH, path, &body)).await
    }

    /// The status of an answer to a DELETE.
    pub(crate) async fn delete(&self, path: &str) -> u16 {
        self.request(Method::DELETE, path, &Value::Null).send().await.expect("an answer").status().as_u16()
    }

    /// A fresh rejection: its path below the user, and the answer.
    pub(crate) async fn reject(&self, more: Value) -> (String, Value) {
        let mut body = json!({"kind": "job_application", "occurred_at": NOW});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let (status, rejection) = self.post("/rejections", body).await;
        assert_eq!(status, 201, "{rejection}");
        (format!("/rejections/{}", rejection["id"].as_str().expect("a text")), rejection)
    }

    /// The entity tag of a path.
    pub(crate) async fn tag(&self, path: &str) -> String {
        tag(&self.request(Method::GET, path, &Value::Null).send().await.expect("an answer"))
    }
}

/// The entity tag of an answer.
pub(crate) fn tag(answer: &Response) -> String {
    answer.headers()["etag"].to_str().expect("a text").to_owned()
}

/// The code of a problem.
pub(crate) fn code(problem: &Value) -> &str {
    problem["code"].as_str().unwrap_or_default()
}

/// The pointers of a problem, in order.
pub(crate) fn pointers(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().map(|error| error["pointer"].as_str().expect("a text")).collect()
}
