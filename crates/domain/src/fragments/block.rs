//! A fragment as blocks, for hosts that render by themselves: each says what it is, in which language, and how assistive
//! technology should take it.

use super::direction::Direction;
use super::tongue::Tongue;

names! {
    /// What a block is.
    BlockType {
        /// The title of a tip.
        Heading "heading",
        /// Words.
        Paragraph "paragraph",
        /// The link of the brand.
        Link "link",
        /// The lines under the text.
        Signoff "signoff",
    }
}

/// A block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block<'a> {
    /// What it is.
    pub block_type: BlockType,
    /// Its words; the lines of a sign-off are apart.
    pub text: &'a str,
    /// The level of a heading, as `aria-level`.
    pub level: Option<u8>,
    /// Where a link leads.
    pub url: Option<&'a str>,
    /// The tip that it belongs to.
    pub tip: Option<&'a str>,
    /// The language of its words, as a BCP 47 tag.
    pub lang: &'a str,
    /// The direction of its words.
    pub dir: Direction,
}

impl<'a> Block<'a> {
    /// The block with words that may be in another language than the rest.
    pub(super) fn in_tongue(self, tongue: Option<&'a Tongue>) -> Self {
        match tongue {
            Some(Tongue { lang, dir, .. }) => Self { lang, dir: *dir, ..self },
            None => self,
        }
    }
}

impl BlockType {
    /// The role that it has for assistive technology (WAI-ARIA 1.2).
    #[must_use]
    pub const fn role(self) -> &'static str {
        match self {
            Self::Heading => "heading",
            Self::Paragraph | Self::Signoff => "paragraph",
            Self::Link => "link",
        }
    }
}
