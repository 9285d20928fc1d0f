//! Finds shouting: words in capital letters that are no abbreviations, and rows of exclamation marks.

use std::ops::Range;

use super::Found;
use super::code::{Code, Severity};
use super::sentence::Draft;

/// Finds what is shouted.
pub(super) fn find(draft: &Draft<'_>) -> Vec<Found> {
    let capitals = capitals(draft).into_iter();
    let places = capitals.chain(marks(draft.text));
    places.map(|place| Found { code: Code::Shouting, severity: Severity::Warning, place }).collect()
}

/// Rows of words in capital letters in which somebody speaks: among them are words of which no abbreviation is made.
fn capitals(draft: &Draft<'_>) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut row: Option<Range<usize>> = None;
    for (number, word) in draft.words.iter().enumerate() {
        let written = draft.text.get(word.bytes.clone()).unwrap_or_default();
        let has_letters = written.chars().any(char::is_alphabetic);
        let is_capital = has_letters && !written.chars().any(char::is_lowercase);
        let is_link = !has_letters || (written.chars().count() == 1 && is_capital);
        match (&mut row, is_capital, is_link) {
            (Some(row), true, _) => row.end = number + 1,
            (None, true, _) => row = Some(number..number + 1),
            (Some(_), false, true) => {}
            (_, false, _) => places.extend(row.take().and_then(|row| shouted(draft, row))),
        }
    }
    places.extend(row.and_then(|row| shouted(draft, row)));
    places
}

/// The place of a row if it is shouted.
fn shouted(draft: &Draft<'_>, row: Range<usize>) -> Option<Range<usize>> {
    let before = row.start.checked_sub(1).and_then(|before| draft.words.get(before));
    if before.is_some_and(|word| matches!(&*word.text, "re" | "ref" | "subject")) {
        return None;
    }
    let words = &draft.words[row.clone()];
    let long = words.iter().filter(|word| word.place.len() >= 2 && word.text.chars().any(char::is_alphabetic)).count();
    let is_spoken = |word: &crate::language::Word<'_>| {
        draft.vocabulary.spoken_words.binary_search_by(|spoken| spoken.as_str().cmp(&word.text)).is_ok()
    };
    let spoken = words.iter().filter(|word| word.place.len() >= 2 && is_spoken(word)).count();
    let is_shouted = match long {
        0 => false,
        1 => words.iter().any(|word| word.place.len() >= 4 && is_spoken(word)),
        2 | 3 => spoken >= 1,
        _ => spoken >= 1 || long >= 7,
    };
    is_shouted.then(|| draft.place(row))
}

/// Two exclamation marks and more in a row, and three question marks.
fn marks(text: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut row = (0, 0, 0);
    for (at, character) in text.chars().chain([' ']).enumerate() {
        match character {
            '!' | '\u{ff01}' => row = (row.0, row.1 + 1, row.2),
            '?' | '\u{ff1f}' => row = (row.0, row.1, row.2 + 1),
            _ => {
                if row.1 >= 2 || row.2 >= 3 || (row.1 >= 1 && row.2 >= 1) {
                    places.push(row.0..at);
                }
                row = (at + 1, 0, 0);
            }
        }
    }
    places
}
