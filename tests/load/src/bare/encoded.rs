//! Bare tonic with an answer that was encoded before: what remains is the framework alone.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::task::{Context, Poll};

use bytes::{Buf, BufMut, Bytes};
use prost::encoding::{DecodeContext, WireType};
use prost::{DecodeError, Message};
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Server;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use super::Options;
use crate::Result;
use crate::proto::GetGuidanceRequest;

/// Serves until the process ends.
pub(crate) async fn serve(options: &Options) -> Result<()> {
    let answer = Encoded(std::fs::read(&options.answer)?.into());
    Ok(Server::builder().add_service(Bare(answer)).serve(options.listen).await?)
}

/// A message of bytes that were encoded before.
#[derive(Debug, Clone, Default)]
struct Encoded(Bytes);

impl Message for Encoded {
    fn encode_raw(&self, buffer: &mut impl BufMut) {
        buffer.put_slice(&self.0);
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> std::result::Result<(), DecodeError> {
        prost::encoding::skip_field(wire_type, tag, buffer, context)
    }

    fn encoded_len(&self) -> usize {
        self.0.len()
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}

#[derive(Clone)]
struct Bare(Encoded);

impl NamedService for Bare {
    const NAME: &'static str = "rebound.v1.GuidanceService";
}

impl UnaryService<GetGuidanceRequest> for Bare {
    type Response = Encoded;
    type Future = Ready<std::result::Result<Response<Encoded>, Status>>;

    fn call(&mut self, request: Request<GetGuidanceRequest>) -> Self::Future {
        black_box(request);
        ready(Ok(Response::new(self.0.clone())))
    }
}

impl Service<http::Request<Body>> for Bare {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::result::Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let method = self.clone();
        let codec = ProstCodec::<Encoded, GetGuidanceRequest>::default();
        Box::pin(async move { Ok(Grpc::new(codec).unary(method, request).await) })
    }
}
