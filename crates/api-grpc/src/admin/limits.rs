//! What a tenant may ask, and what it used of it.

use rebound_domain::limits::{InstanceLimits, TenantLimits, Usage};
use rebound_domain::{Error, Result};

use super::{Desk, view};
use crate::proto::v1;

/// `GetTenantLimits`.
pub(super) async fn get_tenant_limits(
    desk: &Desk<'_>,
    asked: v1::GetTenantLimitsRequest,
) -> Result<v1::GetTenantLimitsResponse> {
    let limits = desk.administration.tenant_limits(&desk.caller, &asked.tenant_id).await?;
    Ok(v1::GetTenantLimitsResponse { tenant_limits: Some(shown(limits)) })
}

/// `PutTenantLimits`.
pub(super) async fn put_tenant_limits(
    desk: &Desk<'_>,
    asked: v1::PutTenantLimitsRequest,
) -> Result<v1::PutTenantLimitsResponse> {
    let v1::PutTenantLimitsRequest { tenant_id, key_requests_per_minute, requests_per_minute, daily_quota } = asked;
    let limits = TenantLimits::checked(key_requests_per_minute, requests_per_minute, daily_quota);
    let limits = limits.map_err(Error::invalid)?;
    let limits = desk.administration.put_tenant_limits(&desk.caller, &tenant_id, limits).await?;
    Ok(v1::PutTenantLimitsResponse { tenant_limits: Some(shown(limits)) })
}

/// `GetTenantUsage`.
pub(super) async fn get_tenant_usage(
    desk: &Desk<'_>,
    asked: v1::GetTenantUsageRequest,
) -> Result<v1::GetTenantUsageResponse> {
    let Usage { used, resets_at, limits } = desk.administration.tenant_usage(&desk.caller, &asked.tenant_id).await?;
    let InstanceLimits { key_per_minute, tenant_per_minute, tenant_per_day, .. } = limits;
    let limits = v1::TenantLimits {
        key_requests_per_minute: Some(key_per_minute.into()),
        requests_per_minute: Some(tenant_per_minute.into()),
        daily_quota: Some(tenant_per_day.cast_signed()),
    };
    Ok(v1::GetTenantUsageResponse {
        used: used.cast_signed(),
        resets_at: Some(view::at(resets_at)),
        limits: Some(limits),
    })
}

fn shown(limits: TenantLimits) -> v1::TenantLimits {
    v1::TenantLimits {
        key_requests_per_minute: limits.key_requests_per_minute.map(i64::from),
        requests_per_minute: limits.requests_per_minute.map(i64::from),
        daily_quota: limits.daily_quota.map(u64::cast_signed),
    }
}
