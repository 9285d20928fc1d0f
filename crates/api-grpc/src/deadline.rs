//! How long a call may take: what the client allows with `grpc-timeout`, and for a single answer what the service does.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::time::Duration;

use futures_util::FutureExt;
use http::HeaderMap;
use rebound_domain::{Error, ErrorKind, Result};
use tokio::time::{Instant, timeout_at};

/// How long a handler may take until it answers, whatever the client allows. A stream that has begun is not cut.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// The moment until which the client waits, if it says so in its metadata.
///
/// # Errors
/// `Malformed` if `grpc-timeout` is not up to 8 digits and a unit.
pub(crate) fn deadline(metadata: &HeaderMap, started: Instant) -> Result<Option<Instant>> {
    let Some(value) = metadata.get("grpc-timeout") else { return Ok(None) };
    let timeout = value.to_str().ok().and_then(parse);
    let timeout = timeout.ok_or_else(|| {
        Error::new(ErrorKind::Malformed, "`grpc-timeout` has up to 8 digits and one of the units H, M, S, m, u, n.")
    })?;
    Ok(started.checked_add(timeout))
}

fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if !(1..=8).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

/// The error of a call whose time is up.
pub(crate) fn exceeded() -> Error {
    Error::new(ErrorKind::DeadlineExceeded, "The time that the call may take was up before the answer was ready.")
}

/// Runs a handler until its time is up, and turns a panic into an error. A timer is only set for a handler that does not
/// answer at once.
pub(crate) async fn guarded<T>(
    started: Instant,
    deadline: Option<Instant>,
    handler: Pin<&mut impl Future<Output = Result<T>>>,
) -> Result<T> {
    if deadline.is_some_and(|at| at <= Instant::now()) {
        return Err(exceeded());
    }
    let limit = started + TIME_LIMIT;
    let handler = AssertUnwindSafe(handler).catch_unwind();
    let answered = timeout_at(deadline.map_or(limit, |at| at.min(limit)), handler).await.map_err(|_| exceeded())?;
    answered.unwrap_or_else(|_| Err(Error::internal("a handler panicked")))
}
