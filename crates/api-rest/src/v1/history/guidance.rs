//! Advice for a rejection, which knows what was shown and done before.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use rebound_domain::catalog::Catalogs;
use rebound_domain::history::{Journey, PersonalGuidance, Phase, Wish};
use rebound_domain::id::RejectionId;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::Call;
use super::view::{SafetyView, Showing, StepsView};
use super::{json, query};
use crate::Api;
use crate::auth::{Authorized, ReadHistory};
use crate::components;
use crate::errors::{Common, OnOne};
use crate::openapi::Negotiated;
use crate::problem::Refusal;
use crate::v1::guidance::{GuidanceView, resolve_locale};

/// Advice for a rejection. `journey` and `safety` are only for keys with `diary:read`.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonalGuidance)]
pub(super) struct PersonalGuidanceView<'a> {
    #[serde(flatten)]
    guidance: GuidanceView<'a>,
    /// Where the person stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    journey: Option<JourneyView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    safety: Option<SafetyView<'a>>,
}

/// Where a person stands.
#[derive(Serialize, ToSchema)]
#[schema(as = Journey)]
struct JourneyView {
    /// Where the person says to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<components::Phase>)]
    phase: Option<&'static str>,
    /// The next phase, if time has come for it; the person decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<components::Phase>)]
    suggested_phase: Option<&'static str>,
    #[serde(flatten)]
    steps: StepsView,
}

impl<'a> PersonalGuidanceView<'a> {
    fn new(catalogs: &'a Catalogs, showing: &'a Showing, found: &'a PersonalGuidance<'a>) -> Self {
        let journey = |journey: &Journey| JourneyView {
            phase: journey.phase.map(Phase::name),
            suggested_phase: journey.suggested_phase.map(Phase::name),
            steps: StepsView::new(journey),
        };
        Self {
            guidance: GuidanceView::new(catalogs.current(), &found.request, &found.guidance),
            journey: found.journey.as_ref().map(journey),
            safety: found.journey.is_some().then(|| showing.safety()),
        }
    }
}

/// Get guidance for a rejection
///
/// For keys with `diary:read` it knows the history: no tip comes again within 14 days, nothing comes that is done
/// already, and what is shown is remembered. Every other key gets advice from the record alone.
#[utoipa::path(
    get,
    path = "/v1/users/{user_id}/rejections/{id}/guidance",
    operation_id = "getRejectionGuidance",
    tag = "history",
    security(("api_key" = ["rejections:read"]), ("api_key" = ["diary:read"])),
    params(query::RejectionPath, query::AdviceQuery, Negotiated),
    responses((status = 200, description = "What to do, in order", body = PersonalGuidanceView), Common, OnOne)
)]
pub(super) async fn get_rejection_guidance(
    Authorized { caller, .. }: Authorized<ReadHistory>,
    State(api): State<Arc<Api>>,
    call: Call<RejectionId>,
) -> Result<Response, Refusal> {
    let catalogs = api.catalogs.of(caller.tenant).await?;
    let mut query = call.query(&["locale", "limit", "explain"])?;
    let named = query.text("locale").map(str::to_owned);
    let locale = resolve_locale(catalogs.current(), &call.headers, named, query.errors());
    let limit = query.integer("limit");
    let explain = query.value("explain", "must be true or false", |value| value.parse().ok()).unwrap_or_default();
    query.finish()?;
    let found =
        api.history.guidance(&catalogs, caller, &call.user_id, call.at, Wish { locale, limit, explain }).await?;
    let showing = api.showing(&caller).await?;
    json(StatusCode::OK, &PersonalGuidanceView::new(&catalogs, &showing, &found))
}
