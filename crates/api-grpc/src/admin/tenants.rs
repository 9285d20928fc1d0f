//! The tenants of the instance, for operators.

use rebound_domain::Result;
use rebound_domain::access::NewTenant;

use super::{Desk, input, page, view};
use crate::proto::v1;

/// `ListTenants`.
pub(super) async fn list_tenants(desk: &Desk<'_>, asked: v1::ListTenantsRequest) -> Result<v1::ListTenantsResponse> {
    let page = page("tenants".to_owned(), asked.page_size, &asked.page_token)?;
    let rows = desk.administration.tenants(&desk.caller, page.after()?, page.rows()).await?;
    let (tenants, next_page_token) = page.turn(rows, |tenant| tenant.id.to_string());
    Ok(v1::ListTenantsResponse { tenants: tenants.into_iter().map(view::tenant).collect(), next_page_token })
}

/// `CreateTenant`.
pub(super) async fn create_tenant(desk: &Desk<'_>, asked: v1::CreateTenantRequest) -> Result<v1::CreateTenantResponse> {
    let seal = input::seal(desk, asked.request_id.as_deref())?;
    let command = NewTenant { name: asked.name };
    let tenant = desk.administration.create_tenant(&desk.caller, &command, seal.as_ref()).await?;
    Ok(v1::CreateTenantResponse { tenant: Some(view::tenant(tenant)) })
}

/// `GetTenant`.
pub(super) async fn get_tenant(desk: &Desk<'_>, asked: v1::GetTenantRequest) -> Result<v1::GetTenantResponse> {
    let tenant = desk.administration.tenant(&desk.caller, &asked.id).await?;
    Ok(v1::GetTenantResponse { tenant: Some(view::tenant(tenant)) })
}
