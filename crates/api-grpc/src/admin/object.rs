//! JSON objects as `google.protobuf.Struct`, which has one kind of numbers: whole ones are integers here.

use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value};
use rebound_domain::context::whole;
use rebound_domain::overlays::Patch;
use serde_json::Value as Json;

use super::input::Input;

/// The object in a message; what it may not hold is refused.
pub(super) fn read(object: Struct, input: &mut Input) -> Patch {
    members(object, "", input)
}

fn members(object: Struct, pointer: &str, input: &mut Input) -> Patch {
    let read = |(name, member): (String, Value)| {
        let segment: String = name.chars().take(64).collect();
        let pointer = format!("{pointer}/{}", segment.replace('~', "~0").replace('/', "~1"));
        let member = value(member, &pointer, input);
        (name, member)
    };
    object.fields.into_iter().map(read).collect()
}

fn value(value_: Value, pointer: &str, input: &mut Input) -> Json {
    match value_.kind {
        None | Some(Kind::NullValue(_)) => Json::Null,
        Some(Kind::BoolValue(value)) => value.into(),
        Some(Kind::StringValue(text)) => text.into(),
        Some(Kind::NumberValue(number)) => {
            let number = whole(number);
            if number.is_none() {
                input.refuse(pointer, "must not be a fraction");
            }
            number.into()
        }
        Some(Kind::StructValue(object)) => members(object, pointer, input).into(),
        Some(Kind::ListValue(ListValue { values })) => {
            let elements = values.into_iter().enumerate();
            elements.map(|(index, element)| value(element, &format!("{pointer}/{index}"), input)).collect()
        }
    }
}

/// An object as a message has it.
pub(super) fn shown(object: &Patch) -> Struct {
    Struct { fields: object.iter().map(|(name, member)| (name.clone(), shown_value(member))).collect() }
}

fn shown_value(value: &Json) -> Value {
    let kind = match value {
        Json::Null => Kind::NullValue(0),
        Json::Bool(value) => Kind::BoolValue(*value),
        Json::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or_default()),
        Json::String(text) => Kind::StringValue(text.clone()),
        Json::Array(elements) => Kind::ListValue(ListValue { values: elements.iter().map(shown_value).collect() }),
        Json::Object(object) => Kind::StructValue(shown(object)),
    };
    Value { kind: Some(kind) }
}
