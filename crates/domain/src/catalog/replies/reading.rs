//! Reads a finished text for what only a whole text shows: holes, and too many words.

use super::engine::Rendered;
use super::model::{Form, Length};
use crate::catalog::words;

/// How many words a text has at most.
const fn most_words(length: Length) -> usize {
    match length {
        Length::Short => 110,
        Length::Standard => 160,
    }
}

/// How many characters a subject has at most.
const SUBJECT_LENGTH: usize = 78;

/// Where a text shows that something is missing in it.
pub(super) fn holes(text: &str) -> Vec<String> {
    const MARKS: [(&str, &str); 10] = [
        ("  ", "has two spaces in a row"),
        (" .", "has a space before a full stop"),
        (" ,", "has a space before a comma"),
        (" ?", "has a space before a question mark"),
        (" :", "has a space before a colon"),
        ("..", "has two full stops in a row"),
        ("?.", "has a full stop after a question mark"),
        ("{", "has a brace"),
        ("“”", "has empty quotation marks"),
        ("()", "has empty brackets"),
    ];
    let mut faults: Vec<_> =
        MARKS.iter().filter(|(mark, _)| text.contains(mark)).map(|(_, fault)| format!("{fault}: {text}")).collect();
    let mut letters = text.split([' ', '\n']).filter(|word| !word.is_empty());
    if letters.any(|word| matches!(word.trim_matches(|mark: char| !mark.is_alphanumeric()), "none" | "undefined")) {
        faults.push(format!("says \"none\" or \"undefined\": {text}"));
    }
    let starts_small = |sentence: &str| sentence.trim_start().starts_with(char::is_lowercase);
    if text.split(". ").skip(1).any(starts_small) {
        faults.push(format!("begins a sentence with a small letter: {text}"));
    }
    faults
}

/// What of a form says too much.
pub(super) fn wordy(form: Form, rendered: &Rendered) -> Vec<String> {
    let most = most_words(form.length);
    let mut faults = Vec::new();
    if words::count(&rendered.text) > most {
        faults.push(format!("has more than {most} words: {}", rendered.text));
    }
    if rendered.subject.chars().count() > SUBJECT_LENGTH {
        faults.push(format!("has a subject of more than {SUBJECT_LENGTH} characters: {}", rendered.subject));
    }
    faults
}
