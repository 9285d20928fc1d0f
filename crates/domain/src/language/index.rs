//! Which phrases are known by a form: lists one behind the other, found by the number of the form alone.

use super::phrase::Form;

/// Numbers of phrases by form.
#[derive(Default)]
pub(super) struct Index {
    /// Where the list of each form begins, and where the last one ends.
    starts: Vec<usize>,
    phrases: Vec<u32>,
}

impl Index {
    /// An index of pairs of a form and a phrase.
    pub(super) fn new(mut pairs: Vec<(Form, u32)>) -> Self {
        pairs.sort_unstable();
        let forms = pairs.last().map_or(0, |(last, _)| last.saturating_add(1));
        let start = |form| pairs.partition_point(|(known, _)| *known < form);
        Self { starts: (0..=forms).map(start).collect(), phrases: pairs.iter().map(|(_, phrase)| *phrase).collect() }
    }

    /// The phrases that a form has, in their order.
    pub(super) fn of(&self, form: Form) -> &[u32] {
        let form = form as usize;
        match self.starts.get(form..form + 2) {
            Some(&[start, end]) => &self.phrases[start..end],
            _ => &[],
        }
    }
}
