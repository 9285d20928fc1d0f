//! What variables mean together.

use std::time::Duration;

use super::{Config, Protocol};

fn read(variables: &[(&str, &str)]) -> Option<Config> {
    let get = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Config::read(&get).expect("variables that can be understood")
}

fn uris(config: &Config) -> [Option<String>; 3] {
    [&config.traces, &config.metrics, &config.logs].map(|it| it.as_ref().map(|it| it.uri.to_string()))
}

#[test]
fn nothing_is_sent_where_nothing_asks_for_it() {
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
    let none = [("OTEL_TRACES_EXPORTER", "none"), ("OTEL_METRICS_EXPORTER", "none"), ("OTEL_LOGS_EXPORTER", "none")];
    for variables in [
        vec![],
        vec![("OTEL_SERVICE_NAME", "someone"), ("OTEL_TRACES_SAMPLER", "always_on")],
        vec![("OTEL_EXPORTER_OTLP_ENDPOINT", " ")],
        vec![endpoint, ("OTEL_SDK_DISABLED", "TRUE")],
        [&none[..], &[endpoint]].concat(),
    ] {
        assert!(read(&variables).is_none(), "{variables:?}");
    }
}

#[test]
fn an_endpoint_for_all_has_a_path_for_each() {
    let config = read(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/base/")]).expect("something to send");
    let uris_over_http =
        ["traces", "metrics", "logs"].map(|name| Some(format!("http://collector:4318/base/v1/{name}")));
    assert_eq!(uris(&config), uris_over_http);
    let grpc = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    let config = read(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector:4317"), grpc]).expect("something to send");
    let service = |name: &str, service: &str| {
        Some(format!("https://collector:4317/opentelemetry.proto.collector.{name}.v1.{service}Service/Export"))
    };
    assert_eq!(uris(&config), [service("trace", "Trace"), service("metrics", "Metrics"), service("logs", "Logs")]);
}

#[test]
fn a_signal_has_what_is_its_own() {
    let config = read(&[
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces/as-it-is"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "1500"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-one=1,x-two=a%20b"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "99"),
        ("OTEL_LOGS_EXPORTER", "otlp"),
        ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "grpc"),
    ]);
    let config = config.expect("something to send");
    let [traces, metrics, logs] = uris(&config);
    assert_eq!((traces.as_deref(), metrics), (Some("http://traces/as-it-is"), None));
    assert!(logs.is_some_and(|uri| uri.starts_with("http://localhost:4317/")));
    let (traces, logs) = (config.traces.expect("traces"), config.logs.expect("logs"));
    assert_eq!((traces.protocol, traces.timeout), (Protocol::HttpProtobuf, Duration::from_millis(1_500)));
    assert_eq!((logs.protocol, logs.timeout), (Protocol::Grpc, Duration::from_millis(99)));
    assert_eq!(traces.headers["x-two"], "a b");
    assert!(traces.headers.values().all(http::HeaderValue::is_sensitive) && logs.headers.is_empty());
}
