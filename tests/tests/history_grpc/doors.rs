//! Every method against every scope: a key that has one of those that the proto names is heard, every other one is turned
//! away.

use rebound_api_grpc::Method;
use rebound_domain::access::Scope;
use rebound_tests::keys::add_key;
use tonic::client::Grpc;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

use crate::{House, with};

const PROTO: &str = include_str!("../../../proto/rebound/v1/history.proto");

/// The scopes that the proto names above a method.
fn documented(method: Method) -> Vec<Scope> {
    let (_, name) = method.name().split_once('/').unwrap();
    let (before, _) = PROTO.split_once(&format!("rpc {name}(")).unwrap();
    let (_, scopes) = before.rsplit_once("Scope").unwrap();
    assert!(!scopes.contains(';') || !scopes.contains("rpc "), "{name}: says nothing of its scopes");
    scopes.split('`').filter_map(|word| word.parse().ok()).collect()
}

/// The status that a method answers an empty message with.
async fn ask(grpc: &mut Grpc<Channel>, method: Method, request: Request<()>) -> Result<(), Status> {
    let path = format!("/{}", method.name()).parse().unwrap();
    grpc.ready().await.unwrap();
    let answer = grpc.server_streaming(request, path, ProstCodec::<(), ()>::default()).await?;
    let mut messages = answer.into_inner();
    while messages.message().await?.is_some() {}
    Ok(())
}

#[tokio::test]
async fn each_method_opens_to_its_scopes_alone() {
    let house = House::open().await;
    let mut grpc = Grpc::new(house.service.channel().await);
    let mut keys = Vec::new();
    for scope in Scope::ALL {
        keys.push((scope, add_key(&house.service, None, &[scope]).await));
    }
    let methods: Vec<_> = Method::ALL.iter().filter(|method| method.name().contains("HistoryService")).collect();
    assert_eq!(methods.len(), 24);
    for method in methods {
        let refused = ask(&mut grpc, *method, Request::new(())).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unauthenticated, "{}", method.name());
        for (scope, key) in &keys {
            let code = ask(&mut grpc, *method, with(key, ())).await.err().map_or(Code::Ok, |status| status.code());
            let name = method.name();
            if documented(*method).contains(scope) {
                let is_heard = matches!(code, Code::Ok | Code::InvalidArgument | Code::NotFound);
                assert!(is_heard, "{name} with {scope}: {code:?}");
            } else {
                assert_eq!(code, Code::PermissionDenied, "{name} with {scope}");
            }
        }
    }
}
