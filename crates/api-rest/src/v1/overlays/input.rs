//! Overlays as they are sent. Everything that is wrong is named, with the place.

use rebound_domain::error::MAX_FIELD_ERRORS;
use rebound_domain::overlays::{Patch, PublishOverlays, RollbackOverlays};
use rebound_domain::{Error, FieldError, Result};
use serde_json::Value;

use crate::body::{parse_json, pointer_to};
use crate::json::Json;
use crate::v1::admin::input::body;

/// What is to be laid over an item.
pub(super) fn patch(json: &[u8]) -> Result<Patch> {
    let json = parse_json(json, std::marker::PhantomData::<Json>)?;
    let mut errors = Vec::new();
    match value(json, "", &mut errors) {
        Value::Object(patch) if errors.is_empty() => Ok(patch),
        _ => {
            if errors.is_empty() {
                errors.push(FieldError::new("", "must be an object with the keys of the catalog's own files"));
            }
            Err(Error::invalid(errors))
        }
    }
}

/// The draft is to be published.
pub(super) fn publish(json: &[u8]) -> Result<PublishOverlays> {
    body(json, &["note"], |body| PublishOverlays { note: body.text("note") })
}

/// A version is to be published again.
pub(super) fn rollback(json: &[u8]) -> Result<RollbackOverlays> {
    let read = |body: &mut crate::v1::admin::input::Members<'_>| RollbackOverlays {
        version: body.integer("version"),
        note: body.text("note"),
    };
    body(json, &["version", "note"], read)
}

fn value(json: Json, pointer: &str, errors: &mut Vec<FieldError>) -> Value {
    let mut refuse = |pointer: String, detail: &str| {
        if errors.len() < MAX_FIELD_ERRORS {
            errors.push(FieldError::new(pointer, detail));
        }
    };
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => value.into(),
        Json::Integer(number) => number.into(),
        Json::Text(text) => text.into(),
        Json::Other => {
            refuse(pointer.to_owned(), "must not be a fraction");
            Value::Null
        }
        Json::List(elements) => {
            let elements = elements.into_iter().enumerate();
            elements.map(|(index, element)| value(element, &format!("{pointer}/{index}"), errors)).collect()
        }
        Json::Object(members) => {
            let mut patch = Patch::new();
            for (name, member) in members {
                let pointer = format!("{pointer}{}", pointer_to(&name));
                let member = value(member, &pointer, errors);
                if patch.insert(name, member).is_some() && errors.len() < MAX_FIELD_ERRORS {
                    errors.push(FieldError::new(pointer, "given more than once"));
                }
            }
            patch.into()
        }
    }
}
