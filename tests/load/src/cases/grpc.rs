//! `GetGuidance` beside bare tonic. The 64 calls under way come over as many connections, as in the other cases, and
//! once more over 8 connections, eight on each, as they do from clients in production.

use prost::Message as _;
use tonic::Request;

use super::{Bench, Case};
use crate::Result;
use crate::client::http2::Calls;
use crate::proto::GetGuidanceRequest;
use crate::proto::guidance_service_client::GuidanceServiceClient;
use crate::report::Budget;
use crate::service::Service;
use crate::situation::{FIRST_DAYS, LIMIT, message};

/// How many bytes stand before a message.
const PREFIX_BYTES: usize = 5;

/// Measures the cases of gRPC that are chosen.
pub(super) async fn measure(bench: &Bench<'_>, service: &Service, chosen: impl Fn(Case) -> bool) -> Result<()> {
    let answer = answer(service).await?;
    let (tonic, tonic_address) = bench.bare("bare-tonic", &answer).await?;
    let (encoded, encoded_address) = bench.bare("bare-tonic-encoded", &answer).await?;
    let calls = |server, streams, vary| Calls {
        server,
        key: service.key.clone(),
        streams,
        vary,
        expected: PREFIX_BYTES + answer.len(),
    };
    if chosen(Case::GrpcWarm) {
        let budget = || Some(Budget(0.80, 0.95));
        for (name, streams, bare, address, budget) in [
            ("grpc-warm, 64 connections", 1, &tonic, tonic_address, budget()),
            ("grpc-warm, 8 connections", 8, &tonic, tonic_address, budget()),
            ("- beside an encoded answer, 64", 1, &encoded, encoded_address, None),
            ("- beside an encoded answer, 8", 8, &encoded, encoded_address, None),
        ] {
            let rivals = ((bare, calls(address, streams, false)), (service, calls(service.grpc, streams, false)));
            bench.contest(name, budget, rivals.0, rivals.1).await?;
        }
    }
    if chosen(Case::GrpcCold) {
        let rivals = ((&tonic, calls(tonic_address, 1, true)), (service, calls(service.grpc, 1, true)));
        bench.contest("grpc-cold, 64 connections", None, rivals.0, rivals.1).await?;
    }
    Ok(())
}

/// The message that the service answers with.
async fn answer(service: &Service) -> Result<Vec<u8>> {
    let mut client = GuidanceServiceClient::connect(format!("http://{}", service.grpc)).await?;
    let asked =
        GetGuidanceRequest { context: Some(message(FIRST_DAYS)), limit: Some(LIMIT), ..GetGuidanceRequest::default() };
    let mut request = Request::new(asked);
    request.metadata_mut().insert("authorization", format!("Bearer {}", service.key).parse()?);
    Ok(client.get_guidance(request).await?.into_inner().encode_to_vec())
}
