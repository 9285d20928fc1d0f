//! Every operation of the OpenAPI document against: no key, a wrong key, each scope that does not suffice, a key of
//! another tenant, and a key that is bound to another user.

use std::collections::BTreeSet;

use rebound_domain::access::Scope;
use rebound_tests::keys::{add_key, add_tenant};
use rebound_tests::service::TestService;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::seed::{HOUSE_MARKER, Seed, VICTIM};

/// One operation, ready to be sent.
struct Operation {
    id: String,
    method: Method,
    template: String,
    /// The names of the scopes of which one suffices; empty: no key is needed.
    scopes: BTreeSet<String>,
    content_type: Option<String>,
    body: String,
    query: String,
}

fn operations() -> Vec<Operation> {
    let document = rebound_api_rest::openapi().to_json().expect("the document");
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let mut operations = Vec::new();
    for (template, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("operations") {
            let id = operation["operationId"].as_str().expect("an operation id").to_owned();
            let requirements = operation["security"].as_array().unwrap_or_else(|| panic!("{id}: state its scopes"));
            let scopes = requirements.iter().filter_map(|one| one["api_key"].as_array()).flatten();
            let content = operation["requestBody"]["content"].as_object().and_then(|content| content.iter().next());
            let body =
                content.map(|(_, media)| example(&document, media).unwrap_or_else(|| panic!("{id}: an example")));
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let required = parameters.filter(|one| one["in"] == "query" && one["required"] == true);
            let query = required.map(|one| format!("{}={}", text(&one["name"]), text(&one["example"])));
            operations.push(Operation {
                method: method.to_uppercase().parse().expect("a method"),
                template: template.clone(),
                scopes: scopes.map(text).collect(),
                content_type: content.map(|(content_type, _)| content_type.clone()),
                body: body.unwrap_or_default(),
                query: query.collect::<Vec<_>>().join("&"),
                id,
            });
        }
    }
    operations
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The example of a body: of the media type, of its schema, or made from those of the members.
fn example(document: &Value, media: &Value) -> Option<String> {
    let named = media["examples"].as_object().and_then(|examples| examples.values().next()).map(|one| &one["value"]);
    let whole = |value: &Value| value.get("example").or_else(|| value["examples"].get(0)).cloned();
    let resolved = |schema: &Value| match schema["$ref"].as_str().or_else(|| schema["oneOf"][0]["$ref"].as_str()) {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).cloned().expect("a schema"),
        None => schema.clone(),
    };
    let schema = resolved(&media["schema"]);
    let of_members = || {
        let members = schema["properties"].as_object()?.iter();
        let given = members.filter_map(|(name, member)| Some((name.clone(), whole(&resolved(member))?)));
        let given: serde_json::Map<_, _> = given.collect();
        (!given.is_empty()).then_some(Value::Object(given))
    };
    let example = media.get("example").or(named).cloned().or_else(|| whole(&schema)).or_else(of_members)?;
    Some(text(&example))
}

impl Operation {
    fn request(&self, service: &TestService, seed: &Seed, user: &str, key: Option<&str>) -> RequestBuilder {
        let path = seed.path(&self.template, user);
        let query = if self.query.is_empty() { String::new() } else { format!("?{}", self.query) };
        let client = reqwest::Client::new();
        let mut request = client.request(self.method.clone(), format!("{}{path}{query}", service.http));
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        if let Some(content_type) = &self.content_type {
            request = request.header("content-type", content_type).body(self.body.clone());
        }
        request
    }

    /// The status and the text of an answer.
    async fn answer(&self, service: &TestService, seed: &Seed, user: &str, key: Option<&str>) -> (u16, String) {
        let answer = self.request(service, seed, user, key).send().await.expect("an answer");
        let id = answer.headers()["x-request-id"].to_str().expect("a text").to_owned();
        (answer.status().as_u16(), answer.text().await.expect("a text").replace(&id, "(request id)"))
    }

    fn is_about_a_person(&self) -> bool {
        self.template.contains("{user_id}")
    }
}

#[tokio::test]
async fn without_a_valid_key_nothing_is_answered_and_nothing_done() {
    let service = TestService::start().await;
    let seed = Seed::plant(&service).await;
    let before = seed.state(&service).await;
    for operation in operations().iter().filter(|operation| !operation.scopes.is_empty()) {
        for key in [None, Some("rbk_wrong"), Some("")] {
            let (status, text) = operation.answer(&service, &seed, VICTIM, key).await;
            assert_eq!(status, 401, "{} {text}", operation.id);
            assert!(!seed.is_told_in(&text), "{} {text}", operation.id);
        }
    }
    assert_eq!(seed.state(&service).await, before);
}

