//! The proto messages in the form of REST, so that the two can be compared whole.

use rebound_domain::context::{Field, Shape};
use rebound_tests::proto::{Context, GetGuidanceRequest, GetGuidanceResponse, StepPhase, Timing};
use serde_json::{Map, Value, json};

/// A request body of REST as a message.
pub(crate) fn request(body: &Value) -> GetGuidanceRequest {
    GetGuidanceRequest {
        context: Some(context(&body["context"])),
        locale: body["locale"].as_str().map(ToOwned::to_owned),
        limit: body["limit"].as_i64().and_then(|limit| i32::try_from(limit).ok()),
        explain: body["explain"].as_bool().unwrap_or_default(),
        catalog_version: body["catalog_version"].as_str().map(ToOwned::to_owned),
    }
}

/// A context of REST as a message.
pub(crate) fn context(body: &Value) -> Context {
    let number = |field: Field, value: &Value| -> i32 {
        let text = value.as_str().unwrap();
        i32::try_from(field.value_index(text).unwrap() + 1).unwrap()
    };
    let choice = |field: Field| body.get(field.name()).map_or(0, |value| number(field, value));
    let list = |field: Field| -> Vec<i32> {
        body[field.name()].as_array().into_iter().flatten().map(|value| number(field, value)).collect()
    };
    let flag = |field: Field| body[field.name()].as_bool();
    let count = |field: Field| body[field.name()].as_u64().map(|number| u32::try_from(number).unwrap());
    assert!(body.as_object().unwrap().keys().all(|name| Field::from_name(name).is_some()));
    assert_eq!(Field::ALL.iter().filter(|field| field.shape() == Shape::Flag).count(), 6);
    Context {
        kind: choice(Field::Kind),
        outcome: choice(Field::Outcome),
        stage: choice(Field::Stage),
        rounds_completed: count(Field::RoundsCompleted),
        rounds_total: count(Field::RoundsTotal),
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
        days_since: count(Field::DaysSince),
        audience: choice(Field::Audience),
    }
}

/// An answer as the JSON that REST sends.
pub(crate) fn guidance(answer: &GetGuidanceResponse) -> Value {
    let locale = answer.locale.as_ref().unwrap();
    let mut view = json!({
        "catalog_version": answer.catalog_version,
        "locale": { "resolved": locale.resolved },
        "steps": answer.steps.iter().map(step).collect::<Vec<_>>(),
    });
    if let Some(requested) = &locale.requested {
        view["locale"]["requested"] = json!(requested);
    }
    if !answer.withheld.is_empty() {
        let withheld = answer.withheld.iter();
        let withheld = withheld.map(|it| json!({ "tip": it.tip, "atoms": it.atoms, "because": it.because }));
        view["withheld"] = withheld.collect();
    }
    view
}

fn step(step: &rebound_tests::proto::Step) -> Value {
    let phase = StepPhase::try_from(step.phase).unwrap().as_str_name().trim_start_matches("STEP_PHASE_").to_lowercase();
    let sources: Value = step.sources.iter().map(|it| json!({ "article": it.article, "atom": it.atom })).collect();
    let actions: Value = step.actions.iter().map(|it| json!({ "type": action_type(it.r#type), "id": it.id })).collect();
    let mut view = json!({
        "tip": step.tip, "phase": phase, "title": step.title, "body": step.body, "why": step.why,
        "sources": sources, "actions": actions,
    });
    if let Some(given) = &step.timing {
        view["timing"] = timing(given);
    }
    view
}

fn action_type(number: i32) -> String {
    let named = rebound_tests::proto::ItemType::try_from(number).unwrap();
    named.as_str_name().trim_start_matches("ITEM_TYPE_").to_lowercase()
}

fn timing(timing: &Timing) -> Value {
    let hours = [("not_before_hours", timing.not_before_hours), ("within_hours", timing.within_hours)];
    let known = hours.into_iter().filter_map(|(name, hours)| Some((name.to_owned(), json!(hours?))));
    Value::Object(known.collect::<Map<_, _>>())
}
