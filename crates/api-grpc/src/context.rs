//! Reads a context from its proto message. Proto and domain agree by number: value `n` of an enum is the domain's value
//! `n - 1`, and 0 is unknown; `tests/descriptor.rs` holds the two against each other.

use rebound_domain::FieldError;
use rebound_domain::context::{Draft, Field, Fields};

use crate::proto::v1;

/// How many wrong elements of one list are named; a message may hold thousands.
const MAX_ERRORS_OF_A_LIST: usize = 16;

/// A context as it was sent, before it is found right or wrong. Errors point below `/context`.
#[must_use]
pub fn draft(context: &v1::Context) -> Draft {
    read(context, "/context")
}

/// The fields of a context that is kept in a history. Errors point at the fields without a prefix.
pub(crate) fn kept(context: &v1::Context) -> Result<Fields, Vec<FieldError>> {
    let draft = read(context, "");
    draft.fields()
}

/// Fields as a context; what was not stated is absent.
pub(crate) fn shown(fields: &Fields) -> v1::Context {
    let numbers = |field| fields.indices(field).map(number_of);
    let choice = |field| numbers(field).next().unwrap_or_default();
    let list = |field| numbers(field).collect();
    let flag = |field| fields.indices(field).next().map(|index| index == 1);
    v1::Context {
        kind: choice(Field::Kind),
        outcome: choice(Field::Outcome),
        stage: choice(Field::Stage),
        rounds_completed: fields.count(Field::RoundsCompleted),
        rounds_total: fields.count(Field::RoundsTotal),
        conversation: choice(Field::Conversation),
        conversation_with: list(Field::ConversationWith),
        notice: choice(Field::Notice),
        reasons: list(Field::Reasons),
        feedback_policy: choice(Field::FeedbackPolicy),
        feedback: choice(Field::Feedback),
        causes: list(Field::Causes),
        opening: choice(Field::Opening),
        decision: choice(Field::Decision),
        knows_strong_candidate: flag(Field::KnowsStrongCandidate),
        known_obstacle: flag(Field::KnownObstacle),
        still_interested: flag(Field::StillInterested),
        niche_field: flag(Field::NicheField),
        will_reapply: flag(Field::WillReapply),
        employer_open_to_future: flag(Field::EmployerOpenToFuture),
        attachment: choice(Field::Attachment),
        other_applications: choice(Field::OtherApplications),
        phase: choice(Field::Phase),
        days_since: fields.count(Field::DaysSince),
        audience: choice(Field::Audience),
    }
}

/// The number of the value at a position of the domain's table.
pub(crate) fn number_of(index: usize) -> i32 {
    i32::try_from(index + 1).unwrap_or_default()
}

fn read(context: &v1::Context, pointer: &'static str) -> Draft {
    let mut draft = Draft::new(pointer);
    for (field, number) in choices(context) {
        match usize::try_from(number) {
            Ok(0) => {}
            Ok(number) => draft.set_index(field, number - 1),
            Err(_) => draft.refuse_value(field),
        }
    }
    for (field, numbers) in lists(context) {
        read_list(&mut draft, field, numbers);
    }
    for (field, flag) in flags(context) {
        if let Some(flag) = flag {
            draft.set_index(field, usize::from(flag));
        }
    }
    for (field, count) in counts(context) {
        if let Some(count) = count {
            draft.set_count(field, i64::from(count));
        }
    }
    draft
}

fn choices(context: &v1::Context) -> [(Field, i32); 13] {
    [
        (Field::Kind, context.kind),
        (Field::Outcome, context.outcome),
        (Field::Stage, context.stage),
        (Field::Conversation, context.conversation),
        (Field::Notice, context.notice),
        (Field::FeedbackPolicy, context.feedback_policy),
        (Field::Feedback, context.feedback),
        (Field::Opening, context.opening),
        (Field::Decision, context.decision),
        (Field::Attachment, context.attachment),
        (Field::OtherApplications, context.other_applications),
        (Field::Phase, context.phase),
        (Field::Audience, context.audience),
    ]
}

fn lists(context: &v1::Context) -> [(Field, &[i32]); 3] {
    [
        (Field::ConversationWith, &context.conversation_with),
        (Field::Reasons, &context.reasons),
        (Field::Causes, &context.causes),
    ]
}

const fn flags(context: &v1::Context) -> [(Field, Option<bool>); 6] {
    [
        (Field::KnowsStrongCandidate, context.knows_strong_candidate),
        (Field::KnownObstacle, context.known_obstacle),
        (Field::StillInterested, context.still_interested),
        (Field::NicheField, context.niche_field),
        (Field::WillReapply, context.will_reapply),
        (Field::EmployerOpenToFuture, context.employer_open_to_future),
    ]
}

const fn counts(context: &v1::Context) -> [(Field, Option<u32>); 3] {
    [
        (Field::RoundsCompleted, context.rounds_completed),
        (Field::RoundsTotal, context.rounds_total),
        (Field::DaysSince, context.days_since),
    ]
}

/// In a list, unknown is no value either.
fn read_list(draft: &mut Draft, field: Field, numbers: &[i32]) {
    let mut errors = 0;
    for (place, number) in numbers.iter().enumerate() {
        match usize::try_from(*number) {
            Ok(number @ 1..) if number <= field.values().len() => draft.set_index(field, number - 1),
            _ if errors == MAX_ERRORS_OF_A_LIST => return,
            _ => {
                errors += 1;
                let values = field.values().join(", ");
                draft.refuse(&format!("{field}/{place}"), format!("not an allowed value; allowed: {values}"));
            }
        }
    }
}
