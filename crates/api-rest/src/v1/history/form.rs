//! What a body may hold, as a table: the reader refuses what is not in it, and the OpenAPI document describes it from
//! the same rows.

use rebound_domain::context::Field;
use rebound_domain::history::{ReflectionAnswer, TEXT_LENGTH};
use serde_json::json;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};

use crate::components::{one_of, one_of_or_null, reference};
use crate::json::Json;
use crate::v1::guidance::with_fields;

/// What a member holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// A text of at most so many characters.
    Text(usize),
    /// One of some names.
    Choice(&'static [&'static str]),
    /// Some of some names.
    Choices(&'static [&'static str]),
    /// A moment.
    Moment,
    /// The id of a thing with this prefix.
    Id(&'static str),
    /// An integer from 1 to so much.
    Integer(i64),
    /// Answers to prompts.
    Answers,
}

/// Whether a member has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// It has to.
    Required,
    /// It may be absent or null; null in a patch takes it away.
    Optional,
    /// It may be absent from a patch, but cannot be taken away.
    Kept,
}

/// A member of a body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) presence: Presence,
    pub(super) doc: &'static str,
}

/// A body.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) doc: &'static str,
    /// Whether it has the fields of a context beside its members.
    pub(super) has_context: bool,
    /// Whether it is a JSON Merge Patch (RFC 7396).
    pub(super) is_patch: bool,
    pub(super) members: &'static [Member],
    pub(super) example: &'static str,
}

impl Shape {
    /// What is allowed, for somebody whose input was refused.
    pub(super) fn refusal(self) -> String {
        match self {
            Self::Text(length) => format!("must be a text; allowed: 1 to {length} characters"),
            Self::Choice(names) => format!("not an allowed value; allowed: {}", names.join(", ")),
            Self::Choices(names) => format!("not an allowed value; allowed: a list of {}", names.join(", ")),
            Self::Moment => {
                "not a moment; allowed: a time as RFC 3339 writes it, such as 2026-01-02T03:04:05Z".to_owned()
            }
            Self::Id(prefix) => format!("not an id; allowed: an id like {prefix}_01h455vb4pex5vsknk084sn02q"),
            Self::Integer(most) => format!("must be an integer; allowed: 1 to {most}"),
            Self::Answers => "must be a list; allowed: a list of {prompt, text}".to_owned(),
        }
    }

    /// What an element of a list has to be.
    pub(super) fn refusal_of_element(self) -> String {
        match self {
            Self::Choices(names) => Self::Choice(names).refusal(),
            Self::Answers => "must be an object; allowed: {prompt, text}".to_owned(),
            other => other.refusal(),
        }
    }

    fn schema(self, doc: &'static str, nullable: bool) -> RefOr<Schema> {
        let typed = |kind: Type| {
            if nullable { SchemaType::Array(vec![kind, Type::Null]) } else { SchemaType::Type(kind) }
        };
        let text = || ObjectBuilder::new().schema_type(typed(Type::String)).description(Some(doc));
        match self {
            Self::Text(length) => limited(text(), length).into(),
            Self::Choice(values) if nullable => one_of_or_null(values, doc),
            Self::Choice(values) => one_of(values, doc),
            Self::Moment => text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))).into(),
            Self::Id(prefix) => text().pattern(Some(id_pattern(prefix))).into(),
            Self::Integer(most) => {
                let integer = ObjectBuilder::new().schema_type(typed(Type::Integer)).description(Some(doc));
                integer.minimum(Some(1)).maximum(Some(most)).into()
            }
            Self::Choices(values) => {
                let list = ArrayBuilder::new().schema_type(typed(Type::Array)).items(one_of(values, ""));
                // What has to be there has to hold something.
                list.description(Some(doc)).min_items((!nullable).then_some(1)).into()
            }
            Self::Answers => {
                let list = ArrayBuilder::new().items(reference("ReflectionAnswer", "")).description(Some(doc));
                list.min_items(Some(1)).max_items(Some(50)).into()
            }
        }
    }
}

