//! What a careful reader would mark for a finding: a word for what is a word, else the clause that says it, and the whole
//! sentence where a condition or the tone of all of it makes it what it is.

use std::ops::Range;

use super::Found;
use super::code::Code;
use super::sentence::{Draft, Sentence};
use crate::language::{Break, Word};

/// How many words a sentence has at most that is marked as a whole where it argues, begs or demands: its reason is a part
/// of it.
const SHORT_SENTENCE: usize = 20;

/// How much of a sentence is marked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Words,
    Clause,
    /// The sentence if it is short or names a condition, else the clause.
    Argument,
    Sentence,
}

const fn extent(code: Code) -> Extent {
    match code {
        Code::Profanity | Code::SaysRejected | Code::Placeholder | Code::Shouting => Extent::Words,
        Code::Threat | Code::Pressure | Code::Blame | Code::Defensive | Code::Pleading | Code::SelfDeprecation => {
            Extent::Argument
        }
        Code::Sarcasm | Code::AgainstPolicy => Extent::Sentence,
        _ => Extent::Clause,
    }
}

/// Whether a finding of this kind is a matter of words, whatever they say.
pub(super) const fn is_of_words(code: Code) -> bool {
    matches!(extent(code), Extent::Words)
}

/// Where a finding stands of which these words of a sentence tell.
pub(super) fn place(draft: &Draft<'_>, sentence: &Sentence, words: Range<usize>, code: Code) -> Range<usize> {
    draft.place(match extent(code) {
        Extent::Words => words,
        Extent::Sentence => sentence.words.clone(),
        Extent::Argument if sentence.words.len() <= SHORT_SENTENCE || is_conditional(draft, sentence) => {
            sentence.words.clone()
        }
        Extent::Clause | Extent::Argument => clause(draft, sentence, words),
    })
}

/// The findings of a sentence, those of one code as one from the first to the last: a reader marks no clause between two
/// of a kind as something else. Words stay single.
pub(super) fn joined(found: Vec<Found>) -> Vec<Found> {
    let mut joined: Vec<Found> = Vec::with_capacity(found.len());
    for one in found {
        let same = |other: &&mut Found| other.code == one.code && !is_of_words(one.code);
        match joined.iter_mut().find(same) {
            Some(first) => {
                first.place = first.place.start.min(one.place.start)..first.place.end.max(one.place.end);
                first.severity = first.severity.max(one.severity);
            }
            None => joined.push(one),
        }
    }
    joined
}

/// The words with those around them up to the next comma, bracket, colon or dash.
fn clause(draft: &Draft<'_>, sentence: &Sentence, words: Range<usize>) -> Range<usize> {
    let all = draft.words.get(sentence.words.clone()).unwrap_or_default();
    let first = sentence.words.start;
    let is_break = |word: &Word<'_>| word.before >= Break::Part;
    let (head, tail) = (words.start.saturating_sub(first), words.end.saturating_sub(first));
    let start = all.get(..=head).and_then(|before| before.iter().rposition(is_break)).unwrap_or_default();
    let end =
        all.get(tail..).and_then(|after| after.iter().position(is_break)).map_or(all.len(), |length| tail + length);
    // What ties the clause to the one before says nothing itself.
    let is_tie = |word: &Word<'_>| matches!(&*word.text, "and" | "but" | "or" | "so");
    let tied = usize::from(start + 1 < tail && all.get(start).is_some_and(is_tie));
    first + start + tied..first + end
}

fn is_conditional(draft: &Draft<'_>, sentence: &Sentence) -> bool {
    let words = draft.words.get(sentence.words.clone()).unwrap_or_default();
    let condition = |word: &Word<'_>| matches!(&*word.text, "if" | "unless" | "otherwise" | "until" | "or");
    words.first().is_some_and(|word| word.text == "should") || words.iter().any(condition)
}
