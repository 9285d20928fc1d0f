//! What the standard `OTEL_*` variables say, read once. A value that is not understood is a mistake that names its
//! variable and what is allowed; it is never repeated, for some hold secrets.

mod sampling;
#[cfg(test)]
mod tests;
mod values;
mod variables;

use std::path::PathBuf;
use std::time::Duration;

use http::{HeaderMap, Uri};

pub(crate) use self::sampling::Sampling;
use self::values::{endpoint, headers, millis, one_of, pairs, propagators, whole};
use self::variables::Variables;
pub use self::variables::{InvalidVariable, InvalidVariables};

/// What is sent, and where to. Nothing else starts anything.
#[derive(Debug, Clone)]
pub struct Config {
    pub(crate) traces: Option<Destination>,
    pub(crate) metrics: Option<Destination>,
    pub(crate) logs: Option<Destination>,
    pub(crate) sampling: Sampling,
    /// Whether the trace of a client is continued.
    pub(crate) continues_traces: bool,
    /// Attributes of the resource besides our own.
    pub(crate) resource: Vec<(String, String)>,
    pub(crate) span_batches: Batches,
    pub(crate) log_batches: Batches,
    pub(crate) metrics_every: Duration,
}

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    Traces,
    Metrics,
    Logs,
}

impl Signal {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Metrics => "metrics",
            Self::Logs => "logs",
        }
    }
}

/// How it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Grpc,
    HttpProtobuf,
}

/// Where a signal goes.
#[derive(Debug, Clone)]
pub(crate) struct Destination {
    pub(crate) protocol: Protocol,
    pub(crate) uri: Uri,
    /// May hold a secret.
    pub(crate) headers: HeaderMap,
    pub(crate) timeout: Duration,
    /// Whether messages are compressed with gzip.
    pub(crate) gzip: bool,
    /// A file with the certificates that are trusted instead of the system's.
    pub(crate) certificate: Option<PathBuf>,
}

/// How much waits, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batches {
    pub(crate) room: usize,
    pub(crate) size: usize,
    pub(crate) delay: Duration,
    /// How long one batch may take in all.
    pub(crate) timeout: Duration,
}

