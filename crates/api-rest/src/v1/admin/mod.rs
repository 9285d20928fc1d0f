//! Administration: tenants and their keys, and what a tenant sets and can look up about itself.

mod governed;
pub(super) mod input;
mod keys;
mod limits;
mod settings;
mod tenants;
mod view;

use axum::body::Body;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use rebound_domain::{Error, ErrorKind, Result};
use serde::Serialize;
use utoipa::IntoParams;
use utoipa::openapi::{Object, Type};

use crate::routes::{Routes, routes};

/// The routes of administration.
pub(crate) fn router() -> Routes {
    Routes::new()
        .routes(routes!(tenants::list_tenants, tenants::create_tenant))
        .routes(routes!(tenants::get_tenant))
        .routes(routes!(limits::get_tenant_limits, limits::put_tenant_limits))
        .routes(routes!(limits::get_tenant_usage))
        .routes(routes!(keys::list_api_keys, keys::create_api_key))
        .routes(routes!(keys::rotate_api_key))
        .routes(routes!(keys::revoke_api_key))
        .routes(routes!(governed::get_tenant_settings, governed::put_tenant_settings))
        .routes(routes!(governed::list_audit_events))
}

/// The parameters of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; they are read by hand, to name every error")]
pub(super) struct PageQuery {
    /// How many items a page has at most; clamped to 1 to 200. Absent: 50.
    #[param(example = 50, schema_with = whole_number)]
    page_size: Option<i64>,
    /// The `next_page_token` of the page before; absent for the first page.
    page_token: Option<String>,
}

/// Of any size: what is too large or too small is clamped, so no format bounds it.
fn whole_number() -> Object {
    Object::with_type(Type::Integer)
}

/// The parts of a path. What is not UTF-8 is no id either.
pub(super) fn path<T>(parts: std::result::Result<Path<T>, PathRejection>) -> Result<T> {
    let Path(parts) = parts.map_err(|_| Error::new(ErrorKind::NotFound, "There is nothing with this id."))?;
    Ok(parts)
}

/// An answer that nothing on the way may keep: it may hold the text of a key.
pub(super) fn document(status: StatusCode, view: &impl Serialize) -> Response {
    let mut response = Response::new(Body::from(serde_json::to_vec(view).unwrap_or_default()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}
