//! Counts and times calls, by method. Every handle is resolved once; labels never hold what a client sent.

use std::sync::OnceLock;
use std::time::Duration;

use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts, Registry};
use tonic::Code;

use crate::method::Method;
use crate::status::code_name;

/// Upper bounds of the latency buckets, in seconds.
const BUCKETS: [f64; 14] =
    [0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];

/// How many status codes there are.
const CODES: usize = 17;

/// The metrics of the gRPC API.
pub(crate) struct Metrics {
    requests: IntCounterVec,
    methods: Vec<MethodMetrics>,
}

struct MethodMetrics {
    duration: Histogram,
    requests: [OnceLock<IntCounter>; CODES],
}

impl Metrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// If they are registered already.
    pub(crate) fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let requests = IntCounterVec::new(
            Opts::new("rebound_grpc_requests_total", "gRPC calls by method and status code."),
            &["method", "code"],
        )?;
        let durations = HistogramVec::new(
            HistogramOpts::new(
                "rebound_grpc_request_duration_seconds",
                "Time until the answer, or the end of a stream.",
            )
            .buckets(BUCKETS.to_vec()),
            &["method"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(durations.clone()))?;
        let of_method = |method: &Method| MethodMetrics {
            duration: durations.with_label_values(&[method.name()]),
            requests: [const { OnceLock::new() }; CODES],
        };
        Ok(Self { requests, methods: Method::ALL.iter().map(of_method).collect() })
    }

    pub(crate) fn observe(&self, method: Method, code: Code, elapsed: Duration) {
        let metrics = &self.methods[method as usize];
        metrics.duration.observe(elapsed.as_secs_f64());
        let resolve = || self.requests.with_label_values(&[method.name(), code_name(code)]);
        metrics.requests[code as usize].get_or_init(resolve).inc();
    }
}
