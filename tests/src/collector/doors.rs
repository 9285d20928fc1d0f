//! The two doors of a collector.

use std::convert::Infallible;
use std::io::Read as _;

use flate2::read::GzDecoder;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{LogsService, LogsServiceServer};
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{ExportMetricsServiceRequest, ExportMetricsServiceResponse};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{TraceService, TraceServiceServer};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use prost::Message as _;
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedSender;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::codec::CompressionEncoding;
use tonic::transport::Server;
use tonic::{Request as Call, Response as Answer, Status};

use super::Message;

#[derive(Clone)]
struct Door(UnboundedSender<Message>);

impl Door {
    fn hand(&self, message: Message) {
        // The test may have ended.
        drop(self.0.send(message));
    }
}

macro_rules! service {
    ($service:ident, $request:ty, $response:ty, $kind:ident) => {
        #[tonic::async_trait]
        impl $service for Door {
            async fn export(&self, call: Call<$request>) -> Result<Answer<$response>, Status> {
                self.hand(Message::$kind(call.into_inner()));
                Ok(Answer::new(<$response>::default()))
            }
        }
    };
}

service!(TraceService, ExportTraceServiceRequest, ExportTraceServiceResponse, Traces);
service!(MetricsService, ExportMetricsServiceRequest, ExportMetricsServiceResponse, Metrics);
service!(LogsService, ExportLogsServiceRequest, ExportLogsServiceResponse, Logs);

/// OTLP over gRPC.
pub(super) async fn grpc(listener: TcpListener, sender: UnboundedSender<Message>) {
    let door = Door(sender);
    let served = Server::builder()
        .add_service(TraceServiceServer::new(door.clone()).accept_compressed(CompressionEncoding::Gzip))
        .add_service(MetricsServiceServer::new(door.clone()).accept_compressed(CompressionEncoding::Gzip))
        .add_service(LogsServiceServer::new(door).accept_compressed(CompressionEncoding::Gzip))
        .serve_with_incoming(TcpListenerStream::new(listener));
    served.await.expect("a collector that runs");
}

/// OTLP over HTTP.
pub(super) async fn http(listener: TcpListener, sender: UnboundedSender<Message>) {
    let door = Door(sender);
    while let Ok((stream, _)) = listener.accept().await {
        let door = door.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| take(door.clone(), request));
            // How a connection ends is the service's affair.
            drop(Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

async fn take(door: Door, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let is_protobuf = request.headers()["content-type"] == "application/x-protobuf";
    let is_gzip = request.headers().get("content-encoding").is_some_and(|encoding| encoding == "gzip");
    let mut body = request.into_body().collect().await.expect("a whole body").to_bytes();
    if is_gzip {
        let mut plain = Vec::new();
        GzDecoder::new(&*body).read_to_end(&mut plain).expect("gzip");
        body = plain.into();
    }
    let message = match path.as_str() {
        "/v1/traces" => ExportTraceServiceRequest::decode(body).map(Message::Traces),
        "/v1/metrics" => ExportMetricsServiceRequest::decode(body).map(Message::Metrics),
        "/v1/logs" => ExportLogsServiceRequest::decode(body).map(Message::Logs),
        _ => Ok(Message::Other(path)),
    };
    let mut response = Response::new(Full::default());
    match message {
        Ok(message) if is_protobuf => door.hand(message),
        _ => *response.status_mut() = StatusCode::BAD_REQUEST,
    }
    Ok(response)
}
