//! Finds the phrases of the vocabulary in a sentence; where two want the same word, the longer one has it.

use super::phrase::{Form, Meaning};
use super::vocabulary::Vocabulary;

/// A phrase in a text.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) meaning: Meaning,
    /// Its words, by number, in their order; never empty. Words in a gap are not among them.
    pub(super) words: Vec<usize>,
}

impl Mark {
    pub(super) fn start(&self) -> usize {
        self.words.first().copied().unwrap_or_default()
    }

    pub(super) fn end(&self) -> usize {
        self.words.last().map_or(0, |last| last + 1)
    }
}

/// The marks in a sentence, given the forms of its words, in the order of their first words. No word is in two.
pub(super) fn marks(forms: &[[Option<Form>; 2]], vocabulary: &Vocabulary) -> Vec<Mark> {
    let mut found = Vec::new();
    for (start, first) in forms.iter().enumerate() {
        for phrase in vocabulary.starting_with(*first) {
            if let Some(words) = phrase.matches(forms, start) {
                found.push(Mark { meaning: phrase.meaning, words });
            }
        }
    }
    // The sort is stable: of phrases that are alike in all of this, the one that the file names first wins.
    found.sort_by_key(|mark| {
        let span = mark.end() - mark.start();
        (std::cmp::Reverse(mark.words.len()), mark.meaning.rank(), span, mark.start())
    });
    let mut is_taken = vec![false; forms.len()];
    found.retain(|mark| {
        let is_free = mark.words.iter().all(|word| !is_taken[*word]);
        if is_free {
            mark.words.iter().for_each(|word| is_taken[*word] = true);
        }
        is_free
    });
    found.sort_by_key(Mark::start);
    found
}
