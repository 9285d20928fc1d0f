//! Sparse answers: the query parameter `fields`.

use std::io::Read as _;

use rebound_tests::archive::current_version;
use rebound_tests::service::{TestService, json};
use serde_json::{Value, json};

const PATH: &str = "/v1/guidance?kind=job_application&conversation=held&stage=interview";

#[tokio::test]
async fn only_what_is_wanted_comes_in_the_order_of_the_whole_answer() {
    let service = TestService::start().await;
    let body = json!({ "context": { "kind": "idea", "phase": "shock" }, "limit": 1 });
    let version = format!(r#"{{"catalog_version":"{}"}}"#, current_version());
    let cases = [
        ("catalog_version", &*version),
        ("steps.tip,locale", r#"{"locale":{"resolved":"en"},"steps":[{"tip":"take-time-first"}]}"#),
        (
            "steps(sources(atom),timing/within_hours,phase)",
            r#"{"steps":[{"phase":"recover","timing":{"within_hours":48},"sources":[{"atom":"give-yourself-time"}]}]}"#,
        ),
        ("withheld.tip", "{}"),
    ];
    for (fields, expected) in cases {
        let path = format!("/v1/guidance?fields={fields}");
        assert_eq!(service.post(&path, &body).send().await.unwrap().text().await.unwrap(), expected, "{fields}");
        let path = format!("/v1/guidance?kind=idea&fields={fields}&phase=shock&limit=1");
        assert_eq!(service.get(&path).send().await.unwrap().text().await.unwrap(), expected, "{fields}");
    }
    let (_, list) = json(service.get("/v1/tips?fields=tips(id),next_page_token&page_size=2")).await;
    assert_eq!(
        list["tips"],
        json!([{ "id": "a-hundred-days-of-asking" }, { "id": "a-last-message-can-stay-in-mind" }])
    );
    assert!(!list["next_page_token"].as_str().unwrap().is_empty());
    assert_eq!(list.as_object().unwrap().len(), 2);
    let (_, encoded) = json(service.get("/v1/tips/take-time-first?fields=id%2Ctiming%28within_hours%29")).await;
    assert_eq!(encoded, json!({ "id": "take-time-first", "timing": { "within_hours": 48 } }));
}

#[tokio::test]
async fn every_operation_that_answers_an_object_has_fields_and_says_so() {
    let service = TestService::start().await;
    let (_, document) = json(service.get_without_key("/openapi.json")).await;
    let mut sparse = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
            let parameter = parameters.iter().find(|parameter| parameter["name"] == "fields");
            let good = operation["responses"].as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2'));
            let answers_json =
                good.map(|(_, answer)| answer).any(|answer| !answer["content"]["application/json"].is_null());
            let is_streamed = operation["x-streamed"] == true;
            assert_eq!(parameter.is_some(), answers_json && !is_streamed, "{method} {path}");
            let Some(parameter) = parameter else { continue };
            // One answer of each kind is cut; histories and administration leave through the same place.
            if operation["tags"] != json!(["guidance"]) && operation["tags"] != json!(["catalog"]) {
                continue;
            }
            sparse.push(operation["operationId"].as_str().unwrap().to_owned());
            let example = parameter["example"].as_str().unwrap();
            let path = path.replace("{id}", "take-time-first");
            let request = match method.as_str() {
                "get" if path == "/v1/guidance" => service.get(&format!("{path}?kind=idea&fields={example}")),
                "get" => service.get(&format!("{path}?fields={example}")),
                _ => service.post(&format!("{path}?fields={example}"), &json!({ "context": { "kind": "idea" } })),
            };
            let (status, answer) = json(request).await;
            assert_eq!(status, 200, "{method} {path}: {answer}");
            let names: Vec<_> = answer.as_object().unwrap().keys().collect();
            assert_eq!(names, [example.split('(').next().unwrap()], "{method} {path}?fields={example}");
        }
    }
    sparse.sort();
    let expected = [
        "getGuidance",
        "getGuidanceByQuery",
        "getTaxonomy",
        "getTip",
        "listCatalogVersions",
        "listChallenges",
        "listPrompts",
        "listScenarios",
        "listSources",
        "listTips",
    ];
    assert!(expected.iter().all(|operation| sparse.iter().any(|found| found == operation)), "{sparse:?}");
}

