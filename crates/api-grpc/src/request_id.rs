//! The id that a call has in the log and in its answer: the client's own, or one that is random per process and then
//! counted.

use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderMap, HeaderName, HeaderValue};

/// The metadata of the request id.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A client's own request id is kept if it has at most this many characters.
const MAX_REQUEST_ID_LENGTH: usize = 128;

/// Makes request ids.
#[derive(Debug)]
pub(crate) struct RequestIds {
    process: u64,
    next: AtomicU64,
}

impl RequestIds {
    /// Ids that begin with `process`, a random number.
    pub(crate) const fn new(process: u64) -> Self {
        Self { process, next: AtomicU64::new(1) }
    }

    /// The client's id if it sent a usable one, else a fresh one.
    pub(crate) fn of(&self, metadata: &HeaderMap) -> HeaderValue {
        let usable = |value: &&HeaderValue| {
            (1..=MAX_REQUEST_ID_LENGTH).contains(&value.len()) && value.as_bytes().iter().all(u8::is_ascii_graphic)
        };
        let mut id = metadata.get(X_REQUEST_ID).filter(usable).cloned().unwrap_or_else(|| {
            let id = format!("req_{:016x}{:08x}", self.process, self.next.fetch_add(1, Ordering::Relaxed));
            HeaderValue::try_from(id).unwrap_or_else(|_| HeaderValue::from_static("req_0"))
        });
        // Keeps HTTP/2 from remembering a value that never comes again (RFC 7541, section 7.1.3).
        id.set_sensitive(true);
        id
    }
}
