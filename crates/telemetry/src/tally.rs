//! Counts what was sent and what was lost, beside the other metrics.

use prometheus::{IntCounter, IntCounterVec, Opts, Registry};

use crate::config::Signal;

/// The counters of all signals.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    sent: IntCounterVec,
    dropped: IntCounterVec,
}

/// The counters of one signal.
pub(crate) struct SignalTally {
    /// What the collector took.
    pub(crate) sent: IntCounter,
    /// What it did not take.
    pub(crate) lost: IntCounter,
}

impl Tally {
    pub(crate) fn new() -> Result<Self, prometheus::Error> {
        let sent = Opts::new("rebound_telemetry_sent_total", "Spans, metrics and log lines that the collector took.");
        let dropped = Opts::new(
            "rebound_telemetry_dropped_total",
            "Spans, metrics and log lines that found no room, or that the collector did not take.",
        );
        Ok(Self {
            sent: IntCounterVec::new(sent, &["signal"])?,
            dropped: IntCounterVec::new(dropped, &["signal", "reason"])?,
        })
    }

    pub(crate) fn register(&self, registry: &Registry) -> Result<(), prometheus::Error> {
        registry.register(Box::new(self.sent.clone()))?;
        registry.register(Box::new(self.dropped.clone()))
    }

    /// Counts what found no room in the queue of a signal.
    pub(crate) fn no_room(&self, signal: Signal) -> IntCounter {
        self.dropped.with_label_values(&[signal.name(), "no_room"])
    }

    pub(crate) fn of(&self, signal: Signal) -> SignalTally {
        SignalTally {
            sent: self.sent.with_label_values(&[signal.name()]),
            lost: self.dropped.with_label_values(&[signal.name(), "not_taken"]),
        }
    }
}
