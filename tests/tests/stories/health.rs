//! What those who distribute requests ask, of both ports, without a key: before, while and after a service is there.

use std::pin::pin;

use rebound_server::config::Layer;
use rebound_tests::process::Process;
use rebound_tests::proto::guidance_service_client::GuidanceServiceClient;
use rebound_tests::proto::{Context, GetGuidanceRequest, Kind};
use rebound_tests::service::{KEY, TestService, with_key};
use tonic::Code;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

const SERVICES: [&str; 7] = [
    "",
    "rebound.v1.GuidanceService",
    "rebound.v1.FragmentService",
    "rebound.v1.ReplyService",
    "rebound.v1.CatalogService",
    "rebound.v1.HistoryService",
    "rebound.v1.AdminService",
];

async fn health(channel: &Channel, service: &str) -> Result<ServingStatus, Code> {
    let asked = HealthCheckRequest { service: service.to_owned() };
    let answer = HealthClient::new(channel.clone()).check(asked).await.map_err(|status| status.code())?;
    Ok(answer.into_inner().status())
}

#[tokio::test]
async fn every_service_is_healthy_and_no_other_is_known() {
    let service = TestService::start().await;
    let channel = service.channel().await;
    for name in SERVICES {
        assert_eq!(health(&channel, name).await, Ok(ServingStatus::Serving), "{name}");
    }
    assert_eq!(health(&channel, "rebound.v1.MoonService").await, Err(Code::NotFound));
}

#[tokio::test]
async fn a_service_that_is_to_stop_says_so_before_it_closes_its_ports() {
    let layer = Layer { shutdown_delay_seconds: Some(3_600), ..Layer::default() };
    let service = TestService::start_with_settings(layer).await;
    let channel = service.channel().await;
    let noticed = async {
        let ready = reqwest::get(format!("{}/readyz", service.http)).await.unwrap();
        assert_eq!((ready.status().as_u16(), ready.headers()["retry-after"].to_str().unwrap()), (503, "1"));
        assert_eq!(reqwest::get(format!("{}/livez", service.http)).await.unwrap().status(), 200);
        for name in SERVICES {
            assert_eq!(health(&channel, name).await, Ok(ServingStatus::NotServing), "{name}");
        }
        // On connections that are made only now.
        let request = reqwest::Client::new().get(format!("{}/v1/guidance?kind=idea", service.http)).bearer_auth(KEY);
        assert_eq!(request.send().await.unwrap().status(), 200);
        let context = Context { kind: Kind::Idea.into(), ..Context::default() };
        let request = GetGuidanceRequest { context: Some(context), ..GetGuidanceRequest::default() };
        GuidanceServiceClient::new(service.channel().await).get_guidance(with_key(request)).await.unwrap();
    };
    let retired = pin!(service.app.retire());
    tokio::select! {
        biased;
        () = retired => panic!("the delay is an hour"),
        () = noticed => {}
    }
}

#[tokio::test]
async fn to_be_about_to_stop_is_no_failure_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let delay = [("REBOUND_SHUTDOWN_DELAY_SECONDS", "3600")];
    let process = Process::start_in(folder.path(), "sqlite://rebound.db", &delay);
    process.ask_to_stop();
    while reqwest::get(format!("{}/readyz", process.http)).await.unwrap().status() != 503 {}
    // Asked again, it stops at once.
    let (_, log) = process.end();
    assert!(log.contains("\"route\":\"/readyz\",\"status\":503"), "{log}");
    assert!(!log.contains("ERROR") && !log.contains("request failed"), "{log}");
}
