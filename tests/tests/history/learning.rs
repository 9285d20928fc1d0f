//! What can be learned: insights and a plan for the person, counts over people for the tenant.

use rebound_domain::access::Scope;
use rebound_tests::keys::add_key;
use rebound_tests::service::{TestService, json};
use serde_json::{Value, json};

use crate::door::{Door, NOW, pointers};

#[tokio::test]
async fn a_handful_says_nothing_and_five_say_something() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    for _ in 0..4 {
        door.reject(json!({"stage": "interview"})).await;
    }
    let (status, few) = door.get("/insights?window=90d").await;
    let safety = json!({"support_link": "https://findahelpline.com/"});
    let expected =
        json!({"window": "90d", "rejections": 4, "enough": false, "needed": 5, "missing": 1, "safety": safety});
    assert_eq!((status, few), (200, expected));
    let (path, _) = door.reject(json!({"kind": "idea"})).await;
    door.post(&format!("{path}/feedback"), json!({"asked_at": NOW, "received_at": NOW, "themes": ["cv"]})).await;
    door.post(&format!("{path}/outcome"), json!({"result": "reversed"})).await;
    let (_, enough) = door.get("/insights").await;
    assert_eq!((&enough["window"], &enough["enough"], enough.get("missing")), (&json!("365d"), &json!(true), None));
    assert_eq!(enough["kinds"], json!({"idea": 1, "job_application": 4}));
    assert_eq!((&enough["breaks_at"], &enough["reversals"]), (&json!("interview"), &json!(1)));
    assert_eq!(enough["funnel"][0], json!({"stage": "applied", "reached": 4}));
    assert_eq!(enough["themes"], json!([{"theme": "cv", "count": 1}]));
    assert_eq!(enough["feedback"], json!({"asked": 1, "received": 1, "median_days_to_answer": 0.0}));
    assert_eq!(enough["in_proportion"]["basis"], "own_data");
    let (status, problem) = door.get("/insights?window=year").await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/window"]));
}

#[tokio::test]
async fn the_plan_shows_what_is_planned_suggested_and_praised() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    let (path, rejection) = door.reject(json!({})).await;
    let body = json!({"received_at": NOW, "themes": ["cv", "communication"], "positives": ["motivation"]});
    let (_, feedback) = door.post(&format!("{path}/feedback"), body).await;
    let (_, item) = door.post("/action-items", json!({"title": "A", "theme": "cv"})).await;
    let (status, plan) = door.get("/development-plan").await;
    let group = |name: &str| plan["groups"].as_array().unwrap().iter().find(|group| group["group"] == name).unwrap();
    assert_eq!((status, &group("cv")["action_items"][0]["id"]), (200, &item["id"]));
    assert_eq!(group("cv")["suggestions"], json!([]), "an item works on it already");
    let mention = json!([{"rejection_id": rejection["id"], "feedback_id": feedback["id"], "received_at": NOW}]);
    assert_eq!(group("interview")["suggestions"], json!([{"theme": "communication", "mentions": mention}]));
    assert_eq!(plan["strengths"], json!([{"theme": "motivation", "mentions": mention}]));
    assert!(plan["safety"]["support_link"].is_string());
}

#[tokio::test]
async fn nobody_is_found_in_counts_over_people() {
    let service = TestService::start().await;
    for number in 0..22 {
        let kind = ["job_application", "idea"][usize::from(number >= 11)];
        let reasons = if number < 3 { json!(["budget"]) } else { json!(["timing"]) };
        let door = Door::new(&service, &format!("u{number}"));
        door.reject(json!({"kind": kind, "stage": "offer", "reasons": reasons})).await;
    }
    let ask = async |key: &str, query: &str| {
        json(service.get_without_key(&format!("/v1/aggregates{query}")).bearer_auth(key)).await
    };
    let reader = add_key(&service, None, &[Scope::RejectionsRead]).await;
    let (status, counts) = ask(&reader, "?window=30d").await;
    assert_eq!((status, &counts["window"]), (200, &json!("30d")));
    let kinds = json!([{"value": "job_application", "rejections": 11}, {"value": "idea", "rejections": 11}]);
    assert_eq!(counts["kinds"], json!({"groups": kinds, "withheld_groups": 0}));
    assert_eq!(counts["stages"]["groups"], json!([{"value": "offer", "rejections": 22}]));
    assert_eq!(counts["reasons"], json!({"groups": [], "withheld_groups": 2}), "a small one takes another with it");
    let (status, problem) = ask(&reader, "?window=31d").await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/window"]), "not by comparing two windows either");
    for (scope, expected) in [(Scope::Admin, 200), (Scope::DiaryRead, 403), (Scope::RejectionsWrite, 403)] {
        let key = add_key(&service, None, &[scope]).await;
        let (status, _): (u16, Value) = ask(&key, "").await;
        assert_eq!(status, expected, "{scope}");
    }
}
