//! What a tenant may ask, and what it used of it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use rebound_domain::limits::{InstanceLimits, TenantLimits, Usage};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{document, input, path};
use crate::Api;
use crate::auth::{AdminOrOperator, Authorized, Operator};
use crate::body::read_json;
use crate::errors::{Common, OnOne, WithBody};
use crate::problem::Refusal;
use crate::query::Query;

/// What a tenant may ask. What is absent is as the instance has it for everybody; 0 is no limit.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = TenantLimits, example = json!({ "requests_per_minute": 600_000, "daily_quota": 5_000_000 }))]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsView {
    /// Requests of each of its keys in a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000_000)]
    key_requests_per_minute: Option<u32>,
    /// Requests of all its keys in a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000_000)]
    requests_per_minute: Option<u32>,
    /// Requests in a day (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000_000_000u64)]
    daily_quota: Option<u64>,
}

/// What a tenant used today.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantUsage)]
pub(super) struct UsageView {
    /// How many requests, lines of bulk calls included, on all replicas. Those of the last second may be missing.
    #[schema(example = 4182)]
    used: u64,
    /// When the next day begins (UTC), and with it the count.
    #[schema(value_type = String, format = DateTime)]
    resets_at: Timestamp,
    /// What is in force.
    limits: InForceView,
}

/// The limits in force; 0 is none.
#[derive(Serialize, ToSchema)]
#[schema(as = LimitsInForce)]
struct InForceView {
    #[schema(example = 60_000)]
    key_requests_per_minute: u32,
    #[schema(example = 240_000)]
    requests_per_minute: u32,
    #[schema(example = 0)]
    daily_quota: u64,
}

impl LimitsView {
    fn new(limits: TenantLimits) -> Self {
        let TenantLimits { key_requests_per_minute, requests_per_minute, daily_quota } = limits;
        Self { key_requests_per_minute, requests_per_minute, daily_quota }
    }
}

impl UsageView {
    fn new(Usage { used, resets_at, limits }: Usage) -> Self {
        let InstanceLimits { key_per_minute, tenant_per_minute, tenant_per_day, .. } = limits;
        let limits = InForceView {
            key_requests_per_minute: key_per_minute,
            requests_per_minute: tenant_per_minute,
            daily_quota: tenant_per_day,
        };
        Self { used, resets_at, limits }
    }
}

/// Get the limits of a tenant
///
/// Those that the operator set for it.
#[utoipa::path(
    get,
    path = "/v1/tenants/{id}/limits",
    operation_id = "getTenantLimits",
    tag = "admin",
    security(("api_key" = ["admin"]), ("api_key" = ["operator"])),
    params(("id" = String, Path, description = "The id of the tenant", example = "tnt_01kdyasxa8fmws4wtwf4v2bvqq")),
    responses((status = 200, description = "The limits", body = LimitsView), OnOne, Common)
)]
pub(super) async fn get_tenant_limits(
    Authorized { caller, .. }: Authorized<AdminOrOperator>,
    State(api): State<Arc<Api>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let limits = api.administration.tenant_limits(&caller, &path(id)?).await?;
    Ok(document(StatusCode::OK, &LimitsView::new(limits)))
}

/// Put the limits of a tenant
///
/// Replaces them as a whole: what is absent is as for everybody. Every replica follows within five seconds. For operators:
/// a tenant does not set its own limits.
#[utoipa::path(
    put,
    path = "/v1/tenants/{id}/limits",
    operation_id = "putTenantLimits",
    tag = "admin",
    security(("api_key" = ["operator"])),
    params(("id" = String, Path, description = "The id of the tenant", example = "tnt_01kdyasxa8fmws4wtwf4v2bvqq")),
    request_body = LimitsView,
    responses((status = 200, description = "The limits", body = LimitsView), OnOne, WithBody, Common)
)]
pub(super) async fn put_tenant_limits(
    Authorized { caller, .. }: Authorized<Operator>,
    State(api): State<Arc<Api>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let limits = input::limits(&read_json(&headers, body).await?)?;
    let limits = api.administration.put_tenant_limits(&caller, &path(id)?, limits).await?;
    Ok(document(StatusCode::OK, &LimitsView::new(limits)))
}

/// Get the usage of a tenant
///
/// How much it asked today, and the limits in force.
#[utoipa::path(
    get,
    path = "/v1/tenants/{id}/usage",
    operation_id = "getTenantUsage",
    tag = "admin",
    security(("api_key" = ["admin"]), ("api_key" = ["operator"])),
    params(("id" = String, Path, description = "The id of the tenant", example = "tnt_01kdyasxa8fmws4wtwf4v2bvqq")),
    responses((status = 200, description = "What it used today", body = UsageView), OnOne, Common)
)]
pub(super) async fn get_tenant_usage(
    Authorized { caller, .. }: Authorized<AdminOrOperator>,
    State(api): State<Arc<Api>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let usage = api.administration.tenant_usage(&caller, &path(id)?).await?;
    Ok(document(StatusCode::OK, &UsageView::new(usage)))
}
