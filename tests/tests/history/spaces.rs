//! Two spaces: what the employer's side recorded, and what is the person's. Each key sees and knows only its own.

use rebound_tests::service::{TestService, json};
use reqwest::Method;
use serde_json::{Value, json};

use crate::door::{Door, EMPLOYER, NOW, PERSON, code, pointers};

/// Members that are the person's alone.
const OF_THE_PERSON: [&str; 9] =
    ["space", "phase", "causes", "suggested_phase", "journey", "contacts", "feedback_items", "reflections", "safety"];

struct Doors {
    employer: Door,
    person: Door,
}

impl Doors {
    async fn open(service: &TestService) -> Self {
        Self { employer: Door::with(service, "u", EMPLOYER).await, person: Door::with(service, "u", PERSON).await }
    }
}

#[tokio::test]
async fn the_employer_sees_the_record_without_a_trace_of_the_diary() {
    let service = TestService::start().await;
    let Doors { employer, person } = Doors::open(&service).await;
    let (path, recorded) = employer.reject(json!({"stage": "interview", "feedback": "none"})).await;
    for name in OF_THE_PERSON {
        assert!(recorded.get(name).is_none(), "{name} in {recorded}");
    }
    let before = (employer.tag(&path).await, employer.get(&path).await, employer.get("/rejections").await);
    let contact = json!({"purpose": "feedback_request", "channel": "email", "sent_at": NOW});
    for (below, body) in [
        ("/advance", json!({"to": "processing"})),
        ("/contacts", contact),
        ("/feedback", json!({"text": "More examples, please."})),
        ("/reflections", json!({"answers": [{"prompt": "what-went-well", "text": "x"}]})),
        ("/outcome", json!({"result": "hired_elsewhere"})),
    ] {
        let (status, answer) = person.post(&format!("{path}{below}"), body).await;
        assert!(status == 200 || status == 201, "{below}: {answer}");
    }
    assert_eq!(person.patch(&path, json!({"causes": ["nerves"], "stage": "offer"})).await.0, 200);
    let after = (employer.tag(&path).await, employer.get(&path).await, employer.get("/rejections").await);
    assert_eq!(after, before, "the diary moves nothing that the employer's side sees");
    let (_, whole) = person.get(&path).await;
    for name in OF_THE_PERSON {
        assert!(name == "suggested_phase" || whole.get(name).is_some(), "{name} in {whole}");
    }
    assert_eq!((&whole["stage"], &whole["feedback"]), (&json!("offer"), &json!("received")));
    assert_eq!(whole["result"]["result"], "hired_elsewhere");
    let stays = employer.request(Method::PATCH, &path, &json!({"role": "x"})).header("if-match", &before.0);
    assert_eq!(stays.send().await.unwrap().status(), 200, "nor does it make the employer's tag stale");
}

#[tokio::test]
async fn what_only_the_person_wrote_does_not_exist_for_the_employer() {
    let service = TestService::start().await;
    let Doors { employer, person } = Doors::open(&service).await;
    let (path, own) = person.reject(json!({"phase": "shock", "role": "mine"})).await;
    assert_eq!((&own["space"], &own["phase"]), (&json!("person"), &json!("shock")));
    assert_eq!(employer.get("/rejections").await.1["rejections"], json!([]));
    let unknown = Door::with(&service, "somebody-else", EMPLOYER).await;
    let unknown = unknown.get("/rejections/rej_01h455vb4pex5vsknk084sn02q").await;
    let plain = |(status, mut problem): (u16, Value)| {
        problem["instance"] = Value::Null;
        (status, problem)
    };
    assert_eq!(plain(employer.get(&path).await), plain(unknown), "as little as one that never was");
    for (method, below, body) in [
        (Method::GET, "/guidance", Value::Null),
        (Method::PATCH, "", json!({"role": "theirs"})),
        (Method::DELETE, "", Value::Null),
        (Method::POST, "/outcome", json!({"result": "closed"})),
    ] {
        let (status, _) = json(employer.request(method, &format!("{path}{below}"), &body)).await;
        assert_eq!(status, 404, "{below}");
    }
    assert_eq!(person.get(&path).await.1["role"], "mine");
}

