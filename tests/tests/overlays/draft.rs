//! The draft: put, read, taken away by who saw the present state, and previewed.

use rebound_tests::service::{KEY, TestService, json};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::desk::{ITEM, pointers, publish, publish_item, put, put_in, request, step, thanks, titled};

const PATH: &str = "/v1/overlays/en/tip.thank-the-person";

#[tokio::test]
async fn an_item_is_put_read_and_taken_away() {
    let service = TestService::start().await;
    assert_eq!(service.get(PATH).send().await.unwrap().status(), 404);
    let (status, put) = put(&service, ITEM, &titled("Say thanks")).await;
    let expected = json!({
        "locale": "en", "item": ITEM, "overlay": titled("Say thanks"), "published": false,
        "updated_at": "2026-01-02T03:04:05Z", "warnings": [],
    });
    assert_eq!((status, &put), (200, &expected));
    assert_eq!(json(service.get(PATH)).await, (200, expected.clone()));
    let (_, list) = json(service.get("/v1/overlays")).await;
    assert_eq!(list, json!({ "overlays": [expected], "next_page_token": "" }));
    publish(&service).await;
    assert_eq!(json(service.get(PATH)).await.1["published"], true);
    assert_eq!(service.delete(PATH).send().await.unwrap().status(), 204);
    assert_eq!(service.delete(PATH).send().await.unwrap().status(), 404);
    let (_, log) = json(service.get("/v1/audit-events")).await;
    let lines = log["audit_events"].as_array().unwrap().iter();
    let mut lines: Vec<_> =
        lines.map(|line| [&line["operation"], &line["resource_id"]].map(|it| it.as_str().unwrap())).collect();
    // The clock stands, so they have no order.
    lines.sort_unstable();
    let at = "en/tip.thank-the-person";
    assert_eq!(lines, [["deleteOverlay", at], ["publishOverlays", "1"], ["putOverlay", at]]);
}

#[tokio::test]
async fn who_did_not_see_the_present_state_changes_nothing() {
    let service = TestService::start().await;
    let send = async |method: Method, tag: &str| {
        let body = titled("Say thanks");
        let body = (method == Method::PUT).then_some(&body);
        request(&service, method, PATH, KEY, body).header("if-match", tag).send().await.unwrap()
    };
    assert_eq!(send(Method::PUT, "*").await.status(), 412, "there is nothing that could match");
    put(&service, ITEM, &titled("Say thank you")).await;
    let first = service.get(PATH).send().await.unwrap().headers()["etag"].to_str().unwrap().to_owned();
    put(&service, "tip.take-time-first", &titled("Take your time")).await;
    let unchanged = service.get(PATH).header("if-none-match", &first).send().await.unwrap();
    assert_eq!(unchanged.status(), 304, "another item is another tag");
    let second = send(Method::PUT, &first).await;
    assert_eq!(second.status(), 200);
    let second = second.headers()["etag"].to_str().unwrap().to_owned();
    assert_ne!(second, first);
    for method in [Method::PUT, Method::DELETE] {
        let (status, problem) = {
            let answer = send(method, &first).await;
            (answer.status(), answer.json::<Value>().await.unwrap())
        };
        assert_eq!((status, &problem["code"]), (StatusCode::PRECONDITION_FAILED, &json!("precondition_failed")));
    }
    assert_eq!(send(Method::DELETE, &second).await.status(), 204);
}

#[tokio::test]
async fn a_preview_shows_what_would_be_and_changes_nothing() {
    let service = TestService::start().await;
    publish_item(&service, "tip.take-time-first", &titled("Take your time")).await;
    put(&service, ITEM, &titled("Say thanks!")).await;
    assert_eq!(service.delete("/v1/overlays/en/tip.take-time-first").send().await.unwrap().status(), 204);
    let (status, preview) = json(service.post("/v1/overlays/preview", &thanks())).await;
    assert_eq!(status, 200, "{preview}");
    let shown = step(&preview["guidance"], "thank-the-person");
    assert_eq!((&shown["title"], &shown["overridden"]), (&json!("Say thanks!"), &json!(["title"])));
    assert_eq!(preview["guidance"]["overlay"], json!({ "version": 2 }));
    let changes = json!([
        { "locale": "en", "item": ITEM, "change": "added" },
        { "locale": "en", "item": "tip.take-time-first", "change": "removed" },
    ]);
    assert_eq!((&preview["changes"], &preview["errors"]), (&changes, &json!([])));
    let warning = json!([{ "pointer": "/en/tip.thank-the-person/text/title", "detail": "has an exclamation mark" }]);
    assert_eq!(preview["warnings"], warning);
    let (_, now) = json(service.post("/v1/guidance", &thanks())).await;
    assert_eq!(now["overlay"], json!({ "version": 1 }), "nothing was published");
    let (status, problem) = json(service.post("/v1/overlays/preview", &json!({}))).await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/context"]));
}

#[tokio::test]
async fn a_draft_is_listed_by_the_page() {
    let service = TestService::start().await;
    for item in ["tip.take-time-first", "tip.thank-the-person", "reply.thank-you"] {
        assert_eq!(put(&service, item, &titled("Other words")).await.0, 200);
    }
    assert_eq!(put_in(&service, "en-GB", ITEM, &titled("Other words")).await.0, 200);
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let (_, page) = json(service.get(&format!("/v1/overlays?page_size=1&page_token={token}"))).await;
        let item = &page["overlays"][0];
        seen.push(format!("{}/{}", item["locale"].as_str().unwrap(), item["item"].as_str().unwrap()));
        token = page["next_page_token"].as_str().unwrap().to_owned();
        if token.is_empty() {
            break;
        }
    }
    let expected =
        ["en-GB/tip.thank-the-person", "en/reply.thank-you", "en/tip.take-time-first", "en/tip.thank-the-person"];
    assert_eq!(seen, expected);
}
