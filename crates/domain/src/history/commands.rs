//! What a caller asks to be written, as both APIs read it; checked here, so that both refuse the same.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::action_item::{NOTE_LENGTH, TITLE_LENGTH};
use super::diary::TEXT_LENGTH;
use super::record::{EXTERNAL_REF_LENGTH, NAME_LENGTH};
use super::{ActionStatus, Channel, ConclusionResult, DecidedBy, FeedbackStatus, Phase, Purpose, ReflectionAnswer};
use crate::context::{Field, Fields};
use crate::error::{Error, FieldError, Result};
use crate::feedback::{PlanGroup, Theme};
use crate::id::{FeedbackId, RejectionId};

/// How many answers one reflection has at most.
const MAX_ANSWERS: usize = 50;

/// A rejection to record.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct NewRejection {
    /// The situation.
    pub fields: Fields,
    /// The organization.
    pub organization: Option<String>,
    /// The role, idea, project or program.
    pub role: Option<String>,
    /// When the news came. Required.
    pub occurred_at: Option<Timestamp>,
    /// The id of another system.
    pub external_ref: Option<String>,
    /// Who decided; absent: nobody for silence, else the other side.
    pub decided_by: Option<DecidedBy>,
    /// For silence: until when an answer was to be expected.
    pub response_due_at: Option<Timestamp>,
}

/// What to change of a rejection. The outer `None` leaves a thing as it is, the inner one takes it away.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct RejectionPatch {
    /// Fields to set.
    pub set: Fields,
    /// Names of fields to take away.
    pub unset: Vec<&'static str>,
    /// The organization.
    pub organization: Option<Option<String>>,
    /// The role.
    pub role: Option<Option<String>>,
    /// When the news came.
    pub occurred_at: Option<Timestamp>,
    /// The id of another system.
    pub external_ref: Option<Option<String>>,
    /// Who decided.
    pub decided_by: Option<DecidedBy>,
    /// Until when an answer was to be expected.
    pub response_due_at: Option<Option<Timestamp>>,
}

/// A phase to move to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Advance {
    /// The phase. Required.
    pub to: Option<Phase>,
}

/// A message that was sent.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NewContact {
    /// What it was for. Required.
    pub purpose: Option<Purpose>,
    /// How it was sent. Required.
    pub channel: Option<Channel>,
    /// When it was sent. Required.
    pub sent_at: Option<Timestamp>,
}

/// Feedback that was asked for or came, or what to change of it. What is absent stays as it is.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct FeedbackInput {
    /// What has come of it; absent: received if there is a text or a date of it, else requested.
    pub status: Option<FeedbackStatus>,
    /// When it was asked for.
    pub asked_at: Option<Timestamp>,
    /// When it came.
    pub received_at: Option<Timestamp>,
    /// What was said; an inner `None` takes it away.
    pub text: Option<Option<String>>,
    /// What to work on; absent: proposed from the text.
    pub themes: Option<Vec<Theme>>,
    /// What was praised; absent: proposed from the text.
    pub positives: Option<Vec<Theme>>,
}

/// A reflection to keep.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct NewReflection {
    /// The answers; at least one.
    pub answers: Vec<ReflectionAnswer>,
    /// When to read it again.
    pub revisit_at: Option<Timestamp>,
}

/// How it ended.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NewConclusion {
    /// What came of it. Required.
    pub result: Option<ConclusionResult>,
    /// The rejection that it is connected with.
    pub linked_rejection: Option<RejectionId>,
}

/// An action item to make.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct NewActionItem {
    /// What to do. Required.
    pub title: Option<String>,
    /// More about it.
    pub note: Option<String>,
    /// Where it belongs; absent: where its theme belongs, else `other`.
    pub group: Option<PlanGroup>,
    /// What it works on.
    pub theme: Option<Theme>,
    /// The rejection that it grew from.
    pub rejection: Option<RejectionId>,
    /// The feedback that it grew from; it belongs to `rejection`.
    pub feedback: Option<FeedbackId>,
    /// Until when.
    pub due_at: Option<Timestamp>,
}

/// What to change of an action item. The outer `None` leaves a thing as it is, the inner one takes it away.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct ActionItemPatch {
    /// What to do.
    pub title: Option<String>,
    /// More about it.
    pub note: Option<Option<String>>,
    /// Where it belongs.
    pub group: Option<PlanGroup>,
    /// What it works on.
    pub theme: Option<Option<Theme>>,
    /// How far it is.
    pub status: Option<ActionStatus>,
    /// Until when.
    pub due_at: Option<Option<Timestamp>>,
}

/// Collects what is wrong with an input.
pub(super) struct Checked {
    now: Timestamp,
    errors: Vec<FieldError>,
}

