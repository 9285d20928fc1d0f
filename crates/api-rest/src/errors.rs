//! The errors of the operations as the OpenAPI document shows them: made from the domain's one table, with an
//! example of each.

use std::collections::BTreeMap;
use std::time::Duration;

use rebound_domain::catalog::{Catalog, Catalogs};
use rebound_domain::fragments::Confirmations;
use rebound_domain::limits::Policy;
use rebound_domain::{Error, ErrorKind, FieldError};
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::{ContentBuilder, Object, Ref, RefOr, Response, ResponseBuilder, Type};
use utoipa::{IntoResponses, PartialSchema};

use crate::problem::{PROBLEM_JSON, Problem};
use crate::v1::replies;

/// Groups of errors, each as a type that an operation names among its answers.
macro_rules! errors {
    ($($(#[$doc:meta])+ $name:ident [$($kind:ident),+ $(,)?];)+) => {$(
        $(#[$doc])+
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                table(&[$(ErrorKind::$kind),+])
            }
        }
    )+};
}

errors! {
    /// What any operation behind a key may answer.
    Common [Invalid, Unauthenticated, PermissionDenied, RateLimited, DeadlineExceeded, Unavailable, Internal];
    /// What an operation that reads a JSON body may answer besides.
    WithBody [Malformed, TooLarge, UnsupportedMediaType];
    /// What an operation that reads a stream may answer besides; what is wrong with a line stands in its own answer.
    Streamed [UnsupportedMediaType];
    /// What an operation on one thing may answer besides.
    OnOne [NotFound];
    /// What an operation with an idempotency key may answer; comes after [`Common`].
    OnRepeat [Invalid, IdempotencyKeyReused];
    /// What an operation with `If-Match` may answer besides.
    OnChanged [Stale];
    /// What an operation may answer besides whose effect the state may not allow.
    OnConflict [Conflict];
    /// What an operation may answer besides that notes a message, or a request for feedback.
    OnContact [CadenceReached, Conflict];
    /// What an operation may answer besides that moves a person.
    OnMove [TransitionNotAllowed];
    /// What an operation may answer besides that moves a person or names what another system calls it.
    OnMoveOrConflict [TransitionNotAllowed, Conflict];
    /// What an operation may answer besides that composes what may be unwise.
    OnUnwise [ReplyNotAdvised];
    /// What an operation may answer besides that can be previewed and confirmed.
    OnConfirmed [
        ConfirmationRequired, PreviewExpired, PreviewOfAnotherTenant, PreviewOfOtherItems, PreviewOfOtherOptions,
        PreviewOfAnotherCatalog, PreviewOfOtherOverlays, Malformed, TooLarge
    ];
    /// What an operation may answer besides that takes records away.
    OnHold [LegalHold];
}

/// What an operation with an entity tag may answer besides: no error, but no document either.
pub(crate) struct NotModified;

impl IntoResponses for NotModified {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let tag = header(Type::String, "The tag of the answer that the client has");
        let unchanged = ResponseBuilder::new().description("The client has this answer already").header("ETag", tag);
        BTreeMap::from([("304".to_owned(), RefOr::T(unchanged.build()))])
    }
}

fn table(kinds: &[ErrorKind]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<ErrorKind>> = BTreeMap::new();
    for kind in kinds {
        by_status.entry(kind.row().http_status).or_default().push(*kind);
    }
    let described = |(status, kinds): (u16, Vec<ErrorKind>)| {
        let shared = SHARED.iter().find(|(_, shared)| shared.contains(&kinds[0]));
        let described = match shared {
            Some((name, _)) => RefOr::Ref(Ref::new(format!("#/components/responses/{name}"))),
            None => RefOr::T(response(&kinds)),
        };
        (status.to_string(), described)
    };
    by_status.into_iter().map(described).collect()
}

/// Answers that any operation may give, whatever it is; described once.
const SHARED: [(&str, &[ErrorKind]); 2] = [
    ("TooManyRequests", &[ErrorKind::RateLimited, ErrorKind::QuotaExceeded]),
    ("Unavailable", &[ErrorKind::Overloaded, ErrorKind::Unavailable]),
];

