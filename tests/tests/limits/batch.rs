//! Bulk calls pay for each item, and may not be too many at a time.

use jiff::SignedDuration;
use rebound_server::config::Layer;
use rebound_tests::service::{TestService, json};
use serde_json::{Value, json};

use crate::{metric, rates, sent, told};

const NDJSON: &str = "application/x-ndjson";

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn asked(service: &TestService, path: &str, items: &[Value]) -> Vec<Value> {
    let body: Vec<_> = items.iter().map(ToString::to_string).collect();
    let answer = sent(service.post_bytes(path, NDJSON, body.join("\n"))).await;
    assert_eq!(answer.status(), 200);
    lines(&answer.text().await.unwrap())
}

fn item(number: usize) -> Value {
    json!({ "ref": format!("item-{number}"), "context": { "kind": "idea", "days_since": number } })
}

#[tokio::test]
async fn each_line_is_a_request_and_what_is_refused_can_be_sent_again() {
    let service = TestService::start_with_settings(rates(4, 0)).await;
    let items: Vec<_> = (0..6).map(item).collect();
    let answers = asked(&service, "/v1/guidance/batch", &items).await;
    assert_eq!(answers.len(), 6, "every line has its answer, in order");
    for (number, answer) in answers.iter().enumerate() {
        assert_eq!(answer["ref"], format!("item-{number}"));
        if number < 4 {
            assert!(answer["guidance"].is_object(), "{answer}");
        } else {
            let error = &answer["error"];
            assert_eq!(
                (&error["code"], &error["status"], &error["limit"], &error["retry_after_seconds"]),
                (&json!("rate_limited"), &json!(429), &json!("key"), &json!(15))
            );
        }
    }
    assert!(metric(&service, "rebound_limited_total{api=\"rest\",reason=\"key\"} 2").await);
    service.clock.advance(SignedDuration::from_secs(30));
    let refused =
        |item: &&Value| answers.iter().any(|answer| answer["ref"] == item["ref"] && answer["error"].is_object());
    let again: Vec<_> = items.iter().filter(refused).cloned().collect();
    let answers = asked(&service, "/v1/guidance/batch", &again).await;
    assert!(answers.len() == 2 && answers.iter().all(|answer| answer["guidance"].is_object()), "{answers:?}");
}

#[tokio::test]
async fn no_fragment_goes_without_what_the_first_line_said_of_all() {
    let service = TestService::start_with_settings(rates(2, 0)).await;
    let brand = json!({ "defaults": { "brand": { "name": "Example Ltd" } } });
    let items = [brand.clone(), item(0), item(1)];
    let answers = asked(&service, "/v1/fragments/batch", &items).await;
    assert!(answers[0]["fragment"]["html"].as_str().unwrap().contains("Example Ltd"));
    assert_eq!(answers[1]["ref"], "item-0");
    assert_eq!((&answers[2]["ref"], &answers[2]["error"]["code"]), (&json!("item-1"), &json!("rate_limited")));
    // A call that is refused as a whole answers no line at all.
    let body = format!("{brand}\n{}\n", item(0));
    let refused = sent(service.post_bytes("/v1/fragments/batch", NDJSON, body)).await;
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].as_bytes()), (429, &b"30"[..]));
}

#[tokio::test]
async fn a_trial_counts_what_limits_refused_as_wrong() {
    let service = TestService::start_with_settings(rates(2, 0)).await;
    let answers = asked(&service, "/v1/fragments/batch?dry_run=true", &[item(0), item(1), item(2)]).await;
    assert_eq!((&answers[0]["ref"], &answers[0]["error"]["code"]), (&json!("item-2"), &json!("rate_limited")));
    let summary = &answers.last().unwrap()["summary"];
    assert_eq!((&summary["items"], &summary["errors"]), (&json!(3), &json!(1)), "{summary}");
}

#[tokio::test]
async fn a_line_that_cannot_be_read_is_refused_without_a_name() {
    let service = TestService::start_with_settings(rates(1, 0)).await;
    let body = format!("{}\n{{\n{}\n", item(0), json!({ "ref": "x".repeat(300) }));
    let answer = sent(service.post_bytes("/v1/guidance/batch", NDJSON, body)).await.text().await.unwrap();
    for refused in &lines(&answer)[1..] {
        assert_eq!((refused.get("ref"), &refused["error"]["code"]), (None, &json!("rate_limited")));
    }
}

#[tokio::test]
async fn so_many_bulk_calls_at_a_time_and_no_more() {
    let service = TestService::start_with_settings(Layer { tenant_bulk_calls: Some(1), ..Layer::default() }).await;
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel::<Result<String, std::io::Error>>();
    let body = reqwest::Body::wrap_stream(tokio_stream::wrappers::UnboundedReceiverStream::new(receiver));
    sender.send(Ok(format!("{}\n", item(0)))).unwrap();
    let mut first = sent(service.post_bytes("/v1/guidance/batch", NDJSON, body)).await;
    assert!(first.chunk().await.unwrap().is_some());
    let second = || service.post_bytes("/v1/fragments/batch", NDJSON, item(1).to_string());
    let (status, problem) = json(second()).await;
    assert_eq!((status, &problem["code"], &problem["limit"]), (429, &json!("rate_limited"), &json!("bulk")));
    assert_eq!(told(service.get("/v1/guidance?kind=idea")).await.0, 200, "single calls go on");
    drop(sender);
    assert!(first.chunk().await.unwrap().is_none());
    assert_eq!(told(second()).await.0, 200);
}
