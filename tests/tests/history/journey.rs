//! The way through a rejection: the person moves, time only suggests, and nothing is done too often.

use jiff::SignedDuration;
use rebound_tests::service::{TestService, json};
use reqwest::Method;
use serde_json::json;

use crate::door::{Door, NOW, code, pointers, tag};

#[tokio::test]
async fn the_person_moves_along_the_journey_only() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    let (path, fresh) = door.reject(json!({})).await;
    assert_eq!((&fresh["phase"], &fresh["suggested_phase"]), (&json!(null), &json!("shock")));
    let advance = async |to: &str| door.post(&format!("{path}/advance"), json!({"to": to})).await;
    assert_eq!(advance("shock").await.1["phase"], "shock");
    let (status, problem) = advance("reflecting").await;
    assert_eq!((status, code(&problem)), (409, "transition_not_allowed"));
    service.clock.advance(SignedDuration::from_hours(24 * 4));
    let (_, waited) = door.get(&path).await;
    assert_eq!((&waited["phase"], &waited["suggested_phase"]), (&json!("shock"), &json!("processing")));
    for to in ["processing", "reflecting"] {
        assert_eq!(advance(to).await.1["phase"], to);
    }
    let (status, problem) = advance("acting").await;
    assert_eq!((status, code(&problem)), (409, "transition_not_allowed"), "look first, then act");
    let reflection = json!({"answers": [{"prompt": "what-went-well", "text": "I stayed calm."}]});
    let (status, kept) = door.post(&format!("{path}/reflections"), reflection).await;
    assert_eq!((status, &kept["answers"][0]["text"]), (201, &json!("I stayed calm.")));
    assert!(kept["safety"]["support_link"].is_string());
    assert_eq!(advance("acting").await.1["journey"]["react"]["state"], "done");
    let (status, problem) = advance("happy").await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/to"]));
    let (_, whole) = door.get(&path).await;
    assert_eq!(whole["reflections"][0]["id"], kept["id"]);
    let phases: Vec<_> = door.get("/timeline").await.1["entries"].as_array().unwrap().clone();
    let phases = phases.iter().filter(|entry| entry["type"] == "phase").map(|entry| entry["detail"].as_str().unwrap());
    let mut phases: Vec<_> = phases.collect();
    phases.sort_unstable();
    assert_eq!(phases, ["acting", "processing", "reflecting", "shock"]);
}

#[tokio::test]
async fn advancing_from_a_state_that_is_gone_is_refused() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    let (path, _) = door.reject(json!({})).await;
    let seen = door.tag(&path).await;
    let advance = async |to: &str| {
        let request = door.request(Method::POST, &format!("{path}/advance"), &json!({"to": to}));
        request.header("if-match", &seen).send().await.unwrap()
    };
    let moved = advance("shock").await;
    assert_eq!(moved.status(), 200);
    assert_eq!(tag(&moved), door.tag(&path).await);
    assert_eq!(advance("processing").await.status(), 412);
}

#[tokio::test]
async fn one_message_of_each_kind_is_enough() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    let (path, _) = door.reject(json!({})).await;
    let contact = async |purpose: &str, key: Option<&str>| {
        let body = json!({"purpose": purpose, "channel": "email", "sent_at": NOW});
        let request = door.request(Method::POST, &format!("{path}/contacts"), &body);
        json(match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        })
        .await
    };
    let (status, first) = contact("thank_you", Some("k")).await;
    assert_eq!((status, &first["purpose"], &first["sent_at"]), (201, &json!("thank_you"), &json!(NOW)));
    assert_eq!(contact("thank_you", Some("k")).await, (201, first.clone()), "sent twice, noted once");
    let (status, problem) = contact("thank_you", None).await;
    assert_eq!((status, code(&problem)), (409, "cadence_reached"));
    assert_eq!(contact("feedback_request", None).await.0, 201);
    let (_, whole) = door.get(&path).await;
    assert_eq!(whole["contacts"].as_array().unwrap().len(), 2);
    assert_eq!((&whole["feedback"], &whole["journey"]["ask"]["state"]), (&json!("requested"), &json!("done")));
    service.clock.advance(SignedDuration::from_hours(24 * 14));
    assert_eq!(door.get(&path).await.1["feedback"], "timed_out");
    let (status, problem) = door.post(&format!("{path}/contacts"), json!({"purpose": "rant", "sent_at": 5})).await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/purpose", "/sent_at", "/channel"]));
}

#[tokio::test]
async fn how_it_ended_can_be_said_and_taken_back() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    let (path, _) = door.reject(json!({})).await;
    let (_, later) = door.reject(json!({"role": "again"})).await;
    let outcome = format!("{path}/outcome");
    let (status, problem) = door.post(&outcome, json!({"result": "reapplied", "linked_rejection": "rej_x"})).await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/linked_rejection"]));
    let (status, ended) = door.post(&outcome, json!({"result": "reapplied", "linked_rejection": later["id"]})).await;
    assert_eq!((status, &ended["result"]["result"]), (200, &json!("reapplied")));
    assert_eq!((&ended["result"]["linked_rejection"], &ended["result"]["recorded_at"]), (&later["id"], &json!(NOW)));
    let taken_back = door.request(Method::DELETE, &outcome, &json!(null));
    let (status, open) = json(taken_back).await;
    assert_eq!((status, open.get("result")), (200, None));
}
