//! Composes a reply that a person can send: the words of the catalog with what the person fills in, in every form that
//! a program may need. A reply that the situation makes unwise is refused, unless the caller insists. Pure; nothing of
//! what a person fills in is kept.

mod compose;
mod eml;
mod html;
mod mailto;
mod objection;
mod request;
mod value;

pub use compose::{Composed, Missing, Words, channels, compose};
pub use request::{ReplyRequest, Sent};
pub use value::accepts;
