//! Many situations in one call.

use futures_util::StreamExt as _;
use rebound_tests::service::{TestService, json};
use rebound_tests::situations;
use serde_json::{Value, json};

const NDJSON: &str = "application/x-ndjson";

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn answers_come_in_order_and_equal_single_ones() {
    let service = TestService::start().await;
    let situations = situations::all();
    let mut body = String::new();
    for (number, situation) in situations.iter().enumerate() {
        let mut line = situation.request();
        line["ref"] = json!(format!("item \"{number}\""));
        body += &line.to_string();
        body.push('\n');
    }
    let answer = service.post_bytes("/v1/guidance/batch", NDJSON, body).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], NDJSON);
    let answers = lines(&answer.text().await.unwrap());
    assert_eq!(answers.len(), situations.len());
    for (number, (situation, answer)) in situations.iter().zip(&answers).enumerate() {
        assert_eq!(answer["ref"], format!("item \"{number}\""));
        let (_, single) = json(service.post("/v1/guidance", &situation.request())).await;
        assert_eq!(answer["guidance"], single);
    }
}

#[tokio::test]
async fn one_bad_line_never_fails_the_others() {
    let service = TestService::start().await;
    let good = json!({ "ref": "good", "context": { "kind": "idea" } }).to_string();
    let long = format!("{{\"ref\":\"{}\"}}", "x".repeat(70_000));
    let bad = [
        ("{", None, "malformed_request"),
        ("[]", None, "invalid_request"),
        ("{\"ref\":\"a\",\"context\":{\"kind\":\"moon\"}}", Some("a"), "invalid_request"),
        ("{\"ref\":7,\"context\":{\"kind\":\"idea\"}}", None, "invalid_request"),
        ("{\"ref\":\"b\"}", Some("b"), "invalid_request"),
        (&long, None, "too_large"),
        ("\u{feff}{}", None, "malformed_request"),
    ];
    let body = bad.iter().map(|(line, ..)| format!("{line}\r\n\n{good}\n")).collect::<Vec<_>>().concat();
    let answer = service.post_bytes("/v1/guidance/batch", NDJSON, body.trim_end().to_owned()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let answers = lines(&answer.text().await.unwrap());
    assert_eq!(answers.len(), bad.len() * 2);
    for ((_, reference, code), pair) in bad.iter().zip(answers.chunks(2)) {
        assert_eq!(pair[0]["error"]["code"], *code, "{}", pair[0]);
        assert_eq!(pair[0].get("ref").and_then(Value::as_str), *reference);
        assert_eq!(pair[1]["ref"], "good");
        assert!(pair[1]["guidance"]["steps"][0]["tip"].is_string());
    }
}

#[tokio::test]
async fn a_large_body_that_is_sent_whole_before_anything_is_read_comes_through() {
    let service = TestService::start().await;
    let line = |number: usize| format!("{{\"context\":{{\"kind\":\"idea\",\"days_since\":{number}}}}}\n");
    let body: String = (0..10_000).map(line).collect();
    let answer = service.post_bytes("/v1/guidance/batch", NDJSON, body).send().await.unwrap();
    let text = answer.text().await.unwrap();
    assert_eq!(text.lines().count(), 10_000);
    assert!(text.lines().all(|line| line.starts_with("{\"guidance\":")));
}

#[tokio::test]
async fn answers_come_while_the_client_still_sends() {
    let service = TestService::start().await;
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel::<Result<Vec<u8>, std::io::Error>>();
    let body = reqwest::Body::wrap_stream(tokio_stream::wrappers::UnboundedReceiverStream::new(receiver));
    sender.send(Ok(b"{\"ref\":\"1\",\"context\":{\"kind\":\"idea\"}}\n".to_vec())).unwrap();
    let mut answers = service.post_bytes("/v1/guidance/batch", NDJSON, body).send().await.unwrap().bytes_stream();
    let first = answers.next().await.unwrap().unwrap();
    assert!(first.starts_with(b"{\"ref\":\"1\",\"guidance\""));
    sender.send(Ok(b"{\"ref\":\"2\",\"context\":{\"kind\":\"idea\"}}".to_vec())).unwrap();
    drop(sender);
    let second = answers.next().await.unwrap().unwrap();
    assert!(second.starts_with(b"{\"ref\":\"2\",\"guidance\""));
    assert!(answers.next().await.is_none());
}

#[tokio::test]
async fn another_content_type_is_refused() {
    let service = TestService::start().await;
    let (status, problem) = json(service.post("/v1/guidance/batch", &json!({}))).await;
    assert_eq!((status, &problem["code"]), (415, &json!("unsupported_media_type")));
}
