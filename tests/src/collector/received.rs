//! What a collector was sent, and how a test looks something up in it.

use std::fmt::Write as _;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{Exemplar, Metric};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

/// A message of a service.
#[derive(Debug)]
pub enum Message {
    /// Spans.
    Traces(ExportTraceServiceRequest),
    /// Metrics.
    Metrics(ExportMetricsServiceRequest),
    /// Log records.
    Logs(ExportLogsServiceRequest),
    /// Something for which there is no path.
    Other(String),
}

/// All messages together.
#[derive(Debug, Default)]
pub struct Received {
    /// Who sent it.
    pub resources: Vec<Resource>,
    /// The spans, as they ended.
    pub spans: Vec<Span>,
    /// The metrics as they were last.
    pub metrics: Vec<Metric>,
    /// The exemplars of all histograms that ever came, with the names of their metrics.
    pub exemplars: Vec<(String, Exemplar)>,
    /// The log records with their scopes.
    pub logs: Vec<(String, LogRecord)>,
    /// The bytes of every message.
    pub bytes: Vec<u8>,
}

impl Received {
    pub(super) fn take(&mut self, message: Message) {
        match message {
            Message::Traces(traces) => {
                self.bytes.extend(traces.encode_to_vec());
                for of_resource in traces.resource_spans {
                    self.resources.extend(of_resource.resource);
                    self.spans.extend(of_resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
                }
            }
            Message::Metrics(metrics) => {
                self.bytes.extend(metrics.encode_to_vec());
                for of_resource in metrics.resource_metrics {
                    self.resources.extend(of_resource.resource);
                    for metric in of_resource.scope_metrics.iter().flat_map(|scope| &scope.metrics) {
                        self.exemplars
                            .extend(exemplars(metric).map(|exemplar| (metric.name.clone(), exemplar.clone())));
                    }
                    self.metrics = of_resource.scope_metrics.into_iter().flat_map(|scope| scope.metrics).collect();
                }
            }
            Message::Logs(logs) => {
                self.bytes.extend(logs.encode_to_vec());
                for of_resource in logs.resource_logs {
                    self.resources.extend(of_resource.resource);
                    for scope in of_resource.scope_logs {
                        let name = scope.scope.unwrap_or_default().name;
                        self.logs.extend(scope.log_records.into_iter().map(|record| (name.clone(), record)));
                    }
                }
            }
            Message::Other(path) => panic!("nothing is sent to {path}"),
        }
    }

    /// The span of this name in a trace, if it has come.
    #[must_use]
    pub fn find(&self, trace_id: &str, name: &str) -> Option<&Span> {
        self.spans.iter().find(|span| span.name == name && trace_of(&span.trace_id) == trace_id)
    }

    /// The span of this name in a trace.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn span(&self, trace_id: &str, name: &str) -> &Span {
        self.find(trace_id, name).unwrap_or_else(|| panic!("no span {name} in {trace_id}: {:#?}", self.spans))
    }

    /// The metric of this name.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn metric(&self, name: &str) -> &Metric {
        self.metrics.iter().find(|metric| metric.name == name).unwrap_or_else(|| panic!("no metric {name}"))
    }
}

fn exemplars(metric: &Metric) -> impl Iterator<Item = &Exemplar> {
    let points = match &metric.data {
        Some(Data::Histogram(histogram)) => histogram.data_points.as_slice(),
        _ => &[],
    };
    points.iter().flat_map(|point| &point.exemplars)
}

/// An attribute as text; numbers and truth values are written out. Empty if it is not there.
#[must_use]
pub fn text(attributes: &[KeyValue], name: &str) -> String {
    let value =
        attributes.iter().find(|attribute| attribute.key == name).and_then(|attribute| attribute.value.as_ref());
    match value.and_then(|AnyValue { value }| value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::BoolValue(truth)) => truth.to_string(),
        Some(Value::DoubleValue(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// An id in hexadecimal digits.
#[must_use]
pub fn trace_of(id: &[u8]) -> String {
    id.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
