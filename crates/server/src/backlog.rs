//! Measures how long whatever is ready to run waits until it runs. Work that is all processor has no queue to be counted:
//! requests wait in the sockets and in the scheduler. A mark that is put at the end of the scheduler's queue waits there as
//! they do: whoever runs after it came later than it.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rebound_domain::limits::Backlog;

/// How long there is between two marks, at least.
const APART: Duration = Duration::from_millis(1);

/// A backlog is one when it has lasted for so long: a short burst is better answered late than refused (as in `CoDel`,
/// RFC 8289, whose interval this is).
const LASTING: Duration = Duration::from_millis(100);

/// After a backlog, the next one is not borne for so long.
const ALERT: Duration = Duration::from_secs(2);

/// Where fewer requests than these came while a mark waited, it was not they who kept the processor busy, and refusing
/// some would help nobody.
const MANY: u64 = 16;

/// No moment at all.
const NEVER: u64 = u64::MAX;

/// The queue of the scheduler. It must be asked within the runtime.
#[derive(Debug)]
pub(crate) struct Queue(Arc<State>);

/// Moments are in nanoseconds after the first one.
#[derive(Debug)]
struct State {
    first: Instant,
    max_wait: Duration,
    /// How many requests came so far.
    requests: AtomicU64,
    /// When the newest mark was put in.
    newest: AtomicU64,
    /// How many marks have yet to run.
    waiting: AtomicU32,
    /// From when on whoever is begun waited too long.
    overdue_from: AtomicU64,
    watch: Mutex<Watch>,
}

impl Queue {
    /// A queue in which nobody shall wait longer than that.
    pub(crate) fn new(max_wait: Duration) -> Self {
        Self(Arc::new(State {
            first: Instant::now(),
            max_wait,
            requests: AtomicU64::default(),
            newest: AtomicU64::default(),
            waiting: AtomicU32::default(),
            overdue_from: AtomicU64::new(NEVER),
            watch: Mutex::default(),
        }))
    }

    /// Puts a mark at the end of the queue.
    fn mark(&self, put_in: u64) {
        let (state, before) = (Arc::clone(&self.0), self.0.requests.load(Ordering::Relaxed));
        state.waiting.fetch_add(1, Ordering::Relaxed);
        // A task that is made by another one comes first, unless one is made after it: then it goes to the end of the queue.
        tokio::spawn(async move { state.reached(put_in, before) });
        tokio::spawn(async {});
    }
}

impl Backlog for Queue {
    fn is_overdue(&self, now: Instant) -> bool {
        let Self(state) = self;
        state.requests.fetch_add(1, Ordering::Relaxed);
        let now = state.moment(now);
        let newest = state.newest.load(Ordering::Relaxed);
        if now.saturating_sub(newest) >= nanoseconds(APART)
            && state.newest.compare_exchange(newest, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            self.mark(now);
        }
        now >= state.overdue_from.load(Ordering::Relaxed)
    }
}

impl State {
    fn moment(&self, at: Instant) -> u64 {
        nanoseconds(at.saturating_duration_since(self.first))
    }

    /// It is the turn of a mark: whoever runs until the next one came after it was put in.
    fn reached(&self, put_in: u64, requests_before: u64) {
        let now = Instant::now();
        let waited = Duration::from_nanos(self.moment(now).saturating_sub(put_in));
        let came = self.requests.load(Ordering::Relaxed) - requests_before;
        // What follows is one step: of two marks that are reached at once, the last one must have the last word.
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        let refuses = watch.measure(now, if came >= MANY { waited } else { Duration::ZERO }, self.max_wait);
        // After the last mark nothing is known.
        let is_last = self.waiting.fetch_sub(1, Ordering::Relaxed) == 1;
        let overdue_from = if refuses && !is_last { put_in + nanoseconds(self.max_wait) } else { NEVER };
        self.overdue_from.store(overdue_from, Ordering::Relaxed);
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(NEVER)
}

/// What is known of the backlog.
#[derive(Debug, Default)]
struct Watch {
    /// How long marks wait on average, the last eight above all: where there are several queues, some have luck.
    average: Duration,
    /// Since when that was too long.
    late_since: Option<Instant>,
    /// Until when there is no time given to a new backlog.
    alert_until: Option<Instant>,
}

impl Watch {
    /// Takes a measure: it is `now`, and a mark waited for so long. Answers whether to refuse what waits too long.
    fn measure(&mut self, now: Instant, waited: Duration, max_wait: Duration) -> bool {
        let is_alert = self.alert_until.is_some_and(|until| now < until);
        self.average = (self.average * 7 + waited) / 8;
        if self.average > max_wait {
            self.late_since.get_or_insert(now);
        } else {
            self.late_since = None;
        }
        let lasts = self.late_since.is_some_and(|since| now.duration_since(since) >= LASTING);
        if lasts && !is_alert {
            tracing::warn!(waited_ms = waited.as_millis(), "requests wait too long; some are refused");
        }
        if lasts || is_alert && waited > max_wait {
            self.alert_until = Some(now + ALERT);
        }
        is_alert || lasts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_borne_and_a_backlog_is_not() {
        let (mut watch, start) = (Watch::default(), Instant::now());
        let mut at = |ms: u64, waited: u64| {
            watch.measure(start + Duration::from_millis(ms), Duration::from_millis(waited), Duration::from_millis(8))
        };
        // A burst of less than a tenth of a second.
        assert!((0..90).all(|ms| !at(ms, 30)) && (90..120).all(|ms| !at(ms, 0)));
        // A backlog, though not every mark waits.
        assert!((200..300).all(|ms| !at(ms, if ms % 3 == 0 { 0 } else { 30 })) && (300..310).any(|ms| at(ms, 30)));
        // It is gone; what waits too long within two seconds is refused at once.
        assert!((310..400).all(|ms| at(ms, 0)) && at(2_200, 9) && at(4_199, 0));
        // Long after, a burst is a burst again.
        assert!(!at(4_200, 0) && !at(5_000, 30));
    }
}
