//! Insights: what a person can learn from counting.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use rebound_domain::feedback::Theme;
use rebound_domain::history::{Insights, MIN_SAMPLE, Window};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::Call;
use super::view::{SafetyView, Showing};
use super::{json, query};
use crate::Api;
use crate::auth::{Authorized, ReadDiary};
use crate::components;
use crate::errors::{Common, OnOne};
use crate::problem::Refusal;

/// What a person can learn from counting. Below five rejections only how many are missing.
#[derive(Serialize, ToSchema)]
#[schema(as = Insights)]
pub(super) struct InsightsView<'a> {
    /// The days that counts go back.
    #[schema(example = "365d")]
    window: String,
    /// How many rejections there are.
    rejections: usize,
    /// Whether there are enough for counts to say anything.
    enough: bool,
    /// How many it takes.
    #[schema(example = 5)]
    needed: usize,
    /// How many more it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    missing: Option<usize>,
    #[serde(flatten)]
    #[schema(value_type = CountsView)]
    counts: Option<CountsView>,
    safety: SafetyView<'a>,
}

/// Counts over the rejections of a person; all of them or none.
#[derive(Serialize, ToSchema)]
#[schema(as = InsightCounts)]
struct CountsView {
    /// By kind.
    #[schema(required = false, example = json!({"job_application": 3, "idea": 2}))]
    kinds: BTreeMap<&'static str, u64>,
    /// By the stage at which it ended.
    #[schema(required = false)]
    stages: Vec<StageView>,
    /// How many got at least as far as each stage, of those whose stage is known.
    #[schema(required = false)]
    funnel: Vec<ReachedView>,
    /// At which stage most ended, if one stands out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<components::Stage>)]
    breaks_at: Option<&'static str>,
    /// In how many rejections feedback named a theme to work on.
    #[schema(required = false)]
    themes: Vec<ThemeView>,
    /// In how many rejections feedback praised something.
    #[schema(required = false)]
    positives: Vec<ThemeView>,
    #[schema(required = false)]
    feedback: FeedbackCountsView,
    /// How many nos became a yes.
    #[schema(required = false)]
    reversals: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    in_proportion: Option<ProportionView>,
}

/// How many ended at a stage.
#[derive(Serialize, ToSchema)]
#[schema(as = StageCount)]
struct StageView {
    /// The stage.
    #[schema(value_type = components::Stage)]
    stage: &'static str,
    /// How many.
    count: u64,
}

/// How many got at least as far as a stage.
#[derive(Serialize, ToSchema)]
#[schema(as = StageReached)]
struct ReachedView {
    /// The stage.
    #[schema(value_type = components::Stage)]
    stage: &'static str,
    /// How many.
    reached: u64,
}

/// In how many rejections a theme came up.
#[derive(Serialize, ToSchema)]
#[schema(as = ThemeCount)]
struct ThemeView {
    /// The theme.
    #[schema(value_type = components::Theme)]
    theme: &'static str,
    /// In how many rejections.
    count: u64,
}

/// What came of asking for feedback.
#[derive(Serialize, ToSchema)]
#[schema(as = FeedbackCounts)]
struct FeedbackCountsView {
    /// For how many it was asked.
    asked: u64,
    /// For how many it came.
    received: u64,
    /// The days between asking and receiving, half of the times shorter and half longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    median_days_to_answer: Option<f64>,
}

/// A line that puts it into proportion.
#[derive(Serialize, ToSchema)]
#[schema(as = Proportion)]
struct ProportionView {
    /// The line.
    text: String,
    /// What it rests on: `own_data`.
    #[schema(example = "own_data")]
    basis: &'static str,
}

impl<'a> InsightsView<'a> {
    fn new(showing: &'a Showing, insights: &Insights) -> Self {
        let enough = insights.missing == 0;
        Self {
            window: insights.window.to_string(),
            rejections: insights.rejections,
            enough,
            needed: MIN_SAMPLE,
            missing: (!enough).then_some(insights.missing),
            counts: enough.then(|| CountsView::new(insights)),
            safety: showing.safety(),
        }
    }
}

impl CountsView {
    fn new(insights: &Insights) -> Self {
        let themes = |counts: &BTreeMap<Theme, u64>| {
            counts.iter().map(|(theme, count)| ThemeView { theme: theme.name(), count: *count }).collect()
        };
        let stages = insights.stages.iter().map(|(stage, count)| StageView { stage, count: *count });
        let funnel = insights.funnel.iter().map(|(stage, reached)| ReachedView { stage, reached: *reached });
        Self {
            kinds: insights.kinds.clone(),
            stages: stages.collect(),
            funnel: funnel.collect(),
            breaks_at: insights.breaks_at,
            themes: themes(&insights.themes),
            positives: themes(&insights.positives),
            feedback: FeedbackCountsView {
                asked: insights.feedback_asked,
                received: insights.feedback_received,
                median_days_to_answer: insights.median_days_to_answer,
            },
            reversals: insights.reversals,
            in_proportion: insights.in_proportion().map(|text| ProportionView { text, basis: "own_data" }),
        }
    }
}

/// Get insights
///
/// Counts over one person's own rejections, never a comparison of people, and nothing at all from a handful.
#[utoipa::path(
    get,
    path = "/v1/users/{user_id}/insights",
    operation_id = "getInsights",
    tag = "history",
    security(("api_key" = ["diary:read"])),
    params(query::UserPath, query::WindowQuery),
    responses((status = 200, description = "The counts", body = InsightsView), Common, OnOne)
)]
pub(super) async fn get_insights(
    Authorized { caller, .. }: Authorized<ReadDiary>,
    State(api): State<Arc<Api>>,
    call: Call<()>,
) -> Result<Response, Refusal> {
    let window = Window::parse(call.query(&["window"])?.done()?.text("window"))?;
    let insights = api.history.insights(caller, &call.user_id, window).await?;
    json(StatusCode::OK, &InsightsView::new(&api.showing(&caller).await?, &insights))
}
