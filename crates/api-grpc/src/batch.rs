//! Many items in one call: a request is read only when the answers before it were taken, in order, in constant memory.
//! What a message is answered with is the business of the method; one that is wrong never ends the stream.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::Stream;
use http::HeaderMap;
use http_body::Frame;
use prost::encoding::{self, WireType};
use rebound_domain::limits::Toll;
use rebound_domain::{Error, FieldError, Result};
use tokio::task::coop::poll_proceed;
use tonic::Status;
use tonic::body::Body;
use tracing::Span;
use tracing::field::Empty;

use crate::proto::v1;
use crate::status::{status, trailers};
use crate::wire::{FAST, Messages, Unreadable, head, write_frame};

/// Answers are sent on as soon as this much is ready, or nothing more is there to be read.
const CHUNK_BYTES: usize = 16 * 1024;

/// So many items of a call are followed one by one.
const ITEMS_FOLLOWED: i64 = 32;

/// And as soon as so many messages were read, however little there is to be said to them.
const CHUNK_MESSAGES: usize = 64;

/// How many characters the `ref` of an item may have.
const MAX_REF_LENGTH: usize = 256;

/// What answers the messages of a call, one after the other.
pub(crate) trait AnswerMessages: Send + Unpin + 'static {
    /// Writes the answers to a message.
    fn answer(&mut self, message: Bytes, out: &mut Out);

    /// Writes the answer to a message that could not be read.
    fn refuse(&mut self, error: &Error, out: &mut Out);

    /// Writes why a message is not answered that a limit speaks against. Its `ref` is read all the same, so that the client
    /// knows what to send again.
    fn put_off(&mut self, message: Bytes, error: &Error, out: &mut Out);

    /// Why nothing more is read, if that is so.
    fn broken(&mut self) -> Option<Error> {
        None
    }

    /// Whether messages are kept for the end, and paid for there.
    fn holds_back(&self) -> bool {
        false
    }

    /// Writes some of what is to be said at the end; answers whether there is more.
    fn end(&mut self, _: &mut Toll, _: &mut Out) -> Result<bool> {
        Ok(false)
    }
}

/// Where answers go.
pub(crate) struct Out {
    buffer: BytesMut,
    gzip: bool,
}

impl Out {
    /// Appends a message that `write` writes.
    pub(crate) fn message(&mut self, write: impl FnOnce(&mut BytesMut)) {
        write_frame(&mut self.buffer, self.gzip.then_some(FAST), write);
    }
}

/// The answers of a batch as a response body.
pub(crate) struct Batch<B, A> {
    messages: Messages<B>,
    answers: A,
    toll: Toll,
    out: Out,
    state: State,
    items: i64,
    span: Span,
    /// Others get their turn before there is more.
    has_to_wait: bool,
}

enum State {
    Reading,
    /// Everything was read.
    Closing,
    Ending(Status),
    Ended,
}

/// The head of the response to a batch, before anything is read.
///
/// # Errors
/// `UnsupportedMediaType` if the requests are compressed in a way that is not known.
pub(crate) fn respond<B, A>(
    metadata: &HeaderMap,
    body: B,
    gzip: bool,
    toll: Toll,
    answers: A,
) -> Result<http::Response<Body>>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
    A: AnswerMessages,
{
    let messages = Messages::new(metadata, body)?;
    let span = tracing::info_span!("answer batch", rebound.batch.items = Empty);
    let out = Out { buffer: BytesMut::new(), gzip };
    let batch = Batch { messages, answers, toll, out, state: State::Reading, items: 0, span, has_to_wait: false };
    Ok(head(Body::new(batch), gzip))
}

