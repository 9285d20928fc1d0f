//! Advice for somebody else's e-mail: a fragment of HTML, text, Markdown or blocks that a host puts into its own message.
//! Tips are written in every form when the catalog is loaded; a request chooses them, keeps to its budget and joins them.

mod batch;
mod block;
mod brand;
mod choice;
mod color;
mod confirmation;
mod defaults;
mod direction;
mod escape;
mod frame;
mod merge_tags;
mod parts;
mod settings;
mod size;
mod spool;
mod tongue;

pub use batch::{Batch, Item, MAX_REMEMBERED, MAX_VARIANTS, SAMPLES, Summary, Variant};
pub use block::{Block, BlockType};
pub use brand::{
    BrandDraft, LINK_TEXT_LENGTH, LinkDraft, NAME_LENGTH, SIGNOFF_LENGTH, SIGNOFF_LINES, URL_LENGTH, Voice,
};
pub use choice::Choice;
pub use color::Color;
pub use confirmation::{CONFIRMED_WITHIN, Confirmation, Confirmations, Previewing};
pub use defaults::Defaults;
pub use direction::Direction;
pub use frame::Frame;
pub(crate) use frame::NAME;
pub use merge_tags::{Dialect, MAX_KEPT, MergeTagsDraft};
pub(crate) use parts::TipParts;
pub use settings::{
    DEFAULT_BUDGET_BYTES, DEFAULT_HEADING_LEVEL, DEFAULT_TIPS, Format, MAX_BUDGET_BYTES, MAX_HEADING_LEVEL, MAX_TIPS,
    Settings, SettingsDraft,
};
pub use size::Size;
pub use spool::{Items, Released, Spool, Spooled};
pub(crate) use tongue::Tongue;

use std::sync::Arc;

use uuid::Uuid;

use crate::catalog::{Catalog, CatalogIndex, ResolvedLocale};
use crate::context::{Context, Draft, Field};
use crate::error::FieldError;
use crate::id::FragmentId;
use crate::{Error, Result};

/// A request for a fragment.
#[derive(Debug, Clone)]
pub struct FragmentRequest {
    /// What happened.
    pub context: Context,
    /// The language of the fragment, of those that its catalog has.
    pub locale: ResolvedLocale,
    /// The catalog that answers.
    pub catalog: CatalogIndex,
    /// How it is wanted.
    pub settings: Arc<Settings>,
}

/// A fragment. Of its forms only those are there that were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment<'a> {
    /// For the HTML part of an e-mail.
    pub html: Option<String>,
    /// For its plain-text part.
    pub text: Option<String>,
    /// As `CommonMark`.
    pub markdown: Option<String>,
    /// For a host that renders by itself.
    pub blocks: Option<Vec<Block<'a>>>,
    /// The size of the HTML.
    pub html_size: Size,
    /// The size of the text.
    pub text_size: Size,
    /// The ids of the tips in it, in order.
    pub steps: Vec<&'a str>,
    /// What the budget kept out.
    pub left_out: Vec<LeftOut<'a>>,
    /// Its content as a number: the same for the same content, on every machine.
    pub tag: u128,
}

/// A tip that the budget kept out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut<'a> {
    /// The id of the tip.
    pub tip: &'a str,
    /// Why, such as `budget_bytes=2048`.
    pub because: String,
}

impl FragmentRequest {
    /// A request, unless the context or what was checked before (`errors`) is wrong. A fragment is for an employer's own
    /// e-mail unless the context names another audience.
    ///
    /// # Errors
    /// `Invalid` with every field that is wrong.
    pub fn new(
        context: Result<Draft, FieldError>,
        (locale, catalog): (ResolvedLocale, CatalogIndex),
        settings: Arc<Settings>,
        errors: Vec<FieldError>,
    ) -> Result<Self> {
        let context = context.map_err(|error| vec![error]).and_then(|mut draft| {
            draft.imply(Field::Audience, "employer_branded");
            draft.finish()
        });
        match context {
            Ok(context) if errors.is_empty() => Ok(Self { context, locale, catalog, settings }),
            Ok(_) => Err(Error::invalid(errors)),
            Err(mut found) => {
                found.extend(errors);
                Err(Error::invalid(found))
            }
        }
    }

    /// What stands around the tips of its answer.
    #[must_use]
    pub fn frame(&self, catalog: &Catalog) -> Frame {
        Frame::new(catalog, &self.locale, &self.settings)
    }
}

impl Fragment<'_> {
    /// The id of a fragment with this content.
    #[must_use]
    pub fn id(tag: u128) -> FragmentId {
        Uuid::from_u128(tag).into()
    }

    /// The entity tag of a fragment with this content, quoted.
    #[must_use]
    pub fn etag(tag: u128) -> String {
        format!("W/\"{tag:032x}\"")
    }
}
