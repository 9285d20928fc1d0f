//! How much one API takes on at once. What is over it is refused before anything is done, so that the rest is answered as
//! soon as ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use super::Refusals;
use crate::error::{Error, Result};

/// Whether requests wait too long before they are begun. Somebody who measures that says so; the gates of all APIs heed it.
#[derive(Debug, Default)]
pub struct Backlog {
    is_long: AtomicBool,
    seen: AtomicU64,
}

impl Backlog {
    /// Says whether requests wait too long from now on.
    pub fn set(&self, is_long: bool) {
        self.is_long.store(is_long, Ordering::Relaxed);
    }

    /// How many requests came to the gates so far.
    pub fn seen(&self) -> u64 {
        self.seen.load(Ordering::Relaxed)
    }
}

/// Counts what is under way.
#[derive(Debug)]
pub struct Gate {
    /// 0: no limit.
    max: u32,
    under_way: AtomicU32,
    backlog: Arc<Backlog>,
    refusals: Arc<Refusals>,
}

impl Gate {
    /// A gate that lets in up to `max` at once; 0: any number.
    #[must_use]
    pub fn new(max: u32, backlog: Arc<Backlog>) -> Self {
        Self { max, under_way: AtomicU32::new(0), backlog, refusals: Arc::default() }
    }

    /// What limits refused to whoever came here, be it this one or another.
    #[must_use]
    pub const fn refusals(&self) -> &Arc<Refusals> {
        &self.refusals
    }

    /// Lets a request in, until what it gets is dropped.
    ///
    /// # Errors
    /// `Overloaded`.
    pub fn enter(&self) -> Result<UnderWay<'_>> {
        self.backlog.seen.fetch_add(1, Ordering::Relaxed);
        if self.backlog.is_long.load(Ordering::Relaxed) {
            return Err(Error::overloaded());
        }
        let before = self.under_way.fetch_add(1, Ordering::Relaxed);
        let entered = UnderWay(self);
        if self.max > 0 && before >= self.max { Err(Error::overloaded()) } else { Ok(entered) }
    }
}

/// A request that was let in.
#[derive(Debug)]
pub struct UnderWay<'a>(&'a Gate);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn who_comes_over_the_limit_or_into_a_backlog_is_refused() {
        let backlog = Arc::<Backlog>::default();
        let gate = Gate::new(1, Arc::clone(&backlog));
        let first = gate.enter().expect("a place");
        assert_eq!(gate.enter().expect_err("no place").kind, ErrorKind::Overloaded);
        drop(first);
        assert!(gate.enter().is_ok());
        backlog.set(true);
        assert_eq!(gate.enter().expect_err("a backlog").retry_after.map(|after| after.as_secs()), Some(1));
        backlog.set(false);
        assert!(gate.enter().is_ok());
        let open = Gate::new(0, backlog);
        assert!([open.enter(), open.enter()].iter().all(Result::is_ok));
    }
}
