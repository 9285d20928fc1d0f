//! The check of drafts.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod corpus;
mod reading;
