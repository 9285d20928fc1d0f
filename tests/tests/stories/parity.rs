//! The public situations through all three doors.

use rebound_tests::program;
use rebound_tests::proto::guidance_service_client::GuidanceServiceClient;
use rebound_tests::service::{TestService, json, with_key};
use rebound_tests::situations;
use serde_json::Value;

use crate::grpc_as_json;

#[tokio::test]
async fn every_situation_gets_the_right_advice_by_rest_grpc_and_command_line() {
    let service = TestService::start().await;
    let mut grpc = GuidanceServiceClient::new(service.channel().await);
    let folder = tempfile::tempdir().unwrap();
    let mut faults = Vec::new();
    for situation in situations::all() {
        let (status, by_rest) = json(service.post("/v1/guidance", &situation.request())).await;
        assert_eq!(status, 200);
        faults.extend(situation.faults(&by_rest));

        let request = with_key(grpc_as_json::request(&situation.request()));
        let by_grpc = grpc.get_guidance(request).await.unwrap().into_inner();
        assert!(grpc_as_json::guidance(&by_grpc) == by_rest, "{}: gRPC and REST differ", situation.name);

        let arguments = ["advise", "--limit", "50", "--explain"];
        let output = program::run(folder.path(), &arguments, &situation.context.to_string());
        assert!(output.status.success());
        let by_command: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(by_command == by_rest, "{}: command line and REST differ", situation.name);
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
