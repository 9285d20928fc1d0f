//! Who says it: the attributes that everything sent has in common.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_sdk::trace::{IdGenerator as _, RandomIdGenerator};

/// The resource of this process, with what the operator adds. What the operator says goes first.
pub(crate) fn resource(given: &[(String, String)]) -> Resource {
    let instance = RandomIdGenerator::default().new_trace_id().to_string();
    let own = [
        ("service.name", "rebound"),
        ("service.version", env!("CARGO_PKG_VERSION")),
        ("service.instance.id", &instance),
        ("telemetry.sdk.name", "opentelemetry"),
        ("telemetry.sdk.language", "rust"),
    ];
    let is_given = |name: &str| given.iter().any(|(given, _)| given == name);
    let own = own.into_iter().filter(|(name, _)| !is_given(name));
    let given = given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let attributes = own.chain(given).map(|(name, value)| text(name, value)).collect();
    Resource { attributes, dropped_attributes_count: 0, entity_refs: Vec::new() }
}

/// An attribute that is a text.
pub(crate) fn text(name: &str, value: &str) -> KeyValue {
    attribute(name, Value::StringValue(value.to_owned()))
}

/// An attribute.
pub(crate) fn attribute(name: &str, value: Value) -> KeyValue {
    KeyValue { key: name.to_owned(), value: Some(AnyValue { value: Some(value) }), key_strindex: 0 }
}

/// What made a signal.
pub(crate) fn scope(name: &str) -> InstrumentationScope {
    InstrumentationScope { name: name.to_owned(), version: env!("CARGO_PKG_VERSION").to_owned(), ..Default::default() }
}
