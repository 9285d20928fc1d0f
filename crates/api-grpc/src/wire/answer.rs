//! A ready answer: a message behind its prefix, and its compressed form, made once when somebody first asks for it.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use flate2::Compression;
use http::{HeaderMap, HeaderValue, header};
use http_body::Frame;
use prost::Message;
use rebound_domain::guidance::Weigh;
use tonic::Status;
use tonic::body::Body;
use tonic::metadata::GRPC_CONTENT_TYPE;

use super::frame::{PREFIX_BYTES, write_frame};

/// An answer that may be sent many times.
#[derive(Clone)]
pub(crate) struct Answer(Arc<Ready>);

struct Ready {
    plain: Bytes,
    gzip: OnceLock<Bytes>,
}

impl Weigh for Answer {
    fn weigh(&self) -> usize {
        // Room for the compressed form is counted from the start: it is less than half.
        self.0.plain.len() + self.0.plain.len() / 2
    }
}

impl Answer {
    /// The answer that a message is.
    pub(crate) fn new(message: &impl Message) -> Self {
        let mut plain = BytesMut::with_capacity(PREFIX_BYTES + message.encoded_len());
        // Writing into memory that grows has no way to fail.
        write_frame(&mut plain, None, |out| message.encode(out).unwrap_or_default());
        Self(Arc::new(Ready { plain: plain.freeze(), gzip: OnceLock::new() }))
    }

    /// The message, neither compressed nor behind a prefix.
    pub(crate) fn message(&self) -> &[u8] {
        &self.0.plain[PREFIX_BYTES..]
    }

    /// The response of a call that ends well with this answer.
    pub(crate) fn respond(&self, gzip: bool) -> http::Response<Body> {
        let frame = if gzip { self.gzip() } else { &self.0.plain };
        head(Body::new(Single::Message(frame.clone())), gzip)
    }

    fn gzip(&self) -> &Bytes {
        self.0.gzip.get_or_init(|| {
            let mut frame = BytesMut::new();
            write_frame(&mut frame, Some(Compression::default()), |out| out.extend_from_slice(self.message()));
            frame.freeze()
        })
    }
}

/// A response with the headers of one that begins well; with `gzip` its messages may be compressed.
pub(crate) fn head(body: Body, gzip: bool) -> http::Response<Body> {
    let mut response = http::Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, GRPC_CONTENT_TYPE);
    if gzip {
        headers.insert("grpc-encoding", HeaderValue::from_static("gzip"));
    }
    response
}

/// The body of a single answer: the message, then the trailers that say that all went well.
enum Single {
    Message(Bytes),
    Trailers,
    End,
}

impl http_body::Body for Single {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let next = match &mut *self {
            Self::Message(message) => {
                let message = std::mem::take(message);
                *self = Self::Trailers;
                Frame::data(message)
            }
            Self::Trailers => {
                *self = Self::End;
                let ok = (Status::GRPC_STATUS, HeaderValue::from_static("0"));
                Frame::trailers(HeaderMap::from_iter([ok]))
            }
            Self::End => return Poll::Ready(None),
        };
        Poll::Ready(Some(Ok(next)))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::End)
    }
}
