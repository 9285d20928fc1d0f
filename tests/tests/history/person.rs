//! A person as a whole: timeline, keys for one user, export, erasure.

use jiff::SignedDuration;
use rebound_domain::access::Scope;
use rebound_tests::service::{TestService, json};
use reqwest::Method;
use serde_json::{Value, json};

use crate::door::{Door, EMPLOYER, PERSON, code, pointers};

#[tokio::test]
async fn the_timeline_has_a_line_for_each_thing() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    let (path, rejection) = door.reject(json!({})).await;
    service.clock.advance(SignedDuration::from_secs(1));
    door.post(&format!("{path}/advance"), json!({"to": "shock"})).await;
    service.clock.advance(SignedDuration::from_secs(1));
    let (_, item) = door.post("/action-items", json!({"title": "A"})).await;
    let (_, first) = door.get("/timeline?page_size=2").await;
    let token = first["next_page_token"].as_str().unwrap();
    let (_, second) = door.get(&format!("/timeline?page_size=2&page_token={token}")).await;
    let line = |entry: &Value| (entry["type"].clone(), entry["detail"].clone());
    let lines: Vec<_> = [&first, &second].iter().flat_map(|page| page["entries"].as_array().unwrap()).collect();
    let expected = [("action_item", "open"), ("phase", "shock"), ("rejection", "job_application")];
    assert_eq!(lines.iter().map(|it| line(it)).collect::<Vec<_>>(), expected.map(|(a, b)| (json!(a), json!(b))));
    assert_eq!((&lines[0]["item_id"], &lines[1]["rejection_id"]), (&item["id"], &rejection["id"]));
    assert_eq!(second["next_page_token"], "");
}

#[tokio::test]
async fn a_key_for_one_user_opens_only_that_one_and_not_for_long() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    door.reject(json!({})).await;
    let body = json!({"scopes": ["diary:read", "diary:write"], "ttl_seconds": 900});
    let (status, token) = door.post("/tokens", body.clone()).await;
    assert_eq!((status, &token["expires_at"]), (201, &json!("2026-01-02T03:19:05Z")), "{token}");
    assert_eq!(token["scopes"], json!(["diary:read", "diary:write"]));
    let bound = door.clone().with_key(token["secret"].as_str().unwrap());
    assert_eq!(bound.get("/rejections").await.0, 200);
    assert_eq!(bound.post("/tokens", body).await.0, 403, "it makes no further keys");
    let elsewhere = Door::new(&service, "v").with_key(token["secret"].as_str().unwrap());
    assert_eq!(elsewhere.get("/rejections").await.0, 404);
    service.clock.advance(SignedDuration::from_secs(901));
    assert_eq!(bound.get("/rejections").await.0, 401);
    let wrong = json!({"scopes": ["admin", "guidance"], "ttl_seconds": 3601, "name": "x"});
    let (status, problem) = door.post("/tokens", wrong).await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/name", "/scopes/0"]));
    let (status, problem) = door.post("/tokens", json!({"scopes": [], "ttl_seconds": 3601})).await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/scopes", "/ttl_seconds"]));
    let writer = Door::with(&service, "u", &[Scope::DiaryWrite]).await;
    assert_eq!(writer.post("/tokens", json!({"scopes": ["diary:read"], "ttl_seconds": 9})).await.0, 403);
}

#[tokio::test]
async fn an_export_has_everything_over_many_pages() {
    let service = TestService::start().await;
    let door = Door::new(&service, "anna");
    for number in 0..205 {
        door.reject(json!({"role": format!("{number}")})).await;
    }
    let (path, last) = door.reject(json!({"role": "last", "phase": "processing"})).await;
    door.post(&format!("{path}/feedback"), json!({"text": "More examples."})).await;
    door.post("/action-items", json!({"title": "A"})).await;
    let answer = door.request(Method::GET, "/export", &Value::Null).send().await.unwrap();
    assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"rebound-export.json\"");
    assert_eq!(answer.headers()["cache-control"], "private, no-store");
    let export: Value = answer.json().await.unwrap();
    assert_eq!((&export["user_id"], &export["exported_at"]), (&json!("anna"), &json!(crate::door::NOW)));
    let rejections = export["rejections"].as_array().unwrap();
    let distinct: std::collections::BTreeSet<_> = rejections.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!((rejections.len(), distinct.len()), (206, 206));
    let whole = rejections.iter().find(|it| it["id"] == last["id"]).unwrap();
    assert_eq!(whole, &door.get(&path).await.1, "each as it is read on its own");
    assert_eq!(export["action_items"].as_array().unwrap().len(), 1);
    assert_eq!(export["timeline"].as_array().unwrap().len(), 208);
    let (_, empty) = Door::new(&service, "nobody").get("/export").await;
    assert_eq!(
        (&empty["rejections"], &empty["action_items"], &empty["timeline"]),
        (&json!([]), &json!([]), &json!([]))
    );
    let (status, problem) = door.get("/export?fields=timeline").await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/fields"]), "a stream is not cut");
}

#[tokio::test]
async fn an_erased_person_leaves_a_receipt() {
    let service = TestService::start().await;
    let (door, person) = (Door::new(&service, "anna"), Door::with(&service, "anna", PERSON).await);
    let (path, _) = door.reject(json!({"external_ref": "ats-1"})).await;
    door.post("/action-items", json!({"title": "A"})).await;
    let (_, token) = door.post("/tokens", json!({"scopes": ["diary:read"], "ttl_seconds": 900})).await;
    let employer = Door::with(&service, "anna", EMPLOYER).await;
    assert_eq!(employer.delete("").await, 403);
    let (status, receipt) = json(person.request(Method::DELETE, "", &Value::Null)).await;
    assert_eq!((status, &receipt["erased"]["rejections"]), (200, &json!(1)), "{receipt}");
    assert_eq!((&receipt["erased"]["action_items"], &receipt["erased"]["entries"]), (&json!(1), &json!(2)));
    assert!(!receipt.to_string().contains("anna") && receipt.get("genuine").is_none());
    let (status, read) = json(service.get(&format!("/v1/erasure-receipts/{}", receipt["id"].as_str().unwrap()))).await;
    assert_eq!((status, &read["genuine"]), (200, &json!(true)));
    let genuine = read.as_object().unwrap().iter().filter(|(name, _)| *name != "genuine");
    assert!(genuine.clone().all(|(name, value)| &receipt[name] == value) && genuine.count() == 4);
    assert_eq!(door.get(&path).await.0, 404);
    assert_eq!(door.get("/timeline").await.1["entries"], json!([]));
    service.clock.advance(SignedDuration::from_secs(4));
    assert_eq!(door.clone().with_key(token["secret"].as_str().unwrap()).get("/rejections").await.0, 401);
    assert_eq!(door.reject(json!({"external_ref": "ats-1"})).await.1["external_ref"], "ats-1", "nothing is left");
}

#[tokio::test]
async fn a_request_for_a_token_is_done_once() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    let ask = async |seconds: u32| {
        let body = json!({"scopes": ["diary:read"], "ttl_seconds": seconds});
        json(door.request(Method::POST, "/tokens", &body).header("idempotency-key", "k-1")).await
    };
    let (first, again) = (ask(60).await, ask(60).await);
    assert_eq!((first.0, &first), (201, &again), "the same key, with the same text");
    let (status, problem) = ask(61).await;
    assert_eq!((status, code(&problem)), (422, "idempotency_key_reused"));
    let bound = door.clone().with_key(first.1["secret"].as_str().unwrap());
    assert_eq!(bound.get("/rejections").await.0, 200);
}
