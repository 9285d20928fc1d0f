//! Drafts: a check before something is sent. The text is read, answered and forgotten.

mod input;
mod view;

use std::sync::{Arc, LazyLock};

use axum::extract::{Request, State};
use axum::response::Response;
use http::HeaderMap;
use http::request::Parts;
use rebound_domain::catalog::Catalog;
use rebound_domain::drafts::report;
use serde_json::{Value, json};

use self::input::Input;
use self::view::ReportView;
use crate::Api;
use crate::auth::{Authorized, Guidance};
use crate::body::read_json;
use crate::errors::{Common, WithBody};
use crate::openapi::Negotiated;
use crate::problem::Refusal;
use crate::representation::Representation;
use crate::routes::{Routes, routes};

/// The routes of drafts.
pub(crate) fn router() -> Routes {
    Routes::new().routes(routes!(check_draft))
}

/// Check a draft
///
/// Reads a person's answer to a rejection, or an employer's rejection, and finds words that the writer may regret: each
/// with its place, the reason and how to say it instead. Blocks nothing. The text is neither stored nor logged, and no
/// other service sees it. English only.
///
/// `start` and `end` count Unicode scalar values of `text` as it was sent. `no_gratitude` and `no_next_step` have the
/// place of the whole text, `too_long` that of what is too much, requests that of their sentence. The verdict is `hold`
/// with a critical finding, `revise` with a warning, else `fine`.
#[utoipa::path(
    post,
    path = "/v1/drafts/check",
    operation_id = "checkDraft",
    tag = "drafts",
    security(("api_key" = ["guidance"])),
    params(Negotiated),
    request_body(content = input::CheckDraftRequest, examples(
        ("angry-reply" = (summary = "An answer in anger", value = json!(ANGRY_REPLY.clone()))),
        ("employer-rejection" = (summary = "A rejection that measures against others", value = json!(COLD_REJECTION.clone()))),
    )),
    responses(
        (status = 200, description = "What there is to know before it is sent", body = view::ReportView, example = json!(REPORT.clone())),
        WithBody,
        Common,
    )
)]
async fn check_draft(
    Authorized { caller, .. }: Authorized<Guidance>,
    State(api): State<Arc<Api>>,
    request: Request,
) -> Result<Response, Refusal> {
    let (Parts { headers, .. }, body) = request.into_parts();
    let json = read_json(&headers, body).await?;
    let catalogs = api.catalogs.of(caller.tenant).await?;
    Ok(Representation::new(answer(catalogs.current(), &json, &headers)?).respond(&headers))
}

/// The report on a draft as JSON.
fn answer(catalog: &Catalog, json: &[u8], headers: &HeaderMap) -> rebound_domain::Result<Vec<u8>> {
    let (request, locale) = Input::from_json(json)?.into_request(catalog, headers)?;
    let view = ReportView::new(report(catalog, &request, locale.index));
    // Plain texts and numbers have no way to fail.
    Ok(serde_json::to_vec(&view).unwrap_or_default())
}

static ANGRY_REPLY: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "profile": "candidate_reply",
        "text": "Thanks for nothing. You people are idiots.",
        "context": {"kind": "job_application", "conversation": "held"}
    })
});

static COLD_REJECTION: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "profile": "employer_rejection",
        "text": "Thank you for your time. Your application was rejected, because another candidate was stronger than you."
    })
});

/// The answer to the first.
static REPORT: LazyLock<Value> = LazyLock::new(|| {
    let Ok(catalog) = Catalog::embedded() else { return Value::Null };
    let json = serde_json::to_vec(&*ANGRY_REPLY).unwrap_or_default();
    let report = answer(&catalog, &json, &HeaderMap::new());
    report.ok().and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default()
});
