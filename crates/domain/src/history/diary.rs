//! What a person writes about a rejection: where they are, whom they wrote to, feedback, reflections. All of it is
//! private, encrypted at rest, and opens only to diary scopes.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::context::Fields;
use crate::feedback::Theme;
use crate::id::{ContactId, FeedbackId, ReflectionId, RejectionId};

/// The longest text of feedback or of one answer, in characters.
pub const TEXT_LENGTH: usize = 10_000;

/// How many contacts, feedback items and reflections a rejection has at most, of each.
pub const MAX_ITEMS: usize = 100;

/// After how many days without an answer a request for feedback has timed out.
pub const FEEDBACK_DAYS: i64 = 14;

names! {
    /// What a message was for.
    Purpose {
        /// To thank.
        ThankYou "thank_you",
        /// To ask for feedback.
        FeedbackRequest "feedback_request",
        /// To ask to reconsider.
        Reconsideration "reconsideration",
        /// To recommend somebody.
        Referral "referral",
        /// To stay in touch.
        KeepInTouch "keep_in_touch",
    }
    /// How a message was sent.
    Channel {
        /// By e-mail.
        Email "email",
        /// By phone.
        Phone "phone",
        /// By a short message.
        Chat "chat",
        /// Face to face.
        InPerson "in_person",
    }
    /// What has come of asking for feedback.
    FeedbackStatus {
        /// Asked; no answer yet.
        Requested "requested",
        /// It came.
        Received "received",
        /// It was refused.
        Refused "refused",
        /// No answer came in time.
        TimedOut "timed_out",
    }
    /// How a rejection ended.
    ConclusionResult {
        /// The no became a yes.
        Reversed "reversed",
        /// The person applied again.
        Reapplied "reapplied",
        /// The person was recommended elsewhere.
        Referred "referred",
        /// Another employer hired the person.
        HiredElsewhere "hired_elsewhere",
        /// The person is done with it.
        Closed "closed",
    }
}

/// A message to those who decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// What it was for.
    pub purpose: Purpose,
    /// How it was sent.
    pub channel: Channel,
    /// When it was sent.
    pub sent_at: Timestamp,
}

/// Feedback: asked for, received, refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// Its id.
    pub id: FeedbackId,
    /// What has come of it, without regard to time. See [`Feedback::status_at`].
    pub status: FeedbackStatus,
    /// When it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// When it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Timestamp>,
    /// What was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What to work on. Proposed from the text until the person says otherwise.
    #[serde(default)]
    pub themes: Vec<Theme>,
    /// What was praised. Proposed from the text until the person says otherwise.
    #[serde(default)]
    pub positives: Vec<Theme>,
    /// Whether the themes are still the proposed ones.
    #[serde(default)]
    pub is_proposed: bool,
}

/// A private reflection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reflection {
    /// Its id.
    pub id: ReflectionId,
    /// When it was written.
    pub written_at: Timestamp,
    /// When to read it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revisit_at: Option<Timestamp>,
    /// The answers.
    pub answers: Vec<ReflectionAnswer>,
}

/// The answer to one prompt of the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReflectionAnswer {
    /// The id of the prompt.
    pub prompt: String,
    /// What the person wrote.
    pub text: String,
}

/// How a rejection ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conclusion {
    /// What came of it.
    pub result: ConclusionResult,
    /// The rejection that it is connected with: the earlier one, whose answer led here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked_rejection: Option<RejectionId>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// All that a person wrote about a rejection.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Diary {
    /// Fields of the situation that the person stated; on top of those of the record.
    #[serde(skip_serializing_if = "Fields::is_empty")]
    pub fields: Fields,
    /// Messages, in the order in which they were recorded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Contact>,
    /// Feedback, in the order in which it was recorded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub feedback: Vec<Feedback>,
    /// Reflections, in the order in which they were written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reflections: Vec<Reflection>,
    /// How it ended, as the person recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<Conclusion>,
}

impl Feedback {
    /// What has come of it at `now`: a request without an answer times out after [`FEEDBACK_DAYS`].
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> FeedbackStatus {
        let is_late = |asked: Timestamp| now.duration_since(asked) >= SignedDuration::from_hours(24 * FEEDBACK_DAYS);
        match self.status {
            FeedbackStatus::Requested if self.asked_at.is_some_and(is_late) => FeedbackStatus::TimedOut,
            status => status,
        }
    }
}

impl Diary {
    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What has come of asking for feedback; `None` if nobody asked and none came. What came counts before what was
    /// refused, and that before what is open.
    #[must_use]
    pub fn feedback_state(&self, now: Timestamp) -> Option<FeedbackStatus> {
        let asked = self.contacts.iter().find(|contact| contact.purpose == Purpose::FeedbackRequest);
        let asked = asked.map(|contact| {
            let late = now.duration_since(contact.sent_at) >= SignedDuration::from_hours(24 * FEEDBACK_DAYS);
            if late { FeedbackStatus::TimedOut } else { FeedbackStatus::Requested }
        });
        let rank = |status: &FeedbackStatus| match status {
            FeedbackStatus::Received => 3,
            FeedbackStatus::Refused => 2,
            FeedbackStatus::TimedOut => 1,
            FeedbackStatus::Requested => 0,
        };
        self.feedback.iter().map(|feedback| feedback.status_at(now)).max_by_key(rank).or(asked)
    }
}
