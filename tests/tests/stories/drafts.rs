//! Drafts through both doors: the same report, the same refusals, and not a word of a text anywhere else.

use std::fs;
use std::path::Path;

use rebound_domain::drafts::{Code, Profile, Severity, Verdict};
use rebound_tests::proto::reply_service_client::ReplyServiceClient;
use rebound_tests::proto::{CheckDraftRequest, CheckDraftResponse, Context};
use rebound_tests::service::{TestService, json, reason, with_key};
use serde_json::{Value, json};
use tonic::Code as Grpc;
use tonic_types::StatusExt as _;

use crate::grpc_as_json;
use crate::served::Served;

const PATH: &str = "/v1/drafts/check";

/// Every published draft as the request that checks it.
fn requests() -> Vec<Value> {
    let request = |profile: &Profile, case: &Value| {
        let mut request = json!({ "profile": profile.name(), "text": case["text"] });
        if case["context"].is_object() {
            request["context"] = case["context"].clone();
        }
        request
    };
    let of = |profile: &'static Profile| {
        let file = format!("cases/drafts/{profile}.development.json");
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let cases: Value = serde_json::from_str(&text).unwrap();
        let drafts = cases["drafts"].as_array().unwrap().iter();
        drafts.map(|case| request(profile, case)).collect::<Vec<_>>()
    };
    Profile::ALL.iter().flat_map(of).collect()
}

fn message(body: &Value) -> CheckDraftRequest {
    let profile = Profile::from_name(body["profile"].as_str().unwrap()).unwrap();
    CheckDraftRequest {
        profile: profile as i32 + 1,
        text: body["text"].as_str().unwrap().to_owned(),
        context: body.get("context").map(grpc_as_json::context),
        locale: None,
    }
}

