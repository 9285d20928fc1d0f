//! Many items in one call: NDJSON in, NDJSON out, in order, in constant memory. What a line is answered with is the
//! business of the operation; one line that is wrong never fails the others.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderValue, header};
use rebound_domain::fragments::{Items, Released, Spool, Spooled};
use rebound_domain::limits::Toll;
use rebound_domain::{Error, ErrorKind, Result};
use tokio::task::coop::consume_budget;
use tokio::task::yield_now;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::body::{expect_content_type, too_large};
use crate::lines::{Line, Lines, read_ahead};
use crate::problem::Problem;

/// Content types that a batch may have.
const NDJSON: &[&str] = &["application/x-ndjson", "application/ndjson", "application/jsonl"];

/// Answers are sent on as soon as this much is ready, or nothing more is there to be read.
const CHUNK_BYTES: usize = 16 * 1024;

/// So many items of a call are followed one by one.
const ITEMS_FOLLOWED: i64 = 32;

/// How many characters the `ref` of an item may have.
pub(crate) const MAX_REF_LENGTH: usize = 256;

/// What answers the lines of a call, one after the other.
pub(crate) trait AnswerLines: Send + 'static {
    /// Appends the answer to a line, if it has one.
    fn answer(&mut self, line: &[u8], out: &mut BytesMut);

    /// Appends the answer to a line that could not be read.
    fn refuse(&mut self, error: &Error, out: &mut BytesMut);

    /// Appends why a line is not answered that a limit speaks against. Its `ref` is read all the same, so that the client
    /// knows what to send again.
    fn put_off(&mut self, line: &Line, error: &Error, out: &mut BytesMut) {
        write_error(line.reference().as_deref(), error, out);
    }

    /// Appends what is to be said at the end.
    fn end(&mut self, _: &mut BytesMut) {}

    /// Appends the answer to a line, whatever it is.
    fn answer_any(&mut self, line: &Line, out: &mut BytesMut) {
        match line {
            Line::Whole(json) => self.answer(json, out),
            Line::TooLong => self.refuse(&too_large("line"), out),
        }
    }
}

/// Answers every line of a body, as far as it can be paid for. It is given up when nothing comes for as long as `stall`.
pub(crate) fn respond(
    headers: &HeaderMap,
    body: Body,
    stall: Duration,
    toll: Toll,
    answers: impl AnswerLines,
) -> Result<Response> {
    expect_content_type(headers, NDJSON)?;
    let span = tracing::info_span!("answer batch", rebound.batch.items = Empty);
    let call = Call { answers, toll, lines: Lines::default(), out: BytesMut::new(), items: 0, span };
    Ok(ndjson(Body::from_stream(call.stream(body, stall))))
}

struct Call<A> {
    answers: A,
    toll: Toll,
    lines: Lines,
    out: BytesMut,
    items: i64,
    span: Span,
}

impl<A: AnswerLines> Call<A> {
    /// The answers as chunks, after each of which others get their turn. A client that stops reading stops the work, and in
    /// the end its own sending.
    fn stream(self, body: Body, stall: Duration) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
        let span = self.span.clone();
        let input = read_ahead(body, stall);
        let chunk = |(call, input): (Self, _)| call.chunk(input);
        stream::unfold(Some((self, input)), move |state| {
            let span = span.clone();
            async move { chunk(state?).instrument(span).await }
        })
    }

    /// The next chunk, and the call as it goes on, if it does.
    async fn chunk<S>(mut self, mut input: S) -> Option<(Result<Bytes, std::io::Error>, Option<(Self, S)>)>
    where
        S: Stream<Item = Result<Bytes, std::io::Error>> + Unpin,
    {
        yield_now().await;
        loop {
            while let Some(line) = self.lines.next() {
                consume_budget().await;
                self.answer(&line);
                if self.out.len() >= CHUNK_BYTES {
                    return Some((Ok(self.out.split().freeze()), Some((self, input))));
                }
            }
            if !self.out.is_empty() {
                return Some((Ok(self.out.split().freeze()), Some((self, input))));
            }
            match input.next().await {
                Some(Ok(bytes)) => self.lines.push(&bytes),
                Some(Err(error)) => return Some((Err(error), None)),
                None => {
                    if let Some(line) = self.lines.take_rest() {
                        self.answer(&line);
                    }
                    self.answers.end(&mut self.out);
                    self.span.record("rebound.batch.items", self.items);
                    let last = self.out.split().freeze();
                    return (!last.is_empty()).then_some((Ok(last), None));
                }
            }
        }
    }

    /// Answers a line if it can be paid for. The first ones get traces of their own, linked with that of the call: it would
    /// grow without end.
    fn answer(&mut self, line: &Line) {
        let span = if self.items < ITEMS_FOLLOWED && !self.span.is_disabled() {
            let span = tracing::info_span!(parent: None, "batch item", rebound.batch.item = self.items);
            span.follows_from(&self.span);
            span
        } else {
            Span::none()
        };
        self.items += 1;
        span.in_scope(|| match self.toll.pay() {
            Ok(()) => self.answers.answer_any(line, &mut self.out),
            Err(error) => self.answers.put_off(line, &error, &mut self.out),
        });
    }
}

