//! Versions of the overlay of the caller's tenant: published, published again, listed.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use super::input;
use super::view::{PublishBody, RollbackBody, VersionList, VersionView};
use crate::Api;
use crate::auth::{Admin, Authorized};
use crate::body::read_json;
use crate::errors::{Common, OnConflict, OnRepeat, WithBody};
use crate::openapi::Repeatable;
use crate::problem::Refusal;
use crate::query::Query;
use crate::v1::admin::input::{PAGE, seal};
use crate::v1::admin::{PageQuery, document};

/// Publish the draft
///
/// Checks all of it and makes a version, which answers at once here and within five seconds on every replica. It never
/// changes. An error names its place in the draft: `/en/tip.thank-the-person/text/body`.
#[utoipa::path(
    post,
    path = "/v1/overlays/publish",
    operation_id = "publishOverlays",
    tag = "overlays",
    security(("api_key" = ["admin"])),
    params(Repeatable),
    request_body = PublishBody,
    responses(
        (status = 201, description = "The version", body = VersionView),
        OnConflict,
        WithBody,
        Common,
        OnRepeat,
    )
)]
pub(super) async fn publish_overlays(
    Authorized { caller, .. }: Authorized<Admin>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let seal = seal(&headers)?;
    let command = input::publish(&read_json(&headers, body).await?)?;
    let published = api.overlays.publish(&caller, &command, seal.as_ref()).await?;
    Ok(document(StatusCode::CREATED, &VersionView::new(&published)))
}

/// Roll back to a version
///
/// Makes a version with the content of an older one that is kept, which answers from then on. The draft stays as it is, so that work
/// in it is not lost: look at it before you publish again.
#[utoipa::path(
    post,
    path = "/v1/overlays/rollback",
    operation_id = "rollbackOverlays",
    tag = "overlays",
    security(("api_key" = ["admin"])),
    params(Repeatable),
    request_body = RollbackBody,
    responses(
        (status = 201, description = "The version", body = VersionView),
        OnConflict,
        WithBody,
        Common,
        OnRepeat,
    )
)]
pub(super) async fn rollback_overlays(
    Authorized { caller, .. }: Authorized<Admin>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let seal = seal(&headers)?;
    let command = input::rollback(&read_json(&headers, body).await?)?;
    let published = api.overlays.rollback(&caller, &command, seal.as_ref()).await?;
    Ok(document(StatusCode::CREATED, &VersionView::new(&published)))
}

/// List the versions
///
/// What was published, newest first; the first one answers. It also says what of it does not fit the present catalog. The
/// newest 100 versions are kept.
#[utoipa::path(
    get,
    path = "/v1/overlays/versions",
    operation_id = "listOverlayVersions",
    tag = "overlays",
    security(("api_key" = ["admin"])),
    params(PageQuery),
    responses((status = 200, description = "A page", body = VersionList), Common)
)]
pub(super) async fn list_overlay_versions(
    Authorized { caller, .. }: Authorized<Admin>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let page = Query::parse(query.as_deref(), &PAGE)?.page(&format!("overlay_versions {}", caller.tenant))?;
    let rows = api.overlays.versions(&caller, page.after()?, page.rows()).await?;
    let (rows, next_page_token) = page.turn(rows, |row| row.version.version.to_string());
    let versions = rows.iter().map(VersionView::new).collect();
    Ok(document(StatusCode::OK, &VersionList { versions, next_page_token }))
}
