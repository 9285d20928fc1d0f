//! The history of a person: rejections with what the employer's side recorded and, apart from it, what the person
//! wrote; the way through them; and what can be learned from them. Rules stand here; how it is kept does not.

mod action_item;
mod aggregates;
mod cadence;
pub mod commands;
mod diary;
mod insights;
mod journey;
mod plan;
mod record;
mod service;
mod store;
mod timeline;
mod user;

pub use action_item::{ActionItem, ActionStatus, NOTE_LENGTH, TITLE_LENGTH};
pub use aggregates::{Aggregates, Dimension, MIN_PEOPLE, aggregates};
pub use diary::{
    Channel, Conclusion, ConclusionResult, Contact, Diary, FEEDBACK_DAYS, Feedback, FeedbackStatus, MAX_ITEMS, Purpose,
    Reflection, ReflectionAnswer, TEXT_LENGTH,
};
pub use insights::{Insights, MIN_SAMPLE, Window};
pub use journey::{Journey, JourneyStep, Phase, StepState};
pub use plan::{DevelopmentPlan, Mention, PlanSection};
pub use record::{
    DecidedBy, EXTERNAL_REF_LENGTH, NAME_LENGTH, PERSONAL_FIELDS, RESPONSE_DAYS, Record, Rejection, Sight, Space,
    Versions,
};
pub use service::{
    AGGREGATE_SCOPES, Actor, DIARY_READ_SCOPES, DIARY_WRITE_SCOPES, Done, ERASE_SCOPES, Export, ExportPage, History,
    NewToken, PersonalGuidance, READ_SCOPES, RequestKey, Token, WRITE_SCOPES, Wish,
};
pub use store::{Change, Committed, Erased, HistoryStore, Idempotency, RejectionFilter, Shown, ShownTip, Tally, Write};
pub use timeline::{Entry, EntryType};
pub use user::{Owner, USER_ID_LENGTH, UserId};
