//! Feedback: asked for, received, corrected, and what grows from it.

use rebound_tests::service::{TestService, json};
use reqwest::Method;
use serde_json::json;

use crate::door::{Door, code, pointers};

const TEXT: &str = "Your presentation was convincing. We missed concrete examples of your own work.";

#[tokio::test]
async fn what_comes_after_a_request_completes_it() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    let (path, _) = door.reject(json!({})).await;
    let items = format!("{path}/feedback");
    let (status, asked) = door.post(&items, json!({"asked_at": "2026-01-02T03:00:00+01:00"})).await;
    assert_eq!(
        (status, &asked["status"], &asked["asked_at"]),
        (201, &json!("requested"), &json!("2026-01-02T02:00:00Z"))
    );
    let (status, problem) = door.post(&items, json!({"status": "requested"})).await;
    assert_eq!((status, code(&problem)), (409, "cadence_reached"));
    let (status, came) = door.post(&items, json!({"text": TEXT})).await;
    assert_eq!((status, &came["id"], &came["status"]), (200, &asked["id"], &json!("received")));
    assert_eq!((&came["is_proposed"], &came["themes"]), (&json!(true), &json!(["examples"])));
    assert_eq!(came["positives"], json!(["presentation"]));
    assert!(came["safety"]["support_link"].is_string());

    let one = format!("{items}/{}", came["id"].as_str().unwrap());
    let (status, corrected) =
        door.patch(&one, json!({"themes": ["communication", "examples"], "positives": null})).await;
    assert_eq!((status, &corrected["themes"]), (200, &json!(["communication", "examples"])));
    assert_eq!((&corrected["positives"], &corrected["is_proposed"]), (&json!([]), &json!(false)));
    assert_eq!(corrected["text"], TEXT, "what is absent stays");
    let (_, whole) = door.get(&path).await;
    assert_eq!((&whole["feedback"], &whole["journey"]["analyse"]["state"]), (&json!("received"), &json!("done")));
    assert_eq!(whole["feedback_items"][0]["themes"], corrected["themes"]);

    let (status, problem) = door.patch(&one, json!({"text": null, "themes": ["looks", 5], "positives": "x"})).await;
    let mut found = pointers(&problem);
    found.sort_unstable();
    assert_eq!((status, found), (422, vec!["/positives", "/text", "/themes/0", "/themes/1"]));
    let (status, problem) = door.post(&items, json!({})).await;
    assert_eq!((status, pointers(&problem)), (422, vec![""]));
}

#[tokio::test]
async fn action_items_grow_from_feedback() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    let (path, rejection) = door.reject(json!({})).await;
    let (_, feedback) = door.post(&format!("{path}/feedback"), json!({"text": TEXT, "themes": ["examples"]})).await;
    let body = json!({
        "title": "Collect three examples", "note": "From the last year", "theme": "examples",
        "rejection_id": rejection["id"], "feedback_id": feedback["id"], "due_at": "2026-02-01T00:00:00Z",
    });
    let (status, item) = door.post("/action-items", body.clone()).await;
    assert_eq!((status, &item["group"], &item["status"]), (201, &json!("interview"), &json!("open")));
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&item[name], value, "{name}");
    }
    let (status, problem) = door.post("/action-items", json!({"feedback_id": "x", "group": "x"})).await;
    let mut found = pointers(&problem);
    found.sort_unstable();
    assert_eq!((status, found), (422, vec!["/feedback_id", "/group", "/title"]));
    let one = format!("/action-items/{}", item["id"].as_str().unwrap());
    let patch = async |tag: &str, body| {
        let request = door.request(Method::PATCH, &one, &body).header("if-match", tag);
        json(request).await
    };
    let (status, done) = patch("\"7\", \"1\"", json!({"status": "done", "note": null, "due_at": null})).await;
    assert_eq!((status, &done["status"], &done["title"]), (200, &json!("done"), &item["title"]), "{done}");
    assert!(done.get("note").is_none() && done.get("due_at").is_none());
    assert_eq!(patch("\"1\"", json!({"title": "X"})).await.0, 412);
    let (status, problem) = door.patch(&one, json!({"title": null})).await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/title"]));
    for title in ["B", "C"] {
        service.clock.advance(jiff::SignedDuration::from_millis(1));
        assert_eq!(door.post("/action-items", json!({"title": title})).await.0, 201);
    }
    let (_, first) = door.get("/action-items?page_size=2").await;
    let token = first["next_page_token"].as_str().unwrap();
    let (_, second) = door.get(&format!("/action-items?page_size=2&page_token={token}")).await;
    let pages = [&first["action_items"], &second["action_items"]];
    let titles = pages.into_iter().flat_map(|page| page.as_array().unwrap()).map(|item| item["title"].clone());
    assert_eq!(titles.collect::<Vec<_>>(), [item["title"].clone(), json!("B"), json!("C")]);
    assert_eq!(second["next_page_token"], "");
}
