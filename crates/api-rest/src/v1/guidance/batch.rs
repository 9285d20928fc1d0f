//! Guidance for many situations in one call.

use std::sync::Arc;

use bytes::BytesMut;
use http::HeaderMap;
use rebound_domain::Error;
use rebound_domain::catalog::Catalogs;
use utoipa::ToSchema;

use super::input::Input;
use super::view::GuidanceView;
use crate::Api;
use crate::batch::{AnswerLines, LineByLine, write, write_error};
use crate::problem::Problem;

/// Answers each line as a request of its own.
pub(super) struct Answers {
    pub(super) api: Arc<Api>,
    /// Those that were published when the batch began: one call is answered alike from its first line to its last.
    pub(super) catalogs: Arc<Catalogs>,
    pub(super) headers: HeaderMap,
}

/// The body of an answer.
pub(super) type ResultLines = LineByLine<GuidanceBatchResult<'static>>;

/// A line of the answer: what one item is answered with, advice or an error.
#[derive(ToSchema)]
#[schema(as = GuidanceBatchResult)]
#[expect(dead_code, reason = "describes the line; it is written piece by piece")]
pub(super) struct GuidanceBatchResult<'a> {
    /// That of the item, if it had one that could be read.
    #[schema(rename = "ref", nullable = false, example = "candidate-17")]
    reference: Option<&'a str>,
    #[schema(nullable = false)]
    guidance: Option<GuidanceView<'a>>,
    #[schema(nullable = false)]
    error: Option<Problem<'a>>,
}

impl AnswerLines for Answers {
    fn answer(&mut self, line: &[u8], out: &mut BytesMut) {
        let input = match Input::from_line(line) {
            Ok(input) => input,
            Err(error) => return self.refuse(&error, out),
        };
        let reference = input.reference().map(ToOwned::to_owned);
        match input.into_request(&self.catalogs, &self.headers) {
            Ok(request) => {
                write(reference.as_deref(), "guidance", self.api.guidance(&self.catalogs, &request).json(), out);
            }
            Err(error) => write_error(reference.as_deref(), &error, out),
        }
    }

    fn refuse(&mut self, error: &Error, out: &mut BytesMut) {
        write_error(None, error, out);
    }
}
