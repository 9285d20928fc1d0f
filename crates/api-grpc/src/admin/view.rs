//! Tenants, keys, settings and audit log as their proto messages.

use jiff::Timestamp;
use rebound_domain::access::{ApiKey, Scopes, Tenant};
use rebound_domain::context::Field;
use rebound_domain::governance::{AuditEvent, BulkConfirmation, TenantSettings};

use crate::proto::v1;

pub(crate) fn at(moment: Timestamp) -> prost_types::Timestamp {
    // Moments before 1970 count their fraction backwards; a message counts it forwards.
    let (seconds, nanos) = (moment.as_second(), moment.subsec_nanosecond());
    let (seconds, nanos) = if nanos < 0 { (seconds - 1, nanos + 1_000_000_000) } else { (seconds, nanos) };
    prost_types::Timestamp { seconds, nanos }
}

pub(super) fn scopes(scopes: Scopes) -> Vec<String> {
    scopes.iter().map(|scope| scope.name().to_owned()).collect()
}

pub(super) fn tenant(tenant: Tenant) -> v1::Tenant {
    v1::Tenant { id: tenant.id.to_string(), name: tenant.name, created_at: Some(at(tenant.created_at)) }
}

pub(super) fn api_key(key: ApiKey) -> v1::ApiKey {
    v1::ApiKey {
        id: key.id.to_string(),
        name: key.name,
        scopes: scopes(key.scopes),
        created_at: Some(at(key.created_at)),
        expires_at: key.expires_at.map(at),
        revoked_at: key.revoked_at.map(at),
    }
}

pub(super) fn settings(settings: &TenantSettings) -> v1::TenantSettings {
    let policy = settings.feedback_policy.as_deref().and_then(|name| Field::FeedbackPolicy.value_index(name));
    let policy = policy.and_then(|index| i32::try_from(index + 1).ok()).unwrap_or_default();
    let hold = settings.legal_hold.as_ref();
    let confirmation = settings.bulk_confirmation.as_deref().and_then(BulkConfirmation::from_name);
    v1::TenantSettings {
        support_link: settings.support_link().to_owned(),
        feedback_policy: policy,
        retention: Some(v1::Retention {
            record_days: settings.retention.record_days,
            diary_days: settings.retention.diary_days,
            audit_days: settings.retention.audit_days,
        }),
        legal_hold: hold.map(|hold| v1::LegalHold { reason: hold.reason.clone(), until: Some(at(hold.until)) }),
        etag: settings.tag(),
        bulk_confirmation: confirmation.map_or(0, |confirmation| confirmation as i32 + 1),
    }
}

pub(super) fn audit_event(event: AuditEvent) -> v1::AuditEvent {
    v1::AuditEvent {
        id: event.id.to_string(),
        at: Some(at(event.at)),
        key_id: event.key.to_string(),
        operation: event.operation,
        resource_id: event.resource,
    }
}
