//! Finds by phrases: what is said, unless it is denied, quoted or reported.

use super::Found;
use super::code::{Code, Severity};
use super::meaning::{Fact, Meaning, Weight};
use super::sentence::{Draft, Sentence};
use crate::language::{Break, Mark, Word};

/// How many words a negation reaches.
const NEGATION_REACH: usize = 5;

/// How many words "you said that" reaches.
const REPORT_REACH: usize = 6;

/// The findings that phrases make.
pub(super) fn find(draft: &Draft<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let is_kind = draft.sentences.iter().any(thanks);
    for sentence in &draft.sentences {
        for mark in &sentence.marks {
            let Meaning::Finding { code, weight } = mark.meaning else { continue };
            let place = draft.place(mark.start()..mark.end());
            let is_outweighed = match weight {
                Weight::Hint => is_kind,
                Weight::Warning if code == Code::ProtectedCharacteristic => {
                    says(sentence, Fact::OpenToAll) || is_thanked_for(draft, sentence, mark, code)
                }
                Weight::Warning => is_thanked_for(draft, sentence, mark, code),
                Weight::Critical => false,
            };
            if !is_outweighed && is_meant(draft, sentence, mark, code) {
                found.push(Found { code, severity: weight.severity(), place });
            }
        }
    }
    found.extend(draft.quoted.iter().filter_map(|quoted| scare_quotes(draft, quoted)));
    found
}

fn says(sentence: &Sentence, fact: Fact) -> bool {
    sentence.marks.iter().any(|mark| mark.meaning == Meaning::Fact(fact))
}

/// Whether a sentence thanks, and means it.
pub(super) fn thanks(sentence: &Sentence) -> bool {
    let is_mocking = |mark: &Mark<Meaning>| matches!(mark.meaning, Meaning::Finding { code: Code::Sarcasm, weight } if weight > Weight::Hint);
    says(sentence, Fact::Thanks) && !sentence.marks.iter().any(is_mocking)
}

/// Whether a mark stands in what the writer gives thanks for: whoever thanks for something does not complain of it in
/// the same breath.
fn is_thanked_for(draft: &Draft<'_>, sentence: &Sentence, mark: &Mark<Meaning>, code: Code) -> bool {
    let can_be = matches!(
        code,
        Code::Pressure | Code::Pleading | Code::Blame | Code::SelfDeprecation | Code::ProtectedCharacteristic
    );
    let is_same_breath = |other: &Mark<Meaning>| {
        let between = other.end().min(mark.end())..mark.start().max(other.start());
        let turns =
            |word: &Word<'_>| word.before >= Break::Part || matches!(&*word.text, "but" | "although" | "though");
        other.meaning == Meaning::Fact(Fact::Thanks)
            && !draft.words.get(between.start..=between.end).unwrap_or_default().iter().any(turns)
    };
    can_be && sentence.marks.iter().any(is_same_breath)
}

/// Whether the writer says it as the writer's own.
fn is_meant(draft: &Draft<'_>, sentence: &Sentence, mark: &Mark<Meaning>, code: Code) -> bool {
    match code {
        // The words themselves are the matter.
        Code::Profanity | Code::SaysRejected | Code::Placeholder => return true,
        Code::ProtectedCharacteristic | Code::Discrimination => {}
        _ => {
            let place = draft.place(mark.start()..mark.end());
            let before = draft.quoted.partition_point(|quote| quote.start <= place.start);
            let is_quoted = draft.quoted[..before].last().is_some_and(|quote| place.end <= quote.end);
            if is_quoted || is_after(draft, sentence, mark, Meaning::Reported, REPORT_REACH) {
                return false;
            }
        }
    }
    let reach = if code == Code::Discrimination { 1 } else { NEGATION_REACH };
    is_of_another(draft, mark) || !is_after(draft, sentence, mark, Meaning::Negate, reach)
}

/// Whether a mark begins with somebody who acts, and not with what somebody did not say or think of them.
fn is_of_another(draft: &Draft<'_>, mark: &Mark<Meaning>) -> bool {
    let text = |number: usize| draft.words.get(number).map_or("", |word| &*word.text);
    let is_subject = matches!(text(mark.start()), "i" | "we" | "you" | "they" | "he" | "she");
    let before = mark.start().checked_sub(1).map_or("", text);
    let is_said = matches!(
        before,
        "not"
            | "that"
            | "think"
            | "say"
            | "said"
            | "believe"
            | "feel"
            | "mean"
            | "because"
            | "if"
            | "whether"
            | "claim"
            | "thinking"
            | "saying"
    );
    is_subject && !is_said
}

/// Whether a phrase of this meaning stands before a mark, near enough, in the same part of the sentence.
fn is_after(draft: &Draft<'_>, sentence: &Sentence, mark: &Mark<Meaning>, meaning: Meaning, reach: usize) -> bool {
    let reaches = |other: &Mark<Meaning>| {
        other.meaning == meaning
            && other.end() <= mark.start()
            && mark.start() - other.end() < reach
            && !parts(draft.words.get(other.end()..=mark.start()).unwrap_or_default())
    };
    sentence.marks.iter().any(reaches)
}

/// Whether something new is said among these words: behind a comma, a "but", or an "or" after which somebody acts.
pub(super) fn parts(words: &[Word<'_>]) -> bool {
    let is_new = |pair: &[Word<'_>]| {
        matches!(&*pair[0].text, "or" | "and") && matches!(&*pair[1].text, "i" | "we" | "you" | "they" | "he" | "she")
    };
    words.iter().any(|word| word.before >= Break::Part || word.text == "but") || words.windows(2).any(is_new)
}

/// A word or two in quotation marks after "your": the writer means the opposite.
fn scare_quotes(draft: &Draft<'_>, quoted: &std::ops::Range<usize>) -> Option<Found> {
    let first = draft.words.partition_point(|word| word.place.start < quoted.start);
    let last = draft.words.partition_point(|word| word.place.start < quoted.end);
    let before = draft.words.get(first.checked_sub(1)?)?;
    // A name in quotation marks is a title.
    let is_title = draft.words.get(first..last)?.iter().any(|word| begins_with_capital(draft, word));
    let is_theirs = !is_title && matches!(&*before.text, "your" | "such" | "their");
    let is_short = (1..=2).contains(&(last - first));
    (is_theirs && is_short && before.place.end + 2 >= quoted.start).then(|| Found {
        code: Code::Sarcasm,
        severity: Severity::Warning,
        place: draft.place(first - 1..last),
    })
}

fn begins_with_capital(draft: &Draft<'_>, word: &Word<'_>) -> bool {
    draft.text.get(word.bytes.clone()).and_then(|written| written.chars().next()).is_some_and(char::is_uppercase)
}
