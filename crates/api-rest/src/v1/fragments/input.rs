//! What fragments are asked with: a JSON object, a line of a stream, or the defaults of a stream.

use http::HeaderMap;
use rebound_domain::catalog::{CatalogIndex, Catalogs};
use rebound_domain::context::{ContextSeed, Draft};
use rebound_domain::error::MAX_FIELD_ERRORS;
use rebound_domain::fragments::{
    BrandDraft, Defaults, Dialect, Format, FragmentRequest, LinkDraft, MergeTagsDraft, SettingsDraft, Voice,
};
use rebound_domain::{Error, FieldError, Result};
use serde::de::{IgnoredAny, MapAccess};

use super::members::Reading;
use crate::batch::MAX_REF_LENGTH;
use crate::body::parse_json;
use crate::json::Json;
use crate::object::{Members, ObjectSeed};
use crate::v1::guidance::resolve_locale;

/// The defaults of a call, as a line of their own.
pub(super) const DEFAULTS: &str = "defaults";

/// A request as it was sent, before it is found right or wrong.
#[derive(Debug)]
pub(super) struct Input {
    context: Draft,
    has_context: bool,
    is_object: bool,
    members: Vec<(String, Json)>,
    errors: Vec<FieldError>,
}

impl Members for Input {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        if name == "context" {
            if self.has_context {
                self.errors.push(FieldError::new("/context", "given more than once"));
                return map.next_value::<IgnoredAny>().map(drop);
            }
            self.has_context = true;
            return map.next_value_seed(ContextSeed(&mut self.context));
        }
        // An answer names only so many places; what is beyond need not be kept.
        if self.members.len() > MAX_FIELD_ERRORS * 2 {
            return map.next_value::<IgnoredAny>().map(drop);
        }
        self.members.push((name.to_owned(), map.next_value()?));
        Ok(())
    }

    fn refuse_whole(&mut self) {
        self.is_object = false;
        self.errors.push(FieldError::new("", "must be an object with a context"));
    }
}

impl Input {
    /// Reads a JSON object.
    pub(super) fn from_json(json: &[u8]) -> Result<Self> {
        let mut input = Self {
            context: Draft::new("/context"),
            has_context: false,
            is_object: true,
            members: Vec::new(),
            errors: Vec::new(),
        };
        parse_json(json, ObjectSeed(&mut input))?;
        Ok(input)
    }

    /// The `ref` of a batch item, if it is a usable text.
    pub(super) fn reference(&self) -> Option<&str> {
        let (_, reference) = self.members.iter().find(|(name, _)| name == "ref")?;
        reference.text().filter(|text| text.chars().count() <= MAX_REF_LENGTH)
    }

    /// Whether it is the defaults of a call instead of an item.
    pub(super) fn is_defaults(&self) -> bool {
        self.members.iter().any(|(name, _)| name == DEFAULTS)
    }

    /// The defaults of a call.
    pub(super) fn into_defaults(mut self, catalogs: &Catalogs, headers: &HeaderMap) -> Result<Defaults> {
        let defaults = self.members.pop();
        let (Some((_, Json::Object(members))), true, false) = (defaults, self.members.is_empty(), self.has_context)
        else {
            return Err(Defaults::late());
        };
        let mut errors = self.errors;
        let mut reading = Reading::new(String::new(), members, &mut errors);
        let (locale, version) = (reading.text("locale"), reading.text("catalog_version"));
        let draft = settings(&mut reading);
        reading.finish();
        located(catalogs, headers, locale.clone(), version.as_deref(), &mut errors);
        Defaults::new(locale, version, draft, errors)
    }

    /// The request, with the language from the body before the one from the header.
    pub(super) fn into_request(
        self,
        catalogs: &Catalogs,
        headers: &HeaderMap,
        defaults: &Defaults,
        is_item: bool,
    ) -> Result<FragmentRequest> {
        let has_usable_reference = self.reference().is_some();
        let Self { context, has_context, is_object, members, mut errors } = self;
        if !is_object {
            return Err(Error::invalid(errors));
        }
        let mut reading = Reading::new(String::new(), members, &mut errors);
        reading.knows("context");
        if is_item && reading.has("ref") && !has_usable_reference {
            reading.refuse("/ref", format!("must be a text of at most {MAX_REF_LENGTH} characters"));
        }
        let (locale, version) = (reading.text("locale"), reading.text("catalog_version"));
        let own = settings(&mut reading);
        reading.finish();
        let locale = locale.or_else(|| defaults.locale.clone());
        let version = version.as_deref().or(defaults.catalog_version.as_deref());
        let located = located(catalogs, headers, locale, version, &mut errors);
        let settings = defaults.settings(own, &mut errors);
        let context = if has_context {
            Ok(context)
        } else {
            Err(FieldError::new("/context", "required: an object that says what happened"))
        };
        FragmentRequest::new(context, located, settings, errors)
    }
}

/// The language and the catalog of an answer.
fn located(
    catalogs: &Catalogs,
    headers: &HeaderMap,
    locale: Option<String>,
    version: Option<&str>,
    errors: &mut Vec<FieldError>,
) -> (rebound_domain::catalog::ResolvedLocale, CatalogIndex) {
    let catalog = catalogs.find(version).unwrap_or_else(|error| {
        errors.push(error);
        CatalogIndex::default()
    });
    (resolve_locale(catalogs.get(catalog), headers, locale, errors), catalog)
}

/// How a fragment is wanted.
fn settings(reading: &mut Reading<'_>) -> SettingsDraft {
    let formats = || format!("allowed: {}", Format::NAMES.join(", "));
    let placeholders = || "allowed: placeholders as texts".to_owned();
    SettingsDraft {
        max_tips: reading.integer("max_tips"),
        formats: reading.list("formats", formats, Format::from_name),
        budget_bytes: reading.integer("budget_bytes"),
        heading_level: reading.integer("heading_level"),
        brand: reading.object("brand", |brand| BrandDraft {
            name: brand.text("name"),
            voice: brand.choice("voice", Voice::NAMES, Voice::from_name),
            signoff: brand.text("signoff"),
            link: brand.object("link", |link| LinkDraft { text: link.text("text"), url: link.text("url") }),
            link_color: brand.text("link_color"),
        }),
        merge_tags: reading.object("merge_tags", |tags| MergeTagsDraft {
            dialect: tags.choice("dialect", Dialect::NAMES, Dialect::from_name),
            keep: tags.list("keep", placeholders, |text| Some(text.to_owned())).unwrap_or_default(),
        }),
    }
}
