//! What a person writes about a rejection: phases, contacts, feedback, reflections, how it ended.

use rebound_domain::Result;
use rebound_domain::history::ReflectionAnswer;
use rebound_domain::history::commands::{Advance, FeedbackInput, NewConclusion, NewContact, NewReflection};

use super::desk::Desk;
use super::input::{Input, id};
use super::records::NO_REJECTION;
use super::view;
use crate::proto::v1;

/// What an id that leads nowhere is answered with.
const NO_FEEDBACK: &str = "There is no feedback with this id.";

/// `AdvanceRejection`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn advance_rejection(
    desk: &Desk,
    asked: v1::AdvanceRejectionRequest,
) -> Result<v1::AdvanceRejectionResponse> {
    let id = id(&asked.id, NO_REJECTION)?;
    let mut input = Input::default();
    let command = Advance { to: input.choice("to", asked.to) };
    input.finish()?;
    let if_match = asked.if_match.as_deref();
    let (_, rejection) = desk.history().advance(desk.caller, &desk.user_id, id, &command, if_match).await?;
    Ok(v1::AdvanceRejectionResponse { rejection: Some(desk.rejection(&rejection)) })
}

/// `CreateContact`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn create_contact(desk: &Desk, asked: v1::CreateContactRequest) -> Result<v1::CreateContactResponse> {
    let id = id(&asked.id, NO_REJECTION)?;
    let mut input = Input::default();
    let command = NewContact {
        purpose: input.choice("purpose", asked.purpose),
        channel: input.choice("channel", asked.channel),
        sent_at: input.moment("sent_at", asked.sent_at),
    };
    let key = input.request_key(asked.request_id.as_deref());
    input.finish()?;
    let done = desk.history().add_contact(desk.caller, &desk.user_id, id, &command, key.as_ref()).await?;
    Ok(v1::CreateContactResponse { contact: Some(view::contact(&done.value.1)), safety: Some(desk.safety()) })
}

/// `CreateFeedback`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn create_feedback(
    desk: &Desk,
    asked: v1::CreateFeedbackRequest,
) -> Result<v1::CreateFeedbackResponse> {
    let id = id(&asked.id, NO_REJECTION)?;
    let mut input = Input::default();
    let command = FeedbackInput {
        status: input.choice("status", asked.status),
        asked_at: input.moment("asked_at", asked.asked_at),
        received_at: input.moment("received_at", asked.received_at),
        text: asked.text.map(Some),
        themes: input.choices("themes", &asked.themes),
        positives: input.choices("positives", &asked.positives),
    };
    let key = input.request_key(asked.request_id.as_deref());
    input.finish()?;
    let done = desk.history().add_feedback(desk.caller, &desk.user_id, id, &command, key.as_ref()).await?;
    Ok(v1::CreateFeedbackResponse {
        feedback_item: Some(desk.feedback_item(&done.value.1)),
        is_new: done.is_new,
        safety: Some(desk.safety()),
    })
}

/// `UpdateFeedback`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn update_feedback(
    desk: &Desk,
    asked: v1::UpdateFeedbackRequest,
) -> Result<v1::UpdateFeedbackResponse> {
    let rejection = id(&asked.id, NO_REJECTION)?;
    let feedback = id(&asked.feedback_id, NO_FEEDBACK)?;
    let mut input = Input::default();
    let clear = input.clear(&asked.clear, &["text", "themes", "positives"], |name| match name {
        "text" => asked.text.is_some(),
        "themes" => !asked.themes.is_empty(),
        _ => !asked.positives.is_empty(),
    });
    let emptied = |name| clear.contains(&name).then(Vec::new);
    let command = FeedbackInput {
        status: input.choice("status", asked.status),
        asked_at: input.moment("asked_at", asked.asked_at),
        received_at: input.moment("received_at", asked.received_at),
        text: asked.text.map(Some).or_else(|| clear.contains(&"text").then_some(None)),
        themes: input.choices("themes", &asked.themes).or_else(|| emptied("themes")),
        positives: input.choices("positives", &asked.positives).or_else(|| emptied("positives")),
    };
    input.finish()?;
    let if_match = asked.if_match.as_deref();
    let amended = desk.history().amend_feedback(desk.caller, &desk.user_id, rejection, feedback, &command, if_match);
    let (_, item) = amended.await?;
    Ok(v1::UpdateFeedbackResponse { feedback_item: Some(desk.feedback_item(&item)), safety: Some(desk.safety()) })
}

/// `CreateReflection`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn create_reflection(
    desk: &Desk,
    asked: v1::CreateReflectionRequest,
) -> Result<v1::CreateReflectionResponse> {
    let id = id(&asked.id, NO_REJECTION)?;
    let answer = |answer: v1::ReflectionAnswer| ReflectionAnswer { prompt: answer.prompt, text: answer.text };
    let mut input = Input::default();
    let command = NewReflection {
        answers: asked.answers.into_iter().map(answer).collect(),
        revisit_at: input.moment("revisit_at", asked.revisit_at),
    };
    let key = input.request_key(asked.request_id.as_deref());
    input.finish()?;
    let done = desk.history().add_reflection(desk.caller, &desk.user_id, id, &command, key.as_ref()).await?;
    Ok(v1::CreateReflectionResponse { reflection: Some(view::reflection(done.value.1)), safety: Some(desk.safety()) })
}

/// `SetOutcome`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn set_outcome(desk: &Desk, asked: v1::SetOutcomeRequest) -> Result<v1::SetOutcomeResponse> {
    let id = id(&asked.id, NO_REJECTION)?;
    let mut input = Input::default();
    let command = NewConclusion {
        result: input.choice("result", asked.result),
        linked_rejection: input.reference("linked_rejection", asked.linked_rejection.as_deref()),
    };
    input.finish()?;
    let if_match = asked.if_match.as_deref();
    let (_, rejection) = desk.history().conclude(desk.caller, &desk.user_id, id, &command, if_match).await?;
    Ok(v1::SetOutcomeResponse { rejection: Some(desk.rejection(&rejection)) })
}

/// `DeleteOutcome`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn delete_outcome(desk: &Desk, asked: v1::DeleteOutcomeRequest) -> Result<v1::DeleteOutcomeResponse> {
    let id = id(&asked.id, NO_REJECTION)?;
    let reopened = desk.history().reopen(desk.caller, &desk.user_id, id, asked.if_match.as_deref());
    let (_, rejection) = reopened.await?;
    Ok(v1::DeleteOutcomeResponse { rejection: Some(desk.rejection(&rejection)) })
}
