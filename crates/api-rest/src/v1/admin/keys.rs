//! The keys of a tenant, for its administrators and for operators.

use std::sync::Arc;

use axum::body::{Body, HttpBody as _};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use rebound_domain::access::Rotation;

use super::input::PAGE;
use super::view::{ApiKeyList, ApiKeyView, IssuedKeyView, NewApiKeyBody, RotationBody};
use super::{PageQuery, document, input, path};
use crate::Api;
use crate::auth::{AdminOrOperator, Authorized};
use crate::body::read_json;
use crate::errors::{Common, OnConflict, OnOne, OnRepeat, WithBody};
use crate::openapi::Repeatable;
use crate::problem::Refusal;
use crate::query::Query;

/// List API keys
///
/// The keys of a tenant, revoked and expired ones included, in the order in which they were made. Tokens, which are bound
/// to one user, are not among them. Needs the scope `admin` and one's own tenant, or `operator` and any.
#[utoipa::path(
    get,
    path = "/v1/tenants/{id}/api-keys",
    operation_id = "listApiKeys",
    tag = "admin",
    security(("api_key" = ["admin"]), ("api_key" = ["operator"])),
    params(
        ("id" = String, Path, description = "The id of the tenant", example = "tnt_01kdyasxa8fmws4wtwf4v2bvqq"),
        PageQuery,
    ),
    responses((status = 200, description = "A page", body = ApiKeyList), OnOne, Common)
)]
pub(super) async fn list_api_keys(
    Authorized { caller, .. }: Authorized<AdminOrOperator>,
    State(api): State<Arc<Api>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let tenant = path(id)?;
    let mut query = Query::parse(query.as_deref(), &PAGE)?;
    query.finish()?;
    let page = query.page(&format!("api_keys {tenant}"))?;
    let rows = api.administration.api_keys(&caller, &tenant, page.after()?, page.rows()).await?;
    let (keys, next_page_token) = page.turn(rows, |key| key.id.to_string());
    let api_keys = keys.iter().map(ApiKeyView::new).collect();
    Ok(document(StatusCode::OK, &ApiKeyList { api_keys, next_page_token }))
}

/// Create an API key
///
/// Answers with the text of the key, which is kept nowhere: it is shown only this once. An administrator hands out no
/// scope that its own key lacks; an operator hands out any.
#[utoipa::path(
    post,
    path = "/v1/tenants/{id}/api-keys",
    operation_id = "createApiKey",
    tag = "admin",
    security(("api_key" = ["admin"]), ("api_key" = ["operator"])),
    params(
        ("id" = String, Path, description = "The id of the tenant", example = "tnt_01kdyasxa8fmws4wtwf4v2bvqq"),
        Repeatable,
    ),
    request_body = NewApiKeyBody,
    responses(
        (status = 201, description = "The key, with its text", body = IssuedKeyView),
        OnOne,
        WithBody,
        Common,
        OnRepeat,
    )
)]
pub(super) async fn create_api_key(
    Authorized { caller, .. }: Authorized<AdminOrOperator>,
    State(api): State<Arc<Api>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let (tenant, seal) = (path(id)?, input::seal(&headers)?);
    let command = input::new_api_key(&read_json(&headers, body).await?)?;
    let issued = api.administration.create_api_key(&caller, &tenant, &command, seal.as_ref()).await?;
    Ok(document(StatusCode::CREATED, &IssuedKeyView::new(&issued)))
}

/// Rotate an API key
///
/// Answers with a fresh key of the same name and scopes, which does not expire; the old one is accepted for a while
/// longer. The body may be left out.
#[utoipa::path(
    post,
    path = "/v1/tenants/{id}/api-keys/{key_id}/rotate",
    operation_id = "rotateApiKey",
    tag = "admin",
    security(("api_key" = ["admin"]), ("api_key" = ["operator"])),
    params(
        ("id" = String, Path, description = "The id of the tenant", example = "tnt_01kdyasxa8fmws4wtwf4v2bvqq"),
        ("key_id" = String, Path, description = "The id of the key", example = "key_01kdyasxa8fmws4wtwf4v2bvqr"),
        Repeatable,
    ),
    request_body = Option<RotationBody>,
    responses(
        (status = 201, description = "The key that replaces it, with its text", body = IssuedKeyView),
        OnOne,
        OnConflict,
        WithBody,
        Common,
        OnRepeat,
    )
)]
pub(super) async fn rotate_api_key(
    Authorized { caller, .. }: Authorized<AdminOrOperator>,
    State(api): State<Arc<Api>>,
    ids: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let ((tenant, id), seal) = (path(ids)?, input::seal(&headers)?);
    let command = if body.is_end_stream() && !headers.contains_key(header::CONTENT_TYPE) {
        Rotation::default()
    } else {
        input::rotation(&read_json(&headers, body).await?)?
    };
    let issued = api.administration.rotate_api_key(&caller, &tenant, &id, command, seal.as_ref()).await?;
    Ok(document(StatusCode::CREATED, &IssuedKeyView::new(&issued)))
}

/// Revoke an API key
///
/// Every replica refuses it within five seconds. One that is revoked already stays as it is.
#[utoipa::path(
    post,
    path = "/v1/tenants/{id}/api-keys/{key_id}/revoke",
    operation_id = "revokeApiKey",
    tag = "admin",
    security(("api_key" = ["admin"]), ("api_key" = ["operator"])),
    params(
        ("id" = String, Path, description = "The id of the tenant", example = "tnt_01kdyasxa8fmws4wtwf4v2bvqq"),
        ("key_id" = String, Path, description = "The id of the key", example = "key_01kdyasxa8fmws4wtwf4v2bvqr"),
    ),
    responses((status = 200, description = "The key as it is then", body = ApiKeyView), OnOne, Common)
)]
pub(super) async fn revoke_api_key(
    Authorized { caller, .. }: Authorized<AdminOrOperator>,
    State(api): State<Arc<Api>>,
    ids: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let (tenant, id) = path(ids)?;
    let key = api.administration.revoke_api_key(&caller, &tenant, &id).await?;
    Ok(document(StatusCode::OK, &ApiKeyView::new(&key)))
}
