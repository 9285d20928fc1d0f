//! What a reply is asked with: a JSON object, read in one pass, refused with every mistake in it.

use http::HeaderMap;
use rebound_domain::catalog::{CatalogIndex, Catalogs, Length, Tone};
use rebound_domain::context::{ContextSeed, Draft};
use rebound_domain::error::MAX_FIELD_ERRORS;
use rebound_domain::history::Channel;
use rebound_domain::replies::Sent;
use rebound_domain::{FieldError, Result};
use serde::de::{IgnoredAny, MapAccess};

use crate::body::{Scalar, parse_json, pointer_to};
use crate::object::{Members, ObjectSeed};
use crate::v1::guidance::resolve_locale;

/// The members beside the context and the variables.
const SCALARS: [&str; 7] = ["template", "channel", "tone", "length", "override", "locale", "catalog_version"];

/// Everything that a request may have.
const ALLOWED: &str = "template, context, variables, channel, tone, length, override, locale, catalog_version";

/// A request as it was sent, before it is found right or wrong.
pub(super) struct Input {
    context: Option<Draft>,
    variables: Option<Vec<(String, String)>>,
    scalars: [Option<Scalar>; SCALARS.len()],
    errors: Vec<FieldError>,
}

impl Input {
    /// Reads a JSON body.
    pub(super) fn from_json(json: &[u8]) -> Result<Self> {
        let scalars = [const { None }; SCALARS.len()];
        let mut input = Self { context: None, variables: None, scalars, errors: Vec::new() };
        parse_json(json, ObjectSeed(&mut input))?;
        Ok(input)
    }

    /// What was sent, with what is wrong with it so far.
    pub(super) fn into_sent(self, catalogs: &Catalogs, headers: &HeaderMap) -> (Sent, Vec<FieldError>) {
        let Self { context, variables, scalars, mut errors } = self;
        let errors_ = &mut errors;
        let [template, channel, tone, length, overridden, locale, version] =
            scalars.map(|scalar| scalar.unwrap_or(Scalar::Null));
        let version = version.into_text("/catalog_version", errors_);
        let catalog = catalogs.find(version.as_deref()).unwrap_or_else(|error| {
            errors_.push(error);
            CatalogIndex::default()
        });
        let locale = locale.into_text("/locale", errors_);
        let locale = resolve_locale(catalogs.get(catalog), headers, locale, errors_);
        let sent = Sent {
            template: template.into_text("/template", errors_),
            context,
            variables: variables.unwrap_or_default(),
            channel: choice(channel, "/channel", Channel::from_name, Channel::allowed, errors_),
            tone: choice(tone, "/tone", Tone::from_name, Tone::allowed, errors_),
            length: choice(length, "/length", Length::from_name, Length::allowed, errors_),
            is_insisted: overridden.into_bool("/override", errors_).unwrap_or_default(),
            locale,
            catalog,
        };
        (sent, errors)
    }

    fn refuse(&mut self, pointer: String, detail: impl Into<String>) {
        if self.errors.len() < MAX_FIELD_ERRORS {
            self.errors.push(FieldError::new(pointer, detail));
        }
    }
}

/// One of some names; null is none.
fn choice<T>(
    sent: Scalar,
    pointer: &str,
    from_name: fn(&str) -> Option<T>,
    allowed: fn() -> String,
    errors: &mut Vec<FieldError>,
) -> Option<T> {
    let found = match sent {
        Scalar::Null => return None,
        Scalar::Text(name) => from_name(&name),
        _ => None,
    };
    if found.is_none() {
        errors.push(FieldError::new(pointer, format!("not an allowed value; {}", allowed())));
    }
    found
}

impl Members for Input {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match (name, SCALARS.iter().position(|known| *known == name)) {
            (_, Some(index)) if self.scalars[index].is_none() => self.scalars[index] = Some(map.next_value()?),
            ("context", _) if self.context.is_none() => {
                let draft = self.context.insert(Draft::new("/context"));
                map.next_value_seed(ContextSeed(draft))?;
            }
            ("variables", _) if self.variables.is_none() => {
                self.variables = Some(Vec::new());
                map.next_value_seed(ObjectSeed(&mut Variables { input: self, seen: Vec::new() }))?;
            }
            ("context" | "variables", _) | (_, Some(_)) => {
                map.next_value::<IgnoredAny>()?;
                self.refuse(pointer_to(name), "given more than once");
            }
            _ => {
                map.next_value::<IgnoredAny>()?;
                self.refuse(pointer_to(name), format!("no such field; allowed: {ALLOWED}"));
            }
        }
        Ok(())
    }

    fn refuse_whole(&mut self) {
        self.refuse(String::new(), "must be an object with a template and a context");
    }
}

/// What is filled in, on its way into an input.
struct Variables<'a> {
    input: &'a mut Input,
    seen: Vec<String>,
}

impl Members for Variables<'_> {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value()?;
        if self.seen.iter().any(|seen| seen == name) {
            self.input.refuse(format!("/variables{}", pointer_to(name)), "given more than once");
            return Ok(());
        }
        match value {
            Scalar::Null => {}
            Scalar::Text(value) => self.input.variables.get_or_insert_default().push((name.to_owned(), value)),
            _ => self.input.refuse(format!("/variables{}", pointer_to(name)), "must be a text"),
        }
        // Of an object with very many members, a repeated one may pass: its first value is overwritten.
        if self.seen.len() < MAX_FIELD_ERRORS {
            self.seen.push(name.to_owned());
        }
        Ok(())
    }

    fn refuse_whole(&mut self) {
        self.input.refuse("/variables".to_owned(), "must be an object of texts");
    }

    fn refuse_null(&mut self) {}
}
