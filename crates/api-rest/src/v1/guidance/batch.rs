//! Guidance for many situations in one call: NDJSON in, NDJSON out, in order, in constant memory.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderValue, header};
use rebound_domain::{Error, Result};

use super::input::Input;
use crate::Api;
use crate::body::{expect_content_type, too_large};
use crate::lines::{Line, Lines, read_ahead};
use crate::problem::Problem;

/// Content types that a batch may have.
pub(super) const NDJSON: &[&str] = &["application/x-ndjson", "application/ndjson", "application/jsonl"];

/// Answers are sent on as soon as this much is ready, or nothing more is there to be read.
const CHUNK_BYTES: usize = 16 * 1024;

/// Answers every line of a body.
pub(super) fn respond(api: Arc<Api>, headers: HeaderMap, body: Body) -> Result<Response> {
    expect_content_type(&headers, NDJSON)?;
    let answers = Answers { api, headers, lines: Lines::default(), out: BytesMut::new() };
    let mut response = Response::new(Body::from_stream(answers.stream(body)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(NDJSON[0]));
    Ok(response)
}

struct Answers {
    api: Arc<Api>,
    headers: HeaderMap,
    lines: Lines,
    out: BytesMut,
}

impl Answers {
    /// The answers as chunks. A client that stops reading stops the work, and in the end its own sending.
    fn stream(self, body: Body) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
        let input = read_ahead(body);
        stream::unfold(Some((self, input)), |state| async move {
            let (mut answers, mut input) = state?;
            loop {
                while let Some(line) = answers.lines.next() {
                    answers.answer(&line);
                    if answers.out.len() >= CHUNK_BYTES {
                        return Some((Ok(answers.out.split().freeze()), Some((answers, input))));
                    }
                }
                if !answers.out.is_empty() {
                    return Some((Ok(answers.out.split().freeze()), Some((answers, input))));
                }
                match input.next().await {
                    Some(Ok(bytes)) => answers.lines.push(&bytes),
                    Some(Err(error)) => return Some((Err(error), None)),
                    None => {
                        if let Some(line) = answers.lines.take_rest() {
                            answers.answer(&line);
                        }
                        let last = answers.out.split().freeze();
                        return (!last.is_empty()).then_some((Ok(last), None));
                    }
                }
            }
        })
    }

    fn answer(&mut self, line: &Line) {
        let parsed = match line {
            Line::Whole(json) => Input::from_line(json),
            Line::TooLong => Err(too_large("line")),
        };
        let (reference, answer) = match parsed {
            Ok(input) => {
                let reference = input.reference().map(ToOwned::to_owned);
                (reference, input.into_request(&self.api.catalogs, &self.headers))
            }
            Err(error) => (None, Err(error)),
        };
        let answer = answer.map(|request| self.api.guidance(&request));
        self.write(reference.as_deref(), answer.as_ref().map(|ready| &ready.json()[..]));
    }

    fn write(&mut self, reference: Option<&str>, answer: Result<&[u8], &Error>) {
        self.out.extend_from_slice(b"{");
        if let Some(reference) = reference {
            self.out.extend_from_slice(b"\"ref\":");
            self.out.extend_from_slice(&serde_json::to_vec(reference).unwrap_or_default());
            self.out.extend_from_slice(b",");
        }
        match answer {
            Ok(json) => {
                self.out.extend_from_slice(b"\"guidance\":");
                self.out.extend_from_slice(json);
            }
            Err(error) => {
                self.out.extend_from_slice(b"\"error\":");
                self.out.extend_from_slice(&serde_json::to_vec(&Problem::new(error, "")).unwrap_or_default());
            }
        }
        self.out.extend_from_slice(b"}\n");
    }
}
