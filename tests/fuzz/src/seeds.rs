//! Inputs to begin with: the examples and words of the contracts, and the cases of the tests.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value as Sample,
};
use rebound_api_grpc::FILE_DESCRIPTOR_SET;
use serde_json::Value;

static OPENAPI: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(rebound_api_rest::openapi()).expect("a document"));

static CASES: &str = include_str!("../../cases/guidance.json");

static DRAFTS: [(&str, &str); 2] = [
    ("candidate_reply", include_str!("../../cases/drafts/candidate_reply.development.json")),
    ("employer_rejection", include_str!("../../cases/drafts/employer_rejection.development.json")),
];

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// The contexts of the public cases.
pub(crate) fn cases() -> Vec<Value> {
    parsed(CASES)["cases"].as_array().into_iter().flatten().map(|case| case["context"].clone()).collect()
}

/// Drafts with their profiles: every fourth, which is enough to begin with.
pub(crate) fn drafts() -> Vec<(String, String)> {
    let of = |(profile, text): (&str, &str)| {
        let texts = parsed(text)["drafts"].as_array().cloned().unwrap_or_default();
        let texts = texts.into_iter().step_by(4).filter_map(|draft| draft["text"].as_str().map(str::to_owned));
        texts.map(|text| (profile.to_owned(), text)).collect::<Vec<_>>()
    };
    DRAFTS.into_iter().flat_map(of).collect()
}

/// What a reference stands for.
fn resolved(value: &Value) -> &Value {
    let target = value["$ref"].as_str().and_then(|reference| OPENAPI.pointer(reference.trim_start_matches('#')));
    target.unwrap_or(value)
}

/// The examples of an operation's body.
pub(crate) fn examples(method: &str, path: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for content in
        OPENAPI["paths"][path][method]["requestBody"]["content"].as_object().into_iter().flat_map(|it| it.values())
    {
        let named = content["examples"].as_object().into_iter().flat_map(|named| named.values());
        found.extend(named.map(|example| &resolved(example)["value"]));
        let schema = resolved(&content["schema"]);
        found.extend([&content["example"], &schema["example"], &schema["examples"][0]]);
    }
    let found = found.into_iter().filter(|example| !example.is_null());
    found.map(|example| example.as_str().map_or_else(|| example.to_string(), str::to_owned).into_bytes()).collect()
}

/// The parameters of an operation in the query, with a value that each may have.
pub(crate) fn parameters(method: &str, path: &str) -> Vec<(String, String)> {
    let all = OPENAPI["paths"][path][method]["parameters"].as_array().into_iter().flatten().map(resolved);
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let value = |parameter: &Value| {
        let schema = resolved(&parameter["schema"]);
        let values = [&parameter["example"], &schema["enum"][0], &schema["items"]["enum"][0], &schema["minimum"]];
        values.into_iter().find(|value| !value.is_null()).map_or_else(|| "true".to_owned(), text)
    };
    let in_query = all.filter(|parameter| parameter["in"] == "query");
    in_query.map(|parameter| (text(&parameter["name"]), value(parameter))).collect()
}

/// The words of the contract, one a line, as libFuzzer reads them: names of members, values of lists, and what separates.
#[must_use]
pub fn dictionary() -> String {
    let mut words: BTreeSet<String> =
        ["\":", "[", "]", "{", "}", ",", "null", "true", "\\u0000", "\\ud83d", "1e999", "-1"]
            .map(str::to_owned)
            .into_iter()
            .chain(
                ["{{", "}}", "{%", "%}", "${", "*", "W/", "%00", "%FF", "\u{202e}", "\u{301}", "all = [", "[[", "]]"]
                    .map(str::to_owned),
            )
            .collect();
    collect(&OPENAPI["components"]["schemas"], &mut words);
    words.iter().fold(String::new(), |mut lines, word| {
        // Writing to a string does not fail.
        let _ = writeln!(lines, "\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""));
        lines
    })
}

fn collect(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            for (name, value) in members {
                if name == "properties" {
                    words.extend(value.as_object().into_iter().flat_map(|it| it.keys().cloned()));
                }
                if name == "enum" {
                    words
                        .extend(value.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)));
                }
                collect(value, words);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, words)),
        _ => {}
    }
}

/// A message that a method takes, encoded, with something in every field.
pub(crate) fn message_of(method: &str) -> Option<Vec<u8>> {
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("descriptors");
    let (service, method) = method.split_once('/')?;
    let service = pool.get_service_by_name(service)?;
    let found = service.methods().find(|known| known.name() == method)?;
    Some(filled(&found.input(), 0).encode_to_vec())
}

fn filled(descriptor: &MessageDescriptor, depth: usize) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    if depth < 5 {
        for field in descriptor.fields() {
            message.set_field(&field, sample(&field, depth));
        }
    }
    message
}

fn sample(field: &FieldDescriptor, depth: usize) -> Sample {
    if field.is_map() {
        let entry = field.kind();
        let value = entry.as_message().map(|entry| single(&entry.map_entry_value_field(), depth));
        return Sample::Map([(MapKey::String("recipient_name".to_owned()), value.expect("a map"))].into());
    }
    let one = single(field, depth);
    if field.is_list() { Sample::List(vec![one]) } else { one }
}

fn single(field: &FieldDescriptor, depth: usize) -> Sample {
    match field.kind() {
        Kind::Message(descriptor) => Sample::Message(filled(&descriptor, depth + 1)),
        Kind::Enum(values) => Sample::EnumNumber(values.values().nth(1).map_or(0, |value| value.number())),
        Kind::String => Sample::String(text_for(field.name()).to_owned()),
        Kind::Bytes => Sample::Bytes(prost::bytes::Bytes::from_static(b"bytes")),
        Kind::Bool => Sample::Bool(true),
        Kind::Double => Sample::F64(1.5),
        Kind::Float => Sample::F32(1.5),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Sample::I64(2),
        Kind::Uint64 | Kind::Fixed64 => Sample::U64(2),
        Kind::Uint32 | Kind::Fixed32 => Sample::U32(2),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Sample::I32(2),
    }
}

/// A text that a field of this name may have.
fn text_for(field: &str) -> &'static str {
    match field {
        "user_id" => "ann",
        "rejection_id" => "rej_01h455vb4pex5vsknk084sn02q",
        "locale" => "en",
        "item" => "tip.thank-the-person",
        "template" | "id" => "thank-you",
        "window" => "P90D",
        "page_token" | "catalog_version" | "fields" => "",
        "text" => "Thank you for the talk.",
        _ => "Example",
    }
}
