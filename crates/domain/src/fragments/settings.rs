//! How a fragment is wanted, besides what it is about: checked once, for one context or for many.

use super::brand::{Brand, BrandDraft};
use super::merge_tags::{MergeTags, MergeTagsDraft};
use crate::error::FieldError;

/// How many tips come unless the caller says otherwise.
pub const DEFAULT_TIPS: u8 = 3;

/// How many tips come at most.
pub const MAX_TIPS: u8 = 10;

/// How large a fragment may be unless the caller says otherwise, in bytes.
pub const DEFAULT_BUDGET_BYTES: u16 = 6144;

/// How large a fragment may be at most, in bytes: a mail program cuts a message of about 100 KiB, and most of that is the
/// host's.
pub const MAX_BUDGET_BYTES: u16 = 12288;

/// The level of headings unless the caller says otherwise.
pub const DEFAULT_HEADING_LEVEL: u8 = 3;

/// The lowest level of a heading in HTML.
pub const MAX_HEADING_LEVEL: u8 = 6;

names! {
    /// A form of a fragment.
    Format {
        /// For the HTML part of an e-mail.
        Html "html",
        /// For its plain-text part.
        Text "text",
        /// `CommonMark`.
        Markdown "markdown",
        /// For a host that renders by itself.
        Blocks "blocks",
    }
}

/// Settings as they were sent; what is absent is as the caller left it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct SettingsDraft {
    /// How many tips come at most; clamped to 1 to [`MAX_TIPS`].
    pub max_tips: Option<i64>,
    /// The forms wanted. Absent or empty: all.
    pub formats: Option<Vec<Format>>,
    /// How large it may be in bytes; clamped to at most [`MAX_BUDGET_BYTES`].
    pub budget_bytes: Option<i64>,
    /// The level of its headings, 1 to [`MAX_HEADING_LEVEL`].
    pub heading_level: Option<i64>,
    /// In whose name it speaks.
    pub brand: Option<BrandDraft>,
    /// The merge tags of the host.
    pub merge_tags: Option<MergeTagsDraft>,
}

/// Settings that a fragment can be made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub(super) max_tips: u8,
    pub(super) formats: Formats,
    pub(super) budget_bytes: u16,
    pub(super) heading_level: u8,
    pub(super) brand: Option<Brand>,
    pub(super) tags: MergeTags,
}

/// Some of the forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Formats(u8);

impl SettingsDraft {
    /// Whether nothing was said at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These settings, with those of `under` where they say nothing.
    #[must_use]
    pub fn over(self, under: &Self) -> Self {
        Self {
            max_tips: self.max_tips.or(under.max_tips),
            formats: self.formats.or_else(|| under.formats.clone()),
            budget_bytes: self.budget_bytes.or(under.budget_bytes),
            heading_level: self.heading_level.or(under.heading_level),
            brand: self.brand.or_else(|| under.brand.clone()),
            merge_tags: self.merge_tags.or_else(|| under.merge_tags.clone()),
        }
    }

    /// The settings, with every mistake noted.
    pub fn check(self, errors: &mut Vec<FieldError>) -> Settings {
        let clamped = |number: Option<i64>, default: u16, least: u16, most: u16| {
            let number = number.map_or(i64::from(default), |number| number.clamp(i64::from(least), i64::from(most)));
            u16::try_from(number).unwrap_or(default)
        };
        let max_tips = clamped(self.max_tips, u16::from(DEFAULT_TIPS), 1, u16::from(MAX_TIPS));
        let heading_level = self.heading_level.unwrap_or(i64::from(DEFAULT_HEADING_LEVEL));
        let level = u8::try_from(heading_level).ok().filter(|level| (1..=MAX_HEADING_LEVEL).contains(level));
        if level.is_none() {
            let detail = format!("no level of a heading; allowed: 1 to {MAX_HEADING_LEVEL}");
            errors.push(FieldError::new("/heading_level", detail));
        }
        let tags = self.merge_tags.unwrap_or_default().check("/merge_tags", errors);
        Settings {
            max_tips: u8::try_from(max_tips).unwrap_or(MAX_TIPS),
            formats: Formats::of(&self.formats.unwrap_or_default()),
            budget_bytes: clamped(self.budget_bytes, DEFAULT_BUDGET_BYTES, 0, MAX_BUDGET_BYTES),
            heading_level: level.unwrap_or(DEFAULT_HEADING_LEVEL),
            brand: self.brand.map(|brand| brand.check(&tags, "/brand", errors)),
            tags,
        }
    }
}

impl Formats {
    fn of(formats: &[Format]) -> Self {
        let formats = if formats.is_empty() { Format::ALL } else { formats };
        Self(formats.iter().fold(0, |set, format| set | 1 << *format as u8))
    }

    /// Whether this form is among them.
    pub(super) const fn has(self, format: Format) -> bool {
        self.0 & (1 << format as u8) != 0
    }

    pub(super) const fn bits(self) -> u8 {
        self.0
    }
}
