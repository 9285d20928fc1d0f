//! Shares in the background what tenants used, and follows what operators allow them.

use std::sync::Arc;
use std::time::Duration;

use rebound_domain::Result;
use rebound_domain::limits::Limits;

/// The time between two rounds.
const EVERY: Duration = Duration::from_secs(1);

/// Rounds over the limits of all tenants that are about. Cheap to clone.
#[derive(Clone)]
pub struct LimitRounds(Arc<Limits>);

impl LimitRounds {
    pub(crate) fn new(limits: Arc<Limits>) -> Self {
        Self(limits)
    }

    /// One round.
    ///
    /// # Errors
    /// `Unavailable` while the database is away. Nobody is refused because of it, and the next round does what is left.
    pub async fn round(&self) -> Result<()> {
        self.0.round().await
    }

    pub(crate) async fn round_or_log(&self) {
        if let Err(error) = self.round().await {
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            tracing::warn!(code = error.kind.row().code, cause, "usage could not be shared");
        }
    }

    /// Rounds until told to stop.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) {
        let mut times = tokio::time::interval(EVERY);
        times.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let rounds = async {
            loop {
                times.tick().await;
                self.round_or_log().await;
            }
        };
        tokio::select! { () = rounds => {} () = stop => {} }
    }
}
