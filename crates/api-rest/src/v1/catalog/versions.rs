//! The versions of the catalog: what changed with each, and which of them can be asked for.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use rebound_domain::catalog::CatalogVersion;
use serde::Serialize;
use utoipa::ToSchema;

use super::document;
use super::query::{PageQuery, Query};
use crate::Api;
use crate::auth::{Authorized, Guidance};
use crate::errors::{Common, NotModified};
use crate::openapi::Conditional;
use crate::problem::Refusal;

const PATH: &str = "/v1/catalog-versions";

/// A page of versions.
#[derive(Serialize, ToSchema)]
#[schema(as = CatalogVersionList)]
struct CatalogVersionList<'a> {
    catalog_versions: Vec<CatalogVersionView<'a>>,
    /// For the next page; empty at the end.
    next_page_token: String,
}

/// A version of the catalog.
#[derive(Serialize, ToSchema)]
#[schema(as = CatalogVersion)]
struct CatalogVersionView<'a> {
    /// Its name, to be asked for as `catalog_version`.
    #[schema(example = "2026.11.1")]
    version: &'a str,
    /// Whether it answers where no version is asked for.
    current: bool,
    /// Whether this instance can answer with it.
    carried: bool,
    /// The day on which it was released.
    #[schema(format = Date, example = "2026-11-22")]
    released: String,
    /// What changed with it, a sentence each.
    changes: &'a [Box<str>],
}

impl<'a> CatalogVersionView<'a> {
    fn new(version: CatalogVersion<'a>) -> Self {
        let CatalogVersion { release, is_current, is_carried } = version;
        Self {
            version: &release.version,
            current: is_current,
            carried: is_carried,
            released: release.released.to_string(),
            changes: &release.changes,
        }
    }
}

/// List the versions of the catalog
///
/// The change log, the newest version first. Guidance can be asked for from every version that is carried: the same
/// advice in the same words as when that version was the current one.
#[utoipa::path(
    get,
    path = PATH,
    operation_id = "listCatalogVersions",
    tag = "catalog",
    security(("api_key" = ["guidance"])),
    params(PageQuery, Conditional),
    responses(
        (
            status = 200,
            description = "A page",
            body = CatalogVersionList,
            headers(("ETag" = String, description = "Changes when the page does")),
        ),
        NotModified,
        Common,
    )
)]
pub(super) async fn list_catalog_versions(
    _: Authorized<Guidance>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let query = Query::parse(api.catalogs.plain().current(), &headers, query.as_deref(), &["page_size", "page_token"])?;
    let page = query.page(PATH)?;
    let (versions, next_page_token) = page.cut(api.catalogs.plain().versions(), |version| version.release.place());
    let catalog_versions = versions.into_iter().map(CatalogVersionView::new).collect();
    Ok(document(&headers, &CatalogVersionList { catalog_versions, next_page_token }))
}