impl<B, A> Batch<B, A>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
    A: AnswerMessages,
{
    /// Reads and answers until a chunk is full, the requests end or none is there. Answers whether there may be more.
    fn fill(&mut self, cx: &mut Context<'_>) -> bool {
        for _ in 0..CHUNK_MESSAGES {
            if self.out.buffer.len() >= CHUNK_BYTES {
                break;
            }
            match self.state {
                State::Reading => {}
                State::Closing => {
                    self.close();
                    continue;
                }
                State::Ending(_) | State::Ended => break,
            }
            match Pin::new(&mut self.messages).poll_next(cx) {
                Poll::Pending => return false,
                Poll::Ready(None) => {
                    self.span.record("rebound.batch.items", self.items);
                    self.state = State::Closing;
                }
                Poll::Ready(Some(Ok(message))) => {
                    let span = self.item();
                    span.in_scope(|| match self.pay() {
                        Ok(()) => self.answers.answer(message, &mut self.out),
                        Err(error) => self.answers.put_off(message, &error, &mut self.out),
                    });
                }
                Poll::Ready(Some(Err(Unreadable::Message(error)))) => {
                    // It counts, and what is wrong with it says more than a limit does.
                    self.pay().unwrap_or_default();
                    self.answers.refuse(&error, &mut self.out);
                }
                Poll::Ready(Some(Err(Unreadable::Stream(error)))) => self.state = State::Ending(status(&error)),
            }
            if let Some(error) = self.answers.broken() {
                self.state = State::Ending(status(&error));
            }
        }
        true
    }

    /// Pays for a message, unless it is kept for the end.
    fn pay(&mut self) -> Result<()> {
        if self.answers.holds_back() { Ok(()) } else { self.toll.pay() }
    }

    /// Says some of what is to be said at the end.
    fn close(&mut self) {
        match self.answers.end(&mut self.toll, &mut self.out) {
            Ok(true) => {}
            Ok(false) => self.state = State::Ending(Status::ok("")),
            Err(error) => {
                self.toll.count(&error);
                self.state = State::Ending(status(&error));
            }
        }
    }
}

impl<B, A> Batch<B, A> {
    /// The span of the next item. The first ones get traces of their own, linked with that of the call: it would grow
    /// without end.
    fn item(&mut self) -> Span {
        let number = self.items;
        self.items += 1;
        if number >= ITEMS_FOLLOWED || self.span.is_disabled() {
            return Span::none();
        }
        let item = tracing::info_span!(parent: None, "batch item", rebound.batch.item = number);
        item.follows_from(&self.span);
        item
    }
}

impl<B, A> http_body::Body for Batch<B, A>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
    A: AnswerMessages,
{
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.get_mut();
        // A client that is as fast as we are must not keep others from being served.
        let proceed = ready!(poll_proceed(cx));
        if std::mem::take(&mut this.has_to_wait) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let span = this.span.clone();
        let may_have_more = span.in_scope(|| this.fill(cx));
        if !this.out.buffer.is_empty() {
            proceed.made_progress();
            this.has_to_wait = true;
            return Poll::Ready(Some(Ok(Frame::data(this.out.buffer.split().freeze()))));
        }
        match std::mem::replace(&mut this.state, State::Ended) {
            state @ (State::Reading | State::Closing) => {
                this.state = state;
                if may_have_more {
                    cx.waker().wake_by_ref();
                }
                Poll::Pending
            }
            State::Ending(status) => Poll::Ready(Some(Ok(Frame::trailers(trailers(&status))))),
            State::Ended => Poll::Ready(None),
        }
    }
}

/// The `ref` of an item as it comes back: empty if it is too long, which is noted among `errors`.
pub(crate) fn reference(mut reference: String, errors: &mut Vec<FieldError>) -> String {
    if reference.chars().nth(MAX_REF_LENGTH).is_some() {
        errors.push(FieldError::new("/ref", format!("must be a text of at most {MAX_REF_LENGTH} characters")));
        reference.clear();
    }
    reference
}

/// A field of bytes, a text or a message that is encoded already: they look the same.
pub(crate) fn write_bytes(number: u32, bytes: &[u8], out: &mut BytesMut) {
    encoding::encode_key(number, WireType::LengthDelimited, out);
    encoding::encode_varint(bytes.len() as u64, out);
    out.put_slice(bytes);
}

/// An error as an item of a stream carries it.
pub(crate) fn item_error(error: &Error) -> v1::ItemError {
    let row = error.kind.row();
    let violation =
        |field: &FieldError| v1::FieldViolation { pointer: field.pointer.clone(), detail: field.detail.clone() };
    v1::ItemError {
        code: row.code.to_owned(),
        title: row.title.to_owned(),
        detail: error.detail.to_string(),
        errors: error.fields.iter().map(violation).collect(),
        retry_after_seconds: error.retry_after.map(|after| after.as_secs().max(1).cast_signed()),
        limit: error.limit.map(|limit| limit.name().to_owned()),
    }
}
