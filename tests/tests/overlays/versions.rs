//! Versions: made once, never changed, rolled back, listed, and kept while the database is away.

use jiff::SignedDuration;
use rebound_tests::archive::current_version;
use rebound_tests::service::{TestService, json};
use serde_json::{Value, json};

use crate::desk::{ITEM, guidance, publish, publish_item, put, step, thanks, titled};

async fn title(service: &TestService) -> Value {
    step(&guidance(service, &thanks()).await, "thank-the-person")["title"].clone()
}

#[tokio::test]
async fn publishing_twice_with_one_key_is_publishing_once() {
    let service = TestService::start().await;
    put(&service, ITEM, &titled("Say thanks")).await;
    let send = async |note: &str| {
        json(service.post("/v1/overlays/publish", &json!({ "note": note })).header("idempotency-key", "one")).await
    };
    let first = send("first").await;
    assert_eq!((first.0, &first.1["version"], &first.1["note"]), (201, &json!(1), &json!("first")), "{}", first.1);
    assert_eq!((&first.1["items"], &first.1["catalog_version"]), (&json!(1), &json!(current_version())));
    put(&service, ITEM, &titled("Say thank you")).await;
    assert_eq!(send("first").await, first, "whatever is in the draft by now");
    let (status, problem) = send("second").await;
    assert_eq!((status, &problem["code"]), (422, &json!("idempotency_key_reused")));
    let (_, versions) = json(service.get("/v1/overlays/versions")).await;
    assert_eq!(versions["versions"].as_array().unwrap().len(), 1);
    assert_eq!(title(&service).await, "Say thanks");
}

#[tokio::test]
async fn a_draft_that_is_published_already_makes_no_version() {
    let service = TestService::start().await;
    let again = async || json(service.post("/v1/overlays/publish", &json!({}))).await;
    assert_eq!(again().await.0, 409, "there is nothing in it");
    publish_item(&service, ITEM, &titled("Say thanks")).await;
    let (status, problem) = again().await;
    assert_eq!((status, &problem["code"]), (409, &json!("conflict")));
    let (status, problem) = json(service.post("/v1/overlays/publish", &json!({ "note": "x".repeat(501) }))).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/note")));
}

#[tokio::test]
async fn an_older_version_answers_again_as_a_new_one() {
    let service = TestService::start().await;
    publish_item(&service, ITEM, &titled("Say thanks")).await;
    publish_item(&service, ITEM, &titled("Say thank you")).await;
    let back = async |body: Value| json(service.post("/v1/overlays/rollback", &body)).await;
    let (status, third) = back(json!({ "version": 1, "note": "too long" })).await;
    assert_eq!((status, &third["version"], &third["restored_from"]), (201, &json!(3), &json!(1)), "{third}");
    assert_eq!(title(&service).await, "Say thanks");
    let (_, draft) = json(service.get(&format!("/v1/overlays/en/{ITEM}"))).await;
    assert_eq!((&draft["overlay"], &draft["published"]), (&titled("Say thank you"), &json!(false)), "the draft stays");
    for version in [json!(4), json!(-1), json!("one"), Value::Null] {
        let (status, problem) = back(json!({ "version": version })).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/version")), "{version}");
    }
    assert_eq!(back(json!({ "version": 3 })).await.0, 409, "it answers already");
    assert_eq!(back(json!({ "version": 0 })).await.1["items"], 0);
    assert_eq!(guidance(&service, &thanks()).await.get("overlay"), None, "the catalog alone");

    let (_, first) = json(service.get("/v1/overlays/versions?page_size=2")).await;
    let token = first["next_page_token"].as_str().unwrap();
    let (_, second) = json(service.get(&format!("/v1/overlays/versions?page_token={token}"))).await;
    let pages = [&first, &second].map(|page| page["versions"].as_array().unwrap().clone()).concat();
    let of = |name: &str| pages.iter().map(|version| version[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("version"), [4, 3, 2, 1]);
    assert_eq!(of("current"), [true, false, false, false]);
    assert_eq!(of("restored_from"), [json!(0), json!(1), Value::Null, Value::Null]);
}

#[tokio::test]
async fn concurrent_editors_lose_nothing() {
    let service = TestService::start().await;
    let items = ["tip.thank-the-person", "tip.take-time-first", "tip.take-a-short-walk", "tip.ten-slow-breaths"];
    let words = titled("Other words");
    let puts = futures_util::future::join_all(items.iter().map(|item| put(&service, item, &words))).await;
    assert!(puts.iter().all(|(status, _)| *status == 200), "{puts:?}");
    let publishing = (0..4).map(|_| json(service.post("/v1/overlays/publish", &json!({}))));
    let published = futures_util::future::join_all(publishing).await;
    let statuses: Vec<_> = published.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{statuses:?}");
    let made = published.iter().find(|(status, _)| *status == 201).unwrap();
    assert_eq!(made.1["items"], 4);
}

#[tokio::test]
async fn what_is_published_is_there_after_a_restart() {
    let database = rebound_tests::sqlite::database();
    let service = TestService::start_on(&database.url).await;
    publish_item(&service, ITEM, &titled("Say thanks")).await;
    service.app.shutdown().await;
    let service = TestService::start_on(&database.url).await;
    assert_eq!(title(&service).await, "Say thanks");
    service.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(title(&service).await, "Say thanks");
    let (_, again) = json(service.post("/v1/overlays/publish", &json!({}))).await;
    assert_eq!(again["code"], "conflict");
    put(&service, ITEM, &titled("Say thank you")).await;
    assert_eq!(publish(&service).await["version"], 2);
}
