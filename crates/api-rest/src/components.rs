//! The enumerations of the OpenAPI document, each a component with the name that the proto gives it and the values of the
//! domain, and how a place in the document refers to a component. An enumeration stands nowhere else.

use rebound_domain::catalog::{self, StepPhase as Part};
use rebound_domain::context::Field;
use rebound_domain::{access, drafts, feedback, fragments, governance, history, send_time};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, RefBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::v1::history::{AGGREGATE_WINDOWS, TOKEN_SCOPES};

/// Declares the components: a type for each, which views name as the type of a member, and the list of all.
macro_rules! enumerations {
    ($($name:ident $values:expr, $doc:literal;)+) => {
        $(
            #[doc = $doc]
            pub(crate) struct $name;

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    let text = ObjectBuilder::new().schema_type(Type::String).description(Some($doc));
                    text.enum_values(Some(Vec::from($values))).into()
                }
            }

            impl ToSchema for $name {}
        )+

        /// The component with these values.
        fn name_of(values: &[&str]) -> Option<&'static str> {
            let known = [$((stringify!($name), Vec::from($values))),+];
            known.into_iter().find_map(|(name, others)| (others == values).then_some(name))
        }

        /// Every enumeration by its name.
        pub(crate) fn enumerations() -> impl Iterator<Item = (&'static str, RefOr<Schema>)> {
            let known: [(_, fn() -> RefOr<Schema>); _] = [$((stringify!($name), $name::schema)),+];
            known.into_iter().map(|(name, schema)| (name, schema()))
        }
    };
}

enumerations! {
    Kind Field::Kind.values(), "What was turned down.";
    Outcome Field::Outcome.values(), "Whether there was a no, or no answer at all.";
    Stage Field::Stage.values(), "How far it went.";
    Conversation Field::Conversation.values(), "Whether anybody talked with the person.";
    ConversationWith Field::ConversationWith.values(), "Somebody who talked with the person.";
    Notice Field::Notice.values(), "How the person was told.";
    Reason Field::Reasons.values(), "A reason that the deciding side gave. A code can be retired, never removed or reused.";
    FeedbackPolicy Field::FeedbackPolicy.values(), "Whether the deciding side gives feedback.";
    Feedback Field::Feedback.values(), "What has come of asking for feedback.";
    Cause Field::Causes.values(), "The person's own guess at a cause.";
    Opening Field::Opening.values(), "What became of the opening.";
    Decision Field::Decision.values(), "Whether the decision may still change.";
    Attachment Field::Attachment.values(), "What the person had set their heart on.";
    OtherApplications Field::OtherApplications.values(), "How the person's other applications stand.";
    Phase Field::Phase.values(), "Where the person is.";
    Audience Field::Audience.values(), "Who reads the advice: the person in private, a recipient of a text in the employer's name, or HR.";
    StepPhase Part::ALL.map(Part::name), "The part of the way that a step belongs to, in the order in which steps are shown.";
    FragmentFormat fragments::Format::NAMES, "A form of a fragment.";
    Voice fragments::Voice::NAMES, "Who speaks: `we`, the employer by its `name`, or nobody in particular.";
    Dialect fragments::Dialect::NAMES, "How a system writes its merge tags; `generic` covers all of them.";
    Tone catalog::Tone::NAMES, "How a reply sounds.";
    Length catalog::Length::NAMES, "How much a reply says.";
    DraftProfile drafts::Profile::NAMES, "A person's answer to a rejection, or an employer's rejection.";
    DraftVerdict drafts::Verdict::NAMES, "What to do with a draft. `fine`: nothing stands against it. `revise`: better changed. `hold`: better kept for a while.";
    DraftSeverity drafts::Severity::NAMES, "`info`: worth a thought. `warning`: better changed. `critical`: would do lasting harm.";
    DraftCode drafts::Code::NAMES, "What was found in a draft.";
    Space history::Space::NAMES, "Whose record it is.";
    DecidedBy history::DecidedBy::NAMES, "Who decided: they, the person, or nobody.";
    Purpose history::Purpose::NAMES, "What a message was for.";
    Channel history::Channel::NAMES, "The way that a message goes.";
    FeedbackStatus history::FeedbackStatus::NAMES, "What has come of one piece of feedback; `timed_out` after 14 days without an answer.";
    ConclusionResult history::ConclusionResult::NAMES, "What came of a rejection.";
    StepState history::StepState::NAMES, "How a step of the journey stands.";
    ActionStatus history::ActionStatus::NAMES, "How far an action item is.";
    PlanGroup feedback::PlanGroup::NAMES, "A part of a development plan.";
    Theme feedback::Theme::NAMES, "What feedback is about.";
    BulkConfirmation governance::BulkConfirmation::NAMES, "Whether a batch of fragments has to be previewed before it is rendered.";
    SendRuleCode send_time::Rule::NAMES, "A rule about when to send.";
    Scope access::Scope::ALL.map(access::Scope::name), "Something that a key may do.";
    TokenScope TOKEN_SCOPES, "Something that a key for one person may do.";
    AggregateWindow AGGREGATE_WINDOWS, "How many days counts over all people go back.";
}

/// One of the values of an enumeration, with what it means in this place.
pub(crate) fn one_of(values: &[&str], doc: &str) -> RefOr<Schema> {
    reference(name_of(values).unwrap_or_default(), doc)
}

/// The same where null counts as absent.
pub(crate) fn one_of_or_null(values: &[&str], doc: &str) -> RefOr<Schema> {
    nullable(name_of(values).unwrap_or_default(), doc)
}

/// What a component describes, with what it means in this place.
pub(crate) fn reference(component: &str, doc: &str) -> RefOr<Schema> {
    RefBuilder::new().ref_location_from_schema_name(component).description(Some(doc)).into()
}

/// The same where null counts as absent.
pub(crate) fn nullable(component: &str, doc: &str) -> RefOr<Schema> {
    let null = ObjectBuilder::new().schema_type(Type::Null);
    OneOfBuilder::new().item(reference(component, "")).item(null).description(Some(doc)).into()
}
