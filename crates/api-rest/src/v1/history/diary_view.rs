//! What a person wrote about a rejection, as JSON. Only the person's sight gets to see it.

use std::borrow::Cow;

use jiff::Timestamp;
use rebound_domain::history::{Contact, Feedback, Reflection};
use serde::Serialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::form::answer_schema;
use super::view::SafetyView;
use crate::components::{Channel, FeedbackStatus, Purpose, Theme};

/// A message to those who decided.
#[derive(Serialize, ToSchema)]
#[schema(as = Contact)]
pub(super) struct ContactView<'a> {
    /// Its id.
    #[schema(example = "con_01kdxyt3yxf9rbm3ryh1wnx8sq")]
    id: String,
    /// `thank_you`, `feedback_request`, `reconsideration`, `referral` or `keep_in_touch`.
    #[schema(value_type = Purpose)]
    purpose: &'static str,
    /// `email`, `phone`, `chat` or `in_person`.
    #[schema(value_type = Channel)]
    channel: &'static str,
    /// When it was sent.
    #[schema(value_type = String, format = DateTime)]
    sent_at: Timestamp,
    /// Only where it is the whole answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    safety: Option<SafetyView<'a>>,
}

/// Feedback: asked for, received, refused.
#[derive(Serialize, ToSchema)]
#[schema(as = FeedbackItem)]
pub(super) struct FeedbackView<'a> {
    /// Its id.
    #[schema(example = "fbk_01kdxyt3yxf9rbm3ryh1wnx8sq")]
    id: String,
    /// `requested`, `received`, `refused`, or `timed_out` after 14 days without an answer.
    #[schema(value_type = FeedbackStatus)]
    status: &'static str,
    /// When it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = DateTime)]
    asked_at: Option<Timestamp>,
    /// When it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = DateTime)]
    received_at: Option<Timestamp>,
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    text: Option<&'a str>,
    /// What to work on.
    #[schema(value_type = Vec<Theme>)]
    themes: Vec<&'static str>,
    /// What was praised.
    #[schema(value_type = Vec<Theme>)]
    positives: Vec<&'static str>,
    /// Whether themes and positives are still the proposed ones.
    is_proposed: bool,
    /// Only where it is the whole answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    safety: Option<SafetyView<'a>>,
}

/// A private reflection.
#[derive(Serialize, ToSchema)]
#[schema(as = Reflection)]
pub(super) struct ReflectionView<'a> {
    /// Its id.
    #[schema(example = "ref_01kdxyt3yxf9rbm3ryh1wnx8sq")]
    id: String,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    written_at: Timestamp,
    /// When to read it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = DateTime)]
    revisit_at: Option<Timestamp>,
    /// The answers.
    answers: Vec<AnswerView<'a>>,
    /// Only where it is the whole answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    safety: Option<SafetyView<'a>>,
}

/// The answer to one prompt.
#[derive(Serialize)]
struct AnswerView<'a> {
    prompt: &'a str,
    text: &'a str,
}

impl PartialSchema for AnswerView<'_> {
    fn schema() -> RefOr<Schema> {
        answer_schema()
    }
}

impl ToSchema for AnswerView<'_> {
    fn name() -> Cow<'static, str> {
        "ReflectionAnswer".into()
    }
}

impl<'a> ContactView<'a> {
    pub(super) fn new(contact: &Contact, safety: Option<SafetyView<'a>>) -> Self {
        Self {
            id: contact.id.to_string(),
            purpose: contact.purpose.name(),
            channel: contact.channel.name(),
            sent_at: contact.sent_at,
            safety,
        }
    }
}

impl<'a> FeedbackView<'a> {
    pub(super) fn new(feedback: &'a Feedback, now: Timestamp, safety: Option<SafetyView<'a>>) -> Self {
        Self {
            id: feedback.id.to_string(),
            status: feedback.status_at(now).name(),
            asked_at: feedback.asked_at,
            received_at: feedback.received_at,
            text: feedback.text.as_deref(),
            themes: feedback.themes.iter().map(|theme| theme.name()).collect(),
            positives: feedback.positives.iter().map(|theme| theme.name()).collect(),
            is_proposed: feedback.is_proposed,
            safety,
        }
    }
}

impl<'a> ReflectionView<'a> {
    pub(super) fn new(reflection: &'a Reflection, safety: Option<SafetyView<'a>>) -> Self {
        let answers = reflection.answers.iter();
        Self {
            id: reflection.id.to_string(),
            written_at: reflection.written_at,
            revisit_at: reflection.revisit_at,
            answers: answers.map(|answer| AnswerView { prompt: &answer.prompt, text: &answer.text }).collect(),
            safety,
        }
    }
}
