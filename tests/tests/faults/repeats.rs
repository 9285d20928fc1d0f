//! One request that comes fifty times at once, over both APIs: one effect, and everybody is told the same.

use futures_util::future::join_all;
use rebound_tests::proto::history_service_client::HistoryServiceClient;
use rebound_tests::proto::{Context, CreateRejectionRequest, Kind};
use rebound_tests::service::{KEY, TestService, json, with_key};
use rebound_tests::{postgres, sqlite};
use reqwest::Client;
use serde_json::{Value, json};

use crate::replicas::NOW;

/// How often the request comes over each API.
const EACH: usize = 25;

/// The answers of REST and the ids that gRPC answered to one request, repeated at once.
async fn repeated(service: &TestService, user: &str, key: &str) -> (Vec<(u16, Value)>, Vec<String>) {
    let body = json!({"kind": "idea", "occurred_at": NOW, "role": key});
    let url = format!("{}/v1/users/{user}/rejections", service.http);
    let by_rest =
        (0..EACH).map(|_| json(Client::new().post(&url).bearer_auth(KEY).header("idempotency-key", key).json(&body)));
    let request = CreateRejectionRequest {
        user_id: user.to_owned(),
        context: Some(Context { kind: Kind::Idea.into(), ..Context::default() }),
        role: Some(key.to_owned()),
        occurred_at: Some(NOW.parse().unwrap()),
        request_id: Some(key.to_owned()),
        ..CreateRejectionRequest::default()
    };
    let channel = service.channel().await;
    let by_grpc = (0..EACH).map(|_| {
        let (mut client, request) = (HistoryServiceClient::new(channel.clone()), with_key(request.clone()));
        async move { client.create_rejection(request).await.unwrap().into_inner() }
    });
    let (by_rest, by_grpc) = tokio::join!(join_all(by_rest), join_all(by_grpc));
    assert!(by_grpc.iter().all(|answer| *answer == by_grpc[0]), "{by_grpc:?}");
    let ids = by_grpc.into_iter().map(|answer| answer.rejection.unwrap().id);
    (by_rest, ids.collect())
}

async fn fifty_are_one(database_url: &str) {
    let service = TestService::start_on(database_url).await;
    for round in 0..5 {
        let (user, key) = (format!("person-{round}"), format!("key-{round}"));
        let (by_rest, ids) = repeated(&service, &user, &key).await;
        assert_eq!((by_rest[0].0, by_rest.len() + ids.len()), (201, 50), "{by_rest:?}");
        assert!(by_rest.iter().all(|answer| *answer == by_rest[0]), "{by_rest:?}");
        assert!(ids.iter().all(|id| *id == by_rest[0].1["id"]), "{ids:?} {by_rest:?}");
        let base = format!("/v1/users/{user}");
        let (_, list) = json(service.get(&format!("{base}/rejections"))).await;
        assert_eq!(list["rejections"], json!([by_rest[0].1]));
        let (_, timeline) = json(service.get(&format!("{base}/timeline"))).await;
        assert_eq!(timeline["entries"].as_array().unwrap().len(), 1);
        let (_, log) = json(service.get(&format!("/v1/audit-events?user_id={user}"))).await;
        let events = log["audit_events"].as_array().unwrap().iter();
        assert_eq!(events.filter(|event| event["operation"] == "createRejection").count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_repetitions_have_one_effect_on_sqlite() {
    let database = sqlite::database();
    fifty_are_one(&database.url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_repetitions_have_one_effect_on_postgres() {
    let database = postgres::database().await;
    fifty_are_one(&database.url).await;
}
