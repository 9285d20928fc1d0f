//! The examples of the documentation. Answers are composed by the catalog itself, so they are what a client gets.

use std::sync::LazyLock;

use rebound_domain::catalog::{Catalog, Catalogs};
use serde_json::{Value, json};

use super::composed;

/// Thanks after three rounds with the hiring manager.
pub(super) static THANKS: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "template": "thank-you",
        "context": {
            "kind": "job_application",
            "conversation_with": ["hiring_manager"],
            "rounds_completed": 3,
            "still_interested": true
        },
        "variables": {
            "recipient_name": "Robin Lee",
            "recipient_email": "robin.lee@example.org",
            "sender_name": "Kim Novak",
            "role": "Data Analyst",
            "highlight": "how your team plans its work"
        },
        "channel": "email",
        "tone": "warm",
        "length": "short"
    })
});

/// One request to look again at an idea.
pub(super) static ANOTHER_LOOK: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "template": "ask-to-reconsider",
        "context": { "kind": "idea", "conversation_with": ["manager"], "decision": "open_to_change" },
        "variables": {
            "sender_name": "Kim Novak",
            "role": "Weekend menu",
            "obstacle": "there are few people at the weekend",
            "concession": "try it for two weekends first"
        },
        "channel": "phone",
        "tone": "neutral",
        "length": "standard"
    })
});

/// The answer to the first.
pub(super) static REPLY: LazyLock<Value> = LazyLock::new(|| {
    let Ok(catalogs) = Catalog::embedded().map(Catalogs::from) else { return Value::Null };
    let json = serde_json::to_vec(&*THANKS).unwrap_or_default();
    let answer = composed(&catalogs, &http::HeaderMap::new(), &json).unwrap_or_default();
    serde_json::from_slice(&answer).unwrap_or_default()
});
