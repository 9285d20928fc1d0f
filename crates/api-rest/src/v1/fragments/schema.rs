//! What fragments are asked with, as the OpenAPI document describes it: limits and names are those of the domain.

use rebound_domain::fragments::{
    DEFAULT_BUDGET_BYTES, DEFAULT_HEADING_LEVEL, DEFAULT_TIPS, Dialect, Format, LINK_TEXT_LENGTH, MAX_BUDGET_BYTES,
    MAX_HEADING_LEVEL, MAX_KEPT, MAX_TIPS, NAME_LENGTH, SIGNOFF_LENGTH, URL_LENGTH, Voice,
};
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::components::{nullable, one_of, one_of_or_null};
use crate::v1::guidance::{ContextSchema, catalog_version, language_tag};

/// A character of a text, as a pattern of the schema. (Beyond U+FFFF, dialects of patterns differ.)
macro_rules! text {
    () => {
        r"[^\x00-\x1F\x7F-\x9F\u2028-\u202E\u2066-\u2069\uFDD0-\uFDEF\uFFFE\uFFFF]"
    };
}

/// One that is no space.
macro_rules! seen {
    () => {
        r"[^\s\x00-\x1F\x7F-\x9F\u2028-\u202E\u2066-\u2069\uFDD0-\uFDEF\uFFFE\uFFFF]"
    };
}

/// The body of a request for a fragment.
pub(super) struct FragmentRequest;

impl PartialSchema for FragmentRequest {
    fn schema() -> RefOr<Schema> {
        let object = closed("What happened, and how the fragment is wanted.")
            .property("context", Ref::from_schema_name("Context"))
            .required("context");
        RefOr::T(with_settings(object).build().into())
    }
}

impl ToSchema for FragmentRequest {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((ContextSchema::name().into_owned(), ContextSchema::schema()));
        let parts = [("Brand", brand()), ("BrandLink", brand_link()), ("MergeTags", merge_tags())];
        schemas.extend(parts.map(|(name, schema)| (name.to_owned(), schema.into())));
    }
}

pub(super) fn with_settings(object: ObjectBuilder) -> ObjectBuilder {
    let number = |doc: String| typed(Type::Integer, doc);
    let formats = ArrayBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::Array, Type::Null]))
        .items(one_of(Format::NAMES, ""))
        .description(Some("The forms wanted. Absent or empty: all."));
    object
        .property(
            "locale",
            typed(Type::String, "The BCP 47 tag of the language wanted; goes before `Accept-Language`.")
                .format(Some(language_tag()))
                .examples(["en-GB"]),
        )
        .property("max_tips", number(format!("How many tips come at most; clamped to 1 to {MAX_TIPS}. Absent: {DEFAULT_TIPS}.")))
        .property("formats", formats)
        .property(
            "budget_bytes",
            number(format!(
                "How large it may be: the larger of the raw and the quoted-printable size of the HTML, or of the text where no \
                 HTML is asked for; clamped to at most {MAX_BUDGET_BYTES}. What does not fit is left out tip by tip. Absent: \
                 {DEFAULT_BUDGET_BYTES}."
            )),
        )
        .property(
            "heading_level",
            number(format!("The level of its headings. Absent: {DEFAULT_HEADING_LEVEL}."))
                .minimum(Some(1))
                .maximum(Some(MAX_HEADING_LEVEL)),
        )
        .property("brand", nullable("Brand", "In whose name it speaks. Absent: tips alone."))
        .property("merge_tags", nullable("MergeTags", "The merge tags of the system that sends the e-mail."))
        .property(
            "catalog_version",
            typed(Type::String, "The version of the catalog that answers, one of those that `/v1/catalog-versions` shows as carried. Absent: the current one.")
                .format(Some(catalog_version()))
                .examples(["2026.11.1"]),
        )
}

/// What can be seen in one line, at least once: no control characters, and none that turn the direction of others.
const LINE: &str = concat!("^", text!(), "*", seen!(), text!(), "*$");

/// The same in lines.
const LINES: &str = concat!("^(?:", text!(), r"|\r?\n)*", seen!(), "(?:", text!(), r"|\r?\n)*$");

fn brand_link() -> ObjectBuilder {
    closed("A link of a brand. It is never rewritten and never followed.")
        .property("text", ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).description(Some("What it says, so that it makes sense on its own.")).min_length(Some(1)).max_length(Some(LINK_TEXT_LENGTH)).pattern(Some(LINE)))
        .property("url", ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).description(Some("Where it leads: `https://` or `mailto:`, everything unusual percent-encoded, or a placeholder that is kept.")).max_length(Some(URL_LENGTH)).examples(["https://example.com/jobs"]))
        .required("text")
        .required("url")
}

fn brand() -> ObjectBuilder {
    closed("In whose name a fragment speaks.")
        .property("name", limited("The name of the employer.", NAME_LENGTH, LINE))
        .property("voice", one_of_or_null(Voice::NAMES, "Who speaks. Absent: `we`."))
        .property("signoff", limited("What stands under the text; its lines are kept. Absent: the name, unless the voice has said it.", SIGNOFF_LENGTH, LINES))
        .property("link", nullable("BrandLink", "A link to what helps, such as open roles."))
        .property(
            "link_color",
            typed(Type::String, "The colour of the link; it needs a contrast of 4.5 to 1 on white and on black (WCAG 2.2). Absent: the host's.")
                .pattern(Some("^#[0-9A-Fa-f]{6}$"))
                .examples(["#767676"]),
        )
}

fn merge_tags() -> ObjectBuilder {
    let keep = ArrayBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::Array, Type::Null]))
        .items(ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)))
        .max_items(Some(MAX_KEPT))
        .description(Some("Placeholders that stay as they are where they stand in the brand."))
        .examples([serde_json::json!(["{{CANDIDATE_FIRST_NAME}}"])]);
    closed("The merge tags of the system that sends the e-mail. Whatever looks like one in the brand, and is not kept, is written so that it is none.")
        .property("dialect", one_of_or_null(Dialect::NAMES, "How that system writes them. Absent: `generic`."))
        .property("keep", keep)
}

pub(super) fn closed(doc: &str) -> ObjectBuilder {
    ObjectBuilder::new().description(Some(doc)).additional_properties(Some(AdditionalProperties::FreeForm(false)))
}

fn typed(kind: Type, doc: impl Into<String>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Array(vec![kind, Type::Null])).description(Some(doc.into()))
}

fn limited(doc: &str, length: usize, pattern: &str) -> ObjectBuilder {
    typed(Type::String, doc).min_length(Some(1)).max_length(Some(length)).pattern(Some(pattern))
}
