//! Guidance and catalog over REST: answers, caching, streams, and what is refused.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod admin;
mod bad_input;
mod batch;
mod caching;
mod catalog;
mod fields;
mod keys;
mod operations;
