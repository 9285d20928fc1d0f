//! A draft as sentences, with the phrases of the vocabulary that stand in each.

use std::ops::Range;

use super::meaning::Meaning;
use super::vocabulary::Vocabulary;
use crate::language::{Break, Mark, Word, words};

/// A longer sentence is read in pieces of this many words, so that no text takes more than its length.
const LONGEST_SENTENCE: usize = 150;

/// A draft that was read.
pub(super) struct Draft<'a> {
    pub(super) text: &'a str,
    pub(super) words: Vec<Word<'a>>,
    pub(super) sentences: Vec<Sentence>,
    /// What stands between quotation marks, in Unicode scalar values.
    pub(super) quoted: Vec<Range<usize>>,
    pub(super) vocabulary: &'static Vocabulary,
}

/// A sentence.
pub(super) struct Sentence {
    /// Its words, by number in the draft.
    pub(super) words: Range<usize>,
    /// Whether it ends with a question mark.
    pub(super) is_question: bool,
    /// Its phrases, in the order of their first words. Numbers of words are those of the draft.
    pub(super) marks: Vec<Mark<Meaning>>,
}

impl<'a> Draft<'a> {
    pub(super) fn read(text: &'a str, vocabulary: &'static Vocabulary) -> Self {
        let words = words(text);
        let mut sentences = Vec::new();
        let mut start = 0;
        while start < words.len() {
            let ends = |word: &Word<'_>| word.before >= Break::Sentence;
            let most = words.len().min(start + LONGEST_SENTENCE);
            let end = words[start + 1..most].iter().position(ends).map_or(most, |length| start + 1 + length);
            let after = words.get(end).map_or(text.len(), |next| next.bytes.start);
            let trail = &text[words[end - 1].bytes.end.min(after)..after];
            sentences.push(Sentence {
                words: start..end,
                is_question: trail.contains('?'),
                marks: marks(&words[start..end], start, vocabulary),
            });
            start = end;
        }
        Self { text, words, sentences, quoted: quoted(text), vocabulary }
    }

    /// Where words stand in the text, the first to the last.
    pub(super) fn place(&self, words: Range<usize>) -> Range<usize> {
        let start = self.words.get(words.start).map_or(0, |word| word.place.start);
        let end = words.end.checked_sub(1).and_then(|last| self.words.get(last)).map_or(start, |word| word.place.end);
        start..end
    }

    /// All of the text but the white space around it.
    pub(super) fn whole(&self) -> Range<usize> {
        let start = self.text.chars().take_while(|character| character.is_whitespace()).count();
        start..start + self.text.trim().chars().count()
    }
}

/// The phrases of a sentence whose first word has this number. In each layer a word belongs to one phrase.
fn marks(words: &[Word<'_>], first: usize, vocabulary: &Vocabulary) -> Vec<Mark<Meaning>> {
    let forms: Vec<_> = words.iter().map(|word| vocabulary.lexicon.forms(word)).collect();
    let mut taken = vec![0_u32; words.len()];
    let mut marks = vocabulary.lexicon.found(&forms);
    // Words that stand together say more than as many that are scattered, and a hint says less than anything. The sort
    // is stable.
    marks.sort_by_key(|mark| (mark.meaning.is_hint(), std::cmp::Reverse(together(mark))));
    marks.retain(|mark| {
        let layers = mark.meaning.layers();
        let is_free = match mark.meaning {
            // What is harmless counts in those layers where nothing longer stands.
            Meaning::Harmless => true,
            _ => mark.words.iter().all(|word| taken[*word] & layers == 0),
        };
        if is_free {
            mark.words.iter().for_each(|word| taken[*word] |= layers);
        }
        is_free
    });
    for mark in &mut marks {
        mark.words.iter_mut().for_each(|word| *word += first);
    }
    marks.sort_by_key(Mark::start);
    marks
}

/// How many words of a phrase stand together at most.
fn together(mark: &Mark<Meaning>) -> usize {
    mark.words.chunk_by(|word, next| word + 1 == *next).map(<[usize]>::len).max().unwrap_or_default()
}

/// What stands between double quotation marks, on one line.
fn quoted(text: &str) -> Vec<Range<usize>> {
    let mut quoted = Vec::new();
    let mut open = None;
    for (at, character) in text.chars().enumerate() {
        match (character, open) {
            ('\n', _) => open = None,
            ('"', None) | ('\u{201c}' | '\u{ab}' | '\u{201e}', _) => open = Some(at + 1),
            ('"' | '\u{201d}' | '\u{bb}', Some(start)) => {
                quoted.push(start..at);
                open = None;
            }
            _ => {}
        }
    }
    quoted
}
