//! Finds gaps of templates that nobody filled: `{{name}}`, `[Company]`, `%ROLE%`, "Dear NAME".

use super::Found;
use super::code::{Code, Severity};
use super::vocabulary::Vocabulary;

/// How long what stands between two brackets is at most.
const MAX_LENGTH: usize = 60;

/// Openings with their closings; between them stands something to be filled in, whatever it is.
const SURE: &[(&str, &str)] =
    &[("{{", "}}"), ("<<", ">>"), ("[[", "]]"), ("*|", "|*"), ("${", "}"), ("<%", "%>"), ("{%", "%}"), ("[%", "%]")];

/// The same, if it looks like the name of something.
const NAMED: &[(char, char)] = &[('[', ']'), ('{', '}'), ('<', '>'), ('%', '%'), ('(', ')'), ('#', '#'), ('_', '_')];

/// The gaps of a text.
pub(super) fn find(text: &str, vocabulary: &Vocabulary) -> Vec<Found> {
    let characters: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        match gap(&characters, at, vocabulary) {
            // Whoever writes of templates has filled this one in.
            Some(end) if vocabulary.code_words.contains(&word_at(&characters, end)) => at = end,
            Some(end) => {
                found.push(Found { code: Code::Placeholder, severity: Severity::Warning, place: at..end });
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// The word that begins behind a space at this place.
fn word_at(text: &[char], at: usize) -> String {
    text[at..].iter().skip_while(|one| **one == ' ').take_while(|one| one.is_alphabetic()).collect()
}

/// Where the gap ends that begins here.
fn gap(text: &[char], at: usize, vocabulary: &Vocabulary) -> Option<usize> {
    if text[at].is_alphanumeric() || text[at].is_whitespace() {
        return None;
    }
    SURE.iter()
        .find_map(|(open, close)| enclosed(text, at, open, close))
        .or_else(|| {
            let (_, close) = NAMED.iter().find(|(open, _)| *open == text[at])?;
            let line = text[at + 1..].iter().take(MAX_LENGTH);
            let length = line.take_while(|character| **character != '\n').position(|character| character == close)?;
            let inner: String = text[at + 1..at + 1 + length].iter().collect();
            names_something(&inner, text[at], vocabulary).then_some(at + length + 2)
        })
        .or_else(|| {
            let run = text[at..].iter().take_while(|character| **character == '_').count();
            (run >= 3).then_some(at + run)
        })
}

fn enclosed(text: &[char], at: usize, open: &str, close: &str) -> Option<usize> {
    let (open, close): (Vec<char>, Vec<char>) = (open.chars().collect(), close.chars().collect());
    let inner = text[at..].strip_prefix(open.as_slice())?;
    let length = inner.windows(close.len()).take(MAX_LENGTH).position(|end| end == close)?;
    (length > 0).then_some(at + open.len() + length + close.len())
}

/// Whether what stands between two marks is the name of something to be filled in.
fn names_something(inner: &str, open: char, vocabulary: &Vocabulary) -> bool {
    let words: Vec<String> = inner
        .split(|character: char| !character.is_alphanumeric() && character != '\'')
        .filter(|word| !word.is_empty())
        .flat_map(split_case)
        .collect();
    let names = words.iter().filter(|word| vocabulary.placeholder_names.contains(word)).count();
    let is_one_token = !inner.contains(char::is_whitespace) && !inner.is_empty();
    let letters = inner.chars().filter(|one| one.is_alphabetic()).count();
    // A number with a letter is a reference.
    let is_capitals = letters >= 2 && !inner.chars().any(char::is_lowercase);
    match open {
        '[' | '{' | '<' => words.len() <= 6 && (names >= 1 || (is_capitals && words.len() <= 4 && inner.len() >= 3)),
        '%' | '#' | '_' => is_one_token && names >= 1,
        _ => {
            words.len() <= 4
                && names >= 1
                && words.first().is_some_and(|first| first == "insert" || first == "your")
                && names >= 2
        }
    }
}

/// `firstName` as two words, in lower case.
fn split_case(word: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for character in word.chars() {
        if character.is_uppercase() && was_lower {
            words.push(String::new());
        }
        was_lower = character.is_lowercase();
        if let Some(last) = words.last_mut() {
            last.extend(character.to_lowercase());
        }
    }
    words
}
