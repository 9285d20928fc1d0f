//! Aggregates: counts over all people of a tenant, in which nobody can be found.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use rebound_domain::history::{Aggregates, Dimension, Window};
use serde::Serialize;
use utoipa::ToSchema;

use super::{json, query};
use crate::Api;
use crate::auth::{Authorized, ReadAggregates};
use crate::errors::Common;
use crate::problem::Refusal;
use crate::query::Query;

/// Counts over all people of a tenant.
#[derive(Serialize, ToSchema)]
#[schema(as = Aggregates)]
pub(super) struct AggregatesView {
    /// The days that counts go back.
    #[schema(example = "365d")]
    window: String,
    kinds: DimensionView,
    stages: DimensionView,
    reasons: DimensionView,
}

/// Counts by the values of one field.
#[derive(Serialize, ToSchema)]
#[schema(as = Dimension)]
struct DimensionView {
    /// The groups of at least ten people, in the order of the field's values; `unknown` last.
    groups: Vec<AggregateGroupView>,
    /// How many groups are withheld.
    withheld_groups: usize,
}

/// How many rejections have a value.
#[derive(Serialize, ToSchema)]
#[schema(as = AggregateGroup)]
struct AggregateGroupView {
    /// The value, or `unknown`.
    #[schema(example = "interview")]
    value: &'static str,
    /// How many rejections.
    rejections: u64,
}

impl AggregatesView {
    fn new(aggregates: &Aggregates) -> Self {
        let mut dimensions = aggregates.dimensions.iter().map(DimensionView::new);
        let mut next = || dimensions.next().unwrap_or(DimensionView { groups: Vec::new(), withheld_groups: 0 });
        Self { window: aggregates.window.to_string(), kinds: next(), stages: next(), reasons: next() }
    }
}

impl DimensionView {
    fn new(dimension: &Dimension) -> Self {
        let groups = dimension.groups.iter();
        Self {
            groups: groups.map(|(value, rejections)| AggregateGroupView { value, rejections: *rejections }).collect(),
            withheld_groups: dimension.withheld,
        }
    }
}

/// Get aggregates
///
/// Counts over all people of the tenant, of what the employer's side recorded. Groups of fewer than ten people are
/// withheld, and so many others that nobody can work them out.
#[utoipa::path(
    get,
    path = "/v1/aggregates",
    operation_id = "getAggregates",
    tag = "history",
    security(("api_key" = ["rejections:read"]), ("api_key" = ["admin"])),
    params(query::CoarseWindowQuery),
    responses((status = 200, description = "The counts", body = AggregatesView), Common)
)]
pub(super) async fn get_aggregates(
    Authorized { caller, .. }: Authorized<ReadAggregates>,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let window = Window::parse_coarse(Query::parse(query.as_deref(), &["window"])?.done()?.text("window"))?;
    let aggregates = api.history.aggregates(caller, window).await?;
    json(StatusCode::OK, &AggregatesView::new(&aggregates))
}
