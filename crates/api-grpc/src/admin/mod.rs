//! Administration: each handler reads a message, takes one step of the domain, and shows what came of it. Rules and rights
//! are the domain's.

mod governed;
mod input;
mod keys;
mod limits;
mod object;
mod overlays;
mod tenants;
mod view;

use std::sync::Arc;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Request};
use rebound_domain::access::{Administration, Caller};
use rebound_domain::overlays::Overlays;
use rebound_domain::page::PageRequest;
use rebound_domain::{Error, Result};

pub(crate) use self::input::Input;
pub(crate) use self::view::at;
use crate::method::Method;
use crate::service::Core;
use crate::wire::{Answer, read_one};

/// Who asks, with what makes a request of this caller one that is not done twice.
struct Desk<'a> {
    administration: &'a Administration,
    overlays: &'a Overlays,
    caller: Caller,
    metadata: &'a HeaderMap,
}

impl Desk<'_> {
    /// The value of the metadata `authorization`.
    fn authorization(&self) -> &[u8] {
        self.metadata.get(AUTHORIZATION).map(http::HeaderValue::as_bytes).unwrap_or_default()
    }
}

/// Answers a call of `AdminService`.
///
/// # Errors
/// Those of the method.
pub(crate) async fn answer<B>(
    core: Arc<Core>,
    method: Method,
    caller: Option<Caller>,
    request: Request<B>,
) -> Result<Answer>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
{
    let caller = caller.ok_or_else(|| Error::internal("a method of the administration that needs no key"))?;
    let (head, body) = request.into_parts();
    let metadata = &head.headers;
    let desk = Desk { administration: &core.administration, overlays: &core.overlays, caller, metadata };
    macro_rules! answered {
        ($module:ident::$handler:ident) => {
            Answer::new(&$module::$handler(&desk, read_one(metadata, body).await?).await?)
        };
    }
    Ok(match method {
        Method::ListTenants => answered!(tenants::list_tenants),
        Method::CreateTenant => answered!(tenants::create_tenant),
        Method::GetTenant => answered!(tenants::get_tenant),
        Method::GetTenantLimits => answered!(limits::get_tenant_limits),
        Method::PutTenantLimits => answered!(limits::put_tenant_limits),
        Method::GetTenantUsage => answered!(limits::get_tenant_usage),
        Method::ListApiKeys => answered!(keys::list_api_keys),
        Method::CreateApiKey => answered!(keys::create_api_key),
        Method::RotateApiKey => answered!(keys::rotate_api_key),
        Method::RevokeApiKey => answered!(keys::revoke_api_key),
        Method::GetTenantSettings => answered!(governed::get_tenant_settings),
        Method::PutTenantSettings => answered!(governed::put_tenant_settings),
        Method::ListAuditEvents => answered!(governed::list_audit_events),
        Method::ListOverlays => answered!(overlays::list_overlays),
        Method::GetOverlay => answered!(overlays::get_overlay),
        Method::PutOverlay => answered!(overlays::put_overlay),
        Method::DeleteOverlay => answered!(overlays::delete_overlay),
        Method::PreviewOverlays => answered!(overlays::preview_overlays),
        Method::PublishOverlays => answered!(overlays::publish_overlays),
        Method::RollbackOverlays => answered!(overlays::rollback_overlays),
        Method::ListOverlayVersions => answered!(overlays::list_overlay_versions),
        _ => return Err(Error::internal("a method without a handler")),
    })
}

/// The page that is asked for; in AIP-158 a size of 0 is one that was not given.
fn page(filter: String, size: i32, token: &str) -> Result<PageRequest> {
    PageRequest::new(filter, (size != 0).then_some(i64::from(size)), Some(token))
}
