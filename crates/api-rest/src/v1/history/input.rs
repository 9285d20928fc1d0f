//! What the bodies ask for, as commands of the domain.

use rebound_domain::Result;
use rebound_domain::access::Scope;
use rebound_domain::feedback::{PlanGroup, Theme};
use rebound_domain::history::commands::{
    ActionItemPatch, Advance, FeedbackInput, NewActionItem, NewConclusion, NewContact, NewReflection, NewRejection,
    RejectionPatch,
};
use rebound_domain::history::{
    ActionStatus, Channel, ConclusionResult, DecidedBy, FeedbackStatus, NewToken, Phase, Purpose,
};

use super::form::answer;
use super::sent::Sent;
use crate::json::{Json, id, integer, moment, text};

/// A member with one of some names.
fn name<T>(from_name: impl Fn(&str) -> Option<T>) -> impl Fn(&Json) -> Option<T> {
    move |json| json.text().and_then(&from_name)
}

/// A rejection to record.
pub(super) fn new_rejection(mut sent: Sent) -> Result<NewRejection> {
    let command = NewRejection {
        fields: sent.fields().0,
        organization: sent.value("organization", text),
        role: sent.value("role", text),
        occurred_at: sent.value("occurred_at", moment),
        external_ref: sent.value("external_ref", text),
        decided_by: sent.value("decided_by", name(DecidedBy::from_name)),
        response_due_at: sent.value("response_due_at", moment),
    };
    sent.finish().map(|()| command)
}

/// What to change of a rejection.
pub(super) fn rejection_patch(mut sent: Sent) -> Result<RejectionPatch> {
    let (set, unset) = sent.fields();
    let command = RejectionPatch {
        set,
        unset,
        organization: sent.patch("organization", text),
        role: sent.patch("role", text),
        occurred_at: sent.value("occurred_at", moment),
        external_ref: sent.patch("external_ref", text),
        decided_by: sent.value("decided_by", name(DecidedBy::from_name)),
        response_due_at: sent.patch("response_due_at", moment),
    };
    sent.finish().map(|()| command)
}

/// A phase to move to.
pub(super) fn advance(mut sent: Sent) -> Result<Advance> {
    let command = Advance { to: sent.value("to", name(Phase::from_name)) };
    sent.finish().map(|()| command)
}

/// A message that was sent.
pub(super) fn new_contact(mut sent: Sent) -> Result<NewContact> {
    let command = NewContact {
        purpose: sent.value("purpose", name(Purpose::from_name)),
        channel: sent.value("channel", name(Channel::from_name)),
        sent_at: sent.value("sent_at", moment),
    };
    sent.finish().map(|()| command)
}

/// Feedback, or what to correct of it.
pub(super) fn feedback(mut sent: Sent) -> Result<FeedbackInput> {
    let command = FeedbackInput {
        status: sent.value("status", name(FeedbackStatus::from_name)),
        asked_at: sent.value("asked_at", moment),
        received_at: sent.value("received_at", moment),
        text: sent.patch("text", text),
        themes: sent.names("themes", Theme::from_name),
        positives: sent.names("positives", Theme::from_name),
    };
    sent.finish().map(|()| command)
}

/// A reflection.
pub(super) fn new_reflection(mut sent: Sent) -> Result<NewReflection> {
    let command = NewReflection {
        answers: sent.list("answers", answer).unwrap_or_default(),
        revisit_at: sent.value("revisit_at", moment),
    };
    sent.finish().map(|()| command)
}

/// How it ended.
pub(super) fn new_conclusion(mut sent: Sent) -> Result<NewConclusion> {
    let command = NewConclusion {
        result: sent.value("result", name(ConclusionResult::from_name)),
        linked_rejection: sent.value("linked_rejection", id),
    };
    sent.finish().map(|()| command)
}

/// An action item to make.
pub(super) fn new_action_item(mut sent: Sent) -> Result<NewActionItem> {
    let command = NewActionItem {
        title: sent.value("title", text),
        note: sent.value("note", text),
        group: sent.value("group", name(PlanGroup::from_name)),
        theme: sent.value("theme", name(Theme::from_name)),
        rejection: sent.value("rejection_id", id),
        feedback: sent.value("feedback_id", id),
        due_at: sent.value("due_at", moment),
    };
    sent.finish().map(|()| command)
}

/// What to change of an action item.
pub(super) fn action_item_patch(mut sent: Sent) -> Result<ActionItemPatch> {
    let command = ActionItemPatch {
        title: sent.value("title", text),
        note: sent.patch("note", text),
        group: sent.value("group", name(PlanGroup::from_name)),
        theme: sent.patch("theme", name(Theme::from_name)),
        status: sent.value("status", name(ActionStatus::from_name)),
        due_at: sent.patch("due_at", moment),
    };
    sent.finish().map(|()| command)
}

/// A key for one user.
pub(super) fn new_token(mut sent: Sent) -> Result<NewToken> {
    let of_a_token = |name: &str| {
        let scope: Scope = name.parse().ok()?;
        matches!(scope, Scope::Guidance | Scope::DiaryRead | Scope::DiaryWrite).then_some(scope)
    };
    let command = NewToken {
        scopes: sent.names("scopes", of_a_token).unwrap_or_default().into_iter().collect(),
        ttl_seconds: sent.value("ttl_seconds", integer),
    };
    sent.finish().map(|()| command)
}