/// The answers that operations share, by name.
pub(crate) fn shared_responses() -> BTreeMap<String, RefOr<Response>> {
    SHARED.iter().map(|(name, kinds)| ((*name).to_owned(), RefOr::T(response(kinds)))).collect()
}

/// The answer with one status, which stands for one kind of error or for several.
fn response(kinds: &[ErrorKind]) -> Response {
    let problem = |kind: ErrorKind| {
        serde_json::to_value(Problem::new(&example(kind), "req_5f0c2b9ad1e84f3700000001")).unwrap_or_default()
    };
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
    let content = match kinds {
        [only] => content.example(Some(problem(*only))),
        many => content.examples_from_iter(many.iter().map(|kind| {
            let example = ExampleBuilder::new().summary(kind.row().title).value(Some(problem(*kind)));
            (kind.row().code, example.build())
        })),
    };
    let titles: Vec<_> = kinds.iter().map(|kind| kind.row().title).collect();
    let response = ResponseBuilder::new()
        .description(titles.join(", or: "))
        .header("X-Request-Id", header(Type::String, "The same as `instance`"))
        .content(PROBLEM_JSON, content.build());
    match kinds {
        [ErrorKind::Unauthenticated] => response.header("WWW-Authenticate", header(Type::String, "`Bearer`, RFC 6750")),
        [ErrorKind::RateLimited | ErrorKind::Overloaded, ..] => {
            response.header("Retry-After", header(Type::Integer, "In seconds"))
        }
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
        ErrorKind::RateLimited => {
            let detail = "This key may ask 60000 times a minute. Try again in 1 s.".to_owned();
            return Error::limited(kind, detail, Policy::Key, Duration::from_secs(1));
        }
        ErrorKind::QuotaExceeded => {
            let detail = "The 100000 requests of this tenant for today (UTC) are used up.".to_owned();
            return Error::limited(kind, detail, Policy::Daily, Duration::from_hours(1));
        }
        ErrorKind::Overloaded => return Error::overloaded(),
        ErrorKind::DeadlineExceeded => "The request took longer than ten seconds.",
        ErrorKind::Unavailable => "The service is temporarily unable to answer. Please try again.",
        ErrorKind::Internal => "Something went wrong on our side. The request id helps us to find it.",
        ErrorKind::IdempotencyKeyReused => "This `Idempotency-Key` came before with another request.",
        ErrorKind::Stale => "The rejection has changed since you read it. Read it again, then repeat.",
        ErrorKind::CadenceReached => "You asked for feedback already. One request is enough; then let it rest.",
        ErrorKind::TransitionNotAllowed => "From shock the journey leads to: processing.",
        ErrorKind::LegalHold => "A legal hold of your tenant keeps what the employer's side recorded.",
        ErrorKind::ReplyNotAdvised => return unwise(),
        ErrorKind::Conflict => "Another rejection of this user has this external reference.",
        ErrorKind::ConfirmationRequired => return Confirmations::required(),
        ErrorKind::PreviewExpired
        | ErrorKind::PreviewOfAnotherTenant
        | ErrorKind::PreviewOfOtherItems
        | ErrorKind::PreviewOfOtherOptions
        | ErrorKind::PreviewOfAnotherCatalog
        | ErrorKind::PreviewOfOtherOverlays => return Confirmations::refused(kind),
        ErrorKind::MethodNotAllowed => kind.row().title,
    };
    Error::new(kind, detail)
}

/// A note of thanks where nobody is known to have talked with the person.
fn unwise() -> Error {
    let json = br#"{"template": "thank-you", "context": {"kind": "job_application"}}"#;
    let refused = Catalog::embedded().map(Catalogs::from).map(|catalogs| {
        let composed = replies::composed(&catalogs, &http::HeaderMap::new(), json);
        composed.err().unwrap_or_else(|| Error::new(ErrorKind::ReplyNotAdvised, ""))
    });
    refused.unwrap_or_else(|_| Error::new(ErrorKind::ReplyNotAdvised, ""))
}

/// The schema that every error refers to.
pub(crate) fn problem_schema() -> RefOr<utoipa::openapi::Schema> {
    Problem::schema()
}
