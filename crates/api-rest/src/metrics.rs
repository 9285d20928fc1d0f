//! Counts and times requests, by route. Labels are few and never hold what a client sent.

use std::sync::OnceLock;
use std::time::Duration;

use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts, Registry};

use crate::v1::frequent::Frequent;

/// Upper bounds of the latency buckets, in seconds.
const BUCKETS: [f64; 14] =
    [0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];

/// The handles of an operation, looked up once by their labels. There is none before there is something to count.
#[derive(Debug, Default)]
struct Resolved {
    duration: OnceLock<Histogram>,
    ok: OnceLock<IntCounter>,
    not_modified: OnceLock<IntCounter>,
}

/// The metrics of the REST API.
#[derive(Debug)]
pub struct Metrics {
    requests: IntCounterVec,
    durations: HistogramVec,
    frequent: [Resolved; Frequent::COUNT],
}

impl Metrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// If they are registered already.
    pub fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let metrics = Self {
            requests: IntCounterVec::new(
                Opts::new("rebound_http_requests_total", "HTTP requests by method, route and status."),
                &["method", "route", "status"],
            )?,
            durations: HistogramVec::new(
                HistogramOpts::new("rebound_http_request_duration_seconds", "Time until the head of the answer.")
                    .buckets(BUCKETS.to_vec()),
                &["method", "route"],
            )?,
            frequent: Default::default(),
        };
        registry.register(Box::new(metrics.requests.clone()))?;
        registry.register(Box::new(metrics.durations.clone()))?;
        Ok(metrics)
    }

    pub(crate) fn observe(&self, method: &str, route: &str, status: u16, elapsed: Duration) {
        let mut digits = [0; 3];
        let status = digits_of(status, &mut digits);
        self.requests.with_label_values(&[method, route, status]).inc();
        self.durations.with_label_values(&[method, route]).observe(elapsed.as_secs_f64());
    }

    /// The same for an operation that is asked often.
    pub(crate) fn observe_frequent(&self, operation: Frequent, status: u16, elapsed: Duration) {
        let resolved = &self.frequent[operation as usize];
        let (requests, text) = match status {
            200 => (&resolved.ok, "200"),
            304 => (&resolved.not_modified, "304"),
            _ => return self.observe(operation.method(), operation.path(), status, elapsed),
        };
        let (method, route) = (operation.method(), operation.path());
        requests.get_or_init(|| self.requests.with_label_values(&[method, route, text])).inc();
        let duration = || self.durations.with_label_values(&[method, route]);
        resolved.duration.get_or_init(duration).observe(elapsed.as_secs_f64());
    }
}

/// A method, or what stands for one that no route has: what a client makes up is in no label and in no log.
pub(crate) fn known_method(method: &str) -> &str {
    match method {
        "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS" => method,
        _ => "other",
    }
}

/// A status code as text, without an allocation.
fn digits_of(status: u16, digits: &mut [u8; 3]) -> &str {
    let mut rest = status.min(999);
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    std::str::from_utf8(digits).unwrap_or("000")
}
