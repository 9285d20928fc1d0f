//! Counts over all people of a tenant, in which no single person can be found: a group of fewer than ten people is
//! withheld, and with it the next smallest ones until at least ten people are in what is withheld.

use super::{Tally, Window};
use crate::context::Field;

/// How many people a group has at least to be shown.
pub const MIN_PEOPLE: u64 = 10;

/// Counts over all people of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregates {
    /// The window that they are from.
    pub window: Window,
    /// By kind, by stage, by reason.
    pub dimensions: Vec<Dimension>,
}

/// Counts by the values of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// The field.
    pub field: Field,
    /// The groups that are large enough, in the order of the field's values; `unknown` last.
    pub groups: Vec<(&'static str, u64)>,
    /// How many groups are withheld.
    pub withheld: usize,
}

/// Aggregates of what was counted.
#[must_use]
pub fn aggregates(window: Window, tallies: &[Tally]) -> Aggregates {
    let dimension = |field: Field| {
        let mut groups: Vec<&Tally> =
            tallies.iter().filter(|tally| tally.field == field && tally.rejections > 0).collect();
        groups.sort_by_key(|tally| (tally.people, tally.value));
        let small = groups.iter().filter(|tally| tally.people < MIN_PEOPLE).count();
        let mut withheld = small;
        let mut hidden: u64 = groups[..small].iter().map(|tally| tally.people).sum();
        while withheld > 0 && withheld < groups.len() && (hidden < MIN_PEOPLE || withheld < 2) {
            hidden += groups[withheld].people;
            withheld += 1;
        }
        let mut shown = groups.split_off(withheld);
        shown.sort_by_key(|tally| tally.value.unwrap_or(usize::MAX));
        let named = |tally: &Tally| (tally.value.map_or("unknown", |value| field.values()[value]), tally.rejections);
        Dimension { field, groups: shown.into_iter().map(named).collect(), withheld }
    };
    Aggregates { window, dimensions: [Field::Kind, Field::Stage, Field::Reasons].map(dimension).into() }
}
