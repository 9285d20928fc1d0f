//! The members that the answers of each operation have, from the OpenAPI document, and the parameter `fields` in that
//! document. An operation that answers a JSON object has both without saying so.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;
use serde_json::Value;
use utoipa::Modify;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{OpenApi, RefOr, Required, SchemaFormat};

use super::PARAMETER;

/// Marks an operation whose answer is streamed.
const STREAMED: &str = "x-streamed";

/// A JSON Schema of the document.
pub(super) type Schema = Value;

/// What the operations answer.
#[derive(Debug)]
pub(crate) struct Answers {
    by_operation: BTreeMap<(&'static str, String), Schema>,
    components: BTreeMap<String, Schema>,
}

/// The members that a value may have at one level, each with the schemas that it may follow.
#[derive(Debug, Default)]
pub(super) struct Level<'d> {
    members: BTreeMap<&'d str, Vec<&'d Schema>>,
    /// The schemas of members with names of any kind.
    others: Vec<&'d Schema>,
}

impl Answers {
    /// What the operations of a document answer.
    pub(crate) fn new(document: &OpenApi) -> Self {
        let schemas = document.components.iter().flat_map(|components| &components.schemas);
        let components = schemas.map(|(name, schema)| (name.clone(), value(schema))).collect();
        let mut answers = Self { by_operation: BTreeMap::new(), components };
        for (path, item) in &document.paths.paths {
            for (method, operation) in operations(item) {
                if let Some(answer) = answer(operation).filter(|answer| !answers.level(&[answer]).is_empty()) {
                    answers.by_operation.insert((method, path.clone()), answer);
                }
            }
        }
        answers
    }

    /// The schema of what an operation answers, if that is a JSON object.
    pub(super) fn of(&self, method: &Method, path: &str) -> Option<&Schema> {
        let is_meant = |(other, template): &&(&str, String)| *other == method.as_str() && template == path;
        self.by_operation.iter().find_map(|(operation, schema)| is_meant(&operation).then_some(schema))
    }

    /// The members of a value that follows one of these schemas, or of its elements if it is a list.
    pub(super) fn level<'d>(&'d self, schemas: &[&'d Schema]) -> Level<'d> {
        let (mut level, mut followed, mut open) = (Level::default(), BTreeSet::new(), schemas.to_vec());
        while let Some(schema) = open.pop() {
            if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next())
                && followed.insert(name)
            {
                open.extend(self.components.get(name));
            }
            open.extend(schema.get("items"));
            for alternatives in ["allOf", "oneOf", "anyOf"] {
                open.extend(schema[alternatives].as_array().into_iter().flatten());
            }
            for (name, member) in schema["properties"].as_object().into_iter().flatten() {
                level.members.entry(name).or_default().push(member);
            }
            let others = schema.get("additionalProperties");
            level.others.extend(others.filter(|others| **others != Value::Bool(false)));
        }
        level
    }
}

impl<'d> Level<'d> {
    /// The name of a member as the document has it, and its schemas.
    pub(super) fn member(&self, name: &str) -> Option<(&'d str, &[&'d Schema])> {
        match self.members.get_key_value(name) {
            Some((known, schemas)) => Some((known, schemas)),
            None => (!self.others.is_empty() && !name.is_empty()).then_some(("*", &*self.others)),
        }
    }

    /// The names that are allowed; `*`: any.
    pub(super) fn names(&self) -> impl Iterator<Item = &'d str> {
        self.members.keys().copied().chain((!self.others.is_empty()).then_some("*"))
    }

    fn is_empty(&self) -> bool {
        self.names().next().is_none()
    }
}

/// Adds the parameter `fields` to every operation of a document that answers a JSON object.
pub(crate) struct SparseFields;

impl Modify for SparseFields {
    fn modify(&self, document: &mut OpenApi) {
        let answers = Answers::new(document);
        for ((method, path), answer) in &answers.by_operation {
            let operations = document.paths.paths.get_mut(path).map(operations_mut).into_iter().flatten();
            let Some((_, operation)) = operations.into_iter().find(|(other, _)| other == method) else { continue };
            let schema = ObjectBuilder::new()
                .schema_type(SchemaType::Type(Type::String))
                .format(Some(SchemaFormat::Custom("field-mask".to_owned())));
            let parameter = ParameterBuilder::new()
                .name(PARAMETER)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(
                    "The members of the answer that are wanted: names with commas between, and `a.b` or `a(b,c)` for \
                     what is below, of every element where `a` is a list. Absent: all.",
                ))
                .schema(Some(schema))
                .example(Some(example(&answers, answer).into()));
            operation.parameters.get_or_insert_default().push(parameter.build().into());
        }
    }
}

/// A wish that shows the syntax: the first member, or two members of the first one that has any.
fn example(answers: &Answers, answer: &Schema) -> String {
    let level = answers.level(&[answer]);
    let below = |name: &str| {
        let (_, schemas) = level.member(name)?;
        let names: Vec<_> = answers.level(schemas).members.keys().copied().take(2).collect();
        (!names.is_empty()).then(|| format!("{name}({})", names.join(",")))
    };
    let first = level.names().next().unwrap_or_default();
    level.names().find_map(below).unwrap_or_else(|| first.to_owned())
}

/// What an operation answers when all goes well, if that is JSON. What is streamed is not cut: it would have to be there
/// as a whole.
fn answer(operation: &Operation) -> Option<Schema> {
    if operation.extensions.as_ref().is_some_and(|extensions| extensions.contains_key(STREAMED)) {
        return None;
    }
    let good = operation.responses.responses.iter().filter(|(status, _)| status.starts_with('2'));
    let mut schemas = good.filter_map(|(_, response)| {
        let RefOr::T(response) = response else { return None };
        let RefOr::T(content) = response.content.get("application/json")? else { return None };
        content.schema.as_ref().map(value)
    });
    schemas.next()
}

fn value(schema: &RefOr<utoipa::openapi::Schema>) -> Schema {
    serde_json::to_value(schema).unwrap_or_default()
}

fn operations(item: &PathItem) -> impl Iterator<Item = (&'static str, &Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let operations = [("GET", get), ("PUT", put), ("POST", post), ("DELETE", delete), ("PATCH", patch)];
    operations.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let operations = [("GET", get), ("PUT", put), ("POST", post), ("DELETE", delete), ("PATCH", patch)];
    operations.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}
