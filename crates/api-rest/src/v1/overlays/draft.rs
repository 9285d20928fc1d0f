//! The draft of the caller's tenant: its items, and what guidance would be with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use rebound_domain::guidance::advise;
use rebound_domain::overlays::OverlayItem;

use super::input;
use super::view::{OverlayItemView, OverlayList, PatchBody, PreviewView};
use crate::Api;
use crate::auth::{Admin, Authorized};
use crate::body::read_json;
use crate::errors::{Common, NotModified, OnChanged, OnOne, WithBody};
use crate::openapi::{Conditional, Negotiated, Unchanged};
use crate::problem::Refusal;
use crate::query::{Query, if_match};
use crate::representation::EntityTag;
use crate::v1::admin::input::PAGE;
use crate::v1::admin::{PageQuery, document, path};
use crate::v1::guidance::{GuidanceRequestBody, GuidanceView, Input};

/// List the overlays of the draft
///
/// What will be laid over the catalog when the draft is published, by locale and item.
#[utoipa::path(
    get,
    path = "/v1/overlays",
    operation_id = "listOverlays",
    tag = "overlays",
    security(("api_key" = ["admin"])),
    params(PageQuery),
    responses((status = 200, description = "A page", body = OverlayList), Common)
)]
pub(super) async fn list_overlays(
    Authorized { caller, .. }: Authorized<Admin>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let page = Query::parse(query.as_deref(), &PAGE)?.page(&format!("overlays {}", caller.tenant))?;
    let items = api.overlays.items(&caller).await?;
    let keyed: BTreeMap<String, OverlayItem> = items.into_iter().map(|item| (item.key(), item)).collect();
    let (shown, next_page_token) = page.cut(&keyed, |(key, _)| key);
    let overlays = shown.into_iter().map(|(_, item)| OverlayItemView::new(item)).collect();
    Ok(document(StatusCode::OK, &OverlayList { overlays, next_page_token }))
}

/// Get an overlay of the draft
///
/// What will be laid over an item in a locale when the draft is published.
#[utoipa::path(
    get,
    path = "/v1/overlays/{locale}/{item}",
    operation_id = "getOverlay",
    tag = "overlays",
    security(("api_key" = ["admin"])),
    params(
        ("locale" = String, Path, description = "A locale of the catalog, or a region of one", example = "en"),
        ("item" = String, Path, description = "Type and id of the item", example = "tip.thank-the-person"),
        Conditional,
    ),
    responses(
        (
            status = 200,
            description = "The overlay",
            body = OverlayItemView,
            headers(("ETag" = String, description = "For `If-Match`")),
        ),
        NotModified,
        OnOne,
        Common,
    )
)]
pub(super) async fn get_overlay(
    Authorized { caller, .. }: Authorized<Admin>,
    State(api): State<Arc<Api>>,
    place: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let (locale, item) = path(place)?;
    let item = api.overlays.item(&caller, &locale, &item).await?;
    let tag = EntityTag::strong(item.tag());
    Ok(if tag.matches(&headers) { tag.not_modified() } else { shown(&item) })
}

/// Put an overlay into the draft
///
/// Replaces what the draft has for an item in a locale. It answers nobody before it is published. An item of the catalog
/// is named by type and id, such as `tip.thank-the-person`; an item of your own has an id that begins with `own-`.
#[utoipa::path(
    put,
    path = "/v1/overlays/{locale}/{item}",
    operation_id = "putOverlay",
    tag = "overlays",
    security(("api_key" = ["admin"])),
    params(
        ("locale" = String, Path, description = "A locale of the catalog, or a region of one", example = "en"),
        ("item" = String, Path, description = "Type and id of the item", example = "tip.thank-the-person"),
        Unchanged,
    ),
    request_body = PatchBody,
    responses(
        (
            status = 200,
            description = "The overlay",
            body = OverlayItemView,
            headers(("ETag" = String, description = "For `If-Match`")),
        ),
        OnOne,
        OnChanged,
        WithBody,
        Common,
    )
)]
pub(super) async fn put_overlay(
    Authorized { caller, .. }: Authorized<Admin>,
    State(api): State<Arc<Api>>,
    place: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let (locale, item) = path(place)?;
    let patch = input::patch(&read_json(&headers, body).await?)?;
    Ok(shown(&api.overlays.put(&caller, &locale, &item, patch, if_match(&headers).as_deref()).await?))
}

/// Delete an overlay of the draft
///
/// When the draft is published, the catalog answers there again.
#[utoipa::path(
    delete,
    path = "/v1/overlays/{locale}/{item}",
    operation_id = "deleteOverlay",
    tag = "overlays",
    security(("api_key" = ["admin"])),
    params(
        ("locale" = String, Path, description = "A locale of the catalog, or a region of one", example = "en"),
        ("item" = String, Path, description = "Type and id of the item", example = "tip.thank-the-person"),
        Unchanged,
    ),
    responses((status = 204, description = "Deleted"), OnOne, OnChanged, Common)
)]
pub(super) async fn delete_overlay(
    Authorized { caller, .. }: Authorized<Admin>,
    State(api): State<Arc<Api>>,
    place: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let (locale, item) = path(place)?;
    api.overlays.delete(&caller, &locale, &item, if_match(&headers).as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Preview the draft
///
/// The advice as it would be if the draft were published now, what would change, and what keeps it from being published.
/// Nothing is changed.
#[utoipa::path(
    post,
    path = "/v1/overlays/preview",
    operation_id = "previewOverlays",
    tag = "overlays",
    security(("api_key" = ["admin"])),
    params(Negotiated),
    request_body(content = GuidanceRequestBody, example = json!({ "context": { "kind": "job_application" }, "explain": true })),
    responses((status = 200, description = "The draft as it would answer", body = PreviewView), WithBody, Common)
)]
pub(super) async fn preview_overlays(
    Authorized { caller, .. }: Authorized<Admin>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let input = Input::from_json(&read_json(&headers, body).await?)?;
    let preview = api.overlays.preview(&caller).await?;
    let request = input.into_request(&preview.catalogs, &headers)?;
    let catalog = preview.catalogs.get(request.catalog);
    let guidance = advise(catalog, &request);
    let guidance = GuidanceView::new(catalog, &request, &guidance);
    Ok(document(StatusCode::OK, &PreviewView::new(&preview, guidance)))
}

fn shown(item: &OverlayItem) -> Response {
    let mut response = document(StatusCode::OK, &OverlayItemView::new(item));
    EntityTag::strong(item.tag()).insert(response.headers_mut());
    response
}
