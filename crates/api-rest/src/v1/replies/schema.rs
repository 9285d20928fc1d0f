//! The request for a reply as the OpenAPI document describes it.

use rebound_domain::catalog::{Length, Tone};
use rebound_domain::history::Channel;
use serde_json::Value;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::v1::guidance::{ContextSchema as Context, LOCALE_DOC, VERSION_DOC, catalog_version, language_tag};

const VARIABLES_DOC: &str = "What is filled in, by the names that the template has. Each is one line of text; null counts \
                             as absent.";

const OVERRIDE_DOC: &str = "Whether to compose it though the situation makes it unwise.";

/// The body of a request for a reply.
pub(super) struct ReplyRequest;

impl PartialSchema for ReplyRequest {
    fn schema() -> RefOr<Schema> {
        let optional = |kind: Type, description: &str| {
            ObjectBuilder::new()
                .schema_type(SchemaType::Array(vec![kind, Type::Null]))
                .description(Some(description.to_owned()))
        };
        let choice = |names: &[&str], description: &str| {
            let names = names.iter().map(|name| Value::from(*name)).chain([Value::Null]);
            optional(Type::String, description).enum_values(Some(names))
        };
        let template = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some("The id of a reply template."))
            .examples(["thank-you"]);
        let text = ObjectBuilder::new().schema_type(SchemaType::Array(vec![Type::String, Type::Null]));
        let variables = optional(Type::Object, VARIABLES_DOC)
            .additional_properties(Some(AdditionalProperties::RefOr(RefOr::T(text.build().into()))));
        let object = ObjectBuilder::new()
            .description(Some("What happened, what is filled in, and how it is to sound."))
            .property("template", template)
            .required("template")
            .property("context", Ref::from_schema_name("Context"))
            .required("context")
            .property("variables", variables)
            .property("channel", choice(Channel::NAMES, "The way it goes. Absent: `email`."))
            .property("tone", choice(Tone::NAMES, "How it sounds. Absent: `neutral`."))
            .property("length", choice(Length::NAMES, "How much it says. Absent: `standard`."))
            .property("override", optional(Type::Boolean, OVERRIDE_DOC))
            .property("locale", optional(Type::String, LOCALE_DOC).format(Some(language_tag())).examples(["en-GB"]))
            .property(
                "catalog_version",
                optional(Type::String, VERSION_DOC).format(Some(catalog_version())).examples(["2026.11.1"]),
            )
            .additional_properties(Some(AdditionalProperties::FreeForm(false)));
        RefOr::T(object.build().into())
    }
}

impl ToSchema for ReplyRequest {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Context::name().into_owned(), Context::schema()));
    }
}
