//! A ready answer: its bytes, its entity tag, and its compressed form, made once when somebody first asks for it.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body::Frame;
use rebound_domain::guidance::Weigh;

/// Smaller answers are not worth compressing: they fit into one packet anyway.
const COMPRESSED_FROM_BYTES: usize = 1400;

/// Room for as many headers as an answer has in the end, so that it need not grow.
const HEADERS: usize = 12;

/// A JSON answer that may be sent many times.
#[derive(Debug, Clone)]
pub(crate) struct Representation(Arc<Ready>);

#[derive(Debug)]
struct Ready {
    json: Bytes,
    gzip: OnceLock<Bytes>,
}

impl Weigh for Representation {
    fn weigh(&self) -> usize {
        // Room for the compressed form is counted from the start: it is about a third.
        self.0.json.len() + self.0.json.len() / 3
    }
}

impl Representation {
    pub(crate) fn new(json: Vec<u8>) -> Self {
        Self(Arc::new(Ready { json: json.into(), gzip: OnceLock::new() }))
    }

    pub(crate) fn json(&self) -> &Bytes {
        &self.0.json
    }

    /// The answer to a request with these headers.
    pub(crate) fn respond(&self, request: &HeaderMap) -> Response {
        let compress = self.0.json.len() >= COMPRESSED_FROM_BYTES && accepts_gzip(request);
        let body = if compress { self.gzip() } else { self.0.json.clone() };
        let mut response = Response::new(Body::from(body));
        let headers = response.headers_mut();
        headers.reserve(HEADERS);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding, accept-language"));
        if compress {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }

    fn gzip(&self) -> Bytes {
        let compress = || {
            let mut encoder = GzEncoder::new(Vec::with_capacity(self.0.json.len() / 2), Compression::default());
            std::io::Write::write_all(&mut encoder, &self.0.json).ok()?;
            encoder.finish().ok()
        };
        self.0.gzip.get_or_init(|| compress().map_or_else(|| self.0.json.clone(), Bytes::from)).clone()
    }
}

/// The entity tag of an answer. It is weak where the same answer comes compressed and plain.
#[derive(Debug, Clone)]
pub(crate) struct EntityTag(HeaderValue);

impl EntityTag {
    pub(crate) fn new(tag: u128) -> Self {
        let text = format!("W/\"{tag:032x}\"");
        Self(HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("W/\"0\"")))
    }

    /// A strong tag, quotes included, of an answer that comes in one form only.
    pub(crate) fn strong(tag: String) -> Self {
        Self(HeaderValue::try_from(tag).unwrap_or_else(|_| HeaderValue::from_static("\"0\"")))
    }

    /// The tag of a document, by its content.
    pub(crate) fn of(json: &[u8]) -> Self {
        Self::new(rebound_domain::digest(json))
    }

    /// Whether the client has this answer already (RFC 9110, section 13.1.2).
    pub(crate) fn matches(&self, request: &HeaderMap) -> bool {
        fn opaque(tag: &[u8]) -> &[u8] {
            tag.trim_ascii().strip_prefix(b"W/").unwrap_or(tag.trim_ascii())
        }
        let own = opaque(self.0.as_bytes());
        request.get_all(header::IF_NONE_MATCH).iter().any(|value| {
            // Most clients send back what they got.
            value == self.0
                || value
                    .as_bytes()
                    .split(|byte| *byte == b',')
                    .any(|tag| tag.trim_ascii() == b"*" || opaque(tag) == own)
        })
    }

    /// The answer to a client that has it.
    pub(crate) fn not_modified(self) -> Response {
        self.not_modified_in(HeaderMap::new())
    }

    /// The same; the headers of its request give their room to those of the answer.
    pub(crate) fn not_modified_in(self, mut request: HeaderMap) -> Response {
        request.clear();
        request.reserve(HEADERS);
        let mut response = Response::new(Body::new(Nothing));
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.headers_mut() = request;
        self.mark(response)
    }

    /// Adds the tag to the headers of an answer.
    pub(crate) fn insert(self, headers: &mut HeaderMap) {
        headers.insert(header::ETAG, self.0);
    }

    /// The answer with its tag.
    pub(crate) fn mark(self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.0);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding, accept-language"));
        response
    }
}

/// No body, and no word of its length: a `content-length` would have to be that of the answer itself (RFC 9110, section
/// 8.6), and of an empty body the router says that it is zero.
struct Nothing;

impl HttpBody for Nothing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }
}

/// Whether the client takes gzip (RFC 9110, section 12.5.3).
fn accepts_gzip(request: &HeaderMap) -> bool {
    let values = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let mut qualities = parts.filter_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        is_gzip && !qualities.any(|number| number.trim().parse() == Ok(0.0_f32))
    })
}
