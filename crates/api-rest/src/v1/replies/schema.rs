//! The request for a reply as the OpenAPI document describes it.

use rebound_domain::catalog::{Length, Tone};
use rebound_domain::history::Channel;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::components::{nullable, one_of_or_null};
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
        let template = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some("The id of a reply template."))
            .examples(["thank-you"]);
        let object = ObjectBuilder::new()
            .description(Some("What happened, what is filled in, and how it is to sound."))
            .property("template", template)
            .required("template")
            .property("context", Ref::from_schema_name("Context"))
            .required("context")
            .property("variables", nullable("ReplyVariables", "What is filled in."))
            .property("channel", one_of_or_null(Channel::NAMES, "The way it goes. Absent: `email`."))
            .property("tone", one_of_or_null(Tone::NAMES, "How it sounds. Absent: `neutral`."))
            .property("length", one_of_or_null(Length::NAMES, "How much it says. Absent: `standard`."))
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
        schemas.push(("ReplyVariables".to_owned(), variables().into()));
    }
}

fn variables() -> ObjectBuilder {
    let text = ObjectBuilder::new().schema_type(SchemaType::Array(vec![Type::String, Type::Null]));
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(VARIABLES_DOC))
        .additional_properties(Some(AdditionalProperties::RefOr(text.into())))
        .examples([serde_json::json!({ "recipient_name": "Robin Lee", "sender_name": "Kim Novak" })])
}
