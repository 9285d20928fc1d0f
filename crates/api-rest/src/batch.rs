//! Many items in one call: NDJSON in, NDJSON out, in order, in constant memory. What a line is answered with is the
//! business of the operation; one line that is wrong never fails the others.

use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderValue, header};
use rebound_domain::{Error, Result};

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
    let mut response = Response::new(Body::from_stream(call.stream(body)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(NDJSON[0]));
    Ok(response)
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
