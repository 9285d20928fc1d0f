//! Sends what waits in a queue, batch by batch, on the thread of the telemetry. A collector that is away is asked again a
//! few times, then the batch is dropped and counted.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use prost::Message;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::config::Signal;
use crate::queue::{Queue, pause};
use crate::tally::SignalTally;
use crate::transport::{Again, Transport};

/// How often a batch is sent at most.
const TRIES: u32 = 4;

/// How long is waited before the second try; doubled for each one after.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Sends one signal.
pub(crate) struct Exporter {
    pub(crate) signal: Signal,
    pub(crate) transport: Transport,
    pub(crate) tally: SignalTally,
    /// Whether the last message was taken: who reads the log is told once that it is not, and once that it is again.
    is_away: bool,
    /// How many found no room in the queue when that was last told.
    told: u64,
}

impl Exporter {
    pub(crate) fn new(signal: Signal, transport: Transport, tally: SignalTally) -> Self {
        Self { signal, transport, tally, is_away: false, told: 0 }
    }

    /// Sends what comes into a queue until it is told to stop, and then what is left.
    pub(crate) async fn run<T, M: Message>(
        mut self,
        queue: Arc<Queue<T>>,
        message: impl Fn(Vec<T>) -> M,
        mut stop: watch::Receiver<bool>,
    ) {
        loop {
            let stops = queue.wait(&mut stop).await;
            let mut waiting = queue.take();
            while !waiting.is_empty() {
                let rest = waiting.split_off(waiting.len().min(queue.batches.size));
                let count = waiting.len() as u64;
                let message = message(waiting);
                if timeout(queue.batches.timeout, self.send(&message, count, &mut stop)).await.is_err() {
                    self.failed("not in time", count);
                }
                waiting = rest;
            }
            self.tell_dropped(queue.dropped.get());
            if stops {
                return;
            }
        }
    }

    /// Sends a message with so many items.
    pub(crate) async fn send(&mut self, message: &impl Message, count: u64, stop: &mut watch::Receiver<bool>) {
        let message = Bytes::from(message.encode_to_vec());
        let mut wait = FIRST_PAUSE;
        for attempt in 1.. {
            let failure = match self.transport.send(&message).await {
                Ok(rejected) => return self.succeeded(count, rejected),
                Err(failure) => failure,
            };
            let is_last = attempt == TRIES || *stop.borrow();
            match failure.again {
                Again::Soon if !is_last => pause(wait, stop).await,
                Again::After(asked) if !is_last => pause(asked, stop).await,
                _ => return self.failed(&failure.reason, count),
            }
            wait *= 2;
        }
    }

    fn succeeded(&mut self, count: u64, rejected: u64) {
        self.tally.sent.inc_by(count.saturating_sub(rejected));
        self.tally.lost.inc_by(rejected.min(count));
        if std::mem::take(&mut self.is_away) {
            tracing::info!(target: TARGET, signal = self.signal.name(), "the collector takes it again");
        }
    }

    fn failed(&mut self, reason: &str, count: u64) {
        self.tally.lost.inc_by(count);
        if !std::mem::replace(&mut self.is_away, true) {
            let signal = self.signal.name();
            tracing::warn!(target: TARGET, signal, reason, "the collector does not take it; it is dropped and counted");
        }
    }

    fn tell_dropped(&mut self, dropped: u64) {
        if dropped > 0 && self.told == 0 {
            tracing::warn!(
                target: TARGET,
                signal = self.signal.name(),
                dropped,
                "more comes than is sent; what finds no room is dropped and counted"
            );
        }
        self.told = dropped;
    }
}

/// Where what the telemetry says of itself comes from. It is never sent to a collector.
pub(crate) const TARGET: &str = "rebound::telemetry";
