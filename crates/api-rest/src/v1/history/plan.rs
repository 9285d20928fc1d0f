//! The development plan: what a person set out to do, what feedback suggests, what was praised.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use rebound_domain::feedback::Theme;
use rebound_domain::history::{DevelopmentPlan, Mention};
use serde::Serialize;
use utoipa::ToSchema;

use super::action_items::ActionItemView;
use super::call::Call;
use super::view::{SafetyView, Showing};
use super::{json, query};
use crate::Api;
use crate::auth::{Authorized, ReadDiary};
use crate::components;
use crate::errors::{Common, OnOne};
use crate::problem::Refusal;

/// What a person set out to do, what feedback suggests, and what was praised.
#[derive(Serialize, ToSchema)]
#[schema(as = DevelopmentPlan)]
pub(super) struct PlanView<'a> {
    /// Every group, in order.
    groups: Vec<GroupView<'a>>,
    /// What was praised, with where.
    strengths: Vec<MentionsView>,
    safety: SafetyView<'a>,
}

/// One group of the plan.
#[derive(Serialize, ToSchema)]
#[schema(as = PlanSection)]
struct GroupView<'a> {
    /// Its name.
    #[schema(value_type = components::PlanGroup)]
    group: &'static str,
    /// What the person set out to do.
    action_items: Vec<ActionItemView<'a>>,
    /// Themes of feedback that no item works on yet.
    suggestions: Vec<MentionsView>,
}

/// A theme, with where it was named.
#[derive(Serialize, ToSchema)]
#[schema(as = ThemeMentions)]
struct MentionsView {
    /// The theme.
    #[schema(value_type = components::Theme)]
    theme: &'static str,
    mentions: Vec<MentionView>,
}

/// Where something was said.
#[derive(Serialize, ToSchema)]
#[schema(as = Mention)]
struct MentionView {
    /// The rejection.
    rejection_id: String,
    /// The feedback.
    feedback_id: String,
    /// When it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = DateTime)]
    received_at: Option<Timestamp>,
}

impl<'a> PlanView<'a> {
    fn new(showing: &'a Showing, plan: &'a DevelopmentPlan) -> Self {
        let groups = plan.groups.iter().map(|(group, section)| GroupView {
            group: group.name(),
            action_items: section.action_items.iter().map(|item| ActionItemView::new(item, None)).collect(),
            suggestions: mentions(&section.suggestions),
        });
        Self { groups: groups.collect(), strengths: mentions(&plan.strengths), safety: showing.safety() }
    }
}

fn mentions(themes: &BTreeMap<Theme, Vec<Mention>>) -> Vec<MentionsView> {
    let view = |mention: &Mention| MentionView {
        rejection_id: mention.rejection.to_string(),
        feedback_id: mention.feedback.to_string(),
        received_at: mention.received_at,
    };
    let themes = themes.iter();
    themes.map(|(theme, all)| MentionsView { theme: theme.name(), mentions: all.iter().map(view).collect() }).collect()
}

/// Get the development plan
///
/// What the person set out to do, what feedback suggests and nobody planned yet, and, beside it, what was praised.
#[utoipa::path(
    get,
    path = "/v1/users/{user_id}/development-plan",
    operation_id = "getDevelopmentPlan",
    tag = "history",
    security(("api_key" = ["diary:read"])),
    params(query::UserPath),
    responses((status = 200, description = "The plan", body = PlanView), Common, OnOne)
)]
pub(super) async fn get_development_plan(
    Authorized { caller, .. }: Authorized<ReadDiary>,
    State(api): State<Arc<Api>>,
    call: Call<()>,
) -> Result<Response, Refusal> {
    call.query(&[])?;
    let plan = api.history.development_plan(caller, &call.user_id).await?;
    json(StatusCode::OK, &PlanView::new(&api.showing(&caller).await?, &plan))
}
