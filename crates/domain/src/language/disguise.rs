//! Characters that look like others, or like nothing: the plain letters that a reader takes them for.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Whether a character has no width: a reader sees the word without it.
pub(crate) const fn is_unseen(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// The letter of our alphabet that one of another looks like.
pub(crate) const fn lookalike(character: char) -> Option<char> {
    Some(match character {
        '\u{430}' | '\u{3b1}' => 'a',
        '\u{435}' | '\u{3b5}' => 'e',
        '\u{456}' | '\u{3b9}' | '\u{131}' => 'i',
        '\u{43e}' | '\u{3bf}' => 'o',
        '\u{455}' => 's',
        '\u{442}' | '\u{3c4}' => 't',
        '\u{441}' | '\u{3f2}' => 'c',
        '\u{445}' | '\u{3c7}' => 'x',
        '\u{440}' | '\u{3c1}' => 'p',
        '\u{443}' | '\u{3b3}' => 'y',
        '\u{43a}' | '\u{3ba}' => 'k',
        '\u{3c5}' | '\u{446}' => 'u',
        '\u{43d}' => 'h',
        '\u{458}' => 'j',
        '\u{501}' => 'd',
        '\u{3bd}' => 'v',
        '\u{192}' => 'f',
        _ => return None,
    })
}

/// A word as a reader takes it: without what has no width, accents or another script's letters among ours.
pub(crate) fn plain(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        return Cow::Borrowed(word);
    }
    let seen = word.chars().filter(|character| !is_unseen(*character));
    let base: String = seen.nfkd().filter(|character| !is_combining_mark(*character)).map(apostrophe).collect();
    // A word that is all of another script is a word of another language.
    let is_ours = base.chars().any(|character| character.is_ascii_alphabetic());
    let ours = |character: char| character.to_lowercase().next().and_then(lookalike).unwrap_or(character);
    Cow::Owned(if is_ours && !base.is_ascii() { base.chars().map(ours).collect() } else { base })
}

const fn apostrophe(character: char) -> char {
    match character {
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{ff07}' | '\u{2032}' | '\u{b4}' => '\'',
        other => other,
    }
}
