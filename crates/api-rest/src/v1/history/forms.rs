//! The forms of all bodies: their members, what each holds, and an example.

use rebound_domain::feedback::{PlanGroup, Theme};
use rebound_domain::history::{
    ActionStatus, Channel, ConclusionResult, DecidedBy, EXTERNAL_REF_LENGTH, FeedbackStatus, NAME_LENGTH, NOTE_LENGTH,
    Phase, Purpose, TEXT_LENGTH, TITLE_LENGTH,
};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use super::form::Presence::{Kept, Optional, Required};
use super::form::Shape::{Answers, Choice, Choices, Id, Integer, Moment, Text};
use super::form::{Form, Member, Presence, Shape};

const fn row(name: &'static str, shape: Shape, presence: Presence, doc: &'static str) -> Member {
    Member { name, shape, presence, doc }
}

macro_rules! forms {
    ($($name:ident $doc:literal $kind:ident $example:literal [$($member:expr),* $(,)?];)+) => {$(
        #[doc = $doc]
        pub(super) struct $name;

        impl $name {
            /// Its form.
            pub(super) const FORM: &'static Form = &forms!(@ $kind $doc $example [$($member),*]);
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                Self::FORM.schema()
            }
        }

        impl ToSchema for $name {}
    )+};
    (@ record $doc:literal $example:literal $members:expr) => {
        Form { doc: $doc, has_context: true, is_patch: false, members: &$members, example: $example }
    };
    (@ record_patch $doc:literal $example:literal $members:expr) => {
        Form { doc: $doc, has_context: true, is_patch: true, members: &$members, example: $example }
    };
    (@ plain $doc:literal $example:literal $members:expr) => {
        Form { doc: $doc, has_context: false, is_patch: false, members: &$members, example: $example }
    };
    (@ patch $doc:literal $example:literal $members:expr) => {
        Form { doc: $doc, has_context: false, is_patch: true, members: &$members, example: $example }
    };
}

/// What a key for one user may do.
pub(crate) const TOKEN_SCOPES: &[&str] = &["guidance", "diary:read", "diary:write"];

const ORGANIZATION: Member = row("organization", Text(NAME_LENGTH), Optional, "The organization.");
const ROLE: Member = row("role", Text(NAME_LENGTH), Optional, "The role, idea, project or program.");
const REFERENCE: Member =
    row("external_ref", Text(EXTERNAL_REF_LENGTH), Optional, "The id of another system; unique in the tenant.");
const DUE: Member =
    row("response_due_at", Moment, Optional, "For silence: until when an answer was to be expected. Absent: 14 days.");

