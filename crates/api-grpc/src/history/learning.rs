//! What can be learned from a history: advice, insights, the development plan, and aggregates for the tenant.

use std::collections::BTreeMap;

use http::HeaderMap;
use rebound_domain::Result;
use rebound_domain::access::Caller;
use rebound_domain::context::Field;
use rebound_domain::feedback::{PlanGroup, Theme};
use rebound_domain::history::{Dimension, Insights, MIN_SAMPLE, Mention, PlanSection, Window, Wish};

use super::desk::Desk;
use super::input::{Input, id};
use super::numbers::Numbered;
use super::records::NO_REJECTION;
use super::view;
use crate::context::number_of;
use crate::guidance::advised;
use crate::locale;
use crate::proto::v1;
use crate::service::Core;

/// `GetRejectionGuidance`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn get_rejection_guidance(
    desk: &Desk,
    metadata: &HeaderMap,
    asked: v1::GetRejectionGuidanceRequest,
) -> Result<v1::GetRejectionGuidanceResponse> {
    let catalogs = desk.core().catalogs.of(desk.caller.tenant).await?;
    let catalog = catalogs.current();
    let id = id(&asked.id, NO_REJECTION)?;
    let mut errors = Vec::new();
    let accepted = || locale::accepted(catalog, metadata);
    let locale = locale::resolve(catalog, asked.locale.as_deref(), accepted, &mut errors);
    Input::with(errors).finish()?;
    let limit = asked.limit.map(i64::from);
    let wish = Wish { locale, limit, explain: asked.explain };
    let chosen = desk.history().guidance(&catalogs, desk.caller, &desk.user_id, id, wish).await?;
    let v1::GetGuidanceResponse { catalog_version, locale, steps, withheld, overlay } =
        advised(catalog, &chosen.request, chosen.guidance);
    Ok(v1::GetRejectionGuidanceResponse {
        catalog_version,
        locale,
        steps,
        withheld,
        overlay,
        journey: chosen.journey.as_ref().map(view::journey),
        safety: chosen.journey.map(|_| desk.safety()),
    })
}

/// `GetInsights`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn get_insights(desk: &Desk, asked: v1::GetInsightsRequest) -> Result<v1::GetInsightsResponse> {
    let window = Window::parse(asked.window.as_deref())?;
    let insights = desk.history().insights(desk.caller, &desk.user_id, window).await?;
    let enough = insights.missing == 0;
    let head = v1::GetInsightsResponse {
        window: window_name(window),
        rejections: insights.rejections as u64,
        enough,
        needed: MIN_SAMPLE as u64,
        missing: (!enough).then_some(insights.missing as u64),
        safety: Some(desk.safety()),
        ..v1::GetInsightsResponse::default()
    };
    Ok(if enough { counted(head, &insights) } else { head })
}

fn counted(head: v1::GetInsightsResponse, insights: &Insights) -> v1::GetInsightsResponse {
    let stage = |name: &str| value_number(Field::Stage, name);
    let proportion = |text| v1::Proportion { text, basis: "own_data".to_owned() };
    let kinds = insights.kinds.iter();
    let stages = insights.stages.iter();
    let funnel = insights.funnel.iter();
    v1::GetInsightsResponse {
        kinds: kinds
            .map(|(name, count)| v1::KindCount { kind: value_number(Field::Kind, name), count: *count })
            .collect(),
        stages: stages.map(|(name, count)| v1::StageCount { stage: stage(name), count: *count }).collect(),
        funnel: funnel.map(|(name, reached)| v1::StageReached { stage: stage(name), reached: *reached }).collect(),
        breaks_at: insights.breaks_at.map_or(0, stage),
        themes: theme_counts(&insights.themes),
        positives: theme_counts(&insights.positives),
        feedback: Some(v1::FeedbackCounts {
            asked: insights.feedback_asked,
            received: insights.feedback_received,
            median_days_to_answer: insights.median_days_to_answer,
        }),
        reversals: insights.reversals,
        in_proportion: insights.in_proportion().map(proportion),
        ..head
    }
}

fn theme_counts(counts: &BTreeMap<Theme, u64>) -> Vec<v1::ThemeCount> {
    counts.iter().map(|(theme, count)| v1::ThemeCount { theme: theme.number(), count: *count }).collect()
}

fn value_number(field: Field, name: &str) -> i32 {
    field.value_index(name).map_or(0, number_of)
}

fn window_name(window: Window) -> String {
    format!("{}d", window.days)
}

/// `GetDevelopmentPlan`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn get_development_plan(
    desk: &Desk,
    _: v1::GetDevelopmentPlanRequest,
) -> Result<v1::GetDevelopmentPlanResponse> {
    let plan = desk.history().development_plan(desk.caller, &desk.user_id).await?;
    let section = |(group, section): (PlanGroup, PlanSection)| v1::PlanSection {
        group: group.number(),
        action_items: section.action_items.into_iter().map(|item| desk.action_item(item)).collect(),
        suggestions: mentions(&section.suggestions),
    };
    Ok(v1::GetDevelopmentPlanResponse {
        groups: plan.groups.into_iter().map(section).collect(),
        strengths: mentions(&plan.strengths),
        safety: Some(desk.safety()),
    })
}

fn mentions(themes: &BTreeMap<Theme, Vec<Mention>>) -> Vec<v1::ThemeMentions> {
    let mention = |mention: &Mention| v1::Mention {
        rejection_id: mention.rejection.to_string(),
        feedback_id: mention.feedback.to_string(),
        received_at: mention.received_at.map(view::at),
    };
    let theme = |(theme, mentions): (&Theme, &Vec<Mention>)| v1::ThemeMentions {
        theme: theme.number(),
        mentions: mentions.iter().map(mention).collect(),
    };
    themes.iter().map(theme).collect()
}

/// `GetAggregates`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn get_aggregates(
    core: &Core,
    caller: Caller,
    asked: v1::GetAggregatesRequest,
) -> Result<v1::GetAggregatesResponse> {
    let window = Window::parse_coarse(asked.window.as_deref())?;
    let aggregates = core.history.aggregates(caller, window).await?;
    let of = |field: Field| aggregates.dimensions.iter().find(|dimension| dimension.field == field).map(dimension);
    Ok(v1::GetAggregatesResponse {
        window: window_name(aggregates.window),
        kinds: of(Field::Kind),
        stages: of(Field::Stage),
        reasons: of(Field::Reasons),
    })
}

fn dimension(dimension: &Dimension) -> v1::AggregateDimension {
    let group = |(value, rejections): &(&'static str, u64)| v1::AggregateGroup {
        value: (*value).to_owned(),
        rejections: *rejections,
    };
    v1::AggregateDimension {
        groups: dimension.groups.iter().map(group).collect(),
        withheld_groups: dimension.withheld as u64,
    }
}