impl Checked {
    pub(super) const fn at(now: Timestamp) -> Self {
        Self { now, errors: Vec::new() }
    }

    pub(super) fn refuse(&mut self, pointer: &str, detail: impl Into<String>) {
        self.errors.push(FieldError::new(pointer, detail));
    }

    pub(super) fn required<T: Copy>(&mut self, pointer: &str, value: Option<T>, fallback: T, allowed: &str) -> T {
        value.unwrap_or_else(|| {
            self.refuse(pointer, format!("required; {allowed}"));
            fallback
        })
    }

    /// A text within a length and with something in it.
    pub(super) fn text(&mut self, pointer: &str, text: Option<&str>, length: usize) {
        if let Some(text) = text
            && (text.trim().is_empty() || text.chars().count() > length)
        {
            self.refuse(pointer, format!("allowed: 1 to {length} characters, not only spaces"));
        }
    }

    /// Something that has happened: after 1970, and not in the future but for clocks that differ by some minutes.
    pub(super) fn past(&mut self, pointer: &str, at: Option<Timestamp>) {
        let latest = self.now + SignedDuration::from_mins(10);
        if at.is_some_and(|at| at < Timestamp::UNIX_EPOCH || at > latest) {
            self.refuse(pointer, "allowed: a moment between 1970 and now");
        }
    }

    /// Something that is planned or was: within a hundred years from 1970 on.
    pub(super) fn planned(&mut self, pointer: &str, at: Option<Timestamp>) {
        let latest = self.now + SignedDuration::from_hours(24 * 3_660);
        if at.is_some_and(|at| at < Timestamp::UNIX_EPOCH || at > latest) {
            self.refuse(pointer, "allowed: a moment between 1970 and ten years from now");
        }
    }

    pub(super) fn add(&mut self, errors: Vec<FieldError>) {
        self.errors.extend(errors);
    }

    pub(super) fn finish(self) -> Result<()> {
        if self.errors.is_empty() { Ok(()) } else { Err(Error::invalid(self.errors)) }
    }
}

/// Whether the fields say that no answer came.
pub(super) fn is_silence(fields: &Fields) -> bool {
    fields.values(Field::Outcome).any(|outcome| outcome == "no_response")
}

impl Checked {
    /// The names and references of a record.
    pub(super) fn names(&mut self, organization: Option<&str>, role: Option<&str>, external_ref: Option<&str>) {
        self.text("/organization", organization, NAME_LENGTH);
        self.text("/role", role, NAME_LENGTH);
        self.text("/external_ref", external_ref, EXTERNAL_REF_LENGTH);
    }

    /// Who decided, against whether an answer came.
    pub(super) fn decided(&mut self, fields: &Fields, decided_by: DecidedBy, response_due_at: Option<Timestamp>) {
        // The person may withdraw either way.
        let misfit = if is_silence(fields) { DecidedBy::Them } else { DecidedBy::Nobody };
        if decided_by == misfit {
            let detail = "must fit the outcome; allowed: nobody or me with `no_response`, them or me with `declined`";
            self.refuse("/decided_by", detail);
        }
        if response_due_at.is_some() && !is_silence(fields) {
            self.refuse("/response_due_at", "allowed only with the outcome `no_response`");
        }
    }

    /// Feedback on its own.
    pub(super) fn feedback(&mut self, input: &FeedbackInput) {
        self.past("/asked_at", input.asked_at);
        self.past("/received_at", input.received_at);
        self.text("/text", input.text.as_ref().and_then(Option::as_deref), TEXT_LENGTH);
        if let (Some(asked), Some(received)) = (input.asked_at, input.received_at)
            && received < asked
        {
            self.refuse("/received_at", "cannot be before `asked_at`");
        }
    }

    /// The answers of a reflection, against the prompts that exist.
    pub(super) fn answers(&mut self, answers: &[ReflectionAnswer], is_prompt: impl Fn(&str) -> bool) {
        if !(1..=MAX_ANSWERS).contains(&answers.len()) {
            self.refuse("/answers", format!("required; allowed: a list of 1 to {MAX_ANSWERS} answers"));
        }
        for (index, answer) in answers.iter().take(MAX_ANSWERS).enumerate() {
            self.text(&format!("/answers/{index}/text"), Some(&answer.text), TEXT_LENGTH);
            if !is_prompt(&answer.prompt) {
                let detail = "no such prompt; allowed: the id of one of `GET /v1/prompts`";
                self.refuse(&format!("/answers/{index}/prompt"), detail);
            }
        }
    }

    /// The texts of an action item.
    pub(super) fn action_item(&mut self, title: Option<&str>, note: Option<&str>, due_at: Option<Timestamp>) {
        self.text("/title", title, TITLE_LENGTH);
        self.text("/note", note, NOTE_LENGTH);
        self.planned("/due_at", due_at);
    }
}
