//! What guidance is asked with: a JSON object, a line of a stream, or a query string, read into the same request and
//! refused with the same errors.

use http::{HeaderMap, header};
use rebound_domain::catalog::{Catalog, CatalogIndex, Catalogs, ResolvedLocale};
use rebound_domain::context::{ContextSeed, Draft, Field};
use rebound_domain::error::MAX_FIELD_ERRORS;
use rebound_domain::guidance::GuidanceRequest;
use rebound_domain::{Error, FieldError, Result};
use serde::de::{IgnoredAny, MapAccess};

use crate::batch::MAX_REF_LENGTH;
use crate::body::{Scalar, integer, parse_json, pointer_to};
use crate::object::{Members, ObjectSeed};

/// A request as it was sent, before it is found right or wrong.
#[derive(Debug)]
pub(in crate::v1) struct Input {
    context: Draft,
    has_context: bool,
    slots: [Option<Scalar>; 5],
    is_batch_item: bool,
    errors: Vec<FieldError>,
}

/// What stands beside the context.
#[derive(Debug, Clone, Copy)]
enum Slot {
    Locale,
    Limit,
    Explain,
    CatalogVersion,
    Ref,
}

impl Slot {
    const fn pointer(self) -> &'static str {
        match self {
            Self::Locale => "/locale",
            Self::Limit => "/limit",
            Self::Explain => "/explain",
            Self::CatalogVersion => "/catalog_version",
            Self::Ref => "/ref",
        }
    }
}

impl Input {
    fn new(context: Draft, is_batch_item: bool) -> Self {
        Self { context, has_context: false, slots: [const { None }; 5], is_batch_item, errors: Vec::new() }
    }

    /// Reads a JSON body.
    pub(in crate::v1) fn from_json(json: &[u8]) -> Result<Self> {
        let mut input = Self::new(Draft::new("/context"), false);
        parse_json(json, ObjectSeed(&mut input))?;
        Ok(input)
    }

    /// Reads a line of a batch: a JSON body with a `ref`.
    pub(super) fn from_line(json: &[u8]) -> Result<Self> {
        let mut input = Self::new(Draft::new("/context"), true);
        parse_json(json, ObjectSeed(&mut input))?;
        Ok(input)
    }

    /// Reads a query string: the fields of the context and of the body side by side, lists repeated.
    pub(super) fn from_query(query: &str) -> Self {
        let mut input = Self::new(Draft::new(""), false);
        input.has_context = true;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "locale" => input.put(Slot::Locale, Scalar::Text(value.into_owned())),
                "limit" => input.put(Slot::Limit, integer(&value).map_or(Scalar::Other, Scalar::Integer)),
                "explain" => input.put(Slot::Explain, value.parse().map_or(Scalar::Other, Scalar::Bool)),
                "catalog_version" => input.put(Slot::CatalogVersion, Scalar::Text(value.into_owned())),
                name => match Field::from_name(name) {
                    Some(field) => input.context.set_text(field, &value),
                    None => input.refuse_name(name, "context fields, locale, limit, explain, catalog_version"),
                },
            }
        }
        input
    }

    /// The `ref` of a batch item, if it is a usable text.
    pub(super) fn reference(&self) -> Option<&str> {
        match &self.slots[Slot::Ref as usize] {
            Some(Scalar::Text(text)) if text.chars().count() <= MAX_REF_LENGTH => Some(text),
            _ => None,
        }
    }

    /// The request to the catalog that it names, with the language from the body before the one from the header.
    pub(in crate::v1) fn into_request(self, catalogs: &Catalogs, headers: &HeaderMap) -> Result<GuidanceRequest> {
        let has_usable_reference = self.reference().is_some();
        let Self { context, has_context, slots, mut errors, .. } = self;
        let [locale, limit, explain, version, reference] = slots.map(|slot| slot.unwrap_or(Scalar::Null));
        if reference != Scalar::Null && !has_usable_reference {
            errors.push(FieldError::new("/ref", format!("must be a text of at most {MAX_REF_LENGTH} characters")));
        }
        let version = version.into_text("/catalog_version", &mut errors);
        let catalog = catalogs.find(version.as_deref()).unwrap_or_else(|error| {
            errors.push(error);
            CatalogIndex::default()
        });
        let locale = locale.into_text("/locale", &mut errors);
        let locale = resolve_locale(catalogs.get(catalog), headers, locale, &mut errors);
        let limit = limit.into_integer("/limit", &mut errors);
        let explain = explain.into_bool("/explain", &mut errors).unwrap_or_default();
        if !has_context && errors.iter().all(|error| !error.pointer.is_empty()) {
            errors.push(FieldError::new("/context", "required: an object that says what happened"));
        }
        match context.finish() {
            Ok(context) if errors.is_empty() => Ok(GuidanceRequest::new(context, locale, limit, explain).to(catalog)),
            Ok(_) => Err(Error::invalid(errors)),
            Err(found) => {
                if has_context {
                    errors.splice(0..0, found);
                }
                Err(Error::invalid(errors))
            }
        }
    }

    /// Fills a slot, once.
    fn put(&mut self, slot: Slot, value: Scalar) {
        let place = &mut self.slots[slot as usize];
        if place.is_some() {
            self.errors.push(FieldError::new(slot.pointer(), "given more than once"));
        }
        *place = Some(value);
    }

    fn refuse_name(&mut self, name: &str, allowed: &str) {
        if self.errors.len() < MAX_FIELD_ERRORS {
            self.errors.push(FieldError::new(pointer_to(name), format!("no such field; allowed: {allowed}")));
        }
    }
}

/// The language of an answer: what the request names, else what the header prefers.
pub(crate) fn resolve_locale(
    catalog: &Catalog,
    headers: &HeaderMap,
    named: Option<String>,
    errors: &mut Vec<FieldError>,
) -> ResolvedLocale {
    let accepted = || {
        let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        catalog.locales().negotiate(header)
    };
    match named {
        None => accepted(),
        Some(tag) => catalog.locales().resolve(&tag).unwrap_or_else(|| {
            errors.push(FieldError::new("/locale", "not a BCP 47 language tag; allowed: a tag such as en or en-GB"));
            accepted()
        }),
    }
}

impl Members for Input {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "context" if !self.has_context => {
                self.has_context = true;
                map.next_value_seed(ContextSeed(&mut self.context))?;
            }
            "context" => {
                self.errors.push(FieldError::new("/context", "given more than once"));
                map.next_value::<IgnoredAny>()?;
            }
            "locale" => self.put(Slot::Locale, map.next_value()?),
            "limit" => self.put(Slot::Limit, map.next_value()?),
            "explain" => self.put(Slot::Explain, map.next_value()?),
            "catalog_version" => self.put(Slot::CatalogVersion, map.next_value()?),
            "ref" if self.is_batch_item => self.put(Slot::Ref, map.next_value()?),
            _ => {
                let allowed = if self.is_batch_item {
                    "ref, context, locale, limit, explain, catalog_version"
                } else {
                    "context, locale, limit, explain, catalog_version"
                };
                self.refuse_name(name, allowed);
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn refuse_whole(&mut self) {
        self.errors.push(FieldError::new("", "must be an object with a context"));
    }
}
