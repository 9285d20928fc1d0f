//! What a reply is asked with: a JSON object, read in one pass, refused with every mistake in it.

use std::borrow::Cow;
use std::fmt;

use http::HeaderMap;
use rebound_domain::catalog::{CatalogIndex, Catalogs, Length, Tone};
use rebound_domain::context::{ContextSeed, Draft};
use rebound_domain::error::MAX_FIELD_ERRORS;
use rebound_domain::history::Channel;
use rebound_domain::replies::Sent;
use rebound_domain::{FieldError, Result};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::body::{Scalar, parse_json, pointer_to};
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
        parse_json(json, ObjectSeed(&mut input, Place::Whole))?;
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

/// Which object is read.
#[derive(Debug, Clone, Copy)]
enum Place {
    Whole,
    Variables,
}

/// Reads an object into an input. Fails only where the JSON itself is broken.
struct ObjectSeed<'a>(&'a mut Input, Place);

impl<'de> DeserializeSeed<'de> for ObjectSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl ObjectSeed<'_> {
    fn whole<'de, A: MapAccess<'de>>(input: &mut Input, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let scalar = SCALARS.iter().position(|known| *known == name);
            match (&*name, scalar) {
                (_, Some(index)) if input.scalars[index].is_none() => input.scalars[index] = Some(map.next_value()?),
                ("context", _) if input.context.is_none() => {
                    let draft = input.context.insert(Draft::new("/context"));
                    map.next_value_seed(ContextSeed(draft))?;
                }
                ("variables", _) if input.variables.is_none() => {
                    input.variables = Some(Vec::new());
                    map.next_value_seed(ObjectSeed(input, Place::Variables))?;
                }
                ("context" | "variables", _) | (_, Some(_)) => {
                    map.next_value::<IgnoredAny>()?;
                    input.refuse(pointer_to(&name), "given more than once");
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    input.refuse(pointer_to(&name), format!("no such field; allowed: {ALLOWED}"));
                }
            }
        }
        Ok(())
    }

    fn variables<'de, A: MapAccess<'de>>(input: &mut Input, mut map: A) -> Result<(), A::Error> {
        let mut seen: Vec<Cow<'de, str>> = Vec::new();
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let value = map.next_value()?;
            if seen.contains(&name) {
                input.refuse(format!("/variables{}", pointer_to(&name)), "given more than once");
                continue;
            }
            match value {
                Scalar::Null => {}
                Scalar::Text(value) => input.variables.get_or_insert_default().push((name.to_string(), value)),
                _ => input.refuse(format!("/variables{}", pointer_to(&name)), "must be a text"),
            }
            // Of an object with very many members, a repeated one may pass: its first value is overwritten.
            if seen.len() < MAX_FIELD_ERRORS {
                seen.push(name);
            }
        }
        Ok(())
    }

    #[expect(clippy::unnecessary_wraps, reason = "every method of a visitor ends with it")]
    fn refuse<E>(self) -> Result<(), E> {
        match self.1 {
            Place::Whole => self.0.refuse(String::new(), "must be an object with a template and a context"),
            Place::Variables => self.0.refuse("/variables".to_owned(), "must be an object of texts"),
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for ObjectSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        match self.1 {
            Place::Whole => Self::whole(self.0, map),
            Place::Variables => Self::variables(self.0, map),
        }
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        match self.1 {
            Place::Whole => self.refuse(),
            Place::Variables => Ok(()),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.refuse()
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        self.refuse()
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.refuse()
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.refuse()
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.refuse()
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.refuse()
    }
}
