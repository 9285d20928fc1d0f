//! Fragments: advice for somebody else's e-mail, one at a time or many in a stream.

mod examples;
mod input;
mod lines;
mod members;
mod schema;
mod view;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, Request, State};
use axum::response::Response;
use http::HeaderMap;
use http::request::Parts;
use rebound_domain::catalog::{Catalog, Catalogs};
use rebound_domain::fragments::{Choice, Defaults, FragmentRequest};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::input::Input;
pub use self::lines::FragmentFile;
use self::lines::FragmentLines;
use crate::Api;
use crate::auth::{Authorized, Guidance};
use crate::body::read_json;
use crate::errors::{Common, Streamed, WithBody};
use crate::known::{Answered, InputKey};
use crate::openapi::Negotiated;
use crate::problem::Refusal;
use crate::query::Query;
use crate::representation::{EntityTag, Representation};

/// The routes of fragments.
pub(crate) fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(render_fragment)).routes(routes!(batch_render_fragments))
}

/// The answer to a request as the bytes of its JSON document, and its content as a number.
fn fragment_json(catalog: &Catalog, request: &FragmentRequest) -> rebound_domain::Result<(Vec<u8>, u128)> {
    let frame = request.frame(catalog);
    let choice = Choice::new(catalog, request, &frame)?;
    let fragment = choice.render(request, &frame);
    let mut json = Vec::with_capacity(8 * 1024);
    // Writing plain texts and numbers into memory has no way to fail.
    let _: Result<(), serde_json::Error> =
        serde_json::to_writer(&mut json, &view::FragmentView::new(catalog, request, &fragment));
    Ok((json, choice.tag))
}

impl Api {
    /// The answer to a body; it is parsed only if the same bytes did not come before.
    fn fragment(&self, catalogs: &Catalogs, json: &[u8], headers: &HeaderMap) -> Result<Answered, Refusal> {
        self.known.answer(InputKey::new(b'F', json, headers, catalogs.layer()), || {
            let input = Input::from_json(json)?;
            let request = input.into_request(catalogs, headers, &Defaults::default(), false)?;
            let (json, tag) = fragment_json(catalogs.get(request.catalog), &request)?;
            Ok(Answered { ready: Representation::new(json), tag: EntityTag::new(tag) })
        })
    }
}

/// Render a fragment
///
/// Advice to put into an e-mail that somebody else sends: HTML that no host can break, its plain-text twin, Markdown and
/// blocks. Needs no personal data, has no tracking, and keeps to a budget of bytes by leaving out whole tips. It is for an
/// employer's own e-mail unless the context names another audience.
#[utoipa::path(
    post,
    path = "/v1/fragments",
    operation_id = "renderFragment",
    tag = "fragments",
    security(("api_key" = ["guidance"])),
    params(Negotiated),
    request_body(content = schema::FragmentRequest, examples(
        ("branded" = (summary = "After an interview, in an employer's voice", value = json!(examples::BRANDED.clone()))),
    )),
    responses(
        (
            status = 200,
            description = "The fragment",
            body = view::FragmentView,
            headers(("ETag" = String, description = "The same for the same content")),
            example = json!(examples::FRAGMENT.clone()),
        ),
        WithBody,
        Common,
    )
)]
pub(crate) async fn render_fragment(
    Authorized { caller, .. }: Authorized<Guidance>,
    State(api): State<Arc<Api>>,
    request: Request,
) -> Result<Response, Refusal> {
    let (Parts { headers, .. }, body) = request.into_parts();
    let json = read_json(&headers, body).await?;
    let catalogs = api.catalogs.of(caller.tenant).await?;
    let answered = api.fragment(&catalogs, &json, &headers)?;
    Ok(answered.tag.mark(answered.ready.respond(&headers)))
}

/// Whether a call is a trial.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameter; it is read where the query is")]
struct Trial {
    /// Counts instead of answering: only lines that are wrong are answered, and at the end comes `{summary}` with the
    /// number of items and errors, the variants with their counts, and a few fragments as samples.
    dry_run: Option<bool>,
}

/// Render fragments for many situations
///
/// One JSON object a line in, answers in order, streamed. Each line in is the body of a single request with an optional
/// `ref`; the first line may be `{defaults: {...}}` with everything but context and ref, for lines that do not say it
/// themselves. What leads to the same fragment shares it: `{fragment: {id, html, ...}}` comes once, before the first item
/// that uses it, then `{ref, fragment_id}` for each item, or `{ref, error}` with a problem document. A line that is wrong
/// never fails the others. The id is that of the content, so the same lines sent again are answered alike. After 65,536
/// different fragments in one call one may come again. Read while you send when you send more than 4 MiB.
#[utoipa::path(
    post,
    path = "/v1/fragments/batch",
    operation_id = "batchRenderFragments",
    tag = "fragments",
    security(("api_key" = ["guidance"])),
    params(Trial, Negotiated),
    request_body(
        content = String,
        content_type = "application/x-ndjson",
        description = "`{defaults}`, then `{ref, context, locale, max_tips, formats, budget_bytes, heading_level, brand, merge_tags, catalog_version}`, one a line",
        example = "{\"defaults\":{\"brand\":{\"name\":\"Example Ltd\"}}}\n{\"ref\":\"a-1\",\"context\":{\"kind\":\"job_application\"}}\n",
    ),
    responses(
        (
            status = 200,
            description = "`{fragment}`, `{ref, fragment_id}` or `{ref, error}`, one a line; with `dry_run` at the end `{summary}`",
            body = String,
            content_type = "application/x-ndjson",
        ),
        Streamed,
        Common,
    )
)]
async fn batch_render_fragments(
    Authorized { caller, .. }: Authorized<Guidance>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let mut query = Query::parse(query.as_deref(), &["dry_run"])?;
    let dry_run = query.value("dry_run", "must be true or false", |text| text.parse().ok()).unwrap_or_default();
    query.done()?;
    let catalogs = api.catalogs.of(caller.tenant).await?;
    let lines = FragmentLines::new(catalogs, headers.clone(), dry_run);
    Ok(crate::batch::respond(&headers, body, lines)?)
}