#[tokio::test]
async fn what_the_answer_cannot_have_is_refused_before_anything_else_is_done() {
    let service = TestService::start().await;
    let cases = [
        (
            "/v1/guidance?kind=idea&fields=moon",
            "no such field; allowed: catalog_version, locale, overlay, steps, withheld",
        ),
        ("/v1/guidance?kind=idea&fields", "no such field; allowed: catalog_version, locale, overlay, steps, withheld"),
        (
            "/v1/tips?fields=tips(id,moon)",
            "no such field below `tips`; allowed: actions, audiences, body, deprecated, enabled, id, overridden, phase, \
             priority, since, sources, timing, title",
        ),
        ("/v1/tips/moon?fields=timing.days", "no such field below `timing`; allowed: not_before_hours, within_hours"),
        ("/v1/catalog-versions?fields=catalog_versions.changes.text", "`catalog_versions.changes` has no fields"),
        ("/v1/tips?fields=tips&fields=next_page_token", "given more than once"),
        ("/v1/tips?fields=tips(id", "cannot be read"),
    ];
    for (path, detail) in cases {
        let (status, problem) = json(service.get(path)).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/fields")), "{path}: {problem}");
        let said = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(said.starts_with(detail), "{path}: {said}");
        let keyless = service.get_without_key(path).send().await.unwrap();
        assert_eq!(keyless.status(), 401, "who may not call learns nothing");
    }
    let (status, problem) = json(service.post("/v1/guidance?fields=moon", &json!({}))).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/fields")));
}

#[tokio::test]
async fn problems_and_streams_are_not_cut() {
    let service = TestService::start().await;
    let (_, whole) = json(service.get("/v1/tips/moon")).await;
    let (status, problem) = json(service.get("/v1/tips/moon?fields=id")).await;
    assert_eq!((status, &problem["detail"], &problem["type"]), (404, &whole["detail"], &whole["type"]));
    let (status, problem) = json(service.get("/v1/tips?fields=tips&moon=full")).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/moon")));
    let line = json!({ "context": { "kind": "idea" } }).to_string();
    let batch = |query| service.post_bytes(&format!("/v1/guidance/batch{query}"), "application/x-ndjson", line.clone());
    assert_eq!(json(batch("?fields=guidance")).await, json(batch("")).await);
    let document = service.get_without_key("/openapi.json?fields=info").send().await.unwrap();
    assert!(document.json::<Value>().await.unwrap()["paths"].is_object());
}

#[tokio::test]
async fn tags_and_compression_are_right_for_the_part_too() {
    let service = TestService::start().await;
    let sparse = format!("{PATH}&limit=50&fields=steps(tip,body)");
    let first = service.get(&sparse).send().await.unwrap();
    assert!(first.headers().get("content-encoding").is_none());
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    let length = first.headers()["content-length"].to_str().unwrap().to_owned();
    let plain = first.bytes().await.unwrap();
    assert_eq!(length, plain.len().to_string());
    let again = service.get(&sparse).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!((again.status().as_u16(), again.headers()["etag"].to_str().unwrap()), (304, &*tag));
    let other = service.get(&sparse.replace("limit=50", "limit=49")).header("if-none-match", &tag);
    assert_eq!(other.send().await.unwrap().status(), 200);

    let packed = service.get(&sparse).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert!(packed.headers()["vary"].to_str().unwrap().contains("accept-encoding"));
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&*packed.bytes().await.unwrap()).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain);

    let head =
        reqwest::Client::new().head(format!("{}{sparse}", service.http)).bearer_auth(rebound_tests::service::KEY);
    let head = head.send().await.unwrap();
    assert_eq!((head.status().as_u16(), head.headers()["etag"].to_str().unwrap()), (200, &*tag));
}

#[tokio::test]
async fn a_part_is_cut_from_the_remembered_whole_and_never_remembered_instead() {
    let service = TestService::start().await;
    let sparse = format!("{PATH}&fields=catalog_version");
    let (_, part) = json(service.get(&sparse)).await;
    let (_, whole) = json(service.get(PATH)).await;
    assert_eq!(part, json!({ "catalog_version": whole["catalog_version"] }));
    assert!(whole["steps"].is_array());
    assert_eq!(json(service.get(&sparse)).await.1, part);
    let metrics = service.get_without_key("/metrics").send().await.unwrap().text().await.unwrap();
    for line in [
        "rebound_memo_misses_total{api=\"rest\"} 1",
        "rebound_memo_hits_total{api=\"rest\"} 2",
        "rebound_http_requests_total{method=\"GET\",route=\"/v1/guidance\",status=\"200\"} 3",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
}
