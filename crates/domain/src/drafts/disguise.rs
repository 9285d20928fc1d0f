//! Finds swear words that are disguised: `f**k`, `sh1t`, `f u c k`, letters of other alphabets, stretched ones. What
//! is written plainly the phrases of the vocabulary find.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Found;
use super::code::{Code, Severity};
use super::vocabulary::Vocabulary;
use crate::language::disguise::lookalike;

/// Stands for a letter that was left out.
const LEFT_OUT: char = '*';

/// Longer tokens are links and the like.
const MAX_TOKEN: usize = 24;

/// The disguised swear words of a text.
pub(super) fn find(text: &str, vocabulary: &Vocabulary) -> Vec<Found> {
    let mut found = Vec::new();
    let mut single: Vec<(char, Range<usize>)> = Vec::new();
    let mut at = 0;
    for token in text.split(char::is_whitespace) {
        let length = token.chars().count();
        let place = at..at + length;
        at = place.end + 1;
        if length == 0 {
            continue;
        }
        if let Some(letter) = token.chars().next().filter(|letter| length == 1 && letter.is_alphabetic()) {
            single.push((letter, place));
            continue;
        }
        found.extend(spelled_out(&std::mem::take(&mut single), vocabulary));
        let disguised = if length <= MAX_TOKEN && is_odd(token) { token_of(token, &place) } else { None };
        found.extend(disguised.filter(|(token, _)| is_swear_word(token, vocabulary)).map(|(_, place)| place));
    }
    found.extend(spelled_out(&single, vocabulary));
    found.into_iter().map(|place| Found { code: Code::Profanity, severity: Severity::Critical, place }).collect()
}

/// Whether a token is written in another way than words are.
fn is_odd(token: &str) -> bool {
    let core =
        token.trim_matches(|character: char| matches!(character, '.' | ',' | ';' | ':' | '?' | '"' | '\'' | '(' | ')'));
    if !core.is_ascii() {
        return core.chars().any(char::is_alphabetic);
    }
    let bytes = core.as_bytes();
    bytes.iter().any(u8::is_ascii_alphabetic)
        && (bytes
            .iter()
            .any(|byte| matches!(byte, b'*' | b'@' | b'$' | b'#' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'|'))
            || bytes[..bytes.len().saturating_sub(1)].contains(&b'!')
            || bytes.windows(3).any(|three| three[0] == three[1] && three[1] == three[2]))
}

/// The letters that a token stands for, and where they are without the punctuation around them.
fn token_of(token: &str, place: &Range<usize>) -> Option<(Vec<char>, Range<usize>)> {
    let outside = |character: char| {
        matches!(
            character,
            '.' | ',' | ';' | ':' | '?' | '"' | '\'' | '(' | ')' | '!' | '-' | '\u{2019}' | '\u{201d}' | '\u{201c}'
        )
    };
    let before = token.chars().take_while(|character| outside(*character)).count();
    let core = token.trim_matches(outside);
    let length = core.chars().count();
    let letters: Vec<char> =
        core.nfkd().filter(|character| !is_combining_mark(*character)).filter_map(letter).collect();
    (letters.len() >= 3).then(|| (letters, place.start + before..place.start + before + length))
}

/// The letter that a character stands for; none for one that stands for nothing.
fn letter(character: char) -> Option<char> {
    let lower = character.to_lowercase().next()?;
    Some(match lower {
        letter @ 'a'..='z' => letter,
        '4' | '@' => 'a',
        '3' | '\u{20ac}' => 'e',
        '1' | '!' | '|' => 'i',
        '0' => 'o',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        '9' => 'g',
        '*' | '#' | '_' | '-' | '.' | '\u{2010}' | '\u{2011}' | '\u{2022}' | '\u{2026}' | '\u{25cf}' => LEFT_OUT,
        other => return lookalike(other),
    })
}

/// Whether letters are a swear word with an ending or without.
fn is_swear_word(token: &[char], vocabulary: &Vocabulary) -> bool {
    let Some(first) = token.first().filter(|letter| **letter != LEFT_OUT) else { return false };
    let bare: Vec<char> = token.iter().copied().filter(|letter| *letter != LEFT_OUT).collect();
    // Of a word of which hardly a letter is left nobody can say what it was, but for one.
    if bare.len() < 2 && !matches!(token, ['f', LEFT_OUT, LEFT_OUT, LEFT_OUT]) {
        return false;
    }
    let is_dotted = token.len() > 4 && token.iter().skip(1).step_by(2).all(|letter| *letter == LEFT_OUT);
    let written = [stretched(token, 1), stretched(token, 2), if is_dotted { bare } else { Vec::new() }];
    let forms = vocabulary.swear_forms.iter().filter(|form| form.first() == Some(first));
    forms.into_iter().any(|form| written.iter().any(|token| covers(token, form)))
}

/// Rows of three and more of a letter cut down to this many.
fn stretched(token: &[char], to: usize) -> Vec<char> {
    let rows = token.chunk_by(|one, next| one == next);
    rows.flat_map(|row| {
        let is_row = row.len() >= 3 && row[0] != LEFT_OUT;
        if is_row { &row[..to] } else { row }
    })
    .copied()
    .collect()
}

/// Whether a token, in which letters may be left out, is this word.
fn covers(token: &[char], word: &[char]) -> bool {
    match (token, word) {
        ([], []) => true,
        ([LEFT_OUT, rest @ ..], _) => {
            // One mark may stand for a few letters.
            (1..=word.len().min(3)).any(|letters| covers(rest, &word[letters..]))
        }
        ([letter, rest @ ..], [first, others @ ..]) if letter == first => covers(rest, others),
        _ => false,
    }
}

/// A swear word of single letters with spaces between.
fn spelled_out(letters: &[(char, Range<usize>)], vocabulary: &Vocabulary) -> Option<Range<usize>> {
    if letters.len() < 4 {
        return None;
    }
    let word: String = letters.iter().flat_map(|(letter, _)| letter.to_lowercase()).collect();
    let is_one = vocabulary.swear_forms.iter().any(|form| word.contains(&form.iter().collect::<String>()));
    Some(letters.first()?.1.start..letters.last()?.1.end).filter(|_| is_one)
}
