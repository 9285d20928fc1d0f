//! A catalog with an overlay is made on another thread, and belongs to the request all the same that needs it.

use rebound_tests::collector::{Protocol, text};
use rebound_tests::service::KEY;
use serde_json::json;

use crate::world::{World, sampled};

const TRACE: &str = "11111111111111111111111111111111";

#[tokio::test]
async fn making_a_catalog_with_an_overlay_belongs_to_its_request() {
    let mut world = World::start(Protocol::Grpc, &[]).await;
    let draft = reqwest::Client::new().put(format!("{}/v1/overlays/en/tip.take-a-short-walk", world.process.http));
    let draft = draft.bearer_auth(KEY).json(&json!({"enabled": false})).send().await.unwrap();
    assert!(draft.status().is_success(), "{}", draft.status());
    world.posted("/v1/overlays/publish", &json!({}), &sampled(TRACE)).await;
    let received = world.collector.until(|received| {
        received.find(TRACE, "assemble catalog").is_some()
            && received.find(TRACE, "POST /v1/overlays/publish").is_some()
    });
    let made = received.await.span(TRACE, "assemble catalog");
    assert!(!made.parent_span_id.is_empty());
    assert!(!text(&made.attributes, "rebound.overlay.version").is_empty());
}