forms! {
    NewRejection "A rejection to record: the fields of a context, and what is kept beside them."
        record r#"{"kind": "job_application", "stage": "interview", "conversation_with": ["interviewer"],
            "organization": "Example Ltd", "role": "Analyst", "occurred_at": "2026-01-02T03:04:05Z", "external_ref": "ats-4711"}"#
    [
        ORGANIZATION,
        ROLE,
        row("occurred_at", Moment, Required, "When the news came; for silence: when the person last heard something."),
        REFERENCE,
        row("decided_by", Choice(DecidedBy::NAMES), Optional, "Who decided. Absent: nobody for silence, else them."),
        DUE,
    ];
    RejectionPatch "What to change of a rejection (RFC 7396): absent stays, null is taken away."
        record_patch r#"{"decision": "open_to_change", "role": "Senior analyst", "external_ref": null}"#
    [
        ORGANIZATION,
        ROLE,
        row("occurred_at", Moment, Kept, "When the news came; for silence: when the person last heard something."),
        REFERENCE,
        row("decided_by", Choice(DecidedBy::NAMES), Kept, "Who decided."),
        DUE,
    ];
    Advance "A phase to move to."
        plain r#"{"to": "processing"}"#
    [row("to", Choice(Phase::NAMES), Required, "The phase. Time only suggests it; the person decides.")];
    NewContact "A message that was sent."
        plain r#"{"purpose": "thank_you", "channel": "email", "sent_at": "2026-01-02T03:04:05Z"}"#
    [
        row("purpose", Choice(Purpose::NAMES), Required, "What it was for."),
        row("channel", Choice(Channel::NAMES), Required, "How it was sent."),
        row("sent_at", Moment, Required, "When it was sent."),
    ];
    NewFeedback "Feedback that was asked for, came or was refused."
        plain r#"{"received_at": "2026-01-02T03:04:05Z", "text": "We missed an example of your own work."}"#
    [
        row("status", Choice(FeedbackStatus::NAMES), Optional,
            "What has come of it. Absent: received if there is a text or a date of it, else requested."),
        row("asked_at", Moment, Optional, "When it was asked for."),
        row("received_at", Moment, Optional, "When it came."),
        row("text", Text(TEXT_LENGTH), Optional, "What was said."),
        row("themes", Choices(Theme::NAMES), Optional, "What to work on. Absent: proposed from the text."),
        row("positives", Choices(Theme::NAMES), Optional, "What was praised. Absent: proposed from the text."),
    ];
    FeedbackPatch "What to correct of feedback (RFC 7396): absent stays, null empties a list."
        patch r#"{"themes": ["communication"], "positives": []}"#
    [
        row("status", Choice(FeedbackStatus::NAMES), Kept, "What has come of it."),
        row("asked_at", Moment, Kept, "When it was asked for."),
        row("received_at", Moment, Kept, "When it came."),
        row("text", Text(TEXT_LENGTH), Optional, "What was said. Null takes it away."),
        row("themes", Choices(Theme::NAMES), Optional, "What to work on, as the person confirms it."),
        row("positives", Choices(Theme::NAMES), Optional, "What was praised, as the person confirms it."),
    ];
    NewReflection "A private reflection."
        plain r#"{"answers": [{"prompt": "what-went-well", "text": "I stayed calm when I did not know an answer."}]}"#
    [
        row("answers", Answers, Required, "Answers to prompts of the catalog."),
        row("revisit_at", Moment, Optional, "When to read it again. Absent: as the prompts say."),
    ];
    NewOutcome "How it ended."
        plain r#"{"result": "reversed"}"#
    [
        row("result", Choice(ConclusionResult::NAMES), Required, "What came of it."),
        row("linked_rejection", Id("rej"), Optional, "The rejection that it is connected with."),
    ];
    NewActionItem "Something that a person sets out to do."
        plain r#"{"title": "Prepare three examples of my own work", "group": "interview"}"#
    [
        row("title", Text(TITLE_LENGTH), Required, "What to do."),
        row("note", Text(NOTE_LENGTH), Optional, "More about it."),
        row("group", Choice(PlanGroup::NAMES), Optional, "Where it belongs. Absent: where its theme belongs, else other."),
        row("theme", Choice(Theme::NAMES), Optional, "What it works on."),
        row("rejection_id", Id("rej"), Optional, "The rejection that it grew from."),
        row("feedback_id", Id("fbk"), Optional, "The feedback that it grew from; needs rejection_id."),
        row("due_at", Moment, Optional, "Until when."),
    ];
    ActionItemPatch "What to change of an action item (RFC 7396): absent stays, null is taken away."
        patch r#"{"status": "done", "due_at": null}"#
    [
        row("title", Text(TITLE_LENGTH), Kept, "What to do."),
        row("note", Text(NOTE_LENGTH), Optional, "More about it."),
        row("group", Choice(PlanGroup::NAMES), Kept, "Where it belongs."),
        row("theme", Choice(Theme::NAMES), Optional, "What it works on."),
        row("status", Choice(ActionStatus::NAMES), Kept, "How far it is."),
        row("due_at", Moment, Optional, "Until when."),
    ];
    NewUserToken "A key for one user."
        plain r#"{"scopes": ["diary:read", "diary:write"], "ttl_seconds": 900}"#
    [
        row("scopes", Choices(TOKEN_SCOPES), Required,
            "What it may do; only what your own key may."),
        row("ttl_seconds", Integer(3_600), Required, "For how many seconds it is valid."),
    ];
}
