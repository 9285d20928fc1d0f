//! Errors as problem documents (RFC 9457). Handlers answer with a [`Refusal`]; the edge writes its body, because
//! only the edge knows the request id.

use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use rebound_domain::limits::Policy;
use rebound_domain::{Error, ErrorKind};
use serde::Serialize;
use utoipa::ToSchema;

/// The content type of a problem document.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// A domain error on its way out.
#[derive(Debug, Clone)]
pub(crate) struct Refusal(pub(crate) Arc<Error>);

impl<E: Into<Error>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(Arc::new(error.into()))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = status(self.0.kind);
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        response.extensions_mut().insert(self);
        response
    }
}

/// A problem document.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "urn:rebound:problem:invalid_request",
    "title": "The request is not valid",
    "status": 422,
    "detail": "/context/kind: not an allowed value; allowed: job_application, promotion, idea, project, dismissal, program_admission, other",
    "instance": "req_5f0c2b9ad1e84f3700000001",
    "code": "invalid_request",
    "errors": [{
        "pointer": "/context/kind",
        "detail": "not an allowed value; allowed: job_application, promotion, idea, project, dismissal, program_admission, other"
    }]
}))]
pub(crate) struct Problem<'a> {
    /// Names the type of problem.
    #[serde(rename = "type")]
    type_uri: String,
    /// The type of problem in words.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// What went wrong this time.
    detail: &'a str,
    /// The request id, to be quoted when asking for help.
    #[serde(skip_serializing_if = "str::is_empty")]
    instance: &'a str,
    /// A stable code for programs.
    code: &'a str,
    /// Every place in the input that is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ProblemField<'a>>,
    /// After how many seconds a retry may help, as in `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 1)]
    retry_after_seconds: Option<u64>,
    /// For what asks too much: the name of the limit, as in `RateLimit`, or `bulk` for calls under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "key")]
    limit: Option<&'a str>,
    /// For what is not advised: the rule, such as `C1`, or `situation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "C1")]
    rule: Option<&'a str>,
    /// For what is not advised: the ids of the advice that speaks against it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    atoms: Option<&'a [Box<str>]>,
    /// For what is not advised: the id of the tip that is the better next step.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "thank-only-if-you-spoke")]
    instead: Option<&'a str>,
}

/// A place in the input that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemField<'a> {
    /// JSON pointer (RFC 6901) to the place; for a query parameter `/` and its name.
    pub(crate) pointer: &'a str,
    /// What is wrong and what is allowed.
    pub(crate) detail: &'a str,
}

impl<'a> Problem<'a> {
    /// The document of an error; `instance` is the request id.
    #[must_use]
    pub(crate) fn new(error: &'a Error, instance: &'a str) -> Self {
        let (row, advice) = (error.kind.row(), error.advice.as_deref());
        Self {
            type_uri: format!("urn:rebound:problem:{}", row.code),
            title: row.title,
            status: row.http_status,
            detail: &error.detail,
            instance,
            code: row.code,
            errors: error
                .fields
                .iter()
                .map(|field| ProblemField { pointer: &field.pointer, detail: &field.detail })
                .collect(),
            retry_after_seconds: error.retry_after.map(|after| after.as_secs().max(1)),
            limit: error.limit.map(Policy::name),
            rule: advice.map(|advice| &*advice.rule),
            atoms: advice.map(|advice| &*advice.atoms),
            instead: advice.map(|advice| &*advice.instead),
        }
    }
}

/// Writes the body and the headers of a refused response.
pub(crate) fn write(refusal: &Refusal, response: &mut Response, request_id: &str) {
    let problem = Problem::new(&refusal.0, request_id);
    *response.body_mut() = Body::from(serde_json::to_vec(&problem).unwrap_or_default());
    let headers = response.headers_mut();
    // The router measured the body that there was before.
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if let Some(after) = refusal.0.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
    }
    if refusal.0.kind == ErrorKind::Unauthenticated {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"rebound\""));
    }
}

fn status(kind: ErrorKind) -> StatusCode {
    StatusCode::from_u16(kind.row().http_status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
