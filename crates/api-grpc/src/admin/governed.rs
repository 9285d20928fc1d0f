//! Settings and audit log of the caller's own tenant, for its administrators.

use rebound_domain::Result;
use rebound_domain::context::Field;
use rebound_domain::governance::{AuditFilter, BulkConfirmation, LegalHold, Retention, TenantSettings};
use rebound_domain::history::UserId;

use super::input::Input;
use super::{Desk, page, view};
use crate::proto::v1;

/// `GetTenantSettings`.
pub(super) async fn get_tenant_settings(
    desk: &Desk<'_>,
    _: v1::GetTenantSettingsRequest,
) -> Result<v1::GetTenantSettingsResponse> {
    let settings = desk.administration.settings(&desk.caller).await?;
    Ok(v1::GetTenantSettingsResponse { tenant_settings: Some(view::settings(&settings)) })
}

/// `PutTenantSettings`.
pub(super) async fn put_tenant_settings(
    desk: &Desk<'_>,
    asked: v1::PutTenantSettingsRequest,
) -> Result<v1::PutTenantSettingsResponse> {
    let v1::PutTenantSettingsRequest {
        support_link,
        feedback_policy,
        retention,
        legal_hold,
        bulk_confirmation,
        if_match,
    } = asked;
    let mut input = Input::default();
    let v1::Retention { record_days, diary_days, audit_days } = retention.unwrap_or_default();
    let settings = TenantSettings {
        support_link,
        feedback_policy: input.value(Field::FeedbackPolicy, feedback_policy).map(str::to_owned),
        retention: Retention { record_days, diary_days, audit_days },
        legal_hold: legal_hold.map(|v1::LegalHold { reason, until }| LegalHold {
            reason,
            until: input.moment("/legal_hold/until", until).unwrap_or_default(),
        }),
        bulk_confirmation: input.name("/bulk_confirmation", BulkConfirmation::NAMES, bulk_confirmation),
        version: 0,
    };
    input.finish()?;
    let settings = desk.administration.put_settings(&desk.caller, settings, if_match.as_deref()).await?;
    Ok(v1::PutTenantSettingsResponse { tenant_settings: Some(view::settings(&settings)) })
}

/// `ListAuditEvents`.
pub(super) async fn list_audit_events(
    desk: &Desk<'_>,
    asked: v1::ListAuditEventsRequest,
) -> Result<v1::ListAuditEventsResponse> {
    let v1::ListAuditEventsRequest { user_id, key_id, since, until, page_size, page_token } = asked;
    let mut input = Input::default();
    let filter = AuditFilter {
        user: user_id.and_then(|user| input.checked(UserId::new(user))),
        key: key_id.and_then(|key| {
            let refuse = |_| input.refuse("/key_id", "not an id; allowed: an id like key_01h455vb4pex5vsknk084sn02q");
            key.parse().map_err(refuse).ok()
        }),
        since: input.moment("/since", since),
        until: input.moment("/until", until),
    };
    input.finish()?;
    let page = page(filter.name(desk.caller.tenant), page_size, &page_token)?;
    let rows = desk.administration.audit_events(&desk.caller, &filter, page.after()?, page.rows()).await?;
    let (events, next_page_token) = page.turn(rows, |event| event.id.to_string());
    Ok(v1::ListAuditEventsResponse {
        audit_events: events.into_iter().map(view::audit_event).collect(),
        next_page_token,
    })
}
