//! The language of a part that is not that of the whole. Words fall back key by key, so a fragment in one language may have
//! a title, a body or an intro in another one; whoever hears it read aloud has to be told (WCAG 2.2, 3.1.2).

use std::fmt;

use super::direction::Direction;
use crate::catalog::{Catalog, LocaleIndex};

/// The language of a part, if it is another one than that of the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tongue {
    /// Its tag.
    pub(super) lang: Box<str>,
    /// How it is written.
    pub(super) dir: Direction,
    /// Whether the root is written the other way.
    is_turned: bool,
}

impl Tongue {
    /// What a part in `root` has to say whose words come from `origin`. A region speaks the language that it falls back to.
    pub(crate) fn of(catalog: &Catalog, root: LocaleIndex, origin: LocaleIndex) -> Option<Self> {
        let [root, lang] = [root, origin].map(|index| catalog.locales().tag(index));
        let is_region = root.strip_prefix(lang).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
        let dir = Direction::of(lang);
        let is_turned = dir != Direction::of(root);
        (!is_region).then(|| Self { lang: lang.into(), dir, is_turned })
    }

    /// The attributes of the element, with a space before them.
    pub(super) fn attributes(tongue: Option<&Self>) -> String {
        tongue.map(|Self { lang, dir, .. }| format!(" lang=\"{lang}\" dir=\"{dir}\"")).unwrap_or_default()
    }

    /// What its style has besides: Outlook does not align by the direction alone.
    pub(super) fn style(tongue: Option<&Self>) -> Aligned {
        Aligned(tongue.filter(|tongue| tongue.is_turned).map(|tongue| tongue.dir))
    }
}

/// Where the words of a part begin, where that is not as in the root.
pub(super) struct Aligned(Option<Direction>);

impl fmt::Display for Aligned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            None => "",
            Some(Direction::LeftToRight) => ";text-align:left",
            Some(Direction::RightToLeft) => ";text-align:right",
        })
    }
}
