//! Measures how long whatever is ready to run waits until it runs. Work that is all processor has no queue to be counted:
//! requests wait in the sockets and in the scheduler. A task that is put at the end of the scheduler's queue waits there as
//! they do.

use std::sync::Arc;
use std::time::Duration;

use rebound_domain::limits::Backlog;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

/// How often it is measured while all is well.
const AT_EASE: Duration = Duration::from_millis(20);

/// How often it is measured while requests wait.
const BEHIND: Duration = Duration::from_millis(2);

/// A backlog is one when it has lasted for so long: a short burst is better answered late than refused (as in `CoDel`,
/// RFC 8289, whose interval this is).
const LASTING: Duration = Duration::from_millis(100);

/// After a backlog, the next one is refused at once for so long.
const ALERT: Duration = Duration::from_secs(2);

/// Where fewer requests than these came while it was measured, it was not they who kept the processor busy, and refusing
/// some would help nobody.
const MANY: u64 = 16;

/// What is known of the backlog.
#[derive(Debug, Default)]
struct Watch {
    /// Since when every measure was above the limit.
    late_since: Option<Instant>,
    /// Until when there is no time given to a new backlog.
    alert_until: Option<Instant>,
}

impl Watch {
    /// Takes a measure: it is `now`, and requests wait for so long, which is too long or not. Answers whether to refuse.
    fn measure(&mut self, now: Instant, is_too_long: bool) -> bool {
        if !is_too_long {
            self.late_since = None;
            return false;
        }
        let since = *self.late_since.get_or_insert(now);
        let is_alert = self.alert_until.is_some_and(|until| now < until);
        if !is_alert && now.duration_since(since) < LASTING {
            return false;
        }
        self.alert_until = Some(now + ALERT);
        true
    }

    fn is_alert(&self, now: Instant) -> bool {
        self.late_since.is_some() || self.alert_until.is_some_and(|until| now < until)
    }
}

/// Waits as a request that comes at this moment would, and answers when it is its turn.
async fn turn() -> Instant {
    let (sender, receiver) = oneshot::channel();
    // A task that is made by another one comes first, unless one is made after it: then it goes to the end of the queue.
    tokio::spawn(async {
        // Nobody waits for it any more when the service ends.
        let _: Result<(), Instant> = sender.send(Instant::now());
    });
    tokio::spawn(async {});
    // The runtime drops tasks when it ends alone.
    receiver.await.unwrap_or_else(|_| Instant::now())
}

/// Measures until told to stop. Without a limit there is nothing to measure.
pub(crate) async fn watch(backlog: Arc<Backlog>, max_wait: Duration, stop: impl Future<Output = ()>) {
    let measures = async {
        let mut watch = Watch::default();
        let mut is_refusing = false;
        loop {
            let due = Instant::now() + if watch.is_alert(Instant::now()) { BEHIND } else { AT_EASE };
            let seen = backlog.seen();
            sleep_until(due).await;
            let now = turn().await;
            // The timer too is late when there is much to do.
            let waited = now.duration_since(due);
            let is_too_long = waited > max_wait && backlog.seen() - seen >= MANY;
            let refuses = watch.measure(now, is_too_long);
            backlog.set(refuses);
            if refuses && !std::mem::replace(&mut is_refusing, true) {
                tracing::warn!(waited_ms = waited.as_secs_f64() * 1e3, "requests wait too long; some are refused");
            } else if !watch.is_alert(now) {
                is_refusing = false;
            }
        }
    };
    if max_wait.is_zero() {
        return stop.await;
    }
    tokio::select! { () = measures => {} () = stop => {} }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_borne_and_a_backlog_is_not() {
        let (mut watch, start) = (Watch::default(), Instant::now());
        let mut at = |ms: u64, is_too_long| watch.measure(start + Duration::from_millis(ms), is_too_long);
        // A burst of less than a tenth of a second.
        assert!(!at(0, true) && !at(90, true) && !at(95, false));
        // A backlog.
        assert!(!at(100, true) && !at(199, true) && at(200, true));
        // It is gone, and comes again at once.
        assert!(!at(202, false) && at(204, true) && !at(206, false));
        // Long after, a burst is a burst again.
        assert!(!at(5_000, true));
    }
}
