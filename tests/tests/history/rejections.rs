//! Rejections: recorded once, read, listed by the page, changed, deleted.

use rebound_tests::service::{TestService, json};
use reqwest::Method;
use serde_json::{Value, json};

use crate::door::{Door, NOW, code, pointers, tag};

#[tokio::test]
async fn what_is_recorded_is_what_is_read() {
    let service = TestService::start().await;
    let door = Door::new(&service, "anna@example.org");
    let body = json!({
        "kind": "job_application", "stage": "interview", "conversation_with": ["interviewer"], "phase": "shock",
        "causes": ["nerves"], "still_interested": true, "rounds_completed": 3, "organization": "Example Ltd",
        "role": "Analyst", "occurred_at": "2026-01-02T01:00:00+02:00", "external_ref": "ats-1",
    });
    let answer = door.request(Method::POST, "/rejections", &body).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.headers()["cache-control"], "private, no-store");
    let (location, tag) = (answer.headers()["location"].to_str().unwrap().to_owned(), tag(&answer));
    assert!(location.starts_with("/v1/users/anna%40example.org/rejections/rej_"), "{location}");
    let recorded: Value = answer.json().await.unwrap();
    for (name, value) in body.as_object().unwrap() {
        if name != "occurred_at" {
            assert_eq!(&recorded[name], value, "{name}");
        }
    }
    assert_eq!(recorded["occurred_at"], "2026-01-01T23:00:00Z");
    assert_eq!(recorded["user_id"], "anna@example.org");
    assert_eq!((&recorded["decided_by"], &recorded["space"]), (&json!("them"), &json!("employer")));
    assert_eq!(recorded["journey"]["analyse"]["state"], "locked");
    assert!(recorded["journey"]["analyse"]["unlock"].is_string());
    assert_eq!(recorded["safety"]["support_link"], "https://findahelpline.com/");
    assert!(recorded.get("outcome").is_none() && recorded.get("response_overdue").is_none());

    let read = service.get(&location).send().await.unwrap();
    assert_eq!(read.headers()["etag"], *tag);
    assert_eq!(read.json::<Value>().await.unwrap(), recorded);
    let unchanged = service.get(&location).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!((unchanged.status().as_u16(), unchanged.text().await.unwrap()), (304, String::new()));
}

#[tokio::test]
async fn silence_has_a_day_by_which_an_answer_was_due() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    let (path, silence) = door.reject(json!({"outcome": "no_response"})).await;
    assert_eq!((&silence["decided_by"], &silence["response_overdue"]), (&json!("nobody"), &json!(false)));
    assert_eq!(silence["response_due_at"], "2026-01-16T03:04:05Z");
    service.clock.advance(jiff::SignedDuration::from_hours(24 * 14));
    assert_eq!(door.get(&path).await.1["response_overdue"], true);
    let (status, answered) = door.patch(&path, json!({"outcome": "declined"})).await;
    assert_eq!((status, &answered["decided_by"]), (200, &json!("them")));
    assert!(answered.get("response_due_at").is_none(), "an answer came");
}

#[tokio::test]
async fn a_person_may_have_withdrawn_whether_or_not_an_answer_came() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    for outcome in [json!(null), json!("declined"), json!("no_response")] {
        let (path, withdrawn) = door.reject(json!({"outcome": outcome, "decided_by": "me"})).await;
        assert_eq!(withdrawn["decided_by"], "me", "{outcome}");
        let (status, same) = door.patch(&path, json!({"decided_by": "me"})).await;
        assert_eq!((status, &same["decided_by"]), (200, &json!("me")), "{outcome}");
    }
}

