//! Sends JSON as a message of the proto, as grpcurl does by reflection: over gRPC-Web, which needs no generated client.

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage};
use rebound_tests::process::Process;
use serde_json::Value;

use crate::ADMIN;

/// What a method, such as `rebound.v1.GuidanceService/GetGuidance`, answers to a request as JSON.
pub(crate) async fn call(service: &Process, method: &str, request: &str) -> Value {
    let pool = DescriptorPool::decode(rebound_api_grpc::FILE_DESCRIPTOR_SET).unwrap();
    let (of_service, name) = method.split_once('/').unwrap();
    let of_service = pool.get_service_by_name(of_service).unwrap();
    let known = of_service.methods().find(|method| method.name() == name).unwrap();
    let mut text = serde_json::Deserializer::from_str(request);
    let message = DynamicMessage::deserialize(known.input(), &mut text).unwrap().encode_to_vec();
    let mut body = vec![0];
    body.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    body.extend(message);
    let url = format!("{}/{method}", service.grpc);
    let request = reqwest::Client::new().post(url).bearer_auth(ADMIN).body(body);
    let answer = request.header("content-type", "application/grpc-web+proto").send().await.unwrap();
    let status = answer.headers().get("grpc-status").map(|status| status.to_str().unwrap().to_owned());
    assert!(status.as_deref().unwrap_or("0") == "0", "{method}: {status:?}");
    let bytes = answer.bytes().await.unwrap();
    let length = usize::try_from(u32::from_be_bytes(bytes[1..5].try_into().unwrap())).unwrap();
    let trailers = String::from_utf8_lossy(&bytes[5 + length..]);
    assert!(bytes[0] == 0 && trailers.contains("grpc-status:0"), "{method}: {trailers}");
    let message = DynamicMessage::decode(known.output(), &bytes[5..5 + length]).unwrap();
    serde_json::to_value(message).unwrap()
}
