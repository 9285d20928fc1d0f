//! The operations of the OpenAPI document, as requests made of their examples.

use std::collections::BTreeSet;

use rebound_tests::process::Process;
use reqwest::{Client, Method, RequestBuilder, Url};
use serde_json::Value;

use crate::ADMIN;

/// The document.
pub(crate) fn document() -> Value {
    serde_json::to_value(rebound_api_rest::openapi()).unwrap()
}

/// An operation of the document.
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) definition: Value,
}

/// A body from the document.
pub(crate) struct Example {
    content_type: String,
    body: String,
}

pub(crate) fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, definition) in methods.as_object().unwrap() {
            let method = method.to_uppercase().parse().unwrap();
            operations.push(Operation { method, path: path.clone(), definition: definition.clone() });
        }
    }
    operations
}

/// The examples in a media type or else in its schema.
fn examples_of(media: &Value, document: &Value) -> Vec<Value> {
    let named = media["examples"].as_object().into_iter().flat_map(|all| all.values()).map(|one| one["value"].clone());
    let own: Vec<_> = media.get("example").cloned().into_iter().chain(named).collect();
    if !own.is_empty() {
        return own;
    }
    let schema = &media["schema"];
    // By name, also where the object may be absent.
    let mut forms = schema["oneOf"].as_array().into_iter().flatten().chain([schema]);
    let name = forms.find_map(|form| form["$ref"].as_str());
    let schema = name.map_or(schema, |name| document.pointer(name.trim_start_matches('#')).unwrap());
    let listed = schema["examples"].as_array().into_iter().flatten().cloned();
    schema.get("example").cloned().into_iter().chain(listed).collect()
}

impl Operation {
    pub(crate) fn id(&self) -> &str {
        self.definition["operationId"].as_str().unwrap()
    }

    /// Whether it is done only if what it changes is as the client saw it.
    pub(crate) fn is_conditional(&self) -> bool {
        let mut parameters = self.definition["parameters"].as_array().into_iter().flatten();
        parameters.any(|parameter| parameter["name"] == "If-Match")
    }

    /// The bodies to send; one that is none for an operation that takes none.
    pub(crate) fn bodies(&self, document: &Value) -> Vec<Option<Example>> {
        let Some(content) = self.definition["requestBody"]["content"].as_object() else { return vec![None] };
        let mut bodies = Vec::new();
        for (content_type, media) in content {
            let examples = examples_of(media, document);
            assert!(!examples.is_empty(), "{} has no example of {content_type}", self.id());
            bodies.extend(examples.iter().map(|example| {
                let body = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
                Some(Example { content_type: content_type.clone(), body })
            }));
        }
        bodies
    }

    /// A request with the examples of its parameters: of those that it needs, or of all that have one.
    fn request(&self, service: &Process, body: Option<&Example>, is_full: bool) -> RequestBuilder {
        let (mut path, mut query, mut headers) = (self.path.clone(), Vec::new(), Vec::new());
        for parameter in self.definition["parameters"].as_array().into_iter().flatten() {
            let (name, example) = (parameter["name"].as_str().unwrap(), parameter["example"].as_str());
            let is_needed = parameter["required"] == true;
            assert!(!is_needed || example.is_some(), "{}: {name} has no example", self.id());
            let Some(example) = example.filter(|_| is_needed || is_full) else { continue };
            match parameter["in"].as_str().unwrap() {
                "path" => path = path.replace(&format!("{{{name}}}"), example),
                "query" => query.push((name.to_owned(), example.to_owned())),
                // A text of the client's own for each request.
                _ if name == "Idempotency-Key" => headers.push((name.to_owned(), format!("{example}-{}", self.id()))),
                _ => headers.push((name.to_owned(), example.to_owned())),
            }
        }
        let url = Url::parse_with_params(&format!("{}{path}", service.http), query).unwrap();
        let request = Client::new().request(self.method.clone(), url).bearer_auth(ADMIN);
        let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        match body {
            Some(Example { content_type, body }) => request.header("content-type", content_type).body(body.clone()),
            None => request,
        }
    }

    /// Sends it, and expects what the document says of success.
    pub(crate) async fn replayed(&self, service: &Process, body: Option<&Example>, is_full: bool) -> String {
        let answer = self.request(service, body, is_full).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        let is_documented = self.definition["responses"].get(status.as_str()).is_some();
        assert!(status.is_success() && is_documented, "{}: {status} {text}", self.id());
        text
    }

    /// Whether one of the answers has the same members as the documented one, if there is one.
    pub(crate) fn is_as_documented(&self, answers: &[String]) -> bool {
        let responses = self.definition["responses"].as_object().unwrap();
        let documented = responses.iter().filter(|(status, _)| status.starts_with('2'));
        let mut documented =
            documented.filter_map(|(_, response)| response["content"]["application/json"].get("example"));
        documented.all(|example| {
            let shown = answers.iter().map(|answer| serde_json::from_str::<Value>(answer).unwrap());
            shown.into_iter().any(|answer| members(&answer) == members(example))
        })
    }
}

/// The places that a value has members at; elements of a list count as one.
fn members(value: &Value) -> BTreeSet<String> {
    fn walk(value: &Value, place: &str, places: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let place = format!("{place}/{name}");
                    walk(member, &place, places);
                    places.insert(place);
                }
            }
            Value::Array(elements) => elements.iter().for_each(|element| walk(element, &format!("{place}/-"), places)),
            _ => {}
        }
    }
    let mut places = BTreeSet::new();
    walk(value, "", &mut places);
    places
}
