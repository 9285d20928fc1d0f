//! The timeline of a person: one line for each thing that happened, in time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{EntryId, RejectionId};

names! {
    /// What a line of the timeline is about.
    EntryType {
        /// A rejection was recorded.
        Rejection "rejection",
        /// The person moved to another phase; `detail` names it.
        Phase "phase",
        /// A message was sent; `detail` is its purpose.
        Contact "contact",
        /// Feedback was asked for, came or was refused; `detail` is its status.
        Feedback "feedback",
        /// A reflection was written.
        Reflection "reflection",
        /// It ended; `detail` is the result.
        Outcome "outcome",
        /// An action item was made or changed; `detail` is its status.
        ActionItem "action_item",
    }
}

/// A line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// When it happened.
    pub at: Timestamp,
    /// What it is about.
    #[serde(rename = "type")]
    pub entry_type: EntryType,
    /// The rejection that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<RejectionId>,
    /// The id of the thing itself, if it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// More in one word, as the type says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}