#[tokio::test]
async fn what_is_the_persons_to_say_is_not_said_by_the_employer() {
    let service = TestService::start().await;
    let Doors { employer, person } = Doors::open(&service).await;
    let body = json!({"kind": "idea", "occurred_at": NOW, "phase": "shock"});
    let (status, problem) = employer.post("/rejections", body).await;
    assert_eq!((status, code(&problem), pointers(&problem)), (403, "permission_denied", vec!["/phase"]));
    let (path, _) = employer.reject(json!({})).await;
    let (status, problem) = employer.patch(&path, json!({"causes": null})).await;
    assert_eq!((status, pointers(&problem)), (403, vec!["/causes"]));
    let (status, problem) = person.patch(&path, json!({"organization": "X"})).await;
    assert_eq!((status, code(&problem)), (403, "permission_denied"), "the record is the employer's");
    for (method, below, body) in [
        (Method::POST, "/advance", json!({"to": "shock"})),
        (Method::POST, "/contacts", json!({})),
        (Method::POST, "/feedback", json!({})),
        (Method::POST, "/reflections", json!({})),
    ] {
        let (status, _) = json(employer.request(method, &format!("{path}{below}"), &body)).await;
        assert_eq!(status, 403, "{below}");
    }
    for below in ["/action-items", "/timeline", "/insights", "/development-plan", "/export"] {
        assert_eq!(employer.get(below).await.0, 403, "{below}");
    }
}

#[tokio::test]
async fn each_side_deletes_its_own() {
    let service = TestService::start().await;
    let Doors { employer, person } = Doors::open(&service).await;
    let (path, _) = employer.reject(json!({})).await;
    person.post(&format!("{path}/advance"), json!({"to": "shock"})).await;
    assert_eq!(person.delete(&path).await, 204);
    assert!(person.get(&path).await.1.get("phase").is_none(), "the diary is gone");
    let (_, timeline) = person.get("/timeline").await;
    let lines: Vec<_> = timeline["entries"].as_array().unwrap().iter().map(|line| &line["type"]).collect();
    assert_eq!(lines, ["rejection"], "and so is what the timeline said of it");
    assert_eq!(employer.get(&path).await.0, 200, "the record is not");
    person.post(&format!("{path}/advance"), json!({"to": "shock"})).await;
    assert_eq!(employer.delete(&path).await, 204);
    assert_eq!(employer.get(&path).await.0, 404);
    let (status, kept) = person.get(&path).await;
    assert_eq!((status, &kept["phase"], &kept["space"]), (200, &json!("shock"), &json!("person")));
}

#[tokio::test]
async fn a_second_delivery_leaves_the_person_where_the_person_is() {
    let service = TestService::start().await;
    let everything = Door::new(&service, "u");
    let told = json!({"external_ref": "ats-1", "phase": "shock", "role": "Clerk"});
    let (path, _) = everything.reject(told.clone()).await;
    assert_eq!(everything.post(&format!("{path}/advance"), json!({"to": "processing"})).await.0, 200);
    let mut again = json!({"kind": "job_application", "occurred_at": NOW});
    again.as_object_mut().unwrap().extend(told.as_object().unwrap().clone());
    let (status, second) = everything.post("/rejections", again).await;
    assert_eq!((status, &second["phase"], &second["role"]), (200, &json!("processing"), &json!("Clerk")));
}

#[tokio::test]
async fn a_contradiction_with_the_diary_tells_the_employer_nothing() {
    let service = TestService::start().await;
    let Doors { employer, person } = Doors::open(&service).await;
    let (path, _) = employer.reject(json!({})).await;
    let stated = json!({"conversation": "none", "still_interested": true});
    assert_eq!(person.patch(&path, stated).await.0, 200);
    let (status, recorded) = employer.patch(&path, json!({"conversation_with": ["recruiter"]})).await;
    assert_eq!((status, &recorded["conversation_with"]), (200, &json!(["recruiter"])), "as if nothing were stated");
    let (status, seen) = person.get(&path).await;
    assert_eq!((status, &seen["conversation_with"]), (200, &json!(["recruiter"])));
    assert_eq!(person.get(&format!("{path}/guidance")).await.0, 200);
    assert_eq!(person.patch(&path, json!({"conversation": "none"})).await.0, 422, "the person is told");
}

#[tokio::test]
async fn a_reference_that_the_person_uses_is_free_for_the_employer() {
    let service = TestService::start().await;
    let Doors { employer, person } = Doors::open(&service).await;
    let body = json!({"kind": "idea", "occurred_at": NOW, "external_ref": "ats-7"});
    let (status, own) = person.post("/rejections", body.clone()).await;
    assert_eq!((status, &own["space"]), (201, &json!("person")));
    let (status, recorded) = employer.post("/rejections", body.clone()).await;
    assert_eq!(status, 201, "{recorded}");
    let again = (employer.post("/rejections", body.clone()).await, person.post("/rejections", body).await);
    assert_eq!((again.0.0, &again.0.1["id"]), (200, &recorded["id"]));
    assert_eq!((again.1.0, &again.1.1["id"]), (200, &own["id"]));
}
