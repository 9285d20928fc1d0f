//! The context as the OpenAPI document describes it, made from the domain's table of fields, so that the two cannot
//! differ.

use rebound_domain::context::{Field, MAX_COUNT, Shape};
use rebound_domain::guidance::{DEFAULT_LIMIT, LIMITS};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Required, SchemaFormat};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::examples;
use crate::batch::{LineByLine, reference_schema};
use crate::components::{one_of, one_of_or_null};

/// The schema of a context.
pub(crate) struct Context;

impl PartialSchema for Context {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .description(Some(
                "What happened. Only `kind` is required; a field that is absent or null is unknown. Holds no personal data.",
            ))
            .required(Field::Kind.name())
            .additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .examples([examples::THREE_OF_FOUR_ROUNDS["context"].clone()]);
        RefOr::T(with_fields(object, |_| true, true).build().into())
    }
}

impl ToSchema for Context {}

/// An object with those fields of a context that are wanted; in a request all but the kind may be null.
pub(crate) fn with_fields(object: ObjectBuilder, is_wanted: fn(Field) -> bool, in_request: bool) -> ObjectBuilder {
    let fields = Field::ALL.iter().copied().filter(|field| is_wanted(*field));
    fields.fold(object, |object, field| {
        object.property(field.name(), value_schema(field, in_request && field != Field::Kind))
    })
}

/// The body of a guidance request.
pub(crate) struct GuidanceRequest;

impl PartialSchema for GuidanceRequest {
    fn schema() -> RefOr<Schema> {
        RefOr::T(request("What happened, and how much is wanted.").build().into())
    }
}

impl ToSchema for GuidanceRequest {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Context::name().into_owned(), Context::schema()));
    }
}

/// The body of a request for guidance for many situations.
pub(super) type RequestLines = LineByLine<GuidanceBatchItem>;

/// A line of a request for guidance for many situations.
pub(super) struct GuidanceBatchItem;

impl PartialSchema for GuidanceBatchItem {
    fn schema() -> RefOr<Schema> {
        request("A request for guidance, one of many.").property("ref", reference_schema()).into()
    }
}

impl ToSchema for GuidanceBatchItem {}

fn request(doc: &str) -> ObjectBuilder {
    let optional = |kind: Type, description: &str| {
        ObjectBuilder::new()
            .schema_type(SchemaType::Array(vec![kind, Type::Null]))
            .description(Some(description.to_owned()))
    };
    ObjectBuilder::new()
        .description(Some(doc))
        .property("context", Ref::from_schema_name("Context"))
        .required("context")
        .property("locale", optional(Type::String, LOCALE_DOC).format(Some(language_tag())).examples(["en-GB"]))
        .property("limit", optional(Type::Integer, &limit_doc()))
        .property("explain", optional(Type::Boolean, EXPLAIN_DOC))
        .property(
            "catalog_version",
            optional(Type::String, VERSION_DOC).format(Some(catalog_version())).examples(["2026.11.1"]),
        )
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
}

pub(crate) const LOCALE_DOC: &str = "The BCP 47 tag of the language wanted; goes before `Accept-Language`.";

const EXPLAIN_DOC: &str = "Whether to say what was kept out, and why.";

pub(crate) const VERSION_DOC: &str = "The version of the catalog that answers, one of those that `/v1/catalog-versions` shows as \
                           carried. Absent: the current one.";

/// The format of a catalog version: only the service itself knows which it carries.
pub(crate) fn catalog_version() -> SchemaFormat {
    SchemaFormat::Custom("catalog-version".to_owned())
}

/// The format of a language tag: not of JSON Schema's own, so that a validator that does not know it lets it pass.
pub(crate) fn language_tag() -> SchemaFormat {
    SchemaFormat::Custom("bcp47".to_owned())
}

fn limit_doc() -> String {
    format!("How many steps come at most; clamped to {} to {}. Absent: {DEFAULT_LIMIT}.", LIMITS.start(), LIMITS.end())
}

/// The parameters of the query form.
pub(crate) struct GuidanceQuery;

impl IntoParams for GuidanceQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = |name: &str, description: &str, schema: RefOr<Schema>| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .required(if name == Field::Kind.name() { Required::True } else { Required::False })
                .description(Some(description))
                .schema(Some(schema))
        };
        let typed = |kind: Type| ObjectBuilder::new().schema_type(SchemaType::Type(kind));
        let simple = |kind: Type| RefOr::T(typed(kind).build().into());
        let language = RefOr::T(typed(Type::String).format(Some(language_tag())).build().into());
        let version = RefOr::T(typed(Type::String).format(Some(catalog_version())).build().into());
        let fields = Field::ALL.iter().map(|field| {
            let built = parameter(field.name(), field.doc(), value_schema(*field, false));
            let built = if *field == Field::Kind { built.example(Some("job_application".into())) } else { built };
            built.explode(matches!(field.shape(), Shape::List(_)).then_some(true)).build()
        });
        fields
            .chain([
                parameter("locale", LOCALE_DOC, language).build(),
                parameter("limit", &limit_doc(), simple(Type::Integer)).build(),
                parameter("explain", EXPLAIN_DOC, simple(Type::Boolean)).build(),
                parameter("catalog_version", VERSION_DOC, version).example(Some("2026.11.1".into())).build(),
            ])
            .collect()
    }
}

fn value_schema(field: Field, nullable: bool) -> RefOr<Schema> {
    let typed = |kind: Type| {
        if nullable { SchemaType::Array(vec![kind, Type::Null]) } else { SchemaType::Type(kind) }
    };
    let doc = Some(field.doc());
    match field.shape() {
        Shape::Choice(values) if nullable => one_of_or_null(values, field.doc()),
        Shape::Choice(values) => one_of(values, field.doc()),
        Shape::List(values) => {
            ArrayBuilder::new().schema_type(typed(Type::Array)).items(one_of(values, "")).description(doc).into()
        }
        Shape::Flag => ObjectBuilder::new().schema_type(typed(Type::Boolean)).description(doc).into(),
        Shape::Count => ObjectBuilder::new()
            .schema_type(typed(Type::Integer))
            .minimum(Some(0))
            .maximum(Some(MAX_COUNT))
            .description(doc)
            .into(),
    }
}
