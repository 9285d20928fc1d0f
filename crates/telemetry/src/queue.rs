//! What waits to be sent: at most so much. Whoever adds to it never waits; what finds no room is counted and gone.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use prometheus::IntCounter;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use crate::config::Batches;

/// A bounded queue.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    waiting: Mutex<Vec<T>>,
    enough: Notify,
    pub(crate) batches: Batches,
    /// How many found no room.
    pub(crate) dropped: IntCounter,
}

impl<T> Queue<T> {
    pub(crate) fn new(batches: Batches, dropped: IntCounter) -> Self {
        Self { waiting: Mutex::default(), enough: Notify::new(), batches, dropped }
    }

    /// Adds one, or counts it as dropped.
    pub(crate) fn push(&self, item: T) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= self.batches.room {
            drop(waiting);
            self.dropped.inc();
            return;
        }
        waiting.push(item);
        let length = waiting.len();
        drop(waiting);
        // Waking the other thread costs more than the rest: once a batch is enough.
        if length == self.batches.size {
            self.enough.notify_one();
        }
    }

    /// Waits until a batch is full, the delay is over, or it is time to stop; answers whether it is.
    pub(crate) async fn wait(&self, stop: &mut watch::Receiver<bool>) -> bool {
        let stopped = timeout(self.batches.delay, async {
            tokio::select! {
                () = self.enough.notified() => false,
                _ = stop.wait_for(|stop| *stop) => true,
            }
        });
        stopped.await.unwrap_or(false)
    }

    /// Takes all that wait.
    pub(crate) fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How long is waited before another try.
pub(crate) async fn pause(time: Duration, stop: &mut watch::Receiver<bool>) {
    // Either way it is tried again.
    drop(timeout(time, stop.wait_for(|stop| *stop)).await);
}
