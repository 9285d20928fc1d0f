//! Themes in the feedback that a person received, proposed from its text for the person to correct: what was praised
//! and what there is to work on. Never a score of the person, and never more than the words of the text say.

mod clause;
mod meaning;
mod reading;
mod theme;
mod vocabulary;

use std::ops::Range;

pub use theme::{PlanGroup, Theme};

/// A theme that a text seems to speak of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What it is about.
    pub theme: Theme,
    /// `true` for a strength that was praised, `false` for something to work on.
    pub positive: bool,
    /// The words that led to it, in their order: places in the text as it was given, in Unicode scalar values, the
    /// end not included. Never empty, and no two touch.
    pub evidence: Vec<Range<usize>>,
}

/// Proposes the themes of a feedback in English, by theme, a strength before something to work on; at most one
/// proposal for each of the two.
///
/// The same text always gives the same proposals. The time grows with the length of the text; callers limit that.
#[must_use]
pub fn propose(text: &str) -> Vec<Proposal> {
    reading::read(text, &vocabulary::ENGLISH)
}
