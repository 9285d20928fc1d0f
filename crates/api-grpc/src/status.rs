//! Domain errors as gRPC statuses with the details of `google.rpc`, from the domain's one table. What caused an error
//! never leaves through here.

use std::collections::HashMap;

use http::HeaderMap;
use rebound_domain::error::Advice;
use rebound_domain::{Error, ErrorKind};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

/// The domain of `ErrorInfo`: who defines its reasons.
pub const ERROR_DOMAIN: &str = "rebound";

/// How many bytes of field violations a status carries. A status travels in headers, of which many clients take no more
/// than 8 KiB.
const VIOLATION_BYTES: usize = 3 * 1024;

/// The names of the codes, by number.
const CODE_NAMES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// The name of a code, as metrics and the access log show it.
#[must_use]
pub const fn code_name(code: Code) -> &'static str {
    CODE_NAMES[code as usize]
}

/// The canonical code of a kind of error.
#[must_use]
pub fn code(kind: ErrorKind) -> Code {
    Code::from_i32(kind.row().grpc_code)
}

/// The status of an error: its code, `ErrorInfo` with the reason, `BadRequest` with the fields that are wrong as far as
/// they fit, `RetryInfo` where a retry may help, and `QuotaFailure` with the limit that speaks against it.
#[must_use]
pub fn status(error: &Error) -> Status {
    let mut details = ErrorDetails::new();
    details.set_error_info(error.kind.row().code.to_ascii_uppercase(), ERROR_DOMAIN, metadata(error));
    let mut bytes = 0;
    for field in &error.fields {
        bytes += field.pointer.len() + field.detail.len();
        if bytes > VIOLATION_BYTES {
            break;
        }
        details.add_bad_request_violation(field_path(&field.pointer), &field.detail);
    }
    if error.retry_after.is_some() {
        details.set_retry_info(error.retry_after);
    }
    if let Some(limit) = error.limit {
        details.add_quota_failure_violation(limit.name(), &*error.detail);
    }
    let message = match details.bad_request().map(|bad| &bad.field_violations[..]) {
        Some([FieldViolation { field, description, .. }]) if error.fields.len() == 1 && error.advice.is_none() => {
            format!("{field}: {description}")
        }
        _ => error.detail.to_string(),
    };
    Status::with_error_details(code(error.kind), message, details)
}

/// What a program may need to know of an error besides its reason.
fn metadata(error: &Error) -> HashMap<String, String> {
    if let Some(limit) = error.limit {
        return HashMap::from([("limit".to_owned(), limit.name().to_owned())]);
    }
    let Some(Advice { rule, atoms, instead }) = error.advice.as_deref() else { return HashMap::new() };
    let members = [("rule", rule.to_string()), ("atoms", atoms.join(",")), ("instead", instead.to_string())];
    members.map(|(name, value)| (name.to_owned(), value)).into()
}

/// The trailers that end a stream with a status.
pub(crate) fn trailers(status: &Status) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    // Our statuses have no metadata that could be no header.
    status.add_header(&mut trailers).unwrap_or_default();
    trailers
}

/// Logs the cause of an error that is not the client's, for whoever looks for the request id.
pub(crate) fn log(error: &Error, request_id: &str) {
    if matches!(error.kind, ErrorKind::Internal | ErrorKind::Unavailable) {
        let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
        let cause = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
        tracing::error!(request_id, code = error.kind.row().code, cause, "request failed");
    }
}

/// A JSON pointer as the path of a field (`google.rpc.BadRequest`): `/context/reasons/2` is `context.reasons[2]`.
fn field_path(pointer: &str) -> String {
    let mut path = String::with_capacity(pointer.len() + 1);
    for segment in pointer.split('/').skip(1) {
        if !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit()) {
            path.extend(["[", segment, "]"]);
        } else {
            path.extend([if path.is_empty() { "" } else { "." }, segment]);
        }
    }
    path
}
