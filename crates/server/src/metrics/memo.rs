//! What the memories of both APIs count themselves.

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{IntCounterVec, IntGaugeVec, Opts};
use rebound_domain::guidance::MemoCounts;

use super::Counts;

/// The memories, each with the name of its API.
pub(super) struct MemoMetrics {
    memories: [(&'static str, Counts); 2],
    descriptions: Vec<Desc>,
}

impl MemoMetrics {
    /// The metrics of these memories.
    ///
    /// # Errors
    /// If a name or a label is none, which a test excludes.
    pub(super) fn new(memories: [(&'static str, Counts); 2]) -> Result<Self, prometheus::Error> {
        let (hits, misses, bytes) = families()?;
        let descriptions = [hits.desc(), misses.desc(), bytes.desc()].concat().into_iter().cloned().collect();
        Ok(Self { memories, descriptions })
    }

    fn read(&self) -> Result<Vec<MetricFamily>, prometheus::Error> {
        let (all_hits, all_misses, all_bytes) = families()?;
        for (api, counts) in &self.memories {
            let MemoCounts { hits, misses, bytes } = counts();
            all_hits.with_label_values(&[api]).inc_by(hits);
            all_misses.with_label_values(&[api]).inc_by(misses);
            all_bytes.with_label_values(&[api]).set(i64::try_from(bytes).unwrap_or(i64::MAX));
        }
        Ok([all_hits.collect(), all_misses.collect(), all_bytes.collect()].concat())
    }
}

/// Hits, misses and bytes, all zero.
fn families() -> Result<(IntCounterVec, IntCounterVec, IntGaugeVec), prometheus::Error> {
    let hits = Opts::new("rebound_memo_hits_total", "Answers that were remembered.");
    let misses = Opts::new("rebound_memo_misses_total", "Answers that had to be made.");
    let bytes = Opts::new("rebound_memo_bytes", "Memory that remembered answers take.");
    let label = ["api"];
    Ok((IntCounterVec::new(hits, &label)?, IntCounterVec::new(misses, &label)?, IntGaugeVec::new(bytes, &label)?))
}

impl Collector for MemoMetrics {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        // The names were found right when they were described.
        self.read().unwrap_or_default()
    }
}