impl Config {
    /// What the environment of this process says; `None`: nothing is to be sent.
    ///
    /// # Errors
    /// Every variable that cannot be understood.
    pub fn from_environment() -> Result<Option<Self>, InvalidVariables> {
        Self::read(&|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// What these variables say.
    ///
    /// # Errors
    /// Every variable that cannot be understood.
    pub fn read(get: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>, InvalidVariables> {
        let mut variables = Variables::new(get);
        let disabled = variables.parse("OTEL_SDK_DISABLED", "true or false", |text| {
            one_of(&text.to_ascii_lowercase(), &[("true", true), ("false", false)])
        });
        if disabled == Some(true) {
            return Ok(None);
        }
        let config = Self {
            traces: destination(&mut variables, Signal::Traces),
            metrics: destination(&mut variables, Signal::Metrics),
            logs: destination(&mut variables, Signal::Logs),
            sampling: Sampling::read(&mut variables),
            continues_traces: variables
                .parse("OTEL_PROPAGATORS", "a list of tracecontext and baggage, or none", propagators)
                .unwrap_or(true),
            resource: resource(&mut variables),
            span_batches: batches(&mut variables, "OTEL_BSP", 5_000),
            log_batches: batches(&mut variables, "OTEL_BLRP", 1_000),
            metrics_every: variables
                .parse("OTEL_METRIC_EXPORT_INTERVAL", "milliseconds, at least 1", |text| millis(text, 1))
                .unwrap_or(Duration::from_mins(1)),
        };
        variables.end()?;
        let is_used = config.traces.is_some() || config.metrics.is_some() || config.logs.is_some();
        Ok(is_used.then_some(config))
    }
}

/// Where a signal goes: nowhere unless its exporter is `otlp`, or an endpoint is named.
fn destination(variables: &mut Variables<'_>, signal: Signal) -> Option<Destination> {
    let name = signal.name().to_ascii_uppercase();
    let exporter = variables.parse(&format!("OTEL_{name}_EXPORTER"), "otlp or none", |text| {
        one_of(text, &[("otlp", true), ("none", false)])
    });
    let protocols = [("grpc", Protocol::Grpc), ("http/protobuf", Protocol::HttpProtobuf)];
    let protocol = variables.of_signal(&name, "PROTOCOL", "grpc or http/protobuf", |text| one_of(text, &protocols));
    let protocol = protocol.unwrap_or(Protocol::HttpProtobuf);
    let own = variables.parse(&format!("OTEL_EXPORTER_OTLP_{name}_ENDPOINT"), URL, endpoint);
    let shared = variables.parse("OTEL_EXPORTER_OTLP_ENDPOINT", URL, endpoint);
    let headers = variables.of_signal(&name, "HEADERS", "a list of name=value, values percent-encoded", headers);
    let timeout = variables.of_signal(&name, "TIMEOUT", "milliseconds, at least 1", |text| millis(text, 1));
    let gzip = variables
        .of_signal(&name, "COMPRESSION", "gzip or none", |text| one_of(text, &[("gzip", true), ("none", false)]));
    let certificate = variables.of_signal(&name, "CERTIFICATE", "the path of a PEM file", |text| Some(text.into()));
    if !exporter.unwrap_or(own.is_some() || shared.is_some()) {
        return None;
    }
    let uri = match (own, shared, protocol) {
        (own, shared, Protocol::Grpc) => {
            with_path(&own.or(shared).unwrap_or_else(|| Uri::from_static(GRPC)), &grpc_path(signal))
        }
        (Some(own), _, Protocol::HttpProtobuf) => Some(own),
        (None, shared, Protocol::HttpProtobuf) => {
            let base = shared.unwrap_or_else(|| Uri::from_static(HTTP));
            let path = format!("{}/v1/{}", base.path().trim_end_matches('/'), signal.name());
            with_path(&base, &path)
        }
    };
    Some(Destination {
        protocol,
        uri: uri?,
        headers: headers.unwrap_or_default(),
        timeout: timeout.unwrap_or(Duration::from_secs(10)),
        gzip: gzip.unwrap_or(false),
        certificate,
    })
}

const URL: &str = "a URL that begins with http:// or https://";
const HTTP: &str = "http://localhost:4318/";
const GRPC: &str = "http://localhost:4317/";

/// The method of the collector that takes a signal.
fn grpc_path(signal: Signal) -> String {
    let (package, service) = match signal {
        Signal::Traces => ("trace", "TraceService"),
        Signal::Metrics => ("metrics", "MetricsService"),
        Signal::Logs => ("logs", "LogsService"),
    };
    format!("/opentelemetry.proto.collector.{package}.v1.{service}/Export")
}

fn with_path(base: &Uri, path: &str) -> Option<Uri> {
    let mut parts = base.clone().into_parts();
    parts.path_and_query = Some(path.parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// The attributes of the resource. The name of the service has a variable of its own, which goes first.
fn resource(variables: &mut Variables<'_>) -> Vec<(String, String)> {
    let allowed = "a list of name=value, values percent-encoded";
    let mut resource = variables.parse("OTEL_RESOURCE_ATTRIBUTES", allowed, pairs).unwrap_or_default();
    if let Some(name) = variables.parse("OTEL_SERVICE_NAME", "a name", |text| Some(text.to_owned())) {
        resource.retain(|(key, _)| key != "service.name");
        resource.push(("service.name".to_owned(), name));
    }
    resource
}

fn batches(variables: &mut Variables<'_>, prefix: &str, delay: u64) -> Batches {
    let name = |suffix: &str| format!("{prefix}_{suffix}");
    let mut number = |suffix: &str| {
        variables.parse(&name(suffix), "a whole number from 1 to 1000000", |text| whole(text, 1..=1_000_000))
    };
    let (room, size) = (number("MAX_QUEUE_SIZE").unwrap_or(2_048), number("MAX_EXPORT_BATCH_SIZE"));
    if size.is_some_and(|size| size > room) {
        let allowed = format!("at most {}, which is {room}", name("MAX_QUEUE_SIZE"));
        variables.refuse(&name("MAX_EXPORT_BATCH_SIZE"), allowed);
    }
    let mut time = |suffix: &str, least: u64, otherwise: u64| {
        let allowed = format!("milliseconds, at least {least}");
        let time = variables.parse(&name(suffix), &allowed, |text| millis(text, least));
        time.unwrap_or(Duration::from_millis(otherwise))
    };
    let (delay, timeout) = (time("SCHEDULE_DELAY", 1, delay), time("EXPORT_TIMEOUT", 1, 30_000));
    Batches { room, size: size.unwrap_or(512).min(room), delay, timeout }
}
