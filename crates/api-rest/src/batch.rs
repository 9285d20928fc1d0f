//! Many items in one call: NDJSON in, NDJSON out, in order, in constant memory. What a line is answered with is the
//! business of the operation; one line that is wrong never fails the others.

use std::convert::Infallible;

use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderValue, header};
use rebound_domain::fragments::{Items, Released, Spool, Spooled};
use rebound_domain::{Error, ErrorKind, Result};

use crate::body::{expect_content_type, too_large};
use crate::lines::{Line, Lines, read_ahead};
use crate::problem::Problem;

/// Content types that a batch may have.
const NDJSON: &[&str] = &["application/x-ndjson", "application/ndjson", "application/jsonl"];

/// Answers are sent on as soon as this much is ready, or nothing more is there to be read.
const CHUNK_BYTES: usize = 16 * 1024;

/// How many characters the `ref` of an item may have.
pub(crate) const MAX_REF_LENGTH: usize = 256;

/// What answers the lines of a call, one after the other.
pub(crate) trait AnswerLines: Send + 'static {
    /// Appends the answer to a line, if it has one.
    fn answer(&mut self, line: &[u8], out: &mut BytesMut);

    /// Appends the answer to a line that could not be read.
    fn refuse(&mut self, error: &Error, out: &mut BytesMut);

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

/// Answers every line of a body.
pub(crate) fn respond(headers: &HeaderMap, body: Body, answers: impl AnswerLines) -> Result<Response> {
    expect_content_type(headers, NDJSON)?;
    let call = Call { answers, lines: Lines::default(), out: BytesMut::new() };
    Ok(ndjson(Body::from_stream(call.stream(body))))
}

struct Call<A> {
    answers: A,
    lines: Lines,
    out: BytesMut,
}

impl<A: AnswerLines> Call<A> {
    /// The answers as chunks. A client that stops reading stops the work, and in the end its own sending.
    fn stream(self, body: Body) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
        let input = read_ahead(body);
        stream::unfold(Some((self, input)), |state| async move {
            let (mut call, mut input) = state?;
            loop {
                while let Some(line) = call.lines.next() {
                    call.answers.answer_any(&line, &mut call.out);
                    if call.out.len() >= CHUNK_BYTES {
                        return Some((Ok(call.out.split().freeze()), Some((call, input))));
                    }
                }
                if !call.out.is_empty() {
                    return Some((Ok(call.out.split().freeze()), Some((call, input))));
                }
                match input.next().await {
                    Some(Ok(bytes)) => call.lines.push(&bytes),
                    Some(Err(error)) => return Some((Err(error), None)),
                    None => {
                        if let Some(line) = call.lines.take_rest() {
                            call.answers.answer_any(&line, &mut call.out);
                        }
                        call.answers.end(&mut call.out);
                        let last = call.out.split().freeze();
                        return (!last.is_empty()).then_some((Ok(last), None));
                    }
                }
            }
        })
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

/// Answers lines that were held back.
pub(crate) fn respond_to(items: Items, answers: impl AnswerLines) -> Response {
    let answered = stream::unfold(Some((items, answers)), async |state| {
        let (mut items, mut answers) = state?;
        let mut out = BytesMut::new();
        while out.len() < CHUNK_BYTES {
            match items.give() {
                Some(Released::Whole(json)) => answers.answer(json, &mut out),
                Some(Released::Unreadable(error)) => answers.refuse(&error, &mut out),
                None => {
                    answers.end(&mut out);
                    return (!out.is_empty()).then(|| (Ok::<_, Infallible>(out.freeze()), None));
                }
            }
        }
        Some((Ok(out.freeze()), Some((items, answers))))
    });
    ndjson(Body::from_stream(answered))
}

fn ndjson(body: Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(NDJSON[0]));
    response
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
