//! The one error that every part of Rebound answers with. It knows what a client may read (`detail`, `fields`) and
//! what only the log may see (the source), and nothing of HTTP or gRPC beyond the numbers of one table.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::limits::{OVERLOADED, Policy};

/// A result with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, as a client can tell it apart. [`ErrorKind::row`] is the table that both APIs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The bytes could not be read as what they claim to be.
    Malformed,
    /// Understood, but a field or value is not allowed.
    Invalid,
    /// No key, or one that is not (or no longer) valid.
    Unauthenticated,
    /// The key lacks the scope.
    PermissionDenied,
    /// No such thing, or none that this key may see.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// It exists already, or its state does not allow this.
    Conflict,
    /// An `Idempotency-Key` came before with another request.
    IdempotencyKeyReused,
    /// What the caller saw has changed since.
    Stale,
    /// There was enough contact of this kind already (rule C4).
    CadenceReached,
    /// The journey does not lead there from here.
    TransitionNotAllowed,
    /// A legal hold keeps it as it is.
    LegalHold,
    /// The situation makes this reply unwise, and nobody insists (rules C1, C4, C6, C12).
    ReplyNotAdvised,
    /// The tenant wants a preview to be confirmed first.
    ConfirmationRequired,
    /// The preview that is confirmed is too old.
    PreviewExpired,
    /// The preview that is confirmed is another tenant's.
    PreviewOfAnotherTenant,
    /// The preview that is confirmed had other items.
    PreviewOfOtherItems,
    /// The preview that is confirmed was asked for in another way.
    PreviewOfOtherOptions,
    /// The preview that is confirmed was made with another catalog.
    PreviewOfAnotherCatalog,
    /// The preview that is confirmed was made with other overlays.
    PreviewOfOtherOverlays,
    /// The body, a line or a message is larger than allowed.
    TooLarge,
    /// The content type is not one that this operation reads.
    UnsupportedMediaType,
    /// The key or its tenant asked too often.
    RateLimited,
    /// The tenant used up what it may ask on a day.
    QuotaExceeded,
    /// It took longer than the caller or the service allows.
    DeadlineExceeded,
    /// More is asked at once than can be answered soon.
    Overloaded,
    /// Something that Rebound needs is away; trying again helps.
    Unavailable,
    /// A fault of Rebound itself.
    Internal,
}

/// One row of the table: how a kind of error looks on each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorRow {
    /// Stable code: `code` in a problem document, upper-cased `ErrorInfo.reason` over gRPC.
    pub code: &'static str,
    /// The title of the problem type.
    pub title: &'static str,
    /// HTTP status (RFC 9110).
    pub http_status: u16,
    /// Canonical gRPC status code.
    pub grpc_code: i32,
}

impl ErrorKind {
    /// Every kind, for tests and documentation that walk the table.
    pub const ALL: [Self; 28] = [
        Self::Malformed,
        Self::Invalid,
        Self::Unauthenticated,
        Self::PermissionDenied,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::IdempotencyKeyReused,
        Self::Stale,
        Self::CadenceReached,
        Self::TransitionNotAllowed,
        Self::LegalHold,
        Self::ReplyNotAdvised,
        Self::ConfirmationRequired,
        Self::PreviewExpired,
        Self::PreviewOfAnotherTenant,
        Self::PreviewOfOtherItems,
        Self::PreviewOfOtherOptions,
        Self::PreviewOfAnotherCatalog,
        Self::PreviewOfOtherOverlays,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::RateLimited,
        Self::QuotaExceeded,
        Self::DeadlineExceeded,
        Self::Overloaded,
        Self::Unavailable,
        Self::Internal,
    ];

    /// The row of this kind.
    #[must_use]
    pub const fn row(self) -> ErrorRow {
        let (code, title, http_status, grpc_code) = match self {
            Self::Malformed => ("malformed_request", "The request could not be read", 400, 3),
            Self::Invalid => ("invalid_request", "The request is not valid", 422, 3),
            Self::Unauthenticated => ("unauthenticated", "A valid API key is needed", 401, 16),
            Self::PermissionDenied => ("permission_denied", "The API key lacks a scope", 403, 7),
            Self::NotFound => ("not_found", "Not found", 404, 5),
            Self::MethodNotAllowed => ("method_not_allowed", "Method not allowed", 405, 12),
            Self::Conflict => ("conflict", "The state does not allow this", 409, 9),
            Self::IdempotencyKeyReused => ("idempotency_key_reused", "The idempotency key was used before", 422, 3),
            Self::Stale => ("precondition_failed", "It has changed since", 412, 10),
            Self::CadenceReached => ("cadence_reached", "There was enough contact of this kind", 409, 9),
            Self::TransitionNotAllowed => ("transition_not_allowed", "The journey does not lead there", 409, 9),
            Self::LegalHold => ("legal_hold", "A legal hold keeps it", 409, 9),
            Self::ReplyNotAdvised => ("reply_not_advised", "This reply is not advised here", 409, 9),
            Self::ConfirmationRequired => ("confirmation_required", "A preview has to be confirmed first", 409, 9),
            Self::PreviewExpired => ("preview_expired", "The preview is too old", 412, 10),
            Self::PreviewOfAnotherTenant => ("preview_of_another_tenant", "The preview is another tenant's", 412, 10),
            Self::PreviewOfOtherItems => ("preview_of_other_items", "Other items were previewed", 412, 10),
            Self::PreviewOfOtherOptions => ("preview_of_other_options", "Previewed with other options", 412, 10),
            Self::PreviewOfAnotherCatalog => ("preview_of_another_catalog", "Previewed with another catalog", 412, 10),
            Self::PreviewOfOtherOverlays => ("preview_of_other_overlays", "Previewed with other overlays", 412, 10),
            Self::TooLarge => ("too_large", "The request is too large", 413, 8),
            Self::UnsupportedMediaType => ("unsupported_media_type", "Unsupported content type", 415, 3),
            Self::RateLimited => ("rate_limited", "Too many requests", 429, 8),
            Self::QuotaExceeded => ("quota_exceeded", "The quota of the day is used up", 429, 8),
            Self::DeadlineExceeded => ("deadline_exceeded", "It took too long", 504, 4),
            Self::Overloaded => ("overloaded", "Too much is asked at once", 503, 14),
            Self::Unavailable => ("unavailable", "Temporarily unavailable", 503, 14),
            Self::Internal => ("internal", "Internal error", 500, 13),
        };
        ErrorRow { code, title, http_status, grpc_code }
    }
}

