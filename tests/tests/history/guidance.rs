//! Advice that knows the history, and advice from the record alone.

use jiff::SignedDuration;
use rebound_tests::service::{TestService, json};
use reqwest::Method;
use serde_json::{Value, json};

use crate::door::{Door, EMPLOYER, NOW, pointers};

fn tips(guidance: &Value) -> Vec<&str> {
    guidance["steps"].as_array().expect("steps").iter().map(|step| step["tip"].as_str().expect("an id")).collect()
}

#[tokio::test]
async fn no_tip_comes_twice_and_nothing_that_is_done() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    let situation = json!({"stage": "interview", "conversation_with": ["interviewer"], "phase": "reflecting"});
    let (path, _) = door.reject(situation).await;
    let ask = async || door.get(&format!("{path}/guidance?limit=2&explain=true")).await;
    let (status, first) = ask().await;
    assert_eq!(status, 200, "{first}");
    assert_eq!(first["journey"]["phase"], "reflecting");
    assert!(first["journey"]["ask"]["state"].is_string() && first["safety"]["support_link"].is_string());
    assert_eq!(tips(&ask().await.1), tips(&first), "reading again shows the same");
    service.clock.advance(SignedDuration::from_hours(25));
    let (_, next) = ask().await;
    assert!(tips(&next).iter().all(|tip| !tips(&first).contains(tip)), "{first} {next}");
    let because = next["withheld"].as_array().unwrap().iter().find(|withheld| withheld["tip"] == tips(&first)[0]);
    assert!(because.unwrap()["because"][0].as_str().unwrap().starts_with("shown_at=2026-01-02"));

    let contact = json!({"purpose": "thank_you", "channel": "email", "sent_at": NOW});
    assert_eq!(door.post(&format!("{path}/contacts"), contact).await.0, 201);
    service.clock.advance(SignedDuration::from_hours(24 * 30));
    let (_, later) = door.get(&format!("{path}/guidance?limit=50&explain=true")).await;
    let withheld = later["withheld"].as_array().unwrap().iter();
    let done: Vec<_> = withheld.filter(|withheld| withheld["because"][0] == "done=thank_you").collect();
    assert!(!done.is_empty(), "{later}");
}

#[tokio::test]
async fn the_employer_gets_advice_from_the_record_alone() {
    let service = TestService::start().await;
    let (door, employer) = (Door::new(&service, "u"), Door::with(&service, "u", EMPLOYER).await);
    let (path, _) = employer.reject(json!({"stage": "interview", "conversation": "held"})).await;
    let path = format!("{path}/guidance?locale=en-GB");
    let (status, before) = employer.get(&path).await;
    assert_eq!((status, &before["locale"]["requested"]), (200, &json!("en-GB")));
    assert!(before.get("journey").is_none() && before.get("safety").is_none());
    let (_, persons) = door.get(&path).await;
    assert!(persons.get("journey").is_some());
    let advance =
        door.request(Method::POST, &path.replace("guidance?locale=en-GB", "advance"), &json!({"to": "shock"}));
    assert_eq!(json(advance).await.0, 200);
    assert_eq!(employer.get(&path).await.1, before, "neither what was shown nor the phase changes it");
    assert_ne!(tips(&door.get(&path).await.1), tips(&persons), "for the person it does");
}

#[tokio::test]
async fn what_cannot_be_asked_is_named() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    let (path, _) = door.reject(json!({})).await;
    let (status, problem) = door.get(&format!("{path}/guidance?locale=--&limit=x&explain=1&phase=shock")).await;
    let mut found = pointers(&problem);
    found.sort_unstable();
    assert_eq!((status, found), (422, vec!["/explain", "/limit", "/locale", "/phase"]));
}
