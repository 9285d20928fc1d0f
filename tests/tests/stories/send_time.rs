//! When to send, through both doors: the same times for the same reasons, and the same refusals.

use prost_types::Timestamp;
use rebound_domain::send_time::Rule;
use rebound_tests::proto::send_time_service_client::SendTimeServiceClient;
use rebound_tests::proto::{AdviseSendTimeRequest, AdviseSendTimeResponse, Kind, SendRule, SendRuleCode, Stage};
use rebound_tests::service::{TestService, json, reason, with_key};
use serde_json::{Value, json};
use tonic::Code;
use tonic_types::StatusExt as _;

const PATH: &str = "/v1/send-time";

fn moment(value: &Value) -> Option<Timestamp> {
    let at: jiff::Timestamp = value.as_str()?.parse().unwrap();
    Some(Timestamp { seconds: at.as_second(), nanos: 0 })
}

fn message(body: &Value) -> AdviseSendTimeRequest {
    let number = |value: &Value, known: fn(&str) -> i32| value.as_str().map_or(0, |name| known(&name.to_uppercase()));
    AdviseSendTimeRequest {
        decided_at: moment(&body["decided_at"]),
        time_zone: body["time_zone"].as_str().map(str::to_owned),
        count: body["count"].as_i64(),
        not_before: moment(&body["not_before"]),
        latest_at: moment(&body["latest_at"]),
        kind: number(&body["kind"], |name| Kind::from_str_name(&format!("KIND_{name}")).map_or(99, Into::into)),
        stage: number(&body["stage"], |name| Stage::from_str_name(&format!("STAGE_{name}")).map_or(99, Into::into)),
    }
}

fn shown(answer: &AdviseSendTimeResponse) -> Value {
    let at = |at: &Option<Timestamp>| {
        let Timestamp { seconds, nanos } = at.unwrap();
        json!(jiff::Timestamp::new(seconds, nanos).unwrap())
    };
    let rule = |rule: &SendRule| {
        let code = SendRuleCode::try_from(rule.code).unwrap().as_str_name().trim_start_matches("SEND_RULE_CODE_");
        json!({ "code": code.to_lowercase(), "text": rule.text })
    };
    json!({
        "send_at": at(&answer.send_at), "cancel_until": at(&answer.cancel_until), "time_zone": answer.time_zone,
        "slots": answer.slots.iter().map(|it| json!({ "from": at(&it.from), "to": at(&it.to), "count": it.count })).collect::<Value>(),
        "reasons": answer.reasons.iter().map(rule).collect::<Value>(),
        "given_up": answer.given_up.iter().map(rule).collect::<Value>(),
    })
}

