//! What a tenant may not do: every mistake is named at its place, before it is put or before it is published.

use rebound_tests::service::{KEY, TestService, json};
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{ITEM, guidance, pointers, publish, put, put_in, request, step, thanks, titled};

/// Forty words.
const PLAIN: &str = "Someone gave you time. A short note of thanks is kind, and it costs you little. Say what you took \
                     from the talk, and wish them well. Keep it to a few lines. You do not have to agree with what was decided.";

#[tokio::test]
async fn a_bad_overlay_is_refused_at_its_place() {
    let service = TestService::start().await;
    let long = "long ".repeat(13);
    let cases = [
        (ITEM, json!({"text": {"titel": "Say thanks"}}), "/text/titel", "no such field; allowed: title, body"),
        (ITEM, json!({"text": {"title": 7}}), "/text/title", "invalid type"),
        (ITEM, json!({"text": {"title": ""}}), "/text/title", "is empty"),
        (ITEM, json!({"text": {"title": long}}), "/text/title", "more than 60 characters"),
        (ITEM, json!({"text": {"title": "a\u{0}b"}}), "/text/title", "control characters"),
        (ITEM, json!({"text": {"body": "x".repeat(4_001)}}), "/text/body", "more than 4000 characters"),
        (ITEM, json!({"text": {"title": "You will get an offer"}}), "/text/title", "promises"),
        (ITEM, json!({"text": {"title": "Thank him"}}), "/text/title", "gendered"),
        (
            ITEM,
            json!({"colour": "blue"}),
            "/colour",
            "no such field; allowed: text, enabled, when, audiences, priority",
        ),
        (
            ITEM,
            json!({"title": "Say thanks"}),
            "/title",
            "no such field here: it belongs under `text`; allowed: text, enabled",
        ),
        ("kind.idea", json!({"label": "A thought"}), "/label", "it belongs under `text`; allowed: text\""),
        ("prompt.own-new", json!({"hint": "A word"}), "/hint", "it belongs under `text`; allowed: text, enabled"),
        (
            ITEM,
            json!({"timing": {"soon": 1}}),
            "/timing/soon",
            "no such field; allowed: not_before_hours, within_hours",
        ),
        (ITEM, json!({"priority": -1}), "/priority", "invalid value"),
        (ITEM, json!({"priority": 1.5}), "/priority", "fraction"),
        (ITEM, json!({"enabled": "no"}), "/enabled", "invalid type"),
        (ITEM, json!({"atoms": []}), "/atoms", "cannot be changed"),
        (ITEM, json!({"phase": "recover"}), "/phase", "cannot be changed"),
        (ITEM, json!({"since": "2026.11.0"}), "/since", "cannot be changed"),
        (ITEM, json!({"when": {"all": ["kind=idea"]}}), "/when", "is shown where `thank-the-person` does not apply"),
        (ITEM, json!({"when": {"all": ["moon=full"]}}), "/when", "there is no field `moon`"),
        (ITEM, json!({"actions": [{"type": "reply", "id": "thx"}]}), "/actions", "there is no reply `thx`"),
        ("kind.idea", json!({"enabled": false}), "/enabled", "everybody has it"),
        ("tip.own-new", json!({"text": {"title": "New"}}), "/phase", "missing field"),
        ("tip.own-new", json!({"since": "1"}), "/since", "by itself"),
    ];
    for (item, patch, pointer, detail) in cases {
        let (status, problem) = put(&service, item, &patch).await;
        assert_eq!((status, &problem["code"]), (422, &json!("invalid_request")), "{patch}: {problem}");
        assert!(pointers(&problem).contains(&pointer), "{patch}: {problem}");
        assert!(problem["errors"].to_string().contains(detail), "{patch}: {problem}");
    }
    let (_, list) = json(service.get("/v1/overlays")).await;
    assert_eq!(list["overlays"], json!([]), "nothing of it is in the draft");
}

