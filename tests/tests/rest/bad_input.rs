//! Every kind of bad input, on every field: a clear error that names the field and what is allowed.

use rebound_domain::context::{Field, Shape};
use rebound_tests::service::{TestService, json};
use serde_json::{Value, json};

fn pointers(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect()
}

fn is_problem(problem: &Value, status: u16, code: &str) {
    assert_eq!(problem["status"], status, "{problem}");
    assert_eq!(problem["code"], code, "{problem}");
    assert_eq!(problem["type"], format!("urn:rebound:problem:{code}"));
    assert!(!problem["title"].as_str().unwrap().is_empty());
    assert!(!problem["detail"].as_str().unwrap().is_empty());
    assert!(problem["instance"].as_str().unwrap().starts_with("req_"));
}

#[tokio::test]
async fn a_wrong_value_on_any_field_is_refused_with_the_pointer_and_what_is_allowed() {
    let service = TestService::start().await;
    for field in Field::ALL {
        let wrong = [json!("no_such_value"), json!(-1), json!(1.5), json!({}), json!([{}]), json!([["x"]]), json!("")];
        for value in wrong {
            let mut context = json!({ "kind": "idea" });
            context[field.name()] = value.clone();
            let (status, problem) = json(service.post("/v1/guidance", &json!({ "context": context }))).await;
            assert_eq!(status, 422, "{field} {value}");
            is_problem(&problem, 422, "invalid_request");
            let pointer = format!("/context/{field}");
            assert!(pointers(&problem).iter().any(|it| it.starts_with(&pointer)), "{problem}");
            let detail = problem["errors"][0]["detail"].as_str().unwrap();
            assert!(detail.contains("allowed"), "{detail}");
            assert!(!detail.contains("no_such_value"), "what was sent is not repeated: {detail}");
        }
    }
}

#[tokio::test]
async fn every_value_of_every_field_is_understood_in_both_forms() {
    let service = TestService::start().await;
    for field in Field::ALL {
        let values: Vec<Value> = match field.shape() {
            Shape::Choice(values) => values.iter().map(|value| json!(value)).collect(),
            Shape::List(values) => values.iter().map(|value| json!([value])).collect(),
            Shape::Flag => vec![json!(true), json!(false)],
            Shape::Count => vec![json!(0), json!(2_147_483_647)],
        };
        for value in values {
            let mut context = json!({ "kind": "idea" });
            context[field.name()] = value.clone();
            let (status, by_body) = json(service.post("/v1/guidance", &json!({ "context": context }))).await;
            assert_eq!(status, 200, "{field} {value}: {by_body}");
            let text = value.get(0).unwrap_or(&value).to_string().replace('"', "");
            let kind = if *field == Field::Kind { String::new() } else { "kind=idea&".to_owned() };
            let (_, by_query) = json(service.get(&format!("/v1/guidance?{kind}{field}={text}"))).await;
            assert_eq!(by_body, by_query, "{field} {value}");
        }
    }
}

