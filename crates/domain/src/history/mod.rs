//! The history of a person: rejections with what the employer's side recorded and, apart from it, what the person
//! wrote; the way through them; and what can be learned from them. Rules stand here; how it is kept does not.

mod action_item;
mod diary;
mod record;
mod store;
mod timeline;
mod user;

pub use action_item::{ActionItem, ActionStatus};
pub use diary::{
    Channel, Conclusion, ConclusionResult, Contact, Diary, FEEDBACK_DAYS, Feedback, FeedbackStatus, Purpose,
    Reflection, ReflectionAnswer,
};
pub use record::{DecidedBy, PERSONAL_FIELDS, Record, Rejection, Sight, Space, Versions};
pub use store::{Change, Committed, Erased, HistoryStore, Idempotency, RejectionFilter, Shown, ShownTip, Tally, Write};
pub use timeline::{Entry, EntryType};
pub use user::{Owner, USER_ID_LENGTH, UserId};
