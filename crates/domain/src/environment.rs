//! What the domain needs from outside to be repeatable: the time and randomness, injected. Tests advance the clock.

use jiff::Timestamp;

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
