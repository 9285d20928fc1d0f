//! Settings and audit log of the caller's own tenant, for its administrators.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use rebound_domain::governance::{AuditFilter, TenantSettings};
use rebound_domain::history::UserId;
use utoipa::IntoParams;

use super::settings::SettingsView;
use super::view::{AuditEventList, AuditEventView};
use super::{PageQuery, document, input};
use crate::Api;
use crate::auth::{Admin, Authorized};
use crate::body::read_json;
use crate::errors::{Common, NotModified, OnChanged, WithBody};
use crate::openapi::{Conditional, Unchanged};
use crate::problem::Refusal;
use crate::query::{Query, if_match};
use crate::representation::EntityTag;

/// Get the settings
///
/// What the tenant decided about its data. What was never set is shown as it comes.
#[utoipa::path(
    get,
    path = "/v1/tenant-settings",
    operation_id = "getTenantSettings",
    tag = "admin",
    security(("api_key" = ["admin"])),
    params(Conditional),
    responses(
        (
            status = 200,
            description = "The settings",
            body = SettingsView,
            headers(("ETag" = String, description = "For `If-Match`")),
        ),
        NotModified,
        Common,
    )
)]
pub(super) async fn get_tenant_settings(
    Authorized { caller, .. }: Authorized<Admin>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let settings = api.administration.settings(&caller).await?;
    let tag = EntityTag::strong(settings.tag());
    if tag.matches(&headers) {
        return Ok(tag.not_modified());
    }
    Ok(shown(&settings))
}

/// Put the settings
///
/// Replaces them as a whole: what is absent is as it comes.
#[utoipa::path(
    put,
    path = "/v1/tenant-settings",
    operation_id = "putTenantSettings",
    tag = "admin",
    security(("api_key" = ["admin"])),
    params(Unchanged),
    request_body = SettingsView,
    responses(
        (
            status = 200,
            description = "The settings",
            body = SettingsView,
            headers(("ETag" = String, description = "For `If-Match`")),
        ),
        OnChanged,
        WithBody,
        Common,
    )
)]
pub(super) async fn put_tenant_settings(
    Authorized { caller, .. }: Authorized<Admin>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let if_match = if_match(&headers);
    let settings = input::settings(&read_json(&headers, body).await?)?;
    Ok(shown(&api.administration.put_settings(&caller, settings, if_match.as_deref()).await?))
}

/// Which lines of the audit log are asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; they are read by hand, to name every error")]
struct AuditQuery {
    /// Only about this person, by your own id.
    #[param(min_length = 1, max_length = 128, pattern = "^[!-~]+$")]
    user_id: Option<String>,
    /// Only by this key.
    #[param(example = "key_01kdyasxa8fmws4wtwf4v2bvqr", pattern = "^key_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    key_id: Option<String>,
    /// Only at this moment or later.
    #[param(format = DateTime)]
    since: Option<String>,
    /// Only before this moment.
    #[param(format = DateTime)]
    until: Option<String>,
}

/// List audit events
///
/// Who read or changed what, newest first; without content. What was done a moment ago is there.
#[utoipa::path(
    get,
    path = "/v1/audit-events",
    operation_id = "listAuditEvents",
    tag = "admin",
    security(("api_key" = ["admin"])),
    params(AuditQuery, PageQuery),
    responses((status = 200, description = "A page", body = AuditEventList), Common)
)]
pub(super) async fn list_audit_events(
    Authorized { caller, .. }: Authorized<Admin>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    const KEY_ID: &str = "not an id; allowed: an id like key_01h455vb4pex5vsknk084sn02q";
    const PARAMETERS: [&str; 6] = ["user_id", "key_id", "since", "until", "page_size", "page_token"];
    let mut query = Query::parse(query.as_deref(), &PARAMETERS)?;
    let filter = AuditFilter {
        user: query.text("user_id").map(UserId::new).transpose()?,
        key: query.value("key_id", KEY_ID, |id| id.parse().ok()),
        since: query.moment("since"),
        until: query.moment("until"),
    };
    let page = query.page(&filter.name(caller.tenant))?;
    let rows = api.administration.audit_events(&caller, &filter, page.after()?, page.rows()).await?;
    let (events, next_page_token) = page.turn(rows, |event| event.id.to_string());
    let audit_events = events.into_iter().map(AuditEventView::new).collect();
    Ok(document(StatusCode::OK, &AuditEventList { audit_events, next_page_token }))
}

fn shown(settings: &TenantSettings) -> Response {
    let mut response = document(StatusCode::OK, &SettingsView::new(settings));
    EntityTag::strong(settings.tag()).insert(response.headers_mut());
    response
}
