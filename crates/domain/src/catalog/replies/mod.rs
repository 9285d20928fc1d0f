//! Replies as content: which variables a text takes, which situations change it, when sending it is unwise, and its
//! words by channel, tone and length. The words are templates, which `engine` parses when the catalog is loaded.

mod check;
mod engine;
mod load;
mod model;
mod reading;
mod source;

pub use engine::{Rendered, Scope};
pub use model::*;

pub(super) use check::check;
pub(super) use engine::Engine;
pub(super) use load::engine;
