//! Guidance for many situations in one call.

use std::sync::Arc;

use bytes::BytesMut;
use http::HeaderMap;
use rebound_domain::Error;
use rebound_domain::catalog::Catalogs;

use super::input::Input;
use crate::Api;
use crate::batch::{AnswerLines, write, write_error};

/// Answers each line as a request of its own.
pub(super) struct Answers {
    pub(super) api: Arc<Api>,
    /// Those that were published when the batch began: one call is answered alike from its first line to its last.
    pub(super) catalogs: Arc<Catalogs>,
    pub(super) headers: HeaderMap,
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
