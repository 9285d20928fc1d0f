//! The examples of the documentation. Answers are made by the catalog itself, so they are what a client gets.

use std::sync::LazyLock;

use rebound_domain::catalog::{Catalog, Catalogs};
use rebound_domain::fragments::Defaults;
use serde_json::{Value, json};

use super::fragment_json;
use super::input::Input;

/// An application that ended after an interview, for an e-mail that Greenhouse sends.
pub(super) static BRANDED: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "context": { "kind": "job_application", "stage": "interview", "conversation_with": ["interviewer"] },
        "max_tips": 2,
        "formats": ["html", "text"],
        "brand": {
            "name": "Example Ltd",
            "voice": "we",
            "signoff": "With thanks, {{CANDIDATE_FIRST_NAME}}\nThe people team at Example Ltd",
            "link": { "text": "Open roles at Example Ltd", "url": "https://example.com/jobs" },
            "link_color": "#767676"
        },
        "merge_tags": { "dialect": "greenhouse", "keep": ["{{CANDIDATE_FIRST_NAME}}"] }
    })
});

/// The answer to it.
pub(super) static FRAGMENT: LazyLock<Value> = LazyLock::new(|| {
    let Ok(catalogs) = Catalog::embedded().map(Catalogs::from) else { return Value::Null };
    let json = serde_json::to_vec(&*BRANDED).unwrap_or_default();
    let headers = http::HeaderMap::new();
    let request =
        Input::from_json(&json).and_then(|input| input.into_request(&catalogs, &headers, &Defaults::default(), false));
    let json = request.and_then(|request| fragment_json(catalogs.current(), &request));
    json.ok().and_then(|(json, _)| serde_json::from_slice(&json).ok()).unwrap_or_default()
});
