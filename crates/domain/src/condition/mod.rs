//! The language in which the catalog says when an item applies: tests of context fields, combined by all-of,
//! any-of and none-of. Conditions are data; they are compiled once into tests of a few bits.

mod compiled;
mod explain;
mod implies;
mod test;

use std::collections::BTreeMap;

use serde::Deserialize;

pub(crate) use compiled::Compiler;
pub use compiled::{Condition, ConditionError, Thresholds};
pub use test::{Test, TestError};

/// A condition as an editor writes it. An absent part demands nothing.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Source {
    /// Every one of these holds.
    pub all: Vec<String>,
    /// At least one of these holds, unless the list is empty.
    pub any: Vec<String>,
    /// None of these holds.
    pub none: Vec<String>,
}

/// Conditions that any item may use as `@name`.
pub type NamedConditions = BTreeMap<String, Source>;
