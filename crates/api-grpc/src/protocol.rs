//! How a request talks: gRPC, gRPC-Web, or something that is neither and gets an HTTP status.

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, StatusCode, Version};

/// How a request talks.
pub(crate) enum Protocol {
    Grpc,
    GrpcWeb,
    /// Not at all, and the HTTP status to say so.
    Other(StatusCode),
}

impl Protocol {
    /// How this request talks.
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        if request.method() != http::Method::POST {
            return Self::Other(StatusCode::METHOD_NOT_ALLOWED);
        }
        let content_type = request.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
        match content_type.strip_prefix(b"application/grpc") {
            Some([b'-', b'w', b'e', b'b', ..]) => Self::GrpcWeb,
            Some(b"" | b"+proto" | [b';', ..]) if request.version() == Version::HTTP_2 => Self::Grpc,
            _ => Self::Other(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        }
    }
}
