//! How much one API takes on at once. What is over it is refused before anything is done, so that the rest is answered as
//! soon as ever.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use super::Refusals;
use crate::error::{Error, Result};

/// Knows how long requests wait before they are begun.
pub trait Backlog: Debug + Send + Sync {
    /// Whether a request that is begun now waited too long before that. Every request asks once.
    fn is_overdue(&self, now: Instant) -> bool;
}

/// Counts what is under way.
#[derive(Debug)]
pub struct Gate {
    /// 0: no limit.
    max: u32,
    under_way: AtomicU32,
    backlog: Option<Arc<dyn Backlog>>,
    refusals: Arc<Refusals>,
}

impl Gate {
    /// A gate that lets in up to `max` at once; 0: any number. Without a backlog nobody waits too long.
    #[must_use]
    pub fn new(max: u32, backlog: Option<Arc<dyn Backlog>>) -> Self {
        Self { max, under_way: AtomicU32::new(0), backlog, refusals: Arc::default() }
    }

    /// What limits refused to whoever came here, be it this one or another.
    #[must_use]
    pub const fn refusals(&self) -> &Arc<Refusals> {
        &self.refusals
    }

    /// Lets a request in that is begun now, until what it gets is dropped.
    ///
    /// # Errors
    /// `Overloaded`.
    pub fn enter(&self, now: Instant) -> Result<UnderWay<'_>> {
        if self.backlog.as_ref().is_some_and(|backlog| backlog.is_overdue(now)) {
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
    use std::time::Duration;

    use super::*;
    use crate::error::ErrorKind;

    /// Whoever is begun at this moment or later waited too long.
    #[derive(Debug)]
    struct Since(Instant);

    impl Backlog for Since {
        fn is_overdue(&self, now: Instant) -> bool {
            now >= self.0
        }
    }

    #[test]
    fn who_comes_over_the_limit_or_waited_too_long_is_refused() {
        let now = Instant::now();
        let late = now + Duration::from_millis(2);
        let gate = Gate::new(1, Some(Arc::new(Since(late))));
        let first = gate.enter(now).expect("a place");
        assert_eq!(gate.enter(now).expect_err("no place").kind, ErrorKind::Overloaded);
        drop(first);
        assert!(gate.enter(now).is_ok());
        let refused = gate.enter(late).expect_err("waited too long");
        assert_eq!((refused.kind, refused.retry_after), (ErrorKind::Overloaded, Some(Duration::from_secs(1))));
        assert!(gate.enter(now).is_ok(), "it took no place");
        let open = Gate::new(0, None);
        assert!([open.enter(now), open.enter(now)].iter().all(Result::is_ok));
    }
}
