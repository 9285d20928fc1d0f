//! A rejection as it is kept: the record, which the employer's side may see, and the diary, which is the person's.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::diary::{Conclusion, Diary};
use crate::context::{Context, Field, Fields};
use crate::error::{Error, ErrorKind, Result};
use crate::id::RejectionId;
use crate::precondition;

/// The longest name of an organization or role, in characters.
pub const NAME_LENGTH: usize = 200;

/// The longest external reference, in characters.
pub const EXTERNAL_REF_LENGTH: usize = 200;

/// How many days somebody waits for an answer before silence counts as one, unless the record says otherwise.
pub const RESPONSE_DAYS: i64 = 14;

names! {
    /// Whose record it is.
    Space {
        /// The employer's side recorded it; keys of both sides see the record.
        Employer "employer",
        /// The person wrote it; only keys with a diary scope see that it exists.
        Person "person",
    }
    /// Who decided.
    DecidedBy {
        /// The other side.
        Them "them",
        /// The person, who withdrew.
        Me "me",
        /// Nobody: no answer came.
        Nobody "nobody",
    }
}

/// The fields of a context that only the person can state.
pub const PERSONAL_FIELDS: [Field; 2] = [Field::Phase, Field::Causes];

/// What happened, as the employer's side or the person recorded it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The situation, without what is the person's alone.
    pub fields: Fields,
    /// The organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The role, idea, project or program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// When the news came; for silence: when the person last heard something.
    pub occurred_at: Timestamp,
    /// The id of another system; unique in the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_ref: Option<String>,
    /// Who decided.
    pub decided_by: DecidedBy,
    /// For silence: until when an answer was to be expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_due_at: Option<Timestamp>,
    /// How it ended, as the employer's side recorded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<Conclusion>,
}

/// Counts the changes of each side, so that a change of the diary does not show on the employer's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// Changes of the record; 1 when it is new.
    pub record: i64,
    /// Changes of the diary; 0 while nothing is in it.
    pub diary: i64,
}

/// A rejection with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Its id.
    pub id: RejectionId,
    /// Whose record it is.
    pub space: Space,
    /// What happened.
    pub record: Record,
    /// What the person wrote.
    pub diary: Diary,
    /// How often each side was changed.
    pub versions: Versions,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When the record was last changed; says nothing of the diary.
    pub updated_at: Timestamp,
}

/// What a caller may see of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Records of the employer's side, without the diary.
    Employer,
    /// Everything.
    Person,
}

impl Rejection {
    /// All fields of the situation that `sight` may see; the person's own on top.
    #[must_use]
    pub fn fields(&self, sight: Sight) -> Fields {
        match sight {
            Sight::Employer => self.record.fields,
            Sight::Person if self.diary.fields.is_empty() => self.record.fields,
            Sight::Person => {
                let merged = self.diary.fields.over(self.record.fields);
                // The employer's side may since have recorded what contradicts the person. It must not learn of that,
                // so it is not refused there; the person's own word on it rests.
                let is_context = merged.context().is_ok();
                if is_context { merged } else { self.diary.fields.split(&PERSONAL_FIELDS).0.over(self.record.fields) }
            }
        }
    }

    /// The situation at `now`, as advice is chosen for it: days since the news, and what came of asking for feedback.
    ///
    /// # Errors
    /// `Internal` if what is stored is not a context.
    pub fn context(&self, sight: Sight, now: Timestamp) -> Result<Context> {
        let mut fields = self.fields(sight);
        let days = now.duration_since(self.record.occurred_at).as_hours() / 24;
        fields = fields.with_count(Field::DaysSince, u32::try_from(days.max(0)).unwrap_or(u32::MAX));
        if sight == Sight::Person
            && let Some(state) = self.diary.feedback_state(now)
        {
            fields = fields.with(Field::Feedback, state.name());
        }
        fields.context().map_err(|errors| Error::internal(format!("stored fields are no context: {errors:?}")))
    }

    /// How it ended, as far as `sight` may see. What the person recorded comes first.
    #[must_use]
    pub fn conclusion(&self, sight: Sight) -> Option<&Conclusion> {
        match sight {
            Sight::Employer => self.record.conclusion.as_ref(),
            Sight::Person => self.diary.conclusion.as_ref().or(self.record.conclusion.as_ref()),
        }
    }

    /// Whether an answer was due before `now` and none came.
    #[must_use]
    pub fn is_response_overdue(&self, now: Timestamp) -> bool {
        self.record.response_due_at.is_some_and(|due| due <= now)
    }

    /// Its entity tag for `sight`: another one exactly when what it sees may differ.
    #[must_use]
    pub fn tag(&self, sight: Sight) -> String {
        match sight {
            Sight::Employer => format!("\"{}\"", self.versions.record),
            Sight::Person => format!("\"{}.{}\"", self.versions.record, self.versions.diary),
        }
    }

    /// Refuses a change by somebody who saw another state.
    ///
    /// # Errors
    /// `Stale` if `if_match` has no tag of the present state.
    pub fn expect(&self, sight: Sight, if_match: Option<&str>) -> Result<()> {
        if precondition::holds(if_match, &self.tag(sight)) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Stale, "The rejection has changed since you read it. Read it again, then repeat."))
    }
}