/// Reads a body whose lines are held back until all of them are known to be those that were previewed.
pub(crate) async fn spooled(headers: &HeaderMap, body: Body, mut spool: Spool) -> Result<Items> {
    expect_content_type(headers, NDJSON)?;
    let mut lines = Lines::default();
    let mut keep = |line| match line {
        Line::Whole(json) => spool.push(Spooled::Whole(&json)),
        Line::TooLong => spool.push(Spooled::Unreadable(&too_large("line"))),
    };
    let mut frames = body.into_data_stream();
    while let Some(frame) = frames.next().await {
        let broken = |_| Error::new(ErrorKind::Malformed, "The body could not be read to its end.");
        lines.push(&frame.map_err(broken)?);
        lines.by_ref().try_for_each(&mut keep)?;
    }
    lines.take_rest().map_or(Ok(()), &mut keep)?;
    spool.release()
}

/// Answers lines that were held back. All of them are paid for before the first one is answered, unless they are more than
/// can ever be paid for at once: then each is when its turn comes.
pub(crate) fn respond_to(items: Items, mut toll: Toll, answers: impl AnswerLines) -> Result<Response> {
    toll.pay_ahead(items.len())?;
    let answered = stream::unfold(Some((items, toll, answers)), async |state| {
        let (mut items, mut toll, mut answers) = state?;
        let mut out = BytesMut::new();
        yield_now().await;
        while out.len() < CHUNK_BYTES {
            consume_budget().await;
            let Some(item) = items.give() else {
                answers.end(&mut out);
                return (!out.is_empty()).then(|| (Ok::<_, Infallible>(out.freeze()), None));
            };
            match (toll.pay(), item) {
                (Ok(()), Released::Whole(json)) => answers.answer(json, &mut out),
                (Ok(()), Released::Unreadable(error)) => answers.refuse(&error, &mut out),
                (Err(error), Released::Whole(json)) => {
                    answers.put_off(&Line::Whole(Bytes::copy_from_slice(json)), &error, &mut out);
                }
                (Err(error), Released::Unreadable(_)) => answers.put_off(&Line::TooLong, &error, &mut out),
            }
        }
        Some((Ok(out.freeze()), Some((items, toll, answers))))
    });
    Ok(ndjson(Body::from_stream(answered)))
}

fn ndjson(body: Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(NDJSON[0]));
    response
}

/// The body of a batch as the OpenAPI document describes it: text of one JSON object a line, the first of which may be of
/// another type.
pub(crate) struct LineByLine<Item, First = Item>(PhantomData<(Item, First)>);

impl<Item: ToSchema, First: ToSchema> PartialSchema for LineByLine<Item, First> {
    fn schema() -> RefOr<Schema> {
        let names = BTreeSet::from([First::name(), Item::name()]);
        let mut lines = names.into_iter().map(Ref::from_schema_name);
        let line: RefOr<Schema> = match (lines.next(), lines.next()) {
            (Some(first), Some(item)) => OneOfBuilder::new().item(first).item(item).into(),
            (line, _) => line.unwrap_or_default().into(),
        };
        let text = ObjectBuilder::new().schema_type(Type::String).content_media_type(NDJSON[0]);
        text.content_schema(Some(ArrayBuilder::new().items(line))).into()
    }
}

impl<Item: ToSchema, First: ToSchema> ToSchema for LineByLine<Item, First> {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend([(First::name().into_owned(), First::schema()), (Item::name().into_owned(), Item::schema())]);
        First::schemas(schemas);
        Item::schemas(schemas);
    }
}

/// The `ref` of an item as the OpenAPI document describes it.
pub(crate) fn reference_schema() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::String, Type::Null]))
        .max_length(Some(MAX_REF_LENGTH))
        .description(Some("Your own name for this item; it comes back with the answer."))
        .examples(["candidate-17"])
}

/// Appends the answer to an item: its `ref`, and one member with JSON that is ready.
pub(crate) fn write(reference: Option<&str>, member: &str, json: &[u8], out: &mut BytesMut) {
    out.extend_from_slice(b"{");
    if let Some(reference) = reference {
        out.extend_from_slice(b"\"ref\":");
        out.extend_from_slice(&serde_json::to_vec(reference).unwrap_or_default());
        out.extend_from_slice(b",");
    }
    out.extend_from_slice(b"\"");
    out.extend_from_slice(member.as_bytes());
    out.extend_from_slice(b"\":");
    out.extend_from_slice(json);
    out.extend_from_slice(b"}\n");
}

/// Appends why an item has no answer.
pub(crate) fn write_error(reference: Option<&str>, error: &Error, out: &mut BytesMut) {
    write(reference, "error", &serde_json::to_vec(&Problem::new(error, "")).unwrap_or_default(), out);
}
