//! What the readers of texts share: words with their places, phrases that an editor writes down, and how phrases are
//! found. Knows no meaning of a phrase; that is its reader's.

pub(crate) mod disguise;
mod index;
mod lexicon;
mod mark;
mod phrase;
mod words;

pub(crate) use lexicon::Lexicon;
pub(crate) use mark::Mark;
#[cfg(test)]
pub(crate) use phrase::STEPS;
pub(crate) use words::{Break, Word, words};

/// What a phrase says to the reader of a text.
pub(crate) trait Meaning: Copy {
    /// Which of two phrases of as many words has them: the lower.
    fn rank(self) -> u8;
}
