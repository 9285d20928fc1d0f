//! The real clock, the real source of randomness, and the threads of the runtime for what takes long.

use async_trait::async_trait;
use jiff::Timestamp;
use rebound_domain::environment::{Clock, Entropy, Threads};

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the time comes from")]
    fn now(&self) -> Timestamp {
        // Databases keep microseconds: what is written is what is read.
        let now = Timestamp::now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

/// Randomness of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness no key is safe: better to stop than to go on.
        getrandom::fill(bytes).unwrap_or_else(|error| panic!("the system gives no randomness: {error}"));
    }
}

/// The threads that the runtime keeps for work that does not wait for anything.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemThreads;

#[async_trait]
impl Threads for SystemThreads {
    async fn run(&self, work: Box<dyn FnOnce() + Send>) {
        // Work that panics has done nothing, which whoever waits for it notices.
        drop(tokio::task::spawn_blocking(work).await);
    }
}
