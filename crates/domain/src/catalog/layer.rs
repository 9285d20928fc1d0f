//! What a tenant's overlay did to a catalog: which version it is, and which words and rules of which item it won.

use std::collections::BTreeMap;

use super::{Catalog, File, LocaleIndex, Problem, Tip};

/// What every id of a tenant's own item begins with. No item of the catalog itself has such an id.
pub const OWN_PREFIX: &str = "own-";

/// The overlay in a catalog.
#[derive(Debug, Default)]
pub(crate) struct Layer {
    /// Its version among those that the tenant published.
    pub(crate) version: i64,
    /// What it won: for each item, such as `tip.thank-the-person`, and each locale the names of words and rules, in order.
    pub(crate) won: BTreeMap<String, Vec<Vec<Box<str>>>>,
}

impl Catalog {
    /// The catalog with the overlay that is in it. It differs from every other one from here on.
    pub(crate) fn with_layer(mut self, layer: Layer) -> Self {
        let mut hasher = blake3::Hasher::new_keyed(&self.digest);
        hasher.update(&layer.version.to_be_bytes());
        self.digest = *hasher.finalize().as_bytes();
        self.layer = Some(layer);
        self
    }

    /// The version of the tenant's overlay that is in it; `None`: it is the catalog alone.
    #[must_use]
    pub fn overlay_version(&self) -> Option<i64> {
        self.layer.as_ref().map(|layer| layer.version)
    }

    /// The words and rules of an item, such as `tip` and `thank-the-person`, that are the overlay's in this locale: `title`
    /// and so on. All others are the catalog's.
    #[must_use]
    pub fn overridden(&self, item_type: &str, id: &str, locale: LocaleIndex) -> &[Box<str>] {
        let won = self.layer.as_ref().and_then(|layer| layer.won.get(&format!("{item_type}.{id}")));
        won.and_then(|won| won.get(locale.0)).map_or(&[], Vec::as_slice)
    }
}

/// What a catalog has that only an overlay may have: something switched off, and ids of a tenant's own.
pub(super) fn tenants_own(files: &[File], catalog: &Catalog) -> Vec<Problem> {
    let base = catalog.locales().tag(LocaleIndex::default());
    let is_own = |tip: &&Tip| !tip.enabled || tip.id.starts_with(OWN_PREFIX);
    let problem = |tip: &Tip| {
        let message = format!("only an overlay switches off, and has ids that begin with `{OWN_PREFIX}`");
        Problem::new(files, format!("{base}/tips/{}.toml", tip.id), "enabled", "", message)
    };
    catalog.tips.iter().filter(is_own).map(problem).collect()
}
