//! What a check is asked with: one JSON object, read straight into what the domain takes. Errors never repeat the text.

use std::fmt;

use http::HeaderMap;
use rebound_domain::catalog::{Catalog, ResolvedLocale};
use rebound_domain::context::{ContextSeed, Draft};
use rebound_domain::drafts::{CheckRequest, Profile, TEXT_LENGTH};
use rebound_domain::error::MAX_FIELD_ERRORS;
use rebound_domain::{FieldError, Result};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::body::{Scalar, parse_json, pointer_to};
use crate::components::{nullable, one_of};
use crate::object::{Members, ObjectSeed};
use crate::v1::guidance::resolve_locale;

const MEMBERS: [&str; 4] = ["profile", "text", "context", "locale"];

/// A request as it was sent, before it is found right or wrong.
#[derive(Default)]
pub(super) struct Input {
    scalars: [Option<Scalar>; 4],
    seen: [bool; 4],
    context: Option<Draft>,
    errors: Vec<FieldError>,
}

impl Input {
    /// Reads a JSON body.
    pub(super) fn from_json(json: &[u8]) -> Result<Self> {
        let mut input = Self::default();
        parse_json(json, ObjectSeed(&mut input))?;
        Ok(input)
    }

    /// The request, with the language from the body before the one from the header.
    pub(super) fn into_request(self, catalog: &Catalog, headers: &HeaderMap) -> Result<(CheckRequest, ResolvedLocale)> {
        let Self { scalars, context, mut errors, .. } = self;
        let [profile, text, _, locale] = scalars.map(|scalar| scalar.unwrap_or(Scalar::Null));
        let profile = match profile {
            Scalar::Null => None,
            Scalar::Text(name) if Profile::from_name(&name).is_some() => Profile::from_name(&name),
            _ => {
                errors.push(FieldError::new("/profile", format!("not an allowed value; {}", Profile::allowed())));
                None
            }
        };
        let text = text.into_text("/text", &mut errors);
        let locale = locale.into_text("/locale", &mut errors);
        let locale = resolve_locale(catalog, headers, locale, &mut errors);
        Ok((CheckRequest::new(profile, text, context, errors)?, locale))
    }
}

impl Members for Input {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let Some(member) = MEMBERS.iter().position(|member| *member == name) else {
            if self.errors.len() < MAX_FIELD_ERRORS {
                let detail = format!("no such field; allowed: {}", MEMBERS.join(", "));
                self.errors.push(FieldError::new(pointer_to(name), detail));
            }
            return map.next_value::<IgnoredAny>().map(drop);
        };
        if std::mem::replace(&mut self.seen[member], true) {
            self.errors.push(FieldError::new(format!("/{}", MEMBERS[member]), "given more than once"));
            map.next_value::<IgnoredAny>()?;
        } else if MEMBERS[member] == "context" {
            self.context = map.next_value_seed(OptionalContext)?;
        } else {
            self.scalars[member] = Some(map.next_value()?);
        }
        Ok(())
    }

    fn refuse_whole(&mut self) {
        self.errors.push(FieldError::new("", "must be an object with a profile and a text"));
    }
}

/// A context, or `null` for none.
struct OptionalContext;

impl<'de> DeserializeSeed<'de> for OptionalContext {
    type Value = Option<Draft>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for OptionalContext {
    type Value = Option<Draft>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a context object or null")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let mut draft = Draft::new("/context");
        ContextSeed(&mut draft).deserialize(deserializer)?;
        Ok(Some(draft))
    }
}

/// The body of a request.
pub(super) struct CheckDraftRequest;

impl PartialSchema for CheckDraftRequest {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(*TEXT_LENGTH.start()))
            .max_length(Some(*TEXT_LENGTH.end()))
            .description(Some("The draft, in English. Neither stored nor logged."))
            .examples(["Thank you for the interview. What could have made my case study stronger?"]);
        let locale = ObjectBuilder::new()
            .schema_type(SchemaType::Array(vec![Type::String, Type::Null]))
            .description(Some("The BCP 47 tag of the language of the report; goes before `Accept-Language`."))
            .format(Some(SchemaFormat::Custom("bcp47".to_owned())))
            .examples(["en-GB"]);
        let context =
            nullable("Context", "What happened, if it is known. Decides about thanks, and about what cannot be asked.");
        let object = ObjectBuilder::new()
            .description(Some("A draft, and who writes it to whom."))
            .property(
                "profile",
                one_of(Profile::NAMES, "A person's answer to a rejection, or an employer's rejection."),
            )
            .required("profile")
            .property("text", text)
            .required("text")
            .property("context", context)
            .property("locale", locale)
            .additional_properties(Some(AdditionalProperties::FreeForm(false)));
        RefOr::T(object.build().into())
    }
}

impl ToSchema for CheckDraftRequest {}
