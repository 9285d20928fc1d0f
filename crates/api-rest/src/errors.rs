//! The errors of the operations as the OpenAPI document shows them: made from the domain's one table, with an
//! example of each.

use std::collections::BTreeMap;

use rebound_domain::{Error, ErrorKind, FieldError};
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::{ContentBuilder, Object, Ref, RefOr, Response, ResponseBuilder, Type};
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

/// What an operation with an entity tag may answer besides: no error, but no document either.
pub(crate) struct NotModified;

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

impl IntoResponses for NotModified {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let tag = header(Type::String, "The tag of the answer that the client has");
        let unchanged = ResponseBuilder::new().description("The client has this answer already").header("ETag", tag);
        BTreeMap::from([("304".to_owned(), RefOr::T(unchanged.build()))])
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
    let response = ResponseBuilder::new()
        .description(kind.row().title)
        .header("X-Request-Id", header(Type::String, "The same as `instance`"))
        .content(PROBLEM_JSON, content);
    match kind {
        ErrorKind::Unauthenticated => response.header("WWW-Authenticate", header(Type::String, "`Bearer`, RFC 6750")),
        ErrorKind::Unavailable => response.header("Retry-After", header(Type::Integer, "In seconds")),
        _ => response,
    }
    .build()
}

fn header(kind: Type, description: &str) -> Header {
    HeaderBuilder::new().schema(Some(Object::with_type(kind))).description(Some(description)).build()
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
        ErrorKind::IdempotencyKeyReused => "This `Idempotency-Key` came before with another request.",
        ErrorKind::Stale => "The rejection has changed since you read it. Read it again, then repeat.",
        ErrorKind::CadenceReached => "You asked for feedback already. One request is enough; then let it rest.",
        ErrorKind::TransitionNotAllowed => "From shock the journey leads to: processing.",
        ErrorKind::LegalHold => "A legal hold of your tenant keeps what the employer's side recorded.",
        ErrorKind::MethodNotAllowed | ErrorKind::Conflict => kind.row().title,
    };
    Error::new(kind, detail)
}

/// The schema that every error refers to.
pub(crate) fn problem_schema() -> RefOr<utoipa::openapi::Schema> {
    Problem::schema()
}
