//! The messages that collectors take, one for each signal.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::logs::v1::{ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::{Metric, ResourceMetrics, ScopeMetrics};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans};
use opentelemetry_sdk::trace::SpanData;

use crate::logs::Logged;
use crate::resource::scope;

/// What made spans and metrics.
const SCOPE: &str = "rebound";

pub(crate) fn span_message(spans: Vec<SpanData>, resource: &Resource) -> ExportTraceServiceRequest {
    let spans = spans.into_iter().map(Into::into).collect();
    let spans = ScopeSpans { scope: Some(scope(SCOPE)), spans, schema_url: String::new() };
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(resource.clone()),
            scope_spans: vec![spans],
            schema_url: String::new(),
        }],
    }
}

pub(crate) fn metric_message(metrics: Vec<Metric>, resource: &Resource) -> ExportMetricsServiceRequest {
    let metrics = ScopeMetrics { scope: Some(scope(SCOPE)), metrics, schema_url: String::new() };
    ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            resource: Some(resource.clone()),
            scope_metrics: vec![metrics],
            schema_url: String::new(),
        }],
    }
}

/// Log records, by their target.
pub(crate) fn log_message(logged: Vec<Logged>, resource: &Resource) -> ExportLogsServiceRequest {
    let mut scopes: Vec<(&'static str, ScopeLogs)> = Vec::new();
    for Logged { target, record } in logged {
        let place = scopes.iter().position(|(name, _)| *name == target).unwrap_or_else(|| {
            scopes.push((target, ScopeLogs { scope: Some(scope(target)), ..ScopeLogs::default() }));
            scopes.len() - 1
        });
        scopes[place].1.log_records.push(record);
    }
    ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            resource: Some(resource.clone()),
            scope_logs: scopes.into_iter().map(|(_, logs)| logs).collect(),
            schema_url: String::new(),
        }],
    }
}