#[tokio::test]
async fn the_same_reference_is_the_same_rejection() {
    let service = TestService::start().await;
    let (door, other) = (Door::new(&service, "a"), Door::new(&service, "b"));
    let (_, first) = door.reject(json!({"external_ref": "ats-1", "role": "Analyst"})).await;
    let again = json!({"kind": "job_application", "occurred_at": NOW, "external_ref": "ats-1", "stage": "offer"});
    let (status, second) = door.post("/rejections", again.clone()).await;
    assert_eq!((status, &second["id"], &second["stage"]), (200, &first["id"], &json!("offer")));
    assert!(second.get("role").is_none(), "the second delivery is what holds");
    let (status, problem) = other.post("/rejections", again).await;
    assert_eq!((status, code(&problem)), (409, "conflict"));
    assert_eq!(door.get("/rejections").await.1["rejections"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_request_with_a_key_of_its_own_is_done_once() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    let send = async |key: &str, role: &str| {
        let body = json!({"kind": "idea", "occurred_at": NOW, "role": role});
        json(door.request(Method::POST, "/rejections", &body).header("idempotency-key", key)).await
    };
    let (status, first) = send("once", "A").await;
    assert_eq!(status, 201);
    assert_eq!(send("once", "A").await, (201, first.clone()));
    let (status, problem) = send("once", "B").await;
    assert_eq!((status, code(&problem)), (422, "idempotency_key_reused"));
    let (status, problem) = send("with space", "A").await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/Idempotency-Key"]));
    assert_eq!(door.get("/rejections").await.1["rejections"], json!([first]));
}

#[tokio::test]
async fn a_change_needs_the_state_that_was_read() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    let (path, _) = door.reject(json!({"role": "Analyst", "stage": "interview", "causes": ["nerves"]})).await;
    let seen = door.tag(&path).await;
    let change = async |tag: &str, body: Value| {
        door.request(Method::PATCH, &path, &body)
            .header("content-type", "application/merge-patch+json")
            .header("if-match", tag)
            .send()
            .await
            .unwrap()
    };
    let changed = change(&seen, json!({"role": null, "stage": "offer", "causes": null, "organization": "X"})).await;
    assert_eq!(changed.status(), 200);
    assert_ne!(tag(&changed), seen);
    let changed: Value = changed.json().await.unwrap();
    assert_eq!((&changed["stage"], &changed["organization"]), (&json!("offer"), &json!("X")));
    assert!(changed.get("role").is_none() && changed.get("causes").is_none(), "{changed}");
    let stale = change(&seen, json!({"role": "B"})).await;
    assert_eq!(
        (stale.status().as_u16(), stale.headers()["cache-control"].to_str().unwrap()),
        (412, "private, no-store")
    );
    let deletion = door.request(Method::DELETE, &path, &Value::Null).header("if-match", &seen);
    assert_eq!(deletion.send().await.unwrap().status(), 412);
    assert_eq!(change("\"none\", *", json!({"role": "B"})).await.status(), 200);
    let (status, problem) = door.patch(&path, json!({"kind": null, "occurred_at": null, "decided_by": null})).await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/occurred_at", "/decided_by"]), "what has to be there stays");
    let (status, problem) = door.patch(&path, json!({"kind": null})).await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/kind"]));
    assert_eq!(door.delete(&path).await, 204);
    assert_eq!(door.get(&path).await.0, 404);
    assert_eq!(door.delete(&path).await, 404);
}

#[tokio::test]
async fn a_list_is_read_by_the_page_while_rows_come_and_go() {
    let service = TestService::start().await;
    let door = Door::new(&service, "u");
    for day in 1..=5 {
        let kind = if day % 2 == 0 { "idea" } else { "job_application" };
        let occurred_at = format!("2025-12-0{day}T10:00:00Z");
        door.reject(json!({"kind": kind, "role": format!("{day}"), "occurred_at": occurred_at})).await;
    }
    let roles = |page: &Value| {
        let found = page["rejections"].as_array().unwrap().iter();
        found.map(|found| found["role"].as_str().unwrap().to_owned()).collect::<Vec<_>>().concat()
    };
    let (_, first) = door.get("/rejections?page_size=2").await;
    assert_eq!(roles(&first), "54");
    let token = first["next_page_token"].as_str().unwrap();
    let newest = first["rejections"][0]["id"].as_str().unwrap();
    assert_eq!(door.delete(&format!("/rejections/{newest}")).await, 204);
    door.reject(json!({"role": "6"})).await;
    let (_, second) = door.get(&format!("/rejections?page_size=2&page_token={token}")).await;
    assert_eq!(roles(&second), "32", "nothing twice, nothing left out");
    let token = second["next_page_token"].as_str().unwrap();
    let (_, last) = door.get(&format!("/rejections?page_size=2&page_token={token}")).await;
    assert_eq!((roles(&last).as_str(), &last["next_page_token"]), ("1", &json!("")));

    for elsewhere in [format!("?kind=idea&page_token={token}"), "?page_token=00".to_owned()] {
        let (status, problem) = door.get(&format!("/rejections{elsewhere}")).await;
        assert_eq!((status, pointers(&problem)), (422, vec!["/page_token"]), "{elsewhere}");
    }
    let (status, _) = Door::new(&service, "v").get(&format!("/rejections?page_token={token}")).await;
    assert_eq!(status, 422, "a token is one person's");

    let filtered = async |query: &str| roles(&door.get(&format!("/rejections?{query}")).await.1);
    assert_eq!(filtered("kind=idea").await, "42");
    assert_eq!(filtered("since=2025-12-03T10:00:00Z&until=2026-01-01T00:00:00%2B01:00").await, "43");
    assert_eq!(filtered("stage=offer").await, "");
    let (status, problem) = door.get("/rejections?kind=x&since=today&page_size=x&sort=up&kind=idea").await;
    assert_eq!(status, 422);
    let mut found = pointers(&problem);
    found.sort_unstable();
    assert_eq!(found, ["/kind", "/kind", "/page_size", "/since", "/sort"]);
}
