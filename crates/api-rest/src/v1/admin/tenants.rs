//! The tenants of the instance, for operators.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::input::PAGE;
use super::view::{NewTenantBody, TenantList, TenantView};
use super::{PageQuery, document, input, path};
use crate::Api;
use crate::auth::{Authorized, Operator};
use crate::body::read_json;
use crate::errors::{Common, OnConflict, OnOne, OnRepeat, WithBody};
use crate::openapi::Repeatable;
use crate::problem::Refusal;
use crate::query::Query;

/// List tenants
///
/// The tenants of the instance, in the order in which they were made.
#[utoipa::path(
    get,
    path = "/v1/tenants",
    operation_id = "listTenants",
    tag = "admin",
    security(("api_key" = ["operator"])),
    params(PageQuery),
    responses((status = 200, description = "A page", body = TenantList), Common)
)]
pub(super) async fn list_tenants(
    Authorized { caller, .. }: Authorized<Operator>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let mut query = Query::parse(query.as_deref(), &PAGE)?;
    query.finish()?;
    let page = query.page("tenants")?;
    let rows = api.administration.tenants(&caller, page.after()?, page.rows()).await?;
    let (tenants, next_page_token) = page.turn(rows, |tenant| tenant.id.to_string());
    let tenants = tenants.iter().map(TenantView::new).collect();
    Ok(document(StatusCode::OK, &TenantList { tenants, next_page_token }))
}

/// Create a tenant
///
/// A customer of the instance, whose data no other tenant sees. It has no key yet.
#[utoipa::path(
    post,
    path = "/v1/tenants",
    operation_id = "createTenant",
    tag = "admin",
    security(("api_key" = ["operator"])),
    params(Repeatable),
    request_body = NewTenantBody,
    responses(
        (
            status = 201,
            description = "The tenant",
            body = TenantView,
            headers(("Location" = String, description = "Where it is")),
        ),
        OnConflict,
        WithBody,
        Common,
        OnRepeat,
    )
)]
pub(super) async fn create_tenant(
    Authorized { caller, .. }: Authorized<Operator>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let seal = input::seal(&headers)?;
    let command = input::new_tenant(&read_json(&headers, body).await?)?;
    let tenant = api.administration.create_tenant(&caller, &command, seal.as_ref()).await?;
    let mut response = document(StatusCode::CREATED, &TenantView::new(&tenant));
    if let Ok(location) = HeaderValue::try_from(format!("/v1/tenants/{}", tenant.id)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Get a tenant
///
/// A tenant by its id.
#[utoipa::path(
    get,
    path = "/v1/tenants/{id}",
    operation_id = "getTenant",
    tag = "admin",
    security(("api_key" = ["operator"])),
    params(("id" = String, Path, description = "The id of the tenant", example = "tnt_01kdyasxa8fmws4wtwf4v2bvqq")),
    responses((status = 200, description = "The tenant", body = TenantView), OnOne, Common)
)]
pub(super) async fn get_tenant(
    Authorized { caller, .. }: Authorized<Operator>,
    State(api): State<Arc<Api>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let tenant = api.administration.tenant(&caller, &path(id)?).await?;
    Ok(document(StatusCode::OK, &TenantView::new(&tenant)))
}
