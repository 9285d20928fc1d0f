//! What came back, and what is promised of every answer, whatever was sent: a status of the contract, an error that names
//! what is wrong and where, and never a fault of the service.

use http::HeaderMap;
use rebound_domain::error::MAX_FIELD_ERRORS;
use serde_json::Value;

/// How long an error may be, in bytes, however long what it is about.
const LONGEST_PROBLEM: usize = 64 * 1024;

/// An answer over REST.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("an answer in JSON")
    }

    /// Asserts what is promised of every answer.
    pub(crate) fn assert_sound(&self) {
        let shown = || String::from_utf8_lossy(&self.body[..self.body.len().min(2000)]);
        assert!(self.status < 500, "{}: {}", self.status, shown());
        assert!(self.headers.contains_key("x-request-id"), "an answer without an id");
        if self.status < 400 {
            return;
        }
        let content_type = self.headers.get("content-type").map(http::HeaderValue::as_bytes);
        assert_eq!(content_type, Some(&b"application/problem+json"[..]), "{}: {}", self.status, shown());
        assert!(self.body.len() <= LONGEST_PROBLEM, "an error of {} bytes", self.body.len());
        let problem = self.json();
        assert_eq!(problem["status"], self.status, "{problem}");
        assert_problem(&problem);
    }
}

/// Asserts that an error says what it is, and where.
pub(crate) fn assert_problem(problem: &Value) {
    let says = |member: &str| problem[member].as_str().is_some_and(|text| !text.is_empty());
    assert!(says("code") && says("title") && says("detail"), "{problem}");
    let fields = problem["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert!(problem["code"] != "invalid_request" || !fields.is_empty(), "nothing is named: {problem}");
    assert!(fields.len() <= MAX_FIELD_ERRORS, "{problem}");
    for field in fields {
        let pointer = field["pointer"].as_str().expect("a pointer");
        assert!(pointer.is_empty() || pointer.starts_with('/'), "no JSON pointer: {problem}");
        assert!(field["detail"].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
    }
}

/// An answer over gRPC.
pub(crate) struct GrpcAnswer {
    /// The HTTP status.
    pub(crate) http: u16,
    /// The code, wherever it stood.
    pub(crate) code: Option<i32>,
    /// How many bytes of messages came.
    pub(crate) bytes: usize,
}

impl GrpcAnswer {
    /// Asserts what is promised of every answer.
    pub(crate) fn assert_sound(&self) {
        assert!(self.http < 500, "HTTP {}", self.http);
        if self.http != 200 {
            return;
        }
        let code = self.code.expect("a code at the end");
        // What a client does wrong is none of: UNKNOWN, INTERNAL, UNAVAILABLE, DATA_LOSS.
        assert!(![2, 13, 14, 15].contains(&code), "code {code} after {} bytes", self.bytes);
    }
}