#[tokio::test]
async fn a_key_without_the_scope_is_refused() {
    let service = TestService::start().await;
    let seed = Seed::plant(&service).await;
    let before = seed.state(&service).await;
    for scope in Scope::ALL {
        let key = add_key(&service, None, &[scope]).await;
        for operation in operations().iter().filter(|operation| !operation.scopes.is_empty()) {
            if operation.scopes.contains(scope.name()) {
                continue;
            }
            let (status, text) = operation.answer(&service, &seed, VICTIM, Some(&key)).await;
            assert_eq!(status, 403, "{} with {scope}: {text}", operation.id);
            assert!(!seed.is_told_in(&text), "{} {text}", operation.id);
        }
    }
    assert_eq!(seed.state(&service).await, before);
}

#[tokio::test]
async fn a_key_of_another_tenant_finds_nothing_and_changes_nothing() {
    let service = TestService::start().await;
    let seed = Seed::plant(&service).await;
    let before = seed.state(&service).await;
    let tenant = add_tenant(&service, "another").await;
    let mut scopes = Scope::ALL.to_vec();
    scopes.retain(|scope| *scope != Scope::Operator);
    let key = add_key(&service, Some(tenant), &scopes).await;
    let names: BTreeSet<String> = scopes.iter().map(ToString::to_string).collect();
    for operation in operations().iter().filter(|operation| !operation.scopes.is_disjoint(&names)) {
        let (status, text) = operation.answer(&service, &seed, VICTIM, Some(&key)).await;
        assert!(!seed.is_told_in(&text), "{} {text}", operation.id);
        let names_a_thing = seed.path(&operation.template, VICTIM) != operation.template.replace("{user_id}", VICTIM);
        assert!(!text.contains(HOUSE_MARKER), "{} {text}", operation.id);
        // These name a place that every tenant has.
        let is_everywhere = ["/tips/", "/reply-templates/"].iter().any(|one| operation.template.contains(one))
            || operation.id == "putOverlay";
        if names_a_thing && !is_everywhere {
            assert_eq!(status, 404, "{} {text}", operation.id);
        }
    }
    assert_eq!(seed.state(&service).await, before);
}

#[tokio::test]
async fn a_key_that_is_bound_to_one_user_acts_for_no_other() {
    let service = TestService::start().await;
    let seed = Seed::plant(&service).await;
    let before = seed.state(&service).await;
    let body = json!({"scopes": ["guidance", "diary:read", "diary:write"], "ttl_seconds": 600});
    let token = service.post("/v1/users/an-app-user/tokens", &body).send().await.unwrap();
    assert_eq!(token.status(), 201);
    let token: Value = token.json().await.unwrap();
    let key = token["secret"].as_str().unwrap();
    for operation in operations().iter().filter(|operation| !operation.scopes.is_empty()) {
        let (status, text) = operation.answer(&service, &seed, VICTIM, Some(key)).await;
        assert!(!seed.is_told_in(&text), "{} {text}", operation.id);
        if operation.is_about_a_person() {
            assert!(matches!(status, 403 | 404), "{} {status} {text}", operation.id);
        }
    }
    assert_eq!(seed.state(&service).await, before);
    let own = service.get_without_key("/v1/users/an-app-user/rejections").bearer_auth(key).send().await.unwrap();
    assert_eq!(own.status(), 200, "for its own user it works");
}

#[tokio::test]
async fn the_employer_side_learns_nothing_of_the_diary_from_any_operation() {
    let service = TestService::start().await;
    let seed = Seed::plant(&service).await;
    let key = add_key(&service, None, &[Scope::RejectionsRead, Scope::RejectionsWrite, Scope::Guidance]).await;
    let reads = |operation: &&Operation| operation.method == Method::GET && operation.is_about_a_person();
    let mut before = Vec::new();
    for operation in operations().iter().filter(reads) {
        before.push(operation.answer(&service, &seed, VICTIM, Some(&key)).await);
    }
    let below = format!("/v1/users/{VICTIM}/rejections/{}", seed.rejection);
    let advance = service.post(&format!("{below}/advance"), &json!({"to": "reflecting"})).send().await.unwrap();
    assert_eq!(advance.status(), 200);
    let contact = json!({"purpose": "feedback_request", "channel": "email", "sent_at": "2026-12-20T13:00:00Z"});
    // The feedback came already, so this is refused; a reflection is not.
    assert_eq!(service.post(&format!("{below}/contacts"), &contact).send().await.unwrap().status(), 409);
    for (operation, before) in operations().iter().filter(reads).zip(before) {
        let after = operation.answer(&service, &seed, VICTIM, Some(&key)).await;
        assert_eq!(after, before, "{} shows a change of the diary", operation.id);
        for word in ["processing", "reflecting", "nerves", "thank_you", "communication", "journey", "diary"] {
            assert!(!after.1.contains(&format!("\"{word}\"")), "{} tells {word}: {}", operation.id, after.1);
        }
    }
}
