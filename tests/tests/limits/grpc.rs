//! The same limits over gRPC: in metadata, in statuses, in items of a stream.

use jiff::SignedDuration;
use rebound_server::config::Layer;
use rebound_tests::proto::batch_get_guidance_response::Result as Content;
use rebound_tests::proto::batch_render_fragments_response::Result as FragmentContent;
use rebound_tests::proto::fragment_service_client::FragmentServiceClient;
use rebound_tests::proto::guidance_service_client::GuidanceServiceClient;
use rebound_tests::proto::{
    BatchGetGuidanceRequest, BatchRenderFragmentsRequest, Brand, Context, FragmentDefaults, GetGuidanceRequest, Kind,
};
use rebound_tests::service::{TestService, json, reason, with_key};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::{PATH, metric, rates};

fn context() -> Context {
    Context { kind: Kind::Idea.into(), ..Context::default() }
}

fn asked() -> tonic::Request<GetGuidanceRequest> {
    with_key(GetGuidanceRequest { context: Some(context()), ..GetGuidanceRequest::default() })
}

#[tokio::test]
async fn calls_are_told_what_is_left_and_refused_alike() {
    let service = TestService::start_with_settings(rates(3, 30)).await;
    let mut client = GuidanceServiceClient::new(service.channel().await);
    let answer = client.get_guidance(asked()).await.unwrap();
    assert_eq!(answer.metadata().get("ratelimit-policy").unwrap(), "\"key\";q=3;w=60, \"tenant\";q=30;w=60");
    assert_eq!(answer.metadata().get("ratelimit").unwrap(), "\"key\";r=2;t=20, \"tenant\";r=29;t=2");
    // Both doors take from the same bucket.
    assert_eq!(json(service.get(PATH)).await.0, 200);
    client.get_guidance(with_key(GetGuidanceRequest::default())).await.unwrap_err();
    let status = client.get_guidance(asked()).await.unwrap_err();
    assert_eq!((status.code(), &*reason(&status)), (Code::ResourceExhausted, "RATE_LIMITED"));
    assert_eq!(status.message(), "This key may ask 3 times a minute. Try again in 20 s.");
    assert_eq!(status.get_details_retry_info().unwrap().retry_delay.unwrap().as_secs(), 20);
    assert_eq!(status.get_details_error_info().unwrap().metadata["limit"], "key");
    assert_eq!(status.get_details_quota_failure().unwrap().violations[0].subject, "key");
    assert_eq!(status.metadata().get("ratelimit").unwrap(), "\"key\";r=0;t=60, \"tenant\";r=27;t=6");
    assert!(metric(&service, "rebound_limited_total{api=\"grpc\",reason=\"key\"} 1").await);
    service.clock.advance(SignedDuration::from_secs(20));
    client.get_guidance(asked()).await.unwrap();
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_told_as_such() {
    let service = TestService::start_with_settings(Layer { tenant_daily_quota: Some(1), ..rates(0, 0) }).await;
    let mut client = GuidanceServiceClient::new(service.channel().await);
    client.get_guidance(asked()).await.unwrap();
    let status = client.get_guidance(asked()).await.unwrap_err();
    assert_eq!((status.code(), &*reason(&status)), (Code::ResourceExhausted, "QUOTA_EXCEEDED"));
    assert_eq!(status.get_details_retry_info().unwrap().retry_delay.unwrap().as_secs(), 75_355);
    assert_eq!(status.get_details_quota_failure().unwrap().violations[0].subject, "daily");
}

#[tokio::test]
async fn each_message_of_a_stream_is_a_request() {
    let service = TestService::start_with_settings(rates(3, 0)).await;
    let mut client = GuidanceServiceClient::new(service.channel().await);
    let item = |number: usize| BatchGetGuidanceRequest {
        r#ref: format!("item-{number}"),
        context: Some(context()),
        ..BatchGetGuidanceRequest::default()
    };
    let items = (0..5).map(item).collect::<Vec<_>>();
    let mut answers = client.batch_get_guidance(with_key(tokio_stream::iter(items))).await.unwrap().into_inner();
    for number in 0..5 {
        let answer = answers.message().await.unwrap().unwrap();
        assert_eq!(answer.r#ref, format!("item-{number}"));
        match answer.result.unwrap() {
            Content::Guidance(_) => assert!(number < 3, "{number}"),
            Content::Error(error) => {
                assert_eq!((number > 2, &*error.code, error.limit.as_deref()), (true, "rate_limited", Some("key")));
                assert_eq!(error.retry_after_seconds, Some(20));
            }
        }
    }
    assert!(answers.message().await.unwrap().is_none(), "the stream ends well");
    assert!(metric(&service, "rebound_limited_total{api=\"grpc\",reason=\"key\"} 2").await);
}

#[tokio::test]
async fn no_fragment_goes_without_what_the_first_message_said_of_all() {
    let service = TestService::start_with_settings(rates(2, 0)).await;
    let mut client = FragmentServiceClient::new(service.channel().await);
    let brand = Some(Brand { name: Some("Example Ltd".to_owned()), ..Brand::default() });
    let defaults = Some(FragmentDefaults { brand, ..FragmentDefaults::default() });
    let first = BatchRenderFragmentsRequest { defaults, ..BatchRenderFragmentsRequest::default() };
    let item = |name: &str| BatchRenderFragmentsRequest {
        r#ref: name.to_owned(),
        context: Some(context()),
        ..BatchRenderFragmentsRequest::default()
    };
    let items = vec![first, item("one"), item("two")];
    let mut answers = client.batch_render_fragments(with_key(tokio_stream::iter(items))).await.unwrap().into_inner();
    let mut next = async || answers.message().await.unwrap().map(|answer| (answer.r#ref, answer.result.unwrap()));
    let Some((_, FragmentContent::Fragment(fragment))) = next().await else { panic!("no fragment") };
    assert!(fragment.html.unwrap().contains("Example Ltd"));
    assert_eq!(next().await.unwrap().0, "one");
    let (reference, FragmentContent::Error(error)) = next().await.unwrap() else { panic!("no error") };
    assert_eq!((&*reference, &*error.code), ("two", "rate_limited"));
    assert!(next().await.is_none());
}

#[tokio::test]
async fn so_many_bulk_calls_at_a_time_whatever_the_door() {
    let service = TestService::start_with_settings(Layer { tenant_bulk_calls: Some(1), ..Layer::default() }).await;
    let mut client = GuidanceServiceClient::new(service.channel().await);
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel::<BatchGetGuidanceRequest>();
    let requests = tokio_stream::wrappers::UnboundedReceiverStream::new(receiver);
    let first = client.batch_get_guidance(with_key(requests)).await.unwrap();
    let status = client.batch_get_guidance(with_key(tokio_stream::empty())).await.unwrap_err();
    assert_eq!((status.code(), &*reason(&status)), (Code::ResourceExhausted, "RATE_LIMITED"));
    let batch = service.post_bytes("/v1/guidance/batch", "application/x-ndjson", "");
    assert_eq!(json(batch).await.1["limit"], "bulk");
    drop(sender);
    assert!(first.into_inner().message().await.unwrap().is_none());
    client.batch_get_guidance(with_key(tokio_stream::empty())).await.unwrap();
}
