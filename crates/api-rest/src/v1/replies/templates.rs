//! The templates of replies, to be read.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use rebound_domain::{Error, ErrorKind};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::ReplyTemplateView;
use crate::Api;
use crate::auth::{Authorized, Guidance};
use crate::errors::{Common, NotModified, OnOne};
use crate::openapi::{Conditional, Negotiated};
use crate::problem::Refusal;
use crate::v1::catalog::document;
use crate::v1::catalog::query::{ListQuery, LocaleQuery, Query};
use crate::v1::guidance::LocaleView;

const PATH: &str = "/v1/reply-templates";

/// A page of reply templates.
#[derive(Serialize, ToSchema)]
#[schema(as = ReplyTemplateList)]
struct ReplyTemplateList<'a> {
    /// The version of the catalog.
    #[schema(example = "2026.11.1")]
    catalog_version: &'a str,
    locale: LocaleView<'a>,
    reply_templates: Vec<ReplyTemplateView<'a>>,
    /// For the next page; empty at the end.
    next_page_token: String,
}

/// List reply templates
///
/// Every reply that can be composed, in order of id, retired ones included.
#[utoipa::path(
    get,
    path = PATH,
    operation_id = "listReplyTemplates",
    tag = "replies",
    security(("api_key" = ["guidance"])),
    params(ListQuery, Negotiated, Conditional),
    responses(
        (
            status = 200,
            description = "A page",
            body = ReplyTemplateList,
            headers(("ETag" = String, description = "Changes when the page does")),
        ),
        NotModified,
        Common,
    )
)]
pub(super) async fn list_reply_templates(
    Authorized { caller, .. }: Authorized<Guidance>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let catalogs = api.catalogs.of(caller.tenant).await?;
    let catalog = catalogs.current();
    let query = Query::parse(catalog, &headers, query.as_deref(), &["locale", "page_size", "page_token"])?;
    let (replies, next_page_token) = query.page(PATH)?.cut(catalog.replies.iter(), |reply| &*reply.id);
    let view = |reply| ReplyTemplateView::new(catalog, reply, query.locale.index);
    let list = ReplyTemplateList {
        catalog_version: catalog.version(),
        locale: LocaleView::new(catalog, &query.locale),
        reply_templates: replies.into_iter().map(view).collect(),
        next_page_token,
    };
    Ok(document(&headers, &list))
}

/// Get a reply template
///
/// One reply that can be composed, by its id, retired ones included.
#[utoipa::path(
    get,
    path = "/v1/reply-templates/{id}",
    operation_id = "getReplyTemplate",
    tag = "replies",
    security(("api_key" = ["guidance"])),
    params(
        ("id" = String, Path, description = "The id of the template", example = "thank-you"),
        LocaleQuery,
        Negotiated,
        Conditional,
    ),
    responses(
        (
            status = 200,
            description = "The template",
            body = ReplyTemplateView,
            headers(("ETag" = String, description = "Changes when the document does")),
        ),
        NotModified,
        OnOne,
        Common,
    )
)]
pub(super) async fn get_reply_template(
    Authorized { caller, .. }: Authorized<Guidance>,
    State(api): State<Arc<Api>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let catalogs = api.catalogs.of(caller.tenant).await?;
    let catalog = catalogs.current();
    let query = Query::parse(catalog, &headers, query.as_deref(), &["locale"])?;
    let not_found = || Error::new(ErrorKind::NotFound, "There is no reply template with this id.");
    // What is not UTF-8 is no id either.
    let Path(id) = id.map_err(|_| not_found())?;
    let reply = catalog.replies.get(&id).ok_or_else(not_found)?;
    Ok(document(&headers, &ReplyTemplateView::new(catalog, reply, query.locale.index)))
}
