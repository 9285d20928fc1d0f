//! Overlays through both doors: what one publishes the other answers with, and both refuse alike.

use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value};
use rebound_tests::proto::admin_service_client::AdminServiceClient;
use rebound_tests::proto::catalog_service_client::CatalogServiceClient;
use rebound_tests::proto::guidance_service_client::GuidanceServiceClient;
use rebound_tests::proto::{
    BatchGetGuidanceRequest, Context, Conversation, DeleteOverlayRequest, GetGuidanceRequest, GetOverlayRequest,
    GetTipRequest, ListOverlayVersionsRequest, ListOverlaysRequest, ListTipsRequest, OverlayInAnswer, Phase,
    PreviewOverlaysRequest, PublishOverlaysRequest, PutOverlayRequest, RollbackOverlaysRequest, Stage, Step,
};
use rebound_tests::service::{TestService, json, reason, with_key};
use serde_json::json;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::desk::{ITEM, guidance, step, thanks, titled};

fn value(kind: Kind) -> Value {
    Value { kind: Some(kind) }
}

fn object(members: &[(&str, Kind)]) -> Struct {
    Struct { fields: members.iter().map(|(name, kind)| ((*name).to_owned(), value(kind.clone()))).collect() }
}

fn title(text: &str) -> Struct {
    object(&[("text", Kind::StructValue(object(&[("title", Kind::StringValue(text.to_owned()))])))])
}

fn put(patch: Struct) -> PutOverlayRequest {
    PutOverlayRequest { locale: "en".to_owned(), item: ITEM.to_owned(), overlay: Some(patch), if_match: None }
}

fn situation() -> Context {
    Context {
        kind: rebound_tests::proto::Kind::JobApplication.into(),
        stage: Stage::Interview.into(),
        conversation: Conversation::Held.into(),
        phase: Phase::Acting.into(),
        ..Context::default()
    }
}

fn thanked(steps: &[Step]) -> (String, Vec<String>) {
    let step = steps.iter().find(|step| step.tip == "thank-the-person").unwrap();
    (step.title.clone(), step.overridden.clone())
}

fn field(status: &Status) -> String {
    assert_eq!((status.code(), &*reason(status)), (Code::InvalidArgument, "INVALID_REQUEST"), "{status}");
    status.get_details_bad_request().unwrap().field_violations[0].field.clone()
}

#[tokio::test]
async fn a_sentence_that_is_put_over_grpc_answers_on_every_path() {
    let service = TestService::start().await;
    let channel = service.channel().await;
    let (mut admin, mut grpc) = (AdminServiceClient::new(channel.clone()), GuidanceServiceClient::new(channel.clone()));
    let made = admin.put_overlay(with_key(put(title("Say thanks")))).await.unwrap().into_inner().overlay.unwrap();
    assert_eq!((made.published, &made.overlay), (false, &Some(title("Say thanks"))));
    let preview = PreviewOverlaysRequest { context: Some(situation()), ..Default::default() };
    let preview = admin.preview_overlays(with_key(preview)).await.unwrap().into_inner();
    assert_eq!(thanked(&preview.guidance.unwrap().steps).0, "Say thanks");
    assert_eq!((preview.changes.len(), &*preview.changes[0].change), (1, "added"));
    let publish = PublishOverlaysRequest { note: Some("first".to_owned()), request_id: Some("one".to_owned()) };
    let first = admin.publish_overlays(with_key(publish.clone())).await.unwrap().into_inner();
    assert_eq!(admin.publish_overlays(with_key(publish)).await.unwrap().into_inner(), first, "done once");
    let by_rest = service.post("/v1/overlays/publish", &json!({ "note": "first" })).header("idempotency-key", "one");
    assert_eq!(json(by_rest).await.1["version"], 1, "known through the other door");

    let expected = ("Say thanks".to_owned(), vec!["title".to_owned()]);
    let asked = GetGuidanceRequest { context: Some(situation()), ..Default::default() };
    let answer = grpc.get_guidance(with_key(asked)).await.unwrap().into_inner();
    assert_eq!((thanked(&answer.steps), answer.overlay), (expected.clone(), Some(OverlayInAnswer { version: 1 })));
    let item = BatchGetGuidanceRequest { context: Some(situation()), ..Default::default() };
    let mut batch = grpc.batch_get_guidance(with_key(tokio_stream::iter([item]))).await.unwrap().into_inner();
    let Some(rebound_tests::proto::batch_get_guidance_response::Result::Guidance(of_batch)) =
        batch.message().await.unwrap().unwrap().result
    else {
        panic!("guidance")
    };
    assert_eq!(of_batch, answer);
    let mut catalog = CatalogServiceClient::new(channel);
    let tip = GetTipRequest { id: "thank-the-person".to_owned(), ..Default::default() };
    let tip = catalog.get_tip(with_key(tip)).await.unwrap().into_inner().tip.unwrap();
    assert_eq!((tip.title, tip.overridden, tip.enabled), (expected.0, expected.1, None));
    assert_eq!(step(&guidance(&service, &thanks()).await, "thank-the-person")["title"], "Say thanks");

    let off = object(&[("enabled", Kind::BoolValue(false))]);
    admin.put_overlay(with_key(put(off))).await.unwrap();
    admin.publish_overlays(with_key(PublishOverlaysRequest::default())).await.unwrap();
    let tips = catalog.list_tips(with_key(ListTipsRequest { page_size: 200, ..Default::default() })).await.unwrap();
    assert!(tips.into_inner().tips.iter().all(|tip| tip.id != "thank-the-person"));
    let back = RollbackOverlaysRequest { version: Some(0), ..Default::default() };
    let back = admin.rollback_overlays(with_key(back)).await.unwrap().into_inner().overlay_version.unwrap();
    assert_eq!((back.version, back.restored_from, back.current), (3, Some(0), true));
    let asked = GetGuidanceRequest { context: Some(situation()), ..Default::default() };
    assert_eq!(grpc.get_guidance(with_key(asked)).await.unwrap().into_inner().overlay, None);
}

