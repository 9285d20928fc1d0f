//! Traces, metrics and logs as a collector receives them: the story of requests, what must never be among it, and what
//! happens when nobody takes it.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod away;
mod configuration;
mod errors;
mod markers;
mod overlays;
mod sampling;
mod story;
mod world;
