//! The examples of the documentation. Answers are made by the catalog itself, so they are what a client gets.

use std::sync::LazyLock;

use rebound_domain::catalog::{Catalog, Catalogs};
use serde_json::{Value, json};

use super::guidance_json;
use super::input::Input;

/// Somebody reached the third of four rounds and got an e-mail.
pub(super) static THREE_OF_FOUR_ROUNDS: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "context": {
            "kind": "job_application",
            "stage": "interview",
            "rounds_completed": 3,
            "rounds_total": 4,
            "conversation_with": ["interviewer"],
            "notice": "personal_email",
            "phase": "shock"
        },
        "limit": 3
    })
});

/// An idea that lost to a colleague's.
pub(super) static DECLINED_IDEA: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "context": { "kind": "idea", "conversation_with": ["manager"], "decision": "open_to_change", "phase": "acting" },
        "explain": true
    })
});

/// The answer to the first.
pub(super) static GUIDANCE: LazyLock<Value> = LazyLock::new(|| {
    let Ok(catalogs) = Catalog::embedded().map(Catalogs::from) else { return Value::Null };
    let json = serde_json::to_vec(&*THREE_OF_FOUR_ROUNDS).unwrap_or_default();
    let request = Input::from_json(&json).and_then(|input| input.into_request(&catalogs, &http::HeaderMap::new()));
    request
        .ok()
        .and_then(|request| serde_json::from_slice(&guidance_json(catalogs.current(), &request)).ok())
        .unwrap_or_default()
});
