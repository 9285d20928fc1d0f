//! The catalog to be read: tips, prompts, scenarios, challenges, taxonomy, sources and versions.

mod lists;
pub(super) mod query;
mod versions;
mod view;

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use rebound_domain::{Error, ErrorKind};
use serde::Serialize;

use self::query::Query;
use crate::Api;
use crate::auth::{Authorized, Guidance};
use crate::errors::{Common, NotModified, OnOne};
use crate::openapi::{Conditional, Negotiated};
use crate::problem::Refusal;
use crate::representation::{EntityTag, Representation};
use crate::routes::{Routes, routes};
use crate::v1::guidance::LocaleView;

/// The routes of the catalog.
pub(crate) fn router() -> Routes {
    Routes::new()
        .routes(routes!(lists::list_tips))
        .routes(routes!(get_tip))
        .routes(routes!(lists::list_prompts))
        .routes(routes!(lists::list_scenarios))
        .routes(routes!(lists::list_challenges))
        .routes(routes!(get_taxonomy))
        .routes(routes!(list_sources))
        .routes(routes!(versions::list_catalog_versions))
}

/// Get a tip
///
/// One piece of advice by its id, retired ones included.
#[utoipa::path(
    get,
    path = "/v1/tips/{id}",
    operation_id = "getTip",
    tag = "catalog",
    security(("api_key" = ["guidance"])),
    params(
        ("id" = String, Path, description = "The id of the tip", example = "take-time-first"),
        query::LocaleQuery,
        Negotiated,
        Conditional,
    ),
    responses(
        (
            status = 200,
            description = "The tip",
            body = view::TipView,
            headers(("ETag" = String, description = "Changes when the document does")),
        ),
        NotModified,
        OnOne,
        Common,
    )
)]
async fn get_tip(
    Authorized { caller, .. }: Authorized<Guidance>,
    State(api): State<Arc<Api>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let catalogs = api.catalogs.of(caller.tenant).await?;
    let catalog = catalogs.current();
    let query = Query::parse(catalog, &headers, query.as_deref(), &["locale"])?;
    let not_found = || Error::new(ErrorKind::NotFound, "There is no tip with this id.");
    // What is not UTF-8 is no id either.
    let Path(id) = id.map_err(|_| not_found())?;
    let tip = catalog.tips.get(&id).ok_or_else(not_found)?;
    Ok(document(&headers, &view::TipView::new(catalog, tip, query.locale.index)))
}

/// Get the taxonomy
///
/// The codes that a context may use for kinds, causes and reasons, with label and details.
#[utoipa::path(
    get,
    path = "/v1/taxonomy",
    operation_id = "getTaxonomy",
    tag = "catalog",
    security(("api_key" = ["guidance"])),
    params(query::LocaleQuery, Negotiated, Conditional),
    responses(
        (
            status = 200,
            description = "The codes",
            body = view::TaxonomyView,
            headers(("ETag" = String, description = "Changes when the document does")),
        ),
        NotModified,
        Common,
    )
)]
async fn get_taxonomy(
    Authorized { caller, .. }: Authorized<Guidance>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let catalogs = api.catalogs.of(caller.tenant).await?;
    let catalog = catalogs.current();
    let query = Query::parse(catalog, &headers, query.as_deref(), &["locale"])?;
    let taxonomy = view::TaxonomyView {
        catalog_version: catalog.version(),
        locale: LocaleView::new(catalog, &query.locale),
        kinds: view::labels(catalog, "kind", &catalog.kinds, query.locale.index),
        causes: view::labels(catalog, "cause", &catalog.causes, query.locale.index),
        reasons: view::labels(catalog, "reason", &catalog.reasons, query.locale.index),
    };
    Ok(document(&headers, &taxonomy))
}

/// List the sources
///
/// The articles that the advice comes from, every piece of advice in them, and the items that carry it.
#[utoipa::path(
    get,
    path = "/v1/sources",
    operation_id = "listSources",
    tag = "catalog",
    security(("api_key" = ["guidance"])),
    params(query::LocaleQuery, Negotiated, Conditional),
    responses(
        (
            status = 200,
            description = "The articles",
            body = view::SourcesView,
            headers(("ETag" = String, description = "Changes when the document does")),
        ),
        NotModified,
        Common,
    )
)]
async fn list_sources(
    Authorized { caller, .. }: Authorized<Guidance>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let catalogs = api.catalogs.of(caller.tenant).await?;
    let catalog = catalogs.current();
    let query = Query::parse(catalog, &headers, query.as_deref(), &["locale"])?;
    let articles = catalog.articles.iter();
    let articles = articles.map(|article| view::ArticleView::new(catalog, article, query.locale.index)).collect();
    Ok(document(&headers, &view::SourcesView { articles }))
}

/// A document with its entity tag, or 304 if the client has it.
pub(super) fn document(headers: &HeaderMap, view: &impl Serialize) -> Response {
    let json = serde_json::to_vec(view).unwrap_or_default();
    let tag = EntityTag::of(&json);
    if tag.matches(headers) {
        return tag.not_modified();
    }
    tag.mark(Representation::new(json).respond(headers))
}
