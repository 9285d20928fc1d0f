//! What the OpenAPI document offers to generators of clients: whatever they make a type of has a name, and the names and
//! values of enumerations are those of the proto.

use std::collections::BTreeMap;

use prost::Message as _;
use serde_json::Value;

/// Enumerations that are plain strings in the proto.
const ONLY_HERE: [&str; 3] = ["AggregateWindow", "Scope", "TokenScope"];

fn document() -> Value {
    serde_json::to_value(rebound_api_rest::openapi()).unwrap()
}

/// The places of all schemas that a generator makes a type of.
fn places(value: &Value, place: &str, found: &mut Vec<String>) {
    let is_object =
        value["type"] == "object" || value["type"].as_array().is_some_and(|types| types.contains(&"object".into()));
    // A map of what has a type itself needs no name.
    let is_map = value["additionalProperties"].is_object();
    if value["enum"].is_array() || (is_object && !is_map) {
        found.push(place.to_owned());
    }
    let members = value.as_object().into_iter().flatten().map(|(name, member)| (name.clone(), member));
    let elements = value.as_array().into_iter().flatten().enumerate().map(|(at, element)| (at.to_string(), element));
    for (name, below) in members.chain(elements).filter(|(name, _)| name != "example" && name != "examples") {
        places(below, &format!("{place}/{name}"), found);
    }
}

#[test]
fn every_object_and_every_enumeration_has_a_name() {
    let mut found = Vec::new();
    places(&document(), "", &mut found);
    // The parts of a component that is made of another one get no type of their own.
    let is_named = |place: &String| {
        let name = place.strip_prefix("/components/schemas/");
        name.is_some_and(|name| !name.contains('/') || name.ends_with("/allOf/1"))
    };
    assert!(found.len() > 100, "{found:#?}");
    found.retain(|place| !is_named(place));
    assert!(found.is_empty(), "a generator has to make up names for {found:#?}");
}

#[test]
fn enumerations_have_the_names_and_the_values_of_the_proto() {
    let descriptors = prost_types::FileDescriptorSet::decode(rebound_api_grpc::FILE_DESCRIPTOR_SET).unwrap();
    let files = descriptors.file.iter().filter(|file| file.package() == "rebound.v1");
    let in_proto: BTreeMap<&str, Vec<String>> = files
        .flat_map(|file| &file.enum_type)
        .map(|it| (it.name(), it.value.iter().skip(1).map(|value| short(it.name(), value.name())).collect()))
        .collect();
    let document = document();
    let components = document["components"]["schemas"].as_object().unwrap();
    let enumerations = components.iter().filter(|(name, _)| !ONLY_HERE.contains(&name.as_str()));
    let mut count = 0;
    for (name, values) in enumerations.filter_map(|(name, schema)| Some((name, schema["enum"].as_array()?))) {
        let values: Vec<_> = values.iter().map(|value| value.as_str().unwrap().to_owned()).collect();
        assert_eq!(in_proto.get(name.as_str()), Some(&values), "{name}");
        count += 1;
    }
    assert!(count > 30);
}

/// The value `KIND_JOB_APPLICATION` of the enum `Kind` as JSON has it: `job_application`.
fn short(name: &str, value: &str) -> String {
    let words = name.chars().enumerate().fold(String::new(), |words, (at, character)| {
        let is_begin = at > 0 && character.is_ascii_uppercase();
        words + if is_begin { "_" } else { "" } + &character.to_ascii_uppercase().to_string()
    });
    value.strip_prefix(&(words + "_")).unwrap().to_lowercase()
}
