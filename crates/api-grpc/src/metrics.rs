//! Counts and times calls, by method. Every handle is resolved once; labels never hold what a client sent.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use prometheus::core::{Collector, Desc, Describer};
use prometheus::proto::MetricFamily;
use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry};
use rebound_domain::guidance::Memo;
use tonic::Code;

use crate::method::Method;
use crate::status::code_name;
use crate::wire::Answer;

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
    pub(crate) fn register(registry: &Registry, memo: &Arc<Memo<Answer>>) -> Result<Self, prometheus::Error> {
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
        registry.register(Box::new(MemoMetrics::new(Arc::clone(memo))?))?;
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

/// What the memo counts itself, read when the metrics are. The REST API has the same families with another `api`.
struct MemoMetrics {
    memo: Arc<Memo<Answer>>,
    hits: Opts,
    misses: Opts,
    bytes: Opts,
    descriptions: Vec<Desc>,
}

impl MemoMetrics {
    fn new(memo: Arc<Memo<Answer>>) -> Result<Self, prometheus::Error> {
        let opts = |name: &str, help: &str| Opts::new(name, help).const_label("api", "grpc");
        let hits = opts("rebound_memo_hits_total", "Answers that were remembered.");
        let misses = opts("rebound_memo_misses_total", "Answers that had to be made.");
        let bytes = opts("rebound_memo_bytes", "Memory that remembered answers take.");
        let descriptions = [&hits, &misses, &bytes].map(Describer::describe).into_iter().collect::<Result<_, _>>()?;
        Ok(Self { memo, hits, misses, bytes, descriptions })
    }

    fn read(&self) -> Result<Vec<MetricFamily>, prometheus::Error> {
        let hits = IntCounter::with_opts(self.hits.clone())?;
        hits.inc_by(self.memo.hits());
        let misses = IntCounter::with_opts(self.misses.clone())?;
        misses.inc_by(self.memo.misses());
        let bytes = IntGauge::with_opts(self.bytes.clone())?;
        bytes.set(i64::try_from(self.memo.bytes()).unwrap_or(i64::MAX));
        Ok([hits.collect(), misses.collect(), bytes.collect()].concat())
    }
}

impl Collector for MemoMetrics {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        // The options were found right when they were described.
        self.read().unwrap_or_default()
    }
}
