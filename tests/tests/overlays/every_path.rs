//! One sentence of a tenant's own, seen on every path, and by nobody else.

use jiff::SignedDuration;
use rebound_domain::access::Scope;
use rebound_tests::keys::{add_key, add_tenant};
use rebound_tests::postgres;
use rebound_tests::service::{TestService, json};
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{ITEM, guidance, publish, publish_item, put, put_in, request, step, thanks, titled};

const TITLE: &str = "Thank the team at our house";

#[tokio::test]
async fn a_sentence_of_a_tenant_is_seen_on_every_path() {
    let service = TestService::start().await;
    let before = guidance(&service, &thanks()).await;
    assert_eq!((before.get("overlay"), step(&before, "thank-the-person").get("overridden")), (None, None));
    let (status, put) = put(&service, ITEM, &titled(TITLE)).await;
    assert_eq!((status, &put["published"]), (200, &Value::Bool(false)), "{put}");
    assert_eq!(guidance(&service, &thanks()).await, before, "a draft answers nobody");
    assert_eq!(publish(&service).await["version"], 1);

    let after = guidance(&service, &thanks()).await;
    let changed = step(&after, "thank-the-person");
    assert_eq!((&after["overlay"], &changed["title"]), (&json!({ "version": 1 }), &json!(TITLE)));
    assert_eq!(changed["overridden"], json!(["title"]), "which layer won");
    assert_eq!(changed["body"], step(&before, "thank-the-person")["body"], "the rest is the catalog's");
    assert_eq!(changed["sources"], step(&before, "thank-the-person")["sources"]);

    let query = "/v1/guidance?kind=job_application&stage=interview&conversation=held&phase=acting";
    let (_, by_query) = json(service.get(query)).await;
    assert_eq!(by_query, after);
    let line = format!("{}\n", thanks());
    let batch = service.post_bytes("/v1/guidance/batch", "application/x-ndjson", line).send().await.unwrap();
    let batch: Value = serde_json::from_str(batch.text().await.unwrap().trim()).unwrap();
    assert_eq!(batch["guidance"], after);
    let (_, tip) = json(service.get("/v1/tips/thank-the-person")).await;
    assert_eq!((&tip["title"], &tip["overridden"]), (&json!(TITLE), &json!(["title"])));
    let (_, tips) = json(service.get("/v1/tips?page_size=200")).await;
    let listed = tips["tips"].as_array().unwrap().iter().find(|tip| tip["id"] == "thank-the-person").unwrap();
    assert_eq!(listed["title"], TITLE);

    let rejection = json!({"kind": "job_application", "stage": "interview", "conversation": "held", "phase": "acting",
        "occurred_at": "2026-01-02T03:04:05Z"});
    let (status, rejection) = json(service.post("/v1/users/ann/rejections", &rejection)).await;
    assert_eq!(status, 201, "{rejection}");
    let path = format!("/v1/users/ann/rejections/{}/guidance", rejection["id"].as_str().unwrap());
    let (_, personal) = json(service.get(&path)).await;
    assert_eq!(step(&personal, "thank-the-person")["title"], TITLE);
    assert_eq!(personal["overlay"], json!({ "version": 1 }));
}

