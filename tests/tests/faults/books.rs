//! Compares what people were told with what the service has: every acknowledged write once, whole, and nothing else.

use std::collections::BTreeSet;

use rebound_tests::service::{KEY, json};
use reqwest::Client;
use serde_json::Value;

use crate::writer::{Ask, Writer};

/// One write, as it leaves traces in several places: what it is, the rejection that it is about, its own id, and a word
/// of its text.
type Trace = [String; 4];

/// A page, or a document.
async fn get(http: &str, path: &str) -> Value {
    let (status, body) = json(Client::new().get(format!("{http}{path}")).bearer_auth(KEY)).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

fn trace(what: &str, rejection: &Value, own: &Value, word: &Value) -> Trace {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    [what.to_owned(), text(rejection), text(own), text(word)]
}

/// The trace of a write that was acknowledged.
fn told((ask, answer): &(Ask, Value)) -> Trace {
    match ask.path.split('/').collect::<Vec<_>>()[..] {
        ["", "rejections"] => trace("rejection", &answer["id"], &Value::Null, &ask.body["role"]),
        ["", "rejections", id, "contacts"] => trace("contact", &id.into(), &answer["id"], &ask.body["purpose"]),
        _ => trace("action_item", &Value::Null, &answer["id"], &ask.body["title"]),
    }
}

/// The traces of everything in an export.
fn kept(export: &Value) -> Vec<Trace> {
    let items = export["action_items"].as_array().unwrap().iter();
    let mut kept: Vec<_> = items.map(|it| trace("action_item", &Value::Null, &it["id"], &it["title"])).collect();
    for rejection in export["rejections"].as_array().unwrap() {
        let id = &rejection["id"];
        kept.push(trace("rejection", id, &Value::Null, &rejection["role"]));
        let contacts = rejection["contacts"].as_array().into_iter().flatten();
        kept.extend(contacts.map(|it| trace("contact", id, &it["id"], &it["purpose"])));
    }
    kept
}

/// The lines about a person in the audit log that tell of a write.
async fn audited(http: &str, user: &str) -> Vec<[String; 2]> {
    let (mut lines, mut token) = (Vec::new(), String::new());
    loop {
        let page = get(http, &format!("/v1/audit-events?user_id={user}&page_size=200&page_token={token}")).await;
        for event in page["audit_events"].as_array().unwrap() {
            let [operation, resource] =
                ["operation", "resource_id"].map(|name| event[name].as_str().unwrap_or_default());
            if operation.starts_with("create") {
                lines.push([operation.to_owned(), resource.to_owned()]);
            }
        }
        page["next_page_token"].as_str().unwrap().clone_into(&mut token);
        if token.is_empty() {
            return lines;
        }
    }
}

fn sorted<T: Ord>(things: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut things: Vec<_> = things.into_iter().collect();
    things.sort();
    things
}

/// Asserts that the service has exactly what the writers were told: each thing, each line of the timeline and each line
/// of the audit log once.
pub(crate) async fn assert_balanced(http: &str, writers: &[Writer]) {
    let people: BTreeSet<_> = writers.iter().map(|writer| writer.user.as_str()).collect();
    for user in people {
        let own = writers.iter().filter(|writer| writer.user == user);
        let told = sorted(own.flat_map(|writer| &writer.done).map(told));
        let export = get(http, &format!("/v1/users/{user}/export")).await;
        assert_eq!(sorted(kept(&export)), told, "what there is of {user}");

        let place = |[what, rejection, own, _]: &Trace| [what.clone(), rejection.clone(), own.clone()];
        let lines = export["timeline"].as_array().unwrap().iter();
        let lines =
            lines.map(|it| place(&trace(it["type"].as_str().unwrap(), &it["rejection_id"], &it["item_id"], it)));
        assert_eq!(sorted(lines), sorted(told.iter().map(place)), "the timeline of {user}");

        let line = |[what, rejection, own, _]: &Trace| match what.as_str() {
            "rejection" => ["createRejection".to_owned(), rejection.clone()],
            "contact" => ["createContact".to_owned(), rejection.clone()],
            _ => ["createActionItem".to_owned(), own.clone()],
        };
        assert_eq!(sorted(audited(http, user).await), sorted(told.iter().map(line)), "the audit log about {user}");
    }
}

/// Asserts that the service has nothing that no writer was told of.
pub(crate) async fn assert_nothing_unheard(http: &str, writers: &[Writer]) {
    let heard: BTreeSet<_> = writers.iter().flat_map(|writer| &writer.done).map(told).collect();
    for user in writers.iter().map(|writer| writer.user.as_str()).collect::<BTreeSet<_>>() {
        let export = get(http, &format!("/v1/users/{user}/export")).await;
        let unheard: Vec<_> = kept(&export).into_iter().filter(|kept| !heard.contains(kept)).collect();
        assert!(unheard.is_empty(), "done and never answered: {unheard:?}");
    }
}
