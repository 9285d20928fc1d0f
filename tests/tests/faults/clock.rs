//! The clock of a machine is set back by an hour and forward by a year while the service runs, as happens when somebody
//! mends it. Rules that go by time hold, and nothing that is there is lost, doubled, or out of reach.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use rebound_domain::environment::Clock as _;
use rebound_tests::service::{TestService, json};
use rebound_tests::{postgres, sqlite};
use serde_json::{Value, json};

/// Before all that the clock ever shows here.
const LONG_AGO: &str = "2025-06-02T03:04:05Z";

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const YEAR: SignedDuration = SignedDuration::from_hours(24 * 365);

/// How the clock is moved, one after the other.
const JUMPS: [SignedDuration; 4] = [SignedDuration::from_hours(-1), YEAR, SignedDuration::from_hours(-24 * 400), YEAR];

/// How soon a revocation and a change of words act, whatever the clock does.
const ACTS_WITHIN: SignedDuration = SignedDuration::from_secs(5);

/// The status of an answer and what it says.
async fn post(service: &TestService, path: &str, key: Option<&str>, body: &Value) -> (u16, Value) {
    let request = service.post(path, body);
    json(key.iter().fold(request, |request, key| request.header("idempotency-key", *key))).await
}

/// Every id of a list, page by page.
async fn ids(service: &TestService, path: &str, list: &str) -> Vec<String> {
    let (mut ids, mut token) = (Vec::new(), String::new());
    loop {
        let (status, page) = json(service.get(&format!("{path}?page_size=2&page_token={token}"))).await;
        assert_eq!(status, 200, "{page}");
        ids.extend(page[list].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        page["next_page_token"].as_str().unwrap().clone_into(&mut token);
        if token.is_empty() {
            return ids;
        }
    }
}

async fn a_history_goes_on(database_url: &str) {
    let service = TestService::start_on(database_url).await;
    let mut told = Vec::new();
    for (round, jump) in JUMPS.into_iter().enumerate() {
        let body =
            json!({"kind": "job_application", "occurred_at": LONG_AGO, "conversation": "held", "phase": "processing"});
        for number in 0..3 {
            let key = format!("{round}-{number}");
            let created = post(&service, "/v1/users/ann/rejections", Some(&key), &body).await;
            assert_eq!(created.0, 201, "{}", created.1);
            told.push(created.1["id"].as_str().unwrap().to_owned());
            if jump.is_negative() {
                service.clock.advance(jump);
                assert_eq!(post(&service, "/v1/users/ann/rejections", Some(&key), &body).await, created, "done once");
                service.clock.advance(-jump);
            }
        }
        let path = format!("/v1/users/ann/rejections/{}", told.last().unwrap());
        let (_, first) = json(service.get("/v1/users/ann/rejections?page_size=2")).await;
        let thanks = json!({"purpose": "thank_you", "channel": "email", "sent_at": LONG_AGO});
        assert_eq!(post(&service, &format!("{path}/contacts"), None, &thanks).await.0, 201);

        service.clock.advance(jump);
        let again = post(&service, &format!("{path}/contacts"), None, &thanks).await;
        assert_eq!((again.0, &again.1["code"]), (409, &json!("cadence_reached")), "one thank-you: {}", again.1);
        for read in [path.clone(), format!("{path}/guidance"), "/v1/users/ann/timeline".into(), "/v1/aggregates".into()]
        {
            let (status, answer) = json(service.get(&read)).await;
            assert_eq!(status, 200, "{read}: {answer}");
        }
        let token = first["next_page_token"].as_str().unwrap();
        let (status, next) =
            json(service.get(&format!("/v1/users/ann/rejections?page_size=2&page_token={token}"))).await;
        assert_eq!(status, 200, "a page that was begun before the jump goes on: {next}");
        let listed = ids(&service, "/v1/users/ann/rejections", "rejections").await;
        let distinct: BTreeSet<_> = listed.iter().collect();
        assert_eq!((listed.len(), distinct), (told.len(), told.iter().collect()), "each once, whenever it was made");
    }
    let events = ids(&service, "/v1/audit-events", "audit_events").await;
    assert_eq!(events.iter().collect::<BTreeSet<_>>().len(), events.len(), "each line of the log once");
    let (status, erased) = json(service.delete("/v1/users/ann")).await;
    assert_eq!(status, 200, "{erased}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_goes_on_when_the_clock_jumps_on_sqlite() {
    let database = sqlite::database();
    a_history_goes_on(&database.url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_goes_on_when_the_clock_jumps_on_postgres() {
    let database = postgres::database().await;
    a_history_goes_on(&database.url).await;
}

/// What is asked with a moment that has come, and asked again when it has not come yet.
async fn a_repetition_is_answered_as_before(database_url: &str) {
    let service = TestService::start_on(database_url).await;
    let now = service.clock.now().to_string();
    let record = json!({"kind": "job_application", "occurred_at": now, "conversation": "held"});
    let users = "/v1/users/ann/rejections";
    let first = post(&service, users, Some(users), &record).await;
    assert_eq!(first.0, 201, "{}", first.1);
    let of = format!("{users}/{}", first.1["id"].as_str().unwrap());
    let asked = [
        (users.to_owned(), record),
        (format!("{of}/contacts"), json!({"purpose": "thank_you", "channel": "email", "sent_at": now})),
        (format!("{of}/feedback"), json!({"asked_at": now})),
        (format!("{of}/reflections"), json!({"answers": [{"prompt": "what-went-well", "text": "The talk"}]})),
        ("/v1/users/ann/action-items".to_owned(), json!({"title": "Practise"})),
    ];
    let mut told = Vec::new();
    for (path, body) in &asked {
        told.push(post(&service, path, Some(path), body).await);
    }
    assert!(told.iter().all(|(status, _)| *status == 201), "{told:?}");
    service.clock.advance(-HOUR);
    for ((path, body), told) in asked.iter().zip(&told) {
        assert_eq!(post(&service, path, Some(path), body).await, *told, "{path}");
    }
    // What is new is refused as ever, also with a key that came before.
    for key in [users, "another"] {
        let later = json!({"kind": "idea", "occurred_at": now});
        let (status, refused) = post(&service, users, Some(key), &later).await;
        assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/occurred_at")), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repetition_is_answered_as_before_when_the_clock_went_back_on_sqlite() {
    let database = sqlite::database();
    a_repetition_is_answered_as_before(&database.url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repetition_is_answered_as_before_when_the_clock_went_back_on_postgres() {
    let database = postgres::database().await;
    a_repetition_is_answered_as_before(&database.url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_lives_as_long_as_it_was_to_by_the_clock() {
    let service = TestService::start().await;
    let wanted = json!({"scopes": ["diary:read"], "ttl_seconds": 600});
    let (status, token) = post(&service, "/v1/users/ann/tokens", None, &wanted).await;
    assert_eq!(status, 201, "{token}");
    let status = async || {
        let request = service.get_without_key("/v1/users/ann/timeline").bearer_auth(token["secret"].as_str().unwrap());
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status().await, 200);
    service.clock.advance(-HOUR);
    assert_eq!(status().await, 200);
    service.clock.advance(YEAR);
    assert_eq!(status().await, 401);
    service.clock.advance(-YEAR);
    assert_eq!(status().await, 200, "it has not ended by the clock, and nobody revoked it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_back_lets_no_revoked_key_in_and_keeps_no_old_words() {
    let database = sqlite::database();
    let [here, there] =
        [TestService::start_on(&database.url).await, TestService::start_replica(&database.url, 2).await];
    let (tenant, _) = here.first_key().await;
    let keys = format!("/v1/tenants/{tenant}/api-keys");
    let (status, key) = post(&here, &keys, None, &json!({"name": "leaver", "scopes": ["guidance"]})).await;
    assert_eq!(status, 201, "{key}");
    let asked = async || {
        let request = there.get_without_key("/v1/guidance?kind=idea").bearer_auth(key["secret"].as_str().unwrap());
        request.send().await.unwrap()
    };
    assert_eq!(asked().await.status(), 200, "the other replica knows the key and the words now");
    there.clock.advance(-HOUR);

    let tip = "/v1/overlays/en/tip.take-time-first";
    let words = json!({"text": {"title": "Take an hour for yourself"}});
    let put = reqwest::Client::new().put(format!("{}{tip}", here.http)).bearer_auth(rebound_tests::service::KEY);
    assert_eq!(json(put.json(&words)).await.0, 200);
    assert_eq!(post(&here, "/v1/overlays/publish", None, &json!({})).await.0, 201);
    there.clock.advance(ACTS_WITHIN);
    let said = asked().await.text().await.unwrap();
    assert!(said.contains("Take an hour for yourself"), "{said}");

    there.clock.advance(-HOUR);
    let revoke = format!("{keys}/{}/revoke", key["id"].as_str().unwrap());
    assert_eq!(post(&here, &revoke, None, &json!({})).await.0, 200);
    there.clock.advance(ACTS_WITHIN);
    assert_eq!(asked().await.status(), 401);
}
