//! What only gRPC has: rich errors, health, reflection, gRPC-Web, streams with back-pressure, deadlines.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use prost::Message as _;
use rebound_domain::context::{Field, Shape};
use rebound_tests::proto::batch_get_guidance_response::Result as ItemResult;
use rebound_tests::proto::catalog_service_client::CatalogServiceClient;
use rebound_tests::proto::guidance_service_client::GuidanceServiceClient;
use rebound_tests::proto::{
    BatchGetGuidanceRequest, Context, GetGuidanceRequest, GetTipRequest, Kind, ListSourcesRequest, ListTipsRequest,
};
use rebound_tests::service::{KEY, TestService, json, reason, with_key};
use rebound_tests::situations;
use serde_json::json;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::grpc_as_json;

fn idea() -> Context {
    Context { kind: Kind::Idea.into(), ..Context::default() }
}

fn ask(context: Context) -> GetGuidanceRequest {
    GetGuidanceRequest { context: Some(context), ..GetGuidanceRequest::default() }
}

#[tokio::test]
async fn what_rest_refuses_grpc_refuses_with_the_same_code_and_fields() {
    let service = TestService::start().await;
    let mut grpc = GuidanceServiceClient::new(service.channel().await);
    let cases = [
        (Context::default(), "context.kind", "/context/kind"),
        (Context { kind: 99, ..Context::default() }, "context.kind", "/context/kind"),
        (Context { stage: 77, ..idea() }, "context.stage", "/context/stage"),
        (Context { reasons: vec![3, 0], ..idea() }, "context.reasons", "/context/reasons"),
        (Context { causes: vec![-1], ..idea() }, "context.causes", "/context/causes"),
        (Context { days_since: Some(u32::MAX), ..idea() }, "context.days_since", "/context/days_since"),
        (
            Context { rounds_completed: Some(2), rounds_total: Some(1), ..idea() },
            "context.rounds_completed",
            "/context/rounds_completed",
        ),
        (
            Context { conversation: 1, conversation_with: vec![1], ..idea() },
            "context.conversation",
            "/context/conversation",
        ),
    ];
    for (context, field, pointer) in cases {
        let status = grpc.get_guidance(with_key(ask(context))).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(reason(&status), "INVALID_REQUEST");
        let details = status.get_details_bad_request().unwrap();
        assert!(details.field_violations[0].field.starts_with(field), "{pointer}: {details:?}");
        assert!(!details.field_violations[0].description.is_empty());
    }
    let status = grpc.get_guidance(with_key(GetGuidanceRequest::default())).await.unwrap_err();
    assert_eq!(status.get_details_bad_request().unwrap().field_violations[0].field, "context");
    let wrong = GetGuidanceRequest { locale: Some("not a tag".into()), ..ask(idea()) };
    let status = grpc.get_guidance(with_key(wrong)).await.unwrap_err();
    assert_eq!(status.get_details_bad_request().unwrap().field_violations[0].field, "locale");
}

#[tokio::test]
async fn every_enum_number_means_what_its_name_says() {
    let service = TestService::start().await;
    let mut grpc = GuidanceServiceClient::new(service.channel().await);
    for field in Field::ALL.iter().filter(|field| matches!(field.shape(), Shape::Choice(_) | Shape::List(_))) {
        for value in field.values() {
            let listed = matches!(field.shape(), Shape::List(_));
            let mut context = json!({ "kind": "idea" });
            context[field.name()] = if listed { json!([value]) } else { json!(value) };
            let body = json!({ "context": context, "explain": true, "limit": 50 });
            let (_, by_rest) = json(service.post("/v1/guidance", &body)).await;
            let by_grpc = grpc.get_guidance(with_key(grpc_as_json::request(&body))).await.unwrap().into_inner();
            assert_eq!(grpc_as_json::guidance(&by_grpc), by_rest, "{field}={value}");
        }
    }
}

#[tokio::test]
async fn keys_are_checked_as_over_rest() {
    let service = TestService::start().await;
    let mut grpc = GuidanceServiceClient::new(service.channel().await);
    let status = grpc.get_guidance(ask(idea())).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unauthenticated, "UNAUTHENTICATED"));
    let mut request = with_key(ask(idea()));
    request.metadata_mut().insert("authorization", "Bearer rbk_wrong".parse().unwrap());
    let status = grpc.get_guidance(request).await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    let mut catalog = CatalogServiceClient::new(service.channel().await);
    assert_eq!(catalog.list_tips(ListTipsRequest::default()).await.unwrap_err().code(), Code::Unauthenticated);
    let batch = grpc.batch_get_guidance(stream::iter([BatchGetGuidanceRequest::default()])).await;
    assert_eq!(batch.unwrap_err().code(), Code::Unauthenticated);
}

