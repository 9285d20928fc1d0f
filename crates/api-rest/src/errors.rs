//! The errors of the operations as the OpenAPI document shows them: made from the domain's one table, with an
//! example of each.

use std::collections::BTreeMap;

use rebound_domain::{Error, ErrorKind, FieldError};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, PartialSchema};

use crate::problem::{PROBLEM_JSON, Problem};

/// What any operation behind a key may answer.
pub(crate) struct Common;

/// What an operation that reads a JSON body may answer besides.
pub(crate) struct WithBody;

/// What an operation that reads a stream may answer besides; what is wrong with a line stands in its own answer.
pub(crate) struct Streamed;

/// What an operation on one thing may answer besides.
pub(crate) struct OnOne;

impl IntoResponses for Common {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        use ErrorKind::{DeadlineExceeded, Internal, Invalid, PermissionDenied, Unauthenticated, Unavailable};
        table(&[Invalid, Unauthenticated, PermissionDenied, DeadlineExceeded, Unavailable, Internal])
    }
}

impl IntoResponses for WithBody {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        table(&[ErrorKind::Malformed, ErrorKind::TooLarge, ErrorKind::UnsupportedMediaType])
    }
}

impl IntoResponses for Streamed {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        table(&[ErrorKind::UnsupportedMediaType])
    }
}

impl IntoResponses for OnOne {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        table(&[ErrorKind::NotFound])
    }
}

fn table(kinds: &[ErrorKind]) -> BTreeMap<String, RefOr<Response>> {
    kinds.iter().map(|kind| (kind.row().http_status.to_string(), RefOr::T(response(*kind)))).collect()
}

fn response(kind: ErrorKind) -> Response {
    let error = example(kind);
    let example = serde_json::to_value(Problem::new(&error, "req_5f0c2b9ad1e84f3700000001")).unwrap_or_default();
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).example(Some(example)).build();
    ResponseBuilder::new().description(kind.row().title).content(PROBLEM_JSON, content).build()
}

fn example(kind: ErrorKind) -> Error {
    let detail = match kind {
        ErrorKind::Malformed => "Not valid JSON at line 1, column 12.",
        ErrorKind::Invalid => {
            let detail = "not an allowed value; allowed: none, held";
            return Error::invalid(vec![FieldError::new("/context/conversation", detail)]);
        }
        ErrorKind::Unauthenticated => "This API key is not valid, has expired or was revoked.",
        ErrorKind::PermissionDenied => "This operation needs a key with the scope `guidance`.",
        ErrorKind::NotFound => "There is no tip with this id.",
        ErrorKind::TooLarge => "The body has more than 65536 bytes.",
        ErrorKind::UnsupportedMediaType => "Send the body as application/json.",
        ErrorKind::DeadlineExceeded => "The request took longer than ten seconds.",
        ErrorKind::Unavailable => "The service is temporarily unable to answer. Please try again.",
        ErrorKind::Internal => "Something went wrong on our side. The request id helps us to find it.",
        ErrorKind::MethodNotAllowed | ErrorKind::Conflict => kind.row().title,
    };
    Error::new(kind, detail)
}

/// The schema that every error refers to.
pub(crate) fn problem_schema() -> RefOr<utoipa::openapi::Schema> {
    Problem::schema()
}