fn codes(rules: &Value) -> Vec<&str> {
    rules.as_array().unwrap().iter().map(|rule| rule["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_time_is_the_same_through_both_doors() {
    // The clock stands at 03:04:05 UTC on Friday, 2 January 2026.
    let service = TestService::start().await;
    let mut grpc = SendTimeServiceClient::new(service.channel().await);
    for (body, send_at, given_up) in [
        (json!({}), "2026-01-02T09:00:00Z", vec![]),
        (json!({ "time_zone": "Asia/Tokyo" }), "2026-01-02T04:05:00Z", vec![]),
        (
            json!({ "time_zone": "Asia/Tokyo", "kind": "job_application", "stage": "offer" }),
            "2026-01-05T00:00:00Z",
            vec![],
        ),
        (
            json!({ "decided_at": "2026-01-09T14:30:00Z", "time_zone": "Europe/Berlin", "count": 60 }),
            "2026-01-12T08:00:00Z",
            vec![],
        ),
        (
            json!({ "decided_at": "2026-01-09T20:00:00Z", "time_zone": "-05:00", "latest_at": "2026-01-09T23:00:00Z" }),
            "2026-01-09T21:00:00Z",
            vec!["friday_afternoon"],
        ),
        (json!({ "not_before": "2026-01-07T11:00:00Z", "count": 1, "kind": "idea" }), "2026-01-07T11:00:00Z", vec![]),
    ] {
        let (status, by_rest) = json(service.post(PATH, &body)).await;
        assert_eq!(
            (status, &by_rest["send_at"], codes(&by_rest["given_up"])),
            (200, &json!(send_at), given_up),
            "{by_rest}"
        );
        let by_grpc = grpc.advise_send_time(with_key(message(&body))).await.unwrap().into_inner();
        assert_eq!(shown(&by_grpc), by_rest, "{body}");
    }
}

#[tokio::test]
async fn the_offset_of_the_decision_stands_for_a_place_that_is_not_named() {
    let service = TestService::start().await;
    let body = json!({ "decided_at": "2026-01-05T16:30:00+05:30" });
    let (_, answer) = json(service.post(PATH, &body)).await;
    assert_eq!((&answer["time_zone"], &answer["send_at"]), (&json!("+05:30"), &json!("2026-01-06T03:30:00Z")));
    let body = json!({ "decided_at": "2026-01-05T16:30:00+05:30", "time_zone": "europe/lisbon" });
    let (_, answer) = json(service.post(PATH, &body)).await;
    assert_eq!((&answer["time_zone"], &answer["send_at"]), (&json!("Europe/Lisbon"), &json!("2026-01-05T12:00:00Z")));
    let (_, answer) = json(service.post(PATH, &json!({ "decided_at": "2026-01-05T16:30:00Z" }))).await;
    assert_eq!(answer["time_zone"], "UTC");
}

#[tokio::test]
async fn everything_that_is_wrong_is_named_through_both_doors() {
    let service = TestService::start().await;
    let mut grpc = SendTimeServiceClient::new(service.channel().await);
    for (body, pointers) in [
        (json!({ "count": 0, "time_zone": "Mars/Olympus" }), vec!["/count", "/time_zone"]),
        (json!({ "count": 1_000_001, "kind": "moon", "stage": "moon" }), vec!["/kind", "/stage", "/count"]),
        (json!({ "latest_at": "2026-01-02T03:00:00Z" }), vec!["/latest_at"]),
        (json!({ "not_before": "2026-01-03T00:00:00Z", "latest_at": "2026-01-02T23:00:00Z" }), vec!["/latest_at"]),
        (json!({ "decided_at": "1999-01-01T00:00:00Z" }), vec!["/decided_at"]),
    ] {
        let (status, problem) = json(service.post(PATH, &body)).await;
        let found: Vec<_> =
            problem["errors"].as_array().unwrap().iter().map(|it| it["pointer"].as_str().unwrap()).collect();
        assert_eq!((status, &found), (422, &pointers), "{problem}");
        let refused = grpc.advise_send_time(with_key(message(&body))).await.unwrap_err();
        assert_eq!((refused.code(), &*reason(&refused)), (Code::InvalidArgument, "INVALID_REQUEST"));
        let fields = refused.get_details_bad_request().unwrap().field_violations;
        let fields: Vec<_> = fields.iter().map(|it| format!("/{}", it.field)).collect();
        assert_eq!(fields, pointers, "{body}");
    }
    for (body, pointer) in [
        (json!({ "decided_at": "yesterday" }), "/decided_at"),
        (json!({ "latest_at": "2026-01-02" }), "/latest_at"),
        (json!({ "time_zone": 1 }), "/time_zone"),
        (json!({ "name": "Kim" }), "/name"),
        (json!([]), ""),
    ] {
        let (status, problem) = json(service.post(PATH, &body)).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!(pointer)), "{problem}");
    }
}

#[test]
fn the_words_are_plain_and_kind() {
    for rule in Rule::ALL {
        let text = rule.text();
        assert!(text.ends_with('.') && !text.contains('!') && !text.to_lowercase().contains("reject"), "{text}");
        let longest = text.split('.').map(|sentence| sentence.split_whitespace().count()).max().unwrap();
        assert!(longest <= 15, "{text}");
    }
}
