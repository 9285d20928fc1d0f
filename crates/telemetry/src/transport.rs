//! Sends a message to a collector, over gRPC or HTTP. Both are a POST of bytes; what differs is the frame around them and
//! where the answer stands. It says what went wrong without repeating a header, which may be a secret.

use std::fs;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER, TE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore, crypto};
use tokio::time::timeout;

use crate::config::{Destination, Protocol};

/// More than this of an answer is not read.
const ANSWER_BYTES: usize = 64 * 1024;

/// What a message is sent as.
const AGENT: HeaderValue = HeaderValue::from_static(concat!("rebound/", env!("CARGO_PKG_VERSION")));

/// The status of a gRPC answer.
const GRPC_STATUS: &str = "grpc-status";

/// The way to one collector.
pub(crate) struct Transport {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    destination: Destination,
}

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct Failure {
    pub(crate) reason: String,
    pub(crate) again: Again,
}

/// Whether a message may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// The collector would not take it then either.
    Never,
    /// Before long.
    Soon,
    /// When the collector said.
    After(Duration),
}

impl Failure {
    fn passing(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), again: Again::Soon }
    }

    fn lasting(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), again: Again::Never }
    }
}

/// Why a file of certificates cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("OTEL_EXPORTER_OTLP_CERTIFICATE: {0}")]
pub struct InvalidCertificate(String);

impl Transport {
    /// The way to a destination; nothing is connected yet.
    ///
    /// # Errors
    /// If its certificates cannot be used.
    pub(crate) fn to(destination: Destination) -> Result<Self, InvalidCertificate> {
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls(&destination)?).https_or_http();
        let mut builder = Client::builder(TokioExecutor::new());
        let connector = match destination.protocol {
            Protocol::Grpc => {
                builder.http2_only(true);
                connector.enable_http2().build()
            }
            Protocol::HttpProtobuf => connector.enable_all_versions().build(),
        };
        Ok(Self { client: builder.build(connector), destination })
    }

    /// Sends a message. Answers of how many items of it the collector said that it did not take them.
    ///
    /// # Errors
    /// If it did not take the message, or not in time.
    pub(crate) async fn send(&self, message: &Bytes) -> Result<u64, Failure> {
        match timeout(self.destination.timeout, self.exchange(message)).await {
            Ok(answer) => answer,
            Err(_) => Err(Failure::passing("no answer in time")),
        }
    }

    async fn exchange(&self, message: &Bytes) -> Result<u64, Failure> {
        let response = self.client.request(self.request(message)).await.map_err(|error| {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            Failure::passing(format!("{error}{cause}"))
        })?;
        match self.destination.protocol {
            Protocol::Grpc => grpc_answer(response).await,
            Protocol::HttpProtobuf => http_answer(response).await,
        }
    }

    fn request(&self, message: &Bytes) -> Request<Full<Bytes>> {
        let gzip = self.destination.gzip;
        let message = if gzip { compressed(message) } else { message.clone() };
        let (content_type, encoding, body) = match self.destination.protocol {
            Protocol::Grpc => ("application/grpc", HeaderName::from_static("grpc-encoding"), framed(&message, gzip)),
            Protocol::HttpProtobuf => ("application/x-protobuf", CONTENT_ENCODING, message),
        };
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.destination.uri.clone();
        let headers = request.headers_mut();
        headers.extend(self.destination.headers.clone());
        headers.insert(USER_AGENT, AGENT);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if gzip {
            headers.insert(encoding, HeaderValue::from_static("gzip"));
        }
        if self.destination.protocol == Protocol::Grpc {
            headers.insert(TE, HeaderValue::from_static("trailers"));
        }
        request
    }
}

/// A message with gzip, quickly.
fn compressed(message: &Bytes) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing into memory does not fail.
    let _: io::Result<()> = encoder.write_all(message);
    encoder.finish().unwrap_or_default().into()
}

/// A message as gRPC has it: whether it is compressed and its length before it.
fn framed(message: &Bytes, is_compressed: bool) -> Bytes {
    let mut frame = BytesMut::with_capacity(message.len() + 5);
    frame.put_u8(u8::from(is_compressed));
    frame.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    frame.put_slice(message);
    frame.freeze()
}

async fn http_answer(response: Response<Incoming>) -> Result<u64, Failure> {
    let (status, again) = (response.status(), retry_after(response.headers()));
    let (body, _) = read(response).await?;
    if status.is_success() {
        return Ok(rejected(&body));
    }
    let reason = format!("the collector answered {status}");
    let may_pass = matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    );
    Err(Failure { reason, again: if may_pass { again.map_or(Again::Soon, Again::After) } else { Again::Never } })
}

async fn grpc_answer(response: Response<Incoming>) -> Result<u64, Failure> {
    let status = response.status();
    if status != StatusCode::OK {
        return Err(Failure::lasting(format!("the collector answered {status} to gRPC")));
    }
    let code = |headers: &HeaderMap| headers.get(GRPC_STATUS)?.to_str().ok()?.parse::<u8>().ok();
    let at_once = code(response.headers());
    let (body, trailers) = read(response).await?;
    match at_once.or(trailers.as_ref().and_then(code)) {
        Some(0) => Ok(rejected(body.get(5..).unwrap_or_default())),
        // Cancelled, deadline exceeded, aborted, out of range, unavailable, data loss: as the protocol says.
        Some(code @ (1 | 4 | 10 | 11 | 14 | 15)) => {
            Err(Failure::passing(format!("the collector answered gRPC status {code}")))
        }
        Some(code) => Err(Failure::lasting(format!("the collector answered gRPC status {code}"))),
        None => Err(Failure::passing("the collector broke off its answer")),
    }
}

async fn read(response: Response<Incoming>) -> Result<(Bytes, Option<HeaderMap>), Failure> {
    let body = Limited::new(response.into_body(), ANSWER_BYTES).collect().await;
    let body = body.map_err(|_| Failure::passing("the answer of the collector could not be read"))?;
    let trailers = body.trailers().cloned();
    Ok((body.to_bytes(), trailers))
}

/// How many items were not taken. The answers for all signals have the same shape.
fn rejected(body: &[u8]) -> u64 {
    let answer = ExportTraceServiceResponse::decode(body).unwrap_or_default();
    answer.partial_success.map_or(0, |partial| u64::try_from(partial.rejected_spans).unwrap_or(0))
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

/// Whom to trust: the certificates that are named, else the system's.
fn tls(destination: &Destination) -> Result<ClientConfig, InvalidCertificate> {
    let broken = |error: &dyn std::fmt::Display| InvalidCertificate(error.to_string());
    let builder = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| broken(&error))?;
    if let Some(path) = &destination.certificate {
        let mut roots = RootCertStore::empty();
        let pem = fs::read(path).map_err(|error| broken(&format!("{}: {error}", path.display())))?;
        let named = |problem: &dyn std::fmt::Display| broken(&format!("{}: {problem}", path.display()));
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let added = certificate.map_err(|error| named(&error))?;
            roots.add(added).map_err(|error| named(&error))?;
        }
        if roots.is_empty() {
            return Err(named(&"it holds no certificate"));
        }
        return Ok(builder.with_root_certificates(roots).with_no_client_auth());
    }
    if destination.uri.scheme_str() == Some("https") {
        return Ok(builder.with_native_roots().map_err(|error| broken(&error))?.with_no_client_auth());
    }
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}
