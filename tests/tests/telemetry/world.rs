//! A service with its collector, and requests that belong to traces.

use opentelemetry_proto::tonic::trace::v1::Span;
use rebound_tests::collector::{Collector, Protocol, trace_of};
use rebound_tests::process::Process;
use rebound_tests::service::KEY;
use rebound_tests::sqlite::{self, TestDatabase};
use reqwest::RequestBuilder;
use serde_json::Value;
use tempfile::TempDir;
use tonic::Request;
use tonic::transport::Channel;

/// The span of a client.
pub(crate) const CLIENT: &str = "00f067aa0ba902b7";

/// A service that tells a collector.
pub(crate) struct World {
    pub(crate) collector: Collector,
    pub(crate) process: Process,
    /// Removed with it.
    _place: Option<(TempDir, TestDatabase)>,
}

impl World {
    /// With these variables besides those that name the collector.
    pub(crate) async fn start(protocol: Protocol, variables: &[(&str, &str)]) -> Self {
        let collector = Collector::start(protocol).await;
        let mut all = collector.variables();
        all.extend_from_slice(variables);
        let (folder, database) = (tempfile::tempdir().unwrap(), sqlite::database());
        let process = Process::start_in(folder.path(), &database.url, &all);
        Self { collector, process, _place: Some((folder, database)) }
    }

    /// Of a service that runs, and its collector.
    pub(crate) fn of(collector: Collector, process: Process) -> Self {
        Self { collector, process, _place: None }
    }

    /// A POST of JSON, or of lines of it to a batch, by a client that is in a trace.
    pub(crate) fn post(&self, path: &str, body: impl Into<String>, traceparent: &str) -> RequestBuilder {
        let request = reqwest::Client::new().post(format!("{}{path}", self.process.http)).bearer_auth(KEY);
        let content_type = if path.ends_with("/batch") { "application/x-ndjson" } else { "application/json" };
        request.header("content-type", content_type).header("traceparent", traceparent).body(body.into())
    }

    /// The same, answered with JSON.
    pub(crate) async fn posted(&self, path: &str, body: &Value, traceparent: &str) -> Value {
        let answer = self.post(path, body.to_string(), traceparent).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.json().await.unwrap()
    }

    /// A channel to gRPC.
    pub(crate) async fn channel(&self) -> Channel {
        Channel::from_shared(self.process.grpc.clone()).unwrap().connect().await.unwrap()
    }
}

/// The header of a client whose trace is kept.
pub(crate) fn sampled(trace: &str) -> String {
    format!("00-{trace}-{CLIENT}-01")
}

/// A call of a client that is in a trace.
pub(crate) fn call<T>(message: T, traceparent: &str) -> Request<T> {
    let mut request = rebound_tests::service::with_key(message);
    request.metadata_mut().insert("traceparent", traceparent.parse().unwrap());
    request
}

/// Whether a span is the child of another.
pub(crate) fn is_child(child: &Span, parent: &Span) -> bool {
    child.parent_span_id == parent.span_id && child.trace_id == parent.trace_id
}

/// Whether a span is linked with another.
pub(crate) fn is_linked(span: &Span, other: &Span) -> bool {
    span.links.iter().any(|link| link.span_id == other.span_id && link.trace_id == other.trace_id)
}

/// The id of a span in hexadecimal digits.
pub(crate) fn id(span: &Span) -> String {
    trace_of(&span.span_id)
}
