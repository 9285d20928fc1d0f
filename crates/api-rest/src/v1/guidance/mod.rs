//! Guidance: the advice for a situation, one at a time or many in a stream.

mod batch;
mod context_schema;
mod examples;
mod input;
mod view;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, Uri};
use rebound_domain::catalog::Catalogs;
use rebound_domain::guidance::GuidanceRequest;
use rebound_domain::id::TenantId;
use rebound_domain::limits::Toll;

pub(super) use self::input::Input;
use crate::Api;
use crate::auth::{Authorized, Guidance};
use crate::body::read_json;
use crate::errors::{Common, NotModified, Streamed, WithBody};
use crate::known::{Answered, InputKey};
use crate::openapi::{Conditional, Negotiated};
use crate::problem::Refusal;
use crate::representation::{EntityTag, Representation};
use crate::routes::{Routes, routes};

pub(crate) use context_schema::{
    Context as ContextSchema, GuidanceRequest as GuidanceRequestBody, LOCALE_DOC, VERSION_DOC, catalog_version,
    language_tag, with_fields,
};
pub(crate) use input::resolve_locale;
pub use view::guidance_json;
pub(crate) use view::{ActionView, GuidanceView, LocaleView, SourceView, TimingView, sources};

/// The routes of guidance.
pub(crate) fn router() -> Routes {
    Routes::new().routes(routes!(get_guidance, get_guidance_by_query)).routes(routes!(batch_get_guidance))
}

impl Api {
    /// The answer to a request to one of these catalogs, from the memo if it is there.
    pub(crate) fn guidance(&self, catalogs: &Catalogs, request: &GuidanceRequest) -> Representation {
        let catalog = catalogs.get(request.catalog);
        self.memo.answer(request, || Representation::new(guidance_json(catalog, request)))
    }

    /// The answer to an input in one of its forms; it is parsed only if the same bytes did not come before.
    fn answered(
        &self,
        form: u8,
        input: &[u8],
        headers: &HeaderMap,
        catalogs: &Catalogs,
        parse: impl FnOnce() -> rebound_domain::Result<Input>,
    ) -> Result<Answered, Refusal> {
        self.known.answer(InputKey::new(form, input, headers, catalogs.layer()), || {
            let request = parse()?.into_request(catalogs, headers)?;
            let tag = EntityTag::new(request.tag(catalogs.get(request.catalog)));
            Ok(Answered { ready: self.guidance(catalogs, &request), tag })
        })
    }
}

/// Get guidance
///
/// From what happened to what to do, in order. Needs no personal data. The same context, locale and catalog version
/// give the same bytes.
#[utoipa::path(
    post,
    path = "/v1/guidance",
    operation_id = "getGuidance",
    tag = "guidance",
    security(("api_key" = ["guidance"])),
    params(Negotiated),
    request_body(content = context_schema::GuidanceRequest, examples(
        ("three-of-four-rounds" = (summary = "Three of four rounds, then an e-mail", value = json!(examples::THREE_OF_FOUR_ROUNDS.clone()))),
        ("declined-idea" = (summary = "An idea that was turned down", value = json!(examples::DECLINED_IDEA.clone()))),
    )),
    responses(
        (status = 200, description = "What to do, in order", body = view::GuidanceView, example = json!(examples::GUIDANCE.clone())),
        WithBody,
        Common,
    )
)]
pub(crate) async fn get_guidance(
    Authorized { caller, .. }: Authorized<Guidance>,
    State(api): State<Arc<Api>>,
    request: Request,
) -> Result<Response, Refusal> {
    let (Parts { headers, .. }, body) = request.into_parts();
    let json = read_json(&headers, body).await?;
    let catalogs = api.catalogs.of(caller.tenant).await?;
    let answered = api.answered(b'J', &json, &headers, &catalogs, || Input::from_json(&json))?;
    Ok(answered.ready.respond(&headers))
}

/// Get guidance by query
///
/// The same as a query, for caches: the fields of the context as parameters, lists repeated. Answers with an `ETag`,
/// and with 304 to an `If-None-Match` that still holds.
#[utoipa::path(
    get,
    path = "/v1/guidance",
    operation_id = "getGuidanceByQuery",
    tag = "guidance",
    security(("api_key" = ["guidance"])),
    params(context_schema::GuidanceQuery, Negotiated, Conditional),
    responses(
        (
            status = 200,
            description = "What to do, in order",
            body = view::GuidanceView,
            headers(("ETag" = String, description = "Changes when the answer may")),
            example = json!(examples::GUIDANCE.clone()),
        ),
        NotModified,
        Common,
    )
)]
pub(crate) async fn get_guidance_by_query(
    Authorized { caller, .. }: Authorized<Guidance>,
    State(api): State<Arc<Api>>,
    request: Request,
) -> Result<Response, Refusal> {
    let (Parts { uri, headers, .. }, _) = request.into_parts();
    by_query(caller.tenant, &api, &uri, headers).await
}

/// Answers a query of this tenant to this address with these headers.
pub(crate) async fn by_query(tenant: TenantId, api: &Api, uri: &Uri, headers: HeaderMap) -> Result<Response, Refusal> {
    let catalogs = api.catalogs.of(tenant).await?;
    let query = uri.query().unwrap_or_default();
    let answered = api.answered(b'Q', query.as_bytes(), &headers, &catalogs, || Ok(Input::from_query(query)))?;
    if answered.tag.matches(&headers) {
        return Ok(answered.tag.not_modified_in(headers));
    }
    Ok(answered.tag.mark(answered.ready.respond(&headers)))
}

/// Get guidance for many situations
///
/// One JSON object a line in, one a line out, in order, streamed. Each line in is the body of a single request with an
/// optional `ref`; each line out has the same `ref` and either `guidance` or `error`, a problem document. A line that
/// is wrong never fails the others. Each line counts as a request; one that the limits of the key or its tenant speak
/// against is answered with `rate_limited` or `quota_exceeded` and can be sent again after `retry_after_seconds`. Read
/// while you send when you send more than 4 MiB.
#[utoipa::path(
    post,
    path = "/v1/guidance/batch",
    operation_id = "batchGetGuidance",
    tag = "guidance",
    security(("api_key" = ["guidance"])),
    params(Negotiated),
    request_body(
        content = inline(context_schema::RequestLines),
        content_type = "application/x-ndjson",
        description = "A `GuidanceBatchItem` a line: `{ref, context, locale, limit, explain, catalog_version}`",
        example = "{\"ref\":\"a-1\",\"context\":{\"kind\":\"job_application\",\"conversation\":\"held\"}}\n",
    ),
    responses(
        (
            status = 200,
            description = "A `GuidanceBatchResult` a line: `{ref, guidance}` or `{ref, error}`",
            body = inline(batch::ResultLines),
            content_type = "application/x-ndjson",
        ),
        Streamed,
        Common,
    ),
)]
async fn batch_get_guidance(
    Authorized { caller, admitted, .. }: Authorized<Guidance>,
    State(api): State<Arc<Api>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let toll = Toll::begin(&admitted, api.gate.refusals())?;
    let catalogs = api.catalogs.of(caller.tenant).await?;
    Ok(crate::batch::respond(&headers.clone(), body, api.stall, toll, batch::Answers { api, catalogs, headers })?)
}
