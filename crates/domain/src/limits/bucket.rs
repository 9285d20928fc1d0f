//! A rate as one number: the moment at which the bucket is full again (the generic cell rate algorithm). Taking from it is
//! one atomic step, without a lock and without a timer.

use std::sync::atomic::{AtomicI64, Ordering};

/// A minute, in nanoseconds.
const MINUTE: i64 = 60_000_000_000;

/// A second, in nanoseconds.
const SECOND: i64 = 1_000_000_000;

/// No bucket is full later than this, unless the clock was set back after something was taken; two that look at the clock
/// at a time may be a little apart. Nobody knows what was there before that, and nobody is refused for it.
const LATEST: i64 = MINUTE + SECOND;

/// So many requests in a minute, all of which may come at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    capacity: i64,
    interval: i64,
}

impl Rate {
    /// The share of a rate that one of `replicas` gives out; `None`: there is no limit.
    pub(super) fn shared(per_minute: u32, replicas: u32) -> Option<Self> {
        let capacity = i64::from((per_minute / replicas.max(1)).max(1));
        (per_minute > 0).then(|| Self { capacity, interval: MINUTE / capacity })
    }
}

/// What is left of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Left {
    /// How many requests may come at once.
    pub(super) remaining: u64,
    /// In how many seconds all of them may come again.
    pub(super) reset_seconds: u64,
}

/// A bucket that fills itself.
#[derive(Debug)]
pub(super) struct Bucket(AtomicI64);

impl Default for Bucket {
    /// A full one.
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

impl Bucket {
    /// Takes so many at `now` (nanoseconds), or none.
    ///
    /// # Errors
    /// After how many nanoseconds there are as many, if there are not.
    pub(super) fn take(&self, rate: Rate, count: u32, now: i64) -> Result<Left, i64> {
        let mut full_at = self.0.load(Ordering::Relaxed);
        loop {
            let after = since(full_at, now) + rate.interval * i64::from(count);
            let missing = after - now - rate.interval * rate.capacity;
            if missing > 0 {
                return Err(missing);
            }
            match self.0.compare_exchange_weak(full_at, after, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(rate.left(after, now)),
                Err(present) => full_at = present,
            }
        }
    }

    /// Puts back so many that were taken.
    pub(super) fn give_back(&self, rate: Rate, count: u32) {
        self.0.fetch_sub(rate.interval * i64::from(count), Ordering::Relaxed);
    }

    /// What is left at `now`.
    pub(super) fn left(&self, rate: Rate, now: i64) -> Left {
        rate.left(self.0.load(Ordering::Relaxed), now)
    }
}

/// From when on the bucket is filled up.
fn since(full_at: i64, now: i64) -> i64 {
    if full_at > now + LATEST { now } else { full_at.max(now) }
}

impl Rate {
    /// Whether so many can ever be taken at once.
    pub(super) fn has_room_for(self, count: u32) -> bool {
        i64::from(count) <= self.capacity
    }

    fn left(self, full_at: i64, now: i64) -> Left {
        let missing = since(full_at, now) - now;
        let remaining = (self.interval * self.capacity - missing).max(0) / self.interval;
        Left {
            remaining: u64::try_from(remaining).unwrap_or_default(),
            reset_seconds: u64::try_from(seconds(missing)).unwrap_or_default(),
        }
    }
}

/// Whole seconds, rounded up.
pub(super) const fn seconds(nanoseconds: i64) -> i64 {
    (nanoseconds + SECOND - 1) / SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_worth_comes_at_once_and_then_one_at_a_time() {
        let (bucket, rate) = (Bucket::default(), Rate::shared(60, 1).expect("a rate"));
        for taken in 1..=60 {
            let left = bucket.take(rate, 1, 0).expect("one of sixty");
            assert_eq!((left.remaining, left.reset_seconds), (60 - taken, taken));
        }
        assert_eq!(bucket.take(rate, 1, 0), Err(SECOND));
        assert_eq!(bucket.take(rate, 1, SECOND - 1), Err(1));
        assert_eq!(bucket.take(rate, 1, SECOND).expect("one more").remaining, 0);
        bucket.give_back(rate, 1);
        assert_eq!(bucket.left(rate, SECOND).remaining, 1);
        assert_eq!(bucket.left(rate, 100 * SECOND), Left { remaining: 60, reset_seconds: 0 });
    }

    #[test]
    fn several_are_taken_together_or_not_at_all() {
        let (bucket, rate) = (Bucket::default(), Rate::shared(60, 1).expect("a rate"));
        assert_eq!(bucket.take(rate, 50, 0).expect("most").remaining, 10);
        assert_eq!(bucket.take(rate, 20, 0), Err(10 * SECOND));
        assert_eq!(bucket.take(rate, 20, 10 * SECOND).expect("twenty").remaining, 0);
        assert!(rate.has_room_for(60) && !rate.has_room_for(61));
    }

    #[test]
    fn a_clock_that_is_set_back_refuses_nobody() {
        let (bucket, rate) = (Bucket::default(), Rate::shared(60, 1).expect("a rate"));
        bucket.take(rate, 60, 3_600 * SECOND).expect("all of them");
        assert_eq!(bucket.left(rate, 0).remaining, 60);
        assert_eq!(bucket.take(rate, 1, 0).expect("one of sixty").remaining, 59);
    }

    #[test]
    fn replicas_share_a_rate_and_each_gives_out_at_least_one() {
        let share = |per_minute, replicas| Rate::shared(per_minute, replicas).map(|rate| rate.capacity);
        assert_eq!((share(60, 0), share(60, 2), share(1, 5), share(0, 1)), (Some(60), Some(30), Some(1), None));
    }
}
