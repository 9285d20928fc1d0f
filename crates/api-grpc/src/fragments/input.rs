//! Reads what fragments are asked with from its proto messages. Enum numbers that do not exist are refused; 0 is absent.

use http::HeaderMap;
use rebound_domain::catalog::{CatalogIndex, Catalogs, ResolvedLocale};
use rebound_domain::error::MAX_FIELD_ERRORS;
use rebound_domain::fragments::{
    BrandDraft, Defaults, Dialect, Format, FragmentRequest, LinkDraft, MergeTagsDraft, SettingsDraft, Voice,
};
use rebound_domain::{FieldError, Result};

use crate::context::draft;
use crate::locale;
use crate::proto::v1;

/// What may stand in the defaults of a call, and in an item.
pub(super) struct Asked {
    pub(super) locale: Option<String>,
    pub(super) catalog_version: Option<String>,
    pub(super) max_tips: Option<i32>,
    pub(super) formats: Vec<i32>,
    pub(super) budget_bytes: Option<i32>,
    pub(super) heading_level: Option<i32>,
    pub(super) brand: Option<v1::Brand>,
    pub(super) merge_tags: Option<v1::MergeTags>,
}

impl From<v1::FragmentDefaults> for Asked {
    fn from(defaults: v1::FragmentDefaults) -> Self {
        let v1::FragmentDefaults {
            locale,
            max_tips,
            formats,
            budget_bytes,
            heading_level,
            brand,
            merge_tags,
            catalog_version,
        } = defaults;
        Self { locale, catalog_version, max_tips, formats, budget_bytes, heading_level, brand, merge_tags }
    }
}

/// The request as the domain has it, unless it or what was checked before (`errors`) is wrong.
pub(super) fn request(
    catalogs: &Catalogs,
    metadata: &HeaderMap,
    context: Option<&v1::Context>,
    mut asked: Asked,
    defaults: &Defaults,
    mut errors: Vec<FieldError>,
) -> Result<FragmentRequest> {
    let own = settings(&mut asked, &mut errors);
    let locale = asked.locale.as_deref().or(defaults.locale.as_deref());
    let version = asked.catalog_version.as_deref().or(defaults.catalog_version.as_deref());
    let located = located(catalogs, metadata, locale, version, &mut errors);
    let settings = defaults.settings(own, &mut errors);
    let missing = || FieldError::new("/context", "required: an object that says what happened");
    FragmentRequest::new(context.map(draft).ok_or_else(missing), located, settings, errors)
}

/// The defaults of a call.
pub(super) fn defaults(catalogs: &Catalogs, metadata: &HeaderMap, mut asked: Asked) -> Result<Defaults> {
    let mut errors = Vec::new();
    let own = settings(&mut asked, &mut errors);
    located(catalogs, metadata, asked.locale.as_deref(), asked.catalog_version.as_deref(), &mut errors);
    Defaults::new(asked.locale, asked.catalog_version, own, errors)
}

fn located(
    catalogs: &Catalogs,
    metadata: &HeaderMap,
    locale: Option<&str>,
    version: Option<&str>,
    errors: &mut Vec<FieldError>,
) -> (ResolvedLocale, CatalogIndex) {
    let index = catalogs.find(version).unwrap_or_else(|error| {
        errors.push(error);
        CatalogIndex::default()
    });
    let catalog = catalogs.get(index);
    (locale::resolve(catalog, locale, || locale::accepted(catalog, metadata), errors), index)
}

/// Takes how a fragment is wanted.
fn settings(asked: &mut Asked, errors: &mut Vec<FieldError>) -> SettingsDraft {
    let mut formats = Vec::with_capacity(asked.formats.len().min(Format::ALL.len()));
    for (place, number) in asked.formats.iter().enumerate() {
        let format = usize::try_from(*number).ok().and_then(|number| Format::ALL.get(number.checked_sub(1)?));
        if let Some(format) = format {
            formats.push(*format);
        } else if errors.len() < MAX_FIELD_ERRORS {
            let detail = format!("not an allowed value; {}", Format::allowed());
            errors.push(FieldError::new(format!("/formats/{place}"), detail));
        }
    }
    SettingsDraft {
        max_tips: asked.max_tips.map(i64::from),
        formats: (!formats.is_empty()).then_some(formats),
        budget_bytes: asked.budget_bytes.map(i64::from),
        heading_level: asked.heading_level.map(i64::from),
        brand: asked.brand.take().map(|brand| BrandDraft {
            name: brand.name,
            voice: choice(brand.voice, Voice::ALL, "/brand/voice", Voice::allowed, errors),
            signoff: brand.signoff,
            link: brand.link.map(|link| LinkDraft { text: link.text, url: link.url }),
            link_color: brand.link_color,
        }),
        merge_tags: asked.merge_tags.take().map(|tags| MergeTagsDraft {
            dialect: choice(tags.dialect, Dialect::ALL, "/merge_tags/dialect", Dialect::allowed, errors),
            keep: tags.keep,
        }),
    }
}

/// The value of a number; 0 is none.
fn choice<T: Copy>(
    number: i32,
    values: &[T],
    pointer: &str,
    allowed: fn() -> String,
    errors: &mut Vec<FieldError>,
) -> Option<T> {
    let place = usize::try_from(number).unwrap_or(usize::MAX).checked_sub(1)?;
    let value = values.get(place).copied();
    if value.is_none() {
        errors.push(FieldError::new(pointer, format!("not an allowed value; {}", allowed())));
    }
    value
}
