//! Which rejections are asked for, and the parameters of histories as the OpenAPI document shows them.

use jiff::Timestamp;
use rebound_domain::context::Field;
use rebound_domain::history::RejectionFilter;
use utoipa::IntoParams;
use utoipa::openapi::{Object, Type};

use crate::components::{AggregateWindow, Kind, Stage};
use crate::query::Query;

/// Which rejections are asked for.
pub(super) fn filter(query: &mut Query) -> RejectionFilter {
    let mut choice = |field: Field| {
        let detail = format!("not an allowed value; {}", field.allowed());
        query.value(field.name(), &detail, |value| field.value_index(value))
    };
    let (kind, stage) = (choice(Field::Kind), choice(Field::Stage));
    let since = query.moment("since");
    let until = query.moment("until");
    RejectionFilter { kind, stage, since, until }
}

/// Of any size: what is too large or too small is clamped, so no format bounds it.
fn whole_number() -> Object {
    Object::with_type(Type::Integer)
}

/// The path of a person.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; it is read by hand")]
pub(super) struct UserPath {
    /// Your own id of the person: opaque to the service, and never in a log.
    #[param(example = "emp-1042", min_length = 1, max_length = 128, pattern = "^[!-~]+$")]
    user_id: String,
}

/// The path of a rejection.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; it is read by hand")]
pub(super) struct RejectionPath {
    /// Your own id of the person: opaque to the service, and never in a log.
    #[param(example = "emp-1042", min_length = 1, max_length = 128, pattern = "^[!-~]+$")]
    user_id: String,
    /// The id of the rejection.
    #[param(example = "rej_01kdxyt3yxf9rbm3ryh1wnx8sq")]
    id: String,
}

/// The path of feedback.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; it is read by hand")]
pub(super) struct FeedbackPath {
    /// Your own id of the person: opaque to the service, and never in a log.
    #[param(example = "emp-1042", min_length = 1, max_length = 128, pattern = "^[!-~]+$")]
    user_id: String,
    /// The id of the rejection.
    #[param(example = "rej_01kdxyt3yxf9rbm3ryh1wnx8sq")]
    id: String,
    /// The id of the feedback.
    #[param(example = "fbk_01kdxyt3yxf9rbm3ryh1wnx8sq")]
    feedback_id: String,
}

/// The path of an action item.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; it is read by hand")]
pub(super) struct ActionItemPath {
    /// Your own id of the person: opaque to the service, and never in a log.
    #[param(example = "emp-1042", min_length = 1, max_length = 128, pattern = "^[!-~]+$")]
    user_id: String,
    /// The id of the action item.
    #[param(example = "act_01kdxyt3yxf9rbm3ryh1wnx8sq")]
    id: String,
}

/// The parameters of a page.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; they are read by hand, to name every error")]
pub(super) struct PageQuery {
    /// How many items a page has at most; clamped to 1 to 200. Absent: 50.
    #[param(example = 50, schema_with = whole_number)]
    page_size: Option<i64>,
    /// The `next_page_token` of the page before; absent for the first page.
    page_token: Option<String>,
}

/// The parameters of advice.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; they are read by hand, to name every error")]
pub(super) struct AdviceQuery {
    /// The BCP 47 tag of the language wanted; goes before `Accept-Language`.
    #[param(example = "en-GB", format = "bcp47")]
    locale: Option<String>,
    /// How many steps come at most; clamped to 1 to 50. Absent: 7.
    #[param(example = 7, schema_with = whole_number)]
    limit: Option<i64>,
    /// Whether to say what was kept out, and why.
    explain: Option<bool>,
}

/// The window of insights.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameter; it is read by hand, to name every error")]
pub(super) struct WindowQuery {
    /// The days that counts go back, 1 to 3660. Absent: a year.
    #[param(example = "90d", pattern = "^([1-9][0-9]{0,2}|[12][0-9]{3}|3[0-5][0-9]{2})d$")]
    window: Option<String>,
}

/// The windows of aggregates.
pub(crate) const AGGREGATE_WINDOWS: &[&str] = &["30d", "90d", "180d", "365d"];

/// The window of aggregates.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameter; it is read by hand, to name every error")]
pub(super) struct CoarseWindowQuery {
    /// The days that counts go back. Absent: a year.
    #[param(value_type = Option<AggregateWindow>)]
    window: Option<String>,
}

/// The parameters that choose rejections.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; they are read by hand, to name every error")]
pub(super) struct FilterQuery {
    /// Of this kind.
    #[param(value_type = Option<Kind>)]
    kind: Option<String>,
    /// At this stage.
    #[param(value_type = Option<Stage>)]
    stage: Option<String>,
    /// That happened at this moment or later.
    #[param(value_type = Option<String>, format = DateTime, example = "2026-01-01T00:00:00Z")]
    since: Option<Timestamp>,
    /// That happened before this moment.
    #[param(value_type = Option<String>, format = DateTime, example = "2027-01-01T00:00:00Z")]
    until: Option<Timestamp>,
}