#[tokio::test]
async fn a_batch_answers_in_order_and_one_bad_item_never_fails_the_others() {
    let service = TestService::start().await;
    let mut grpc = GuidanceServiceClient::new(service.channel().await);
    let situations = situations::all();
    let item = |(number, situation): (usize, &situations::Situation)| {
        let GetGuidanceRequest { context, locale, limit, explain, .. } = grpc_as_json::request(&situation.request());
        let r#ref = format!("{number}");
        let good = BatchGetGuidanceRequest { r#ref, context, locale, limit, explain, ..Default::default() };
        let bad = BatchGetGuidanceRequest { r#ref: "bad".into(), ..BatchGetGuidanceRequest::default() };
        [good, bad]
    };
    let items: Vec<_> = situations.iter().enumerate().flat_map(item).collect();
    let answers = grpc.batch_get_guidance(with_key(stream::iter(items))).await.unwrap().into_inner();
    let answers: Vec<_> = answers.map(Result::unwrap).collect().await;
    assert_eq!(answers.len(), situations.len() * 2);
    for (number, (situation, pair)) in situations.iter().zip(answers.chunks(2)).enumerate() {
        assert_eq!(pair[0].r#ref, format!("{number}"));
        let Some(ItemResult::Guidance(guidance)) = &pair[0].result else { panic!("{:?}", pair[0]) };
        let (_, by_rest) = json(service.post("/v1/guidance", &situation.request())).await;
        assert_eq!(grpc_as_json::guidance(guidance), by_rest);
        let Some(ItemResult::Error(error)) = &pair[1].result else { panic!("{:?}", pair[1]) };
        assert_eq!((pair[1].r#ref.as_str(), error.code.as_str()), ("bad", "invalid_request"));
        assert_eq!(error.errors[0].pointer, "/context");
    }
}

#[tokio::test]
async fn an_item_is_answered_before_the_next_one_is_sent() {
    let service = TestService::start().await;
    let mut grpc = GuidanceServiceClient::new(service.channel().await);
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let requests = tokio_stream::wrappers::ReceiverStream::new(receiver);
    let mut answers = grpc.batch_get_guidance(with_key(requests)).await.unwrap().into_inner();
    for number in 0..3 {
        let item = BatchGetGuidanceRequest {
            r#ref: number.to_string(),
            context: Some(idea()),
            ..BatchGetGuidanceRequest::default()
        };
        sender.send(item).await.unwrap();
        assert_eq!(answers.message().await.unwrap().unwrap().r#ref, number.to_string());
    }
    drop(sender);
    assert!(answers.message().await.unwrap().is_none());
}

#[tokio::test]
async fn a_deadline_ends_a_stream_that_waits() {
    let service = TestService::start().await;
    let mut grpc = GuidanceServiceClient::new(service.channel().await);
    let mut request = with_key(stream::pending::<BatchGetGuidanceRequest>());
    request.metadata_mut().insert("grpc-timeout", "50m".parse().unwrap());
    let status = match grpc.batch_get_guidance(request).await {
        Ok(answers) => answers.into_inner().message().await.unwrap_err(),
        Err(status) => status,
    };
    assert_eq!(status.code(), Code::DeadlineExceeded);
    let mut request = with_key(ask(idea()));
    request.set_timeout(Duration::from_secs(5));
    assert!(grpc.get_guidance(request).await.is_ok());
}

#[tokio::test]
async fn the_catalog_is_the_one_of_rest() {
    let service = TestService::start().await;
    let mut grpc = CatalogServiceClient::new(service.channel().await);
    let (mut token, mut ids) = (String::new(), Vec::new());
    loop {
        let request = ListTipsRequest { page_size: 40, page_token: token, ..ListTipsRequest::default() };
        let page = grpc.list_tips(with_key(request)).await.unwrap().into_inner();
        ids.extend(page.tips.into_iter().map(|tip| (tip.id, tip.title, tip.body)));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let (_, by_rest) = json(service.get("/v1/tips?page_size=200")).await;
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let expected: Vec<_> = by_rest["tips"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (text(&it["id"]), text(&it["title"]), text(&it["body"])))
        .collect();
    assert_eq!(ids, expected);
    let missing =
        grpc.get_tip(with_key(GetTipRequest { id: "moon".into(), ..GetTipRequest::default() })).await.unwrap_err();
    assert_eq!((missing.code(), reason(&missing).as_str()), (Code::NotFound, "NOT_FOUND"));
    let sources = grpc.list_sources(with_key(ListSourcesRequest::default())).await.unwrap().into_inner();
    let carried = sources.articles.iter().flat_map(|article| &article.atoms).filter(|atom| !atom.carried_by.is_empty());
    assert_eq!(carried.count(), 175);
}

#[tokio::test]
async fn unknown_fields_of_a_newer_proto_are_ignored() {
    let service = TestService::start().await;
    let mut message = ask(idea()).encode_to_vec();
    message.extend_from_slice(&[0xfa, 0x3f, 0x03, b'n', b'e', b'w']); // field 1023, a text
    assert!(GetGuidanceRequest::decode(&*message).is_ok());
    let (status, answer) = grpc_web(&service, "GetGuidance", &message).await;
    assert_eq!((status, answer.get(..1)), (200, Some(&[0_u8][..])), "a data frame");
}

#[tokio::test]
async fn browsers_are_served_by_grpc_web() {
    let service = TestService::start().await;
    let (status, answer) = grpc_web(&service, "GetGuidance", &ask(idea()).encode_to_vec()).await;
    assert_eq!(status, 200);
    let length = u32::from_be_bytes(answer[1..5].try_into().unwrap()) as usize;
    let guidance = rebound_tests::proto::GetGuidanceResponse::decode(&answer[5..5 + length]).unwrap();
    assert!(!guidance.steps.is_empty());
    let trailers = String::from_utf8_lossy(&answer[5 + length + 5..]).to_lowercase();
    assert!(trailers.contains("grpc-status:0"), "{trailers}");
}

/// A call over HTTP/1.1 in the gRPC-Web framing.
async fn grpc_web(service: &TestService, method: &str, message: &[u8]) -> (u16, Vec<u8>) {
    let mut body = vec![0];
    body.extend_from_slice(&u32::try_from(message.len()).unwrap().to_be_bytes());
    body.extend_from_slice(message);
    let url = format!("{}/rebound.v1.GuidanceService/{method}", service.grpc);
    let client = reqwest::Client::builder().http1_only().build().unwrap();
    let request = client.post(url).bearer_auth(KEY).header("content-type", "application/grpc-web+proto").body(body);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
}