/// The answer to one prompt, as it is sent and as it is shown.
pub(super) fn answer_schema() -> RefOr<Schema> {
    let text = |doc: &'static str| ObjectBuilder::new().schema_type(Type::String).description(Some(doc));
    ObjectBuilder::new()
        .description(Some("The answer to one prompt."))
        .property("prompt", text("The id of a prompt of the catalog.").examples(["what-went-well"]))
        .required("prompt")
        .property("text", limited(text("What the person wrote."), TEXT_LENGTH))
        .required("text")
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
        .into()
}

/// A text of 1 to `length` characters, not only spaces.
fn limited(text: ObjectBuilder, length: usize) -> utoipa::openapi::Object {
    text.min_length(Some(1)).max_length(Some(length)).pattern(Some(r"\S")).build()
}

/// The form of an id.
pub(super) fn id_pattern(prefix: &str) -> String {
    format!("^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$")
}

impl Form {
    /// The row of a member.
    pub(super) fn member(&self, name: &str) -> Option<&'static Member> {
        self.members.iter().find(|member| member.name == name)
    }

    /// Every name that the body may have.
    pub(super) fn names(&self) -> String {
        let fields = Field::ALL.iter().filter(|field| self.has_context && is_kept(**field)).map(|field| field.name());
        fields.chain(self.members.iter().map(|member| member.name)).collect::<Vec<_>>().join(", ")
    }

    /// The schema of the body.
    pub(super) fn schema(&self) -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .description(Some(self.doc))
            .examples([serde_json::from_str(self.example).unwrap_or_else(|_| json!({}))])
            .additional_properties(Some(AdditionalProperties::FreeForm(false)));
        let object = if self.has_context { with_fields(object, is_kept, true) } else { object };
        let needs_kind = self.has_context && !self.is_patch;
        let object = if needs_kind { object.required(Field::Kind.name()) } else { object };
        let object = self.members.iter().fold(object, |object, member| {
            let nullable = member.presence == Presence::Optional;
            let object = object.property(member.name, member.shape.schema(member.doc, nullable));
            if member.presence == Presence::Required { object.required(member.name) } else { object }
        });
        RefOr::T(object.build().into())
    }
}

/// Whether a field of a context is kept in a history.
pub(super) fn is_kept(field: Field) -> bool {
    field != Field::DaysSince
}

/// The answer that an object is, if it is one; else where it is wrong.
pub(super) fn answer(json: &Json) -> Result<ReflectionAnswer, Vec<(String, String)>> {
    let Json::Object(members) = json else { return Err(vec![(String::new(), Shape::Answers.refusal_of_element())]) };
    let (mut prompt, mut text, mut wrong) = (None, None, Vec::new());
    for (name, value) in members {
        let place = match &**name {
            "prompt" => &mut prompt,
            "text" => &mut text,
            _ => {
                wrong.push((crate::body::pointer_to(name), "no such field; allowed: prompt, text".to_owned()));
                continue;
            }
        };
        match value.text() {
            _ if place.is_some() => wrong.push((format!("/{name}"), "given more than once".to_owned())),
            Some(value) => *place = Some(value.to_owned()),
            None => wrong.push((format!("/{name}"), "must be a text".to_owned())),
        }
    }
    let is_named = |wrong: &[(String, String)], name: &str| wrong.iter().any(|(pointer, _)| pointer == name);
    for (name, place) in [("/prompt", &prompt), ("/text", &text)] {
        if place.is_none() && !is_named(&wrong, name) {
            wrong.push((name.to_owned(), "required; allowed: a text".to_owned()));
        }
    }
    match (prompt, text) {
        (Some(prompt), Some(text)) if wrong.is_empty() => Ok(ReflectionAnswer { prompt, text }),
        _ => Err(wrong),
    }
}
