//! Fragments: what holds for all of them, and what each part of a request does.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod asked;
mod brands;
mod html;
mod languages;
mod properties;
mod wide_words;
