//! Cuts a text into words with their places, and brings each to the form in which the vocabulary knows it.

use std::borrow::Cow;
use std::ops::Range;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation;

use super::disguise;

/// Longer words are no words of the vocabulary.
const MAX_WORD_BYTES: usize = 40;

/// What stands between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Break {
    None,
    /// A comma, a bracket, a colon or a dash.
    Part,
    /// A semicolon.
    Clause,
    Sentence,
    /// The end of a line that announces a list.
    Heading,
    /// The start of an item of a list.
    Item,
}

/// A word of a text.
#[derive(Debug, Clone)]
pub(crate) struct Word<'a> {
    /// Where it stands, in Unicode scalar values.
    pub(crate) place: Range<usize>,
    /// Where the piece of text that it is from stands, in bytes.
    pub(crate) bytes: Range<usize>,
    /// What stands before it.
    pub(crate) before: Break,
    /// In lower case, with short forms written out.
    pub(crate) text: Cow<'a, str>,
}

/// The words of a text, in their order.
pub(crate) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let (mut at, mut last_end) = (0, 0);
    let mut pieces = text.unicode_word_indices().peekable();
    while let Some((start, piece)) = pieces.next() {
        let between = &text[last_end..start];
        at += between.chars().count();
        let before = if words.is_empty() { Break::Sentence } else { break_of(between) };
        let mut end = start + piece.len();
        // What nobody sees parts no word.
        while let Some((next, rest)) = pieces.next_if(|(next, _)| is_unseen(&text[end..*next])) {
            end = next + rest.len();
        }
        let piece = &text[start..end];
        let length = piece.chars().count();
        write_out(Piece { text: piece, byte: start, at, length }, before, &mut words);
        at += length;
        last_end = end;
    }
    words
}

/// Whether there is something, and all of it has no width.
fn is_unseen(between: &str) -> bool {
    !between.is_empty() && between.chars().all(disguise::is_unseen)
}

fn break_of(between: &str) -> Break {
    let line = between.find(['\n', '\r', '\u{2028}', '\u{2029}']);
    let (head, tail) = between.split_at(line.unwrap_or(between.len()));
    let is_item = line.is_some() && tail.contains(['-', '*', '•', '–', '·', '‣', '+']);
    if is_item {
        return if head.contains(':') { Break::Heading } else { Break::Item };
    }
    if line.is_some() && head.contains(':') {
        return Break::Heading;
    }
    if between.contains(['.', '!', '?', '…', '。']) || tail.matches('\n').count() > 1 {
        return Break::Sentence;
    }
    if between.contains(';') {
        return Break::Clause;
    }
    let is_dash = between.contains(['–', '—']) || between.contains(" - ") || between.contains(" -- ");
    if is_dash || between.contains([',', ':', '(', ')', '[', ']', '/']) { Break::Part } else { Break::None }
}

/// A piece of a text between boundaries of words.
#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    /// Where it begins, in bytes.
    byte: usize,
    /// Where it begins, in Unicode scalar values.
    at: usize,
    /// How many Unicode scalar values it has.
    length: usize,
}

/// Adds a word, or the two words that it is short for.
fn write_out<'a>(piece: Piece<'a>, before: Break, words: &mut Vec<Word<'a>>) {
    let Piece { text: piece, byte, at: start, length } = piece;
    let bytes = byte..byte + piece.len();
    let mut add = |place: Range<usize>, before, text| words.push(Word { place, bytes: bytes.clone(), before, text });
    if piece.len() > MAX_WORD_BYTES {
        return add(start..start + length, before, Cow::Borrowed(""));
    }
    let is_plain = piece.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if is_plain && piece != "cannot" {
        return add(start..start + length, before, Cow::Borrowed(piece));
    }
    let lower = disguise::plain(piece).to_lowercase();
    // A place in the written-out form is one in the text only where nothing grew on the way to lower case.
    let end = start + length;
    let cut = |letters: usize| end.saturating_sub(letters).max(start);
    if let Some(first) = lower.strip_suffix("n't") {
        let first = match first {
            "ca" => "can",
            "wo" => "will",
            "sha" => "shall",
            other => other,
        };
        add(start..cut(3), before, Cow::Owned(first.to_owned()));
        add(cut(3)..end, Break::None, Cow::Borrowed("not"));
    } else if lower == "cannot" {
        add(start..cut(3), before, Cow::Borrowed("can"));
        add(cut(3)..end, Break::None, Cow::Borrowed("not"));
    } else if let Some((first, rest)) = lower.split_once('\'') {
        let second = match rest {
            "ve" => "have",
            "re" => "are",
            "ll" => "will",
            "d" => "would",
            "m" => "am",
            _ => return add(start..end, before, Cow::Owned(first.to_owned())),
        };
        let letters = rest.len() + 1;
        add(start..cut(letters), before, Cow::Owned(first.to_owned()));
        add(cut(letters)..end, Break::None, Cow::Borrowed(second));
    } else {
        add(start..end, before, Cow::Owned(lower));
    }
}

/// Brings words to one spelling and to their stem.
pub(crate) struct Forms {
    spelling: Vec<(String, String)>,
    whole: Vec<String>,
    stemmer: Stemmer,
}

impl Forms {
    /// Reads the left endings as the right ones; the `whole` words have no stem.
    pub(crate) fn new(mut spelling: Vec<(String, String)>, mut whole: Vec<String>) -> Self {
        spelling.sort_by_key(|(ending, _)| std::cmp::Reverse(ending.len()));
        whole.sort();
        Self { spelling, whole, stemmer: Stemmer::create(Algorithm::English) }
    }

    /// The word in one spelling.
    pub(crate) fn spelled<'a>(&self, word: &'a str) -> Cow<'a, str> {
        let respelled = self.spelling.iter().find_map(|(from, to)| {
            let start = word.strip_suffix(from.as_str())?;
            // Short words such as "wise" and "hour" are what they are.
            (start.chars().count() >= 3 || start.is_empty()).then(|| format!("{start}{to}"))
        });
        respelled.map_or(Cow::Borrowed(word), Cow::Owned)
    }

    /// The stem of a word in its one spelling; none if the word stands for itself alone.
    pub(crate) fn stem<'a>(&self, spelled: &'a str) -> Option<Cow<'a, str>> {
        let is_whole = self.whole.binary_search_by(|whole| whole.as_str().cmp(spelled)).is_ok();
        let is_english = spelled.bytes().all(|byte| byte.is_ascii_lowercase());
        (is_english && !is_whole).then(|| self.stemmer.stem(spelled))
    }
}
