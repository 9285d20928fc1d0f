//! Checks a draft before it is sent: a person's answer to a rejection, or an employer's rejection. It finds words that
//! the writer may regret and says why; it blocks nothing, and keeps and repeats nothing of the text.

mod asks;
mod code;
mod content;
mod disguise;
mod meaning;
mod placeholder;
mod report;
mod request;
mod sentence;
mod shouting;
mod span;
mod tone;
mod vocabulary;

use std::ops::{Range, RangeInclusive};

pub use code::{Code, Profile, Severity, Verdict};
pub use report::{Finding, Report, report};
pub use request::CheckRequest;

use crate::context::{Context, Field};
use sentence::Draft;

/// How many characters a draft has.
pub const TEXT_LENGTH: RangeInclusive<usize> = 1..=10_000;

/// How many findings a report has at most.
pub const MAX_FINDINGS: usize = 100;

/// How many hours to wait before reading a heated draft again.
pub const COOL_OFF_HOURS: u32 = 24;

/// Something found in a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// Where it is in the text as given, in Unicode scalar values, the end not included. Never empty.
    pub place: Range<usize>,
}

/// What there is to find in a draft in English, in the order of the text; none for a text without a word.
///
/// What depends on the situation follows the context, in which unknown never counts as yes. The time grows with the
/// length of the text; callers limit that.
#[must_use]
pub fn find(text: &str, profile: Profile, context: Option<&Context>) -> Vec<Found> {
    let situation = Situation(context);
    let draft = Draft::read(text, vocabulary::of(profile));
    let mut found = tone::find(&draft);
    found.extend(disguise::find(text, draft.vocabulary));
    found.extend(shouting::find(&draft));
    found.extend(placeholder::find(text, draft.vocabulary));
    found.extend(content::find(&draft, profile, situation));
    found.extend(asks::find(&draft, profile, situation));
    joined(found)
}

/// Reads the words that the check needs, so that nobody waits for them who asks first. Later calls do nothing.
pub fn load() {
    for profile in Profile::ALL {
        let _ = vocabulary::of(*profile);
    }
}

/// What is known of the situation of a draft.
#[derive(Clone, Copy)]
struct Situation<'a>(Option<&'a Context>);

impl Situation<'_> {
    /// Whether a field is known to have one of these values.
    fn is(self, field: Field, values: &[&str]) -> bool {
        self.0.is_some_and(|context| context.values(field).any(|value| values.contains(&value)))
    }
}

/// Findings in the order of the text, those of one code that touch as one, the graver severity with them.
fn joined(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|one| (one.code, one.place.start, one.place.end));
    let mut joined: Vec<Found> = Vec::with_capacity(found.len());
    for one in found {
        match joined.last_mut().filter(|last| last.code == one.code && one.place.start <= last.place.end) {
            Some(last) => {
                last.place.end = last.place.end.max(one.place.end);
                last.severity = last.severity.max(one.severity);
            }
            None => joined.push(one),
        }
    }
    // Where there are too many, the gravest stay.
    joined.sort_by_key(|one| std::cmp::Reverse(one.severity));
    joined.truncate(MAX_FINDINGS);
    joined.sort_by_key(|one| (one.place.start, one.place.end, one.code));
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::STEPS;

    fn steps(text: &str, profile: Profile) -> u64 {
        let before = STEPS.get();
        let _ = find(text, profile, None);
        STEPS.get() - before
    }

    #[test]
    fn a_hundred_times_the_text_takes_a_hundred_times_the_steps() {
        for piece in [
            "you are so very very not ",
            "i would never ever have to do this to you if you had only not been late ",
            "Thank you. You should have told me, and I hope that nobody else waits so long. ",
            "please tell me why why why ",
            "\"you people\" are \"nice\" ",
        ] {
            for profile in Profile::ALL {
                let (short, long) = (piece.repeat(10), piece.repeat(1000));
                let (few, many) = (steps(&short, *profile), steps(&long, *profile));
                assert!(few > 0 && many <= few * 130, "{piece}: {few} and {many}");
            }
        }
    }
}
