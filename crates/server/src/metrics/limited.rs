//! What the limits of both APIs refused.

use std::sync::Arc;

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{IntCounterVec, Opts};
use rebound_domain::limits::Refusals;

/// The refusals, each with the name of its API. What did not happen is there as zero.
pub(super) struct LimitMetrics {
    refusals: [(&'static str, Arc<Refusals>); 2],
    descriptions: Vec<Desc>,
}

impl LimitMetrics {
    /// The metrics of these refusals.
    ///
    /// # Errors
    /// If a name or a label is none, which a test excludes.
    pub(super) fn new(refusals: [(&'static str, Arc<Refusals>); 2]) -> Result<Self, prometheus::Error> {
        Ok(Self { refusals, descriptions: family()?.desc().into_iter().cloned().collect() })
    }

    fn read(&self) -> Result<Vec<MetricFamily>, prometheus::Error> {
        let all = family()?;
        for (api, refusals) in &self.refusals {
            for (reason, count) in refusals.counted() {
                all.with_label_values(&[api, reason]).inc_by(count);
            }
        }
        Ok(all.collect())
    }
}

fn family() -> Result<IntCounterVec, prometheus::Error> {
    let help = "Requests, and items of bulk calls, that were refused because too much was asked, by the limit.";
    IntCounterVec::new(Opts::new("rebound_limited_total", help), &["api", "reason"])
}

impl Collector for LimitMetrics {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        // The names were found right when they were described.
        self.read().unwrap_or_default()
    }
}
