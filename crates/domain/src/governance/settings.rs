//! The settings of a tenant.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::FieldError;

/// Where people are sent who need somebody to talk to, unless the tenant names a place of its own: a directory of
/// free helplines for many countries.
pub const DEFAULT_SUPPORT_LINK: &str = "https://findahelpline.com/";

/// The longest link, in characters.
const LINK_LENGTH: usize = 500;

/// The longest reason of a hold, in characters.
const REASON_LENGTH: usize = 500;

/// The longest time that anything is kept, in days: a hundred years.
const MAX_DAYS: u32 = 36_500;

/// For how many days records of each class are kept; `None`: until they are deleted.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// Rejections that the employer's side recorded, counted from the day they happened.
    pub record_days: Option<u32>,
    /// What people wrote, counted from the day it was last changed.
    pub diary_days: Option<u32>,
    /// Lines of the audit log.
    pub audit_days: Option<u32>,
}

/// Keeps the employer-side records of a tenant from being deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalHold {
    /// Why.
    pub reason: String,
    /// Until when.
    pub until: Timestamp,
}

names! {
    /// Whether a batch of fragments has to be previewed before it is rendered.
    BulkConfirmation {
        /// Whoever wants to may preview it.
        Optional "optional",
        /// Nothing is rendered that was not previewed.
        Required "required",
    }
}

/// The settings of a tenant. What is absent is as it comes.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TenantSettings {
    /// An https link to a place where people can talk to somebody.
    pub support_link: Option<String>,
    /// Whether the tenant gives feedback: `gives` or `refuses`; used where a context does not say.
    pub feedback_policy: Option<String>,
    /// How long data is kept.
    pub retention: Retention,
    /// A hold on employer-side records.
    pub legal_hold: Option<LegalHold>,
    /// Whether a batch of fragments has to be previewed: a name of [`BulkConfirmation`].
    pub bulk_confirmation: Option<String>,
    /// Counts the changes; 0 while nothing was set.
    pub version: i64,
}

impl TenantSettings {
    /// Where people are sent who need somebody to talk to.
    #[must_use]
    pub fn support_link(&self) -> &str {
        self.support_link.as_deref().unwrap_or(DEFAULT_SUPPORT_LINK)
    }

    /// Whether employer-side records are held at `now`.
    #[must_use]
    pub fn is_held(&self, now: Timestamp) -> bool {
        self.legal_hold.as_ref().is_some_and(|hold| hold.until > now)
    }

    /// Whether a batch of fragments has to be previewed.
    #[must_use]
    pub fn bulk_confirmation(&self) -> BulkConfirmation {
        self.bulk_confirmation.as_deref().and_then(BulkConfirmation::from_name).unwrap_or(BulkConfirmation::Optional)
    }

    /// The entity tag.
    #[must_use]
    pub fn tag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    /// What is not allowed in them.
    #[must_use]
    pub fn errors(&self, now: Timestamp) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if let Some(link) = &self.support_link
            && !(link.starts_with("https://")
                && link.chars().count() <= LINK_LENGTH
                && !link.contains(char::is_whitespace))
        {
            errors.push(FieldError::new("/support_link", "allowed: an https link of at most 500 characters"));
        }
        let policies = crate::context::Field::FeedbackPolicy;
        if self.feedback_policy.as_deref().is_some_and(|policy| policies.value_index(policy).is_none()) {
            errors.push(FieldError::new("/feedback_policy", policies.allowed()));
        }
        if self.bulk_confirmation.as_deref().is_some_and(|name| BulkConfirmation::from_name(name).is_none()) {
            errors.push(FieldError::new("/bulk_confirmation", BulkConfirmation::allowed()));
        }
        let Retention { record_days, diary_days, audit_days } = self.retention;
        for (name, days) in [("record_days", record_days), ("diary_days", diary_days), ("audit_days", audit_days)] {
            if days.is_some_and(|days| !(1..=MAX_DAYS).contains(&days)) {
                errors.push(FieldError::new(format!("/retention/{name}"), format!("allowed: 1 to {MAX_DAYS} days")));
            }
        }
        if let Some(hold) = &self.legal_hold {
            if !(1..=REASON_LENGTH).contains(&hold.reason.trim().chars().count()) {
                errors.push(FieldError::new("/legal_hold/reason", "required; allowed: 1 to 500 characters"));
            }
            let latest = now.checked_add(SignedDuration::from_hours(24 * 3_660)).unwrap_or(Timestamp::MAX);
            if hold.until <= now || hold.until > latest {
                errors.push(FieldError::new(
                    "/legal_hold/until",
                    "required; allowed: a moment within the next ten years",
                ));
            }
        }
        errors
    }
}
