//! Fragments through all three doors: the same answers, the same refusals, one by one and many at once.

use futures_util::{StreamExt as _, stream};
use rebound_tests::program;
use rebound_tests::proto::batch_render_fragments_response::Result as Content;
use rebound_tests::proto::fragment_service_client::FragmentServiceClient;
use rebound_tests::proto::{BatchRenderFragmentsRequest, FragmentDefaults, RenderFragmentRequest};
use rebound_tests::service::{TestService, json, reason, with_key};
use rebound_tests::situations;
use serde_json::{Value, json};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::fragments_as_json::{defaults, fragment, item, request, response, summary};

const NDJSON: &str = "application/x-ndjson";

fn brand() -> Value {
    json!({
        "name": "Example & {{CANDIDATE_NAME}} ${x}",
        "voice": "name",
        "signoff": "With thanks, {{CANDIDATE_FIRST_NAME}}\nThe <people> team",
        "link": { "text": "Open roles", "url": "https://example.com/jobs?a=1&b=2" },
        "link_color": "#767676"
    })
}

fn tags() -> Value {
    json!({ "dialect": "greenhouse", "keep": ["{{CANDIDATE_FIRST_NAME}}"] })
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn batch(service: &TestService, path: &str, body: &str) -> Vec<Value> {
    let answer = service.post_bytes(path, NDJSON, body.to_owned()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    lines(&answer.text().await.unwrap())
}

fn by_command(arguments: &[&str], body: &str) -> (Option<i32>, Vec<Value>) {
    let folder = tempfile::tempdir().unwrap();
    let output = program::run(folder.path(), &[&["fragments"], arguments, &["-"]].concat(), body);
    assert!(!String::from_utf8_lossy(&output.stderr).contains('\u{1b}'), "no progress where no terminal is");
    (output.status.code(), lines(&String::from_utf8(output.stdout).unwrap()))
}

async fn by_grpc(service: &TestService, requests: Vec<BatchRenderFragmentsRequest>) -> Vec<Value> {
    let mut grpc = FragmentServiceClient::new(service.channel().await);
    let answers = grpc.batch_render_fragments(with_key(stream::iter(requests))).await.unwrap().into_inner();
    let answers: Vec<_> = answers.map(Result::unwrap).collect().await;
    let line = |answer: &rebound_tests::proto::BatchRenderFragmentsResponse| {
        let mut line = match answer.result.as_ref().unwrap() {
            Content::Fragment(it) => json!({ "fragment": fragment(it) }),
            Content::FragmentId(id) => json!({ "fragment_id": id }),
            Content::Error(error) => {
                json!({ "error": error.code, "pointers": error.errors.iter().map(|it| &it.pointer).collect::<Vec<_>>() })
            }
            Content::Summary(it) => json!({ "summary": summary(it) }),
        };
        if !answer.r#ref.is_empty() {
            line["ref"] = json!(answer.r#ref);
        }
        line
    };
    answers.iter().map(line).collect()
}

/// A line of REST in the form in which errors of both can be compared.
fn comparable(mut line: Value) -> Value {
    if let Some(problem) = line.as_object_mut().unwrap().remove("error") {
        let errors = problem["errors"].as_array().into_iter().flatten();
        line["pointers"] = errors.map(|error| error["pointer"].clone()).collect();
        line["error"] = problem["code"].clone();
    }
    line
}

#[tokio::test]
async fn every_situation_gets_the_same_fragment_by_rest_grpc_and_command_line() {
    let service = TestService::start().await;
    let mut grpc = FragmentServiceClient::new(service.channel().await);
    for (number, situation) in situations::all().iter().enumerate() {
        let mut body =
            json!({ "context": situation.context, "locale": "en-GB", "heading_level": 2, "max_tips": number });
        if number % 2 == 0 {
            body["brand"] = brand();
            body["merge_tags"] = tags();
        }
        if number % 3 == 0 {
            body["formats"] = json!(["text", "blocks"]);
            body["budget_bytes"] = json!(1500);
        }
        let answer = service.post("/v1/fragments", &body).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", situation.name);
        let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
        let by_rest: Value = answer.json().await.unwrap();
        assert_eq!(by_rest["etag"], tag);
        assert_eq!(by_rest["locale"], json!({ "requested": "en-GB", "resolved": "en" }));

        let by_grpc = grpc.render_fragment(with_key(request(&body))).await.unwrap().into_inner();
        assert_eq!(response(&by_grpc), by_rest, "{}", situation.name);

        let (code, by_command) = by_command(&[], &body.to_string());
        assert_eq!((code, by_command.len()), (Some(0), 2));
        let mut named = by_rest;
        named["id"] = by_command[1]["fragment_id"].clone();
        assert_eq!(by_command[0]["fragment"], named, "{}", situation.name);
    }
}

#[tokio::test]
async fn what_rest_refuses_grpc_refuses_with_the_same_fields() {
    let service = TestService::start().await;
    let mut grpc = FragmentServiceClient::new(service.channel().await);
    let idea = json!({ "kind": "idea" });
    for (body, pointers) in [
        (json!({}), vec!["/context"]),
        (json!({ "context": {}, "heading_level": 0 }), vec!["/context/kind", "/heading_level"]),
        (
            json!({ "context": idea, "locale": "not a tag", "catalog_version": "1" }),
            vec!["/catalog_version", "/locale"],
        ),
        (json!({ "context": idea, "brand": { "voice": "name" } }), vec!["/brand/name"]),
        (
            json!({ "context": idea, "brand": { "link": {}, "link_color": "red" } }),
            vec!["/brand/link_color", "/brand/link/text", "/brand/link/url"],
        ),
        (
            json!({ "context": idea, "brand": { "name": "Example" }, "merge_tags": { "dialect": "zoho", "keep": [""] } }),
            vec!["/merge_tags/keep/0"],
        ),
        (
            json!({ "context": idea, "merge_tags": { "dialect": "zoho", "keep": ["{{a}}"] } }),
            vec!["/merge_tags/keep/0"],
        ),
        (json!({ "context": idea, "budget_bytes": -5 }), vec!["/budget_bytes"]),
    ] {
        let (status, problem) = json(service.post("/v1/fragments", &body)).await;
        let found: Vec<_> =
            problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
        assert_eq!((status, found), (422, pointers.iter().map(|it| json!(it)).collect()), "{body}");
        let status = grpc.render_fragment(with_key(request(&body))).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "INVALID_REQUEST"));
        assert_eq!(status.get_details_bad_request().unwrap().field_violations.len(), pointers.len(), "{body}");
    }
    let mut wrong = request(&json!({ "context": idea }));
    wrong.formats = vec![99, 0];
    assert_eq!(grpc.render_fragment(with_key(wrong)).await.unwrap_err().code(), Code::InvalidArgument);
    let unnamed = grpc.render_fragment(RenderFragmentRequest::default()).await.unwrap_err();
    assert_eq!(unnamed.code(), Code::Unauthenticated);
}