fn as_json(answer: &CheckDraftResponse) -> Value {
    let name = |names: &[&'static str], number: i32| names[usize::try_from(number).unwrap() - 1];
    let findings = answer.findings.iter().map(|finding| {
        let mut shown = json!({
            "code": name(Code::NAMES, finding.code), "severity": name(Severity::NAMES, finding.severity),
            "start": finding.start, "end": finding.end,
            "message": finding.message, "suggestion": finding.suggestion,
        });
        if let Some(atom) = &finding.atom {
            shown["atom"] = json!(atom);
        }
        shown
    });
    let mut shown =
        json!({ "verdict": name(Verdict::NAMES, answer.verdict), "findings": findings.collect::<Vec<_>>() });
    if let Some(hours) = answer.cool_off_hours {
        shown["cool_off_hours"] = json!(hours);
    }
    shown
}

#[tokio::test]
async fn every_published_draft_gets_the_same_report_by_rest_and_grpc() {
    let service = TestService::start().await;
    let mut grpc = ReplyServiceClient::new(service.channel().await);
    for request in requests() {
        let (status, by_rest) = json(service.post(PATH, &request)).await;
        assert_eq!(status, 200, "{by_rest}");
        let by_grpc = grpc.check_draft(with_key(message(&request))).await.unwrap().into_inner();
        assert_eq!(as_json(&by_grpc), by_rest, "{}", request["text"]);
        let length = request["text"].as_str().unwrap().chars().count() as u64;
        for finding in by_rest["findings"].as_array().unwrap() {
            let (start, end) = (finding["start"].as_u64().unwrap(), finding["end"].as_u64().unwrap());
            assert!(start < end && end <= length, "{finding}");
        }
    }
}

#[tokio::test]
async fn an_angry_reply_is_better_held_for_a_day_and_a_kind_one_is_fine() {
    let service = TestService::start().await;
    let check = async |profile: &str, text: &str| {
        let context = json!({ "kind": "job_application", "conversation": "held" });
        json(service.post(PATH, &json!({ "profile": profile, "text": text, "context": context }))).await.1
    };
    let text = "🙂 Thank you. But your recruiters are idiots, and you’ll be hearing from my lawyer!!";
    let report = check("candidate_reply", text).await;
    assert_eq!((&report["verdict"], &report["cool_off_hours"]), (&json!("hold"), &json!(24)), "{report}");
    let characters: Vec<char> = text.chars().collect();
    let place = |code: &str| -> String {
        let finding = report["findings"].as_array().unwrap().iter().find(|one| one["code"] == code).expect(code);
        let at = |name: &str| usize::try_from(finding[name].as_u64().unwrap()).unwrap();
        characters[at("start")..at("end")].iter().collect()
    };
    assert_eq!(place("hostility"), "your recruiters are idiots");
    assert_eq!(place("shouting"), "!!");
    assert!(place("threat").contains("lawyer"));
    let hostile = report["findings"].as_array().unwrap().iter().find(|one| one["code"] == "hostility");
    assert_eq!(hostile.unwrap()["atom"], "no-nasty-replies");
    let atom = |report: &Value| report["findings"][0]["atom"].clone();

    let kind = "Thank you for the interview, I enjoyed it. What could have made my case study stronger?";
    assert_eq!(check("candidate_reply", kind).await, json!({ "verdict": "fine", "findings": [] }));

    let cold = check("employer_rejection", "Your application was rejected. You can apply again. Thank you.").await;
    assert_eq!((&cold["verdict"], &cold["findings"][0]["code"]), (&json!("revise"), &json!("says_rejected")));
    assert!(cold.get("cool_off_hours").is_none() && atom(&cold).is_null(), "{cold}");
}

#[tokio::test]
async fn thanks_and_requests_follow_the_situation() {
    let service = TestService::start().await;
    let codes = async |text: &str, context: Value| -> Vec<(String, String)> {
        let body = json!({ "profile": "candidate_reply", "text": text, "context": context });
        let (status, report) = json(service.post(PATH, &body)).await;
        assert_eq!(status, 200, "{report}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|one| (text(&one["code"]), text(&one["severity"]))).collect()
    };
    let pair = |code: &str, severity: &str| vec![(code.to_owned(), severity.to_owned())];
    let short = "Hello, I have read your message. I wish you all the best.";
    let job = |more: Value| {
        let mut context = json!({ "kind": "job_application" });
        context.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        context
    };
    assert_eq!(codes(short, job(json!({ "conversation": "held" }))).await, pair("no_gratitude", "warning"));
    assert_eq!(codes(short, Value::Null).await, pair("no_gratitude", "info"));
    assert_eq!(codes(short, job(json!({ "conversation": "none" }))).await, []);
    let asking = "Thank you for the talk. Could you share feedback on my presentation?";
    assert_eq!(codes(asking, job(json!({ "conversation": "held" }))).await, []);
    for known in [json!({ "feedback_policy": "refuses" }), json!({ "feedback": "requested" })] {
        assert_eq!(codes(asking, job(known)).await, pair("against_policy", "warning"));
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_named_alike_and_never_repeats_the_text() {
    const MARKER: &str = "zebra-marker";
    let service = TestService::start().await;
    let mut grpc = ReplyServiceClient::new(service.channel().await);
    let long = MARKER.repeat(1_000);
    let cases = [
        (json!({ "text": MARKER }), CheckDraftRequest { text: MARKER.into(), ..Default::default() }, "profile"),
        (json!({ "profile": "candidate_reply" }), CheckDraftRequest { profile: 1, ..Default::default() }, "text"),
        (
            json!({ "profile": "candidate_reply", "text": long }),
            CheckDraftRequest { profile: 1, text: long.clone(), ..Default::default() },
            "text",
        ),
        (
            json!({ "profile": "candidate_reply", "text": MARKER, "context": {} }),
            CheckDraftRequest { profile: 1, text: MARKER.into(), context: Some(Context::default()), locale: None },
            "context.kind",
        ),
        (
            json!({ "profile": "candidate_reply", "text": MARKER, "locale": "not a tag" }),
            CheckDraftRequest { profile: 1, text: MARKER.into(), context: None, locale: Some("not a tag".into()) },
            "locale",
        ),
    ];
    for (body, message, field) in cases {
        let (status, problem) = json(service.post(PATH, &body)).await;
        assert_eq!((status, &problem["code"]), (422, &json!("invalid_request")), "{problem}");
        let pointer = format!("/{}", field.replace('.', "/"));
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        let refused = grpc.check_draft(with_key(message)).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (Grpc::InvalidArgument, "INVALID_REQUEST"));
        let violation = &refused.get_details_bad_request().unwrap().field_violations[0];
        assert_eq!((violation.field.as_str(), &problem["errors"][0]["detail"]), (field, &json!(violation.description)));
        assert!(!problem.to_string().contains(MARKER) && !format!("{refused:?}").contains(MARKER));
    }
    for body in ["null", "[]", "{\"profile\":\"boss\",\"text\":7,\"wish\":1,\"text\":\"zebra-marker\"}", "{\"text\":"] {
        let request = service.post_bytes(PATH, "application/json", body);
        let (status, problem) = json(request).await;
        assert!(matches!(status, 400 | 422), "{body}: {problem}");
        assert!(!problem.to_string().contains(MARKER), "{problem}");
    }
    let nulls = json!({ "profile": "candidate_reply", "text": "Thank you.", "context": null, "locale": null });
    assert_eq!(json(service.post(PATH, &nulls)).await.0, 200, "null counts as absent");
}

#[tokio::test]
async fn a_text_is_in_no_answer_log_metric_or_file() {
    const MARKER: &str = "zebra-marker";
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path(), &[("REBOUND_LOG", "trace")]);
    let key = fs::read_to_string(folder.path().join("rebound-data/bootstrap-key")).unwrap();
    let client = reqwest::Client::new();
    let angry = format!("You {MARKER} idiots, the {MARKER} will hear of this. {MARKER}!!");
    for body in [
        json!({ "profile": "candidate_reply", "text": angry }),
        json!({ "profile": "employer_rejection", "text": angry, "context": { "kind": "idea" } }),
        json!({ "profile": MARKER, "text": angry, "context": { "kind": MARKER } }),
        json!({ "profile": "candidate_reply", "text": MARKER.repeat(1_000) }),
    ] {
        let request = client.post(format!("{}{PATH}", served.http)).bearer_auth(&key);
        let request = request.header("content-type", "application/json").body(body.to_string());
        let answer = request.send().await.unwrap().text().await.unwrap();
        assert!(!answer.contains(MARKER), "{answer}");
    }
    let metrics = client.get(format!("{}/metrics", served.http)).send().await.unwrap().text().await.unwrap();
    assert!(!metrics.contains(MARKER));
    let (_, log) = served.stop("-TERM");
    assert!(log.contains("\"route\":\"/v1/drafts/check\"") && !log.contains(MARKER));
    for file in fs::read_dir(folder.path().join("rebound-data")).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(MARKER.len()).any(|window| window == MARKER.as_bytes()));
    }
}
