//! The settings of a tenant as JSON, as they are shown and as they may be sent.

use jiff::Timestamp;
use rebound_domain::governance::{LegalHold, Retention, TenantSettings};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::components::{self, FeedbackPolicy};

/// The settings of a tenant.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = TenantSettings, example = json!({
    "support_link": "https://findahelpline.com/",
    "feedback_policy": "gives",
    "retention": { "record_days": 1095 }
}))]
#[serde(deny_unknown_fields)]
pub(super) struct SettingsView {
    /// An https link to a place where people can talk to somebody. Absent: a directory of free helplines, which is
    /// shown then.
    #[schema(max_length = 500, pattern = r"^https://\S*$")]
    support_link: Option<String>,
    /// Whether you give feedback, where a context does not say; absent: it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<FeedbackPolicy>)]
    feedback_policy: Option<String>,
    #[serde(default)]
    #[schema(required = false, value_type = Option<RetentionView>)]
    retention: RetentionView,
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_hold: Option<LegalHoldView>,
    /// Whether a batch of fragments has to be previewed with `dry_run` and confirmed with the token of the preview before
    /// it is rendered; absent: `optional`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<components::BulkConfirmation>)]
    bulk_confirmation: Option<String>,
}

/// For how many days things are kept; absent: until they are deleted.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[schema(as = Retention)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the names that clients see")]
struct RetentionView {
    /// What you recorded, counted from the day it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 36_500)]
    record_days: Option<u32>,
    /// What people wrote, counted from the day it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 36_500)]
    diary_days: Option<u32>,
    /// Lines of the audit log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 36_500)]
    audit_days: Option<u32>,
}

/// Keeps what you recorded from being deleted.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = LegalHold)]
#[serde(deny_unknown_fields)]
struct LegalHoldView {
    /// Why, not only spaces.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    reason: String,
    /// Until when: a moment within the next ten years.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

impl SettingsView {
    pub(super) fn new(settings: &TenantSettings) -> Self {
        let Retention { record_days, diary_days, audit_days } = settings.retention;
        let hold = settings.legal_hold.as_ref();
        Self {
            support_link: Some(settings.support_link().to_owned()),
            feedback_policy: settings.feedback_policy.clone(),
            retention: RetentionView { record_days, diary_days, audit_days },
            legal_hold: hold.map(|LegalHold { reason, until }| LegalHoldView { reason: reason.clone(), until: *until }),
            bulk_confirmation: settings.bulk_confirmation.clone(),
        }
    }
}
