//! What an overlay holds: for a locale and an item, what to lay over it, in the keys of the catalog's own files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What is laid over an item: the keys of its file as JSON, those alone that differ.
pub type Patch = Map<String, Value>;

/// Something for each item in each locale: by tag, then by name, such as `tip.thank-the-person`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PerItem<T>(BTreeMap<String, BTreeMap<String, T>>);

/// An overlay: a patch for each item in each locale that it changes.
pub type Content = PerItem<Patch>;

impl<T> Default for PerItem<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> PerItem<T> {
    /// Locale, item and what is there for it, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &T)> {
        self.0
            .iter()
            .flat_map(|(locale, items)| items.iter().map(move |(item, value)| (locale.as_str(), item.as_str(), value)))
    }

    /// What there is for an item in a locale.
    #[must_use]
    pub fn get(&self, locale: &str, item: &str) -> Option<&T> {
        self.0.get(locale)?.get(item)
    }

    /// Puts something in its place; answers what was there.
    pub fn insert(&mut self, locale: &str, item: &str, value: T) -> Option<T> {
        self.0.entry(locale.to_owned()).or_default().insert(item.to_owned(), value)
    }

    /// Takes something away.
    pub fn remove(&mut self, locale: &str, item: &str) -> Option<T> {
        let items = self.0.get_mut(locale)?;
        let removed = items.remove(item);
        self.0.retain(|_, items| !items.is_empty());
        removed
    }

    /// For how many items in how many locales there is something.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same with something else for each item.
    pub fn map<U>(&self, change: impl Fn(&T) -> U) -> PerItem<U> {
        let mut changed = PerItem::default();
        for (locale, item, value) in self.iter() {
            changed.insert(locale, item, change(value));
        }
        changed
    }
}

/// The path of an item as a JSON pointer (RFC 6901) into an overlay: `/en/tip.thank-the-person`.
pub(super) fn pointer(locale: &str, item: &str) -> String {
    format!("/{}/{}", escaped(locale), escaped(item))
}

/// A name as a segment of a JSON pointer, cut so that an error is not as long as what it is about.
pub(super) fn escaped(name: &str) -> String {
    name.chars().take(64).collect::<String>().replace('~', "~0").replace('/', "~1")
}

/// How an item of the draft differs from what is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeType {
    /// It is new.
    Added,
    /// It is another one.
    Changed,
    /// It is gone.
    Removed,
}

impl ChangeType {
    /// The name that clients see.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

/// One difference between the draft and what is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemChange {
    /// The locale.
    pub locale: String,
    /// The item.
    pub item: String,
    /// How it differs.
    pub change: ChangeType,
}

/// What leads from one overlay to the other.
pub(super) fn changes(from: &Content, to: &Content) -> Vec<ItemChange> {
    let change = |locale: &str, item: &str, change| ItemChange { locale: locale.into(), item: item.into(), change };
    let mut changes: Vec<_> = to
        .iter()
        .filter_map(|(locale, item, patch)| match from.get(locale, item) {
            None => Some(change(locale, item, ChangeType::Added)),
            Some(before) if before != patch => Some(change(locale, item, ChangeType::Changed)),
            Some(_) => None,
        })
        .collect();
    let removed = from.iter().filter(|(locale, item, _)| to.get(locale, item).is_none());
    changes.extend(removed.map(|(locale, item, _)| change(locale, item, ChangeType::Removed)));
    changes
}
