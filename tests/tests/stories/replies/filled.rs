//! What the person fills in: what is missing is named, what is wrong is refused, and the rest stays text.

use rebound_tests::service::{json, reason};
use serde_json::{Value, json};

use super::{Doors, welcome};

#[tokio::test]
async fn what_is_missing_is_named_and_nothing_is_written() {
    let mut doors = Doors::open().await;
    let cases: [(&str, &str, &[&str]); 5] = [
        ("ask-to-reconsider", "email", &["concession", "sender_name"]),
        ("ask-to-reconsider", "chat", &["concession"]),
        ("feedback-response", "in_person", &["feedback_point"]),
        ("thank-you", "phone", &["sender_name"]),
        ("thank-you", "chat", &[]),
    ];
    for (template, channel, expected) in cases {
        let body = json!({"template": template, "context": welcome(template), "channel": channel});
        let answer = doors.composed(&body).await;
        let missing = answer["missing"].as_array().unwrap();
        assert_eq!(missing.iter().map(|it| it["name"].as_str().unwrap()).collect::<Vec<_>>(), expected, "{answer}");
        for it in missing {
            assert!(!it["about"].as_str().unwrap().is_empty() && !it["type"].as_str().unwrap().is_empty());
        }
        for member in ["subject", "text", "html", "mailto", "eml"] {
            assert!(expected.is_empty() || answer.get(member).is_none(), "{member}: {answer}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_filled_in_is_refused_with_its_place() {
    let mut doors = Doors::open().await;
    let variables = |name: &str, value: &str| json!({"template": "status-inquiry", "context": welcome("status-inquiry"), "variables": {name: value}});
    let cases = [
        (variables("nickname", "K"), "/variables/nickname", "allowed: applied_on, organization, recipient_email"),
        (variables("a/b~c", "K"), "/variables/a~1b~0c", "no such variable"),
        (variables("sender_name", ""), "/variables/sender_name", "1 to 120 characters"),
        (variables("sender_name", "   "), "/variables/sender_name", "1 to 120 characters"),
        (variables("sender_name", &"x".repeat(121)), "/variables/sender_name", "1 to 120 characters"),
        (variables("sender_name", "Kim\r\nBcc: all@example.org"), "/variables/sender_name", "must be one line"),
        (variables("recipient_email", "kim@example.org\nX: y"), "/variables/recipient_email", "must be one line"),
        (
            variables("recipient_email", "kim@example.org, lee@example.org"),
            "/variables/recipient_email",
            "not an e-mail address",
        ),
        (
            variables("recipient_email", "kim@example.org?bcc=lee@example.org"),
            "/variables/recipient_email",
            "not an e-mail address",
        ),
        (variables("recipient_email", "Kim <kim@example.org>"), "/variables/recipient_email", "not an e-mail address"),
        (variables("applied_on", "02/11/2026"), "/variables/applied_on", "such as 2026-11-02"),
        (variables("applied_on", "2026-02-30"), "/variables/applied_on", "such as 2026-11-02"),
        (
            json!({"template": "thanks", "context": {"kind": "other"}}),
            "/template",
            "allowed: ask-to-reconsider, feedback-request",
        ),
        (json!({"context": {"kind": "other"}}), "/template", "required; allowed: ask-to-reconsider"),
        (json!({"template": "thank-you"}), "/context", "required"),
        (json!({"template": "thank-you", "context": {}}), "/context/kind", "required"),
        (
            json!({"template": "thank-you", "context": {"kind": "other"}, "channel": "fax"}),
            "/channel",
            "allowed: email, phone, chat, in_person",
        ),
        (
            json!({"template": "thank-you", "context": {"kind": "other"}, "tone": "cold"}),
            "/tone",
            "allowed: warm, neutral, formal",
        ),
        (
            json!({"template": "thank-you", "context": {"kind": "other"}, "length": "long"}),
            "/length",
            "allowed: short, standard",
        ),
        (
            json!({"template": "thank-you", "context": {"kind": "other"}, "catalog_version": "1.0.0"}),
            "/catalog_version",
            "allowed: 20",
        ),
        (json!({"template": "thank-you", "context": {"kind": "other"}, "locale": "not a tag"}), "/locale", "BCP 47"),
    ];
    for (body, pointer, detail) in cases {
        let (problem, status) = doors.refused(&body).await;
        assert_eq!(
            (&problem["status"], &problem["code"]),
            (&json!(422), &json!("invalid_request")),
            "{body}: {problem}"
        );
        let errors = problem["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{problem}");
        assert_eq!(errors[0]["pointer"], pointer, "{problem}");
        assert!(errors[0]["detail"].as_str().unwrap().contains(detail), "{problem}");
        assert!(["lee@", "all@", "Bcc", "02/11"].iter().all(|sent| !problem.to_string().contains(sent)), "{problem}");
        assert_eq!((status.code(), &*reason(&status)), (tonic::Code::InvalidArgument, "INVALID_REQUEST"), "{body}");
        assert!(status.message().ends_with(errors[0]["detail"].as_str().unwrap()), "{status:?}");
    }
}

#[tokio::test]
async fn a_body_is_refused_with_every_mistake_in_it() {
    let doors = Doors::open().await;
    let body = r#"{"template": 7, "context": [], "variables": "x", "override": "yes", "channel": {}, "colour": 1, "tone": "warm", "tone": "warm"}"#;
    let (status, problem) = json(doors.rest.post_bytes("/v1/replies", "application/json", body)).await;
    assert_eq!(status, 422);
    let errors = problem["errors"].as_array().unwrap();
    let mut pointers: Vec<_> = errors.iter().map(|it| it["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    assert_eq!(
        pointers,
        ["/channel", "/colour", "/context", "/override", "/template", "/tone", "/variables"],
        "{problem}"
    );

    let body = r#"{"template": "thank-you", "context": {"kind": "other"}, "variables": {"role": 7, "sender_name": null, "x": {"y": []}, "role": "z"}}"#;
    let (status, problem) = json(doors.rest.post_bytes("/v1/replies", "application/json", body)).await;
    assert_eq!(status, 422);
    let errors = problem["errors"].as_array().unwrap();
    let pointers: Vec<_> = errors.iter().map(|it| it["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/variables/role", "/variables/x", "/variables/role"], "{problem}");

    for (body, status) in [("[]", 422), ("7", 422), ("{", 400), ("", 400)] {
        let (found, problem) = json(doors.rest.post_bytes("/v1/replies", "application/json", body)).await;
        assert_eq!(found, status, "{body}: {problem}");
    }
}

#[tokio::test]
async fn what_is_filled_in_is_never_a_template_nor_markup() {
    let mut doors = Doors::open().await;
    for value in [
        "{{ 7 * 7 }}",
        "{% for x in kind %}a{% endfor %}",
        "<script>alert(1)</script>",
        "a & b",
        "{{candidate.name}}",
        "none",
    ] {
        let variables = json!({"sender_name": "Kim", "highlight": value, "role": value, "recipient_name": value});
        let body = json!({"template": "thank-you", "context": welcome("thank-you"), "variables": variables});
        let answer = doors.composed(&body).await;
        let text = answer["text"].as_str().unwrap();
        assert!(text.starts_with(&format!("Hello {value},\n\n")), "{text}");
        assert!(text.contains(&format!("good to hear {value}.")), "{text}");
        let html = answer["html"].as_str().unwrap();
        assert!(!html.contains("<script") && !html.contains('{') && !html.contains("a & b"), "{html}");
    }
}

#[tokio::test]
async fn an_answer_is_kept_by_nobody_on_the_way() {
    let doors = Doors::open().await;
    let body = json!({"template": "thank-you", "context": welcome("thank-you"), "variables": {"sender_name": "Kim"}});
    let answer = doors.rest.post("/v1/replies", &body).send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let whole: Value = answer.json().await.unwrap();
    let (status, part) = json(doors.rest.post("/v1/replies?fields=text,missing", &body)).await;
    assert_eq!(status, 200);
    assert_eq!(part, json!({"text": whole["text"], "missing": []}));
    let (status, same) = json(doors.rest.post("/v1/replies", &json!({
        "template": "thank-you", "context": welcome("thank-you"), "variables": {"sender_name": "Kim"},
        "channel": "email", "tone": "neutral", "length": "standard", "override": false, "locale": null, "catalog_version": null,
    }))).await;
    assert_eq!((status, same), (200, whole), "what is absent has these values");
}
