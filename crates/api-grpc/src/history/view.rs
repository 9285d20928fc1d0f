//! Rejections and what belongs to them as their proto messages. Who may not read the diary gets no field of it.

use jiff::Timestamp;
use rebound_domain::context::{Field, Fields};
use rebound_domain::history::{
    ActionItem, Conclusion, Contact, Entry, Feedback, Journey, JourneyStep, Reflection, ReflectionAnswer, Rejection,
    Sight,
};

use super::desk::Desk;
use super::numbers::{Numbered, number, numbers};
use crate::context;
use crate::proto::v1;

const NANOS_PER_SECOND: i128 = 1_000_000_000;

impl Desk {
    /// A rejection, as far as the caller may see it.
    pub(super) fn rejection(&self, rejection: &Rejection) -> v1::Rejection {
        let record = &rejection.record;
        let message = v1::Rejection {
            id: rejection.id.to_string(),
            user_id: self.user_id.clone(),
            context: Some(context::shown(&self.fields(rejection))),
            organization: record.organization.clone(),
            role: record.role.clone(),
            occurred_at: Some(at(record.occurred_at)),
            external_ref: record.external_ref.clone(),
            decided_by: record.decided_by.number(),
            response_due_at: record.response_due_at.map(at),
            response_overdue: record.response_due_at.map(|_| rejection.is_response_overdue(self.now)),
            result: rejection.conclusion(self.sight).map(conclusion),
            created_at: Some(at(rejection.created_at)),
            updated_at: Some(at(rejection.updated_at)),
            etag: rejection.tag(self.sight),
            safety: self.safety_of_person(),
            ..v1::Rejection::default()
        };
        if self.sight == Sight::Person { self.with_diary(message, rejection) } else { message }
    }

    fn fields(&self, rejection: &Rejection) -> Fields {
        let fields = rejection.fields(self.sight).without(Field::DaysSince);
        match rejection.diary.feedback_state(self.now) {
            Some(state) if self.sight == Sight::Person => fields.with(Field::Feedback, state.name()),
            _ => fields,
        }
    }

    fn with_diary(&self, message: v1::Rejection, rejection: &Rejection) -> v1::Rejection {
        let diary = &rejection.diary;
        let journey = rejection.journey(self.now);
        v1::Rejection {
            space: rejection.space.number(),
            suggested_phase: number(journey.suggested_phase),
            journey: Some(v1::JourneySteps {
                ask: Some(step(journey.ask)),
                analyse: Some(step(journey.analyse)),
                react: Some(step(journey.react)),
            }),
            contacts: diary.contacts.iter().map(contact).collect(),
            feedback_items: diary.feedback.iter().map(|item| self.feedback_item(item)).collect(),
            reflections: diary.reflections.iter().cloned().map(reflection).collect(),
            ..message
        }
    }

    pub(super) fn feedback_item(&self, feedback: &Feedback) -> v1::FeedbackItem {
        v1::FeedbackItem {
            id: feedback.id.to_string(),
            status: feedback.status_at(self.now).number(),
            asked_at: feedback.asked_at.map(at),
            received_at: feedback.received_at.map(at),
            text: feedback.text.clone(),
            themes: numbers(&feedback.themes),
            positives: numbers(&feedback.positives),
            is_proposed: feedback.is_proposed,
        }
    }

    pub(super) fn action_item(&self, item: ActionItem) -> v1::ActionItem {
        v1::ActionItem {
            id: item.id.to_string(),
            etag: item.tag(),
            title: item.title,
            note: item.note,
            group: item.group.number(),
            theme: number(item.theme),
            status: item.status.number(),
            rejection_id: item.rejection.map(|id| id.to_string()),
            feedback_id: item.feedback.map(|id| id.to_string()),
            due_at: item.due_at.map(at),
            created_at: Some(at(item.created_at)),
            updated_at: Some(at(item.updated_at)),
            safety: Some(self.safety()),
        }
    }
}

/// A moment as the protos have it: nanoseconds count forward, also before 1970.
pub(super) fn at(moment: Timestamp) -> prost_types::Timestamp {
    let nanos = moment.as_nanosecond();
    prost_types::Timestamp {
        seconds: i64::try_from(nanos.div_euclid(NANOS_PER_SECOND)).unwrap_or_default(),
        nanos: i32::try_from(nanos.rem_euclid(NANOS_PER_SECOND)).unwrap_or_default(),
    }
}

pub(super) fn contact(contact: &Contact) -> v1::Contact {
    v1::Contact {
        id: contact.id.to_string(),
        purpose: contact.purpose.number(),
        channel: contact.channel.number(),
        sent_at: Some(at(contact.sent_at)),
    }
}

pub(super) fn reflection(reflection: Reflection) -> v1::Reflection {
    let answer = |answer: ReflectionAnswer| v1::ReflectionAnswer { prompt: answer.prompt, text: answer.text };
    v1::Reflection {
        id: reflection.id.to_string(),
        written_at: Some(at(reflection.written_at)),
        revisit_at: reflection.revisit_at.map(at),
        answers: reflection.answers.into_iter().map(answer).collect(),
    }
}

pub(super) fn journey(journey: &Journey) -> v1::Journey {
    v1::Journey {
        phase: number(journey.phase),
        suggested_phase: number(journey.suggested_phase),
        ask: Some(step(journey.ask)),
        analyse: Some(step(journey.analyse)),
        react: Some(step(journey.react)),
    }
}

pub(super) fn entry(entry: Entry) -> v1::TimelineEntry {
    v1::TimelineEntry {
        id: entry.id.to_string(),
        at: Some(at(entry.at)),
        r#type: entry.entry_type.number(),
        rejection_id: entry.rejection.map(|id| id.to_string()),
        item_id: entry.item,
        detail: entry.detail,
    }
}

fn conclusion(conclusion: &Conclusion) -> v1::Conclusion {
    v1::Conclusion {
        result: conclusion.result.number(),
        linked_rejection: conclusion.linked_rejection.map(|id| id.to_string()),
        recorded_at: Some(at(conclusion.recorded_at)),
    }
}

fn step(step: JourneyStep) -> v1::JourneyStep {
    v1::JourneyStep { state: step.state.number(), unlock: step.unlock.map(str::to_owned) }
}
