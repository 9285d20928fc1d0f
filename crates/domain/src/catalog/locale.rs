//! Languages: which ones the catalog has, and which one a request gets. Tags are BCP 47; a tag falls back to its
//! parents (`de-AT`, `de`) and then to the catalog's own locale.

use icu_locale_core::Locale;

use super::LocaleIndex;

/// The longest tag that is read (RFC 5646, section 4.4.1 asks for at least 35).
const MAX_TAG_LENGTH: usize = 64;

/// The locales of a catalog; the first is the one that every chain ends with.
#[derive(Debug, Clone)]
pub struct Locales(Vec<String>);

/// A locale as it was asked for and as it was found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ResolvedLocale {
    /// The tag that was asked for, in canonical form.
    pub requested: Option<String>,
    /// What the catalog has for it.
    pub index: LocaleIndex,
}

impl Locales {
    pub(super) fn new(base: String, others: impl IntoIterator<Item = String>) -> Self {
        let mut tags = vec![base];
        tags.extend(others);
        Self(tags)
    }

    /// Every locale with its tag.
    pub fn iter(&self) -> impl Iterator<Item = (LocaleIndex, &str)> {
        self.0.iter().enumerate().map(|(index, tag)| (LocaleIndex(index), tag.as_str()))
    }

    /// The locale with a tag, if the catalog has it.
    pub(super) fn index(&self, tag: &str) -> Option<LocaleIndex> {
        self.0.iter().position(|known| known == tag).map(LocaleIndex)
    }

    /// The tag of a locale.
    #[must_use]
    pub fn tag(&self, index: LocaleIndex) -> &str {
        &self.0[index.0]
    }

    /// The locales from which the words of `tag` come, the nearest first.
    pub(crate) fn chain<'a>(&'a self, tag: &'a str) -> Vec<&'a str> {
        let mut chain: Vec<_> = parents(tag).filter(|parent| self.0.iter().any(|known| known == parent)).collect();
        if chain.last() != Some(&self.0[0].as_str()) {
            chain.retain(|known| *known != self.0[0]);
            chain.push(&self.0[0]);
        }
        chain
    }

    /// Whether words may be added in this locale: one that is there, or one of the same language that falls back to it.
    /// The tag must be in canonical form.
    #[must_use]
    pub fn takes(&self, tag: &str) -> bool {
        canonical(tag).is_some_and(|canonical| canonical == tag) && self.find(tag).is_some()
    }

    /// The locale for a tag that a client names in a request; `None` if it is no BCP 47 tag.
    #[must_use]
    pub fn resolve(&self, tag: &str) -> Option<ResolvedLocale> {
        let requested = canonical(tag)?;
        let index = self.find(&requested).unwrap_or_default();
        Some(ResolvedLocale { requested: Some(requested), index })
    }

    /// The locale for an `Accept-Language` header (RFC 9110, section 12.5.4): the best liked one that the catalog
    /// has, else the catalog's own. What cannot be read is passed over.
    #[must_use]
    pub fn negotiate(&self, accept_language: Option<&str>) -> ResolvedLocale {
        let mut wishes: Vec<(f32, String)> = accept_language
            .unwrap_or_default()
            .split(',')
            .filter_map(|wish| {
                let (tag, quality) = wish.split_once(';').map_or((wish, ""), |(tag, rest)| (tag, rest.trim()));
                let quality =
                    quality.strip_prefix("q=").map_or(Some(1.0), |number| number.trim().parse::<f32>().ok())?;
                (quality > 0.0).then_some((quality, canonical(tag.trim())?))
            })
            .collect();
        wishes.sort_by(|(left, _), (right, _)| right.total_cmp(left));
        let found = wishes.iter().find_map(|(_, tag)| Some((tag.clone(), self.find(tag)?)));
        match found {
            Some((tag, index)) => ResolvedLocale { requested: Some(tag), index },
            None => ResolvedLocale {
                requested: wishes.into_iter().next().map(|(_, tag)| tag),
                index: LocaleIndex::default(),
            },
        }
    }

    fn find(&self, tag: &str) -> Option<LocaleIndex> {
        parents(tag).find_map(|parent| self.0.iter().position(|known| known == parent)).map(LocaleIndex)
    }
}

/// A tag and its parents: `de-Latn-AT`, `de-Latn`, `de`.
fn parents(tag: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(tag), |tag| tag.rsplit_once('-').map(|(parent, _)| parent))
}

fn canonical(tag: &str) -> Option<String> {
    if tag.len() > MAX_TAG_LENGTH {
        return None;
    }
    tag.parse::<Locale>().ok().map(|locale| locale.to_string())
}
