//! What clients and operators rely on, word for word: the OpenAPI document, the table of errors, the help.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod names;
mod patterns;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use prost::Message as _;
use rebound_domain::ErrorKind;
use rebound_tests::program;

/// Compares with a committed file; with `UPDATE_CONTRACTS=1` writes it instead.
fn committed(path: &str, actual: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(path);
    if std::env::var_os("UPDATE_CONTRACTS").is_some() {
        fs::write(&file, actual).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        expected == actual,
        "{path} is not what the code says; run with UPDATE_CONTRACTS=1 and read the difference"
    );
}

#[test]
fn the_openapi_document_is_the_committed_one() {
    let folder = tempfile::tempdir().unwrap();
    let output = program::run(folder.path(), &["openapi"], "");
    committed("crates/api-rest/openapi.json", &String::from_utf8(output.stdout).unwrap());
}

#[test]
fn the_help_is_the_committed_one() {
    let folder = tempfile::tempdir().unwrap();
    let commands: [&[&str]; 13] = [
        &[],
        &["serve"],
        &["migrate"],
        &["advise"],
        &["fragments"],
        &["catalog", "check"],
        &["catalog", "export"],
        &["openapi"],
        &["config"],
        &["tenant"],
        &["key", "create"],
        &["key", "rotate"],
        &["completions"],
    ];
    let mut help = String::new();
    for command in commands {
        let output = program::run(folder.path(), &[command, &["--help"][..]].concat(), "");
        let text = String::from_utf8(output.stdout).unwrap();
        // The settings are the same everywhere: shown once.
        let shown = if command.is_empty() { &*text } else { text.split("\nSettings:").next().unwrap() };
        let _ = writeln!(help, "$ rebound {} --help\n{}\n", command.join(" "), shown.trim_end());
    }
    committed("tests/tests/contracts/help.txt", &help);
}

#[test]
fn the_table_of_errors_is_the_committed_one() {
    let mut table = String::from("code, HTTP status, gRPC code, title\n");
    for kind in ErrorKind::ALL {
        let row = kind.row();
        let grpc = tonic::Code::from_i32(row.grpc_code);
        let _ = writeln!(table, "{}, {}, {grpc:?}, {}", row.code, row.http_status, row.title);
    }
    committed("tests/tests/contracts/errors.txt", &table);
}

#[test]
fn every_operation_of_rest_has_a_method_of_the_same_name_over_grpc_and_the_other_way_round() {
    let descriptors = prost_types::FileDescriptorSet::decode(rebound_api_grpc::FILE_DESCRIPTOR_SET).unwrap();
    let services = descriptors.file.iter().filter(|file| file.package() == "rebound.v1").flat_map(|file| &file.service);
    let methods: BTreeSet<String> = services.flat_map(|it| &it.method).map(|method| method.name().to_owned()).collect();
    let document = serde_json::to_value(rebound_api_rest::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let operations: BTreeSet<String> = paths
        .filter(|operation| operation["tags"][0] != "operations")
        .map(|operation| operation["operationId"].as_str().unwrap())
        .filter(|id| *id != "getGuidanceByQuery") // the same operation in another form
        .map(|id| id[..1].to_uppercase() + &id[1..])
        .collect();
    assert_eq!(operations, methods);
}