#[tokio::test]
async fn draft_and_versions_are_the_same_through_both_doors() {
    let service = TestService::start().await;
    let mut admin = AdminServiceClient::new(service.channel().await);
    let numbers = object(&[("priority", Kind::NumberValue(80.0))]);
    let made = admin.put_overlay(with_key(put(numbers.clone()))).await.unwrap().into_inner().overlay.unwrap();
    let path = format!("/v1/overlays/en/{ITEM}");
    let by_rest = service.get(&path).send().await.unwrap();
    assert_eq!(by_rest.headers()["etag"].to_str().unwrap(), made.etag);
    assert_eq!(by_rest.json::<serde_json::Value>().await.unwrap()["overlay"], json!({ "priority": 80 }));
    let get = GetOverlayRequest { locale: "en".to_owned(), item: ITEM.to_owned() };
    assert_eq!(admin.get_overlay(with_key(get.clone())).await.unwrap().into_inner().overlay, Some(made.clone()));
    let listed = admin.list_overlays(with_key(ListOverlaysRequest::default())).await.unwrap().into_inner();
    assert_eq!(listed.overlays, std::slice::from_ref(&made));
    let publish = PublishOverlaysRequest { note: Some("one".to_owned()), ..Default::default() };
    let first = admin.publish_overlays(with_key(publish)).await.unwrap().into_inner().overlay_version.unwrap();
    let versions = admin.list_overlay_versions(with_key(ListOverlayVersionsRequest::default())).await.unwrap();
    assert_eq!(versions.into_inner().versions, [first]);
    let delete =
        DeleteOverlayRequest { locale: "en".to_owned(), item: ITEM.to_owned(), if_match: Some("\"0\"".to_owned()) };
    let stale = admin.delete_overlay(with_key(delete.clone())).await.unwrap_err();
    assert_eq!((stale.code(), &*reason(&stale)), (Code::Aborted, "PRECONDITION_FAILED"));
    let delete = DeleteOverlayRequest { if_match: Some(made.etag), ..delete };
    admin.delete_overlay(with_key(delete)).await.unwrap();
    assert_eq!(admin.get_overlay(with_key(get)).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn both_doors_refuse_alike() {
    let service = TestService::start().await;
    let mut admin = AdminServiceClient::new(service.channel().await);
    let wrong = object(&[("text", Kind::StructValue(object(&[("titel", Kind::StringValue("x".to_owned()))])))]);
    assert_eq!(field(&admin.put_overlay(with_key(put(wrong))).await.unwrap_err()), "text.titel");
    let fraction = Kind::ListValue(ListValue { values: vec![value(Kind::NumberValue(1.5))] });
    let wrong = object(&[("actions", fraction)]);
    assert_eq!(field(&admin.put_overlay(with_key(put(wrong))).await.unwrap_err()), "actions[0]");
    let nowhere = PutOverlayRequest { item: "tip.unknown".to_owned(), ..put(title("x")) };
    assert_eq!(field(&admin.put_overlay(with_key(nowhere)).await.unwrap_err()), "item");
    let nowhere = PutOverlayRequest { locale: "tlh".to_owned(), ..put(title("x")) };
    assert_eq!(field(&admin.put_overlay(with_key(nowhere)).await.unwrap_err()), "locale");
    let nothing = admin.publish_overlays(with_key(PublishOverlaysRequest::default())).await.unwrap_err();
    assert_eq!((nothing.code(), &*reason(&nothing)), (Code::FailedPrecondition, "CONFLICT"));
    let back = admin.rollback_overlays(with_key(RollbackOverlaysRequest::default())).await.unwrap_err();
    assert_eq!(field(&back), "version");
    let preview = admin.preview_overlays(with_key(PreviewOverlaysRequest::default())).await.unwrap_err();
    assert_eq!(field(&preview), "context");
    let (status, _) = crate::desk::put(&service, "tip.unknown", &titled("x")).await;
    assert_eq!(status, 422);
}
