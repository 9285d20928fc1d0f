//! What is wrong with a request is said all at once, with its place, and never repeated.

use rebound_tests::service::{TestService, json};
use reqwest::Method;
use serde_json::{Value, json};

use crate::door::{Door, NOW, code, pointers};

#[tokio::test]
async fn every_error_of_a_body_is_named() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    let secret = "a-secret-text";
    let cases = [
        (
            json!({"kind": secret, "occurred_at": secret, "role": 5, "organisation": secret, "days_since": 3}),
            vec!["/days_since", "/kind", "/occurred_at", "/organisation", "/role"],
        ),
        (json!({"stage": "x"}), vec!["/kind", "/occurred_at", "/stage"]),
        (json!({"occurred_at": null, "kind": null, "role": null}), vec!["/kind", "/occurred_at"]),
        (json!({"kind": "idea", "occurred_at": "2026-01-02 03:04:05Z"}), vec!["/occurred_at"]),
        (json!({"kind": "idea", "occurred_at": "2026-01-02T03:04:05"}), vec!["/occurred_at"]),
        (json!({"kind": "idea", "occurred_at": "2026-02-02T03:04:05Z"}), vec!["/occurred_at"]),
        (json!({"kind": "idea", "occurred_at": NOW, "role": " "}), vec!["/role"]),
        (json!({"kind": "idea", "occurred_at": NOW, "decided_by": "nobody"}), vec!["/decided_by"]),
        (
            json!({"kind": "idea", "occurred_at": NOW, "outcome": "no_response", "decided_by": "them"}),
            vec!["/decided_by"],
        ),
        (json!([]), vec![""]),
        (json!("x"), vec![""]),
    ];
    for (body, expected) in cases {
        let (status, problem) = door.post("/rejections", body.clone()).await;
        let mut found = pointers(&problem);
        found.sort_unstable();
        assert_eq!((status, found), (422, expected), "{body}: {problem}");
        assert!(!problem.to_string().contains(secret), "{problem}");
    }
    assert_eq!(door.get("/rejections").await.1["rejections"], json!([]));
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_told_apart() {
    let service = TestService::start().await;
    let send = async |content_type: &str, body: String| {
        let (status, problem) = json(service.post_bytes("/v1/users/u/rejections", content_type, body)).await;
        (status, code(&problem).to_owned(), pointers(&problem).join(" "))
    };
    let twice = r#"{"kind": "idea", "kind": "idea", "occurred_at": "2026-01-02T03:04:05Z", "role": "a", "role": "b"}"#;
    let expected = (422, "invalid_request".to_owned(), "/kind /role".to_owned());
    let (status, code, mut found) = send("application/json", twice.to_owned()).await;
    if found == "/role /kind" {
        found = "/kind /role".to_owned();
    }
    assert_eq!((status, code, found), expected);
    assert_eq!(send("application/json", "{\"kind\":".to_owned()).await.0, 400);
    assert_eq!(send("application/json", format!("{{\"role\": \"{}\"}}", "x".repeat(70_000))).await.0, 413);
    assert_eq!(send("application/merge-patch+json", "{}".to_owned()).await.0, 415, "a patch makes nothing new");
}

#[tokio::test]
async fn an_id_that_is_none_is_found_as_little_as_one_that_does_not_exist() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    let (path, _) = door.reject(json!({})).await;
    let unknown = "rej_01h455vb4pex5vsknk084sn02q";
    for id in [unknown, "x", "act_01h455vb4pex5vsknk084sn02q", "%ff"] {
        for (method, below, body) in [
            (Method::GET, "", Value::Null),
            (Method::PATCH, "", json!({})),
            (Method::DELETE, "", Value::Null),
            (Method::GET, "/guidance", Value::Null),
            (Method::POST, "/advance", json!({"to": "shock"})),
            (Method::POST, "/contacts", json!({"purpose": "thank_you", "channel": "email", "sent_at": NOW})),
            (Method::POST, "/outcome", json!({"result": "closed"})),
            (Method::DELETE, "/outcome", Value::Null),
        ] {
            let (status, problem) = json(door.request(method, &format!("/rejections/{id}{below}"), &body)).await;
            assert_eq!((status, code(&problem)), (404, "not_found"), "{id}{below}");
        }
    }
    for id in ["fbk_01h455vb4pex5vsknk084sn02q", "x"] {
        assert_eq!(door.patch(&format!("{path}/feedback/{id}"), json!({})).await.0, 404);
    }
    assert_eq!(door.patch("/action-items/x", json!({})).await.0, 404);
    assert_eq!(service.get("/v1/erasure-receipts/x").send().await.unwrap().status(), 404);
    let (status, problem) = Door::new(&service, &"x".repeat(129)).get("/rejections").await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/user_id"]));
    let (status, problem) = door.get(&format!("{path}?verbose=1")).await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/verbose"]));
}
