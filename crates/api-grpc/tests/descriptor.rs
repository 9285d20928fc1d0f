//! The protos against the tables of the domain and of this crate: names, numbers, order, and nothing left out.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::collections::BTreeSet;

use prost::Message;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};
use rebound_api_grpc::{FILE_DESCRIPTOR_SET, Method};
use rebound_domain::catalog::{ItemType, StepPhase};
use rebound_domain::context::{Field, Shape};
use rebound_domain::feedback::{PlanGroup, Theme};

fn files() -> Vec<FileDescriptorProto> {
    FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap().file
}

fn message(name: &str) -> DescriptorProto {
    files().into_iter().flat_map(|file| file.message_type).find(|message| message.name() == name).unwrap()
}

fn enumeration(name: &str) -> EnumDescriptorProto {
    files().into_iter().flat_map(|file| file.enum_type).find(|found| found.name() == name).unwrap()
}

/// `FeedbackPolicy` as `FEEDBACK_POLICY`.
fn prefix(name: &str) -> String {
    let mut prefix = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !prefix.is_empty() {
            prefix.push('_');
        }
        prefix.extend(character.to_uppercase());
    }
    prefix
}

/// Asserts that an enum has the values, numbered from 1 in this order, and 0 for unknown.
fn assert_values<'a>(enumeration: &EnumDescriptorProto, values: impl IntoIterator<Item = &'a str>) {
    let prefix = prefix(enumeration.name());
    let values = std::iter::once("unspecified").chain(values).map(|value| format!("{prefix}_{}", value.to_uppercase()));
    let expected: Vec<(String, i32)> = values.zip(0..).collect();
    let found: Vec<_> = enumeration.value.iter().map(|value| (value.name().to_owned(), value.number())).collect();
    assert_eq!(found, expected, "{}", enumeration.name());
}

fn assert_field(found: &FieldDescriptorProto, field: Field) {
    let (label, field_type, optional) = match field.shape() {
        Shape::Choice(_) => (Label::Optional, Type::Enum, false),
        Shape::List(_) => (Label::Repeated, Type::Enum, false),
        Shape::Flag => (Label::Optional, Type::Bool, true),
        Shape::Count => (Label::Optional, Type::Uint32, true),
    };
    assert_eq!(found.name(), field.name());
    assert_eq!((found.label(), found.r#type(), found.proto3_optional()), (label, field_type, optional), "{field}");
    if let Shape::Choice(values) | Shape::List(values) = field.shape() {
        let name = found.type_name().strip_prefix(".rebound.v1.").unwrap();
        assert_values(&enumeration(name), values.iter().copied());
    }
}

#[test]
fn a_context_has_the_fields_of_the_domain_in_their_order() {
    let context = message("Context");
    assert_eq!(context.field.len(), Field::ALL.len());
    for ((found, field), number) in context.field.iter().zip(Field::ALL).zip(1..) {
        assert_eq!(found.number(), number, "{field}");
        assert_field(found, *field);
    }
}

#[test]
fn enums_of_answers_have_the_values_of_the_domain() {
    assert_values(&enumeration("StepPhase"), StepPhase::ALL.map(StepPhase::name));
    let types = [
        ItemType::Tip,
        ItemType::Prompt,
        ItemType::Scenario,
        ItemType::Challenge,
        ItemType::Reply,
        ItemType::Check,
        ItemType::Kind,
        ItemType::Cause,
        ItemType::Reason,
    ];
    assert_values(&enumeration("ItemType"), types.map(ItemType::name));
}

#[test]
fn enums_of_history_and_replies_have_the_names_of_the_domain() {
    use rebound_domain::{catalog, history};

    let themes: Vec<_> = Theme::ALL.iter().map(|theme| theme.name()).collect();
    let groups: Vec<_> = PlanGroup::ALL.iter().map(|group| group.name()).collect();
    for (name, values) in [
        ("ActionStatus", history::ActionStatus::NAMES),
        ("Channel", history::Channel::NAMES),
        ("ConclusionResult", history::ConclusionResult::NAMES),
        ("DecidedBy", history::DecidedBy::NAMES),
        ("EntryType", history::EntryType::NAMES),
        ("FeedbackStatus", history::FeedbackStatus::NAMES),
        ("Phase", history::Phase::NAMES),
        ("PlanGroup", &groups),
        ("Purpose", history::Purpose::NAMES),
        ("Space", history::Space::NAMES),
        ("StepState", history::StepState::NAMES),
        ("Theme", &themes),
        ("Tone", catalog::Tone::NAMES),
        ("Length", catalog::Length::NAMES),
        ("VariableType", catalog::VariableType::NAMES),
    ] {
        assert_values(&enumeration(name), values.iter().copied());
    }
}

#[test]
fn enums_of_fragments_have_the_names_of_the_domain() {
    use rebound_domain::fragments::{BlockType, Dialect, Direction, Format, Voice};

    for (name, values) in [
        ("BlockType", BlockType::NAMES),
        ("Dialect", Dialect::NAMES),
        ("Direction", Direction::NAMES),
        ("FragmentFormat", Format::NAMES),
        ("Voice", Voice::NAMES),
    ] {
        assert_values(&enumeration(name), values.iter().copied());
    }
}

#[test]
fn enums_of_drafts_have_the_names_of_the_domain() {
    use rebound_domain::drafts::{Code, Profile, Severity, Verdict};

    for (name, values) in [
        ("DraftCode", Code::NAMES),
        ("DraftProfile", Profile::NAMES),
        ("DraftSeverity", Severity::NAMES),
        ("DraftVerdict", Verdict::NAMES),
    ] {
        assert_values(&enumeration(name), values.iter().copied());
    }
}

#[test]
fn enums_of_settings_and_send_times_have_the_names_of_the_domain() {
    use rebound_domain::governance::BulkConfirmation;
    use rebound_domain::send_time::Rule;

    assert_values(&enumeration("BulkConfirmation"), BulkConfirmation::NAMES.iter().copied());
    assert_values(&enumeration("SendRuleCode"), Rule::NAMES.iter().copied());
}

#[test]
fn every_method_of_the_protos_is_in_the_table_and_none_else() {
    let mut described = BTreeSet::new();
    for file in files() {
        for service in &file.service {
            let service_name = format!("{}.{}", file.package(), service.name());
            described.extend(service.method.iter().map(|method| format!("{service_name}/{}", method.name())));
        }
    }
    let ours = Method::ALL.iter().filter(|method| !method.scopes().is_empty());
    let table: BTreeSet<_> = ours.map(|method| method.name().to_owned()).collect();
    assert_eq!(table, described);
    for method in &table {
        assert_eq!(Method::of(&format!("/{method}")).name(), method);
    }
}

#[test]
fn paths_that_are_not_ours_need_no_key() {
    for (path, method) in [
        ("/grpc.health.v1.Health/Check", Method::Health),
        ("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Method::Reflection),
        ("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", Method::Reflection),
        ("/rebound.v1.GuidanceService/Nothing", Method::Unknown),
        ("/unknown", Method::Unknown),
        ("/", Method::Unknown),
    ] {
        assert_eq!(Method::of(path), method, "{path}");
        assert!(method.scopes().is_empty(), "{path}");
    }
}
