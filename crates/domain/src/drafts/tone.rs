//! Finds by phrases: what is said, unless it is denied, quoted or reported.

use super::code::{Code, Severity};
use super::meaning::{Fact, Meaning, Weight};
use super::sentence::{Draft, Sentence};
use super::{Found, span};
use crate::language::{Break, Mark, Word};

/// How many words a negation reaches.
const NEGATION_REACH: usize = 5;

/// How many words "you said that" reaches.
const REPORT_REACH: usize = 6;

/// The findings that phrases make.
pub(super) fn find(draft: &Draft<'_>) -> Vec<Found> {
    let is_graceful = draft.sentences.iter().any(thanks) && draft.sentences.iter().any(|one| says(one, Fact::Grace));
    // Who takes the news well is believed, but a gap or a swear word is one all the same.
    let is_plain =
        |code, weight| weight > Weight::Hint && (!is_graceful || weight > Weight::Warning || span::is_of_words(code));
    let mut by_sentence: Vec<Vec<Found>> =
        draft.sentences.iter().map(|sentence| said(draft, sentence, is_plain)).collect();
    // Where nobody is thanked, or somebody is attacked, a hint is meant badly, too.
    let is_grave = |found: &Found| found.severity == Severity::Critical && !span::is_of_words(found.code);
    if by_sentence.iter().flatten().any(is_grave) || !draft.sentences.iter().any(thanks) {
        for (found, sentence) in by_sentence.iter_mut().zip(&draft.sentences) {
            found.extend(said(draft, sentence, |code, weight| !is_plain(code, weight)));
        }
    }
    let mut found: Vec<Found> = by_sentence.into_iter().flat_map(span::joined).collect();
    found.extend(draft.quoted.iter().filter_map(|quoted| scare_quotes(draft, quoted)));
    found
}

/// What a sentence says by phrases of some weights.
fn said(draft: &Draft<'_>, sentence: &Sentence, is_wanted: impl Fn(Code, Weight) -> bool) -> Vec<Found> {
    let found = |mark: &Mark<Meaning>| {
        let Meaning::Finding { code, weight } = mark.meaning else { return None };
        let is_outweighed = weight != Weight::Critical
            && (is_thanked_for(draft, sentence, mark, code)
                || (code == Code::ProtectedCharacteristic && says(sentence, Fact::OpenToAll)));
        let is_said = is_wanted(code, weight)
            && !is_outweighed
            && is_meant(draft, sentence, mark, code)
            && !is_name(draft, sentence, mark, code);
        let place = || span::place(draft, sentence, mark.start()..mark.end(), code);
        is_said.then(|| Found { code, severity: weight.severity(), place: place() })
    };
    sentence.marks.iter().filter_map(found).collect()
}

/// Whether a swear word is somebody's name: it has a capital within a sentence, and so has the word behind it.
fn is_name(draft: &Draft<'_>, sentence: &Sentence, mark: &Mark<Meaning>, code: Code) -> bool {
    let is_capital = |number: usize| {
        let word = draft.words.get(number).filter(|word| word.before == Break::None || number == mark.start());
        word.and_then(|word| draft.text.get(word.bytes.clone()))
            .is_some_and(|written| written.starts_with(char::is_uppercase) && written.contains(char::is_lowercase))
    };
    code == Code::Profanity
        && mark.words.len() == 1
        && mark.start() > sentence.words.start
        && is_capital(mark.start())
        && is_capital(mark.start() + 1)
}

fn says(sentence: &Sentence, fact: Fact) -> bool {
    sentence.marks.iter().any(|mark| mark.meaning == Meaning::Fact(fact))
}

/// Whether a sentence thanks, and means it.
pub(super) fn thanks(sentence: &Sentence) -> bool {
    let is_mocking = |mark: &Mark<Meaning>| matches!(mark.meaning, Meaning::Finding { code: Code::Sarcasm, weight } if weight > Weight::Hint);
    says(sentence, Fact::Thanks) && !sentence.marks.iter().any(is_mocking)
}

/// Whether a mark stands in what the writer gives thanks for or says warmly: nobody complains in the same breath.
fn is_thanked_for(draft: &Draft<'_>, sentence: &Sentence, mark: &Mark<Meaning>, code: Code) -> bool {
    let can_be = matches!(
        code,
        Code::Pressure
            | Code::Pleading
            | Code::Blame
            | Code::Defensive
            | Code::SelfDeprecation
            | Code::ProtectedCharacteristic
    );
    let is_same_breath = |other: &Mark<Meaning>| {
        let between = other.end().min(mark.end())..mark.start().max(other.start());
        let turns =
            |word: &Word<'_>| word.before >= Break::Part || matches!(&*word.text, "but" | "although" | "though");
        matches!(other.meaning, Meaning::Fact(Fact::Thanks | Fact::Warmth))
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
