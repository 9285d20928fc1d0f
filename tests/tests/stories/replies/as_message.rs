//! Replies as proto messages, and back as the JSON of REST.

use rebound_domain::catalog::{Length, Tone, VariableType};
use rebound_domain::history::Channel;
use rebound_tests::proto::{ComposeReplyRequest, ComposeReplyResponse, ReplyTemplate, Source};
use serde_json::{Value, json};

use crate::grpc_as_json;

/// A request body of REST as a message.
pub(super) fn request(body: &Value) -> ComposeReplyRequest {
    let number = |name: &str, names: &[&str]| {
        let position = body[name].as_str().map(|text| names.iter().position(|known| *known == text));
        // What is none of the names is a number that does not exist.
        position.map_or(0, |position| position.map_or(99, |position| i32::try_from(position + 1).unwrap()))
    };
    let variables = body["variables"].as_object().into_iter().flatten();
    ComposeReplyRequest {
        template: body["template"].as_str().unwrap_or_default().to_owned(),
        context: body.get("context").map(grpc_as_json::context),
        variables: variables.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect(),
        channel: number("channel", Channel::NAMES),
        tone: number("tone", Tone::NAMES),
        length: number("length", Length::NAMES),
        r#override: body["override"].as_bool().unwrap_or_default(),
        locale: body["locale"].as_str().map(ToOwned::to_owned),
        catalog_version: body["catalog_version"].as_str().map(ToOwned::to_owned),
    }
}

/// An answer as the JSON that REST sends.
pub(super) fn reply(answer: &ComposeReplyResponse) -> Value {
    let locale = answer.locale.as_ref().unwrap();
    let missing = answer.missing.iter();
    let mut view = json!({
        "catalog_version": answer.catalog_version,
        "locale": { "resolved": locale.resolved },
        "talking_points": answer.talking_points,
        "atoms": answer.atoms,
        "missing": missing.map(|it| json!({"name": it.name, "type": type_name(it.r#type), "about": it.about})).collect::<Vec<_>>(),
    });
    if let Some(requested) = &locale.requested {
        view["locale"]["requested"] = json!(requested);
    }
    for (name, value) in [
        ("subject", &answer.subject),
        ("text", &answer.text),
        ("html", &answer.html),
        ("mailto", &answer.mailto),
        ("eml", &answer.eml),
    ] {
        if let Some(value) = value {
            view[name] = json!(value);
        }
    }
    view
}

/// A template as the JSON that REST sends.
pub(super) fn template(template: &ReplyTemplate) -> Value {
    let names = |numbers: &[i32], names: &[&str]| -> Vec<String> {
        numbers.iter().map(|number| names[usize::try_from(*number).unwrap() - 1].to_owned()).collect()
    };
    let audiences = rebound_domain::context::Field::Audience.values();
    let variables = template.variables.iter().map(|it| {
        let mut view = json!({
            "name": it.name,
            "type": type_name(it.r#type),
            "required": it.required,
            "max_length": it.max_length,
            "about": it.about,
            "example": it.example,
            "channels": names(&it.channels, Channel::NAMES),
        });
        if let Some(fallback) = &it.fallback {
            view["fallback"] = json!(fallback);
        }
        view
    });
    json!({
        "id": template.id,
        "since": template.since,
        "deprecated": template.deprecated,
        "title": template.title,
        "purpose": template.purpose,
        "when": template.when,
        "audiences": names(&template.audiences, audiences),
        "variables": variables.collect::<Vec<_>>(),
        "channels": names(&template.channels, Channel::NAMES),
        "tones": names(&template.tones, Tone::NAMES),
        "lengths": names(&template.lengths, Length::NAMES),
        "sources": template.sources.iter().map(source).collect::<Vec<_>>(),
    })
}

fn source(source: &Source) -> Value {
    json!({"article": source.article, "atom": source.atom})
}

fn type_name(number: i32) -> &'static str {
    VariableType::NAMES[usize::try_from(number).unwrap() - 1]
}
