//! What the two memories count themselves, read when the metrics are, whoever asks for them.

use std::sync::Arc;

use prometheus::core::{Collector, Desc, Describer};
use prometheus::proto::MetricFamily;
use prometheus::{IntCounter, IntGauge, Opts};
use rebound_domain::guidance::Memo;

use crate::known::KnownInputs;
use crate::representation::Representation;

/// The gRPC API has the same families with another `api`.
pub(crate) struct MemoMetrics {
    known: Arc<KnownInputs>,
    memo: Arc<Memo<Representation>>,
    hits: Opts,
    misses: Opts,
    bytes: Opts,
    descriptions: Vec<Desc>,
}

impl MemoMetrics {
    /// The metrics of these memories.
    ///
    /// # Errors
    /// If a name or a label is none, which a test excludes.
    pub(crate) fn new(known: Arc<KnownInputs>, memo: Arc<Memo<Representation>>) -> Result<Self, prometheus::Error> {
        let opts = |name: &str, help: &str| Opts::new(name, help).const_label("api", "rest");
        let hits = opts("rebound_memo_hits_total", "Answers that were remembered.");
        let misses = opts("rebound_memo_misses_total", "Answers that had to be made.");
        let bytes = opts("rebound_memo_bytes", "Memory that remembered answers take.");
        let descriptions = [&hits, &misses, &bytes].map(Describer::describe).into_iter().collect::<Result<_, _>>()?;
        Ok(Self { known, memo, hits, misses, bytes, descriptions })
    }

    fn read(&self) -> Result<Vec<MetricFamily>, prometheus::Error> {
        let hits = IntCounter::with_opts(self.hits.clone())?;
        hits.inc_by(self.known.hits() + self.memo.hits());
        let misses = IntCounter::with_opts(self.misses.clone())?;
        misses.inc_by(self.memo.misses());
        let bytes = IntGauge::with_opts(self.bytes.clone())?;
        bytes.set(i64::try_from(self.known.bytes() + self.memo.bytes()).unwrap_or(i64::MAX));
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
