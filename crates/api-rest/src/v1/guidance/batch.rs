//! Guidance for many situations in one call.

use std::sync::Arc;

use bytes::BytesMut;
use http::HeaderMap;
use rebound_domain::Error;

use super::input::Input;
use crate::Api;
use crate::batch::{AnswerLines, write, write_error};

/// Answers each line as a request of its own.
pub(super) struct Answers {
    pub(super) api: Arc<Api>,
    pub(super) headers: HeaderMap,
}

impl AnswerLines for Answers {
    fn answer(&mut self, line: &[u8], out: &mut BytesMut) {
        let input = match Input::from_line(line) {
            Ok(input) => input,
            Err(error) => return self.refuse(&error, out),
        };
        let reference = input.reference().map(ToOwned::to_owned);
        match input.into_request(&self.api.catalogs, &self.headers) {
            Ok(request) => write(reference.as_deref(), "guidance", self.api.guidance(&request).json(), out),
            Err(error) => write_error(reference.as_deref(), &error, out),
        }
    }

    fn refuse(&mut self, error: &Error, out: &mut BytesMut) {
        write_error(None, error, out);
    }
}
