//! Fragments for many situations in one call: at once, as a trial, or after a trial that is confirmed.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use rebound_domain::fragments::Confirmations;
use rebound_domain::governance::BulkConfirmation;
use rebound_domain::limits::Toll;
use utoipa::IntoParams;

use super::line_schema;
use super::lines::{FragmentLines, Preview};
use crate::Api;
use crate::auth::{Authorized, Guidance};
use crate::batch::{respond, respond_to, spooled};
use crate::errors::{Common, OnConfirmed, Streamed};
use crate::openapi::Negotiated;
use crate::problem::Refusal;
use crate::query::Query;

/// Whether a call is a trial, or comes after one.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; they are read where the query is")]
struct Trial {
    /// Counts instead of answering: only lines that are wrong are answered, and at the end comes `{summary}` with the
    /// number of items and errors, the variants with their counts, a few fragments as samples, and a `confirm_token` that
    /// is good until `expires_at`.
    dry_run: Option<bool>,
    /// The `confirm_token` of a trial: nothing is answered unless this is what was previewed. Needed where the settings of
    /// the tenant say so.
    confirm_token: Option<String>,
}

/// Render fragments for many situations
///
/// One JSON object a line in, answers in order, streamed. Each line in is the body of a single request with an optional
/// `ref`; the first line may be `{defaults: {...}}` with everything but context and ref, for lines that do not say it
/// themselves. What leads to the same fragment shares it: `{fragment: {id, html, ...}}` comes once, before the first item
/// that uses it, then `{ref, fragment_id}` for each item, or `{ref, error}` with a problem document. A line that is wrong
/// never fails the others. The id is that of the content, so the same lines sent again are answered alike. After 65,536
/// different fragments in one call one may come again. Each line counts as a request; one that the limits of the key or
/// its tenant speak against is answered with `rate_limited` or `quota_exceeded` and can be sent again, with the same first
/// line, after `retry_after_seconds`. Read while you send when you send more than 4 MiB.
///
/// To let somebody look before anything goes out, send the lines with `dry_run` first, and then the same lines with its
/// `confirm_token`. These are read to their end before anything is answered, within ten seconds. If a line, their order,
/// the accepted languages, the catalog or your overlays are not as they were, or after 30 minutes, the call is refused
/// and nothing is rendered. Lines of more than 8 MiB together get no token: send them in several calls. Nor do lines one of
/// which a limit speaks against. What is confirmed is paid for as a whole before anything is answered, as far as that many
/// may come at once: if a limit speaks against it, the call is refused and can be sent again.
#[utoipa::path(
    post,
    path = "/v1/fragments/batch",
    operation_id = "batchRenderFragments",
    tag = "fragments",
    security(("api_key" = ["guidance"])),
    params(Trial, Negotiated),
    request_body(
        content = inline(line_schema::RequestLines),
        content_type = "application/x-ndjson",
        description = "First perhaps `FragmentBatchDefaults`, `{defaults}`; then a `FragmentBatchItem` a line: `{ref, context, locale, max_tips, formats, budget_bytes, heading_level, brand, merge_tags, catalog_version}`",
        example = "{\"defaults\":{\"brand\":{\"name\":\"Example Ltd\"}}}\n{\"ref\":\"a-1\",\"context\":{\"kind\":\"job_application\"}}\n",
    ),
    responses(
        (
            status = 200,
            description = "A `FragmentBatchResult` a line: `{fragment}`, `{ref, fragment_id}` or `{ref, error}`; with `dry_run` at the end `{summary}`",
            body = inline(line_schema::AnswerLines),
            content_type = "application/x-ndjson",
        ),
        OnConfirmed,
        Streamed,
        Common,
    )
)]
pub(super) async fn batch_render_fragments(
    Authorized { caller, admitted, .. }: Authorized<Guidance>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let (dry_run, token) = asked(query.as_deref())?;
    let toll = Toll::begin(&admitted, api.gate.refusals())?;
    let catalogs = api.catalogs.of(caller.tenant).await?;
    if dry_run {
        let confirmations = Arc::clone(&api.confirmations);
        let items = confirmations.preview(caller.tenant, &catalogs, &options(&headers));
        let lines = FragmentLines::preview(catalogs, headers.clone(), Preview { confirmations, items });
        return Ok(respond(&headers, body, api.stall, toll, lines)?);
    }
    let lines = FragmentLines::new(Arc::clone(&catalogs), headers.clone(), false);
    if let Some(token) = token {
        let spool = api.confirmations.confirm(&token, caller.tenant, &catalogs, &options(&headers))?;
        return Ok(respond_to(spooled(&headers, body, spool).await?, toll, lines)?);
    }
    match api.governance.bulk_confirmation(caller.tenant).await? {
        BulkConfirmation::Required => Err(Confirmations::required().into()),
        BulkConfirmation::Optional => Ok(respond(&headers, body, api.stall, toll, lines)?),
    }
}

/// Whether it is a trial, and the token of one.
fn asked(query: Option<&str>) -> rebound_domain::Result<(bool, Option<String>)> {
    let mut query = Query::parse(query, &["dry_run", "confirm_token"])?;
    let dry_run = query.value("dry_run", "must be true or false", |text| text.parse().ok()).unwrap_or_default();
    let token = query.text("confirm_token").map(str::to_owned);
    if dry_run && token.is_some() {
        query.errors().push(Confirmations::of_a_trial());
    }
    query.done()?;
    Ok((dry_run, token))
}

/// What the answer depends on besides the lines and the catalogs.
fn options(headers: &HeaderMap) -> Vec<u8> {
    headers.get_all(ACCEPT_LANGUAGE).iter().flat_map(|value| [value.as_bytes(), b"\n"].concat()).collect()
}