#[tokio::test]
async fn an_integer_may_be_written_with_a_fraction_of_zero() {
    let service = TestService::start().await;
    let ask = |body: &str| json(service.post_bytes("/v1/guidance", "application/json", body.to_owned()));
    let (status, written) = ask(r#"{"context":{"kind":"idea","days_since":9.0},"limit":2.0}"#).await;
    let (_, plain) = ask(r#"{"context":{"kind":"idea","days_since":9},"limit":2}"#).await;
    assert_eq!((status, written), (200, plain));
    let (status, _) = ask(r#"{"context":{"kind":"idea"},"limit":1e300}"#).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn null_is_unknown() {
    let service = TestService::start().await;
    let nulls: serde_json::Map<_, _> = Field::ALL.iter().map(|field| (field.name().to_owned(), Value::Null)).collect();
    let mut context = Value::Object(nulls);
    context["kind"] = json!("idea");
    let request = json!({ "context": context, "locale": null, "limit": null, "explain": null });
    let (_, with_nulls) = json(service.post("/v1/guidance", &request)).await;
    let (_, without) = json(service.post("/v1/guidance", &json!({ "context": { "kind": "idea" } }))).await;
    assert_eq!(with_nulls, without);
    let (status, problem) = json(service.post("/v1/guidance", &json!({ "context": { "kind": null } }))).await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/context/kind"]));
}

#[tokio::test]
async fn all_that_is_wrong_is_named_at_once() {
    let service = TestService::start().await;
    let request = json!({
        "context": { "kind": "moon", "a/b~c": 1, "reasons": ["skill_gap", "x", 3], "rounds_completed": "two" },
        "locale": "not a tag", "limit": "many", "explain": "yes", "ref": "a", "more": {}
    });
    let (_, problem) = json(service.post("/v1/guidance", &request)).await;
    let mut found = pointers(&problem);
    found.sort_unstable();
    let expected = [
        "/context/a~1b~0c",
        "/context/kind",
        "/context/reasons/1",
        "/context/reasons/2",
        "/context/rounds_completed",
        "/explain",
        "/limit",
        "/locale",
        "/more",
        "/ref",
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn fields_that_contradict_each_other_are_refused() {
    let service = TestService::start().await;
    let cases = [
        (json!({ "kind": "idea", "conversation": "none", "conversation_with": ["manager"] }), "/context/conversation"),
        (json!({ "kind": "idea", "rounds_completed": 3, "rounds_total": 2 }), "/context/rounds_completed"),
        (json!({}), "/context/kind"),
    ];
    for (context, pointer) in cases {
        let (status, problem) = json(service.post("/v1/guidance", &json!({ "context": context }))).await;
        assert_eq!((status, pointers(&problem)), (422, vec![pointer]));
    }
    for (body, pointer) in
        [(json!({}), "/context"), (json!([null]), ""), (json!("x"), ""), (json!({"context": 1}), "/context")]
    {
        let (status, problem) = json(service.post("/v1/guidance", &body)).await;
        assert_eq!(status, 422, "{problem}");
        assert_eq!(pointers(&problem), [pointer], "{problem}");
    }
}

#[tokio::test]
async fn the_query_form_refuses_like_the_body() {
    let service = TestService::start().await;
    let cases = [
        ("kind=moon", "/kind"),
        ("", "/kind"),
        ("kind=idea&kind=project", "/kind"),
        ("kind=idea&moon=full", "/moon"),
        ("kind=idea&days_since=-1", "/days_since"),
        ("kind=idea&days_since=1&days_since=2", "/days_since"),
        ("kind=idea&reasons=skill_gap&reasons=x", "/reasons"),
        ("kind=idea&limit=x", "/limit"),
        ("kind=idea&explain=maybe", "/explain"),
        ("kind=idea&locale=%20", "/locale"),
        ("kind=idea&stage=", "/stage"),
    ];
    for (query, pointer) in cases {
        let (status, problem) = json(service.get(&format!("/v1/guidance?{query}"))).await;
        assert_eq!((status, pointers(&problem)), (422, vec![pointer]), "{query}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_json_are_malformed() {
    let service = TestService::start().await;
    let duplicated = r#"{"context":{"kind":"idea","kind":"project"}}"#;
    let bodies: [(&[u8], u16); 8] = [
        (b"", 400),
        (b"{", 400),
        (b"{\"context\":{\"kind\":\"idea\"}} x", 400),
        (b"\xff\xfe", 400),
        (b"{\"context\":{\"kind\":\"\xff\"}}", 400),
        ("[".repeat(20_000).leak().as_bytes(), 400),
        (b"{\"context\":{\"kind\":\"idea\",\"days_since\":1e400}}", 400),
        (duplicated.as_bytes(), 422),
    ];
    for (body, expected) in bodies {
        let (status, problem) = json(service.post_bytes("/v1/guidance", "application/json", body.to_vec())).await;
        assert_eq!(status, expected, "{problem}");
        is_problem(&problem, expected, if expected == 400 { "malformed_request" } else { "invalid_request" });
    }
}

#[tokio::test]
async fn content_type_and_size_are_checked() {
    let service = TestService::start().await;
    let body = json!({ "context": { "kind": "idea" } }).to_string();
    for content_type in ["text/plain", "application/xml", "", "application/jsonx"] {
        let (status, problem) = json(service.post_bytes("/v1/guidance", content_type, body.clone())).await;
        assert_eq!(status, 415);
        is_problem(&problem, 415, "unsupported_media_type");
    }
    let (status, _) = json(service.post_bytes("/v1/guidance", "Application/JSON; charset=utf-8", body.clone())).await;
    assert_eq!(status, 200);
    let padded = |bytes: usize| format!("{body}{}", " ".repeat(bytes - body.len()));
    let (status, _) = json(service.post_bytes("/v1/guidance", "application/json", padded(65_536))).await;
    assert_eq!(status, 200);
    let (status, problem) = json(service.post_bytes("/v1/guidance", "application/json", padded(65_537))).await;
    assert_eq!(status, 413);
    is_problem(&problem, 413, "too_large");
}

#[tokio::test]
async fn paths_and_methods_that_do_not_exist_are_problems_too() {
    let service = TestService::start().await;
    let (status, problem) = json(service.get("/v1/moon")).await;
    assert_eq!(status, 404);
    is_problem(&problem, 404, "not_found");
    let answer = service.post("/v1/tips", &json!({})).send().await.unwrap();
    assert_eq!(answer.headers()["allow"], "GET,HEAD");
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    is_problem(&answer.json().await.unwrap(), 405, "method_not_allowed");
}

#[tokio::test]
async fn an_error_is_never_many_times_as_long_as_what_it_is_about() {
    let service = TestService::start().await;
    let reasons = vec![json!(1); 20_000];
    let unknown: serde_json::Map<_, _> = (0..5_000).map(|number| (format!("x{number}"), json!(1))).collect();
    for context in [json!({ "kind": "idea", "reasons": reasons }), Value::Object(unknown.clone())] {
        let (status, problem) = json(service.post("/v1/guidance", &json!({ "context": context }))).await;
        assert_eq!((status, pointers(&problem).len()), (422, 20));
    }
    let (status, problem) = json(service.post("/v1/guidance", &Value::Object(unknown))).await;
    assert_eq!((status, pointers(&problem).len()), (422, 20));
}

#[tokio::test]
async fn nothing_may_be_given_twice() {
    let service = TestService::start().await;
    for name in ["locale", "limit", "explain"] {
        let (value, text) = if name == "explain" {
            ("true", "true")
        } else if name == "limit" {
            ("3", "3")
        } else {
            ("\"en\"", "en")
        };
        let body = format!("{{\"context\":{{\"kind\":\"idea\"}},\"{name}\":{value},\"{name}\":{value}}}");
        let (status, problem) = json(service.post_bytes("/v1/guidance", "application/json", body)).await;
        assert_eq!((status, pointers(&problem)), (422, vec![&*format!("/{name}")]));
        let (status, problem) = json(service.get(&format!("/v1/guidance?kind=idea&{name}={text}&{name}={text}"))).await;
        assert_eq!((status, pointers(&problem)), (422, vec![&*format!("/{name}")]));
    }
    for name in ["page_size", "page_token", "locale"] {
        let (status, problem) = json(service.get(&format!("/v1/tips?{name}=1&{name}=1"))).await;
        assert_eq!(status, 422);
        assert!(problem.to_string().contains("given more than once"), "{problem}");
    }
}

#[tokio::test]
async fn odd_paths_and_names_are_pointed_at() {
    let service = TestService::start().await;
    let (status, problem) = json(service.get("/v1/tips/%FF")).await;
    assert_eq!((status, &problem["code"]), (404, &json!("not_found")));
    let (_, problem) = json(service.get("/v1/tips?a%2Fb~=1")).await;
    assert_eq!(pointers(&problem), ["/a~1b~0"]);
    let (_, problem) = json(service.post("/v1/guidance", &json!({ "context": { "": 1 } }))).await;
    assert_eq!(pointers(&problem), ["/context/", "/context/kind"]);
    let (status, _) = json(service.get("/v1/guidance?kind=idea&limit=99999999999999999999999")).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn limits_are_clamped_not_refused() {
    let service = TestService::start().await;
    let context = json!({ "kind": "job_application", "conversation": "held", "stage": "interview", "days_since": 9 });
    let steps = async |limit: i64| {
        let (status, answer) = json(service.post("/v1/guidance", &json!({ "context": context, "limit": limit }))).await;
        assert_eq!(status, 200);
        answer["steps"].as_array().unwrap().len()
    };
    for (limit, expected) in [(i64::MIN, 1), (-5, 1), (0, 1), (1, 1), (3, 3)] {
        assert_eq!(steps(limit).await, expected, "{limit}");
    }
    let most = steps(50).await;
    assert!(most > 20);
    assert_eq!((steps(51).await, steps(i64::MAX).await), (most, most));
}
