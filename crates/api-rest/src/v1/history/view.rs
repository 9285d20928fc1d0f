//! A rejection as JSON: the record for everybody who may read it, the diary only for the person's sight.

use std::sync::Arc;

use jiff::Timestamp;
use rebound_domain::context::{Field, Fields};
use rebound_domain::governance::TenantSettings;
use rebound_domain::history::{Conclusion, Journey, JourneyStep, Phase, Rejection, Sight};
use serde::{Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::diary_view::{ContactView, FeedbackView, ReflectionView};
use super::form::is_kept;
use crate::components::{self, ConclusionResult, DecidedBy, Space, StepState};
use crate::v1::guidance::with_fields;

/// For whom and when something is shown.
pub(super) struct Showing {
    pub(super) sight: Sight,
    /// Whether the caller reads or writes for the person.
    pub(super) is_of_person: bool,
    pub(super) now: Timestamp,
    pub(super) settings: Arc<TenantSettings>,
}

impl Showing {
    /// Where to find somebody to talk to.
    pub(super) fn safety(&self) -> SafetyView<'_> {
        SafetyView { support_link: self.settings.support_link() }
    }
}

/// Where to find somebody to talk to.
#[derive(Serialize, ToSchema)]
#[schema(as = Safety)]
pub(super) struct SafetyView<'a> {
    /// A link of the tenant, or a directory of free helplines.
    #[schema(example = "https://findahelpline.com/")]
    support_link: &'a str,
}

/// The fields of a context that are kept, each only if it is known.
pub(super) struct KeptFields(Fields);

impl Serialize for KeptFields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl PartialSchema for KeptFields {
    fn schema() -> RefOr<Schema> {
        let doc = "The fields of a context, each only if it is known. `phase` and `causes` are the person's alone, and \
            for the person's sight `feedback` is what has come of asking so far.";
        let object = ObjectBuilder::new().description(Some(doc)).required(Field::Kind.name());
        RefOr::T(with_fields(object, is_kept, false).build().into())
    }
}

impl ToSchema for KeptFields {
    fn name() -> std::borrow::Cow<'static, str> {
        "KeptContext".into()
    }
}

/// A rejection. Members from `space` on are the person's: keys without `diary:read` do not get them.
#[derive(Serialize, ToSchema)]
#[schema(as = Rejection)]
pub(super) struct RejectionView<'a> {
    /// Its id.
    #[schema(example = "rej_01kdxyt3yxf9rbm3ryh1wnx8sq")]
    id: String,
    /// Whose it is.
    #[schema(example = "emp-1042")]
    user_id: &'a str,
    #[serde(flatten)]
    fields: KeptFields,
    /// The organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Example Ltd")]
    organization: Option<&'a str>,
    /// The role, idea, project or program.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Analyst")]
    role: Option<&'a str>,
    /// When the news came; for silence: when the person last heard something.
    #[schema(value_type = String, format = DateTime)]
    occurred_at: Timestamp,
    /// The id of another system.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    external_ref: Option<&'a str>,
    /// Who decided: `them`, `me` or `nobody`.
    #[schema(value_type = DecidedBy)]
    decided_by: &'static str,
    /// For silence: until when an answer was to be expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = DateTime)]
    response_due_at: Option<Timestamp>,
    /// Whether that moment has passed; only with `response_due_at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    response_overdue: Option<bool>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    result: Option<ResultView>,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When the record was last changed; says nothing of the diary.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Whose record it is: `employer` or `person`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<Space>)]
    space: Option<&'static str>,
    /// The next phase, if time has come for it; the person decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<components::Phase>)]
    suggested_phase: Option<&'static str>,
    /// The three steps: ask, analyse, react.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    journey: Option<StepsView>,
    /// Messages to those who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    contacts: Option<Vec<ContactView<'a>>>,
    /// Feedback: asked for, received, refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    feedback_items: Option<Vec<FeedbackView<'a>>>,
    /// Private reflections.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reflections: Option<Vec<ReflectionView<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    safety: Option<SafetyView<'a>>,
}

/// How a rejection ended.
#[derive(Serialize, ToSchema)]
#[schema(as = RejectionResult)]
struct ResultView {
    /// `reversed`, `reapplied`, `referred`, `hired_elsewhere` or `closed`.
    #[schema(value_type = ConclusionResult)]
    result: &'static str,
    /// The rejection that it is connected with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    linked_rejection: Option<String>,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
}

/// The three steps of the way, in this order.
#[derive(Serialize, ToSchema)]
#[schema(as = JourneySteps)]
pub(super) struct StepsView {
    ask: StepView,
    analyse: StepView,
    react: StepView,
}

/// One of the three steps.
#[derive(Serialize, ToSchema)]
#[schema(as = JourneyStep)]
struct StepView {
    /// `open`, `done` or `locked`.
    #[schema(value_type = StepState)]
    state: &'static str,
    /// What to do first, if it is locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    unlock: Option<&'static str>,
}

impl<'a> RejectionView<'a> {
    pub(super) fn new(showing: &'a Showing, user_id: &'a str, rejection: &'a Rejection) -> Self {
        let Showing { sight, now, .. } = showing;
        let (record, diary) = (&rejection.record, &rejection.diary);
        let is_person = *sight == Sight::Person;
        let journey = is_person.then(|| rejection.journey(*now));
        let due = record.response_due_at;
        Self {
            id: rejection.id.to_string(),
            user_id,
            fields: KeptFields(shown_fields(rejection, *sight, *now)),
            organization: record.organization.as_deref(),
            role: record.role.as_deref(),
            occurred_at: record.occurred_at,
            external_ref: record.external_ref.as_deref(),
            decided_by: record.decided_by.name(),
            response_due_at: due,
            response_overdue: due.map(|_| rejection.is_response_overdue(*now)),
            result: rejection.conclusion(*sight).map(ResultView::new),
            created_at: rejection.created_at,
            updated_at: rejection.updated_at,
            space: is_person.then(|| rejection.space.name()),
            suggested_phase: journey.and_then(|journey| journey.suggested_phase).map(Phase::name),
            journey: journey.as_ref().map(StepsView::new),
            contacts: is_person.then(|| diary.contacts.iter().map(|it| ContactView::new(it, None)).collect()),
            feedback_items: is_person
                .then(|| diary.feedback.iter().map(|it| FeedbackView::new(it, *now, None)).collect()),
            reflections: is_person.then(|| diary.reflections.iter().map(|it| ReflectionView::new(it, None)).collect()),
            safety: showing.is_of_person.then(|| showing.safety()),
        }
    }
}

/// The fields that `sight` may see, with what has come of asking for feedback.
fn shown_fields(rejection: &Rejection, sight: Sight, now: Timestamp) -> Fields {
    let fields = rejection.fields(sight).without(Field::DaysSince);
    let state = rejection.diary.feedback_state(now).filter(|_| sight == Sight::Person);
    state.map_or(fields, |state| fields.with(Field::Feedback, state.name()))
}

impl ResultView {
    fn new(conclusion: &Conclusion) -> Self {
        Self {
            result: conclusion.result.name(),
            linked_rejection: conclusion.linked_rejection.map(|id| id.to_string()),
            recorded_at: conclusion.recorded_at,
        }
    }
}

impl StepsView {
    pub(super) fn new(journey: &Journey) -> Self {
        let step = |step: &JourneyStep| StepView { state: step.state.name(), unlock: step.unlock };
        Self { ask: step(&journey.ask), analyse: step(&journey.analyse), react: step(&journey.react) }
    }
}