#[tokio::test]
async fn nobody_else_sees_it_though_both_ask_the_same_bytes() {
    let service = TestService::start().await;
    let tenant = add_tenant(&service, "another").await;
    let other = add_key(&service, Some(tenant), &[Scope::Guidance, Scope::Admin]).await;
    let of_other = async || json(request(&service, Method::POST, "/v1/guidance", &other, Some(&thanks()))).await.1;
    let plain = of_other().await;
    publish_item(&service, ITEM, &titled(TITLE)).await;
    // In turn, so that whatever is remembered of one could reach the other.
    for _ in 0..3 {
        assert_eq!(step(&guidance(&service, &thanks()).await, "thank-the-person")["title"], TITLE);
        assert_eq!(of_other().await, plain);
    }
    let theirs = titled("Write to the people you met");
    let put = request(&service, Method::PUT, &format!("/v1/overlays/en/{ITEM}"), &other, Some(&theirs));
    assert_eq!(put.send().await.unwrap().status(), 200);
    let publish = request(&service, Method::POST, "/v1/overlays/publish", &other, Some(&json!({})));
    assert_eq!(publish.send().await.unwrap().status(), 201);
    for _ in 0..3 {
        assert_eq!(step(&of_other().await, "thank-the-person")["title"], "Write to the people you met");
        assert_eq!(step(&guidance(&service, &thanks()).await, "thank-the-person")["title"], TITLE);
    }
    let (_, versions) = json(request(&service, Method::GET, "/v1/overlays/versions", &other, None)).await;
    assert_eq!(versions["versions"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_replica_follows_within_five_seconds() {
    let database = postgres::database().await;
    let first = TestService::start_on(&database.url).await;
    let second = TestService::start_replica(&database.url, 2).await;
    let title = async |service: &TestService| {
        let guidance = guidance(service, &thanks()).await;
        step(&guidance, "thank-the-person")["title"].as_str().unwrap().to_owned()
    };
    let _warm = (title(&first).await, title(&second).await);
    for (here, there, words) in [(&first, &second, TITLE), (&second, &first, "Send your thanks")] {
        publish_item(here, ITEM, &titled(words)).await;
        assert_eq!(title(here).await, words, "at once where it was published");
        for replica in [here, there] {
            replica.clock.advance(SignedDuration::from_secs(5));
        }
        assert_eq!(title(there).await, words, "soon elsewhere");
    }
}

#[tokio::test]
async fn an_entity_tag_changes_when_the_overlay_does() {
    let service = TestService::start().await;
    let query = "/v1/guidance?kind=idea&phase=acting";
    let tag = async || service.get(query).send().await.unwrap().headers()["etag"].to_str().unwrap().to_owned();
    let plain = tag().await;
    publish_item(&service, "tip.take-time-first", &titled("Take your time")).await;
    let first = tag().await;
    assert_ne!(first, plain);
    let held = service.get(query).header("if-none-match", &plain).send().await.unwrap();
    assert_eq!(held.status(), 200, "who has what was before gets what is now");
    let held = service.get(query).header("if-none-match", &first).send().await.unwrap();
    assert_eq!(held.status(), 304);
    let (_, back) = json(service.post("/v1/overlays/rollback", &json!({ "version": 0 }))).await;
    assert_eq!(back["version"], 2);
    assert_eq!(tag().await, plain, "the catalog alone answers as it always did");
}

#[tokio::test]
async fn what_is_switched_off_is_withheld_with_a_reason_and_not_listed() {
    let service = TestService::start().await;
    publish_item(&service, ITEM, &json!({ "enabled": false })).await;
    let explained = json!({"context": thanks()["context"], "explain": true, "limit": 50});
    let guidance = guidance(&service, &explained).await;
    assert_eq!(step(&guidance, "thank-the-person"), &Value::Null);
    let withheld = guidance["withheld"].as_array().unwrap().iter().find(|tip| tip["tip"] == "thank-the-person");
    assert_eq!(withheld.unwrap()["because"], json!(["overlay=off"]));
    let (_, tips) = json(service.get("/v1/tips?page_size=200")).await;
    assert!(tips["tips"].as_array().unwrap().iter().all(|tip| tip["id"] != "thank-the-person"));
    let (status, tip) = json(service.get("/v1/tips/thank-the-person")).await;
    assert_eq!((status, &tip["enabled"]), (200, &json!(false)), "whoever has the id still finds it");
}

#[tokio::test]
async fn a_reply_that_is_switched_off_is_offered_by_no_step() {
    let service = TestService::start().await;
    let offers = |guidance: &Value| guidance.to_string().contains(r#""id":"thank-you""#);
    assert!(offers(&guidance(&service, &thanks()).await));
    publish_item(&service, "reply.thank-you", &json!({ "enabled": false })).await;
    let after = guidance(&service, &thanks()).await;
    assert!(!offers(&after));
    assert_eq!(step(&after, "thank-the-person")["actions"], json!([]));
}

#[tokio::test]
async fn an_own_tip_shows_with_an_own_prompt() {
    let service = TestService::start().await;
    let prompt = json!({"about": "feelings", "text": {"question": "Who at work could you talk to?", "hint": "One name is enough."}});
    let (status, answer) = put(&service, "prompt.own-who-listens", &prompt).await;
    assert_eq!(status, 200, "{answer}");
    let tip = json!({
        "phase": "recover", "priority": 99,
        "when": { "all": ["kind=dismissal|promotion"] },
        "actions": [{ "type": "prompt", "id": "own-who-listens" }],
        "text": {
            "title": "Talk to our counsellors",
            "body": "Our house has two counsellors who listen and tell nobody. You find them on the second floor, or on \
                     the phone at any hour. You need no reason and no date. Many people go there after a day like this. \
                     A short talk can make the next days a little lighter.",
        },
    });
    publish_item(&service, "tip.own-counsellors", &tip).await;
    let shown = guidance(&service, &json!({"context": {"kind": "promotion", "phase": "shock"}})).await;
    let own = step(&shown, "own-counsellors");
    assert_eq!((&own["title"], &own["sources"]), (&json!("Talk to our counsellors"), &json!([])));
    assert_eq!(own["actions"], json!([{ "type": "prompt", "id": "own-who-listens" }]));
    assert_eq!(own["overridden"], json!(["actions", "body", "phase", "priority", "title", "when"]));
    let elsewhere = guidance(&service, &json!({"context": {"kind": "idea", "phase": "shock"}})).await;
    assert_eq!(step(&elsewhere, "own-counsellors"), &Value::Null);
    let rejection = json!({"kind": "promotion", "phase": "shock", "occurred_at": "2026-01-02T03:04:05Z"});
    let (_, rejection) = json(service.post("/v1/users/ann/rejections", &rejection)).await;
    let path = format!("/v1/users/ann/rejections/{}/reflections", rejection["id"].as_str().unwrap());
    let answer = json!({"answers": [{"prompt": "own-who-listens", "text": "Somebody."}]});
    let (status, answer) = json(service.post(&path, &answer)).await;
    assert_eq!(status, 201, "{answer}");
}

#[tokio::test]
async fn words_fall_back_key_by_key_and_the_nearer_locale_wins() {
    let service = TestService::start().await;
    let body = "Someone gave you time. A short note of thanks is kind, and it costs you little. Say what you took from \
                the talk, and wish them well. Keep it to a few lines. You do not have to agree with what was decided. \
                It is enough that you were heard.";
    let (status, answer) = put(&service, ITEM, &json!({"text": {"title": "Say thanks", "body": body}})).await;
    assert_eq!(status, 200, "{answer}");
    let (status, answer) = put_in(&service, "en-GB", ITEM, &titled("Do say thanks")).await;
    assert_eq!(status, 200, "{answer}");
    publish(&service).await;
    let in_locale = async |locale: &str| {
        let asked = json!({"context": thanks()["context"], "locale": locale});
        let guidance = guidance(&service, &asked).await;
        let step = step(&guidance, "thank-the-person").clone();
        (guidance["locale"]["resolved"].as_str().unwrap().to_owned(), step["title"].clone(), step["body"].clone())
    };
    assert_eq!(in_locale("en-GB").await, ("en-GB".to_owned(), json!("Do say thanks"), json!(body)));
    assert_eq!(in_locale("en-US").await, ("en".to_owned(), json!("Say thanks"), json!(body)));
}

#[tokio::test]
async fn fragments_are_in_the_words_of_the_tenant() {
    let service = TestService::start().await;
    let context = json!({"kind": "job_application", "stage": "interview", "conversation": "held"});
    let asked = json!({"context": context, "brand": {"name": "Example Ltd"}});
    let render = async || {
        let (status, fragment) = json(service.post("/v1/fragments", &asked)).await;
        assert_eq!(status, 200, "{fragment}");
        fragment
    };
    let before = render().await;
    let item = format!("tip.{}", before["steps"][0].as_str().unwrap());
    assert_eq!(put(&service, &item, &titled(TITLE)).await.0, 200);
    let frame = json!({"text": {"we": "We wrote this for you.", "name": "{name} wrote this for you."}});
    publish_item(&service, "fragment.frame", &frame).await;
    let after = render().await;
    let text = after["text"].as_str().unwrap();
    assert!(text.contains(TITLE) && text.contains("wrote this for you."), "{text}");
    assert_ne!(after["etag"], before["etag"]);
    let line = format!("{asked}\n");
    let batch = service.post_bytes("/v1/fragments/batch", "application/x-ndjson", line).send().await.unwrap();
    assert!(batch.text().await.unwrap().contains(TITLE));
    let (status, refused) = put(&service, "fragment.own-frame", &json!({"text": {"we": "Hello."}})).await;
    assert_eq!(status, 422, "{refused}");
}
