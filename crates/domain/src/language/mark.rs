//! A phrase that was found in a text.

/// A phrase in a text.
#[derive(Debug, Clone)]
pub(crate) struct Mark<M> {
    pub(crate) meaning: M,
    /// Its words, by number, in their order; never empty. Words in a gap are not among them.
    pub(crate) words: Vec<usize>,
}

impl<M> Mark<M> {
    pub(crate) fn start(&self) -> usize {
        self.words.first().copied().unwrap_or_default()
    }

    pub(crate) fn end(&self) -> usize {
        self.words.last().map_or(0, |last| last + 1)
    }
}
