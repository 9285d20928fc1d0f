//! Variables that cannot be understood: the service says so, all at once, and does not start.

use std::fs;

use rebound_tests::program;

#[test]
fn every_mistake_is_named_with_what_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = "zebra";
    let names = [
        ("OTEL_SDK_DISABLED", "true or false"),
        ("OTEL_TRACES_EXPORTER", "otlp or none"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http:// or https://"),
        ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "grpc or http/protobuf"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "name=value"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "milliseconds"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip or none"),
        ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
        ("OTEL_RESOURCE_ATTRIBUTES", "name=value"),
        ("OTEL_PROPAGATORS", "tracecontext"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "whole number"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "milliseconds"),
    ];
    for arguments in [&["serve"][..], &["config", "check"]] {
        let mut command = program::command(folder.path());
        let output = command.args(arguments).envs(names.map(|(name, _)| (name, wrong))).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        for (name, allowed) in names {
            let place = said.find(&format!("{name} must be ")).unwrap_or_else(|| panic!("{name}: {said}"));
            assert!(said[place..].split(';').next().unwrap().contains(allowed), "{name}: {said}");
        }
        assert!(!said.contains(wrong), "a value may be a secret: {said}");
    }
}

#[test]
fn what_contradicts_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.pem");
    fs::write(folder.path().join("empty.pem"), "no certificate").unwrap();
    for (variables, expected) in [
        (
            [("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "1.5")],
            "OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1",
        ),
        (
            [("OTEL_BSP_MAX_QUEUE_SIZE", "10"), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "11")],
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE must be at most OTEL_BSP_MAX_QUEUE_SIZE, which is 10",
        ),
        (
            [("OTEL_LOGS_EXPORTER", "otlp"), ("OTEL_EXPORTER_OTLP_CERTIFICATE", missing.to_str().unwrap())],
            "missing.pem",
        ),
        ([("OTEL_LOGS_EXPORTER", "otlp"), ("OTEL_EXPORTER_OTLP_CERTIFICATE", "empty.pem")], "empty.pem"),
    ] {
        let output = program::command(folder.path()).arg("serve").envs(variables).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(expected), "{expected}: {said}");
    }
}
