//! Something that a person set out to do, grown from feedback or from a plan of their own.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::feedback::{PlanGroup, Theme};
use crate::id::{ActionItemId, FeedbackId, RejectionId};

/// The longest title, in characters.
pub const TITLE_LENGTH: usize = 200;

/// The longest note, in characters.
pub const NOTE_LENGTH: usize = 2_000;

names! {
    /// How far it is.
    ActionStatus {
        /// Not begun.
        Open "open",
        /// Begun.
        InProgress "in_progress",
        /// Done.
        Done "done",
        /// Given up, which is fine.
        Dropped "dropped",
    }
}

/// An action item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionItem {
    /// Its id.
    pub id: ActionItemId,
    /// What to do.
    pub title: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where it belongs in the plan.
    pub group: PlanGroup,
    /// What it works on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
    /// How far it is.
    pub status: ActionStatus,
    /// The rejection that it grew from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<RejectionId>,
    /// The feedback that it grew from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<FeedbackId>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts its changes; 1 when it is new.
    pub version: i64,
}

impl ActionItem {
    /// Its entity tag.
    #[must_use]
    pub fn tag(&self) -> String {
        format!("\"{}\"", self.version)
    }
}
