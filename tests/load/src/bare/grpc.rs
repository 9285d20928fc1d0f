//! Bare tonic: a plain service that parses the same message and returns one of the same size, which tonic encodes.

use prost::Message as _;
use std::hint::black_box;
use std::sync::Arc;

use tonic::codegen::BoxStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status, Streaming};

use super::Options;
use crate::Result;
use crate::proto::guidance_service_server::{GuidanceService, GuidanceServiceServer};
use crate::proto::{BatchGetGuidanceRequest, BatchGetGuidanceResponse, GetGuidanceRequest, GetGuidanceResponse};

/// Serves until the process ends.
pub(crate) async fn serve(options: &Options) -> Result<()> {
    let answer = GetGuidanceResponse::decode(&*std::fs::read(&options.answer)?)?;
    let service = GuidanceServiceServer::new(Bare(Arc::new(answer)));
    Ok(Server::builder().add_service(service).serve(options.listen).await?)
}

struct Bare(Arc<GetGuidanceResponse>);

#[tonic::async_trait]
impl GuidanceService for Bare {
    type BatchGetGuidanceStream = BoxStream<BatchGetGuidanceResponse>;

    async fn get_guidance(
        &self,
        request: Request<GetGuidanceRequest>,
    ) -> std::result::Result<Response<GetGuidanceResponse>, Status> {
        black_box(request);
        // A service has to make its answer somehow; a copy is the least.
        Ok(Response::new(GetGuidanceResponse::clone(&self.0)))
    }

    async fn batch_get_guidance(
        &self,
        _: Request<Streaming<BatchGetGuidanceRequest>>,
    ) -> std::result::Result<Response<Self::BatchGetGuidanceStream>, Status> {
        Err(Status::unimplemented("not measured"))
    }
}
