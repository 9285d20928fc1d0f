//! Guidance for many situations in one call: a request is read only when the answers before it were taken, in order, in
//! constant memory. Remembered answers are spliced in as they are.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::Stream;
use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use http_body::Frame;
use prost::encoding::{self, WireType};
use rebound_domain::catalog::{Catalog, ResolvedLocale};
use rebound_domain::{Error, FieldError, Result};
use tokio::task::coop::poll_proceed;
use tonic::Status;
use tonic::body::Body;

use super::request;
use crate::proto::v1;
use crate::service::Core;
use crate::status::{status, trailers};
use crate::wire::{Answer, FAST, Messages, Unreadable, decode, head, write_frame};

/// Answers are sent on as soon as this much is ready, or nothing more is there to be read.
const CHUNK_BYTES: usize = 16 * 1024;

/// How many characters the `ref` of an item may have.
const MAX_REF_LENGTH: usize = 256;

/// The numbers of the fields of `BatchGetGuidanceResponse`.
const REF: u32 = 1;
const GUIDANCE: u32 = 2;
const ERROR: u32 = 3;

/// The answers of a batch as a response body.
pub(crate) struct Batch<B> {
    core: Arc<Core>,
    messages: Messages<B>,
    /// The language of items that name neither one nor a version of the catalog.
    accepted: ResolvedLocale,
    /// The metadata that says which languages are accepted, for items that name a version.
    languages: HeaderMap,
    gzip: bool,
    out: BytesMut,
    state: State,
}

enum State {
    Reading,
    Ending(Status),
    Ended,
}

impl<B> Batch<B>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
{
    /// `BatchGetGuidance`: the head of the response, before anything is read.
    ///
    /// # Errors
    /// `UnsupportedMediaType` if the requests are compressed in a way that is not known.
    pub(crate) fn respond(core: Arc<Core>, metadata: &HeaderMap, body: B, gzip: bool) -> Result<http::Response<Body>> {
        let messages = Messages::new(metadata, body)?;
        let accepted = crate::locale::accepted(core.catalogs.current(), metadata);
        let languages = metadata.get(ACCEPT_LANGUAGE).map(|wishes| (ACCEPT_LANGUAGE, wishes.clone()));
        let languages = languages.into_iter().collect();
        let batch = Self { core, messages, accepted, languages, gzip, out: BytesMut::new(), state: State::Reading };
        Ok(head(Body::new(batch), gzip))
    }

    /// Reads and answers until a chunk is full, the requests end or none is there.
    fn fill(&mut self, cx: &mut Context<'_>) {
        while matches!(self.state, State::Reading) && self.out.len() < CHUNK_BYTES {
            match Pin::new(&mut self.messages).poll_next(cx) {
                Poll::Pending => return,
                Poll::Ready(None) => self.state = State::Ending(Status::ok("")),
                Poll::Ready(Some(Ok(message))) => self.answer(message),
                Poll::Ready(Some(Err(Unreadable::Message(error)))) => self.write("", Err(&error)),
                Poll::Ready(Some(Err(Unreadable::Stream(error)))) => self.state = State::Ending(status(&error)),
            }
        }
    }

    fn answer(&mut self, message: Bytes) {
        let asked: v1::BatchGetGuidanceRequest = match decode(message) {
            Ok(asked) => asked,
            Err(error) => return self.write("", Err(&error)),
        };
        let v1::BatchGetGuidanceRequest { r#ref: mut reference, context, locale, limit, explain, catalog_version } =
            asked;
        let mut errors = Vec::new();
        if reference.chars().nth(MAX_REF_LENGTH).is_some() {
            errors.push(FieldError::new("/ref", format!("must be a text of at most {MAX_REF_LENGTH} characters")));
            reference.clear();
        }
        let accepted = match catalog_version {
            None => |batch: &Self, _: &Catalog| batch.accepted.clone(),
            Some(_) => |batch: &Self, catalog: &Catalog| crate::locale::accepted(catalog, &batch.languages),
        };
        let asked = v1::GetGuidanceRequest { context, locale, limit, explain, catalog_version };
        let request = request(&self.core.catalogs, asked, |catalog| accepted(self, catalog), errors);
        let answer = request.map(|request| self.core.guidance(&request));
        self.write(&reference, answer.as_ref());
    }

    fn write(&mut self, reference: &str, result: Result<&Answer, &Error>) {
        write_frame(&mut self.out, self.gzip.then_some(FAST), |out| {
            if !reference.is_empty() {
                write_bytes(REF, reference.as_bytes(), out);
            }
            match result {
                Ok(answer) => write_bytes(GUIDANCE, answer.message(), out),
                Err(error) => encoding::message::encode(ERROR, &item_error(error), out),
            }
        });
    }
}

impl<B> http_body::Body for Batch<B>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
{
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.get_mut();
        // A client that is as fast as we are must not keep others from being served.
        let proceed = ready!(poll_proceed(cx));
        this.fill(cx);
        if !this.out.is_empty() {
            proceed.made_progress();
            return Poll::Ready(Some(Ok(Frame::data(this.out.split().freeze()))));
        }
        match std::mem::replace(&mut this.state, State::Ended) {
            State::Reading => {
                this.state = State::Reading;
                Poll::Pending
            }
            State::Ending(status) => Poll::Ready(Some(Ok(Frame::trailers(trailers(&status))))),
            State::Ended => Poll::Ready(None),
        }
    }
}

/// A field of bytes, a text or a message that is encoded already: they look the same.
fn write_bytes(number: u32, bytes: &[u8], out: &mut BytesMut) {
    encoding::encode_key(number, WireType::LengthDelimited, out);
    encoding::encode_varint(bytes.len() as u64, out);
    out.put_slice(bytes);
}

/// An error as an item of a stream carries it.
fn item_error(error: &Error) -> v1::ItemError {
    let row = error.kind.row();
    let violation =
        |field: &FieldError| v1::FieldViolation { pointer: field.pointer.clone(), detail: field.detail.clone() };
    v1::ItemError {
        code: row.code.to_owned(),
        title: row.title.to_owned(),
        detail: error.detail.to_string(),
        errors: error.fields.iter().map(violation).collect(),
    }
}