/// Lines for a batch: defaults, every situation twice, and between them some that are wrong.
fn many() -> Vec<Value> {
    let mut lines =
        vec![json!({ "defaults": { "brand": brand(), "merge_tags": tags(), "formats": ["html", "text"] } })];
    for round in 0..2 {
        for (number, situation) in situations::all().iter().enumerate() {
            lines.push(json!({ "ref": format!("{round}-{number}"), "context": situation.context }));
        }
        lines.push(json!({ "ref": "bad", "context": { "stage": "offer" } }));
        lines.push(json!({ "ref": "small", "context": { "kind": "idea" }, "budget_bytes": 10 }));
        lines.push(
            json!({ "ref": "own", "context": { "kind": "idea" }, "brand": { "name": "Another" }, "max_tips": 1 }),
        );
        lines.push(json!({ "defaults": {} }));
    }
    lines
}

fn joined(lines: &[Value]) -> String {
    lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_batch_sends_each_fragment_once_and_names_it_then_the_same_through_every_door() {
    let service = TestService::start().await;
    let sent = many();
    let answers = batch(&service, "/v1/fragments/batch", &joined(&sent)).await;
    let (mut known, mut items) = (Vec::new(), sent.iter().skip(1));
    for answer in &answers {
        if let Some(fragment) = answer.get("fragment") {
            assert!(!known.contains(&fragment["id"]), "a fragment comes once");
            known.push(fragment["id"].clone());
            assert!(fragment.get("markdown").is_none() && fragment.get("html").is_some());
            continue;
        }
        let item = items.next().unwrap();
        assert_eq!(answer.get("ref"), item.get("ref"));
        match item["ref"].as_str() {
            Some("bad") => assert_eq!(answer["error"]["errors"][0]["pointer"], "/context/kind"),
            Some("small") => assert_eq!(answer["error"]["errors"][0]["pointer"], "/budget_bytes"),
            None => assert_eq!(answer["error"]["errors"][0]["pointer"], "/defaults"),
            _ => assert!(known.contains(&answer["fragment_id"]), "a fragment comes before it is named"),
        }
    }
    assert!(items.next().is_none());
    assert!(known.len() < situations::all().len(), "contexts that lead to the same fragment share it");
    assert!(!answers.iter().any(|answer| answer.to_string().contains(":null")));

    assert_eq!(batch(&service, "/v1/fragments/batch", &joined(&sent)).await, answers, "a repeated call answers alike");
    assert_eq!(by_command(&[], &joined(&sent)), (Some(1), answers.clone()));
    let requests = sent.iter().map(|line| match line.get("defaults") {
        Some(given) => BatchRenderFragmentsRequest { defaults: Some(defaults(given)), ..Default::default() },
        None => item(line),
    });
    let expected: Vec<_> = answers.into_iter().map(comparable).collect();
    assert_eq!(by_grpc(&service, requests.collect()).await, expected);

    // One item of the batch alone.
    let (_, alone) = json(service.post("/v1/fragments", &json!({
        "context": { "kind": "idea" }, "brand": { "name": "Another" }, "max_tips": 1, "merge_tags": tags(), "formats": ["html", "text"],
    }))).await;
    assert!(expected.iter().any(|line| line["fragment"]["etag"] == alone["etag"]));
}

#[tokio::test]
async fn a_trial_counts_every_variant_and_shows_samples_through_every_door() {
    let service = TestService::start().await;
    let sent = many();
    let answers = batch(&service, "/v1/fragments/batch", &joined(&sent)).await;
    let mut trial = batch(&service, "/v1/fragments/batch?dry_run=true", &joined(&sent)).await;
    // Only a service can seal what was previewed; `confirmed` is about that.
    let sealed = trial.last_mut().unwrap()["summary"].as_object_mut().unwrap();
    assert!(sealed.remove("confirm_token").is_some() && sealed.remove("expires_at").is_some());
    let (summary, errors) = trial.split_last().unwrap();
    assert!(errors.iter().all(|line| line.get("error").is_some()));
    let summary = &summary["summary"];
    let items = situations::all().len() * 2 + 6;
    assert_eq!((summary["items"].as_u64().unwrap(), summary["errors"].as_u64()), (items as u64, Some(4)));
    assert_eq!(summary["samples"].as_array().unwrap().len(), 3);
    for variant in summary["variants"].as_array().unwrap() {
        let named = answers.iter().filter(|answer| answer["fragment_id"] == variant["fragment_id"]).count();
        assert_eq!(variant["count"].as_u64().unwrap(), named as u64);
        let fragment = answers.iter().find(|answer| answer["fragment"]["id"] == variant["fragment_id"]).unwrap();
        assert_eq!(fragment["fragment"]["steps"], variant["steps"]);
    }
    assert_eq!(by_command(&["--dry-run"], &joined(&sent)), (Some(1), trial.clone()));
    let first = BatchRenderFragmentsRequest {
        defaults: Some(defaults(&sent[0]["defaults"])),
        dry_run: true,
        ..Default::default()
    };
    let others = sent.iter().skip(1).map(|line| match line.get("defaults") {
        Some(_) => BatchRenderFragmentsRequest { defaults: Some(FragmentDefaults::default()), ..Default::default() },
        None => item(line),
    });
    let requests = std::iter::once(first).chain(others).collect();
    assert_eq!(by_grpc(&service, requests).await, trial.into_iter().map(comparable).collect::<Vec<_>>());
    let (status, problem) = json(service.post("/v1/fragments/batch?dry_run=perhaps", &json!({}))).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/dry_run")));
}

#[tokio::test]
async fn defaults_that_are_wrong_are_said_once_and_every_item_says_so() {
    let service = TestService::start().await;
    let sent = [
        json!({ "defaults": { "brand": { "name": "", "moon": 1 }, "locale": "not a tag", "context": {} } }),
        json!({ "ref": "a", "context": { "kind": "idea" } }),
    ];
    let answers = batch(&service, "/v1/fragments/batch", &joined(&sent)).await;
    let pointers = |answer: &Value| -> Vec<String> {
        answer["error"]["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["pointer"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut first = pointers(&answers[0]);
    first.sort();
    assert_eq!(first, ["/defaults/brand/moon", "/defaults/brand/name", "/defaults/context", "/defaults/locale"]);
    assert_eq!((answers[1]["ref"].as_str(), pointers(&answers[1])), (Some("a"), vec!["/defaults".to_owned()]));
}

#[tokio::test]
async fn many_different_fragments_in_one_call_come_through() {
    let service = TestService::start().await;
    let line = |number: usize| {
        format!(
            "{{\"context\":{{\"kind\":\"idea\"}},\"formats\":[\"text\"],\"max_tips\":1,\"brand\":{{\"name\":\"N{number}\"}}}}\n"
        )
    };
    let body: String = (0..5_000).map(line).collect();
    let answers = batch(&service, "/v1/fragments/batch", &body).await;
    assert_eq!(answers.len(), 10_000);
    assert!(answers.chunks(2).all(|pair| pair[0]["fragment"]["id"] == pair[1]["fragment_id"]));
}