/// How many places an error names at most: an answer must not be many times as long as what it is about.
pub const MAX_FIELD_ERRORS: usize = 20;

/// One thing wrong with one place in the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) to the place, such as `/context/kind`.
    pub pointer: String,
    /// What is wrong and what is allowed.
    pub detail: String,
}

impl FieldError {
    /// An error at `pointer`.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

/// Why something is not advised, and what would be better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The rule, such as `C1`, or `situation`.
    pub rule: Box<str>,
    /// The ids of the advice that speaks against it.
    pub atoms: Vec<Box<str>>,
    /// The id of the tip that is the better next step.
    pub instead: Box<str>,
}

/// An error with a public message and a private cause. `Display` shows the public part alone.
#[derive(Debug)]
pub struct Error {
    /// What kind of error it is.
    pub kind: ErrorKind,
    /// A sentence for the client.
    pub detail: Cow<'static, str>,
    /// The places in the input that are wrong; empty where that makes no sense.
    pub fields: Vec<FieldError>,
    /// After how long a retry may help.
    pub retry_after: Option<Duration>,
    /// For what asks too much: of which limit.
    pub limit: Option<Policy>,
    /// For what is not advised: why, and what would be better.
    pub advice: Option<Box<Advice>>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `kind` with a sentence for the client.
    pub fn new(kind: ErrorKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            fields: Vec::new(),
            retry_after: None,
            limit: None,
            advice: None,
            source: None,
        }
    }

    /// Input that was understood and is not allowed; `fields` is not empty. The first [`MAX_FIELD_ERRORS`] are kept.
    #[must_use]
    pub fn invalid(mut fields: Vec<FieldError>) -> Self {
        fields.truncate(MAX_FIELD_ERRORS);
        let detail = match fields.as_slice() {
            [only] => format!("{}: {}", only.pointer, only.detail),
            many => format!("{} fields are not valid.", many.len()),
        };
        Self { fields, ..Self::new(ErrorKind::Invalid, detail) }
    }

    /// Something that the situation speaks against.
    #[must_use]
    pub fn not_advised(detail: String, fields: Vec<FieldError>, advice: Advice) -> Self {
        Self { fields, advice: Some(Box::new(advice)), ..Self::new(ErrorKind::ReplyNotAdvised, detail) }
    }

    /// A fault of Rebound itself; the client learns nothing of `source`.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::new(ErrorKind::Internal, "Something went wrong on our side. The request id helps us to find it.")
        }
    }

    /// Something that a limit speaks against until `retry_after` has passed.
    #[must_use]
    pub fn limited(kind: ErrorKind, detail: String, limit: Policy, retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), limit: Some(limit), ..Self::new(kind, detail) }
    }

    /// Why it was refused, in a word for metrics and the log, if the reason is that too much was asked.
    #[must_use]
    pub fn limited_by(&self) -> Option<&'static str> {
        let overloaded = (self.kind == ErrorKind::Overloaded).then_some(OVERLOADED);
        self.limit.map(Policy::name).or(overloaded)
    }

    /// More is asked at once than can be answered soon; the client may retry in a second.
    #[must_use]
    pub fn overloaded() -> Self {
        let detail = "More is asked at once than can be answered soon. Nothing was done; please try again.";
        Self { retry_after: Some(Duration::from_secs(1)), ..Self::new(ErrorKind::Overloaded, detail) }
    }

    /// Something that Rebound needs (the database) is away; the client may retry after `retry_after`.
    pub fn unavailable(retry_after: Duration, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            retry_after: Some(retry_after),
            source: Some(source.into()),
            ..Self::new(ErrorKind::Unavailable, "The service is temporarily unable to answer. Please try again.")
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.row().code, self.detail)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
