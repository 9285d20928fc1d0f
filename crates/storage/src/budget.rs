//! How much time the store may take for one request: all its steps share it, so that the answer comes in time however
//! many there are. What is done for no request has no such budget, and each of its steps its own limit.

use std::cell::Cell;
use std::future::ready;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::Either;
use tokio::time::{Instant, timeout};

/// How long all steps of a request may take together; callers are promised an answer within two seconds.
const REQUEST_WITHIN: Duration = Duration::from_millis(1_850);

tokio::task_local! {
    /// What is left for the request that this task answers.
    static LEFT: Cell<Duration>;
}

/// Why a step came to no end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Late {
    /// What was done is not known.
    #[error("the database did not answer in time")]
    Unanswered,
    /// Nothing was begun.
    #[error("the time that the database may take for one request was used up before")]
    UsedUp,
}

/// Answers one request: whatever it asks of any store takes less than two seconds in all, and is `Unavailable` after that.
/// Only the time that the database takes counts, not the client's. A stream that goes on after the answer has begun is
/// no part of it.
pub fn one_request<T>(request: impl Future<Output = T>) -> impl Future<Output = T> {
    LEFT.scope(Cell::new(REQUEST_WITHIN), request)
}

/// Runs a step, which may have steps of its own, within its limit and what is left for the request, from now on. (It is no
/// `async fn`, which would hold the step twice.)
pub(crate) fn within<T>(limit: Duration, step: impl Future<Output = T>) -> impl Future<Output = Result<T, Late>> {
    let left = LEFT.try_with(Cell::get).ok();
    if left.is_some_and(|left| left.is_zero()) {
        return Either::Left(ready(Err(Late::UsedUp)));
    }
    let (granted, began) = (left.map_or(limit, |left| left.min(limit)), Instant::now());
    Either::Right(timeout(granted, step).map(move |ended| {
        if let Some(left) = left {
            let rest = left.saturating_sub(began.elapsed());
            // The least of all: what runs within or beside another step counts its part of the same time.
            LEFT.try_with(|least| least.set(least.get().min(rest))).unwrap_or_default();
        }
        ended.map_err(|_| Late::Unanswered)
    }))
}
