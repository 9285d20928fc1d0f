//! What guidance is asked with. Two requests that must be answered alike are equal, so a request is also the key
//! under which its answer is remembered, and the base of its entity tag.

use std::ops::RangeInclusive;

use crate::catalog::{Catalog, CatalogIndex, ResolvedLocale};
use crate::context::Context;

/// How many steps come unless the client says otherwise.
pub const DEFAULT_LIMIT: u8 = 7;

/// How many steps come at most.
pub const MAX_LIMIT: u8 = 50;

/// What a limit is clamped to.
pub const LIMITS: RangeInclusive<u8> = 1..=MAX_LIMIT;

/// A request for guidance.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GuidanceRequest {
    /// What happened.
    pub context: Context,
    /// The language of the answer, of those that its catalog has.
    pub locale: ResolvedLocale,
    /// Whether to say what was kept out, and why.
    pub explain: bool,
    /// The catalog that answers.
    pub catalog: CatalogIndex,
    limit: u8,
}

impl GuidanceRequest {
    /// A request to the current catalog. The limit is clamped to 1 to 50; absent, it is 7.
    #[must_use]
    pub fn new(context: Context, locale: ResolvedLocale, limit: Option<i64>, explain: bool) -> Self {
        let limit = limit.map_or(DEFAULT_LIMIT, |limit| {
            let clamped = limit.clamp(i64::from(*LIMITS.start()), i64::from(*LIMITS.end()));
            u8::try_from(clamped).unwrap_or(MAX_LIMIT)
        });
        Self { context, locale, explain, catalog: CatalogIndex::default(), limit }
    }

    /// The same request to another catalog, of which its language is.
    #[must_use]
    pub fn to(self, catalog: CatalogIndex) -> Self {
        Self { catalog, ..self }
    }

    /// How many steps come at most.
    #[must_use]
    pub fn limit(&self) -> usize {
        usize::from(self.limit)
    }

    /// A tag for the answer of `catalog`: the same on every replica, another one whenever the answer may differ.
    #[must_use]
    pub fn tag(&self, catalog: &Catalog) -> u128 {
        let mut hasher = blake3::Hasher::new_keyed(catalog.digest());
        for bytes in self.context.to_bytes() {
            hasher.update(&bytes);
        }
        hasher.update(&[self.limit, u8::from(self.explain)]);
        hasher.update(catalog.locales().tag(self.locale.index).as_bytes());
        hasher.update(&[0]);
        hasher.update(self.locale.requested.as_deref().unwrap_or_default().as_bytes());
        let mut tag = [0; 16];
        tag.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        u128::from_be_bytes(tag)
    }
}
