//! Limits: rates of keys and tenants, quotas of a day, bulk calls, what is taken on at once, and slow clients; over REST and
//! gRPC, on one replica and on two.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod admin;
mod batch;
mod confirmed;
mod connections;
mod grpc;
mod overload;
mod quota;
mod rates;
mod replicas;

use rebound_server::config::Layer;
use rebound_tests::service::TestService;
use reqwest::{RequestBuilder, Response};

/// Something cheap to ask for.
const PATH: &str = "/v1/guidance?kind=idea";

/// Settings with these rates, and nothing else that limits.
fn rates(of_key: u32, of_tenant: u32) -> Layer {
    Layer { key_requests_per_minute: Some(of_key), tenant_requests_per_minute: Some(of_tenant), ..Layer::default() }
}

async fn sent(request: RequestBuilder) -> Response {
    request.send().await.unwrap()
}

/// The status of an answer, and what it says of the limits.
async fn told(request: RequestBuilder) -> (u16, String) {
    let answer = sent(request).await;
    let state = answer.headers().get("ratelimit").map(|value| value.to_str().unwrap().to_owned());
    (answer.status().as_u16(), state.unwrap_or_default())
}

async fn metric(service: &TestService, line: &str) -> bool {
    let metrics = sent(service.get_without_key("/metrics")).await.text().await.unwrap();
    metrics.lines().any(|each| each == line)
}
