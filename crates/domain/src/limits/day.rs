//! What a tenant used of a day: what this process saw, and what others wrote down. A day has a place of its own beside
//! that of the day before, of which something may be left to be written.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// A day, in seconds.
pub(super) const DAY_SECONDS: i64 = 86_400;

/// The day of a moment, counted from 1970-01-01 (UTC).
pub(super) fn day_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(DAY_SECONDS)
}

/// The days that something may still be written of: today and yesterday.
#[derive(Debug, Default)]
pub(super) struct Days {
    slots: [Slot; 2],
    turning: Mutex<()>,
}

#[derive(Debug)]
struct Slot {
    day: AtomicI64,
    own: AtomicU64,
    others: AtomicU64,
    /// Something was asked for since it was last written.
    is_asked: AtomicBool,
}

impl Default for Slot {
    fn default() -> Self {
        let (own, others) = (AtomicU64::default(), AtomicU64::default());
        Self { day: AtomicI64::new(i64::MIN), own, others, is_asked: AtomicBool::default() }
    }
}

impl Days {
    /// Counts so many more on this day; answers how many that makes.
    ///
    /// # Errors
    /// How many there are, if that is over the quota; then they are not counted. A quota of 0 is none.
    pub(super) fn take(&self, day: i64, count: u32, quota: u64) -> Result<u64, u64> {
        let count = u64::from(count);
        let slot = self.slot(day);
        slot.is_asked.store(true, Ordering::Relaxed);
        let used = slot.others.load(Ordering::Relaxed) + slot.own.fetch_add(count, Ordering::Relaxed) + count;
        if quota > 0 && used > quota {
            slot.own.fetch_sub(count, Ordering::Relaxed);
            return Err(used - count);
        }
        Ok(used)
    }

    /// Takes back what was counted.
    pub(super) fn give_back(&self, day: i64, count: u32) {
        if let Some(slot) = self.known(day) {
            slot.own.fetch_sub(count.into(), Ordering::Relaxed);
        }
    }

    /// How many there are on this day.
    pub(super) fn used(&self, day: i64) -> u64 {
        let used = |slot: &Slot| slot.others.load(Ordering::Relaxed) + slot.own.load(Ordering::Relaxed);
        self.known(day).map_or(0, used)
    }

    /// What this process counted, by day, where something was asked since it was told last.
    pub(super) fn asked(&self) -> impl Iterator<Item = (i64, u64)> {
        self.slots.iter().filter(|slot| slot.is_asked.swap(false, Ordering::Relaxed)).map(|slot| {
            let day = slot.day.load(Ordering::Acquire);
            (day, slot.own.load(Ordering::Relaxed))
        })
    }

    /// What was told last was not written.
    pub(super) fn is_unwritten(&self, day: i64) {
        if let Some(slot) = self.known(day) {
            slot.is_asked.store(true, Ordering::Relaxed);
        }
    }

    /// What others used of this day.
    pub(super) fn set_others(&self, day: i64, used: u64) {
        self.slot(day).others.store(used, Ordering::Relaxed);
    }

    /// Whether nothing was asked on this day, and nothing is left to be written.
    pub(super) fn is_idle(&self, day: i64) -> bool {
        self.slots.iter().all(|slot| slot.day.load(Ordering::Acquire) != day && !slot.is_asked.load(Ordering::Relaxed))
    }

    /// The place of a day, if it is that day's: looking must not take it from another one.
    fn known(&self, day: i64) -> Option<&Slot> {
        Some(self.place(day)).filter(|slot| slot.day.load(Ordering::Acquire) == day)
    }

    fn place(&self, day: i64) -> &Slot {
        &self.slots[usize::from(day & 1 == 1)]
    }

    fn slot(&self, day: i64) -> &Slot {
        let slot = self.place(day);
        if slot.day.load(Ordering::Acquire) != day {
            let turning = self.turning.lock().unwrap_or_else(PoisonError::into_inner);
            if slot.day.load(Ordering::Acquire) != day {
                slot.own.store(0, Ordering::Relaxed);
                slot.others.store(0, Ordering::Relaxed);
                slot.is_asked.store(false, Ordering::Relaxed);
                slot.day.store(day, Ordering::Release);
            }
            drop(turning);
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_and_what_is_left_of_it_is_still_told() {
        let days = Days::default();
        days.set_others(7, 3);
        assert_eq!((days.take(7, 1, 5), days.take(7, 1, 5), days.take(7, 1, 5)), (Ok(4), Ok(5), Err(5)));
        assert_eq!((days.take(8, 1, 5), days.used(8)), (Ok(1), 1));
        let mut told: Vec<_> = days.asked().collect();
        told.sort_unstable();
        assert_eq!(told, [(7, 2), (8, 1)]);
        assert_eq!(days.asked().next(), None);
        days.is_unwritten(8);
        assert_eq!(days.asked().next(), Some((8, 1)));
        assert_eq!((days.take(9, 1, 1), days.used(7), days.is_idle(9)), (Ok(1), 0, false));
    }
}
