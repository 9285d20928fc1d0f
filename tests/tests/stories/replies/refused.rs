//! A reply that the situation makes unwise is not composed unless the person insists.

use rebound_tests::service::{json, reason};
use serde_json::{Value, json};
use tonic_types::StatusExt as _;

use super::{Doors, welcome};

/// Template, context, rule, advice, better step, and the field that it rests on.
const CASES: [(&str, &str, &str, &str, &str, &str); 15] = [
    (
        "thank-you",
        r#"{"kind": "job_application"}"#,
        "C1",
        "thank-after-conversation",
        "thank-only-if-you-spoke",
        "conversation",
    ),
    (
        "thank-you",
        r#"{"kind": "job_application", "conversation": "none"}"#,
        "C1",
        "no-thanks-for-unread-application",
        "no-thanks-needed-for-a-form-letter",
        "conversation",
    ),
    (
        "thank-you-and-feedback",
        r#"{"kind": "promotion"}"#,
        "C1",
        "thank-after-conversation",
        "thank-only-if-you-spoke",
        "conversation",
    ),
    (
        "thank-you",
        r#"{"kind": "dismissal", "conversation": "held"}"#,
        "situation",
        "thank-the-person",
        "support-after-a-dismissal",
        "kind",
    ),
    (
        "feedback-request",
        r#"{"kind": "idea", "feedback": "requested"}"#,
        "C4",
        "feedback-may-be-withheld",
        "you-asked-now-wait",
        "feedback",
    ),
    (
        "feedback-request",
        r#"{"kind": "idea", "feedback": "received"}"#,
        "C4",
        "feedback-may-be-withheld",
        "thank-them-for-feedback",
        "feedback",
    ),
    (
        "feedback-request",
        r#"{"kind": "idea", "feedback": "refused"}"#,
        "C4",
        "feedback-may-be-withheld",
        "you-asked-now-wait",
        "feedback",
    ),
    (
        "feedback-request",
        r#"{"kind": "idea", "feedback": "timed_out"}"#,
        "C4",
        "feedback-may-be-withheld",
        "you-asked-now-wait",
        "feedback",
    ),
    (
        "feedback-request",
        r#"{"kind": "idea", "feedback_policy": "refuses"}"#,
        "C4",
        "feedback-may-be-withheld",
        "some-employers-cannot-say",
        "feedback_policy",
    ),
    (
        "thank-you-and-feedback",
        r#"{"kind": "idea", "conversation": "held", "feedback": "timed_out"}"#,
        "C4",
        "feedback-may-be-withheld",
        "you-asked-now-wait",
        "feedback",
    ),
    (
        "ask-to-reconsider",
        r#"{"kind": "idea", "decision": "final"}"#,
        "C6",
        "ask-what-would-change-their-mind",
        "leave-on-good-terms",
        "decision",
    ),
    (
        "ask-to-reconsider",
        r#"{"kind": "idea"}"#,
        "C6",
        "ask-what-would-change-their-mind",
        "leave-on-good-terms",
        "decision",
    ),
    (
        "ask-to-reconsider",
        r#"{"kind": "dismissal", "decision": "open_to_change"}"#,
        "C6",
        "ask-what-would-change-their-mind",
        "support-after-a-dismissal",
        "kind",
    ),
    (
        "status-inquiry",
        r#"{"kind": "job_application"}"#,
        "situation",
        "scenario-regret-email-or-silence",
        "ask-one-specific-question",
        "outcome",
    ),
    (
        "keep-the-door-open",
        r#"{"kind": "job_application", "audience": "employer_branded"}"#,
        "C12",
        "re-express-interest",
        "leave-on-good-terms",
        "audience",
    ),
];

#[tokio::test]
async fn what_is_unwise_is_refused_with_rule_advice_and_a_better_step() {
    let mut doors = Doors::open().await;
    for (template, context, rule, atom, instead, field) in CASES {
        let context: Value = serde_json::from_str(context).unwrap();
        let body = json!({"template": template, "context": context, "variables": {"sender_name": "Kim"}});
        let (problem, status) = doors.refused(&body).await;
        assert_eq!((&problem["status"], &problem["code"]), (&json!(409), &json!("reply_not_advised")), "{body}");
        assert_eq!(problem["rule"], rule, "{body}");
        assert_eq!(problem["atoms"], json!([atom]), "{body}");
        assert_eq!(problem["instead"], instead, "{body}");
        let pointer = format!("/context/{field}");
        assert!(problem["errors"].as_array().unwrap().iter().any(|it| it["pointer"] == pointer), "{problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(instead) && detail.contains("`override`: true"), "{detail}");
        let (found, _) = json(doors.rest.get(&format!("/v1/tips/{instead}"))).await;
        assert_eq!(found, 200, "{instead}");

        assert_eq!((status.code(), &*reason(&status)), (tonic::Code::FailedPrecondition, "REPLY_NOT_ADVISED"));
        assert_eq!(status.message(), detail);
        let metadata = status.get_details_error_info().unwrap().metadata;
        let named = ["rule", "atoms", "instead"].map(|name| &*metadata[name]);
        assert_eq!(named, [rule, atom, instead]);
        let violations = status.get_details_bad_request().unwrap().field_violations;
        assert!(violations.iter().any(|it| it.field == format!("context.{field}")), "{violations:?}");
    }
}

#[tokio::test]
async fn who_insists_gets_the_reply() {
    let mut doors = Doors::open().await;
    for (template, context, ..) in CASES {
        let context: Value = serde_json::from_str(context).unwrap();
        let variables = match template {
            "ask-to-reconsider" => json!({"sender_name": "Kim", "concession": "start in May"}),
            _ => json!({"sender_name": "Kim"}),
        };
        let body = json!({"template": template, "context": context, "variables": variables, "override": true});
        let answer = doors.composed(&body).await;
        assert!(answer["text"].as_str().unwrap().ends_with("\nKim"), "{answer}");
        assert!(answer.get("rule").is_none());
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_before_what_is_unwise() {
    let mut doors = Doors::open().await;
    let body = json!({"template": "thank-you", "context": {"kind": "job_application"}, "variables": {"nickname": "K"}});
    let (problem, status) = doors.refused(&body).await;
    assert_eq!(problem["code"], "invalid_request");
    assert_eq!(reason(&status), "INVALID_REQUEST");
}

#[tokio::test]
async fn what_guidance_offers_is_composed() {
    let mut doors = Doors::open().await;
    for situation in rebound_tests::situations::all() {
        let (_, guidance) = json(doors.rest.post("/v1/guidance", &situation.request())).await;
        let steps = guidance["steps"].as_array().unwrap().iter();
        let actions = steps.flat_map(|step| step["actions"].as_array().unwrap());
        for action in actions.filter(|action| action["type"] == "reply") {
            let context = &situation.request()["context"];
            let template = action["id"].as_str().unwrap();
            let body = json!({"template": template, "context": context, "channel": "chat", "variables": {}});
            let answer = doors.composed(&body).await;
            assert!(answer["atoms"].as_array().is_some_and(|atoms| !atoms.is_empty()), "{template}: {answer}");
        }
    }
    assert!(welcome("thank-you").is_object());
}
