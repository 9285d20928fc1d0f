//! What the domain needs from outside: the time and randomness, injected so that they can be repeated, and threads for what
//! takes long.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::error::{Error, Result};

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// Gives random bytes fit for secrets.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes` with randomness from a cryptographically secure source.
    fn fill(&self, bytes: &mut [u8]);
}

/// Does what takes long, without holding up those who wait for something else.
#[async_trait]
pub trait Threads: Send + Sync + 'static {
    /// Does the work elsewhere and waits until it is done, or has failed.
    async fn run(&self, work: Box<dyn FnOnce() + Send>);
}

/// What comes of work that is done on other threads.
///
/// # Errors
/// `Internal` if the work failed.
pub(crate) async fn elsewhere<T: Send + 'static>(
    threads: &dyn Threads,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let done = Arc::new(Mutex::new(None));
    let to_be_done = Arc::clone(&done);
    let work = move || {
        let made = work();
        *to_be_done.lock().unwrap_or_else(PoisonError::into_inner) = Some(made);
    };
    threads.run(Box::new(work)).await;
    let made = done.lock().unwrap_or_else(PoisonError::into_inner).take();
    made.ok_or_else(|| Error::internal("work on another thread has failed"))
}

/// Whether what was seen `at` a moment may be believed `now`, for as long as `lasting`. What was seen in the future was
/// seen before the clock was set back: nobody knows how long ago.
pub(crate) fn is_fresh(at: Timestamp, now: Timestamp, lasting: SignedDuration) -> bool {
    let age = now.duration_since(at);
    !age.is_negative() && age < lasting
}
