//! Finds what a draft as a whole has or lacks: thanks, a next step, a length that is read to the end.

use super::code::{Code, Profile, Severity};
use super::meaning::{Fact, Meaning, Weight};
use super::sentence::{Draft, Sentence};
use super::{Found, Situation, span, tone};
use crate::context::Field;
use crate::language::{Mark, Word};

/// How many words a denial reaches.
const DENIAL_REACH: usize = 5;

/// The findings about the whole of a draft.
pub(super) fn find(draft: &Draft<'_>, profile: Profile, situation: Situation<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    if draft.words.is_empty() {
        return found;
    }
    let mut add = |code, severity, place| found.push(Found { code, severity, place });
    let says = |fact| draft.sentences.iter().any(|sentence| says(draft, sentence, fact));
    if !draft.sentences.iter().any(|sentence| self::says(draft, sentence, Fact::Thanks) && tone::thanks(sentence))
        && let Some(severity) = weight_of_thanks(profile, situation)
    {
        add(Code::NoGratitude, severity, draft.whole());
    }
    if profile == Profile::EmployerRejection
        && ![Fact::NextStep, Fact::FeedbackOffer, Fact::FutureInvitation].into_iter().any(says)
        && !has_address(draft.text)
    {
        add(Code::NoNextStep, Severity::Warning, draft.whole());
    }
    // What is too long begins with the first word that is too much.
    let most = draft.vocabulary.max_words;
    if draft.words.len() > most {
        add(Code::TooLong, Severity::Warning, draft.place(most..draft.words.len()));
    }
    found
}

/// Whether a sentence says something, does not deny it, and does not attack somebody with it.
fn says(draft: &Draft<'_>, sentence: &Sentence, fact: Fact) -> bool {
    let is_attack = |mark: &Mark<Meaning>| match mark.meaning {
        Meaning::Finding { code, weight: Weight::Critical } => !span::is_of_words(code),
        _ => false,
    };
    let denied = |mark: &Mark<Meaning>| {
        let first = mark.start().saturating_sub(DENIAL_REACH).max(sentence.words.start);
        (first..mark.start()).any(|word| {
            let words = draft.words.get(word..=mark.start()).unwrap_or_default();
            is_denial(words) && !tone::parts(words.get(1..).unwrap_or_default())
        })
    };
    !sentence.marks.iter().any(is_attack)
        && sentence.marks.iter().any(|mark| mark.meaning == Meaning::Fact(fact) && !denied(mark))
}

/// Whether words begin with a denial. "Do not hesitate" is none.
fn is_denial(words: &[Word<'_>]) -> bool {
    let text = |at: usize| words.get(at).map_or("", |word| &*word.text);
    let denies = matches!(text(0), "not" | "no" | "never" | "nobody" | "nothing" | "stop" | "unable" | "without");
    denies && !matches!(text(1), "hesitate" | "only" | "just" | "mind" | "longer")
}

/// Whether a text names a place to turn to: a mailbox or a page.
fn has_address(text: &str) -> bool {
    let is_address = |token: &str| {
        let inner = token.trim_matches(|character: char| !character.is_alphanumeric());
        inner.contains('@') || inner.contains("://") || (inner.contains('.') && inner.contains('/'))
    };
    text.split_whitespace().any(is_address)
}

/// How much it matters that nobody is thanked (rule C1); none where thanks would be odd.
fn weight_of_thanks(profile: Profile, situation: Situation<'_>) -> Option<Severity> {
    if profile == Profile::EmployerRejection || situation.is(Field::Conversation, &["held"]) {
        let is_dismissal = situation.is(Field::Kind, &["dismissal"]);
        return (!is_dismissal || profile == Profile::EmployerRejection).then_some(Severity::Warning);
    }
    let is_odd = situation.is(Field::Conversation, &["none"]) || situation.is(Field::Kind, &["dismissal"]);
    (!is_odd).then_some(Severity::Info)
}
