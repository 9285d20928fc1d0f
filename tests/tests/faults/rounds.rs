//! How long a fault is repeated: a few rounds before every merge, as long as wanted by command.

use std::time::{Duration, Instant};

/// How many rounds there are at least.
const AT_LEAST: usize = 3;

/// The numbers of the rounds: three, and then more while `REBOUND_TEST_FAULT_SECONDS` last.
pub(crate) fn rounds() -> impl Iterator<Item = usize> {
    let seconds = std::env::var("REBOUND_TEST_FAULT_SECONDS").map(|text| text.parse().expect("a number of seconds"));
    let (began, wanted) = (Instant::now(), Duration::from_secs(seconds.unwrap_or_default()));
    (0..).take_while(move |round| *round < AT_LEAST || began.elapsed() < wanted)
}
