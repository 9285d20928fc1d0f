//! Counts and times requests, by route. Labels are few and never hold what a client sent.

use std::sync::OnceLock;
use std::time::Duration;

use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry};
use rebound_domain::guidance::{Memo, Weigh};

use crate::known::KnownInputs;
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
    memo_hits: IntCounter,
    memo_misses: IntCounter,
    memo_bytes: IntGauge,
}

impl Metrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// If they are registered already.
    pub fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let memo = |name: &str, help: &str| Opts::new(name, help).const_label("api", "rest");
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
            memo_hits: IntCounter::with_opts(memo("rebound_memo_hits_total", "Answers that were remembered."))?,
            memo_misses: IntCounter::with_opts(memo("rebound_memo_misses_total", "Answers that had to be made."))?,
            memo_bytes: IntGauge::with_opts(memo("rebound_memo_bytes", "Memory that remembered answers take."))?,
        };
        registry.register(Box::new(metrics.requests.clone()))?;
        registry.register(Box::new(metrics.durations.clone()))?;
        registry.register(Box::new(metrics.memo_hits.clone()))?;
        registry.register(Box::new(metrics.memo_misses.clone()))?;
        registry.register(Box::new(metrics.memo_bytes.clone()))?;
        Ok(metrics)
    }

    pub(crate) fn observe(&self, method: &str, route: &str, status: u16, elapsed: Duration) {
        // Methods are bounded: one that no route has is counted as another.
        let method = match method {
            "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS" => method,
            _ => "other",
        };
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

    /// Takes over what the two memories count themselves.
    pub(crate) fn read_memo<V: Weigh>(&self, known: &KnownInputs, memo: &Memo<V>) {
        self.memo_hits.inc_by((known.hits() + memo.hits()).saturating_sub(self.memo_hits.get()));
        self.memo_misses.inc_by(memo.misses().saturating_sub(self.memo_misses.get()));
        self.memo_bytes.set(i64::try_from(known.bytes() + memo.bytes()).unwrap_or(i64::MAX));
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