#[tokio::test]
async fn places_that_are_none_are_refused() {
    let service = TestService::start().await;
    for item in
        ["tip", "tip.unknown", "moon.full", "article.dennis-13-tips", "tip.own-", "tip.own-UPPER", "kind.own-new"]
    {
        let (status, problem) = put(&service, item, &titled("Words")).await;
        assert_eq!((status, pointers(&problem)), (422, vec!["/item"]), "{item}: {problem}");
    }
    for locale in ["tlh", "EN", "en_GB", "x"] {
        let (status, problem) = put_in(&service, locale, ITEM, &titled("Words")).await;
        assert_eq!((status, pointers(&problem)), (422, vec!["/locale"]), "{locale}: {problem}");
    }
    let (status, problem) = put_in(&service, "en-GB", ITEM, &json!({"priority": 3})).await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/priority"]), "{problem}");
    let (status, problem) = put_in(&service, "en-GB", "tip.own-new", &titled("Words")).await;
    assert_eq!((status, pointers(&problem)), (422, vec![""]), "{problem}");
    for (body, status) in [("[]", 422), ("{", 400), (r#"{"text": {"title": "a", "title": "b"}}"#, 422)] {
        let put = request(&service, Method::PUT, &format!("/v1/overlays/en/{ITEM}"), KEY, None);
        let put = put.header("content-type", "application/json").body(body).send().await.unwrap();
        assert_eq!(put.status(), status, "{body}");
    }
}

#[tokio::test]
async fn towards_candidates_an_employer_does_not_say_rejected() {
    let service = TestService::start().await;
    let text = json!({ "title": "After a rejection", "body": PLAIN });
    let tip = |audiences: Value| json!({"phase": "respond", "priority": 5, "audiences": audiences, "text": text});
    let (status, problem) = put(&service, "tip.own-note", &tip(json!(["employer_branded"]))).await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/text/title"]), "{problem}");
    let (status, answer) = put(&service, "tip.own-note", &tip(json!(["candidate"]))).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
async fn style_is_the_tenants_own_matter_and_it_is_told() {
    let service = TestService::start().await;
    let text = json!({"title": "Keep your chin up!", "body": "Notwithstanding organizational considerations, appreciation communicated \
        immediately characterizes professionalism."});
    let (status, answer) = put(&service, ITEM, &json!({ "text": text })).await;
    assert_eq!(status, 200, "{answer}");
    let warnings = answer["warnings"].to_string();
    for told in ["has an exclamation mark", "has the idiom", "not 40 to 90", "reads at grade"] {
        assert!(warnings.contains(told), "{told}: {warnings}");
    }
    let version = publish(&service).await;
    assert_eq!(version["warnings"].as_array().unwrap().len(), 4, "{version}");
}

#[tokio::test]
async fn html_is_text() {
    let service = TestService::start().await;
    let (status, answer) = put(&service, ITEM, &titled("<b>Thanks</b> & {{name}}")).await;
    assert_eq!(status, 200, "{answer}");
    publish(&service).await;
    assert_eq!(step(&guidance(&service, &thanks()).await, "thank-the-person")["title"], "<b>Thanks</b> & {{name}}");
}

#[tokio::test]
async fn who_switches_off_every_step_of_somebody_is_stopped_before_it_is_published() {
    let service = TestService::start().await;
    let (_, tips) = json(service.get("/v1/tips?page_size=200")).await;
    for tip in tips["tips"].as_array().unwrap().iter().filter(|tip| tip["phase"] == "recover") {
        let item = format!("tip.{}", tip["id"].as_str().unwrap());
        let (status, answer) = put(&service, &item, &json!({ "enabled": false })).await;
        assert_eq!(status, 200, "{answer}");
    }
    let (status, problem) = json(service.post("/v1/overlays/publish", &json!({}))).await;
    assert_eq!(status, 422, "{problem}");
    assert!(problem["errors"][0]["detail"].as_str().unwrap().starts_with("no tip at all for kind="), "{problem}");
    assert_eq!(guidance(&service, &thanks()).await.get("overlay"), None);
}

#[tokio::test]
async fn what_another_item_needs_cannot_be_published_away() {
    let service = TestService::start().await;
    let prompt =
        json!({"about": "feelings", "text": {"question": "Who could you talk to?", "hint": "One name is enough."}});
    assert_eq!(put(&service, "prompt.own-who", &prompt).await.0, 200);
    let actions = json!([{ "type": "prompt", "id": "own-who" }]);
    assert_eq!(put(&service, "tip.talk-to-someone-you-trust", &json!({ "actions": actions })).await.0, 200);
    assert_eq!(service.delete("/v1/overlays/en/prompt.own-who").send().await.unwrap().status(), 204);
    let (status, problem) = json(service.post("/v1/overlays/publish", &json!({}))).await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/en/tip.talk-to-someone-you-trust/actions"]), "{problem}");
}

#[tokio::test]
async fn a_draft_has_an_end() {
    let service = TestService::start().await;
    let text = "Rest a little. ".repeat(260);
    let option = json!({"id": "a", "text": text, "best": true, "rationale": text});
    let words = json!({"title": "Our own words", "situation": text, "question": text, "options": vec![option; 6]});
    let scenario = json!({"answer_key": "ours", "text": words});
    let mut answers = Vec::new();
    for number in 0..6 {
        answers.push(put(&service, &format!("scenario.own-{number}"), &scenario).await);
    }
    let statuses: Vec<_> = answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 413, 413], "{}", answers[0].1);
    assert_eq!(answers[5].1["code"], "too_large");
}
