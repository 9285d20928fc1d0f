//! Requests that come twice: one effect, the first answer again with the same secret, and a database that gives nothing
//! away.

use std::path::Path;

use futures_util::future::join_all;
use jiff::SignedDuration;
use rebound_domain::access::Scope;
use rebound_tests::keys::add_key;
use rebound_tests::service::{TestService, json};
use rebound_tests::{postgres, sqlite};
use reqwest::Method;
use serde_json::{Value, json};

use super::{FIRST, get, own_keys, refused, request};

async fn repeat(service: &TestService, path: &str, key: &str, body: &Value, idempotency_key: &str) -> (u16, Value) {
    let request = request(service, Method::POST, path, key, Some(body));
    json(request.header("idempotency-key", idempotency_key)).await
}

#[tokio::test]
async fn the_same_request_gets_the_first_answer() {
    let service = TestService::start().await;
    let keys = own_keys(&service).await;
    let new_key = json!({ "name": "app", "scopes": ["guidance"], "expires_at": "2026-01-02T04:00:00Z" });
    let first = repeat(&service, &keys, FIRST, &new_key, "a").await;
    let rotate = format!("{keys}/{}/rotate", first.1["id"].as_str().unwrap());
    let cases = [
        (&keys, new_key, json!({ "name": "another", "scopes": ["guidance"] })),
        (&rotate, json!({ "overlap_seconds": 60 }), json!({ "overlap_seconds": 61 })),
        (&"/v1/tenants".to_owned(), json!({ "name": "acme" }), json!({ "name": "other" })),
    ];
    for (number, (path, body, other)) in cases.iter().enumerate() {
        let name = format!("request-{number}");
        let first = repeat(&service, path, FIRST, body, &name).await;
        assert_eq!(first.0, 201, "{path}: {}", first.1);
        assert_eq!(repeat(&service, path, FIRST, body, &name).await, first);
        let reused = repeat(&service, path, FIRST, other, &name).await;
        assert_eq!(refused(&reused), (422, "idempotency_key_reused", ""));
    }
    let elsewhere = repeat(&service, "/v1/tenants", FIRST, &json!({ "name": "elsewhere" }), "a").await;
    assert_eq!(refused(&elsewhere), (422, "idempotency_key_reused", ""), "another operation is another request");
    assert_eq!(get(&service, &keys).await["api_keys"].as_array().unwrap().len(), 4, "the first key and one of each");
    assert_eq!(get(&service, "/v1/tenants").await["tenants"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_answer_is_kept_for_a_day_whatever_changes() {
    let service = TestService::start().await;
    let keys = own_keys(&service).await;
    let body = json!({ "name": "app", "scopes": ["guidance"], "expires_at": "2026-01-02T04:00:00Z" });
    let first = repeat(&service, &keys, FIRST, &body, "1").await;
    service.clock.advance(SignedDuration::from_hours(24) - SignedDuration::from_secs(1));
    assert_eq!(repeat(&service, &keys, FIRST, &body, "1").await, first, "though it could not be made any more");
    service.clock.advance(SignedDuration::from_secs(1));
    let refusal = repeat(&service, &keys, FIRST, &body, "1").await;
    assert_eq!(refused(&refusal), (422, "invalid_request", "/expires_at"));
    let tenant = json!({ "name": "acme" });
    let wrong = repeat(&service, "/v1/tenants", FIRST, &json!({ "name": "" }), "2").await;
    assert_eq!(refused(&wrong), (422, "invalid_request", "/name"));
    assert_eq!(repeat(&service, "/v1/tenants", FIRST, &tenant, "2").await.0, 201, "what was refused is not kept");
}

#[tokio::test]
async fn an_idempotency_key_belongs_to_one_api_key() {
    let service = TestService::start().await;
    let keys = own_keys(&service).await;
    let other = add_key(&service, None, &[Scope::Admin, Scope::Guidance]).await;
    let body = json!({ "name": "app", "scopes": ["guidance"] });
    let (_, mine) = repeat(&service, &keys, FIRST, &body, "1").await;
    let (made, theirs) = repeat(&service, &keys, &other, &body, "1").await;
    assert_eq!(made, 201);
    assert_ne!((&mine["id"], &mine["secret"]), (&theirs["id"], &theirs["secret"]));
    for bad in ["", "with space", &"x".repeat(256)] {
        let answer = repeat(&service, &keys, FIRST, &body, bad).await;
        assert_eq!(refused(&answer), (422, "invalid_request", "/Idempotency-Key"), "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_at_once_one_has_an_effect_and_all_get_its_answer() {
    let (on_file, on_server) = (sqlite::database(), postgres::database().await);
    for url in [&on_file.url, &on_server.url] {
        let service = TestService::start_on(url).await;
        let keys = own_keys(&service).await;
        let body = json!({ "name": "app", "scopes": ["guidance"] });
        let answers = join_all((0..50).map(|_| repeat(&service, &keys, FIRST, &body, "all-at-once"))).await;
        assert_eq!(answers[0].0, 201, "{}", answers[0].1);
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_eq!(get(&service, &keys).await["api_keys"].as_array().unwrap().len(), 2);
        let audit = get(&service, "/v1/audit-events").await;
        assert_eq!(audit["audit_events"].as_array().unwrap().len(), 1, "{audit}");
    }
}

#[tokio::test]
async fn the_database_sees_neither_the_secret_nor_the_idempotency_key() {
    let service = TestService::start().await;
    let keys = own_keys(&service).await;
    let body = json!({ "name": "app", "scopes": ["guidance"] });
    let (_, issued) = repeat(&service, &keys, FIRST, &body, "known-to-the-client-alone").await;
    let secret = issued["secret"].as_str().unwrap();
    let file = service.database_url.trim_start_matches("sqlite://");
    let folder = Path::new(file).parent().unwrap();
    let mut has_name = false;
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        has_name |= has("guidance");
        for text in [secret, &secret[4..], "known-to-the-client-alone"] {
            assert!(!has(text));
        }
    }
    assert!(has_name, "what is not hidden is found");
}
